"""A reference that leads nowhere hides nothing that breaks whatever it would lead to, and is never green."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from cli_harness import Run
from evtcompat import check
from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.reports import SubjectReport
from evtcompat.model.verdicts import Verdict
from formats.json_schema.strategies import schemas

DRAFTS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
GONE = {"$ref": "https://example.com/gone"}


def checked(new: Any, old: Any, level: str = "FULL") -> SubjectReport:
    (subject,) = check(candidate=new, history=[old], format="json-schema", level=level).subjects
    return subject


def event(price: str, place: Any, draft: str = "7", **more: Any) -> dict[str, Any]:
    return {"$schema": DRAFTS[draft], "type": "object", "properties": {"to": place, "price": {"type": price}}, **more}


def rules(subject: SubjectReport) -> set[str]:
    return {one.rule for beside in subject.comparisons for one in beside.result.findings}


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("required", [[], ["to"], ["price", "to"]])
@pytest.mark.parametrize(
    "where", [GONE, {"items": GONE}, {"allOf": [GONE, {"type": "string"}]}, {"properties": {"x": GONE}}]
)
def test_a_break_beside_a_missing_reference_is_told(where: Any, required: list[str], draft: str) -> None:
    more = {"required": required} if required else {}
    subject = checked(event("integer", where, draft, **more), event("string", where, draft, **more))
    assert subject.verdict is Verdict.INCOMPATIBLE
    assert rules(subject) == {"type-changed"}
    assert any("leads nowhere" in one.message for one in subject.problems)


@pytest.mark.parametrize(("new", "old"), [(GONE, {"type": "string"}), ({"type": "string"}, GONE)])
def test_it_may_be_missing_on_one_side(new: Any, old: Any) -> None:
    subject = checked(event("integer", new), event("string", old))
    assert subject.verdict is Verdict.INCOMPATIBLE
    assert rules(subject) == {"type-changed"}
    assert checked(event("string", new), event("string", old)).verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    "around",
    [
        GONE,
        {"not": GONE},
        {"oneOf": [GONE, {"type": "string"}]},
        {"if": GONE, "then": {"type": "string"}},
        {"contains": GONE},
        {"allOf": [GONE], "unevaluatedProperties": False},
    ],
)
def test_nothing_is_told_of_what_hangs_on_it_and_nothing_is_green(around: Any) -> None:
    for new, old in ((around, {"type": "string"}), ({"type": "string"}, around), (around, around)):
        subject = checked(event("string", new, "2020-12"), event("string", old, "2020-12"))
        assert subject.verdict is Verdict.UNCHECKED
        assert not rules(subject)
    whole = {"$schema": DRAFTS["7"], "$ref": "https://example.com/gone"}
    assert checked(whole, {"$schema": DRAFTS["7"], "type": "string"}).verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    "linking",
    [
        {"if": {"properties": {"to": {"const": 1}}, "required": ["to"]}, "then": {"required": ["price"]}},
        {"anyOf": [{"properties": {"to": {"const": 1}}}, {"required": ["price"]}]},
        {"enum": [{"to": 1}, {"to": 1, "price": "1"}]},
    ],
)
def test_nothing_is_told_that_a_value_at_the_missing_place_may_decide(linking: dict[str, Any]) -> None:
    """What the reference leads to may be `{"const": 2}`, or `{"const": 1}`."""
    subject = checked(event("string", GONE, required=["to"], **linking), event("string", GONE, required=["to"]))
    assert subject.verdict is Verdict.UNCHECKED
    assert not rules(subject)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where schemas stand, the root left out."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ("properties", "patternProperties") and isinstance(member, dict):
                for inner, schema in member.items():
                    yield (*place, name, inner)
                    yield from _places(schema, (*place, name, inner))
            elif name in ("items", "additionalProperties", "not", "propertyNames") and isinstance(member, dict):
                yield (*place, name)
                yield from _places(member, (*place, name))
            elif name in ("allOf", "anyOf", "oneOf") and isinstance(member, list):
                for at, schema in enumerate(member):
                    yield (*place, name, at)
                    yield from _places(schema, (*place, name, at))


def _with(value: Any, place: tuple[Any, ...], schema: Any) -> Any:
    changed = copy.deepcopy(value)
    around = changed
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = schema
    return changed


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(schemas(), schemas(), st.data())
def test_what_is_told_holds_whatever_is_missing(
    one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    """Where it is missing on one side, so that nothing is supposed of it."""
    old, new = {**one, "$schema": DRAFTS["7"]}, {**other, "$schema": DRAFTS["7"]}
    places = list(_places(new))
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    subject = checked(_with(new, place, GONE), old, "BACKWARD")
    assert subject.verdict in (Verdict.INCOMPATIBLE, Verdict.UNCHECKED)
    if subject.verdict is Verdict.INCOMPATIBLE:
        for meaning in (True, False, {"type": "string"}, {"type": ["integer", "null"]}, {"required": ["a"]}):
            assert checked(_with(new, place, meaning), old, "BACKWARD").verdict is Verdict.INCOMPATIBLE, meaning


def test_a_reference_that_stays_in_its_document_is_to_be_corrected() -> None:
    for ref, hint in (
        ("#/$defs/gone", "Correct it, or define what it names."),
        (GONE["$ref"], "the network is never asked"),
    ):
        with pytest.raises(ReferenceMissingError) as refused:
            JSON_SCHEMA.parse(Document({"$schema": DRAFTS["2020-12"], "$ref": ref}), NoReferences())
        assert hint in (refused.value.hint or "")


#: What `parts.json` is referred to for, and what is to be said of it.
LACKED: dict[str, tuple[str, str]] = {
    "parts.json#/$defs/order": ("parts.json has no /$defs/order", "#/$defs has address, customer."),
    "parts.json#/$defs/adress": ("parts.json has no /$defs/adress", "did you mean #/$defs/address?"),
    "parts.json#/definitions/address": ("parts.json has no /definitions", "did you mean #/$defs/address?"),
    "parts.json#$defs/address": ("parts.json has no such anchor", "did you mean #/$defs/address?"),
    "parts.json#where": ("parts.json has no such anchor", "did you mean #here?"),
    "parts.json#x": ("parts.json has no such anchor", "it has here."),
    "parts.json#/title/x": ("parts.json has no /title/x", "define what it names."),
    "https://acme.example/customer#/$defs/nam": (
        "the part of parts.json at /$defs/customer, with an identifier of its own, has no /$defs/nam",
        "did you mean #/$defs/name?",
    ),
    "#/properties/too": ("the document has no /properties/too", "did you mean #/properties/to?"),
}


@pytest.mark.parametrize("ref", LACKED)
def test_of_a_part_that_a_file_lacks_the_file_is_named_and_what_it_has(ref: str, run: Run, tmp_path: Path) -> None:
    """The file is there: neither a copy of it nor the network is what is missing."""
    address = {"$anchor": "here"}
    customer = {"$id": "https://acme.example/customer", "$defs": {"name": {}}}
    parts = {"$schema": DRAFTS["2020-12"], "title": "Parts", "$defs": {"address": address, "customer": customer}}
    (tmp_path / "parts.json").write_text(json.dumps(parts))
    order = {"$schema": DRAFTS["2020-12"], "properties": {"of": {"$ref": "parts.json"}, "to": {"$ref": ref}}}
    (tmp_path / "order.json").write_text(json.dumps(order))
    (problem,) = json.loads(run("check", "order.json", "--format", "json", cwd=tmp_path).out)["errors"]
    what, hint = LACKED[ref]
    assert problem["message"] == f"the reference {ref!r} leads nowhere: {what}"
    assert problem["hint"].startswith("Correct it, or define what it names")
    assert problem["hint"].endswith(hint)


def test_a_reference_that_is_wrong_in_another_file_is_shown_at_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "common.json").write_text('{"definitions": {\n  "x": {"$ref": "#/definitions/gone"}}}')
    (tmp_path / "order.json").write_text(json.dumps({"$schema": DRAFTS["7"], "$ref": "common.json#/definitions/x"}))
    assert "common.json:2:17  unchecked" in run("check", "order.json", cwd=tmp_path).out
    line = {"type": "record", "name": "Line", "fields": [{"name": "of", "type": "Gone"}]}
    (tmp_path / "Line.avsc").write_text(json.dumps(line, indent=0))
    order = {"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]}
    (tmp_path / "Order.avsc").write_text(json.dumps(order))
    assert "Line.avsc:7:9  unchecked" in run("check", "Order.avsc", cwd=tmp_path).out


def test_a_name_whose_file_cannot_be_read_says_so_where_it_stands(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Line.avsc").write_text('{"type": "record", "type": "record", "name": "Line", "fields": []}')
    order = {"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]}
    (tmp_path / "Order.avsc").write_text(json.dumps(order))
    result = run("check", "Order.avsc", cwd=tmp_path)
    said = " ".join(result.out.split())
    assert result.code == 3
    assert (
        "Order.avsc:1:73 unchecked the name Line is not defined, unless in Line.avsc:1:20, which cannot be read" in said
    )
    assert "did you mean" not in said
