"""Formats that differ: no event is refused because of them, but a consumer that parses the text may fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.describe.wording import where
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema


RULES: Final = (
    Rule(
        "format-changed",
        Severity.WARNING,
        "json-schema",
        "{where} has the format {accepts} for {reader} and {sends} in {writer}; formats are not asserted here, so this "
        "refuses nothing, but a consumer that parses the text may fail.",
        what="`format` differs between reader and writer.",
        why="A format is an annotation unless a validator is told to assert it. Code that parses the text by its "
        "format breaks without any validator noticing.",
        example='before  {"type": "string", "format": "date"}\nafter   {"type": "string", "format": "date-time"}',
        remedy="Check how consumers parse the text. Set `assert_formats` if your validators assert formats.",
    ),
)


def changed_formats(reader: SchemaIndex, writer: SchemaIndex) -> Iterator[Mismatch]:
    """A warning for each place where both sides name a format and the formats differ.

    Places are matched by property name and by position in lists; branches of combinations are not matched.
    """
    visited: set[tuple[str, str]] = set()
    pending: list[tuple[Subschema, Subschema, str]] = [(reader.root, writer.root, "")]
    while pending:
        one, other, names = pending.pop(0)
        key = (f"{one.origin}#{one.pointer}", f"{other.origin}#{other.pointer}")
        if key in visited:
            continue
        visited.add(key)
        ones, others = _conjoined(reader, one), _conjoined(writer, other)
        yield from _compared(ones, others, names)
        for left in ones:
            for right in others:
                for steps, below in _shared_steps(reader, left, right, names):
                    mine, theirs = reader.below(left, *steps), writer.below(right, *steps)
                    if mine is not None and theirs is not None:
                        pending.append((mine, theirs, below))


def _conjoined(index: SchemaIndex, start: Subschema) -> list[Subschema]:
    """A subschema with what it refers to and joins."""
    if "$ref" not in start.keywords and "allOf" not in start.keywords:
        return [start]
    return index.conjoined(start)


def _compared(ones: Sequence[Subschema], others: Sequence[Subschema], names: str) -> Iterator[Mismatch]:
    one = next((part for part in ones if isinstance(part.keywords.get("format"), str)), None)
    other = next((part for part in others if isinstance(part.keywords.get("format"), str)), None)
    if one is None or other is None or one.keywords["format"] == other.keywords["format"]:
        return
    facts = {"where": where(names), "accepts": one.keywords["format"], "sends": other.keywords["format"]}
    yield Mismatch("format-changed", one.place("format", names=names), other.place("format", names=names), facts)


def _shared_steps(
    reader: SchemaIndex, one: Subschema, other: Subschema, names: str
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The steps from two subschemas to what both say of a place below and not in the same way, with its name."""
    properties, known = one.keywords.get("properties"), other.keywords.get("properties")
    if isinstance(properties, dict) and isinstance(known, dict):
        for name in properties:
            if name in known and not _same(reader, properties[name], known[name]):
                yield ("properties", name), paths.member(names, name)
    for keyword in ("additionalProperties", "items"):
        if keyword not in one.keywords or keyword not in other.keywords:
            continue
        if not _same(reader, one.keywords[keyword], other.keywords[keyword]):
            yield (keyword,), paths.item(names) if keyword == "items" else paths.any_member(names)


def _same(reader: SchemaIndex, one: JSON, other: JSON) -> bool:
    """Whether two schemas say the same in the same words, none of which leads elsewhere."""
    return one == other and not reader.may_refer(one)
