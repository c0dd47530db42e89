"""The fast path of parsing: most documents are checked in one walk, and parts that were checked before in none.

A document that does not pass is not refused: `parsing` then takes the slow path, which also says what is wrong. The
slow path accepts every document that passes here, and finds the same levels of nesting and the same numbers to be made
exact (a test compares the two).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import by_uri
from evtcompat.formats.json_schema.exact import NumberOutOfRangeError, Value, refuse_large
from evtcompat.formats.json_schema.keywords.keyword import Check, Holding
from evtcompat.formats.json_schema.keywords.predicates import names, type_of_check
from evtcompat.formats.json_schema.keywords.table import ANCHORING, SCALAR, checks, holdings
from evtcompat.formats.json_schema.parse.content_keys import (
    DOLLAR,
    CacheKind,
    ContentCache,
    ContentKey,
    content_key,
    fragment_of,
)
from evtcompat.formats.json_schema.parse.simple_documents import INSTANCES, is_simple, may_refer

#: Levels of nesting beyond which the slow path is taken; the walk is recursive.
_DEEPEST: Final = 64
_ONE, _LIST, _ONE_OR_LIST = Holding.ONE, Holding.LIST, Holding.ONE_OR_LIST
_ONE_OR_FLAG, _DEPENDENCIES = Holding.ONE_OR_FLAG, Holding.DEPENDENCIES
_SCALARS: Final = frozenset((str, int, bool, type(None)))
_TEXT: Final = frozenset((str,))


#: Keywords that make up the key of a schema in which nothing else constrains, and in which each value is a scalar.
_IN_KEY: Final = SCALAR | {"format"}

#: Content keys by the identity of the part, with the part, so that no identity is used again.
ContentKeys: TypeAlias = dict[int, tuple[object, "ContentKey | None"]]


class _SlowPathNeededError(Exception):
    """The document is for the slow path."""


class Checked(NamedTuple):
    """What is known of a document that keeps to the metaschema of its dialect and holds plain JSON."""

    #: Levels of nesting.
    levels: int
    #: There are numbers in it that are no `int`.
    fractions: bool
    #: Its references need no resolver (`simple_documents.is_simple`).
    simple: bool
    #: There may be references in it.
    refers: bool


_DOCUMENTS: Final[CacheKind[Checked]] = CacheKind()
_PARTS: Final[CacheKind[int]] = CacheKind()


def checked_quickly(
    value: Value, dialect: Dialect, known: ContentCache
) -> tuple[Checked, bytes | None, ContentKeys] | None:
    """What there is to know of a document, its content key, and those of its parts as far as they were looked at.

    ``None`` where the slow path is needed.

    Args:
        value: The document.
        dialect: That of its root.
        known: What was found about documents and parts before; what is found now is added.
    """
    key = content_key(value)
    documents = known.table(_DOCUMENTS, dialect.name)
    found = None if key is None else documents.get(key)
    parts: ContentKeys = {}
    if found is None:
        walk = _Walk(dialect, known)
        try:
            levels = walk.keywords(value, _DEEPEST)
        except _SlowPathNeededError:
            return None
        simple = walk.simple(value) or is_simple(value, dialect)
        found = Checked(levels, walk.fractions, simple, key is None or may_refer(key))
        parts = walk.keys
        known.keep(documents, key, found)
    return found, key, parts


@cache
def _tables(dialect: Dialect) -> tuple[Mapping[str, type], Mapping[str, Check], Mapping[str, Holding]]:
    """The Python type that settles a keyword, the checks of the others, and how keywords hold schemas."""
    shapes = checks(dialect.name)
    simple = {keyword: kind for keyword, check in shapes.items() if (kind := type_of_check(check)) is not None}
    return simple, shapes, holdings(dialect.name)


@cache
def _identifiers(dialect: Dialect) -> tuple[str, ...]:
    return (*sorted(ANCHORING), dialect.id_keyword, "$schema")


@cache
def _beyond_scalars(dialect: Dialect) -> frozenset[str]:
    """Keywords that keep a schema from being recognised by its scalar keywords alone."""
    return (dialect.active | holdings(dialect.name).keys() | set(_identifiers(dialect))) - (
        {"type", "format"} if dialect.boolean_exclusive else _IN_KEY
    )


@cache
def _fragments(dialect: Dialect) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The key fragments of identifiers that start with ``$``, and those of the others."""
    names = _identifiers(dialect)
    return tuple(fragment_of(one) for one in names if one[0] == "$"), tuple(
        fragment_of(one) for one in names if one[0] != "$"
    )


class _Walk:
    __slots__ = (
        *("by_type", "checks", "dialect", "fractions", "held", "known", "fragments", "parts", "beyond_scalars", "keys"),
        "identifies_parts",
    )

    def __init__(self, dialect: Dialect, known: ContentCache) -> None:
        self.dialect = dialect
        self.known = known
        #: The content keys of the parts that were met.
        self.keys: ContentKeys = {}
        #: Whether a part may identify itself.
        self.identifies_parts = False
        #: Levels of parts without fractions that identify nothing.
        self.parts = known.table(_PARTS, dialect.name)
        self.fractions = False
        self.by_type, self.checks, self.held = _tables(dialect)
        self.fragments = _fragments(dialect)
        self.beyond_scalars = _beyond_scalars(dialect)

    def schema(self, value: object, room: int) -> int:
        """The levels of an inner schema."""
        if type(value) is bool:
            if self.dialect.boolean_schemas:
                return 1
            raise _SlowPathNeededError
        if type(value) is dict and self.beyond_scalars.isdisjoint(value) and room > 0:
            key = self._scalar(value)
            if key is not None:
                self.keys[id(value)] = value, key
                return 2 if value else 1
        key = content_key(value)
        self.keys[id(value)] = value, key
        found = None if key is None else self.parts.get(key)
        if found is not None:
            return found
        if type(value) is dict and "$schema" in value and not self._of_this_dialect(value["$schema"]):
            raise _SlowPathNeededError
        outer, self.fractions = self.fractions, False
        found = self.keywords(value, room)
        if key is None or self._identifies(key):
            self.identifies_parts = True
        elif not self.fractions:
            self.known.keep(self.parts, key, found)
        self.fractions |= outer
        return found

    def _scalar(self, schema: dict[str, Value]) -> ContentKey | None:
        """What a schema says none of whose keywords says more; ``None`` where a value in it is no scalar."""
        by_type, checks = self.by_type, self.checks
        told: list[Value] = []
        for keyword, member in schema.items():
            kind = type(member)
            if by_type.get(keyword) is not kind:
                if kind not in _SCALARS:
                    return None
                if type(keyword) is not str or (keyword in checks and not checks[keyword](member)):
                    raise _SlowPathNeededError
            if keyword in _IN_KEY:
                # Of the values that pass, those that Python calls equal are equal.
                told += (keyword, member)
        return tuple(told)

    def _identifies(self, key: bytes) -> bool:
        """Whether there may be a keyword in a part that gives it a name, a base or a dialect of its own."""
        dollar, others = self.fragments
        # Most parts have no such word at all, and one byte is found much faster than several words.
        if b"$" in key and DOLLAR in key and any(map(key.__contains__, dollar)):
            return True
        return bool(others) and any(map(key.__contains__, others))

    def _of_this_dialect(self, named: object) -> bool:
        return type(named) is str and by_uri(named) is self.dialect

    def simple(self, root: dict[str, Value]) -> bool:
        """Whether the document, after the walk, surely is simple (`simple_documents.is_simple`)."""
        if self.identifies_parts or not ANCHORING.isdisjoint(root):
            return False
        for keyword, member in root.items():
            kind = type(member)
            if kind in _SCALARS:
                continue
            if keyword in self.held:
                if kind is dict and any(type(member.get(name)) is bool for name in _identifiers(self.dialect)):
                    # A definition of such a name; `is_simple` looks closer.
                    return False
                continue
            if kind is list and (keyword in INSTANCES or _SCALARS.issuperset(map(type, member))):
                continue
            key = content_key(member)
            if key is None or self._identifies(key):
                return False
        return True

    def keywords(self, schema: object, room: int) -> int:
        """The levels of a schema, keyword by keyword."""
        if type(schema) is not dict or room <= 0:
            raise _SlowPathNeededError
        if self.dialect.boolean_exclusive and not schema.keys().isdisjoint(("exclusiveMinimum", "exclusiveMaximum")):
            raise _SlowPathNeededError
        by_type, held, checks = self.by_type, self.held, self.checks
        deepest = 0
        for keyword, member in schema.items():
            kind = type(member)
            if by_type.get(keyword) is kind:
                below = 1
            elif keyword in held:
                below = self._held(held[keyword], member, room - 1)
            else:
                if type(keyword) is not str or (keyword in checks and not checks[keyword](member)):
                    raise _SlowPathNeededError
                below = 1 if kind in _SCALARS else self._value(member, room - 1)
            if below > deepest:  # noqa: PLR1730 - `max` takes longer, and this is done for every keyword
                deepest = below
        return deepest + 1

    def _held(self, how: Holding, member: object, room: int) -> int:
        """The levels of what a keyword that holds schemas holds."""
        if how is _ONE or (how is _ONE_OR_LIST and type(member) is not list):
            return self.schema(member, room)
        if how is _ONE_OR_FLAG:
            return 1 if type(member) is bool else self.schema(member, room)
        if how is _LIST or how is _ONE_OR_LIST:
            if type(member) is not list or not member:
                raise _SlowPathNeededError
            return 1 + max([self.schema(item, room - 1) for item in member])
        if type(member) is not dict or not _TEXT.issuperset(map(type, member)):
            raise _SlowPathNeededError
        if how is _DEPENDENCIES:
            return self._dependencies(member, room)
        return 1 + max([self.schema(item, room - 1) for item in member.values()], default=0)

    def _dependencies(self, member: dict[str, object], room: int) -> int:
        found = 0
        for item in member.values():
            if type(item) is list:
                if not names(item):
                    raise _SlowPathNeededError
                found = max(found, self._value(item, room))
            else:
                found = max(found, self.schema(item, room - 1))
        return 1 + found

    def _value(self, value: Value, room: int) -> int:
        """The levels of any value."""
        kind = type(value)
        if kind in _SCALARS:
            return 1
        if kind is float or kind is Decimal:
            self._fraction(value)
            return 1
        if room <= 0:
            raise _SlowPathNeededError
        if kind is dict:
            if not _TEXT.issuperset(map(type, value)):
                raise _SlowPathNeededError
            inner = value.values()
        elif kind is list:
            inner = value
        else:
            raise _SlowPathNeededError
        if not value:
            return 1
        return 1 + max([self._value(one, room - 1) for one in inner if type(one) not in _SCALARS], default=1)

    def _fraction(self, value: float | Decimal) -> None:
        self.fractions = True
        try:
            refuse_large(value)
        except NumberOutOfRangeError as error:
            raise _SlowPathNeededError from error
