"""What changed between two documents, for the eye: edit by edit, and what the findings of both directions say of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from evtcompat.checking.edits import Edit, Edits, Kind
from evtcompat.dataclasses import dataclass
from evtcompat.model.documents import Document
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison
from evtcompat.syntax import deep


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs, with the findings that judge it."""

    kind: Kind
    #: How a person reads the path: list items by their name where they have one.
    path: str
    #: Pointers into the old and the new document; ``None`` on the side that has no such part.
    old_pointer: str | None
    new_pointer: str | None
    old: object = None
    new: object = None
    #: The findings that this change brought about, with the direction that each concerns.
    findings: tuple[tuple[Direction, Finding], ...] = ()


def changes(old: Document, new: Document, backward: Comparison, forward: Comparison) -> tuple[Change, ...]:
    """Every difference in order of its path, each with the findings whose place lies in or around it.

    A finding that none of them explains is not lost: see `unexplained`.
    """
    places = [
        (direction, _Places(_leaves(comparison.findings), direction))
        for direction, comparison in ((Direction.BACKWARD, backward), (Direction.FORWARD, forward))
    ]
    found = [_judged(edit, places) for edit in deep.retried(lambda: Edits(old.value, new.value).all)]
    return tuple(sorted(found, key=lambda change: (change.new_pointer or change.old_pointer or "", change.path)))


def unexplained(
    found: Iterable[Change], backward: Comparison, forward: Comparison
) -> tuple[tuple[Direction, Finding], ...]:
    """The findings that no change explains: about the schema as a whole, or about a document that it refers to."""
    told = {(direction, id(finding)) for change in found for direction, finding in change.findings}
    return tuple(
        (direction, finding)
        for direction, comparison in ((Direction.BACKWARD, backward), (Direction.FORWARD, forward))
        for finding in _leaves(comparison.findings)
        if (direction, id(finding)) not in told
    )


def _judged(edit: Edit, places: Iterable[tuple[Direction, _Places]]) -> Change:
    keys = edit.keys
    if edit.item and edit.old_pointer is not None and keys[-1] == f"[-{edit.old_pointer.rpartition('/')[2]}]":
        keys = (*keys[:-1], keys[-1].replace("-", "", 1))  # told apart from what has that position now
    path = ".".join(keys) or "the whole schema"
    judging = [(direction, finding) for direction, one in places for finding in one.of(edit)]
    return Change(edit.kind, path, edit.old_pointer, edit.new_pointer, edit.old, edit.new, tuple(judging))


def _leaves(findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings that name the cause, those without deeper ones; each once, as many may come down to one cause."""
    found: dict[tuple[str, str, Place, Place], Finding] = {}
    pending = [*findings][::-1]
    while pending:
        one = pending.pop()
        if not one.because and not one.repeats:
            found.setdefault((one.rule, one.message, one.reader, one.writer), one)
        pending += one.because[::-1]
    return found.values()


class _Places:
    """The findings of one direction, by their places."""

    def __init__(self, findings: Iterable[Finding], direction: Direction) -> None:
        self._findings = [*findings]
        #: For the new document, and for the old one: the pointers in order, and the findings that each has.
        self._sides: list[tuple[list[str], dict[str, list[int]]]] = []
        for of_reader in (direction is Direction.BACKWARD, direction is Direction.FORWARD):
            found: dict[str, list[int]] = {}
            for index, one in enumerate(self._findings):
                place = one.reader if of_reader else one.writer
                # what refers to a part may have been edited, and not the part
                for where in (place, *(way for way in place.through if way.origin is None)):
                    found.setdefault(where.pointer, []).append(index)
            self._sides.append((sorted(found), found))

    def of(self, edit: Edit) -> list[Finding]:
        """The findings whose place is that of an edit, inside it, or the part that it is a direct member of."""
        touched: set[int] = set()
        for pointer, (pointers, found) in zip((edit.new_pointer, edit.old_pointer), self._sides, strict=True):
            if pointer is None:
                continue
            # what is inside begins with the pointer and a slash, which "0" follows
            below = slice(bisect_left(pointers, f"{pointer}/"), bisect_left(pointers, f"{pointer}0"))
            around = pointer.rpartition("/")[0]
            for place in (pointer, *pointers[below], *((around,) if around else ())):
                touched.update(found.get(place, ()))
        return [self._findings[index] for index in sorted(touched)]
