"""A writer schema that no event satisfies: where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evtcompat.contract import Options
from evtcompat.json_schema import names as paths
from evtcompat.json_schema.decide import decide
from evtcompat.json_schema.parse import Schema, variant
from evtcompat.json_schema.walk.parts import Part, Side
from evtcompat.json_schema.walk.wording import where
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy

#: Parts that are asked about on the way down.
_QUESTIONS = 12
#: Steps for each of them.
_BUDGET = 2_000


def contradiction(side: Side, writer: Schema, options: Options) -> Mismatch:
    """The finding, at the innermost part that by itself makes the whole impossible, as far as questions reach."""
    nothing = variant(writer, {"not": {}})
    asked = replace(options, budget=_BUDGET, policy=Policy.STRICT)
    part, names, left = side.root, "", _QUESTIONS
    while True:
        deeper = None
        for below, path in _needed(side, part, names):
            if left == 0 or below.origin is not None:
                continue
            left -= 1
            if decide(nothing, writer, asked, writer_pointer=below.pointer).vacuous:
                deeper = below, path
                break
        if deeper is None:
            break
        part, names = deeper
    return Mismatch("writer-unsatisfiable", Place(), part.place(names=names), {"where": where(names)})


def _needed(side: Side, part: Part, names: str) -> Iterator[tuple[Part, str]]:
    """The parts that every event meets if it meets this one."""
    target = side.follow(part)
    if target is not None:
        yield target, names
    joined = part.keywords.get("allOf")
    for index in range(len(joined)) if isinstance(joined, list) else ():
        member = side.below(part, "allOf", index)
        if member is not None:
            yield member, names
    required = part.keywords.get("required")
    for name in required if isinstance(required, list) else ():
        below = side.below(part, "properties", str(name))
        if below is not None:
            yield below, paths.member(names, str(name))
