"""What a part of a schema says of a value, kept for the schemas in which the very same part stands again.

Versions of a subject declare most members alike, and so do subjects of one author: what the library said of a member
and a payload in one, it says in the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.content_keys import CacheKind, ContentCache, content_key
from evtcompat.formats.json_schema.parse.part_keys import PartKeys
from evtcompat.regular.steps import Steps

#: Longer values are looked at again.
_LONGEST: Final = 2_000
#: Answers about one part that are kept.
_MOST: Final = 2_000
#: Whether a part accepts a value, by that value's content, and the steps that it took to find out.
_Told = dict[bytes, tuple[bool, int]]
_TOLD: Final[CacheKind[_Told]] = CacheKind()


class Answers:
    """What the parts of one schema are known to say."""

    def __init__(self, keys: PartKeys, cache: ContentCache, dialect: Dialect, *, asserted: bool) -> None:
        """Nothing is asked yet.

        Args:
            keys: Of the schema whose parts they are.
            cache: What is known beyond this schema.
            dialect: The schema's.
            asserted: Whether ``format`` is checked.
        """
        self._keys = keys
        self._cache = cache
        self._table = cache.table(_TOLD, dialect.name, asserted)
        #: By the identities of parts, which are those of the schema.
        self._parts: dict[int, _Told | None] = {}

    def refers(self, part: Value) -> bool:
        """Whether there may be a reference in a part."""
        return self._keys.refers(part)

    def answer(self, part: Value, value: Value, ask: Callable[[], bool], steps: Steps) -> bool:
        """What `ask` says of a part and a value, which is not called where that is known.

        Args:
            part: A schema within the schema.
            value: As `Validator.exact` makes it.
            ask: Asks the library.
            steps: What it takes its steps from, known or not: whether they suffice is not a matter of what was asked
                before.

        Raises:
            BudgetExceededError: They do not.
        """
        told = self._told(part)
        key = None if told is None else content_key(value)
        if told is None or key is None or len(key) > _LONGEST:
            return ask()
        known = told.get(key)
        if known is None:
            before = steps.used
            known = ask(), steps.used - before
            if len(told) < _MOST:
                told[key] = known
                self._cache.grow(len(key))
        elif known[1]:
            steps.spend(known[1])
        return known[0]

    def _told(self, part: Value) -> _Told | None:
        """What is known of a part; ``None`` where its meaning is more than its content."""
        if id(part) not in self._parts:
            key = self._keys.key(part)
            told = None if key is None else self._table.get(key)
            if key is not None and told is None:
                told = {}
                self._cache.keep(self._table, key, told)
            self._parts[id(part)] = told
        return self._parts[id(part)]
