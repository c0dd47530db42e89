"""Schemas that are very long in one place: decided, or undecided by name, in time that grows with their size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from calls import called
from cli_harness import Run
from evtcompat import compare
from evtcompat.formats.json_schema.algebra import partitions
from evtcompat.formats.json_schema.algebra.partitions import joined, partition
from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.options import Options
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular import operations
from evtcompat.regular.ecma import UnsupportedPatternError, parse
from evtcompat.regular.ecma.backtracking import most_steps
from evtcompat.regular.ecma.reader import LONGEST
from evtcompat.regular.languages import Language
from evtcompat.regular.steps import Steps
from evtcompat.regular.terms import Term
from formats.json_schema.schemas import MODERN, SEVEN, schema_of

LONG: Final = f"^{'ab' * LONGEST}$"


def seven(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - any keyword
    """A schema of draft 7."""
    return {"$schema": SEVEN, **keywords}


def test_a_pattern_is_read_up_to_a_length() -> None:
    """What it would take to read, and an engine to compile, grows faster than anybody would wait."""
    assert "a" * LONGEST in parse("a" * LONGEST)
    with pytest.raises(UnsupportedPatternError, match="24,003 characters, of which 12,000 are read"):
        parse("^" + "ab" * 12_001)
    assert most_steps(LONG, 3) == float("inf")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reader", "writer"),
    [
        (seven(type="string", pattern=LONG * 20), seven(type="string")),
        (seven(type="string", pattern=LONG * 20), seven(enum=["a", "b"])),
        (seven(patternProperties={LONG * 20: {"type": "integer"}}), seven(required=["a"])),
        (seven(propertyNames={"pattern": LONG * 20}), seven(required=["a"])),
        (seven(**{"not": {"pattern": LONG * 20}}), seven(type="string")),
    ],
    ids=["pattern", "enum", "patternProperties", "propertyNames", "not"],
)
def test_a_pattern_beyond_it_is_never_taken_for_read(
    reader: dict[str, Any], writer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is it compiled, which would take seconds; what rests on it alone is undecided."""
    compile_, compiled = re.compile, set[int]()

    def counted(text: str, *flags: Any) -> re.Pattern[str]:  # noqa: ANN401 - as `re` has them
        compiled.add(len(str(text)))
        return compile_("", *flags) if len(str(text)) > LONGEST else compile_(text, *flags)

    monkeypatch.setattr(re, "compile", counted)
    found = compare(reader=reader, writer=writer, policy="strict")
    assert found.verdict is Verdict.UNDECIDED
    assert found.undecided
    assert all(len(one.reason) < 500 for one in found.undecided)
    assert compare(reader=reader, writer=reader, policy="strict").verdict is Verdict.COMPATIBLE
    assert all(length <= LONGEST for length in compiled)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("fixtures", "generate", "e", "--output", "made"), ("matrix", "e"), ("check", "e-v2.json")]
)
def test_a_command_says_what_the_validator_gives_up_on(words: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """Each needs its answer about a payload, and none takes its silence for a fault or for a yes."""
    for version, pattern in ((1, "^a"), (2, LONG)):
        text = json.dumps(
            seven(type="object", properties={"a": {"type": "string", "pattern": pattern}}, required=["a"])
        )
        (tmp_path / f"e-v{version}.json").write_text(text)
    result = run(*words, cwd=tmp_path)
    said = " ".join((result.out + result.err).split())
    assert result.code in (3, 4), said
    assert "the validator gives up" in said
    assert "fault in evtcompat" not in said
    assert LONG not in said


def test_languages_that_never_meet_are_found_out_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once more for each way to be outside of the others."""
    count, asked, inhabited = 40, list[Language](), partitions._inhabited

    def counted(language: Language, steps: Steps | None = None) -> bool:
        asked.append(language)
        return inhabited(language, steps)

    monkeypatch.setattr(partitions, "_inhabited", counted)
    names = [Names(inside=frozenset((Pattern(parse(f"^n{count}x{at}:"), f"{at:02}"),))) for at in range(count)]
    assert len(partition(names)) == count + 1
    pairs, ways = count * (count - 1) // 2, count + 1
    assert len(asked) <= pairs + 4 * ways


def test_languages_are_joined_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other they cost the square of their number."""
    patterns = [Pattern(parse(f"^p{index}_"), f"^p{index}_") for index in range(3_000)]
    union, unions = operations.union, list[int]()

    def counted(terms: Iterable[Term]) -> Term:
        listed = list(terms)
        unions.append(len(listed))
        return union(listed)

    monkeypatch.setattr(operations, "union", counted)
    ((names, _),) = joined([(Names(inside=frozenset((one,))), "all") for one in patterns])
    assert unions == [3_000]
    assert "p2999_x" in names
    assert "p3000_x" not in names


def test_multiples_of_any_size_are_compared_as_the_registry_does() -> None:
    """Decimal arithmetic has so many digits; a quotient of more was an error."""
    reader, writer = seven(type="integer", multipleOf=7), seven(type="integer", multipleOf=2**4000 + 1)
    for one, other in ((reader, writer), (writer, reader)):
        found = compare(reader=one, writer=other, policy="strict")
        assert found.registry_verdict is Verdict.INCOMPATIBLE
        assert found.findings


#: Schemas of so many parts, of which one is edited where asked.
LISTED: Final[dict[str, Callable[[int, bool], dict[str, Any]]]] = {
    "enum": lambda size, edited: {"enum": [Decimal(at) + Decimal(edited and at == 7) / 2 for at in range(size)]},
    "required": lambda size, edited: {"required": [f"p{at}" for at in range(size) if not edited or at != 7]},
    "patternProperties": lambda size, edited: {
        # patterns of its own: those of a smaller one would be known from the larger
        "patternProperties": {
            f"^p{size}x{at}_": {"type": "string" if edited and at == 7 else "integer"} for at in range(size)
        }
    },
    "prefixItems": lambda size, edited: {
        "prefixItems": [{"type": "string" if edited and at == 7 else "integer"} for at in range(size)]
    },
    "dependentRequired": lambda size, edited: {
        "dependentRequired": {f"p{at}": [f"q{at}{'x' * (edited and at == 7)}"] for at in range(size)}
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("keyword", LISTED)
def test_what_one_edit_of_a_long_keyword_costs_grows_with_its_length(keyword: str) -> None:
    """Verdict and findings read, in calls: four times the parts take about four times as many."""

    def compared(size: int) -> int:
        old, new = ({"$schema": MODERN, **LISTED[keyword](size, edited)} for edited in (False, True))
        return called(lambda: compare(reader=old, writer=new, format="json-schema").findings)[1]

    compared(20)  # what is imported and computed once is no cost of it
    assert compared(400) < 8 * compared(100), "16 times is the square"


@pytest.mark.slow
@pytest.mark.parametrize("values", [3, 40])
def test_an_array_that_must_hold_many_constants_is_found_at_once(values: int) -> None:
    """Each constant needs an item of its own, so that no shorter array is tried."""
    writer = schema_of(
        {"$schema": MODERN, "type": "array", "allOf": [{"contains": {"const": at}} for at in range(values)]}
    )
    found = decide(schema_of({"$schema": MODERN, "type": "object"}), writer, Options(policy=Policy.STRICT))
    assert found.verdict is Verdict.INCOMPATIBLE
    assert sorted(found.instance) == [*range(values)]
    assert found.steps < 20 + 2 * values**2


@pytest.mark.slow
def test_more_counted_items_than_the_steps_allow_are_undecided() -> None:
    writer = {"$schema": MODERN, "type": "array", "allOf": [{"contains": {"const": at}} for at in range(400)]}
    reader = {**writer, "allOf": [*writer["allOf"][:-1], {"contains": {"const": "other"}}]}
    found = compare(reader=reader, writer=writer, format="json-schema")
    assert found.verdict is Verdict.UNDECIDED
    assert found.undecided[0].reason == "not settled within 40000 steps of reasoning"


@pytest.mark.slow
def test_what_demands_more_members_than_a_witness_is_written_with_is_undecided() -> None:
    writer = {"$schema": MODERN, "required": [f"p{at}" for at in range(30_000)]}
    found = compare(reader={**writer, "required": [*writer["required"], "other"]}, writer=writer, format="json-schema")
    assert found.verdict is Verdict.UNDECIDED
    assert found.undecided[0].reason.startswith("a witness would hold ")
    assert compare(reader=writer, writer={**writer, "title": "a"}, format="json-schema").verdict is Verdict.COMPATIBLE
