"""Parts of schemas by what they say: versions of a schema are mostly the same text.

A part that was met before, in the other schema of a pair or in another version of it, is recognised by comparing
bytes, and neither checked nor compiled again.
"""

from __future__ import annotations

import marshal
from collections.abc import Hashable
from typing import Any, Final, Generic, TypeAlias, TypeVar

from evtcompat.formats.json_schema.exact import Value

#: What a part is known by: its words, or a tuple of all that matters in it.
ContentKey: TypeAlias = "bytes | tuple[Value, ...]"

#: The last format in which equal values of equal types are equal bytes (later ones refer back to repeated objects).
_FORMAT: Final = 2
#: Longer words are not kept.
LONGEST: Final = 32_000
#: Bytes of words that are kept; beyond, schemas that are parsed from then on start anew.
_MANY: Final = 16_000_000
#: What a part takes in memory beside its words, roughly.
_BESIDE: Final = 400


def content_key(value: Value) -> bytes | None:
    """Bytes that are equal for two values only if these are equal, in their Python types and the order of members too.

    ``None`` for a value with anything in it that is no plain JSON; numbers that were read as `Decimal` are not.
    """
    try:
        return marshal.dumps(value, _FORMAT)
    except ValueError:
        return None


def value_of(key: bytes) -> Value:
    """A value that has these words, with nothing in common with others."""
    return marshal.loads(key)  # noqa: S302 - made by `words` in this process


def fragment_of(text: str) -> bytes:
    """What the words of every value contain in which ``text`` stands as a string or a member's name; so may others."""
    said = text.encode()
    return b"u" + len(said).to_bytes(4, "little") + said


#: What the words of every value contain in which a string or a name of less than 256 bytes starts with ``$``.
DOLLAR: Final = fragment_of("$")[-4:]

_T = TypeVar("_T")


class CacheKind(Generic[_T]):
    """Something that is found out of a part or a document by its `words`; told from others by identity."""

    __slots__ = ()


class ContentCache:
    """What is known of parts and of whole documents by their `words`, or what else they are known by.

    Attributes:
        size: Bytes that it takes, roughly.
    """

    __slots__ = ("_tables", "size")

    def __init__(self) -> None:
        self.size = 0
        self._tables: dict[tuple[Hashable, ...], dict[ContentKey, Any]] = {}

    def table(self, kind: CacheKind[_T], *scope: Hashable) -> dict[ContentKey, _T]:
        """What is known of one kind, given all that it depends on beside the words. Add to it with `keep`."""
        return self._tables.setdefault((kind, *scope), {})

    def keep(self, table: dict[ContentKey, _T], said: ContentKey | None, found: _T) -> None:
        """Remember what was found, unless there is too much to remember."""
        if said is not None:
            length = len(said if isinstance(said, bytes) else repr(said))
            if length <= LONGEST:
                self.size += length + _BESIDE
                table[said] = found


_latest = ContentCache()


def current() -> ContentCache:
    """What the schemas that are parsed now share; a schema keeps to what it began with."""
    if _latest.size > _MANY:
        forget()
    return _latest


def forget() -> None:
    """Schemas that are parsed from now on start with nothing known, so that what a first look costs can be measured."""
    global _latest  # noqa: PLW0603 - one for the process, like the cache of `re`
    _latest = ContentCache()
