"""A patch of a schema in a document, written for the document, makes of the schema what it would have made of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.containers.asyncapi.container import ASYNCAPI
from evtcompat.containers.openapi.container import OPENAPI
from evtcompat.formats.avro.containers.protocol import AVRO_PROTOCOL
from evtcompat.formats.avro.containers.type_list import AVRO_TYPE_LIST
from evtcompat.formats.containers import Beside, SchemaContainer
from evtcompat.model.canonical import canonical_text
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add, apply_patch, remove, replace
from evtcompat.model.places import child
from evtcompat.model.pointers import found_at
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.excerpt_patches import patch_of_whole

ORDER: JSON = {
    "type": "object",
    "required": ["id", "lines"],
    "properties": {
        "id": {"type": "string", "nullable": True, "enum": ["a", None]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        "parent": {"$ref": "#/components/schemas/Order"},
        "open": True,
    },
}
LINE: JSON = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}
SCHEMAS: JSON = {"Order": ORDER, "Line": LINE}
ENVELOPE: JSON = {
    "type": "object",
    "required": ["id"],
    "properties": {"dataschema": {"const": "https://shop.example/order.json"}, "data": {"type": "object"}},
}
INFO: JSON = {"title": "Shop", "version": "1"}
BODY: JSON = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
MONEY: JSON = {"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long", "default": 0}]}
PLACED: JSON = {
    "type": "record",
    "name": "Placed",
    "fields": [
        {"name": "total", "type": "Money"},
        {"name": "tax", "type": ["null", "Money"], "default": None},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}},
    ],
}
WHOLE: dict[str, tuple[SchemaContainer, JSON]] = {
    "asyncapi": (
        ASYNCAPI,
        {
            "asyncapi": "3.0.0",
            "info": INFO,
            "channels": {},
            "components": {
                "schemas": SCHEMAS,
                "messages": {
                    "A": {"payload": {"$ref": "#/components/schemas/Order"}},
                    "B": {"payload": LINE},
                    "E": {"payload": ENVELOPE},
                },
            },
        },
    ),
    "openapi": (
        OPENAPI,
        {
            "openapi": "3.0.3",
            "info": INFO,
            "paths": {},
            "x-webhooks": {"placed": {"post": {"requestBody": BODY}}},
            "components": {"schemas": SCHEMAS},
        },
    ),
    "protocol": (AVRO_PROTOCOL, {"protocol": "Shop", "namespace": "com.shop", "types": [MONEY, PLACED]}),
    "types": (AVRO_TYPE_LIST, [MONEY, PLACED]),
}


class _Nothing(Beside):
    def text(self, path: str, reference: str) -> None:
        raise AssertionError(path, reference)


def schemas(kind: SchemaContainer, value: JSON) -> dict[str, Document]:
    whole = Document(value, "shop.json", json.dumps(value), base_uri="file:///shop.json")
    contents = kind.contents(whole, "shop.json", _Nothing())
    assert not contents.problems
    return {one.name: one.document for one in contents.schemas}


def pointers(value: JSON, at: str = "") -> list[str]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(one for step, inner in parts for one in pointers(inner, child(at, step)))]


def operations(value: JSON, at: str) -> list[Operation]:
    """What fixes do at a place, so far as the schema stays one."""
    part, name = found_at(value, at.split("/")[1:]), at.rpartition("/")[2]
    found: list[Operation] = []
    if isinstance(part, dict) and ("type" in part or "properties" in part):
        found += [add(f"{at}/description", "x"), add(f"{at}/default", 1)]
    if name in {"required", "symbols", "enum"} and isinstance(part, list):
        found += [replace(at, part[1:]), replace(at, [*part, "NEW2"]), add(f"{at}/-", "NEW3"), remove(f"{at}/0")]
    if name == "type" and isinstance(part, str | list) and part not in ("record", "enum"):
        found += [replace(at, ["null", "string"]), replace(at, "string")]
    if name in {"required", "default", "enum"}:
        found.append(remove(at))
    return found


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_what_is_made_of_the_document_is_what_was_meant(which: str, data: st.DataObject) -> None:
    """Wherever it is not refused: what is written out, referred to or translated is not taken for what is written."""
    kind, value = WHOLE[which]
    before = schemas(kind, value)
    name = data.draw(st.sampled_from(sorted(before)))
    schema = before[name]
    choices = [one for at in pointers(schema.value) for one in operations(schema.value, at)]
    operation = data.draw(st.sampled_from(choices))
    try:
        patch = patch_of_whole(schema, [operation])
    except UneditableError:
        return
    made = schemas(kind, apply_patch(value, patch))[name]
    assert canonical_text(made.value) == canonical_text(apply_patch(schema.value, [operation]))


@pytest.mark.parametrize(
    ("which", "name", "operation", "path"),
    [
        ("asyncapi", "A", remove("/required/0"), "/components/schemas/Order/required/0"),
        ("asyncapi", "A", remove("/definitions/Line/required"), "/components/schemas/Line/required"),
        ("protocol", "Placed", add("/fields/0/default", {}), "/types/1/fields/0/default"),
        ("protocol", "Placed", remove("/fields/0/type/fields/0/default"), "/types/0/fields/0/default"),
        ("types", "Placed", add("/fields/2/type/default", "NEW"), "/1/fields/2/type/default"),
    ],
)
def test_a_place_is_that_of_the_part_that_is_written(which: str, name: str, operation: Operation, path: str) -> None:
    kind, value = WHOLE[which]
    (found,) = patch_of_whole(schemas(kind, value)[name], [operation])
    assert found == {**operation, "path": path}


@pytest.mark.parametrize(
    ("which", "name", "operation"),
    [
        ("openapi", "placed", replace("/properties/id/type", "string")),
        ("protocol", "Placed", replace("/fields/0/type", "string")),
        ("asyncapi", "A", add("/properties/more", {"$ref": "#/definitions/Line"})),
        ("asyncapi", "A", add("/definitions/More", {})),
        ("asyncapi", "A", replace("", {})),
    ],
)
def test_what_is_written_otherwise_is_refused(which: str, name: str, operation: Operation) -> None:
    kind, value = WHOLE[which]
    with pytest.raises(UneditableError):
        patch_of_whole(schemas(kind, value)[name], [operation])
