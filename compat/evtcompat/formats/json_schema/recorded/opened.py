"""What JSON events hold: their times, and which optional members, types, symbols and defaults occur in them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from math import isinf
from typing import TYPE_CHECKING, Any, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.recorded.text import parsed, quick_parser
from evtcompat.formats.recorded import Batch, DamagedError
from evtcompat.model.canonical import canonical_text
from evtcompat.syntax import deep
from evtcompat.syntax.json_text import deeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.json_schema.parse.parsing import Schema

#: Members of members that are followed; a schema that contains itself has no end.
_DEEPEST: Final = 12
_MOST_LABELS: Final = 5000
#: A number below it is taken for seconds since 1970, not milliseconds: the year 2286 in the one, 1970 in the other.
_SECONDS: Final = 10**10


@dataclass
class _Part:
    """What is told of one place of an event."""

    #: Members that need not be there, with what is told of them.
    members: dict[str, _Part] = field(default_factory=dict)
    items: _Part | None = None
    #: Told where the place is there.
    there: str = ""
    #: By the serialised value, what is told of it.
    values: dict[str, str] = field(default_factory=dict)
    types: dict[type, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JsonOpened:
    """See `evtcompat.formats.recorded.Opened`."""

    schema: Schema

    def messages(self, batch: Batch, most: int | None = None) -> list[bytes]:
        """See `Opened`."""
        return list(batch.parts[:most])

    def times(self, batch: Batch, path: tuple[str, ...]) -> list[int | DamagedError | None]:
        """See `Opened`: text as ISO 8601 has it, or a number of seconds or milliseconds."""
        loads = quick_parser()
        found: list[int | DamagedError | None] = []
        for payload in batch.parts:
            try:
                value = loads(payload)
            except ValueError:  # not JSON, or what only the exact parser takes
                try:
                    value = self._exactly(payload)
                except DamagedError as error:
                    found.append(error)
                    continue
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            found.append(_milliseconds(value))
        return found

    def _exactly(self, payload: bytes) -> Any:  # noqa: ANN401 - a JSON value
        """What the exact parser makes of a text, however deep it nests.

        Raises:
            DamagedError: See `parsed`.
        """
        return deep.run(deeper(payload, self.schema.nesting), lambda: parsed(payload))

    def profile(self, batch: Batch) -> list[Sequence[str]]:
        """See `Opened`."""
        loads, plan = quick_parser(), self._plan.root
        found: list[Sequence[str]] = []
        for payload in batch.parts:
            labels: dict[str, None] = {}
            try:
                _tell(plan, loads(payload), labels)
            except ValueError:
                labels.clear()
            found.append(tuple(labels))
        return found

    def could_occur(self) -> tuple[str, ...]:
        """See `Opened`."""
        return tuple(self._plan.labels)

    def value(self, payload: bytes) -> object:
        """See `Opened`."""
        return parsed(payload)

    @cached_property
    def _plan(self) -> _Plan:
        return _Plan(self.schema)


def _milliseconds(value: object) -> int | None:
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        return None
    if isinstance(value, float) and isinf(value):  # 1e400, to a parser that has `float` alone
        return None
    return int(value * 1000) if -_SECONDS < value < _SECONDS else int(value)


def _tell(part: _Part, value: Any, labels: dict[str, None]) -> None:  # noqa: ANN401 - a JSON value
    if part.there:
        labels[part.there] = None
    kind = part.types.get(type(value))
    if kind is not None:
        labels[kind] = None
    if part.values:
        label = part.values.get(canonical_text(value))
        if label is not None:
            labels[label] = None
    if isinstance(value, dict):
        for name, member in part.members.items():
            if name in value:
                _tell(member, value[name], labels)
    elif isinstance(value, list) and part.items is not None:
        for item in value:
            _tell(part.items, item, labels)


#: What JSON's types are in Python, once parsed.
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


class _Plan:
    """What is told of events of a schema, worked out once."""

    def __init__(self, schema: Schema) -> None:
        self._document = schema.value
        self.labels: dict[str, None] = {}
        self.root = _Part()
        self._into(self.root, schema.value, "", 0)

    def _label(self, text: str) -> str:
        self.labels[text] = None
        return text

    def _into(self, part: _Part, schema: Any, path: str, depth: int) -> None:  # noqa: ANN401 - a JSON value
        """Add what a schema says of a place; schemas that apply together say it together."""
        if not isinstance(schema, dict) or depth > _DEEPEST or len(self.labels) > _MOST_LABELS:
            return
        target = schema.get("$ref")
        if isinstance(target, str) and target.startswith("#"):
            self._into(part, _at(self._document, target[1:]), path, depth + 1)
        for word in ("allOf", "anyOf", "oneOf"):
            for branch in _list(schema.get(word)):
                self._into(part, branch, path, depth + 1)
        kinds = _list(schema.get("type"))
        if len(kinds) > 1:
            for kind in kinds:
                for each in _TYPES.get(str(kind), ()):
                    part.types[each] = self._label(f"{path or 'the event'}: {kind}")
        symbols = [*_list(schema.get("enum")), *([schema["const"]] if "const" in schema else [])]
        for symbol in symbols:
            text = canonical_text(symbol)
            part.values[text] = self._label(f"{path or 'the event'} = {text}")
        self._members(part, schema, path, depth)
        if isinstance(schema.get("items"), dict):
            part.items = part.items or _Part()
            self._into(part.items, schema["items"], f"{path}[]", depth + 1)

    def _members(self, part: _Part, schema: dict[str, Any], path: str, depth: int) -> None:
        required = _list(schema.get("required"))
        properties = schema.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            member = part.members.setdefault(name, _Part())
            here = f"{path}.{name}" if path else name
            if name not in required:
                member.there = self._label(f"{here} is there")
            if isinstance(inner, dict) and "default" in inner:
                text = canonical_text(inner["default"])
                member.values.setdefault(text, self._label(f"{here} is its default, {text}"))
            self._into(member, inner, here, depth + 1)


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - a JSON value
    return value if isinstance(value, list) else []


def _at(value: Any, pointer: str) -> Any:  # noqa: ANN401 - a JSON value
    from evtcompat.model.places import tokens

    try:
        for token in tokens(pointer):
            value = value[token] if isinstance(value, dict) else value[int(token)]
    except (KeyError, IndexError, ValueError, TypeError):
        return None
    return value
