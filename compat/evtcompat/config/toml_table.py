"""Typed access to a parsed TOML table: every complaint names the key, what was expected, what was found, and where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NoReturn, TypeVar

from evtcompat.config.values import near
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import ConfigError
from evtcompat.model.places import Place
from evtcompat.syntax.toml_places import KeyPath, key_places
from evtcompat.syntax.toml_text import UnreadableTomlError, loads

_Choice = TypeVar("_Choice")

#: How a person calls the types of TOML; `bool` before `int`, `datetime` before `date`.
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a float"),
    (list, "an array"),
    (dict, "a table"),
    (datetime, "a date with time"),
    (date, "a date"),
)


def parse_toml(text: str, origin: str) -> dict[str, object]:
    """The document.

    Raises:
        ConfigError: It is not TOML; with the line and the column that `tomllib` names.
    """
    try:
        return loads(text)
    except tomllib.TOMLDecodeError as error:
        parts = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.DOTALL)
        message = f"not valid TOML: {parts[1] if parts else error}"
        line = int(parts[2]) if parts and parts[2] else text.count("\n") + 1
        column = int(parts[3]) if parts and parts[3] else 1
        raise ConfigError(message, place=Place(origin=origin, line=line, column=column)) from error
    except UnreadableTomlError as error:
        message = f"not valid TOML that can be read: {error}"
        raise ConfigError(message, place=Place(origin=origin)) from error


@dataclass(frozen=True)
class Table:
    """A table of a TOML document, with its path in it."""

    values: Mapping[str, object]
    origin: str
    text: str
    path: KeyPath = ()
    #: How messages call keys: without the table that everything stands in (``tool.evtcompat``).
    base: int = 0
    places: list[Mapping[KeyPath, tuple[int, int]]] = field(default_factory=list)

    def place(self, *keys: str | int) -> Place:
        """Where a key of this table stands; lines are read only once something is asked."""
        if not self.places:
            self.places.append(key_places(self.text))
        path = (*self.path, *keys)
        for length in range(len(path), 0, -1):
            if path[:length] in self.places[0]:
                line, column = self.places[0][path[:length]]
                return Place(origin=self.origin, line=line, column=column)
        return Place(origin=self.origin, line=1, column=1)

    def called(self, *keys: str | int) -> str:
        """How messages call a key of this table."""
        parts: list[str] = []
        for key in (*self.path, *keys)[self.base :]:
            if isinstance(key, int):
                parts[-1:] = [f"{parts[-1] if parts else ''}[{key}]"]
            else:
                parts.append(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"')
        return ".".join(parts)

    def fail(self, message: str, *keys: str | int, hint: str | None = None) -> NoReturn:
        """Raises the complaint.

        Raises:
            ConfigError: Always, placed at the key.
        """
        raise ConfigError(message, place=self.place(*keys), hint=hint)

    def only(self, known: Iterable[str]) -> None:
        """Refuses keys that mean nothing.

        Raises:
            ConfigError: A key is unknown; a known one that is near is suggested.
        """
        known = sorted(known)
        for key in self.values:
            if key not in known:
                meant = near(key, known)
                hint = f"Did you mean `{meant}`?" if meant else f"Known keys: {', '.join(known)}."
                self.fail(f"unknown key `{self.called(key)}`", key, hint=hint)

    def string(self, key: str) -> str | None:
        """A string without control characters that is not empty; ``None`` when the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong_type(value, "a string", key)
        self._text(value, key)
        return value

    def block(self, key: str) -> str | None:
        """A string of any characters, lines included; ``None`` when the key is absent."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            self._wrong_type(value, "a string", key)
        return value

    def boolean(self, key: str) -> bool | None:
        """A boolean; ``None`` when the key is absent."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self._wrong_type(value, "a boolean", key)
        return value

    def day(self, key: str) -> date | None:
        """A date without a time; ``None`` when the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self._wrong_type(value, "a date (2027-01-31, without quotes)", key)
        return value

    def strings(self, key: str, *, alone: bool = False) -> tuple[str, ...] | None:
        """An array of strings; ``None`` when the key is absent.

        Args:
            key: Of this table.
            alone: Whether one string stands for an array of one.
        """
        value = self.values.get(key)
        if value is None:
            return None
        if alone and isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self._wrong_type(value, "an array of strings", key)
        for index, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong_type(item, "a string", key, index)
            self._text(item, key, index)
        return tuple(value)

    def choice(self, key: str, choices: Mapping[str, _Choice]) -> _Choice | None:
        """One of some words; ``None`` when the key is absent."""
        word = self.string(key)
        if word is None:
            return None
        if word not in choices:
            meant = near(word, choices)
            hint = f'Did you mean "{meant}"?' if meant else None
            listed = ", ".join(f'"{choice}"' for choice in choices)
            self.fail(f'`{self.called(key)}` must be one of {listed}; found "{word}"', key, hint=hint)
        return choices[word]

    def table(self, key: str) -> Table:
        """The table of that name, empty when the key is absent."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self._wrong_type(value, "a table", key)
        return self._within(value, key)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The items of an array of tables, empty when the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self._wrong_type(value, "an array of tables", key)
        found: list[Table] = []
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self._wrong_type(item, "a table", key, index)
            found.append(self._within(item, key, index))
        return tuple(found)

    def _within(self, values: dict[str, object], *keys: str | int) -> Table:
        return Table(values, self.origin, self.text, (*self.path, *keys), self.base, self.places)

    def _text(self, value: str, *keys: str | int) -> None:
        if not value:
            self.fail(f"`{self.called(*keys)}` must not be empty", *keys)
        if any(character < " " or character == "\x7f" for character in value):
            self.fail(f"`{self.called(*keys)}` must not contain control characters; found {value!r}", *keys)

    def _wrong_type(self, value: object, expected: str, *keys: str | int) -> NoReturn:
        self.fail(f"`{self.called(*keys)}` must be {expected}; found {type_name(value)}", *keys)


def type_name(value: object) -> str:
    """What a person calls the type of a TOML value."""
    return next((name for kind, name in _TYPES if isinstance(value, kind)), type(value).__name__)
