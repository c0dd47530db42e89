"""A changed document means what it says, whatever was compiled before of the document that it was made of."""

from __future__ import annotations

import pytest

from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.parse.parsing import variant
from evtcompat.formats.json_schema.parse.simple_documents import changed as what_is_known
from evtcompat.formats.json_schema.parse.simple_documents import is_simple
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import add, apply_patch, remove, replace

_BASE = "https://example.org/"


def _document(identifier: str | None) -> dict[str, JSON]:
    """Two parts that refer to each other in a circle, one that refers into it, and one beside it."""
    named: dict[str, JSON] = {} if identifier is None else {"$id": identifier}
    return {
        **named,
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"tree": {"$ref": "#/definitions/tree"}, "flat": {"$ref": "#/definitions/flat"}},
        "definitions": {
            "tree": {"type": "object", "properties": {"next": {"$ref": "#/definitions/twig"}}},
            "twig": {"properties": {"up": {"$ref": "#/definitions/tree"}, "end": {"$ref": "#/definitions/end"}}},
            "end": {"type": "string", "maxLength": 5},
            "flat": {"allOf": [{"$ref": "#/definitions/number"}]},
            "number": {"type": "integer"},
        },
    }  # fmt: skip


_CHANGES = {
    "at the end of the circle": replace("/definitions/end", {"type": "string"}),
    "within the circle": remove("/definitions/twig/properties/up"),
    "beside the circle": replace("/definitions/number/type", "number"),
    "nothing that is referred to": add("/definitions/new", {"type": "null"}),
    "where a reference leads": replace("/definitions/flat/allOf/0", {"$ref": "#/definitions/end"}),
    "at the root": add("/required", ["flat"]),
    "an identifier": add("/definitions/number/$id", "#here"),
    "a base": add("/definitions/flat/$id", f"{_BASE}other"),
}


@pytest.mark.parametrize("identifier", [None, f"{_BASE}root"])
@pytest.mark.parametrize("change", list(_CHANGES))
def test_a_changed_document_is_read_as_if_it_were_new(identifier: str | None, change: str) -> None:
    """Both directions against the original come out as for the changed document parsed by itself."""
    value = _document(identifier)
    original = load_schema(Document(value=value))
    changed = apply_patch(value, [_CHANGES[change]])
    if change == "a base":
        definitions = changed["definitions"] if isinstance(changed, dict) else {}
        assert isinstance(definitions, dict)
        definitions["flat"] = {"$id": f"{_BASE}other", "allOf": [{"type": "integer"}]}
    made, fresh = variant(original, changed), load_schema(Document(value=changed))
    other = load_schema(Document(value=_document(identifier)))
    assert decide(made, other).verdict is decide(fresh, other).verdict
    assert decide(other, made).verdict is decide(other, fresh).verdict
    assert decide(made, fresh).verdict.value == decide(fresh, made).verdict.value == "compatible"


@pytest.mark.parametrize("change", list(_CHANGES))
def test_what_both_documents_share_need_not_be_searched_for_identifiers(change: str) -> None:
    """The quick way says of a changed document what a walk over all of it says."""
    value = _document(None)
    schema = load_schema(Document(value=value))
    changed = apply_patch(value, [_CHANGES[change]])
    assert what_is_known(changed, value, schema.dialect).simple is is_simple(changed, schema.dialect)


_WITHOUT_REFERENCES: dict[str, JSON] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "properties": {"tree": {"type": "object"}, "leaf": {"type": "string"}},
    "allOf": [{"required": ["leaf"]}],
    "$defs": {"number": {"type": "integer"}},
}
_REFERENCES = {
    "at the root": add("/$ref", "#/$defs/number"),
    "in a member": add("/properties/leaf/$ref", "#/$defs/number"),
    "as a new member": add("/properties/new", {"$ref": "#/$defs/number"}),
    "in an item": add("/allOf/0/$ref", "#/$defs/number"),
    "as a new item": add("/allOf/1", {"properties": {"new": {"$ref": "#/$defs/number"}}}),
    "round in a circle": add("/properties/tree/properties", {"next": {"$ref": "#/properties/tree"}}),
    "by a dynamic one": add("/properties/leaf/$dynamicRef", "#/$defs/number"),
}


@pytest.mark.parametrize("change", list(_REFERENCES))
def test_a_reference_that_a_change_brings_is_followed(change: str) -> None:
    """Where the original holds none, nothing is looked up in what is made of it before a change brings one."""
    original = load_schema(Document(value=_WITHOUT_REFERENCES))
    assert variant(original, apply_patch(_WITHOUT_REFERENCES, [remove("/allOf")])).library.refers_nowhere
    changed = apply_patch(_WITHOUT_REFERENCES, [_REFERENCES[change]])
    made, fresh = variant(original, changed), load_schema(Document(value=changed))
    assert not made.library.refers_nowhere
    assert decide(made, fresh).verdict.value == decide(fresh, made).verdict.value == "compatible"
    assert decide(made, original).verdict is decide(fresh, original).verdict
    assert decide(original, made).verdict is decide(original, fresh).verdict
