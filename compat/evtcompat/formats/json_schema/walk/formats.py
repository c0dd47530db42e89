"""Formats that differ: no event is refused because of them, but a consumer that parses the text may fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.formats.json_schema import names as paths
from evtcompat.formats.json_schema.references import may_refer
from evtcompat.formats.json_schema.walk.parts import Part, Side
from evtcompat.formats.json_schema.walk.wording import where
from evtcompat.formats.json_schema.words import words
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch


def format_changes(reader: Side, writer: Side) -> Iterator[Mismatch]:
    """A warning for each place where both sides name a format and the formats differ.

    Places are matched by property name and by position in lists; branches of combinations are not matched.
    """
    refers = reader.schema.library.may_refer() or writer.schema.library.may_refer()
    seen: set[tuple[str, str]] = set()
    pending: list[tuple[Part, Part, str]] = [(reader.root, writer.root, "")]
    while pending:
        one, other, names = pending.pop(0)
        key = (f"{one.origin}#{one.pointer}", f"{other.origin}#{other.pointer}")
        if key in seen:
            continue
        seen.add(key)
        ones, others = _joined(reader, one), _joined(writer, other)
        yield from _compared(ones, others, names)
        pending += _members(reader, ones, writer, others, names, refers=refers)


def _joined(side: Side, start: Part) -> list[Part]:
    """A part with what it refers to and joins."""
    if "$ref" not in start.keywords and "allOf" not in start.keywords:
        return [start]
    return side.conjoined(start)


def _compared(ones: Sequence[Part], others: Sequence[Part], names: str) -> Iterator[Mismatch]:
    one = next((part for part in ones if isinstance(part.keywords.get("format"), str)), None)
    other = next((part for part in others if isinstance(part.keywords.get("format"), str)), None)
    if one is None or other is None or one.keywords["format"] == other.keywords["format"]:
        return
    facts = {"where": where(names), "accepts": one.keywords["format"], "sends": other.keywords["format"]}
    yield Mismatch("format-changed", one.place("format", names=names), other.place("format", names=names), facts)


def _members(
    reader: Side, ones: Sequence[Part], writer: Side, others: Sequence[Part], names: str, *, refers: bool
) -> Iterator[tuple[Part, Part, str]]:
    for one in ones:
        for other in others:
            properties, known = one.keywords.get("properties"), other.keywords.get("properties")
            if isinstance(properties, dict) and isinstance(known, dict):
                for name in properties:
                    if name in known and not _same(properties[name], known[name], refers=refers):
                        yield from _both(reader, one, writer, other, ("properties", name), paths.member(names, name))
            for keyword in ("additionalProperties", "items"):
                if keyword not in one.keywords or keyword not in other.keywords:
                    continue
                if _same(one.keywords[keyword], other.keywords[keyword], refers=refers):
                    continue
                below = paths.item(names) if keyword == "items" else paths.any_member(names)
                yield from _both(reader, one, writer, other, (keyword,), below)


def _same(one: JSON, other: JSON, *, refers: bool) -> bool:
    """Whether two schemas say the same in the same words, none of which leads elsewhere."""
    if one != other:
        return False
    spoken = words(one) if refers else b""
    return spoken is not None and not may_refer(spoken)


def _both(
    reader: Side, one: Part, writer: Side, other: Part, steps: tuple[str, ...], names: str
) -> Iterator[tuple[Part, Part, str]]:
    below, beside = reader.below(one, *steps), writer.below(other, *steps)
    if below is not None and beside is not None:
        yield below, beside, names
