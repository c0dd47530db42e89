"""Parts of schemas by what they say: versions of a schema are mostly the same text.

A part that was met before, in the other schema of a pair or in another version of it, is recognised by comparing
bytes, and neither checked nor compiled again.
"""

from __future__ import annotations

import marshal
import weakref
from collections.abc import Callable
from typing import Final

from evtcompat.json_schema.exact import Value
from evtcompat.json_schema.nodes import Node

#: The last format in which equal values of equal types are equal bytes (later ones refer back to repeated objects).
_FORMAT: Final = 2
#: Longer words are not kept, and beyond so many parts schemas that are parsed from now on start anew: memory, not
#: meaning, depends on it.
LONGEST: Final = 32_000
_MANY: Final = 50_000


def words(value: Value) -> bytes | None:
    """Bytes that are equal for two values only if these are equal, in their Python types and the order of members too.

    ``None`` for a value with anything in it that is no plain JSON; numbers that were read as `Decimal` are not.
    """
    try:
        return marshal.dumps(value, _FORMAT)
    except ValueError:
        return None


def mentions(spoken: bytes, text: str) -> bool:
    """Whether a string in the value (a member's name, for one) may be ``text``; certainly not where ``False``."""
    said = text.encode()
    return b"u" + len(said).to_bytes(4, "little") + said in spoken


class Known:
    """What is known of parts by their `words`, for as long as a schema that uses it lives."""

    __slots__ = ("__weakref__", "levels", "nodes")

    def __init__(self) -> None:
        #: By dialect: parts that keep to its metaschema and hold plain JSON only, with their levels of nesting.
        self.levels: dict[str, dict[bytes, int]] = {}
        #: By all that the meaning of a part depends on beside its words: what it means.
        self.nodes: dict[object, dict[bytes, Node]] = {}

    @property
    def full(self) -> bool:
        """It should not grow any more."""
        tables: tuple[dict[bytes, object], ...] = (*self.levels.values(), *self.nodes.values())  # type: ignore[arg-type]  # read only
        return sum(map(len, tables)) > _MANY


def _nothing() -> Known | None:
    return None


_latest: Callable[[], Known | None] = _nothing


def current() -> Known:
    """What the schemas that are in use now share. Hold it for as long as it shall be shared."""
    global _latest  # noqa: PLW0603 - held weakly, so that it goes with the last schema
    found = _latest()
    if found is None or found.full:
        found = Known()
        _latest = weakref.ref(found)
    return found
