"""What a rule is given to diagnose a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.describe.conditions import condition
from evtcompat.formats.json_schema.describe.value_types import Types
from evtcompat.formats.json_schema.describe.wording import where
from evtcompat.formats.json_schema.explain.applied import Applied, AppliedByPath, applied_at
from evtcompat.formats.json_schema.explain.failures import Failure
from evtcompat.formats.json_schema.explain.portable import portable
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.explain.translate import UntranslatableError, keywords_translated
from evtcompat.formats.json_schema.explain.types_sent import sent_types
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add, remove, replace
from evtcompat.model.places import Place, tokens


@dataclass(frozen=True, slots=True)
class FailureContext:
    """A failure of the reader, the event that shows it, and the writer's subschemas for the same place."""

    failure: Failure
    reader: SchemaIndex
    writer: SchemaIndex
    #: The whole instance; the writer accepts it.
    event: JSON
    #: The writer's subschemas by place, as far as they were looked up; shared between the failures of one event.
    known: AppliedByPath = field(default_factory=AppliedByPath, compare=False)

    @property
    def part(self) -> Subschema:
        """The reader's subschema that holds the failing keyword."""
        return self.failure.part

    @property
    def keyword(self) -> str:
        """The failing keyword; ``""`` when the subschema is ``false``."""
        return self.failure.keyword

    @property
    def value(self) -> JSON:
        """The value of the failing keyword; ``None`` when the subschema is ``false``."""
        return self.part.keywords.get(self.keyword)

    # ---- the writer at the place ----

    def applied(self, *below: str | int) -> tuple[Applied, ...]:
        """The writer's subschemas that apply to the place, or to something below it."""
        return self.applied_at((*self.failure.path, *below))

    def applied_at(self, path: tuple[str | int, ...]) -> tuple[Applied, ...]:
        """The writer's subschemas that apply to a place of the event."""
        return applied_at(self.writer, self.event, path, self.known)

    def reader_at(self, path: tuple[str | int, ...]) -> Applied | None:
        """The first of the reader's subschemas that apply to a place of the event."""
        return next(iter(applied_at(self.reader, self.event, path)), None)

    def first_applied(self) -> Applied | None:
        """The first of the writer's subschemas that apply to the place."""
        return next(iter(self.applied()), None)

    def nearest(self) -> Applied | None:
        """The first of the writer's subschemas for the place, else for the nearest place around it that has one."""
        for length in range(len(self.failure.path), -1, -1):
            found = self.applied_at(self.failure.path[:length])
            if found:
                return found[0]
        return None

    @property
    def is_open(self) -> bool:
        """Whether no subschema of the writer applies to the place: an open object admits anything there."""
        return bool(self.failure.path) and not self.applied()

    def writer_with(self, *keywords: str) -> Applied | None:
        """The first of the writer's subschemas for the place that has one of these keywords."""
        return next((one for one in self.applied() if any(word in one.part.keywords for word in keywords)), None)

    def writer_place(self, *keywords: str) -> Place:
        """The writer's keyword, or its subschema where it has none of them."""
        applied = self.writer_with(*keywords)
        if applied is not None:
            word = next(word for word in keywords if word in applied.part.keywords)
            return applied.part.place(word, names=applied.names)
        applied = self.nearest()
        return applied.part.place(names=applied.names) if applied else Place()

    def counterparts(self) -> frozenset[int]:
        """The numbers of the reader's branches that are written as those the writer took, else stand where they do."""
        ours = self.value if isinstance(self.value, list) else []
        found: set[int] = set()
        for branch in (one.branch for one in self.applied()):
            if branch is not None:
                alike = {number for number, one in enumerate(ours) if one == branch.value}
                found |= alike or {int(tokens(branch.pointer)[-1])}
        return frozenset(found)

    def declares(self, name: str) -> Applied | None:
        """The writer's declaration of a property of the object at the place."""
        return next((one for one in self.applied(name) if one.by == "properties"), None)

    def sent_types(self) -> Types:
        """The types that the writer admits at the place; ``None`` for all of them."""
        path, types = self.failure.path, self.known.types
        if path not in types:
            types[path] = sent_types(self.writer, self.applied())
        return types[path]

    # ---- words ----

    @property
    def names(self) -> str:
        """The place by property names: the writer's path where it declares the place, else the reader's."""
        own = self.first_applied()
        if own is not None and own.by == "properties" and self.failure.by != "properties":
            return own.names
        return self.failure.names

    def where(self) -> str:
        """The place as the subject of a sentence, with the condition under which the reader's subschema counts."""
        return where(self.names) + self.condition

    @property
    def condition(self) -> str:
        """The condition under which the reader's subschema counts, in brackets."""
        return self.condition_of(self.part)

    def condition_of(self, part: Subschema) -> str:
        """The same for any subschema of the reader."""
        return condition(self.reader.schema.value, part.pointer) if part.origin is None else ""

    def message(self, name: str = "") -> str:
        """The validator's message; the one about a property, where it has one for each of several."""
        messages = self.failure.messages
        first = messages[0] if messages else ""
        if not name or len(messages) < 2:  # noqa: PLR2004 - one is about whatever it is about
            return first
        by_name = self.known.by_name.get(id(messages))
        if by_name is None:
            by_name = self.known.by_name[id(messages)] = _by_name(messages)
        return by_name.get(repr(name), first)

    # ---- the answer ----

    def diagnosis(
        self,
        rule: str,
        facts: Mapping[str, object],
        writer: Place | None = None,
        *,
        steps: Sequence[str | int] | None = None,
        names: str | None = None,
        patch: Iterable[Operation] | None = None,
        reader_fix: SuggestedFix | None = None,
        writer_fix: SuggestedFix | None = None,
    ) -> Diagnosis:
        """The failure under a rule.

        Args:
            rule: The rule's id.
            facts: What its sentence needs beside ``where``.
            writer: The place in the writer; the nearest that it declares unless given.
            steps: From the reader's subschema to what fails; the keyword unless given.
            names: The reader's place by names; `names` unless given.
            patch: What takes the failure out of the way; the removal of the keyword unless given.
            reader_fix: What would fix it in the reader.
            writer_fix: What would fix it in the writer.
        """
        own = (self.keyword,) if self.keyword else ()
        if writer is None:
            nearest = self.nearest()
            writer = nearest.part.place(names=nearest.names) if nearest else Place()
        changeable = self.part.changeable
        if patch is None:
            patch = (remove(self.part.at(self.keyword)),) if own else (replace(self.part.pointer, {}),)
        return Diagnosis(
            rule,
            self.part.place(*(own if steps is None else steps), names=self.names if names is None else names),
            writer,
            {"where": self.where(), **facts},
            tuple(patch) if changeable else None,
            reader_fix if changeable else None,
            writer_fix,
            self.message(str(facts.get("property", ""))),
        )

    def removal(self, *steps: str | int) -> tuple[Operation, ...]:
        """A patch that removes something below the reader's subschema."""
        return (remove(self.part.at(*steps)),)

    def for_reader(self, part: Subschema) -> JSON:
        """A subschema of the writer as the reader's document can hold it; ``None`` where it cannot."""
        return portable(part, self.writer, self.reader)

    def for_writer(self, part: Subschema) -> JSON:
        """A subschema of the reader as the writer's document can hold it; ``None`` where it cannot."""
        return portable(part, self.reader, self.writer)

    def in_reader_words(self, applied: Applied, keywords: Mapping[str, JSON]) -> dict[str, JSON] | None:
        """Keywords of the writer, translated to the reader's draft; ``None`` where that has no counterpart."""
        source, target = self.writer.dialect_of(applied.part), self.reader.dialect_of(self.part)
        try:
            return keywords_translated(keywords, source, target)
        except UntranslatableError:
            return None

    def copied(self, keywords: Mapping[str, JSON], text: str) -> SuggestedFix | None:
        """The fix that adds keywords of the reader to the writer, in its draft; ``None`` where that is impossible."""
        applied = self.writer_with(*keywords) or self.first_applied()
        if applied is None or not applied.part.changeable or not isinstance(applied.part.value, dict):
            return None
        source, target = self.reader.dialect_of(self.part), self.writer.dialect_of(applied.part)
        try:
            words = keywords_translated(keywords, source, target)
        except UntranslatableError:
            return None
        operations = tuple(_setting(applied.part, word, value) for word, value in words.items())
        return SuggestedFix(text, operations, applied.part.origin)


def _by_name(messages: Sequence[str]) -> dict[str, str]:
    """The first message about each name; they begin with it, as Python writes it."""
    found: dict[str, str] = {}
    for message in messages:
        name = _QUOTED.match(message)
        if name is not None:
            found.setdefault(name[0], message)
    return found


#: What `repr` makes of a text.
_QUOTED: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def _setting(part: Subschema, keyword: str, value: JSON) -> Operation:
    """Sets a keyword of a subschema; one that lists names keeps those that it has."""
    known = part.keywords.get(keyword)
    if isinstance(known, dict) and isinstance(value, dict) and len(value) == 1 and keyword.startswith("depend"):
        name, inner = next(iter(value.items()))
        return add(part.at(keyword, name), inner)
    return add(part.at(keyword), value)
