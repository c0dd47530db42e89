"""Which names Avro allows, and the names that a named type brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import KIND_NAMES, Enumeration, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.types import Named

#: The last of Java's characters; what lies beyond is two of them, and neither is a letter.
_LAST_CHARACTER: Final = "\uffff"


def names_brought_by(named: Named) -> Iterator[tuple[str, str, str]]:
    """Every name that a named type brings, with what it names, and the way to it from the definition."""
    if named.space:
        yield from ((part, f"the namespace of {named.full}", "") for part in named.space.split("."))
    yield named.short, f"the {KIND_NAMES[named.kind]} {named.full}", "/name"
    if isinstance(named, Record):
        yield from ((field.name, f"a field of {named.full}", f"/fields/{field.index}/name") for field in named.fields)
    elif isinstance(named, Enumeration):
        yield from (
            (symbol, f"the symbols of {named.full}", f"/symbols/{index}") for index, symbol in enumerate(named.symbols)
        )


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
