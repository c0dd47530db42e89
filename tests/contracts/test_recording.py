"""`deploy record`: what a version writes and reads comes from AsyncAPI operations, owners and contracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from contracts.folders import contract, json_object, write, write_versions

ORDERS = """
asyncapi: 3.0.0
info: {title: Orders Service, version: 1.0.0}
channels:
  orders:
    messages:
      Placed: {payload: {type: object, properties: {id: {type: string}}, required: [id]}}
      Cancelled: {payload: {type: object}}
  payments: {messages: {Paid: {payload: {type: object}}}}
  questions: {messages: {Asked: {payload: {type: object}}, Answered: {payload: {type: object}}}}
operations:
  placed: {action: send, channel: {$ref: '#/channels/orders'}, messages: [{$ref: '#/channels/orders/messages/Placed'}]}
  paid: {action: receive, channel: {$ref: '#/channels/payments'}}
  asked:
    action: receive
    channel: {$ref: '#/channels/questions'}
    messages: [{$ref: '#/channels/questions/messages/Asked'}]
    reply: {channel: {$ref: '#/channels/questions'}, messages: [{$ref: '#/channels/questions/messages/Answered'}]}
"""
SHIPPING = """
asyncapi: 3.0.0
info: {title: The application that ships, version: 1.0.0}
channels:
  orders: {messages: {Placed: {payload: {type: object, properties: {id: {type: string}}, required: [id]}}}}
operations: {placed: {action: receive, channel: {$ref: '#/channels/orders'}}}
"""
TEXT = {"type": "string"}


def record(run: Run, folder: Path, *words: str) -> tuple[int, str]:
    result = run("deploy", "record", *words, cwd=folder)
    return result.code, result.out + result.err


@pytest.mark.parametrize("service", ["Orders Service", "orders-service", "orders_service"])
def test_operations_say_what_their_application_writes_and_reads(service: str, run: Run, tmp_path: Path) -> None:
    """What it sends and the answers to what it receives are written; what no operation names is neither."""
    write(tmp_path / "asyncapi.yaml", ORDERS)
    code, said = record(run, tmp_path, service, "1.0", "--env", "prod")
    if service == "orders_service":  # `_` is a part of a word
        assert (code, "nothing says what orders_service writes or reads" in said) == (2, True)
        return
    assert (code, said) == (0, f"{service} 1.0 runs in prod: writes Answered, Placed; reads Asked, Paid.\n")


def test_a_document_speaks_for_a_service_whatever_it_calls_the_application(run: Run, tmp_path: Path) -> None:
    """Each team has a document of its own, with its own schema of the event that both know."""
    write(tmp_path / "orders" / "asyncapi.yaml", ORDERS)
    write(tmp_path / "shipping" / "asyncapi.yaml", SHIPPING)
    ambiguous = record(run, tmp_path, "Orders Service", "1.0")
    assert (ambiguous[0], "several subjects called Placed" in ambiguous[1]) == (2, True)
    for service, version in (("orders", "1.0"), ("shipping", "1.0")):
        words = (service, version, "--env", "prod", "--document", f"{service}/asyncapi.yaml")
        assert record(run, tmp_path, *words)[0] == 0
    assert run("can-i-deploy", "shipping", "1.0", "--to", "prod", cwd=tmp_path).code == 0
    write(tmp_path / "orders" / "asyncapi.yaml", ORDERS.replace("id: {type: string}}, required: [id]", "no: {}}"))
    assert record(run, tmp_path, "orders", "1.1", "--document", "orders/asyncapi.yaml")[0] == 0
    asked = run("can-i-deploy", "orders", "1.1", "--to", "prod", cwd=tmp_path)
    assert (asked.code, "Breaks shipping 1.0: it needs id." in asked.out) == (1, True)


def test_a_contract_says_how_a_service_reads_what_operations_say_that_it_reads(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "asyncapi.yaml", ORDERS)
    contract(tmp_path, "orders-service", f"schema = {json.dumps('any.json')}", subject="Paid")
    write(tmp_path / "contracts" / "Paid" / "any.json", json_object(amount={"type": "integer"}))
    code, said = record(run, tmp_path, "orders-service", "1.0")
    assert (code, "reads Asked, Paid (contract)" in said) == (0, True)


def test_owners_of_the_configuration_speak_before_documents(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "asyncapi.yaml", ORDERS)
    write(tmp_path / "evtcompat.toml", '[owners.Cancelled]\nproducers = ["orders-service"]\n')
    assert record(run, tmp_path, "orders-service", "1.0")[1].endswith(" was built: writes Cancelled.\n")


BAD = {
    "no such file": ("gone.yaml", 3, "gone.yaml: there is no such file"),
    "no operations": ("order-v1.json", 2, "no operation in it says who sends or receives an event"),
    "an old version": ("old.yaml", 2, "no operation in it says who sends or receives an event"),
    "not to be read": ("broken.yaml", 3, "broken.yaml"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_document_that_says_nothing_records_nothing(case: str, run: Run, tmp_path: Path) -> None:
    name, code, said = BAD[case]
    write_versions(tmp_path, json_object("id", id=TEXT), suffix=".json")
    write(tmp_path / "broken.yaml", "asyncapi: 3.0.0\nchannels: [")
    write(
        tmp_path / "old.yaml",
        "asyncapi: 2.6.0\ninfo: {title: A, version: '1'}\n"
        "channels: {o: {publish: {message: {name: M, payload: {type: object}}}}}\n",
    )
    got = record(run, tmp_path, "orders", "1.0", "--env", "prod", "--document", name)
    assert (got[0], said in got[1]) == (code, True), got
    assert not (tmp_path / "deployments").exists()


def test_what_is_built_and_runs_nowhere_yet_is_not_listed_as_gone(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, json_object("id", id=TEXT), suffix=".json")
    assert record(run, tmp_path, "orders", "1.0", "--writes", "order")[0] == 0
    assert run("deploy", "list", cwd=tmp_path).out == "built\n  orders 1.0  writes order (v1)\n"
