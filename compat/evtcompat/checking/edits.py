"""What differs between two documents, member by member, so that findings can be led back to the edit that made them.

Nothing here interprets a schema: items of a list are paired by their ``name``, words by themselves, all else by content
and then by position, as a person reads them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from evtcompat.model.canonical import canonical_text
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import found_at

#: So deep parts are compared as a whole before anybody looks into them; at any depth that would cost its square.
_COMPARED_WHOLE: Final = 32
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


class Edits:
    """Every edit between two documents, found by place."""

    def __init__(self, old: JSON, new: JSON) -> None:
        self.all = tuple(_edits(old, new))
        words = [word for edit in self.all if edit.kind is not Kind.CHANGED for word in _words(edit)]
        self._old = _Places([(edit.old_pointer, edit) for edit in self.all], [(one.old_pointer, one) for one in words])
        self._new = _Places([(edit.new_pointer, edit) for edit in self.all], [(one.new_pointer, one) for one in words])

    def at(self, old_pointer: str, new_pointer: str) -> tuple[Edit, ...]:
        """The edits that something at these two places comes from; none where nothing differs there.

        An edit of exactly one of the places comes first, then the addition or removal that holds one of them, then the
        edits inside both, if they are few.
        """
        exact = _distinct([*self._new.at(new_pointer), *self._old.at(old_pointer)])
        if exact:
            return exact
        around = _distinct([*self._new.around(new_pointer), *self._old.around(old_pointer)])
        if around:
            return tuple(edit for edit in around if edit.kind is not Kind.CHANGED)
        return _few(_distinct(self._inside(old_pointer, new_pointer)))

    def _inside(self, old_pointer: str, new_pointer: str) -> Sequence[Edit]:
        """The edits below both places. Below a whole document is everything: there the other place decides."""
        new, old = self._new.below(new_pointer), self._old.below(old_pointer)
        if not new_pointer and not old_pointer:
            # what a schema says of itself, and not what it says of its parts
            return self.all if len(self.all) == 1 else [e for e in self.all if len(e.keys) == 1 and not _has_parts(e)]
        if not new_pointer or not old_pointer:
            return new if new_pointer else old
        inside = [edit for edit in new if edit.old_pointer is None or edit in old]
        return [*inside, *(edit for edit in old if edit.new_pointer is None)]


def edits_of_whole(old: JSON, new: JSON) -> tuple[Edit, ...]:
    """The edits that a part as a whole comes from: what `Edits.at` answers about both of its roots."""
    found: dict[tuple[str, ...], Edit] = {}
    other: Edit | None = None
    others = 0
    for edit in _edits(old, new):
        if len(edit.keys) == 1 and not _has_parts(edit):
            found[edit.keys] = edit
            if len(found) > MOST_BELOW:
                return ()
        else:
            other = edit
            others += 1
    return _few(tuple(found.values()) if other is None or found or others > 1 else (other,))


def _few(found: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Some edits as the cause of what they are in; none where they are many, texts for people only if all are."""
    if len(found) > MOST_BELOW:
        return ()
    return tuple(edit for edit in found if not _prose(edit)) or found


_Placed: TypeAlias = "tuple[str | None, Edit]"


def _by_pointer(placed: Sequence[_Placed]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for pointer, edit in placed:
        if pointer is not None:
            found.setdefault(pointer, []).append(edit)
    return found


def _words(edit: Edit) -> Iterator[Edit]:
    """The words of a list that was added or removed whole, which `edit` tells: each says something by itself."""
    for pointer, value in ((edit.old_pointer, edit.old), (edit.new_pointer, edit.new)):
        if isinstance(value, list) and pointer is not None:
            added = edit.kind is Kind.ADDED
            for index, word in enumerate(value):
                if isinstance(word, str):
                    at, keys = child(pointer, index), (*edit.keys, word)
                    if added:
                        yield Edit(edit.kind, keys, None, at, new=word, item=True)
                    else:
                        yield Edit(edit.kind, keys, at, None, old=word, item=True)


class _Places:
    """Edits by their pointer on one side."""

    def __init__(self, placed: Sequence[_Placed], inner: Sequence[_Placed]) -> None:
        """`inner` are parts of the edits, which are found only where somebody asks for exactly them."""
        self._by_pointer = _by_pointer(placed)
        self._inner = _by_pointer(inner)

    @cached_property
    def _sorted(self) -> Sequence[tuple[str, str]]:
        return sorted((f"{pointer}/", pointer) for pointer in self._by_pointer)

    def at(self, pointer: str) -> Sequence[Edit]:
        return self._by_pointer.get(pointer) or self._inner.get(pointer) or ()

    def around(self, pointer: str) -> Sequence[Edit]:
        """The edit of the nearest part that holds the place."""
        while pointer:
            pointer = pointer.rpartition("/")[0]
            if pointer in self._by_pointer:
                return self._by_pointer[pointer]
        return ()

    def below(self, pointer: str) -> Sequence[Edit]:
        """The edits inside the place; at most a few more than `MOST_BELOW`."""
        found: list[Edit] = []
        for key, inner in self._sorted[bisect_left(self._sorted, (f"{pointer}/", "")) :]:
            if not key.startswith(f"{pointer}/") or len(found) > MOST_BELOW:
                break
            found += self._by_pointer[inner]
        return found


def keys_to(value: JSON, pointer: str) -> tuple[str, ...]:
    """The way to a part of a document, as `Edit.keys` has it."""
    keys = []
    for step in tokens(pointer):
        item = isinstance(value, list)
        value = found_at(value, (step,))
        name = _name(value) if item else None
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


def _edits(old: JSON, new: JSON) -> Iterator[Edit]:
    """The edits in the order of the new document, those of the old one among them; without recursion.

    Most of two documents is equal, so that of what is equal nothing is made: no key, no pointer.
    """
    pending: list[_Pending] = [(_Way(None, "", 0, 0), old, new)]
    while pending:
        way, before, after = pending.pop()
        inner: list[_Pending] = []
        if way.depth < _COMPARED_WHOLE and _seen_equal(before, after):
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _of_members(way, before, after, inner)
        elif isinstance(before, list) and isinstance(after, list):
            yield from _of_items(way, before, after, inner)
        elif not _equal(before, after):
            yield Edit(Kind.CHANGED, *way.found(), before, after)
        pending += inner[::-1]


def _of_members(
    way: _Way, before: Mapping[str, JSON], after: Mapping[str, JSON], inner: list[_Pending]
) -> Iterator[Edit]:
    """The members that came or went; those that may differ are added to `inner`."""
    for key, now in after.items():
        if key not in before:
            yield Edit(Kind.ADDED, *way.to(key, None, key), None, now)
        elif not _told_equal(before[key], now):
            inner.append((_Way(way, key, key, key), before[key], now))
    for key, was in before.items():
        if key not in after:
            yield Edit(Kind.REMOVED, *way.to(key, key, None), was, None)


def _of_items(way: _Way, before: Sequence[JSON], after: Sequence[JSON], inner: list[_Pending]) -> Iterator[Edit]:
    """The same for the items of a list."""
    if before == after and all(type(word) is str for word in before):
        return
    for key, (ours, theirs) in _items(before, after).items():
        if ours is None and theirs is not None:
            yield Edit(Kind.ADDED, *way.to(key, None, theirs), None, after[theirs], item=True)
        elif theirs is None and ours is not None:
            yield Edit(Kind.REMOVED, *way.to(key, ours, None), before[ours], None, item=True)
        elif ours is not None and theirs is not None and not _told_equal(before[ours], after[theirs]):
            inner.append((_Way(way, key, ours, theirs), before[ours], after[theirs]))


_Pending: TypeAlias = "tuple[_Way, JSON, JSON]"
#: An edit's `keys`, `old_pointer` and `new_pointer`.
_Found: TypeAlias = "tuple[tuple[str, ...], str | None, str | None]"


class _Way:
    """The way to a part that both documents have: what holds it, its key, and where it stands in each of them."""

    __slots__ = ("around", "depth", "key", "made", "ours", "theirs")

    def __init__(self, around: _Way | None, key: str, ours: str | int, theirs: str | int) -> None:
        self.depth: int = 0 if around is None else around.depth + 1
        self.around = around
        self.key = key
        self.ours = ours
        self.theirs = theirs
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
            found = way.made = (*keys, way.key), child(old, way.ours), child(new, way.theirs)
        return found

    def to(self, key: str, ours: str | int | None, theirs: str | int | None) -> _Found:
        """The same of an item or a member of the part, which need not be in both documents."""
        keys, old, new = self.found()
        old_pointer = None if ours is None else child(old, ours)
        return (*keys, key), old_pointer, None if theirs is None else child(new, theirs)


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


_Pairs = dict[str, tuple["int | None", "int | None"]]


def _paired(old: Mapping[str, int], new: Mapping[str, int]) -> _Pairs:
    """The items by their key: where each is on both sides."""
    found: _Pairs = {key: (old.get(key), at) for key, at in new.items()}
    found |= {key: (at, None) for key, at in old.items() if key not in new}
    return found


def _items(old: Sequence[JSON], new: Sequence[JSON]) -> _Pairs:
    """The items of two lists, paired: by name or word, the others by content, and what is left by position."""
    before, after = [*map(_name, old)], [*map(_name, new)]
    pairs = _paired(_first_of(before), _first_of(after))
    ours = [index for index, name in enumerate(before) if name is None]
    theirs = [index for index, name in enumerate(after) if name is None]
    if len(ours) + len(theirs) > 2 and ours and theirs:  # noqa: PLR2004 - one on each side are a pair
        contents: dict[str, list[int]] = {}
        for index in ours:
            contents.setdefault(canonical_text(old[index]), []).append(index)
        for alike in contents.values():
            alike.reverse()
        left, met = [], set()
        for index in theirs:
            same = contents.get(canonical_text(new[index]))
            if same:
                met.add(same.pop())
            else:
                left.append(index)
        theirs = left
        ours = [index for index in ours if index not in met]
    for position, index in enumerate(theirs):
        pairs[f"[{index}]"] = (ours[position] if position < len(ours) else None, index)
    pairs |= {f"[-{index}]": (index, None) for index in ours[len(theirs) :]}
    return pairs


def _first_of(names: Sequence[str | None]) -> dict[str, int]:
    """Where each name stands first."""
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        if name is not None:
            found.setdefault(name, index)
    return found


def _name(item: JSON) -> str | None:
    """What a person calls an item: its name, or itself when it is a word or a number."""
    if isinstance(item, dict):
        name = item.get("name", item.get("$ref"))
        return name if isinstance(name, str) else None
    if isinstance(item, list):
        return None
    return item if isinstance(item, str) else canonical_text(item)


def _equal(one: JSON, other: JSON) -> bool:
    return type(one) is type(other) and one == other
