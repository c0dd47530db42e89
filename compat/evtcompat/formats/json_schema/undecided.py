"""What an undecided question leaves open: the place in both documents, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import negation
from evtcompat.formats.json_schema.compile.compiled import compiled
from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import UnknownReason
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place, child, tokens
from evtcompat.model.pointers import resolved, stepped
from evtcompat.regular.ecma import PatternError, parse


def open_parts(
    reader: Schema, writer: Schema, pointers: tuple[str, str], reasons: Iterable[UnknownReason]
) -> tuple[Undecided, ...]:
    """What is open according to the reasons of a search, each part once.

    Args:
        reader: The schema of the consumer.
        writer: The schema of the producer.
        pointers: The parts of reader and writer that were asked about: where a reason has no place of its own.
        reasons: Why the search ended without an answer.
    """
    found = []
    for unknown in reasons:
        names = _names(unknown.path)
        places = [
            Place(pointer=_along(schema, pointer, unknown.path), names=names)
            for schema, pointer in zip((reader, writer), pointers, strict=True)
        ]
        reason = unknown.reason
        for side, schema in enumerate((reader, writer)):
            origin = _origin(schema, unknown.node)
            if origin is not None:
                contents, keyword = origin
                located = schema.library.located(contents)
                home = located.document.origin if located.document is not schema.document else None
                places[side] = Place(pointer=child(located.pointer, keyword), origin=home)
                if not any(pointers) and not unknown.path and home is None:
                    places[1 - side] = _nearest((writer, reader)[side], places[side].pointer)
                reason = f"{keyword} {_reason(contents, keyword)}"
        found.append(Undecided(places[0], places[1], reason))
    return tuple(dict.fromkeys(found))


def _along(schema: Schema, pointer: str, path: Iterable[str | int]) -> str:
    """The pointer to a part of an event, as far as `properties`, `items` and references in the document lead there."""
    for step in path:
        inner = child(child(pointer, "properties"), step) if isinstance(step, str) else child(pointer, "items")
        try:
            value = resolved(schema.value, tokens(inner))
        except LookupError:
            break
        pointer = inner
        reference = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(reference, str) and reference.startswith("#/"):
            pointer = unquote(reference[1:])
    return pointer


def _names(path: Iterable[str | int]) -> str:
    names = ""
    for step in path:
        names = paths.item(names, step) if isinstance(step, int) else paths.member(names, step)
    return names


def _origin(schema: Schema, node: Node | None) -> tuple[object, str] | None:
    """The schema object and the keyword that an unmodelled node of this schema comes from."""
    if node is None:
        return None
    return next(
        (
            found
            for asserted in (False, True)
            for one in (node, negation(node))
            if (found := compiled(schema, asserted=asserted).origins.get(one))
        ),
        None,
    )


def _nearest(schema: Schema, pointer: str) -> Place:
    """What stands in a schema where the other one has a part, or around that place."""
    found, value = "", schema.value
    for step in tokens(pointer):
        try:
            value = stepped(value, step)
        except LookupError:
            break
        found = child(found, step)
    return Place(pointer=found)


def _reason(contents: object, keyword: str) -> str:
    if keyword not in {"pattern", "patternProperties", "additionalProperties"} or not isinstance(contents, dict):
        return "is not modelled here in this combination"
    said = "is" if keyword == "pattern" else "depends on"
    named = [contents["pattern"]] if keyword == "pattern" else contents.get("patternProperties", ())
    fault = next((fault for pattern in named if (fault := _fault(pattern))), None)
    if fault is None:
        return f"{said} a regular expression that is too large to be decided here"
    return f"{said} a regular expression that is not modelled here: {fault}"


def _fault(pattern: str) -> str | None:
    """Why a pattern has no language here."""
    try:
        parse(pattern)
    except PatternError as error:
        return str(error)
    return None
