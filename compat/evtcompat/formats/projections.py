"""`Projection`: what a schema language knows about the parts of an event, asked of one schema.

A part is written as a path of names: ``orderId``, ``lines[].sku`` (of every item), ``prices{}.amount`` (of every value
of a map). A name that is no plain word stands in double quotes, as JSON writes a string: ``"order.id".value``.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from evtcompat.errors import SchemaError

if TYPE_CHECKING:
    from evtcompat.formats.base import Schema
    from evtcompat.model.json_types import JSON
    from evtcompat.model.places import Place

_PLAIN: Final = re.compile(r"[^\W\d][\w$-]*|[$@][\w$-]*|\d\w*")
_STEP: Final = re.compile(r"""\.?(?P<name>"(?:[^"\\]|\\.)*"|[\w$@-]+)|(?P<part>\[\]|\{\})""")
#: So many parts are told where none is meant.
_LISTED: Final = 20


class Part(Enum):
    """A step of a path that is no name."""

    ITEMS = "[]"
    VALUES = "{}"


#: From the whole event to a part of it.
Path: TypeAlias = tuple["str | Part", ...]


def holder_of(path: Path) -> Path:
    """The named part whose items or values a path leads to, or the path itself; ``()`` for those of the whole."""
    while path and isinstance(path[-1], Part):
        path = path[:-1]
    return path


class Need(NamedTuple):
    """A part that a consumer needs."""

    path: Path
    #: It is read where it is there, and need not be.
    optional: bool = False

    def __str__(self) -> str:
        """As people write it."""
        return f"{path_text(self.path)}{'?' if self.optional else ''}"


class Described(NamedTuple):
    """A part that a schema describes; its path ends with a name, or is that of the items or values of the whole."""

    path: Path
    #: A writer puts it into every event, where what holds it is there.
    promised: bool
    #: A reader refuses events without it.
    required: bool

    def __str__(self) -> str:
        """The path as people write it."""
        return path_text(self.path)


class Shape(NamedTuple):
    """A part that a schema describes, for the eye: what may stand there, in words."""

    #: As people write it.
    path: str
    #: ``string``, ``null or int``; equal where the schema says the same of the part itself. Parts of it speak for
    #: themselves.
    type: str
    #: A reader refuses events without it.
    required: bool = False
    #: What a reader takes where it is absent, as JSON; ``None`` where nothing is said.
    default: str | None = None


class Projection(Protocol):
    """What a schema language knows about the parts of an event."""

    def fields(self, schema: Schema) -> Sequence[Described]:
        """The parts that a schema describes, in its order; a part of itself is told once."""
        ...

    def parts(self, schema: Schema) -> Sequence[Described]:
        """The same parts, and the items and values themselves wherever they stand: all that a `Need` may ask for."""
        return self.fields(schema)

    def shapes(self, schema: Schema) -> Sequence[Shape]:
        """The same parts, each path once, with what may stand there."""
        return tuple(Shape(str(one), "", one.required) for one in self.fields(schema))

    def project(self, schema: Schema, needs: Sequence[Need]) -> JSON:
        """The document of a reader that asks for these parts and no others, with the types that the schema gives them.

        Raises:
            ProjectionError: The schema describes no such part, or it cannot be asked for alone.
        """
        ...

    def needed(self, reader: Schema, place: Place) -> str:
        """The part of an event that a place of a reader is about, as people write its path; ``""`` for the whole."""
        ...


class ProjectionError(SchemaError):
    """A schema describes no such part, or it cannot be asked for alone."""


def path_text(path: Path) -> str:
    """The path as people write it.

    >>> path_text(("lines", Part.ITEMS, "order.id"))
    'lines[]."order.id"'
    """
    text = ""
    for step in path:
        if isinstance(step, Part):
            text += step.value
        else:
            name = step if _PLAIN.fullmatch(step) else json.dumps(step, ensure_ascii=False)
            text += f".{name}" if text else name
    return text


def unknown_part(asked: Path, known: Iterable[Path]) -> ProjectionError:
    """The error for a path whose last step leads nowhere.

    Args:
        asked: The path up to that step.
        known: The parts below the step before it, however deep, as paths from the whole event.
    """
    paths = list(dict.fromkeys(known))
    text, last = path_text(asked), len(asked) - 1
    words = {path_text(one[: last + 1]): one[last] for one in paths}
    same = [path_text(one) for one in paths if _names(one) == _names(asked)]  # `lines.sku` for `lines[].sku`
    alike = [word for word, step in words.items() if isinstance(step, Part) is isinstance(asked[last], Part)]
    meant = next(iter(same or difflib.get_close_matches(text, alike, n=1)), None)
    hint = f"There is {', '.join([*words][:_LISTED]) or 'nothing below it'}."
    hint = hint if meant is None else f"Did you mean `{meant}`?"
    return ProjectionError(f"there is no `{text}` in the schema", hint=hint)


def _names(path: Path) -> list[str]:
    return [step for step in path if not isinstance(step, Part)]


def need_of(text: str) -> Need:
    """The part that a text means.

    Raises:
        ValueError: It is no path; the message says from where on.
    """
    optional = text.endswith("?")
    rest = text[:-1] if optional else text
    path: list[str | Part] = []
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if match is None or (match["name"] and bool(path) is not match[0].startswith(".")):
            message = f"`{text}` is no path from `{rest[at:]}` on"
            raise ValueError(message)
        at = match.end()
        name = match["name"]
        path.append(Part(match["part"]) if name is None else str(json.loads(name)) if name[0] == '"' else name)
    if not path:
        message = "an empty path needs nothing"
        raise ValueError(message)
    return Need(tuple(path), optional)
