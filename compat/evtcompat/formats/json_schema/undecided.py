"""What an undecided question leaves open: the place in both documents, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import negation
from evtcompat.formats.json_schema.compile.compiled import compiled
from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import UnknownReason
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place, child


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
        places = [Place(pointer=pointers[0], names=names), Place(pointer=pointers[1], names=names)]
        reason = unknown.reason
        for side, schema in enumerate((reader, writer)):
            origin = _origin(schema, unknown.node)
            if origin is not None:
                contents, keyword = origin
                located = schema.library.located(contents)
                home = located.document.origin if located.document is not schema.document else None
                places[side] = Place(pointer=child(located.pointer, keyword), origin=home)
                reason = f"{keyword} {_reason(contents, keyword)}"
        found.append(Undecided(places[0], places[1], reason))
    return tuple(dict.fromkeys(found))


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


def _reason(contents: object, keyword: str) -> str:
    such = "that is not modelled here (a back-reference, or one that is too large)"
    if keyword == "pattern" and isinstance(contents, dict):
        return f"{contents['pattern']!r} is a regular expression {such}"
    if keyword in {"patternProperties", "additionalProperties"}:
        return f"depends on a regular expression {such}"
    return "is not modelled here in this combination"
