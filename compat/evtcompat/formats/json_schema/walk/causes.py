"""Where a reader refuses an instance: the keyword, the part that holds it, and the place in the instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evtcompat.formats.json_schema import names as paths
from evtcompat.formats.json_schema.validate.violations import Violation
from evtcompat.formats.json_schema.walk.parts import Part, Side
from evtcompat.formats.json_schema.walk.views import BRANCHING
from evtcompat.model.json_types import JSON

#: Keywords that forbid what is not declared; the lenient policy lifts them in the reader.
CLOSING = ("additionalProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Cause:
    """One keyword of the reader that refuses one place of an instance."""

    part: Part
    #: The keyword; ``""`` when the part is the schema ``false``.
    keyword: str
    #: The steps that lead to the place in the instance.
    path: tuple[str | int, ...]
    #: The place by names, as the reader leads to it.
    names: str
    #: The keyword by which the reader reached the place (``properties``, ``additionalProperties``, ``items``, ...).
    by: str
    #: What stands at the place.
    instance: JSON
    #: What the validator said, a sentence for each time that the keyword failed there.
    messages: tuple[str, ...]
    #: For a branching keyword whose branches all fail: what each branch says.
    branches: tuple[tuple[Cause, ...], ...] = ()


def causes(side: Side, instance: JSON, *, lenient: bool) -> tuple[Cause, ...]:
    """Why `side` refuses an instance, sorted by place; empty when it accepts it.

    Under the lenient policy the keywords that merely close an object are left out, as long as another cause remains.
    """
    found = _causes(side, side.errors(instance), _Start(side.root), lenient=lenient)
    found.sort(key=lambda cause: (tuple(map(str, cause.path)), cause.part.pointer, cause.keyword))
    return tuple(found)


def closes(cause: Cause) -> bool:
    """Whether the cause is only that a property is not declared."""
    return cause.keyword in CLOSING and cause.part.keywords.get(cause.keyword) is False


@dataclass(frozen=True, slots=True)
class _Start:
    """Where errors are counted from: a branch, or the whole document."""

    part: Part
    path: tuple[str | int, ...] = ()
    names: str = ""
    by: str = ""
    #: How many steps of an error's schema path lead up to it.
    dropped: int = 0


def _causes(side: Side, errors: Sequence[Violation], start: _Start, *, lenient: bool) -> list[Cause]:
    found: dict[tuple[str, str, tuple[str | int, ...]], Cause] = {}
    for error in errors:
        for cause in _of_error(side, error, start, lenient=lenient):
            key = (cause.part.pointer, cause.keyword, cause.path)
            known = found.get(key)
            found[key] = replace(known, messages=known.messages + cause.messages) if known else cause
    kept = [cause for cause in found.values() if not closes(cause)] if lenient else []
    return kept or list(found.values())


def _of_error(side: Side, error: Violation, start: _Start, *, lenient: bool) -> Iterator[Cause]:
    steps = error.schema_path[start.dropped :]
    path = (*start.path, *error.instance_path)
    if error.keyword is None:
        yield from _forbidden(side, error, start, steps, path)
        return
    keyword = str(error.keyword)
    part = side.locate(steps[:-1], error.schema, start.part)
    if part is None:
        return
    names, by = _names(steps[:-1], start)
    branches: tuple[tuple[Cause, ...], ...] = ()
    if keyword in BRANCHING and error.context:
        branches = tuple(_branches(side, error, _Start(part, path, names, by), lenient=lenient))
    yield Cause(part, keyword, path, names, by, error.instance, (error.message,), branches)


def _forbidden(
    side: Side, error: Violation, start: _Start, steps: tuple[str | int, ...], path: tuple[str | int, ...]
) -> Iterator[Cause]:
    """The schema ``false``. The validator tells neither its last step nor that of the instance: they are found here."""
    names, by = _names(steps[:-1], start)
    keyword = str(steps[-1]) if steps else ""
    found = False
    for part in side.ways(start.part, steps[:-1]) if steps else ():
        if keyword not in part.keywords:
            continue
        members = part.keywords[keyword]
        if keyword not in _NAMED:
            yield Cause(part, keyword, path, names, by, error.instance, (error.message,))
            return
        for name in members if isinstance(members, dict) else ():
            below = side.below(part, keyword, name)
            if below is not None and below.value is False:
                found = True
                inner, _ = _names((keyword, name), replace(start, names=names))
                yield Cause(below, "", (*path, name), inner, keyword, error.instance, (error.message,))
    if not found:
        # Behind a reference or a condition, of which the validator's path shows nothing at all.
        part = next(iter(side.ways(start.part, steps)), start.part)
        word = next((word for word in ("if", "$ref") if word in part.keywords), "")
        here, way = _names(steps, start)
        yield Cause(part, word, path, here, way, error.instance, (error.message,))


_NAMED = ("properties", "patternProperties")


def _branches(side: Side, error: Violation, start: _Start, *, lenient: bool) -> Iterator[tuple[Cause, ...]]:
    keyword = str(error.keyword)
    members = start.part.keywords.get(keyword)
    for index in range(len(members)) if isinstance(members, list) else ():
        branch = side.below(start.part, keyword, index)
        inside = [one for one in error.context if one.schema_path[:1] == (index,)]
        if branch is None:
            yield ()
        elif branch.value is False:
            yield (Cause(branch, "", start.path, start.names, start.by, error.instance, (error.message,)),)
        else:
            begin = replace(start, part=branch, dropped=1)
            yield tuple(_causes(side, inside, begin, lenient=lenient))


def _names(steps: Sequence[str | int], start: _Start) -> tuple[str, str]:
    """The place by names and the last keyword that led to it, from a schema path without its references."""
    names, by, index = start.names, start.by, 0
    while index < len(steps):
        step = steps[index]
        following = steps[index + 1] if index + 1 < len(steps) else None
        index += 1
        if step in ("properties", "patternProperties") and following is not None:
            name = str(following)
            index += 1
            names = paths.member(names, name) if step == "properties" else paths.matching_member(names, name)
        elif step in CLOSING:
            names = paths.any_member(names)
        elif step in ("prefixItems", "items") and isinstance(following, int):
            names = paths.item(names, following)
            index += 1
        elif step in ("items", "additionalItems", "unevaluatedItems"):
            names = paths.item(names)
        elif step in ("allOf", "anyOf", "oneOf", "dependentSchemas", "dependencies"):
            index += 1
            continue
        elif step != "propertyNames":
            continue
        by = str(step)
    return names, by
