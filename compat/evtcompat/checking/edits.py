"""What differs between two documents, member by member, so that findings can be led back to the edit that made them.

Nothing here interprets a schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from evtcompat.checking.paired_items import name_of, paired_items
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, escape, tokens
from evtcompat.model.pointers import found_at

#: So deep parts are compared as a whole before anybody looks into them; at any depth that would cost its square.
_COMPARED_WHOLE: Final = 32
#: The places of the documents in `Edit.pointers`.
_OLD: Final = 0
_NEW: Final = 1
#: More edits than this below one place are not the cause of a finding there; they are its circumstances.
MOST_BELOW: Final = 6


class Kind(Enum):
    """What was done; ``value`` says it in a sentence."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Edit(NamedTuple):
    """One part that differs."""

    kind: Kind
    #: The way to it: member names, names of items, words of a list.
    keys: tuple[str, ...]
    #: Where it is in each document; ``None`` where it is not.
    old_pointer: str | None
    new_pointer: str | None
    old: JSON = None
    new: JSON = None
    #: Whether it is an item of a list, told by `keys[-1]`.
    item: bool = False

    @property
    def pointers(self) -> tuple[str | None, str | None]:
        """Where it is in the old and in the new document."""
        return self.old_pointer, self.new_pointer

    def below(self, keys: tuple[str, ...], old_pointer: str, new_pointer: str) -> Edit:
        """The same edit where it was found between parts that stand at these places."""
        old, new = self.pointers
        return self._replace(
            keys=(*keys, *self.keys),
            old_pointer=None if old is None else old_pointer + old,
            new_pointer=None if new is None else new_pointer + new,
        )

    def replaces(self, other: Edit) -> bool:
        """Whether one of two members of one object was added and the other removed."""
        members = self.keys[:-1] == other.keys[:-1] and not self.item and not other.item
        return members and {self.kind, other.kind} == {Kind.ADDED, Kind.REMOVED}

    def holds(self, old_pointer: str, new_pointer: str) -> bool:
        """Whether one of two places is inside of what was added or removed."""
        places = zip(self.pointers, (old_pointer, new_pointer), strict=True)
        return self.kind is not Kind.CHANGED and any(
            own is not None and place.startswith(f"{own}/") for own, place in places
        )


class Edits:
    """The edits between two documents, found by place; only what is asked for is compared."""

    def __init__(self, old: JSON, new: JSON) -> None:
        self._whole = _Part(_Way(None, "", 0, 0), old, new)

    @cached_property
    def all(self) -> tuple[Edit, ...]:
        """Every edit, in the order of the new document."""
        return tuple(self._whole.every())

    def at(self, old_pointer: str | None, new_pointer: str | None) -> tuple[Edit, ...]:
        """The edits that something at these two places comes from; none where nothing differs there.

        Either may be ``None``, for what is of the other document alone.
        An edit of exactly one of the places comes first, then the addition or removal that holds one of them, then the
        edits inside both, if they are few.
        """
        places = self._met(new_pointer, _NEW), self._met(old_pointer, _OLD)
        exact = _distinct([place.edit for place in places if place.edit is not None and not place.within])
        if exact:
            beside = [place.edit for place in places if place.edit is not None and place.within]
            return _distinct([*exact, *(edit for edit in beside if any(edit.replaces(one) for one in exact))])
        around = _distinct([place.edit for place in places if place.edit is not None])
        if around:
            return tuple(edit for edit in around if edit.kind is not Kind.CHANGED)
        if old_pointer is None or new_pointer is None:
            return _few(_distinct([edit for place in places for side in (_NEW, _OLD) for edit in place.below(side)]))
        return _few(_distinct(self._inside(*places)))

    def _inside(self, new_place: _Met, old_place: _Met) -> Sequence[Edit]:
        """The edits below both places. Below a whole document is everything: there the other place decides."""
        if new_place.part is self._whole and old_place.part is self._whole:
            return self._of_whole()
        new, old = new_place.below(_NEW), old_place.below(_OLD)
        if new_place.part is self._whole or old_place.part is self._whole:
            return old if new_place.part is self._whole else new
        inside = [edit for edit in new if edit.old_pointer is None or edit in old]
        return [*inside, *(edit for edit in old if edit.new_pointer is None)]

    def _of_whole(self) -> Sequence[Edit]:
        """What the schemas say of themselves, and not what they say of their parts, unless that is the only edit."""
        some = [*islice(self._whole.every(), 2)]
        if len(some) == 1:
            return some
        edits, inner = self._whole.differing
        changed = [part.changed for part in inner]
        return [edit for edit in (*edits, *changed) if edit is not None and not _has_parts(edit)]

    def _met(self, pointer: str | None, side: int) -> _Met:
        """What is met on the way to a place of one side; nothing without a place."""
        if pointer is None:
            return _Met()
        steps = pointer.split("/")[1:]
        part = self._whole
        for at, step in enumerate(steps):
            if part.changed is not None:
                return _Met(part.changed, within=True)
            found = part.into(step, side)
            if isinstance(found, Edit):
                word = _word(found, steps[at + 1 :], side)
                return _Met(word or found, within=word is None and at + 1 < len(steps))
            if found is None:
                return _Met()
            part = found
        return _Met(part.changed) if part.changed is not None else _Met(part=part)


class _Met(NamedTuple):
    """What is met on the way to a place."""

    #: The edit that the way ends in.
    edit: Edit | None = None
    #: Whether the place is inside of what was edited.
    within: bool = False
    #: The part at the place, where both documents have it.
    part: _Part | None = None

    def below(self, side: int) -> Sequence[Edit]:
        """The edits inside the place, as `_Part.below` tells them."""
        return () if self.part is None else self.part.below(side)


def _word(edit: Edit, steps: Sequence[str], side: int) -> Edit | None:
    """The word at a place in a list that was added or removed whole: each says something by itself."""
    value, pointer = (edit.new if edit.kind is Kind.ADDED else edit.old), edit.pointers[side]
    if len(steps) != 1 or not isinstance(value, list) or pointer is None or not steps[0].isdecimal():
        return None
    word = value[int(steps[0])] if int(steps[0]) < len(value) else None
    if not isinstance(word, str):
        return None
    at, keys = f"{pointer}/{steps[0]}", (*edit.keys, word)
    if edit.kind is Kind.ADDED:
        return Edit(edit.kind, keys, None, at, new=word, item=True)
    return Edit(edit.kind, keys, at, None, old=word, item=True)


def _few(found: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Some edits as the cause of what they are in; none where they are many, texts for people only if all are."""
    if len(found) > MOST_BELOW:
        return ()
    return tuple(edit for edit in found if not _prose(edit)) or found


def keys_to(value: JSON, pointer: str) -> tuple[str, ...]:
    """The way to a part of a document, as `Edit.keys` has it."""
    keys = []
    for step in tokens(pointer):
        item = isinstance(value, list)
        value = found_at(value, (step,))
        name = name_of(value) if item else None
        keys.append(f"[{step}]" if item and name is None else name or step)
    return tuple(keys)


def _has_parts(edit: Edit) -> bool:
    return isinstance(edit.old, dict | list) or isinstance(edit.new, dict | list)


def _prose(edit: Edit) -> bool:
    """Whether what differs is text for people."""
    words = [value for value in (edit.old, edit.new) if value is not None]
    return all(isinstance(value, str) for value in words) and any(" " in str(value) for value in words)


def _distinct(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    return tuple({edit.keys: edit for edit in edits}.values())


#: An edit's `keys`, `old_pointer` and `new_pointer`.
_Found: TypeAlias = "tuple[tuple[str, ...], str | None, str | None]"


class _Way:
    """The way to a part that both documents have: what holds it, its key, and where it stands in each of them."""

    __slots__ = ("around", "depth", "key", "made", "steps")

    def __init__(self, around: _Way | None, key: str, ours: str | int, theirs: str | int) -> None:
        self.depth: int = 0 if around is None else around.depth + 1
        self.around = around
        self.key = key
        #: Where it stands in what holds it, in the old and in the new document.
        self.steps = ours, theirs
        #: What `found` answers, once it was asked: most ways lead to nothing that differs.
        self.made: tuple[tuple[str, ...], str, str] | None = None

    def found(self) -> tuple[tuple[str, ...], str, str]:
        """The keys of the part, and its pointer in the old and in the new document."""
        unmade: list[_Way] = []
        found: tuple[tuple[str, ...], str, str] = (), "", ""
        way = self
        while way.around is not None:
            if way.made is not None:
                found = way.made
                break
            unmade.append(way)
            way = way.around
        for way in reversed(unmade):
            keys, old, new = found
            found = way.made = (*keys, way.key), child(old, way.steps[_OLD]), child(new, way.steps[_NEW])
        return found

    def to(self, key: str, ours: str | int | None, theirs: str | int | None) -> _Found:
        """The same of an item or a member of the part, which need not be in both documents."""
        keys, old, new = self.found()
        old_pointer = None if ours is None else child(old, ours)
        return (*keys, key), old_pointer, None if theirs is None else child(new, theirs)


class _Part:
    """A part that both documents have; what differs in it is looked for when that is asked.

    Most of two documents is equal, and of what is equal nothing is made: no key, no pointer.
    """

    __slots__ = ("_below", "_differing", "_into", "after", "before", "way")

    def __init__(self, way: _Way, before: JSON, after: JSON) -> None:
        self.way = way
        self.before = before
        self.after = after
        self._differing: tuple[Sequence[Edit], Sequence[_Part]] | None = None
        self._below: dict[int, Sequence[Edit]] = {}
        self._into: tuple[dict[str, Edit | _Part], ...] | None = None

    def every(self) -> Iterator[Edit]:
        """The edits in it, in the order of the new document, those of the old one among them; without recursion."""
        pending = [self]
        while pending:
            edits, inner = pending.pop().differing
            yield from edits
            pending += inner[::-1]

    def below(self, side: int) -> Sequence[Edit]:
        """The edits in it by their pointers on one side; at most one more than `MOST_BELOW`."""
        if side not in self._below:
            placed = [(f"{pointer}/", edit) for edit in self.every() if (pointer := edit.pointers[side]) is not None]
            self._below[side] = [edit for _, edit in sorted(placed, key=itemgetter(0))[: MOST_BELOW + 1]]
        return self._below[side]

    @property
    def differing(self) -> tuple[Sequence[Edit], Sequence[_Part]]:
        """The edits of it or of what it holds itself, and the parts that it holds and that may differ."""
        if self._differing is None:
            self._differing = self._compared()
        return self._differing

    @property
    def changed(self) -> Edit | None:
        """The edit where it has become something else."""
        edits, _ = self.differing
        return edits[0] if edits and edits[0].kind is Kind.CHANGED else None

    def into(self, step: str, side: int) -> Edit | _Part | None:
        """What is met at a step of a pointer of one side; ``None`` where nothing differs there."""
        if self._into is None:
            edits, inner = self.differing
            self._into = tuple(
                {escape(str(part.way.steps[which])): part for part in inner}
                | {where.rpartition("/")[2]: edit for edit in edits if (where := edit.pointers[which]) is not None}
                for which in (_OLD, _NEW)
            )
        return self._into[side].get(step)

    def _compared(self) -> tuple[Sequence[Edit], Sequence[_Part]]:
        before, after = self.before, self.after
        if self.way.depth < _COMPARED_WHOLE and _seen_equal(before, after):
            return (), ()
        if isinstance(before, dict) and isinstance(after, dict):
            return self._members(before, after)
        if isinstance(before, list) and isinstance(after, list):
            return self._items(before, after)
        return ((), ()) if _equal(before, after) else ((Edit(Kind.CHANGED, *self.way.found(), before, after),), ())

    def _members(self, before: Mapping[str, JSON], after: Mapping[str, JSON]) -> tuple[Sequence[Edit], Sequence[_Part]]:
        edits, inner = [], []
        for key, now in after.items():
            if key not in before:
                edits.append(Edit(Kind.ADDED, *self.way.to(key, None, key), None, now))
            elif not _told_equal(before[key], now):
                inner.append(_Part(_Way(self.way, key, key, key), before[key], now))
        edits += [
            Edit(Kind.REMOVED, *self.way.to(key, key, None), was) for key, was in before.items() if key not in after
        ]
        return edits, inner

    def _items(self, before: Sequence[JSON], after: Sequence[JSON]) -> tuple[Sequence[Edit], Sequence[_Part]]:
        edits: list[Edit] = []
        inner: list[_Part] = []
        if before == after and all(type(word) is str for word in before):
            return edits, inner
        for key, (ours, theirs) in paired_items(before, after).items():
            if ours is None and theirs is not None:
                edits.append(Edit(Kind.ADDED, *self.way.to(key, None, theirs), None, after[theirs], item=True))
            elif theirs is None and ours is not None:
                edits.append(Edit(Kind.REMOVED, *self.way.to(key, ours, None), before[ours], item=True))
            elif ours is not None and theirs is not None and not _told_equal(before[ours], after[theirs]):
                inner.append(_Part(_Way(self.way, key, ours, theirs), before[ours], after[theirs]))
        return edits, inner


def _told_equal(one: JSON, other: JSON) -> bool:
    """Whether two parts are seen to be equal without a look into them."""
    if one is other:
        return True
    kind = type(one)
    return kind is type(other) and kind is not dict and kind is not list and one == other


def _seen_equal(one: JSON, other: JSON) -> bool:
    """Whether two parts are equal and written alike; if not, they may be equal all the same."""
    try:
        # one, true and 1.0 are equal, and told apart as they are written
        return one == other and repr(one) == repr(other)
    except ValueError:  # a number of more digits than Python writes
        return False


def _equal(one: JSON, other: JSON) -> bool:
    return type(one) is type(other) and one == other
