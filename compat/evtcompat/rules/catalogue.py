"""Every rule by its id: those about histories and the gate, and those that each schema format brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from evtcompat.formats.loading import installed
from evtcompat.rules.history import HISTORY_RULES

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.rules import Rule


class Catalogue(Mapping[str, "Rule"]):
    """All rules, sorted by id, which is unique. A rule is found by the id that it had first, too.

    A rule is looked for only until it is found, as rules are code that takes time to import: formats of other
    distributions are asked for an id that no built-in has, and for the list of all.
    """

    def __init__(self) -> None:
        self._found: dict[str, Rule] = {}
        self._history = _by_id(HISTORY_RULES)
        self._by_format: dict[str, Mapping[str, Rule]] = {}

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of an id."""
        return self.rule(rule_id)

    def rule(self, rule_id: str, likely: SchemaFormat | None = None) -> Rule:
        """The rule of an id.

        Args:
            rule_id: The id.
            likely: The format that probably brings it; asked before the others.

        Raises:
            KeyError: There is no such rule.
        """
        found = self._found.get(rule_id) or next(
            (rules[rule_id] for rules in self._sources(likely) if rule_id in rules), None
        )
        if found is None:
            raise KeyError(rule_id)
        self._found[rule_id] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """The ids, sorted."""
        return iter(sorted({rule.id for rules in self._sources(None) for rule in rules.values()}))

    def _sources(self, likely: SchemaFormat | None) -> Iterator[Mapping[str, Rule]]:
        """The rules by id, one source after the other: the cheapest, the likely one, the built-in ones, the rest."""
        yield self._history
        if likely is not None:
            yield self._of(likely)
        yield from map(self._of, installed())

    def _of(self, schema_format: SchemaFormat) -> Mapping[str, Rule]:
        found = self._by_format.get(schema_format.name)
        if found is None:
            found = self._by_format[schema_format.name] = _by_id(schema_format.rules)
        return found

    def __len__(self) -> int:
        """How many rules there are."""
        return sum(1 for _ in self)


def _by_id(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    """The rules by the ids that they have and had."""
    found = {rule.original: rule for rule in rules}
    return found | {rule.id: rule for rule in found.values()}


@cache
def catalogue() -> Catalogue:
    """The catalogue."""
    return Catalogue()
