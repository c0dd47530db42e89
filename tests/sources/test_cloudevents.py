"""The data of a CloudEvents envelope are judged by what its ``dataschema`` names, where they are left open."""

from __future__ import annotations

import json

import pytest

from evtcompat.errors import UncheckedError
from evtcompat.formats.base import DEFAULTS
from evtcompat.formats.loading import by_name
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.places import Place
from evtcompat.syntax.documents import locate

from .conftest import Repo
from .selecting import run

ADDRESS = "https://schemas.shop.example/order-placed.json"
ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": ADDRESS,
    "type": "object",
    "required": ["orderId"],
}
STATED = {"dataschema": {"const": ADDRESS}}


def document(payload: object, definitions: object = None) -> str:
    messages = {"OrderPlaced": {"payload": payload}}
    components = {"messages": messages, "schemas": definitions or {}}
    head = {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1.0.0"}}
    return json.dumps({**head, "channels": {}, "components": components}, indent=2)


def envelope(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": {"specversion": {"const": "1.0"}, **properties}}


def contained() -> Document:
    (plan,) = run("asyncapi.json").plans
    return plan.candidate.document


def used(repo: Repo, text: str) -> frozenset[str]:
    """The addresses of other documents that the payload refers to."""
    repo.write("asyncapi.json", text)
    return by_name("json-schema").names(contained()).used


OPEN = {
    "absent": envelope(**STATED),
    "anything": envelope(**STATED, data=True),
    "an object": envelope(**STATED, data={"type": "object", "description": "See dataschema."}),
    "one word": envelope(dataschema={"enum": [ADDRESS]}, data={}),
    "in parts": {"allOf": [envelope(), {"properties": STATED}]},
    "by reference": {"allOf": [{"$ref": "#/components/schemas/Stated"}]},
    "a choice": {"anyOf": [envelope(**STATED)]},
    "a choice by reference": {"oneOf": [{"$ref": "#/components/schemas/Stated"}]},
}
TOLD = {
    "each choice": {"oneOf": [{"$ref": "#/components/schemas/Told"}, envelope(data={"required": ["id"]})]},
    "constrained": envelope(**STATED, data={"type": "object", "required": ["id"]}),
    "in another part": {"allOf": [{"properties": STATED}, {"properties": {"data": {"required": ["id"]}}}]},
    "by reference": {"allOf": [{"properties": STATED}, {"$ref": "#/components/schemas/Told"}]},
    "bytes": envelope(**STATED, data_base64={"type": "string"}),
    "several": envelope(dataschema={"enum": [ADDRESS, "https://schemas.shop.example/other.json"]}),
    "any": envelope(dataschema={"type": "string"}),
}
PARTS = {"Stated": {"properties": STATED}, "Told": {"properties": {"data": {"required": ["id"]}}}}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPEN)
def test_open_data_refer_to_what_dataschema_names(repo: Repo, name: str) -> None:
    assert used(repo, document(OPEN[name], PARTS)) == {ADDRESS}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_what_an_envelope_says_of_its_data_itself_wins(repo: Repo, name: str) -> None:
    assert used(repo, document(TOLD[name], PARTS)) == frozenset()


@pytest.mark.slow
@pytest.mark.parametrize("name", OPEN)
def test_data_that_break_the_named_schema_are_refused(repo: Repo, name: str) -> None:
    """Also beside a reference, where older drafts read nothing else."""
    repo.write("asyncapi.json", document(OPEN[name], PARTS))
    json_schema = by_name("json-schema")
    order = json_schema.read(json.dumps(ORDER), "order.json")
    references = FunctionReferences(lambda uri: order if uri == ADDRESS else None)
    schema = json_schema.parse(contained(), references, DEFAULTS)
    payloads = json_schema.payloads(schema)
    event = {"specversion": "1.0", "dataschema": ADDRESS}
    assert payloads.decode(json.dumps({**event, "data": {"orderId": "1"}}).encode())
    with pytest.raises(PayloadError, match="not valid"):
        payloads.decode(json.dumps({**event, "data": {}}).encode())


def test_a_changed_schema_of_the_data_is_a_change_of_the_event(repo: Repo) -> None:
    repo.save({"asyncapi.json": document(OPEN["absent"]), "order.json": json.dumps(ORDER)})
    repo.write("order.json", json.dumps({**ORDER, "required": ["orderId", "total"]}))
    changed = run(against="git:HEAD", changed=True)
    assert {plan.subject for plan in changed.plans} == {"OrderPlaced", "order"}


def test_a_dataschema_that_is_not_here_is_named_at_its_line(repo: Repo) -> None:
    """The network is not asked, and what it may say is not taken for anything."""
    text = document(OPEN["in parts"])
    repo.write("asyncapi.json", text)
    (plan,) = run("asyncapi.json").plans
    with pytest.raises(UncheckedError, match=r"order-placed\.json") as raised:
        by_name("json-schema").parse(plan.candidate.document, plan.candidate.references, DEFAULTS)
    place = locate(plan.candidate.document, raised.value.place or Place())
    assert place.source is not None
    assert ADDRESS in place.source


def test_a_dataschema_may_be_a_file_beside_the_document(repo: Repo) -> None:
    repo.write("order.json", json.dumps(ORDER))
    repo.write("asyncapi.json", document(envelope(dataschema={"const": "./order.json"})))
    (plan,) = run("asyncapi.json").plans
    schema = by_name("json-schema").parse(plan.candidate.document, plan.candidate.references, DEFAULTS)
    with pytest.raises(PayloadError, match="orderId"):
        by_name("json-schema").payloads(schema).decode(b'{"dataschema": "./order.json", "data": {}}')


def binary(headers: object, payload: object) -> str:
    """An event in binary mode: the envelope is in the headers."""
    message = {"headers": headers, "payload": payload}
    head = {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1.0.0"}, "channels": {}}
    return json.dumps({**head, "components": {"messages": {"OrderPlaced": message}, "schemas": PARTS}}, indent=2)


def payload_of(repo: Repo, text: str) -> Document:
    repo.write("asyncapi.json", text)
    (plan,) = [one for one in run("asyncapi.json").plans if one.subject == "OrderPlaced"]
    return plan.candidate.document


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ce_dataschema", "ce-dataschema", "CE-DataSchema", "cloudEvents:dataschema"])
@pytest.mark.parametrize("payload", [{}, True, {"type": "object", "description": "See ce_dataschema."}], ids=str)
def test_in_binary_mode_headers_say_what_an_open_payload_is(repo: Repo, name: str, payload: object) -> None:
    headers = {"allOf": [{"type": "object"}, {"properties": {name: {"const": ADDRESS}}}]}
    assert by_name("json-schema").names(payload_of(repo, binary(headers, payload))).used == {ADDRESS}


HEADERS = {
    "told": ({"ce_dataschema": {"const": ADDRESS}}, {"required": ["id"]}),
    "any": ({"ce_dataschema": {"type": "string"}}, {}),
    "another header": ({"x-dataschema": {"const": ADDRESS}}, {}),
    "two": ({"ce_dataschema": {"const": ADDRESS}, "ce-dataschema": {"const": "other.json"}}, {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HEADERS)
def test_what_is_told_or_not_fixed_in_binary_mode_stays(repo: Repo, name: str) -> None:
    properties, payload = HEADERS[name]
    text = binary({"properties": properties}, payload)
    assert by_name("json-schema").names(payload_of(repo, text)).used == frozenset()


@pytest.mark.slow
def test_the_place_of_what_headers_state_is_theirs(repo: Repo) -> None:
    text = binary({"properties": {"ce_dataschema": {"const": ADDRESS}}}, {})
    line = locate(payload_of(repo, text), Place(pointer="/allOf/0")).line or 0
    assert "const" in text.splitlines()[line - 1]
