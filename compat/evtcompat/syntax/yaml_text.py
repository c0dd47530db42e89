"""YAML text as JSON values: PyYAML's event stream, read with JSON's types (YAML 1.2 core schema).

PyYAML's own constructors are not used: they follow YAML 1.1 (``no`` is false, ``2026-11-21`` a date), recurse, keep the
last of two equal keys, and expand aliases without bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NoReturn, Protocol, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.model.json_texts import MOST_DIGITS
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child
from evtcompat.syntax.limits import MAXIMUM_NESTING, MAXIMUM_YAML_NODES

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_JSON_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null"))


#: Offsets; of an object or array in lines of its own the end is ``None``, as its last line is no part of its first.
Span: TypeAlias = tuple[int, int | None]


def parse_yaml(
    text: str, origin: str | None, *, exact: bool = True, merge_keys: bool = False, spans: bool = True
) -> tuple[JSON, dict[str, Span]]:
    """The value that the text writes, and where the part of every pointer begins and ends in it.

    Args:
        text: The whole text.
        origin: What the document is called in messages.
        exact: Numbers with a fraction or exponent as `Decimal`, rather than `float`.
        merge_keys: Take ``<<`` for what YAML 1.1 does: the members of another object, unless this one has its own.
        spans: Note where the parts stand; without, there is none.

    Raises:
        DocumentError: Not YAML, not one document, a key that is no string or stands twice, a tag or number that JSON
            has no word for, aliases that form a cycle or expand beyond `MAXIMUM_YAML_NODES`, or nesting too deep.
    """
    if _FAST is not None:
        try:  # as in `events`, without keeping them
            return _Builder(origin, exact=exact, merge_keys=merge_keys, spans=spans).build(_events(text, _FAST))
        except (yaml.YAMLError, UnicodeEncodeError):
            pass
    return _Builder(origin, exact=exact, merge_keys=merge_keys, spans=spans).build(_slow_events(text, origin))


#: libyaml's parser where PyYAML was built with it: several times as fast, with the same events and positions.
_FAST = getattr(yaml, "CSafeLoader", None)


def events(text: str, origin: str | None) -> Iterator[Event]:
    """The events of a text. What libyaml refuses is read by PyYAML's own parser, whose words for faults are ours."""
    if _FAST is not None:
        try:
            return iter(list(_events(text, _FAST)))
        except (yaml.YAMLError, UnicodeEncodeError):  # a lone surrogate cannot be handed to libyaml
            pass
    return _slow_events(text, origin)


def _events(text: str, loader_class: type[Any]) -> Iterator[Event]:
    """The events of a parser, as `yaml.parse` gives them, without a step of its own for each."""
    loader = loader_class(text)
    try:
        yield from iter(loader.get_event, None)
    finally:
        loader.dispose()


def _slow_events(text: str, origin: str | None) -> Iterator[Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(origin=origin, line=mark.line + 1, column=mark.column + 1) if mark else Place(origin=origin)
        message = f"not valid YAML: {error.problem or error.context}"
        raise DocumentError(
            message, place=place, hint="Mend the YAML; an editor with YAML support marks it."
        ) from error
    except yaml.YAMLError as error:
        message = f"not valid YAML: {error}"
        raise DocumentError(message, place=Place(origin=origin)) from error


def mark_of(event: Event) -> Mark:
    """Where the event begins; only hand-made events have no mark."""
    mark = event.start_mark
    if mark is None:
        message = "a parser's event without a position"
        raise AssertionError(message)
    return mark


def end_of(event: Event) -> int:
    """The offset behind the event; only hand-made events have none."""
    mark = event.end_mark
    if mark is None:
        message = "a parser's event without an end"
        raise AssertionError(message)
    return int(mark.index)


class Mark(Protocol):
    """The part of PyYAML's marks that is used; the C and the Python scanner have a class each."""

    index: int
    line: int
    column: int


class _Container:
    """An object or array under construction."""

    __slots__ = ("anchor", "flow", "key", "key_marks", "merged", "pointer", "size", "value")

    def __init__(self, value: dict[str, JSON] | list[JSON], pointer: str, anchor: str | None, flow: bool) -> None:  # noqa: FBT001 - one is made for every array
        self.value = value
        #: Whether it is written in brackets.
        self.flow = flow
        self.pointer = pointer
        self.anchor = anchor
        self.key: str | None = None
        self.key_marks: dict[str, Mark] | None = None
        #: The objects that merge keys name, and where each stands.
        self.merged: list[tuple[JSON, str]] | None = None
        #: How many nodes it stands for once aliases are written out.
        self.size = 1


class _Builder:
    """Builds one value from events, with a stack of its own."""

    def __init__(self, origin: str | None, *, exact: bool, merge_keys: bool, spans: bool) -> None:
        self._origin = origin
        self._noting = spans
        self._merge_keys = merge_keys
        self._exact = exact
        self._stack: list[_Container] = []
        self._anchors: dict[str, tuple[JSON, int, str]] = {}
        self._open_anchors: set[str] = set()
        self._spans: dict[str, Span] = {}
        self._result: list[JSON] = []
        self._begun = False
        #: Where what an alias names stands, by the pointer of the alias.
        self._sources: dict[str, str] = {}

    def build(self, events: Iterator[Event]) -> tuple[JSON, dict[str, Span]]:
        of_type: dict[type[Event], Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            DocumentStartEvent: self._begin,
            DocumentEndEvent: self._end,
        }
        for event in events:
            take = of_type.get(type(event))
            if take is not None:
                take(event)
        if not self._result:
            message = "the file is empty; a schema is expected"
            raise DocumentError(message, place=Place(origin=self._origin))
        return self._result[0], self._spans

    def _begin(self, event: DocumentStartEvent) -> None:
        if self._begun:
            self._refuse("the file holds more than one YAML document", event, "Give each schema its own file.")
        self._begun = True

    def _end(self, _: DocumentEndEvent) -> None:
        if not self._result:
            self._result.append(None)

    def _pointer(self) -> str:
        """Where what comes next stands, if that is noted."""
        if not self._stack or not self._noting:
            return ""
        top = self._stack[-1]
        token = top.key if isinstance(top.value, dict) else len(top.value)
        return child(top.pointer, token if token is not None else "")

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if event.tag is not None:
            self._check_tag(event)
        stack = self._stack
        if stack and stack[-1].key is None and isinstance(stack[-1].value, dict):
            self._refuse("a key of an object must be a string", event, None)
        if len(stack) >= MAXIMUM_NESTING:
            self._beyond(f"nested deeper than {MAXIMUM_NESTING} levels", event, "Split the schema with $ref.")
        pointer = ""
        if self._noting:
            pointer = self._pointer()
            self._spans[pointer] = (mark_of(event).index, None)
        value: dict[str, JSON] | list[JSON] = {} if isinstance(event, MappingStartEvent) else []
        if event.anchor:
            self._open_anchors.add(event.anchor)
        stack.append(_Container(value, pointer, event.anchor, bool(event.flow_style)))

    def _close(self, event: Event) -> None:
        container = self._stack.pop()
        if container.flow and self._noting:
            self._spans[container.pointer] = (self._spans[container.pointer][0], end_of(event))
        if container.merged is not None:
            self._merge(container, container.merged, event)
        if container.anchor:
            self._open_anchors.discard(container.anchor)
            self._anchors[container.anchor] = (container.value, container.size, container.pointer)
        self._add(container.value, container.size, event)

    def _scalar(self, event: ScalarEvent) -> None:
        self._check_tag(event)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event)
            return
        value = self._value(event)
        if self._noting:
            self._spans[self._pointer()] = (mark_of(event).index, end_of(event))
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, self._pointer())
        self._add(value, 1, event)

    def _key(self, top: _Container, event: ScalarEvent) -> None:
        name = event.value
        if name == "<<" and event.implicit[0] and not self._merge_keys:
            self._beyond("merge keys (<<) have no meaning in JSON", event, "Write the members out, or use $ref.")
        if top.key_marks is None:
            top.key_marks = {}
        first = top.key_marks.get(name)
        if first is not None:
            where = f"line {first.line + 1}, column {first.column + 1}"
            hint = "Keep one of them: parsers disagree on which one counts."
            self._refuse(f"the key {name!r} stands twice in one object, first at {where}", event, hint)
        top.key_marks[name] = mark_of(event)
        top.key = name

    def _alias(self, event: AliasEvent) -> None:
        if event.anchor in self._open_anchors:
            self._refuse(f"the alias *{event.anchor} contains itself", event, "Use $ref for a recursive schema.")
        found = self._anchors.get(event.anchor or "")
        if found is None:
            self._refuse(f"the alias *{event.anchor} has no anchor before it", event, None)
        value, size, pointer = found
        if self._stack and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None:
            self._refuse("a key of an object must be a string", event, None)
        if self._noting:
            self._spans[self._pointer()] = (mark_of(event).index, end_of(event))
            self._sources[self._pointer()] = pointer
        self._add(value, size, event)

    def _add(self, value: JSON, size: int, event: Event) -> None:
        if not self._stack:
            self._result.append(value)
            return
        top = self._stack[-1]
        top.size += size
        if top.size > MAXIMUM_YAML_NODES:
            self._beyond(f"the aliases expand to more than {MAXIMUM_YAML_NODES} nodes", event, None)
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            if top.key is None:
                self._refuse("a key of an object must be a string", event, None)
            if top.key == "<<" and self._merge_keys:
                self._note_merge(top, value)
            else:
                top.value[top.key] = value
            top.key = None

    def _note_merge(self, top: _Container, value: JSON) -> None:
        pointer = child(top.pointer, "<<")
        if top.merged is None:
            top.merged = []
        if isinstance(value, list):
            pointers = (child(pointer, index) for index in range(len(value)))
            top.merged += zip(value, pointers, strict=False)
        else:
            top.merged.append((value, pointer))

    def _merge(self, container: _Container, merged: Iterable[tuple[JSON, str]], event: Event) -> None:
        """Give an object the members that its merge keys name; its own come first, then those that are named first."""
        if not isinstance(container.value, dict):
            return
        for value, pointer in merged:
            if not isinstance(value, dict):
                self._refuse("a merge key (<<) names an object, or a list of such", event, None)
            source = self._sources.get(pointer, pointer)
            for name in value.keys() - container.value.keys() if self._noting else ():
                self._spans[child(container.pointer, name)] = self._spans[child(source, name)]
            container.value.update({name: value[name] for name in value if name not in container.value})

    def _value(self, event: ScalarEvent) -> JSON:
        """The scalar under YAML 1.2's core schema; quoted and block scalars are strings."""
        text: str = event.value
        if not event.implicit[0] and event.tag in (None, "!", "tag:yaml.org,2002:str"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return self._integer(text, 10, event)
        if _OCTAL.fullmatch(text):
            return int(text, 0)
        if _HEXADECIMAL.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return self._fraction(text, event)
        if _NOT_A_NUMBER.fullmatch(text):
            self._refuse(f"{text} is not a number that JSON knows", event, "Quote it if a string is meant.")
        return text

    def _fraction(self, text: str, event: ScalarEvent) -> Decimal | float:
        try:
            return Decimal(text) if self._exact else float(text)
        except ArithmeticError:
            self._beyond("the exponent of a number is too large to be read", event, "Write a smaller number.")

    def _integer(self, text: str, base: int, event: ScalarEvent) -> int:
        try:
            return int(text, base)
        except ValueError:  # Python's limit on digits
            self._beyond(f"a number is too long to be read: it has more than {MOST_DIGITS:,} digits", event, None)

    def _check_tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.tag not in (None, "!") and event.tag not in _JSON_TAGS:
            self._beyond(f"the tag {event.tag} has no meaning in JSON", event, "Remove the tag.")

    def _refuse(self, message: str, event: Event, hint: str | None) -> NoReturn:
        raise DocumentError(message, place=self._place(event), hint=hint)

    def _beyond(self, message: str, event: Event, hint: str | None) -> NoReturn:
        """Refuse what others may read."""
        raise UnsupportedError(message, place=self._place(event), hint=hint)

    def _place(self, event: Event) -> Place:
        mark = mark_of(event)
        return Place(origin=self._origin, line=mark.line + 1, column=mark.column + 1)
