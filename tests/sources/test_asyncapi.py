"""The messages of AsyncAPI documents are events: each under a name that lasts, with its own schema and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evtcompat.checking.plans import RunSettings, with_declared_owners
from evtcompat.errors import UncheckedError
from evtcompat.formats.base import DEFAULTS
from evtcompat.formats.loading import by_name
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.opened import Container, opened
from evtcompat.syntax.documents import locate

from .conftest import Repo
from .selecting import lay, run

TWO = """
asyncapi: '2.6.0'
info: {title: Shop, version: 1.0.0}
channels:
  orders:
    publish:
      message:
        oneOf:
          - $ref: '#/components/messages/OrderPlaced'
          - name: orderShipped
            payload: {type: object, required: [parcel], properties: {parcel: {type: string}}}
    subscribe:
      operationId: onCancelled
      message:
        payload:
          type: object
          properties: {reason: {type: string}}
  payments:
    publish:
      message: {$ref: 'messages.yaml#/Paid'}
components:
  messages:
    OrderPlaced:
      traits: [{$ref: '#/components/messageTraits/traced'}]
      headers: {type: object, properties: {tenant: {type: string}, trace: {type: integer}}}
      payload: {$ref: '#/components/schemas/Order'}
    Ping: {summary: Only a sign of life.}
  messageTraits:
    traced:
      headers: {type: object, required: [trace], properties: {trace: {type: string}}}
  schemas:
    Order:
      type: object
      properties:
        lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
        parent: {$ref: '#/components/schemas/Order'}
    Line:
      type: object
      properties: {sku: {type: string}, next: {$ref: '#/components/schemas/Line'}}
"""
MESSAGES = """
Paid:
  payload: {$ref: 'schemas/paid.json#/definitions/Paid'}
"""
PAID = {"definitions": {"Paid": {"type": "object", "properties": {"by": {"$ref": "#/definitions/Who"}}}, "Who": {}}}
THREE = """
asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels:
  placed:
    address: shop.orders.{id}
    messages:
      orderPlaced: {$ref: '#/components/messages/OrderPlaced'}
      note:
        payload: {type: string}
  other:
    messages:
      note:
        payload: {type: integer}
operations:
  sendPlaced: {action: send, channel: {$ref: '#/channels/placed'}}
components:
  messages:
    OrderPlaced:
      payload:
        schemaFormat: application/vnd.apache.avro;version=1.11.0
        schema:
          type: record
          name: OrderPlaced
          fields:
            - {name: orderId, type: string}
            - {name: rate, type: double, default: 0.5}
    Refund:
      payload:
        schemaFormat: application/schema+json;version=draft-2020-12
        schema: {$ref: '#/components/schemas/Refund'}
    Mail:
      payload: {schemaFormat: application/vnd.google.protobuf;version=3, schema: 'message Mail {}'}
    File:
      payload: {schemaFormat: application/vnd.apache.avro+json;version=1.9.0, schema: {$ref: './file.avsc'}}
  schemas:
    Refund: {type: object, properties: {amount: {type: number}}}
"""
AVSC = '{"type": "record", "name": "File", "fields": [{"name": "a", "type": "int"}]}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def container(folder: Path, text: str, others: dict[str, str] | None = None, name: str = "shop.yaml") -> Container:
    lay(folder, {name: text, **(others or {})})
    found = opened(disk(folder)).container(name)
    assert found is not None
    return found


def schemas(container: Container) -> dict[str, Any]:
    """By name: the value, as plain JSON."""
    return {one.name: json.loads(json.dumps(one.document.value, default=float)) for one in container.contents.schemas}


def test_each_message_of_version_2_is_an_event_under_its_name(folder: Path) -> None:
    found = container(folder, TWO, {"messages.yaml": MESSAGES, "schemas/paid.json": json.dumps(PAID)})
    assert not found.problems
    assert list(schemas(found)) == [
        *("OrderPlaced", "OrderPlaced.headers", "orderShipped", "orders.subscribe", "Paid"),
    ]
    assert found.contents.skipped == ("message Ping has no payload",)


def test_each_message_of_version_3_is_an_event_under_its_name(folder: Path) -> None:
    found = container(folder, THREE, {"file.avsc": AVSC})
    assert list(schemas(found)) == ["OrderPlaced", "Refund", "File", "shop.orders.{id}.note", "other.note"]
    assert {one.name: one.format.name for one in found.contents.schemas}["OrderPlaced"] == "avro"
    assert list(found.problems) == ["shop.yaml#Mail"]
    assert "application/vnd.google.protobuf;version=3" in str(found.problems["shop.yaml#Mail"])


def test_a_payload_holds_all_that_it_refers_to_in_the_document(folder: Path) -> None:
    found = schemas(container(folder, TWO, {"messages.yaml": MESSAGES, "schemas/paid.json": json.dumps(PAID)}))
    order = found["OrderPlaced"]
    assert order["properties"]["parent"] == {"$ref": "#"}
    assert order["properties"]["lines"]["items"] == {"$ref": "#/definitions/Line"}
    assert order["definitions"]["Line"]["properties"]["next"] == {"$ref": "#/definitions/Line"}
    assert order["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert found["Paid"]["properties"]["by"] == {"$ref": "#/definitions/Who"}


def test_traits_are_merged_as_the_version_says(folder: Path) -> None:
    two = schemas(container(folder, TWO, {"messages.yaml": MESSAGES, "schemas/paid.json": json.dumps(PAID)}))
    headers = two["OrderPlaced.headers"]
    assert (headers["required"], headers["properties"]["trace"]) == (["trace"], {"type": "string"})
    three = TWO.replace("'2.6.0'", "3.0.0")
    headers = schemas(container(folder, three, name="three.yaml"))["OrderPlaced.headers"]
    assert (headers["required"], headers["properties"]["trace"]) == (["trace"], {"type": "integer"})


def test_numbers_of_avro_are_those_of_avro_and_a_media_type_tells_the_draft(folder: Path) -> None:
    found = schemas(container(folder, THREE, {"file.avsc": AVSC}))
    assert found["OrderPlaced"]["fields"][1]["default"] == 0.5
    assert found["Refund"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["File"]["name"] == "File"


#: A part of a schema, and the words of the file that write it.
PLACES = {
    ("OrderPlaced", ""): ("shop.yaml", "type: object\n      properties:\n        lines"),
    ("OrderPlaced", "/properties/lines"): ("shop.yaml", "lines: {type"),
    ("OrderPlaced", "/definitions/Line/properties/sku"): ("shop.yaml", "sku: {type"),
    ("orderShipped", "/properties/parcel"): ("shop.yaml", "parcel: {type"),
    ("Paid", "/properties/by"): ("schemas/paid.json", '"by"'),
}


@pytest.mark.parametrize("part", PLACES, ids=" ".join)
def test_a_place_is_that_of_the_text_that_says_it(folder: Path, part: tuple[str, str]) -> None:
    found = container(folder, TWO, {"messages.yaml": MESSAGES, "schemas/paid.json": json.dumps(PAID)})
    file, words = PLACES[part]
    document = next(one.document for one in found.contents.schemas if one.name == part[0])
    place = locate(document, Place(pointer=part[1]))
    text = (folder / file).read_text()
    assert (place.origin, place.line) == (file, text[: text.index(words)].count("\n") + 1)


BASE = """asyncapi: 3.0.0
info: {title: x, version: '1'}
components:
  messages:
    Good: {payload: {type: object}}
"""

#: A message that cannot be read, and what is said of it; the good one beside it is checked.
BAD = {
    "    Bad: {$ref: '#/components/messages/Bad'}\n": "turn in a circle",
    "    Bad: {payload: {$ref: '#/components/schemas/Gone'}}\n": "leads to nothing",
    "    Bad: {payload: {properties: {a: {$ref: '#/components/schemas/Gone'}}}}\n": "leads to nothing",
    "    Bad: {$ref: 'gone.yaml#/Bad'}\n": "leads to no file of this repository",
    "    Bad: {payload: {$ref: '../../etc/passwd'}}\n": "leads to no file of this repository",
    "    Bad: {payload: {$ref: 'https://example.com/bad.json'}}\n": "the network is never asked",
    "    Bad: {schemaFormat: application/raml+yaml, payload: {type: object}}\n": "application/raml+yaml",
    "    Bad: {payload: {$ref: 'gone.avsc'}}\n": "leads to no file of this repository",
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_read_is_named_and_hides_nothing(folder: Path, bad: str) -> None:
    found = container(folder, BASE + bad)
    assert list(schemas(found)) == ["Good"]
    (error,) = found.problems.values()
    assert BAD[bad] in f"{error.message} {error.hint}"
    assert error.place is not None
    assert (error.place.origin, error.place.line) == ("shop.yaml", 6)


def test_a_name_with_a_slash_that_a_reference_writes_as_it_is_is_told(folder: Path) -> None:
    """Generators write such references; a JSON pointer takes the slash for a step."""
    text = f"{BASE}  schemas:\n    shop/Order: {{type: object}}\n"
    message = "    Bad: {payload: {$ref: '#/components/schemas/shop/Order'}}\n"
    found = container(folder, text.replace("  schemas:", f"{message}  schemas:"))
    (error,) = found.problems.values()
    assert error.message.endswith(" leads to nothing: shop.yaml has no /components/schemas/shop")
    assert error.hint is not None
    assert error.hint.endswith("did you mean #/components/schemas/shop~1Order? A slash in a name is ~1 there.")


def test_merge_keys_are_merged_with_their_places(folder: Path) -> None:
    text = f"""{BASE}    More:
      payload:
        type: object
        properties: &all
          id: {{type: string}}
    Most:
      payload:
        type: object
        properties:
          <<: *all
          n: {{type: integer}}
"""
    found = container(folder, text)
    assert schemas(found)["Most"]["properties"] == {"id": {"type": "string"}, "n": {"type": "integer"}}
    document = next(one.document for one in found.contents.schemas if one.name == "Most")
    assert locate(document, Place(pointer="/properties/id/type")).line == 10
    assert locate(document, Place(pointer="/properties/n")).line == 16


def test_a_document_that_cannot_be_parsed_is_a_problem(folder: Path) -> None:
    lay(folder, {"shop.yaml": BASE + "    : ["})
    (problem,) = discover(disk(folder), [""]).problems
    assert problem.place is not None
    assert problem.place.origin == "shop.yaml"


def test_a_json_document_is_read_as_well(folder: Path) -> None:
    value = {"asyncapi": "2.0.0", "channels": {"a/b": {"publish": {"message": {"payload": {"type": "string"}}}}}}
    assert list(schemas(container(folder, json.dumps(value), name="a.json"))) == ["a/b.publish"]
    assert list(schemas(container(folder, json.dumps(value, indent=1), name="b.json"))) == ["a/b.publish"]


def test_a_name_with_slashes_has_a_past(repo: Repo) -> None:
    value = {"asyncapi": "2.0.0", "channels": {"a/b#c": {"publish": {"message": {"payload": {"type": "string"}}}}}}
    repo.save({"a.json": json.dumps(value)})
    (plan,) = run(against="git:HEAD").plans
    assert (plan.subject, plan.published is not None) == ("a.b#c.publish", True)


@pytest.mark.slow
def test_a_change_in_a_file_that_a_payload_refers_to_is_a_change_of_the_event(repo: Repo) -> None:
    payload = "asyncapi: 3.0.0\ncomponents: {messages: {A: {payload: {properties: {x: {$ref: 'x.json'}}}}}}\n"
    repo.save({"shop.yaml": payload, "x.json": '{"type": "string"}'})
    repo.write("x.json", '{"type": "integer"}')
    plan = next(plan for plan in run(against="git:HEAD", changed=True).plans if plan.subject == "A")
    assert plan.references_changed
    assert plan.candidate.references.lookup("file:///x.json") is not None


def test_a_whole_check_finds_what_changed_in_a_payload_by_reference(repo: Repo) -> None:
    payload = "asyncapi: 3.0.0\ncomponents: {messages: {A: {payload: {properties: {x: {$ref: 'x.yaml#/s/x'}}}}}}\n"
    repo.save({"shop.yaml": payload, "x.yaml": "s: {x: {type: string}}"})
    repo.write("x.yaml", "s: {x: {type: integer}}")
    (plan,) = run(against="git:HEAD").plans
    assert plan.published is not None
    assert plan.format is by_name("json-schema")
    new = plan.format.parse(plan.candidate.document, plan.candidate.references)
    old = plan.format.parse(plan.published.document, plan.published.references)
    (mismatch,) = plan.format.compare(new, old, DEFAULTS).explanation().mismatches
    assert (mismatch.rule, mismatch.reader.origin, mismatch.reader.pointer) == ("type-changed", "x.yaml", "/s/x/type")


def test_a_problem_is_an_unchecked_error(folder: Path) -> None:
    container(folder, BASE + next(iter(BAD)))
    with pytest.raises(UncheckedError):
        opened(disk(folder)).contained("shop.yaml#Bad")


def test_operations_of_version_3_say_who_writes_and_who_reads(folder: Path) -> None:
    text = """
asyncapi: 3.0.0
info: {title: Checkout, version: '1'}
channels:
  orders:
    address: orders
    messages:
      Placed: {$ref: '#/components/messages/Placed'}
      Cancelled: {$ref: '#/components/messages/Cancelled'}
operations:
  send: {action: send, channel: {$ref: '#/channels/orders'}}
  take: {action: receive, channel: {$ref: '#/channels/orders'}, messages: [{$ref: '#/channels/orders/messages/Placed'}]}
  lost: {action: send, channel: {$ref: '#/channels/gone'}}
components: {messages: {Placed: {payload: {}}, Cancelled: {payload: {}}, Other: {payload: {}}}}
"""
    found = {one.name: one.owners for one in container(folder, text).contents.schemas}
    assert found == {
        "Placed": Owners(("Checkout",), ("Checkout",)),
        "Cancelled": Owners(("Checkout",), ()),
        "Other": None,
    }
    two = {one.owners for one in container(folder, TWO, {"messages.yaml": MESSAGES}, "two.yaml").contents.schemas}
    assert two == {None}


def test_what_a_document_says_about_owners_holds_where_the_configuration_says_nothing(folder: Path) -> None:
    text = """
asyncapi: 3.0.0
info: {title: Checkout, version: '1'}
channels: {o: {address: o, messages: {Placed: {payload: {}}, Lost: {payload: {}}}}}
operations: {x: {action: send, channel: {$ref: '#/channels/o'}}}
"""
    lay(folder, {"shop.yaml": text})
    configured = RunSettings(owners={"Lost": Owners(("billing",), ())})
    assert with_declared_owners(configured, run().plans).owners == {
        "Placed": Owners(("Checkout",), ()),
        "Lost": Owners(("billing",), ()),
    }
