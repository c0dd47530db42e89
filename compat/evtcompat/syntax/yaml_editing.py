"""Changes of a YAML text that leave the rest of it as it was written: RFC 6902 operations, carried out on the text.

Members and items are found by the events of the parser; what is added is written in flow style, on a line of its own
where its neighbours are. What one edit of the text would change in several places (anchors), or what stands elsewhere
(aliases, merge keys), is refused. `editing.rewritten` compares what comes out with what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens
from evtcompat.model.pointers import index_of, resolved
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.yaml_text import end_of, events, mark_of, parse_yaml

#: Words that every YAML reader takes for the string that they are.
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
#: Words of YAML 1.1 and 1.2 that are none.
_OTHER: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def edited_yaml(text: str, operations: Iterable[Mapping[str, object]]) -> str:
    """The text of a YAML document after the operations, in its own layout.

    Args:
        text: One whole YAML document that can be read.
        operations: ``add``, ``remove``, ``replace`` and ``move``, each for the document that those before it leave.

    Raises:
        UneditableError: What is to be changed is not written at one place of its own; the message says why.
        LookupError: An operation names what does not exist.
    """
    for operation in operations:
        for step in _steps(text, operation):
            text = _Edit(text).done(step)
    return text


def _steps(text: str, operation: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The operation; what is moved goes, and comes as a value."""
    if operation["op"] != "move":
        return [operation]
    source = str(operation["from"])
    moved = _value_at(text, source)
    return [{"op": "remove", "path": source}, {"op": "add", "path": operation["path"], "value": moved}]


def _value_at(text: str, pointer: str) -> JSON:
    return resolved(parse_yaml(text, None, merge_keys=True)[0], tokens(pointer))


@dataclass(slots=True)
class _Node:
    """A part of the text."""

    #: ``scalar``, ``alias``, ``mapping`` or ``sequence``.
    kind: str
    start: int
    #: Of a block, the end of the last part within it.
    end: int
    #: What a scalar says.
    word: str = ""
    flow: bool = False
    #: A scalar of the lines below its indicator.
    lines: bool = False
    #: Its anchor, or the one that an alias names.
    anchor: str | None = None
    keys: list[_Node] = field(default_factory=list)
    parts: list[_Node] = field(default_factory=list)

    def add(self, part: _Node) -> None:
        """Take the next part in: a key, or a value."""
        key = self.kind == "mapping" and len(self.keys) == len(self.parts)
        (self.keys if key else self.parts).append(part)
        self.end = max(self.end, part.end)


def _tree(text: str) -> tuple[_Node, frozenset[str]]:
    """The root of a document, and the anchors that aliases name."""
    around: list[_Node] = []
    root: _Node | None = None
    named: set[str] = set()
    for event in events(text, None):
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            node = around.pop()
            node.end = end_of(event) if node.flow else node.end
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            kind = "mapping" if isinstance(event, MappingStartEvent) else "sequence"
            start = mark_of(event).index
            around.append(_Node(kind, start, start, flow=bool(event.flow_style), anchor=event.anchor))
            continue
        elif isinstance(event, AliasEvent):
            named.add(event.anchor or "")
            node = _Node("alias", mark_of(event).index, end_of(event), anchor=event.anchor)
        elif isinstance(event, ScalarEvent):
            lines = event.style in {"|", ">"}
            node = _Node("scalar", mark_of(event).index, end_of(event), event.value, lines=lines, anchor=event.anchor)
        else:
            continue
        if around:
            around[-1].add(node)
        else:
            root = node
    if root is None:
        raise LookupError(text[:20])
    return root, frozenset(named)


@dataclass(frozen=True, slots=True)
class _Found:
    """A part, and what holds it."""

    node: _Node
    holder: _Node | None = None
    index: int = 0


class _Edit:
    """One operation on a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root, self._named = _tree(text)
        self._break = "\r\n" if "\r\n" in text else "\n"

    def done(self, operation: Mapping[str, object]) -> str:
        path = str(operation["path"])
        if operation["op"] == "remove":
            return self._removed(self._found(path))
        value: JSON = operation["value"]  # type: ignore[assignment]  # operations carry JSON values
        parent, name = path.rpartition("/")[0], (tokens(path) or ("",))[-1]
        around = resolved(parse_yaml(self._text, None, merge_keys=True)[0], tokens(parent)) if path else None
        comes = isinstance(around, list) and (operation["op"] == "add" or name == "-")
        if comes or (isinstance(around, dict) and name not in around and operation["op"] == "add"):
            return self._added(self._found(parent).node, name, value)
        return self._replaced(self._found(path), value)

    # finding

    def _found(self, pointer: str) -> _Found:
        """The part at a pointer, which is written there and nowhere else."""
        found = _Found(self._root)
        for step in tokens(pointer):
            self._check_own(found.node)
            found = _Found(*self._step(found.node, step))
        if found.node.kind in {"mapping", "sequence"}:
            self._check_own(found.node)
        return found

    def _check_own(self, node: _Node) -> None:
        if node.kind == "alias":
            message = f"it is written elsewhere, at the anchor &{node.anchor}"
            raise UneditableError(message)
        if node.anchor is not None and node.anchor in self._named:
            message = f"the anchor &{node.anchor} is used in several places"
            raise UneditableError(message)

    @staticmethod
    def _step(node: _Node, step: str) -> tuple[_Node, _Node, int]:
        if node.kind == "sequence":
            index = index_of(step)
            return node.parts[index], node, index
        for index, key in enumerate(node.keys):
            if key.word == step:
                return node.parts[index], node, index
        if any(key.word == "<<" for key in node.keys):
            message = f"{step} comes from a merge key (<<)"
            raise UneditableError(message)
        raise LookupError(step)

    # replacing

    def _replaced(self, found: _Found, value: JSON) -> str:
        node = found.node
        if node.anchor is not None and node.kind != "alias":
            self._check_own(node)
            message = f"it has the anchor &{node.anchor}"
            raise UneditableError(message)
        if node.lines:
            message = "it is a text of several lines"
            raise UneditableError(message)
        start = node.start
        if node.kind in {"mapping", "sequence"} and not node.flow:
            start = self._after_indicator(found)
            self._check_bare(start, node.end)
        gap = " " if start and self._text[start - 1] in ":-" else ""
        return f"{self._text[:start]}{gap}{_written(value)}{self._text[node.end :]}"

    def _after_indicator(self, found: _Found) -> int:
        """Where what stands before a block ends: the colon of its key, or the dash of its item."""
        if found.holder is None:
            return found.node.start
        if found.holder.kind == "mapping":
            return self._text.index(":", found.holder.keys[found.index].end) + 1
        return self._dash(found.node) + 1

    def _check_bare(self, start: int, end: int) -> None:
        """There is no comment in a stretch of the text."""
        if "#" in self._text[start:end]:
            message = "there are comments in what changes"
            raise UneditableError(message)

    # adding

    def _added(self, holder: _Node, name: str, value: JSON) -> str:
        self._check_own(holder)
        if holder.kind == "mapping":
            entry, index = f"{_written(name)}: {_written(value)}", len(holder.parts)
        elif holder.kind == "sequence":
            entry, index = _written(value), len(holder.parts) if name == "-" else index_of(name)
        else:
            raise LookupError(name)
        if index > len(holder.parts):
            raise LookupError(name)
        return self._in_flow(holder, index, entry) if holder.flow else self._in_block(holder, index, entry)

    def _in_flow(self, holder: _Node, index: int, entry: str) -> str:
        text, entries = self._text, self._entries(holder)
        if not entries:
            at = text.index("{" if holder.kind == "mapping" else "[", holder.start) + 1
            return text[:at] + entry + text[at:]
        gap = " "
        if len(entries) > 1:
            between = text[entries[-2][1] : entries[-1][0]].partition(",")[2]
            self._check_bare(entries[-2][1], entries[-1][0])
            gap = between or ("" if holder.kind == "sequence" else " ")
        if index < len(entries):
            at = entries[index][0]
            return f"{text[:at]}{entry},{gap}{text[at:]}"
        at = entries[-1][1]
        return f"{text[:at]},{gap}{entry}{text[at:]}"

    def _in_block(self, holder: _Node, index: int, entry: str) -> str:
        text = self._text
        first = holder.keys[0].start if holder.kind == "mapping" else self._dash(holder.parts[0])
        indent = " " * (first - self._line(first))
        line = f"{indent}{entry}" if holder.kind == "mapping" else f"{indent}- {entry}"
        if index < len(holder.parts):
            dash = self._dash(holder.parts[index])
            at = self._line(dash)
            if text[at:dash].strip():
                message = "the item stands on a line with another one"
                raise UneditableError(message)
            return f"{text[:at]}{line}{self._break}{text[at:]}"
        at = self._after_line(holder)
        lead = "" if not at or text[at - 1] in "\r\n" else self._break
        return f"{text[:at]}{lead}{line}{'' if lead else self._break}{text[at:]}"

    # removing

    def _removed(self, found: _Found) -> str:
        holder, index, text = found.holder, found.index, self._text
        if holder is None:
            raise LookupError(text[:20])
        if holder.flow:
            return self._without(self._entries(holder), index)
        if len(holder.parts) == 1:
            return self._emptied(holder)
        start = holder.keys[index].start if holder.kind == "mapping" else self._dash(found.node)
        line = self._line(start)
        if not text[line:start].strip():
            return text[:line] + text[self._after_line(found.node) :]
        if holder.kind != "mapping" or index + 1 == len(holder.parts):
            message = "it stands on a line with something else"
            raise UneditableError(message)
        after = holder.keys[index + 1].start
        self._check_bare(start, after)
        return text[:start] + text[after:]

    def _without(self, entries: list[tuple[int, int]], index: int) -> str:
        text = self._text
        start, end = entries[index]
        if index + 1 < len(entries):
            end = entries[index + 1][0]
        elif index:
            start = entries[index - 1][1]
        self._check_bare(start, end)
        return text[:start] + text[end:]

    def _emptied(self, holder: _Node) -> str:
        """The text with nothing in a block."""
        around = next((one for one in self._all() if one.node is holder), None)
        if around is None:
            raise LookupError(self._text[:20])
        return self._replaced(around, {} if holder.kind == "mapping" else [])

    def _all(self) -> Iterator[_Found]:
        pending = [_Found(self._root)]
        while pending:
            found = pending.pop()
            yield found
            pending += [_Found(part, found.node, index) for index, part in enumerate(found.node.parts)]

    # the text

    @staticmethod
    def _entries(holder: _Node) -> list[tuple[int, int]]:
        """Where each member or item of a flow collection begins and ends."""
        starts = holder.keys if holder.kind == "mapping" else holder.parts
        return [(one.start, max(one.end, part.end)) for one, part in zip(starts, holder.parts, strict=True)]

    def _dash(self, item: _Node) -> int:
        """The indicator of an item of a block."""
        at = self._text.rfind("-", 0, item.start)
        if at < 0 or self._text[at + 1 : item.start].strip():
            message = "its item does not begin where it is written"
            raise UneditableError(message)
        return at

    def _line(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self._text.rfind("\n", 0, offset) + 1

    def _after_line(self, node: _Node) -> int:
        """Where the line after the last one of a block part begins."""
        if node.end and self._text[node.end - 1] == "\n":
            return node.end
        end = self._text.find("\n", node.end)
        return len(self._text) if end < 0 else end + 1


def _written(value: JSON) -> str:
    """A value in flow style: as JSON, and words without quotes."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _OTHER:
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        members = ", ".join(f"{_written(name)}: {_written(inner)}" for name, inner in value.items())
        return f"{{{members}}}"
    return json.dumps(value, ensure_ascii=False, default=float)
