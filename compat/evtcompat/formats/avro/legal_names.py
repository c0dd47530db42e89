"""Which names Avro allows, and the names that a named type brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.formats.avro.types import KIND_NAMES, Enumeration, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evtcompat.formats.avro.types import Named

#: The last of Java's characters; what lies beyond is two of them, and neither is a letter.
_LAST_CHARACTER: Final = "\uffff"


class IllegalName(NamedTuple):
    """A name that a named type brings, and that is not one."""

    name: str
    #: What it names.
    owner: str
    #: The way to it from the definition.
    way: str
    reason: str


class IllegalNames:
    """The names that are refused of those that named types bring; a namespace that many share is looked at once."""

    def __init__(self, fault: Callable[[str], str | None]) -> None:
        """The judgement is that of `fault`: why a name is refused, or ``None``."""
        self._fault = fault
        self._in_spaces: dict[str, list[tuple[str, str]]] = {}

    def of(self, named: Named) -> Iterator[IllegalName]:
        """Those of one type: of its namespace, its own, and of its fields or symbols."""
        space = named.space
        if space and space not in self._in_spaces:
            self._in_spaces[space] = [(part, reason) for part in space.split(".") if (reason := self._fault(part))]
        for part, reason in self._in_spaces[space] if space else ():
            yield IllegalName(part, f"the namespace of {named.full}", "", reason)
        if (reason := self._fault(named.short)) is not None:
            yield IllegalName(named.short, f"the {KIND_NAMES[named.kind]} {named.full}", "/name", reason)
        if isinstance(named, Record):
            for field in named.fields:
                if (reason := self._fault(field.name)) is not None:
                    yield IllegalName(field.name, f"a field of {named.full}", f"/fields/{field.index}/name", reason)
        elif isinstance(named, Enumeration):
            for index, symbol in enumerate(named.symbols):
                if (reason := self._fault(symbol)) is not None:
                    yield IllegalName(symbol, f"the symbols of {named.full}", f"/symbols/{index}", reason)


def name_fault(name: str) -> str | None:
    """Why `name` is not a name, as Avro Java judges it; ``None`` when it is one.

    Any letter counts and any decimal digit, of those that fit one of Java's 16-bit characters.
    """
    if name.isascii() and name.isidentifier():  # in ASCII, Avro and Python call the same a name
        return None
    if not name:
        return "it is empty"
    if not (name[0] == "_" or (name[0].isalpha() and name[0] <= _LAST_CHARACTER)):
        return "it does not begin with a letter or an underscore"
    wrong = next((character for character in name if not _may_be_inside(character)), None)
    return None if wrong is None else f"it contains {wrong!r}"


def _may_be_inside(character: str) -> bool:
    return character == "_" or ((character.isalpha() or character.isdecimal()) and character <= _LAST_CHARACTER)
