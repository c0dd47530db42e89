"""What was made of a member, for the schemas that declare the very same member: versions of a subject, most of all."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from evtcompat.formats.json_schema.explain.subschemas import Subschema
from evtcompat.formats.json_schema.parse.content_keys import CacheKind
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.parse.part_keys import PartKeys
from evtcompat.formats.json_schema.values.effort import Effort
from evtcompat.model.json_types import JSON

#: What a value is called, and the value.
Made = tuple[str, JSON]
#: Bytes that a value takes with what it is called, roughly.
_EACH: Final = 200
#: Up to which numbers are drawn for a member, what was made by what was drawn, and the steps that this takes.
_Kept = tuple[tuple[int, ...], dict[tuple[int, ...], list[Made]], int]
_KEPT: Final[CacheKind[_Kept]] = CacheKind()


class Draws:
    """Numbers by chance, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Nothing is drawn yet."""
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        #: What was drawn since `begin`: up to which number, and which.
        self.drawn: list[tuple[int, int]] = []
        self._again: list[int] = []

    def up_to(self, most: int) -> int:
        """A number from 0 to `most`."""
        found = self._again.pop(0) if self._again else self._random.randint(0, most)
        self.drawn.append((most, found))
        return found

    def begin(self, again: Sequence[int] = ()) -> None:
        """Nothing is drawn since here; what is drawn next is these numbers, then others."""
        self.drawn = []
        self._again = list(again)


class MadeBefore:
    """What is made of the members of one schema."""

    def __init__(self, schema: Schema, draws: Draws, effort: Effort) -> None:
        """Nothing is made yet.

        Args:
            schema: Whose members they are.
            draws: What chooses what it leaves free.
            effort: What is made takes its steps from there, and so does what was made before.
        """
        self._keys = PartKeys(schema.library)
        self._cache = schema.content_cache
        self._table = self._cache.table(_KEPT, schema.dialect.name)
        self._draws = draws
        self._effort = effort

    def made(self, parts: Sequence[Subschema], names: str, make: Callable[[], list[Made]]) -> list[Made]:
        """What `make` makes of a member, the same object for the same member of another schema.

        Args:
            parts: The schemas of the member.
            names: What labels call it.
            make: Draws as often as it does, whatever is drawn; what it makes depends on nothing else, but for steps
                that are shared.

        Raises:
            BudgetExceededError: The steps are used.
        """
        alone = len(parts) == 1 and parts[0].origin is None and not self._effort.shared
        key = self._keys.key(parts[0].value) if alone else None
        if key is None:
            return make()
        whole = (names, *(key if isinstance(key, tuple) else (key,)))
        found = self._table.get(whole)
        if found is None:
            self._draws.begin()
            before = self._effort.used
            made = make()
            limits, numbers = zip(*self._draws.drawn, strict=True) if self._draws.drawn else ((), ())
            self._cache.keep(self._table, whole, (limits, {numbers: made}, self._effort.used - before))
            self._cache.grow(_EACH * len(made))
            return made
        limits, known, steps = found
        numbers = tuple(map(self._draws.up_to, limits))
        if numbers not in known:
            self._draws.begin(numbers)
            known[numbers] = make()
            self._cache.grow(_EACH * len(known[numbers]))
        else:
            self._effort.spend(steps)
        return known[numbers]
