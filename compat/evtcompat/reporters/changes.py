"""What changed between two documents, for the eye: deepdiff finds it, the findings of both directions judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from deepdiff import DeepDiff

from evtcompat.dataclasses import dataclass
from evtcompat.model.documents import Document
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.places import child
from evtcompat.model.reports import Comparison
from evtcompat.syntax import deep


class Kind(Enum):
    """What happened to a part; ``value`` is the sign that the report shows."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


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


@dataclass(frozen=True, slots=True)
class _Side:
    """A document as nested mappings, so that items are paired by what they are rather than by where they stand."""

    value: object
    #: From the keys of the nested mappings to the pointer in the document.
    pointers: Mapping[tuple[str, ...], str]


def changes(old: Document, new: Document, backward: Comparison, forward: Comparison) -> tuple[Change, ...]:
    """Every difference in order of its path, each with the findings whose place lies in or around it.

    A finding that none of them explains is not lost: see `unexplained`.
    """
    found = [_judged(change, backward, forward) for change in deep.retried(lambda: _all(old, new))]
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


def _all(old: Document, new: Document) -> list[Change]:
    """What differs, without findings."""
    return list(_differences(_keyed(old.value), _keyed(new.value)))


def _differences(before: _Side, after: _Side) -> Iterator[Change]:
    tree = DeepDiff(before.value, after.value, view="tree", verbose_level=2, ignore_type_in_groups=[])
    for category, items in tree.items():
        for item in items:
            keys = tuple(str(key) for key in item.path(output_format="list"))
            old_pointer, new_pointer = before.pointers.get(keys), after.pointers.get(keys)
            path = ".".join(keys) or "the whole schema"
            if category.endswith("_added"):
                yield Change(Kind.ADDED, path, None, new_pointer, None, _plain(item.t2))
            elif category.endswith("_removed"):
                yield Change(Kind.REMOVED, path, old_pointer, None, _plain(item.t1), None)
            else:
                yield Change(Kind.CHANGED, path, old_pointer, new_pointer, _plain(item.t1), _plain(item.t2))


def _judged(change: Change, backward: Comparison, forward: Comparison) -> Change:
    judging = []
    for direction, comparison in ((Direction.BACKWARD, backward), (Direction.FORWARD, forward)):
        for finding in _leaves(comparison.findings):
            new, old = (
                (finding.reader, finding.writer)
                if direction is Direction.BACKWARD
                else (finding.writer, finding.reader)
            )
            if _touches(change.new_pointer, new.pointer) or _touches(change.old_pointer, old.pointer):
                judging.append((direction, finding))
    return Change(
        change.kind, change.path, change.old_pointer, change.new_pointer, change.old, change.new, tuple(judging)
    )


def _leaves(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that name the cause: those without deeper ones."""
    for finding in findings:
        if finding.because:
            yield from _leaves(finding.because)
        else:
            yield finding


def _touches(change: str | None, finding: str) -> bool:
    """Whether a finding's place is the change's, inside it, or the part that the change is a direct member of."""
    if change is None:
        return False
    if finding == change or finding.startswith(f"{change}/"):
        return True
    return change.rpartition("/")[0] == finding and finding != ""


class _Keyed(dict[str, object]):
    """A list as a mapping of its items by their keys."""

    #: The list itself.
    original: object


def _plain(value: object) -> object:
    """The document's own value of a part."""
    if isinstance(value, _Keyed):
        return value.original
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return value


def _keyed(value: object) -> _Side:
    pointers: dict[tuple[str, ...], str] = {}
    return _Side(_key(value, (), "", pointers), pointers)


def _key(value: object, keys: tuple[str, ...], pointer: str, pointers: dict[tuple[str, ...], str]) -> object:
    pointers[keys] = pointer
    if isinstance(value, Mapping):
        return {
            str(name): _key(member, (*keys, str(name)), child(pointer, str(name)), pointers)
            for name, member in value.items()
        }
    if isinstance(value, list):
        keyed = _Keyed()
        keyed.original = value
        for index, (name, item) in enumerate(zip(_names(value), value, strict=True)):
            keyed[name] = _key(item, (*keys, name), child(pointer, index), pointers)
        return keyed
    return value


def _names(items: list[object]) -> list[str]:
    """A distinct key for each item: its name, itself when it is a word, else its position."""
    names: dict[str, None] = {}
    for index, item in enumerate(items):
        name = item.get("name") if isinstance(item, Mapping) else item
        chosen = name if isinstance(name, str) and name not in names else f"[{index}]"
        while chosen in names:  # a word may be written as a position is
            chosen = f"[{chosen}]"
        names[chosen] = None
    return [*names]
