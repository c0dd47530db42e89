"""Messages of AsyncAPI in files of their own are events, where no document is there that has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evtcompat.sources.documents.layout import Layout

from .conftest import Repo
from .selecting import lay, run

PAYLOAD = "payload: {type: object, properties: {id: {type: string}}}\n"
MESSAGE = f"name: shop.order-placed\ncontentType: application/json\n{PAYLOAD}"
DOCUMENT = """asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels:
  orders: {address: orders, messages: {OrderPlaced: {$ref: messages/order.placed.yaml}}}
"""
OTHERS = {
    "a recorded message": "name: order-placed\npayload: {id: 7, properties: none}\n",
    "data with properties": "name: order-placed\npayload: {properties: {id: a}}\n",
    "a configuration": f"name: x\nqueue: y\n{PAYLOAD}",
    "nothing said of the payload": PAYLOAD,
}


def paths() -> list[str]:
    selection = run("")
    assert not selection.problems, [str(problem) for problem in selection.problems]
    return [plan.path for plan in selection.plans]


def test_a_message_in_a_file_is_an_event_called_by_the_file_with_its_headers(plain: Path) -> None:
    headers = "headers: {type: object, properties: {tenant: {type: string}}}\n"
    lay(plain, {"messages/order.placed.yaml": f"{MESSAGE}{headers}"})
    assert paths() == [
        "messages/order.placed.yaml#order.placed",
        "messages/order.placed.yaml#order.placed.headers",
    ]


def test_a_message_that_a_document_refers_to_is_an_event_of_that_alone(plain: Path) -> None:
    lay(plain, {"messages/order.placed.yaml": MESSAGE, "asyncapi.yaml": DOCUMENT})
    assert paths() == ["asyncapi.yaml#order"]
    assert run("").skipped == ("messages/order.placed.yaml (an AsyncAPI message of the document that refers to it)",)


#: Why the document that refers to the message does not check it: files, and what is named.
UNCHECKED_BY_ANOTHER = {
    "it is not among what was named": ({"asyncapi.yaml": DOCUMENT}, "messages"),
    "it is of no kind that holds messages": ({"list.json": '{"a": {"$ref": "messages/order.placed.yaml"}}'}, ""),
}


@pytest.mark.parametrize("why", UNCHECKED_BY_ANOTHER)
def test_a_message_is_left_to_none_but_a_document_that_is_checked(why: str, plain: Path) -> None:
    files, named = UNCHECKED_BY_ANOTHER[why]
    lay(plain, {"messages/order.placed.yaml": MESSAGE, **files})
    assert [plan.path for plan in run(named).plans] == ["messages/order.placed.yaml#order.placed"]


def test_a_message_of_an_excluded_document_is_an_event(plain: Path) -> None:
    lay(plain, {"messages/order.placed.yaml": MESSAGE, "asyncapi.yaml": DOCUMENT})
    selection = run(layout=Layout(exclude=("asyncapi.yaml",)), folder=plain)
    assert [plan.path for plan in selection.plans] == ["messages/order.placed.yaml#order.placed"]


def test_a_message_that_a_document_takes_in_keeps_its_past(repo: Repo) -> None:
    repo.save({"messages/order.placed.yaml": MESSAGE})
    repo.write("messages/order.placed.yaml", MESSAGE.replace("id:", "number:"))
    repo.write("asyncapi.yaml", DOCUMENT)
    (plan,) = run("").plans
    assert plan.path == "asyncapi.yaml#order"
    assert plan.published is not None
    assert plan.published.document.origin == "HEAD:messages/order.placed.yaml"


@pytest.mark.parametrize("word", OTHERS)
def test_what_is_no_message_or_has_data_for_a_payload_is_no_event(word: str, plain: Path) -> None:
    lay(plain, {"x.yaml": OTHERS[word], "order.avsc": '{"type": "enum", "name": "E", "symbols": []}'})
    assert paths() == ["order.avsc"]


def test_a_message_among_examples_is_an_example(plain: Path) -> None:
    lay(plain, {"examples/order.yaml": MESSAGE, "order.avsc": '{"type": "enum", "name": "E", "symbols": []}'})
    assert paths() == ["order.avsc"]
    assert run("").skipped == ("examples/order.yaml (an example or test data)",)


def test_a_message_meets_its_past_in_git_and_in_the_version_beside_it(repo: Repo) -> None:
    repo.save({"order.v1.yaml": MESSAGE, "order.v2.yaml": MESSAGE.replace("id:", "orderId:")})
    repo.write("order.v2.yaml", MESSAGE.replace("id:", "number:"))
    (plan,) = [one for one in run("").plans if one.path.startswith("order.v2")]
    assert [one.document.origin for one in plan.history] == ["order.v1.yaml"]
    assert plan.published is not None
    assert plan.published.document.origin == "HEAD:order.v2.yaml"


def test_a_long_chain_of_references_is_followed_and_a_circle_is_told(plain: Path) -> None:
    chain = {f"M{at}": {"$ref": f"#/components/messages/M{at + 1}"} for at in range(60)}
    circle = {"A": {"$ref": "#/components/messages/B"}, "B": {"$ref": "#/components/messages/A"}}
    messages = {**chain, "M60": {"payload": {"type": "string"}}, **circle}
    text = json.dumps({"asyncapi": "3.0.0", "channels": {}, "components": {"messages": messages}})
    (plain / "shop.json").write_text(text)
    selection = run("")
    assert {str(one.message) for one in selection.problems} == {"the references turn in a circle"}
    assert len(selection.problems) == len(circle)
    assert [plan.path for plan in selection.plans] == ["shop.json#M60"]
