"""Where a reader refuses an instance: the keyword, the subschema that holds it, and the place in the instance."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from evtcompat.dataclasses import dataclass, replace
from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.explain.applied import BRANCHING
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.keywords.table import CLOSING
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.model.json_types import JSON

#: Places at which one keyword of one part may fail with one message before only the first of them are looked at.
_MOST_PLACES = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """One keyword of the reader that refuses one place of an instance."""

    part: Subschema
    #: The keyword; ``""`` when the subschema is ``false``.
    keyword: str
    #: The steps that lead to the place in the instance.
    path: tuple[str | int, ...]
    #: The place by names, as the reader leads to it.
    names: str
    #: The keyword by which the reader reached the place (``properties``, ``additionalProperties``, ``items``, ...).
    by: str
    #: What stands at the place.
    instance: JSON
    #: The validator's messages, one for each time that the keyword failed there.
    messages: tuple[str, ...]
    #: For `anyOf` and `oneOf` when no branch accepts: the failures in each branch.
    branches: tuple[tuple[Failure, ...], ...] = ()

    def in_intended_branch(self, counterpart: Callable[[], Container[int]]) -> tuple[Failure, ...] | None:
        """The failures in the branch that is meant for the instance; ``None`` where no branch is.

        A branch is not meant for it when it fails by type, or by a constant that tells variants apart. Of the others it
        is the one with the fewest failures; among those rather one whose own members the instance has, and then one
        that stands for what the writer has sent.

        Args:
            counterpart: Tells the numbers of the branches that stand for those that the writer has taken.
        """
        meant = [
            (number, branch)
            for number, branch in enumerate(self.branches)
            if branch
            and not any(
                one.keyword == "" or (one.keyword == "type" and one.path == self.path) or one.tells_variants_apart
                for one in branch
            )
        ]
        if not meant:
            return None
        far = [(len(branch), self._lacks_members(branch)) for _, branch in meant]
        nearest = [one for one, away in zip(meant, far, strict=True) if away == min(far)]
        taken = counterpart() if len(nearest) > 1 else ()
        return next((branch for number, branch in nearest if number in taken), nearest[0][1])

    def _lacks_members(self, branch: Iterable[Failure]) -> bool:
        """Whether the place itself lacks members that a branch requires."""
        return any(one.keyword == "required" and one.path == self.path for one in branch)

    @property
    def tells_variants_apart(self) -> bool:
        """Whether it is a constant that another one was expected to be."""
        values = self.part.keywords.get("enum")
        return self.keyword == "const" or (self.keyword == "enum" and isinstance(values, list) and len(values) == 1)


def failures(schema: SchemaIndex, instance: JSON, *, lenient: bool) -> tuple[Failure, ...]:
    """Why a schema refuses an instance, sorted by place; empty when it accepts it.

    Under the lenient policy the keywords that merely close an object are left out, as long as another failure remains.

    Raises:
        ValidatorFailedError: The validator gives up on the instance.
    """
    return failures_of(schema, schema.violations(instance), lenient=lenient)


def failures_of(schema: SchemaIndex, violations: Sequence[Violation], *, lenient: bool) -> tuple[Failure, ...]:
    """The same for some of the violations that the validator found."""
    found = _failures(schema, violations, _Start(schema.root), lenient=lenient)
    found.sort(key=lambda failure: (tuple(map(str, failure.path)), failure.part.pointer, failure.keyword))
    return tuple(found)


def _closes(failure: Failure) -> bool:
    """Whether the failure is only that a property is not declared."""
    return failure.keyword in CLOSING and failure.part.keywords.get(failure.keyword) is False


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the paths of violations begin: a branch, or the whole document."""

    part: Subschema
    path: tuple[str | int, ...] = ()
    names: str = ""
    by: str = ""
    #: How many steps of a violation's schema path lead up to it.
    dropped: int = 0


def _failures(schema: SchemaIndex, violations: Sequence[Violation], start: _Start, *, lenient: bool) -> list[Failure]:
    found: dict[tuple[str, str, tuple[str | int, ...]], Failure] = {}
    for violation in _first_of_each(violations):
        for failure in _of_violation(schema, violation, start, lenient=lenient):
            key = (failure.part.pointer, failure.keyword, failure.path)
            known = found.get(key)
            found[key] = replace(known, messages=known.messages + failure.messages) if known else failure
    kept = [failure for failure in found.values() if not _closes(failure)] if lenient else []
    return kept or list(found.values())


def _first_of_each(violations: Sequence[Violation]) -> Sequence[Violation]:
    """The violations; of those that are one keyword's at many places, the ones at the first places.

    A definition that is referred to again and again fails as often, and all that is one cause.
    """
    if len(violations) <= _MOST_PLACES:
        return violations
    alike: dict[tuple[int, object, str], list[Violation]] = {}
    for one in violations:
        alike.setdefault((id(one.schema), one.keyword, one.message), []).append(one)
    dropped = {
        id(one)
        for many in alike.values()
        if len(many) > _MOST_PLACES
        for one in sorted(many, key=_place)[_MOST_PLACES:]
    }
    return [one for one in violations if id(one) not in dropped]


def _place(violation: Violation) -> tuple[str, ...]:
    return tuple(map(str, violation.instance_path))


def _of_violation(schema: SchemaIndex, violation: Violation, start: _Start, *, lenient: bool) -> Iterator[Failure]:
    steps = violation.schema_path[start.dropped :]
    path = (*start.path, *violation.instance_path)
    if violation.keyword is None:
        yield from _forbidden(schema, violation, start, steps, path)
        return
    keyword = str(violation.keyword)
    part = schema.locate(steps[:-1], violation.schema, start.part)
    if part is None:
        return
    names, by = _names(steps[:-1], start)
    branches: tuple[tuple[Failure, ...], ...] = ()
    if keyword in BRANCHING and violation.context:
        branches = tuple(_branches(schema, violation, _Start(part, path, names, by), lenient=lenient))
    yield Failure(part, keyword, path, names, by, violation.instance, (violation.message,), branches)


def _forbidden(
    schema: SchemaIndex, violation: Violation, start: _Start, steps: tuple[str | int, ...], path: tuple[str | int, ...]
) -> Iterator[Failure]:
    """The failures at a schema ``false``, where the validator leaves out the last step of both paths."""
    names, by = _names(steps[:-1], start)
    keyword = str(steps[-1]) if steps else ""
    found = False
    for part in schema.ways(start.part, steps[:-1]) if steps else ():
        if keyword not in part.keywords:
            continue
        members = part.keywords[keyword]
        if keyword not in _NAMED:
            yield Failure(part, keyword, path, names, by, violation.instance, (violation.message,))
            return
        for name in members if isinstance(members, dict) else ():
            below = schema.below(part, keyword, name)
            if below is not None and below.value is False:
                found = True
                inner, _ = _names((keyword, name), replace(start, names=names))
                yield Failure(below, "", (*path, name), inner, keyword, violation.instance, (violation.message,))
    if not found:
        # Behind a reference or a condition, of which the validator's path shows nothing at all.
        part = next(iter(schema.ways(start.part, steps)), start.part)
        word = next((word for word in ("if", "$ref") if word in part.keywords), "")
        here, way = _names(steps, start)
        yield Failure(part, word, path, here, way, violation.instance, (violation.message,))


_NAMED = ("properties", "patternProperties")


def _branches(
    schema: SchemaIndex, violation: Violation, start: _Start, *, lenient: bool
) -> Iterator[tuple[Failure, ...]]:
    """The failures in each branch of a combination that no branch accepts."""
    keyword = str(violation.keyword)
    members = start.part.keywords.get(keyword)
    by_branch: dict[object, list[Violation]] = {}
    for one in violation.context:
        by_branch.setdefault(next(iter(one.schema_path), None), []).append(one)
    for index, member in enumerate(members) if isinstance(members, list) else ():
        inside = by_branch.get(index, [])
        branch = schema.below(start.part, keyword, index) if inside or member is False else None
        if branch is None:
            yield ()
        elif branch.value is False:
            yield (Failure(branch, "", start.path, start.names, start.by, violation.instance, (violation.message,)),)
        else:
            begin = replace(start, part=branch, dropped=1)
            yield tuple(_failures(schema, inside, begin, lenient=lenient))


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
