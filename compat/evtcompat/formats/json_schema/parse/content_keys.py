"""Content keys: parts of schemas are recognised by their content, serialised to bytes.

Versions of a schema are mostly the same text. A part that was met before, in the other schema of a pair or in another
version of it, is recognised by comparing bytes, and neither checked nor compiled again.
"""

from __future__ import annotations

import marshal
from collections.abc import Hashable, Iterator
from contextlib import suppress
from typing import Any, Final, Generic, TypeAlias, TypeVar

from evtcompat.formats.json_schema.exact import Value

#: What a part is recognised by: its serialised value, or a tuple of all that matters in it.
ContentKey: TypeAlias = "bytes | tuple[Value, ...]"

#: The last format in which equal values of equal types are equal bytes (later ones refer back to repeated objects).
_FORMAT: Final = 2
#: Bytes in which it writes how long a text is.
_LENGTH: Final = 4
#: Longer keys are not kept.
LONGEST: Final = 32_000
#: Bytes that a cache may take; when it takes more, schemas that are parsed from then on start with an empty one.
_MANY: Final = 16_000_000
#: Bytes that an entry takes beside its key, roughly.
_BESIDE: Final = 400


def content_key(value: Value) -> bytes | None:
    """The value, serialised: equal for two values only if they are equal, in Python types and member order as well.

    ``None`` for a value with anything in it that is no plain JSON; numbers that were read as `Decimal` are not.
    """
    try:
        return marshal.dumps(value, _FORMAT)
    except ValueError:
        return None


def value_of(key: bytes) -> Value:
    """The value with this key, made anew: it shares no part with another value."""
    return marshal.loads(key)  # noqa: S302 - made by `content_key` in this process


def fragment_of(text: str) -> bytes:
    """A piece of the key of every value with ``text`` as a string or a member's name; other keys may have it too."""
    encoded = text.encode()
    return b"u" + len(encoded).to_bytes(_LENGTH, "little") + encoded


def texts_under(key: bytes, name: str) -> Iterator[str]:
    """Every text that stands under a name in the value with a key; and perhaps texts that only look as if they did."""
    fragment = fragment_of(name)
    at = key.find(fragment)
    while at >= 0:
        at += len(fragment)
        if key.startswith(b"u", at):
            start = at + 1 + _LENGTH
            length = int.from_bytes(key[at + 1 : start], "little")
            with suppress(UnicodeDecodeError):  # a piece of a text that looks like a name: what follows is no text
                yield key[start : start + length].decode(errors="surrogatepass")
        at = key.find(fragment, at)


#: A piece of the key of every value in which a string or a name of less than 256 bytes starts with ``$``.
DOLLAR: Final = fragment_of("$")[-4:]

_T = TypeVar("_T")


class CacheKind(Generic[_T]):
    """What one table of a `ContentCache` holds; compared by identity."""

    __slots__ = ()


class ContentCache:
    """What was found out about parts and whole documents, by their content keys.

    Attributes:
        size: Bytes that it takes, roughly.
    """

    __slots__ = ("_tables", "size")

    def __init__(self) -> None:
        self.size = 0
        self._tables: dict[tuple[Hashable, ...], dict[ContentKey, Any]] = {}

    def table(self, kind: CacheKind[_T], *scope: Hashable) -> dict[ContentKey, _T]:
        """The entries of one kind, given all that they depend on beside the key. Add to them with `keep`."""
        return self._tables.setdefault((kind, *scope), {})

    def keep(self, table: dict[ContentKey, _T], key: ContentKey | None, found: _T) -> None:
        """Add an entry; one without a key, or with a key longer than `LONGEST`, is not kept."""
        if key is not None:
            length = len(key if isinstance(key, bytes) else repr(key))
            if length <= LONGEST:
                self.grow(length)
                table[key] = found

    def grow(self, length: int) -> None:
        """An entry with a key of this length was added to what a table holds."""
        self.size += length + _BESIDE


_latest = ContentCache()


def current() -> ContentCache:
    """The cache for the schemas that are parsed now; a schema keeps the one that it began with."""
    if _latest.size > _MANY:
        forget()
    return _latest


def forget() -> None:
    """Give schemas that are parsed from now on an empty cache, so that the cost of a first look can be measured."""
    global _latest  # noqa: PLW0603 - one for the process, like the cache of `re`
    _latest = ContentCache()
