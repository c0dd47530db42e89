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
from evtcompat.model.pointers import found_at
from evtcompat.syntax import deep
from evtcompat.syntax.documents import parse_document
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.json_text import blank_comments, end_of, offset_of
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
    for operation in operations:
        path = str(operation["path"])
        if operation["op"] == "move":
            source = str(operation["from"])
            start, end = _span(text, source, comments)
            value = text[start:end]
            text = _added(_removed(text, source, comments), path, value, comments)
        elif operation["op"] == "remove":
            text = _removed(text, path, comments)
        else:
            value = json.dumps(operation["value"], ensure_ascii=False, default=float)
            text = _set(text, path, value, comments, insert=operation["op"] == "add")
    return text


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


def _bare(text: str, comments: bool) -> str:  # noqa: FBT001 - of every function here
    """The text with comments blanked: offsets are the same."""
    return blank_comments(text) if comments else text


def _span(text: str, pointer: str, comments: bool) -> tuple[int, int]:  # noqa: FBT001 - idem
    bare = _bare(text, comments)
    start = offset_of(bare, pointer)
    if start is None:
        raise LookupError(pointer)
    return start, end_of(bare, start)


def _set(text: str, pointer: str, value: str, comments: bool, *, insert: bool) -> str:  # noqa: FBT001 - idem
    bare = _bare(text, comments)
    parent, name = _split(pointer)
    holder = offset_of(bare, parent)
    in_list = holder is not None and bare[holder] == "["
    at = None if in_list and (insert or name == "-") else offset_of(bare, pointer)
    if at is not None:
        return text[:at] + value + text[end_of(bare, at) :]
    return _added(text, pointer, value, comments)


def _split(pointer: str) -> tuple[str, str]:
    """The pointer of what holds a part, and the part's name in it."""
    path = tokens(pointer)
    parent = ""
    for step in path[:-1]:
        parent = child(parent, step)
    return parent, path[-1] if path else ""


def _added(text: str, pointer: str, value: str, comments: bool) -> str:  # noqa: FBT001 - idem
    """The text with a new member at the end of its object, or a new item before the one that has its place now."""
    bare = _bare(text, comments)
    parent, name = _split(pointer)
    holder = offset_of(bare, parent)
    if holder is None or bare[holder] not in "{[":
        raise LookupError(pointer)
    parts = _parts(bare, holder)
    new = value if bare[holder] == "[" else f"{json.dumps(name, ensure_ascii=False)}{_colon(bare, parts)}{value}"
    if not parts:
        return text[: holder + 1] + new + text[holder + 1 :]
    gap = _gap(bare, holder, parts)
    index = len(parts) if bare[holder] == "{" or name == "-" else int(name)
    if index > len(parts):
        raise LookupError(pointer)
    if index == len(parts):
        end = parts[-1][1]
        return f"{text[:end]},{gap}{new}{text[end:]}"
    start = parts[index][0]
    return f"{text[:start]}{new},{gap}{text[start:]}"


def _removed(text: str, pointer: str, comments: bool) -> str:  # noqa: FBT001 - idem
    bare = _bare(text, comments)
    parent, name = _split(pointer)
    holder, at = offset_of(bare, parent), offset_of(bare, pointer)
    if holder is None or at is None or not pointer:
        raise LookupError(pointer)
    parts = _parts(bare, holder)
    index = int(name) if bare[holder] == "[" else next(i for i, (_, end) in enumerate(parts) if end == end_of(bare, at))
    start, end = parts[index]
    if index + 1 < len(parts):
        return text[:start] + text[parts[index + 1][0] :]
    if index:
        return text[: parts[index - 1][1]] + text[end:]
    return text[:start] + text[end:]


def _parts(bare: str, holder: int) -> list[tuple[int, int]]:
    """Where each member (from its key on) or item of an object or array begins and ends."""
    closing = "}" if bare[holder] == "{" else "]"
    found = []
    offset = _skip(bare, holder + 1)
    while bare[offset] != closing:
        start = offset
        if closing == "}":
            offset = _skip(bare, _skip(bare, end_of(bare, offset)) + 1)
        end = end_of(bare, offset)
        found.append((start, end))
        offset = _skip(bare, end)
        if bare[offset] == ",":
            offset = _skip(bare, offset + 1)
    return found


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _gap(bare: str, holder: int, parts: list[tuple[int, int]]) -> str:
    """What stands between two neighbours after the comma: a line break and the indentation, or a space, or nothing."""
    if len(parts) > 1:
        between = bare[parts[-2][1] : parts[-1][0]].partition(",")[2]
    else:
        between = bare[holder + 1 : parts[0][0]] or " "
    if "\n" not in between:
        return " " if between else ""
    end = "\r\n" if "\r\n" in between else "\n"
    return end + between.rpartition("\n")[2]


def _colon(bare: str, parts: list[tuple[int, int]]) -> str:
    """The colon as the object has it."""
    if not parts:
        return ": "
    after_key = end_of(bare, parts[-1][0])
    value = _skip(bare, _skip(bare, after_key) + 1)
    return bare[after_key:value] if "\n" not in bare[after_key:value] else ": "
