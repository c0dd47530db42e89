"""Findings by cause: one edit is told once, whatever places, directions and versions it is met through."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat import check, compare
from evtcompat.checking.edits import Edits, Kind
from evtcompat.checking.grouping import Change, changes_of, versions
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.reports import Report, SchemaName
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.changes import changes, unexplained
from evtcompat.reporters.text_report import render

#: A schema as JSON.
Schema: TypeAlias = dict[str, JSON]


def record(*fields: Schema, name: str = "Order") -> Schema:
    return {"type": "record", "name": name, "fields": list(fields)}


def field(name: str, type_: JSON, **more: JSON) -> Schema:
    return {"name": name, "type": type_, **more}


def plan(*symbols: str) -> Schema:
    return {"type": "enum", "name": "Plan", "symbols": list(symbols)}


def states(*values: str) -> Schema:
    properties: JSON = {name: {"$ref": "#/$defs/state"} for name in ("before", "after")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "$defs": {"state": {"enum": list(values)}},
    }


def told(*schemas: Schema, level: str = "FULL_TRANSITIVE") -> tuple[Change, ...]:
    *history, candidate = schemas
    (subject,) = check(candidate=candidate, history=history, level=level, witnesses=False).subjects
    return changes_of(subject)


def used(times: int, *symbols: str) -> Schema:
    return record(field("f0", plan(*symbols)), *(field(f"f{index}", "Plan") for index in range(1, times)))


@pytest.mark.slow
def test_one_changed_type_is_one_finding_with_its_places() -> None:
    result = compare(reader=used(346, "free"), writer=used(346, "free", "team"), format="avro")
    (finding,) = result.findings
    assert len(finding.places) == 346
    assert len({place.fingerprint for place in finding.places}) == 346
    (change,) = told(used(346, "free"), used(346, "free", "team"))
    assert (change.words, change.places) == ('`f0`: "team" added to `symbols`', 346)


def test_the_id_of_a_cause_is_that_of_the_edit_alone() -> None:
    few, many = told(used(1, "a"), used(1, "a", "b")), told(used(1, "a"), used(1, "a"), used(5, "a", "b"))
    assert few[0].id == next(change.id for change in many if '"b" added' in change.words)
    assert told(used(1, "a"), used(1, "a", "c"))[0].id != few[0].id


@pytest.mark.slow
def test_one_edit_that_breaks_both_directions_and_many_versions_is_one_change() -> None:
    versions_ = [record(field("total", "string"), field("n", "int", doc=str(number))) for number in range(218)]
    (change,) = told(*versions_, record(field("total", "int"), field("n", "int")))
    assert change.words == "`total`: type string -> int"
    assert [effect.direction.value for effect in change.effects if effect.direction] == ["backward", "forward"]
    assert {len(effect.baselines) for effect in change.effects} == {218}


@pytest.mark.slow
def test_mutually_recursive_records_with_one_change_have_one_finding() -> None:
    def nested(index: int, kind: str) -> Schema:
        fields = [field("v", kind if index == 49 else "string")]
        if index < 49:
            fields.append(field("next", ["null", nested(index + 1, kind)], default=None))
        fields += [field(f"back{back}", ["null", f"R{back}"], default=None) for back in range(index)]
        return record(*fields, name=f"R{index}")

    (finding,) = compare(reader=nested(0, "int"), writer=nested(0, "string"), format="avro").findings
    assert finding.cause is not None
    assert finding.cause.change.endswith("type string -> int")


@pytest.mark.slow
def test_findings_about_records_that_all_refer_to_each_other_have_the_one_change_as_their_cause() -> None:
    """What fails only since a record around it does is no cause of its own."""

    def nested(index: int, kind: str, changed: int, met: set[int]) -> Schema:
        met.add(index)
        fields = [
            field(f"to{other}", ["null", f"R{other}" if other in met else nested(other, kind, changed, met)])
            for other in range(12)
        ]
        return record(*fields, field("v", kind if index == changed else "string"), name=f"R{index}")

    for changed in (0, 6, 11):
        old, new = (nested(0, kind, changed, set()) for kind in ("string", "int"))
        for reader, writer in ((old, new), (new, old)):
            found = compare(reader=reader, writer=writer, format="avro", witnesses=False).findings
            (cause,) = {finding.cause for finding in found}
            assert cause is not None
            assert "type " in cause.change


def text(longest: int) -> Schema:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string", "maxLength": longest}


SPOKEN = {
    '`plan`: "team" added to `symbols`': (record(field("plan", plan("a"))), record(field("plan", plan("a", "team")))),
    "`currency` added": (record(field("id", "string")), record(field("id", "string"), field("currency", "string"))),
    "`currency` removed": (record(field("id", "string"), field("currency", "string")), record(field("id", "string"))),
    "`at`: logicalType timestamp-millis added": (
        record(field("at", "long")),
        record(field("at", {"type": "long", "logicalType": "timestamp-millis"})),
    ),
    '`after`: "paid" added to `enum`': (states("open"), states("open", "paid")),
    "maxLength 9 -> 5": (text(9), text(5)),
}


@pytest.mark.parametrize("words", SPOKEN)
def test_a_change_is_told_as_the_person_made_it(words: str) -> None:
    old, new = SPOKEN[words]
    assert words in {change.words for change in told(old, new)}


def test_a_moved_definition_hides_no_edit() -> None:
    address = {"street": "string", "zip": "string"}
    old = record(
        field("billing", record(*(field(*one) for one in address.items()), name="Address")),
        field("shipping", "Address"),
    )
    new = record(
        field("shipping", record(*(field(*one) for one in (address | {"zip": "int"}).items()), name="Address")),
        field("billing", "Address"),
    )
    assert [change.words for change in told(old, new)] == ["`billing.zip`: type string -> int"]


def test_versions_are_told_as_runs_of_the_history() -> None:
    history = [SchemaName(f"v{number}.avsc", str(number)) for number in range(1, 8)]
    assert versions(history, history) == "versions 1 to 7"
    assert versions(history[:1], history) == "v1"
    assert versions([history[0], *history[2:5], history[6]], history) == "v1, v3 to v5, v7"


def test_a_cause_that_is_found_when_it_is_read_is_the_one_that_is_found_at_once() -> None:
    reader, writer = record(field("a", "int"), field("b", "string")), record(field("a", "long"))
    at_once = compare(reader=reader, writer=writer, format="avro").findings
    later = compare(reader=reader, writer=writer, format="avro", witnesses=False).findings
    copied = pickle.loads(pickle.dumps(later))  # noqa: S301 - made here
    assert [one.cause for one in later] == [one.cause for one in at_once]
    assert [one.cause.change for one in later if one.cause] == ["`Order.a`: type long -> int", "`Order.b` added"]
    assert copied == later == tuple(replace(one) for one in later)


@pytest.mark.parametrize("used_twice", [True, False], ids=["one-edit", "an-edit-each"])
def test_findings_that_say_the_same_are_one_where_an_edit_explains_them(used_twice: bool) -> None:  # noqa: FBT001 - a case
    """Whether the causes are looked for at once or when they are read."""
    second: JSON = "Plan" if used_twice else plan("free", "team") | {"name": "Other"}
    first = field("a", plan("free", "team"))
    writer = record(first, field("b", second), field("c", "long"))
    narrowed: JSON = second if isinstance(second, str) else plan("free") | {"name": "Other"}
    reader = record(field("a", plan("free")), field("b", narrowed), field("c", "int"), field("d", "int"))
    at_once = compare(reader=reader, writer=writer, format="avro").findings
    later = compare(reader=reader, writer=writer, format="avro", witnesses=False).findings
    assert [(one.rule, one.places, one.cause) for one in later] == [
        (one.rule, one.places, one.cause) for one in at_once
    ]
    lost = [one for one in later if one.rule == "missing-enum-symbols"]
    assert [len(one.places) for one in lost] == ([2] if used_twice else [1, 1])


def test_a_cause_is_of_the_schemas_that_were_compared_whatever_became_of_them_since() -> None:
    old, new = states("new", "paid"), states("new")
    (finding,) = compare(reader=new, writer=old, format="json-schema").findings
    known = finding.cause
    old, new = states("new", "paid"), states("new")
    (finding,) = compare(reader=new, writer=old, format="json-schema").findings
    new["type"] = old["type"] = "string"
    new.pop("$defs")
    assert finding.cause == known
    assert known is not None
    assert "paid" in known.change


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "name"]), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.slow
@given(JSON_VALUES, JSON_VALUES)
def test_documents_differ_where_an_edit_says_so(old: JSON, new: JSON) -> None:
    edits = Edits(old, new)
    for edit in edits.all:
        assert (edit.old_pointer is None) == (edit.kind is Kind.ADDED)
        assert (edit.new_pointer is None) == (edit.kind is Kind.REMOVED)
        ours, theirs = ("/none" if pointer is None else pointer for pointer in (edit.old_pointer, edit.new_pointer))
        assert edit in Edits(old, new).at(ours, theirs)  # however much was compared before
    assert not Edits(old, old).all


@pytest.mark.slow
@given(JSON_VALUES, JSON_VALUES)
def test_a_part_as_a_whole_comes_from_the_edits_at_its_root(old: JSON, new: JSON) -> None:
    found, every = Edits(old, new).at("", ""), Edits(old, new).all
    assert all(edit in every for edit in found)
    assert len(every) == 1 or all(len(edit.keys) == 1 for edit in found)
    assert bool(found) <= bool(every)


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (1, 1.0), (0, False), (10**5000, 10**5000 + 1)], ids=["true", "float", "false", "huge"]
)
def test_values_that_python_takes_for_equal_or_cannot_write_are_edits(old: JSON, new: JSON) -> None:
    """However deep they lie, and whatever equal parts are around."""
    around: JSON = {"a": [1, {"b": "c"}], "n": 10**5000}
    for depth in (0, 1, 40):
        before, after = old, new
        for _ in range(depth):
            before, after = {"around": around, "x": before}, {"around": around, "x": after}
        (edit,) = Edits(before, after).all
        assert (edit.kind, edit.keys, edit.new_pointer) == (Kind.CHANGED, ("x",) * depth, "/x" * depth)


def verdicts(report: Report) -> list[Verdict]:
    return [comparison.result.verdict for subject in report.subjects for comparison in subject.comparisons]


@pytest.mark.slow
@given(st.lists(st.sampled_from(["int", "string", "long", "bytes"]), min_size=1, max_size=5), st.data())
def test_no_finding_is_lost_and_no_verdict_changes(kinds: list[str], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.sampled_from(["int", "string", "long"]), min_size=len(kinds), max_size=len(kinds)))
    old, new = (record(*(field(f"f{at}", kind) for at, kind in enumerate(some))) for some in (kinds, other))
    report = check(candidate=new, history=[old], witnesses=False)
    changed = {f"`f{at}`" for at, pair in enumerate(zip(kinds, other, strict=True)) if pair[0] != pair[1]}
    words = {change.words.partition(":")[0] for subject in report.subjects for change in changes_of(subject)}
    assert words == changed
    assert (Verdict.INCOMPATIBLE in verdicts(report)) <= bool(changed)


def test_the_cause_is_of_the_documents_as_they_were_compared() -> None:
    """Whoever reads it later may have changed them since."""
    old: Any = {"type": "record", "name": "E", "fields": [{"name": "a", "type": "string"}]}
    new: Any = {"type": "record", "name": "E", "fields": [{"name": "a", "type": "int"}]}
    expected = [one.cause for one in compare(reader=copy.deepcopy(new), writer=copy.deepcopy(old)).findings]
    later = compare(reader=new, writer=old).findings
    new["fields"].clear()
    old["name"] = "Another"
    assert [one.cause for one in later] == expected
    assert all(cause is not None and cause.change for cause in expected)


def test_what_is_wrong_in_one_schema_alone_comes_from_no_edit_elsewhere() -> None:
    """A default that was wrong before stays what it was, whatever is added around it."""

    def fixed(size: int) -> JSON:
        return {"type": "fixed", "name": "D", "size": size}

    unrelated, same = field("zz", "boolean", default=False), field("f", fixed(4), default="a")
    for added in ([], [unrelated], [field("y", "int", default=1), unrelated]):
        new = record(*added, field("f", fixed(1), default="a"))
        found = [one for one in told(record(same), new, level="FORWARD") if one.finding.rule == "invalid-default"]
        assert [one.words for one in found] == [""]
    mended = told(record(same), record(field("f", fixed(4), default="abcd")), level="FORWARD")
    assert [one.words for one in mended if one.finding.rule == "invalid-default"] == ["`f`: default a -> abcd"]


def test_what_was_added_whole_is_called_by_what_holds_it_and_told_with_all_places_and_fixes() -> None:
    """Each of its members breaks by itself, and none of them is the edit."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    members: JSON = {"id": {"type": "string"}, "a": {"type": "integer"}}
    old: Schema = {"$schema": draft, "properties": {"list": {"items": {}}}}
    new: Schema = {"$schema": draft, "properties": {"list": {"items": {"properties": members}}}}
    report = check(candidate=new, history=[old], policy="strict")
    (change,) = changes_of(report.subjects[0])
    assert (change.words, change.places) == ("`list[]`: `properties` added", 2)
    (effect,) = change.effects
    assert [place.reader.names for place in effect.places] == ["list[].id", "list[].a"]
    assert [fix.text for fix in effect.fixes] == [f"Accept anything for `list[].{name}`" for name in ("id", "a")]
    text = render(report)
    assert "places  list[].id, list[].a" in text
    assert [text.count(f"fix  {fix.text}") for fix in effect.fixes] == [1, 1]


#: What a member was and became, and what is to be said of it.
REPLACED: list[tuple[Schema, Schema, str]] = [
    (
        {"$ref": "#/$defs/text"},
        {"oneOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/lost"}]},
        '`a`: $ref "#/$defs/text" replaced by `oneOf`',
    ),
    (
        {"$ref": "#/$defs/text"},
        {"anyOf": [{"$ref": "#/$defs/text"}, {"type": "null"}]},
        '`a`: $ref "#/$defs/text" replaced by `anyOf`',
    ),
    ({"$ref": "#/$defs/text"}, {"$ref": "#/$defs/lost"}, '`a`: $ref "#/$defs/text" -> "#/$defs/lost"'),
    ({"$ref": "#/$defs/text"}, {"type": "object"}, '`a`: $ref "#/$defs/text" replaced by type object'),
    ({"type": "string"}, {"$ref": "#/$defs/lost"}, '`a`: type string replaced by $ref "#/$defs/lost"'),
    (
        {"type": "string"},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        '`a`: type string replaced by anyOf [{"type": "string"}, {"type": "null"}]',
    ),
]


@pytest.mark.parametrize(("before", "after", "words"), REPLACED, ids=[words for _, _, words in REPLACED])
def test_what_took_the_place_of_something_is_the_cause_and_not_a_definition_that_stayed(
    before: Schema, after: Schema, words: str
) -> None:
    definitions: JSON = {"text": {"type": "string"}, "lost": {"type": "object"}}
    base: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}
    old: Schema = {**base, "properties": {"a": before}}
    new: Schema = {**base, "properties": {"a": after}}
    assert {change.words for change in told(old, new)} == {words}
    backward, forward = (
        compare(reader=one, writer=other, format="json-schema") for one, other in ((new, old), (old, new))
    )
    assert not unexplained(changes(Document(old), Document(new), backward, forward), backward, forward)


def test_what_breaks_behind_a_reference_that_was_edited_stands_where_it_was_edited() -> None:
    """What it leads to may be in another file, where nobody has changed anything."""
    text: JSON = {"$ref": "urn:common#/$defs/text"}
    common: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"text": {"type": "string"}, "lost": {"type": "object"}},
    }
    base: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    old: Schema = {**base, "properties": {"a": text}}
    new: Schema = {**base, "properties": {"a": {"oneOf": [text, {"$ref": "urn:common#/$defs/lost"}]}}}
    report = check(candidate=new, history=[old], references={"urn:common": common})
    (change,) = changes_of(report.subjects[0])
    (effect,) = change.effects
    assert (effect.place.origin, effect.place.pointer) == (None, "/properties/a/oneOf/1/$ref")
    assert (effect.other.origin, effect.other.pointer) == (None, "/properties/a/$ref")


def test_what_fails_in_a_document_that_was_not_referred_to_before_comes_from_the_new_reference() -> None:
    """Two documents that are not versions of one another differ everywhere, and that is no edit of anybody."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    common = {"$schema": draft, "$defs": {"m": {"multipleOf": 2}}, "title": "Parts"}
    old: Schema = {"$schema": draft, "properties": {"a": {"type": "number"}, "b": {"minimum": 1}}}
    new: Schema = {"$schema": draft, "properties": {"a": {"$ref": "urn:common#/$defs/m"}, "b": {"minimum": 1}}}
    result = compare(reader=new, writer=old, format="json-schema", references={"urn:common": common})
    assert [one.reader.origin for one in result.findings] == ["urn:common"]
    (cause,) = {one.cause.change for one in result.findings if one.cause}
    assert cause == '`a`: type number replaced by $ref "urn:common#/$defs/m"'
