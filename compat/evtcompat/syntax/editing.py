"""Changes of a text that leave the rest of it as it was written: RFC 6902 operations, carried out on the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evtcompat.errors import DocumentError
from evtcompat.model.canonical import canonical_text
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add, apply_patch, remove
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import found_at, index_of
from evtcompat.syntax import deep
from evtcompat.syntax.documents import parse_document
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.json_text import blank_comments, end_of
from evtcompat.syntax.suffixes import is_yaml

_SPACE: Final = re.compile(r"[ \t\r\n]*")


def edited(text: str, operations: Iterable[Mapping[str, object]], *, comments: bool = False) -> str:
    """The text of a JSON document after the operations, in its own layout.

    A new member or item stands on a line of its own where its neighbours do. `apply_patch` of what the text says gives
    what the answer says.

    Args:
        text: A whole JSON document.
        operations: ``add``, ``remove``, ``replace`` and ``move``, each for the document that those before it leave.
        comments: The text may have C-style comments; those beside what is taken away stay.

    Raises:
        LookupError: An operation names what does not exist.
    """
    bare = blank_comments(text) if comments else text
    start = _skip(bare, 0)
    root = whole = _Value(text, bare, start, end_of(bare, start))
    for operation in operations:
        path = tokens(str(operation["path"]))
        if operation["op"] == "remove":
            _taken(root, path)
            continue
        if operation["op"] == "move":
            new = _taken(root, tokens(str(operation["from"])))
        else:
            value = json.dumps(operation["value"], ensure_ascii=False, default=float)
            new = _Value(value, value, 0, len(value))
        if path:
            _at(root, path[:-1]).put(path[-1], new, insert=operation["op"] != "replace")
        else:
            root = new
    return f"{text[:start]}{root}{text[whole.end :]}"


def rewritten(text: str, operations: Sequence[Operation], name: str) -> str:
    """The text of a JSON or YAML document after the operations, in its own layout; it says what the operations mean.

    Args:
        text: A whole document; JSON may have C-style comments.
        operations: As `edited` takes them.
        name: Of its file, whose suffix tells YAML from JSON.

    Raises:
        DocumentError: The text is no such document.
        UneditableError: It cannot be changed there, and nowhere else; the message is a clause that says why.
        LookupError: An operation names what does not exist.
    """
    return deep.retried(lambda: _rewritten(text, operations, name))


def _rewritten(text: str, operations: Sequence[Operation], name: str) -> str:
    steps, wanted = _by_items(document_in(text, name), operations)
    if is_yaml(name):
        from evtcompat.syntax.yaml_editing import edited_yaml

        made = edited_yaml(text, steps)
    else:
        made = edited(text, steps, comments=True)
    try:
        same = _spelled(document_in(made, name)) == _spelled(wanted)
    except DocumentError:
        same = False
    if not same:
        message = "the change cannot be written there without another one"
        raise UneditableError(message)
    return made


def _by_items(value: JSON, operations: Iterable[Operation]) -> tuple[list[Operation], JSON]:
    """The operations, and what they make of a value.

    A list in place of another one is told by the items that go and those that come, where that leaves the others in
    order: they keep their layout.
    """
    steps: list[Operation] = []
    for operation in operations:
        path, new = str(operation["path"]), operation.get("value")
        place = tokens(path)
        sets = operation["op"] == "replace" or isinstance(found_at(value, place[:-1]), dict)
        old = found_at(value, place) if sets and operation["op"] != "remove" else None
        before, after = _said(old), _said(new)
        wanted = frozenset(after)
        kept = [item for item in before if item in wanted]
        if isinstance(new, list) and kept and after[: len(kept)] == kept:
            gone = [index for index, item in enumerate(before) if item not in wanted]
            steps += [remove(child(path, index)) for index in reversed(gone)]
            steps += [add(f"{path}/-", item) for item in new[len(kept) :]]
        else:
            steps.append(operation)
        value = apply_patch(value, [operation])
    return steps, value


def _said(value: object) -> list[str]:
    """What each item of a list says; nothing for what is no list."""
    return [canonical_text(item) for item in value] if isinstance(value, list) else []


def document_in(text: str, name: str) -> JSON:
    """What the text of a file says, fractions as `float`.

    Raises:
        DocumentError: It is neither JSON nor YAML, as the name says which.
    """
    return parse_document(text, None, name=name, exact=False, comments=True, merge_keys=True).value


def _spelled(value: JSON) -> str:
    return json.dumps(value, sort_keys=True, default=float)


def _at(value: _Value, path: Iterable[str]) -> _Value:
    for step in path:
        value = value.part(step)
    return value


def _taken(root: _Value, path: Sequence[str]) -> _Value:
    """What was at the end of a path, and is no more."""
    if not path:
        raise LookupError(path)
    return _at(root, path[:-1]).take(path[-1])


class _Part:
    """A member of an object, or an item of a list."""

    def __init__(self, before: str, key: str, colon: str, value: _Value) -> None:
        #: What stands between the bracket, or the part before it, and this one.
        self.before = before
        #: Its key as it is written, and what stands after that; both ``""`` for an item.
        self.key = key
        self.colon = colon
        self.value = value

    def __str__(self) -> str:
        return f"{self.before}{self.key}{self.colon}{self.value}"


class _Value:
    """A value as it is written. Only what is changed is taken apart, once, however many changes there are."""

    def __init__(self, text: str, bare: str, start: int, end: int) -> None:
        """The value from `start` to `end` of a text, of which `bare` has comments blanked."""
        self._text = text
        self._bare = bare
        self._start = start
        self.end = end
        self._list = bare[start] == "["
        self._parts: list[_Part] | None = None
        self._by_name: dict[str, _Part] = {}
        #: What stands after the last part, with the bracket; of an empty object or list, all after its first bracket.
        self._tail = ""

    def __str__(self) -> str:
        """The text."""
        if self._parts is None:
            return self._text[self._start : self.end]
        return f"{self._bare[self._start]}{''.join(map(str, self._parts))}{self._tail}"

    def part(self, step: str) -> _Value:
        """The member or item that a step leads to.

        Raises:
            LookupError: There is none, here as in what follows.
        """
        parts = self._opened()
        return (parts[index_of(step)] if self._list else self._by_name[step]).value

    def put(self, name: str, new: _Value, *, insert: bool) -> None:
        """The value has another member or item, in place of one or, to `insert` it in a list, before that one."""
        parts = self._opened()
        at = len(parts) if name == "-" or not self._list else index_of(name)
        known = self._by_name.get(name) if not self._list else parts[at] if at < len(parts) and not insert else None
        if known is not None:
            known.value = new
            return
        if at > len(parts):
            raise LookupError(name)
        key = "" if self._list else json.dumps(name, ensure_ascii=False)
        part = _Part("", key, "" if self._list else _colon(parts), new)
        if parts:
            comma = f",{_gap(parts)}"
            if at < len(parts):
                part.before, parts[at].before = parts[at].before, comma
            else:
                part.before = comma
        parts.insert(at, part)
        if not self._list:
            self._by_name[name] = part

    def take(self, name: str) -> _Value:
        """A member or item, which is no more among them."""
        parts = self._opened()
        at = index_of(name) if self._list else parts.index(self._by_name.pop(name))
        gone = parts.pop(at)
        if at < len(parts):
            parts[at].before = gone.before
        elif not parts:
            self._tail = gone.before + self._tail
        return gone.value

    def _opened(self) -> list[_Part]:
        if self._parts is not None:
            return self._parts
        text, bare = self._text, self._bare
        if bare[self._start] not in "{[":
            raise LookupError(self._start)
        self._parts = parts = []
        before = self._start + 1
        offset = _skip(bare, before)
        while bare[offset] not in "}]":
            after_key = at = offset
            if not self._list:
                after_key = end_of(bare, offset)
                at = _skip(bare, _skip(bare, after_key) + 1)
            end = end_of(bare, at)
            part = _Part(text[before:offset], text[offset:after_key], text[after_key:at], _Value(text, bare, at, end))
            parts.append(part)
            if not self._list:
                self._by_name[json.loads(part.key)] = part
            before, offset = end, _skip(bare, end)
            if bare[offset] == ",":
                offset = _skip(bare, offset + 1)
        self._tail = text[before : self.end]
        return parts


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _gap(parts: Sequence[_Part]) -> str:
    """What stands between two neighbours after the comma: a line break and the indentation, or a space, or nothing."""
    between = blank_comments(parts[-1].before)
    between = between.partition(",")[2] if len(parts) > 1 else between or " "
    if "\n" not in between:
        return " " if between else ""
    end = "\r\n" if "\r\n" in between else "\n"
    return end + between.rpartition("\n")[2]


def _colon(parts: Sequence[_Part]) -> str:
    """The colon as the object has it."""
    colon = blank_comments(parts[-1].colon) if parts else ": "
    return ": " if "\n" in colon else colon
