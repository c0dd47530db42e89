"""The questions that an account of a proof rests on, each answered by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import policy
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.dialect import Handling
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.keywords.keyword import AppliesTo
from evtcompat.formats.json_schema.keywords.table import KEYWORDS, REFERRING, applied_to
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema, variant
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import Steps

#: Steps that a whole account may take; what is left then becomes one argument.
_STEPS = 20_000

#: Keywords without schemas in them; those of one group mean something together.
_GROUPS: Final = tuple(
    dict.fromkeys(
        tuple(one for one in KEYWORDS if one in (name, keyword.twin))
        for name, keyword in KEYWORDS.items()
        if keyword.compile is not None and keyword.applies_to is None and not keyword.refers
    )
)
_GROUP_OF: Mapping[str, tuple[str, ...]] = {word: group for group in _GROUPS for word in group}


@dataclass(frozen=True, slots=True)
class Source:
    """Some keywords of one part of a schema."""

    part: Subschema
    words: Mapping[str, JSON]


class Questions:
    """Questions about one pair, over one budget."""

    def __init__(self, reader: SchemaIndex, writer: SchemaIndex, options: Options) -> None:
        self.reader = reader
        self.writer = writer
        self._options = options
        self._as_written = replace(options, policy=Policy.STRICT)
        self._solver = Solver(Steps(_STEPS))

    def same(self, one: Subschema, other: Subschema) -> bool:
        """Whether both parts compile to the same node, as written."""
        if one.origin is not None or other.origin is not None:
            return False
        asserted = self._options.assert_formats
        ours = policy.accepted(self.reader.schema, Policy.STRICT, one.pointer, asserted=asserted)
        return ours is policy.produced(self.writer.schema, Policy.STRICT, other.pointer, asserted=asserted)

    def included(self, one: Subschema, other: Subschema) -> bool:
        """Whether the reader's part accepts whatever the writer's may hold."""
        if one.origin is not None or other.origin is not None:
            return False
        return self._holds(self.reader.schema, self.writer.schema, self._options, one.pointer, other.pointer)

    def never_sent(self, name: str, other: Subschema) -> bool:
        """Whether no object of the writer's part has a member of that name."""
        if other.origin is not None:
            return False
        without = variant(self.reader.schema, {"not": {"type": "object", "required": [name]}})
        return self._holds(without, self.writer.schema, self._options, "", other.pointer)

    def sources(self, keyword: str, one: Subschema, others: list[Subschema]) -> list[Source]:
        """Keywords of the writer's parts from which a demand of the reader follows, as few as can be; else none."""
        if keyword not in _GROUP_OF:
            return []
        demand = {word: one.keywords[word] for word in _GROUP_OF[keyword] if word in one.keywords}
        found = sorted(self._leaves(others), key=lambda words: keyword not in words.words)
        for words in found:
            if self._follows(demand, [words]):
                return [words]
        if len(found) > 1 and self._follows(demand, found):
            return self._fewest(demand, found)
        return []

    def _fewest(self, demand: Mapping[str, JSON], found: list[Source]) -> list[Source]:
        for words in list(found):
            fewer = [one for one in found if one is not words]
            if self._follows(demand, fewer):
                found = fewer
        return found

    def _leaves(self, parts: list[Subschema]) -> Iterator[Source]:
        for part in parts:
            known = self.writer.dialect_of(part).keywords
            for group in _GROUPS:
                words = {word: part.keywords[word] for word in group if word in part.keywords and word in known}
                if words:
                    yield Source(part, words)

    def _follows(self, demand: Mapping[str, JSON], sources: list[Source]) -> bool:
        ours: JSON = dict(demand)
        theirs: JSON = {"allOf": [dict(one.words) for one in sources]}
        return self._holds(variant(self.reader.schema, ours), variant(self.writer.schema, theirs), self._as_written)

    def _holds(self, reader: Schema, writer: Schema, options: Options, one: str = "", other: str = "") -> bool:
        try:
            found = decide(reader, writer, options, reader_pointer=one, writer_pointer=other, solver=self._solver)
        except SchemaError:
            return False
        return found.verdict is Verdict.COMPATIBLE


def demands(side: SchemaIndex, part: Subschema) -> list[str]:
    """The keywords of a part that may refuse something by themselves, in the order in which they are written."""
    dialect = side.dialect_of(part)
    if "$ref" in part.keywords and dialect.ref_hides_siblings:
        return ["$ref"]
    counted = (Handling.DECIDED, Handling.FORMAT)
    return [
        word
        for word, value in part.keywords.items()
        if (dialect.keywords.get(word) in counted or word in REFERRING)
        and word not in _BESIDE
        and not (word in _OPEN and (value is True or value == {}))
    ]


#: Keywords that mean something only beside another, and are explained with it.
_BESIDE: Final = frozenset(name for name, keyword in KEYWORDS.items() if keyword.needs is not None)
#: Keywords that demand nothing with ``true`` or ``{}``: they speak of whatever members or items there are.
_OPEN: Final = frozenset(
    applied_to(
        AppliesTo.NAMED_MEMBER, AppliesTo.MATCHING_MEMBERS, AppliesTo.OTHER_MEMBERS, AppliesTo.ITEMS, AppliesTo.NAMES
    )
)
