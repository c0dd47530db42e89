"""What it takes to find the fixes of one candidate that hold together."""

from __future__ import annotations

import sys
from decimal import Decimal
from types import FrameType
from typing import Any

import pytest

from evtcompat import check
from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.fixing import MOST_TRIALS
from evtcompat.formats.json_schema import confluent
from evtcompat.formats.json_schema.confluent import RegistryDocument
from evtcompat.model.combined_patches import combined
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import apply_patch, replace
from evtcompat.model.verdicts import Policy, Verdict

_TYPES = ("int", "string", "boolean", "bytes", "double")


def version(number: int) -> dict[str, Any]:
    """One of many versions that give the same fields other types, so that what mends one pair breaks another."""
    fields = [{"name": f"f{at}", "type": _TYPES[(at + number * (at + 1)) % 5]} for at in range(8)]
    return {"type": "record", "name": "R", "doc": f"version {number}", "fields": fields}


def compared(versions: int) -> int:
    """How many directions are compared when a candidate is checked against so many versions."""
    count = 0

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call" and frame.f_code is compare_sides.__code__

    history = [version(number) for number in range(versions)]
    sys.setprofile(profile)
    try:
        found = check(candidate=version(versions), history=history, level="FULL_TRANSITIVE", format="avro")
        assert found.verdict is Verdict.INCOMPATIBLE
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
def test_fixes_that_do_not_hold_together_are_given_up_at_the_first_version_that_shows_it() -> None:
    """A trial does not go through the whole history, which would make it cost the product of both."""
    assert compared(24) < 2 * 24 + 3 * MOST_TRIALS


@pytest.mark.slow
def test_trials_ask_for_no_answer_but_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a registry would say of a candidate that nobody wrote is of no use, and costs as much as the comparison."""
    asked: list[object] = []
    predict = confluent.predict_documents

    def counted(reader: RegistryDocument, writer: RegistryDocument, policy: Policy) -> confluent.Prediction:
        asked.append((reader, writer))
        return predict(reader, writer, policy)

    monkeypatch.setattr(confluent, "predict_documents", counted)
    kinds = ("integer", "string")
    old, new = ({"properties": {f"f{at}": {"type": kinds[(at + side) % 2]} for at in range(8)}} for side in (0, 1))
    found = check(candidate=new, history=[old], format="json-schema")
    assert found.verdict is Verdict.INCOMPATIBLE
    assert len(asked) == 2, "once a direction"


def limited(number: int) -> dict[str, Any]:
    """One of many versions of which each takes shorter texts than the one before, in many properties."""
    return {"properties": {f"f{at}": {"type": "string", "maxLength": 100 - number} for at in range(10)}}


@pytest.mark.slow
def test_of_fixes_that_contradict_one_another_those_of_the_first_version_are_kept_that_go_together() -> None:
    """They mend the later versions as well here, and it takes one trial to see it."""
    history = [limited(number) for number in range(6)]
    found = check(candidate=limited(6), history=history, level="BACKWARD_TRANSITIVE", format="json-schema")
    fixes = [
        [finding.fix for finding in one.result.findings if finding.fix is not None and finding.fix.patch]
        for one in found.subjects[0].comparisons
    ]
    assert [len(one) for one in fixes] == [10, 0, 0, 0, 0, 0]
    patches = [operation for fix in fixes[0] for operation in fix.patch]
    assert apply_patch(limited(6), patches) == limited(0)


def test_lists_that_two_fixes_set_are_joined_item_by_item() -> None:
    """What one takes away and what the other adds are both wanted, and no number passes for a boolean or a text."""
    before: JSON = [1, "a", Decimal("0.5"), {"x": 1}]
    mine: JSON = [1, "a", Decimal("0.5"), {"x": 1}, True, "0.5", "a"]
    theirs: JSON = ["a", {"x": 1}, Decimal("0.5"), {"x": 2}]
    found = combined([[replace("/enum", mine)], [replace("/enum", theirs)]], {"enum": before})
    assert found is not None
    ((operation,),) = (found,)
    assert operation["value"] == ["a", Decimal("0.5"), {"x": 1}, True, "0.5", "a", {"x": 2}]


RECORDS = [
    {"type": "record", "name": "A", "fields": [{"name": "g", "type": kind}, *more]}
    for kind, more in (("string", []), ("int", []), ("int", [{"name": "h", "type": "double", "default": 0}]))
]
ARRAYS = [{"type": "array", "maxItems": most, "title": str(at)} for at, most in enumerate((1, 2, 2))]


@pytest.mark.parametrize(
    ("versions", "format_", "level", "would"),
    [
        (RECORDS, "avro", "BACKWARD_TRANSITIVE", "would break backward against v2, which holds: keep string here"),
        (ARRAYS, "json-schema", "FULL_TRANSITIVE", "would break backward against v2, which holds: set `maxItems` to 1"),
    ],
)
def test_what_mends_one_pair_and_breaks_another_that_held_is_no_patch_and_names_the_other(
    versions: list[JSON], format_: str, level: str, would: str
) -> None:
    """Applied, it would move the break to the other version, and the next run would move it back."""
    found = check(candidate=versions[2], history=versions[:2], level=level, format=format_)
    (finding,) = [one for each in found.subjects[0].comparisons for one in each.result.findings]
    assert finding.fix is not None
    assert finding.fix.text.startswith(f"Withheld, as it {would}")
    assert not finding.fix.patch


def test_a_version_that_cannot_be_compared_does_not_withhold_the_fixes_of_those_that_can() -> None:
    """It is a problem of the run with the fixes as without them."""
    old: JSON = {"type": "record", "name": "A", "fields": []}
    fields: JSON = [{"name": name, "type": "string"} for name in ("a", "b")]
    new: JSON = {"type": "record", "name": "A", "fields": fields}
    found = check(candidate=new, history=[{"type": "recrd"}, old], level="BACKWARD_TRANSITIVE", format="avro")
    assert len(found.subjects[0].problems) == 1
    shown = [one.fix for each in found.subjects[0].comparisons for one in each.result.findings if one.fix]
    assert [bool(fix.patch) for fix in shown] == [True, True]


def test_what_was_not_tried_is_not_said_to_contradict() -> None:
    """Each version asks for other types, so that most combinations fail, and more are left than are tried."""
    history = [version(number) for number in range(24)]
    found = check(candidate=version(24), history=history, level="FULL_TRANSITIVE", format="avro")
    texts = {one.fix.text for each in found.subjects[0].comparisons for one in each.result.findings if one.fix}
    reasons = {text.partition(": ")[0] for text in texts if text.startswith("Withheld")}
    assert "Withheld, as it was not tried with the other fixes, of which there are many" in reasons, reasons
