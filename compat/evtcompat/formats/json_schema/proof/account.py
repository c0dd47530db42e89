"""The account of one proof, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.describe.wording import joined, quoted, shown
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.keywords.table import KEYWORDS, REFERRING
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.proof.questions import Questions, demands
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import ProofStep
from evtcompat.model.places import Place

#: Arguments of an account.
_LONGEST = 200
#: Branches that are matched with one another.
_BRANCHES = 16

_LENIENT = "policy lenient: the writer produces declared properties only, the reader ignores unknown ones"
_SEARCHED = "no value of the writer is refused (searched to the end)"


class Account:
    """One account."""

    def __init__(self, reader: Schema, writer: Schema, answer: Answer, options: Options) -> None:
        self._answer = answer
        self._lenient = options.lifted
        self._reader = SchemaIndex(reader, assert_formats=options.assert_formats)
        self._writer = SchemaIndex(writer, assert_formats=options.assert_formats)
        self._ask = Questions(self._reader, self._writer, options)
        self._told = 0
        self._seen: dict[tuple[str | None, str, str | None, str], bool] = {}

    def tell(self) -> Iterator[ProofStep]:
        """The arguments, the root first."""
        ours, theirs = self._reader.root, self._writer.root
        if self._answer.vacuous:
            yield ProofStep(Place(), Place(), "the writer's schema allows no instance at all")
        elif exact.same(ours.value, theirs.value):
            yield ProofStep(Place(), Place(), "both schemas are the same")
        elif self._ask.same(ours, theirs):
            yield ProofStep(Place(), Place(), "the same demands on both sides, annotations and spelling apart")
        else:
            if self._lenient:
                yield ProofStep(Place(), Place(), _LENIENT)
            yield from self._part(ours, theirs)

    def _part(self, one: Subschema, other: Subschema) -> Iterator[ProofStep]:
        """Why a part of the reader accepts whatever a part of the writer holds; this was asked, or follows."""
        one, other = _plain(self._reader, one), _plain(self._writer, other)
        places = one.place(), other.place()
        key = (one.origin, one.pointer, other.origin, other.pointer)
        if key in self._seen:
            done = self._seen[key]
            reason = "shown above" if done else "the recursion begins again: induction over the depth of the event"
            yield ProofStep(*places, reason)
            return
        words = demands(self._reader, one)
        if self._ask.same(one, other):
            yield ProofStep(*places, "the same demands on both sides")
        elif one.value is not False and not words:
            yield ProofStep(*places, "accepts anything")
        elif not words or self._told >= _LONGEST:
            yield ProofStep(*places, _SEARCHED)
        else:
            self._seen[key] = False
            for word in words:
                self._told += 1
                yield from self._demand(word, one, other)
        self._seen[key] = True

    def _demand(self, word: str, one: Subschema, other: Subschema) -> Iterator[ProofStep]:
        others = self._writer.conjoined(other)
        told = list(_WAYS.get(word, _other)(self, word, one, others))
        if told:
            yield from told
            return
        sources = self._ask.sources(word, one, others)
        demand = f"{quoted(word)}{_value(one.keywords[word])}"
        if len(sources) == 1 and sources[0].words.get(word) == one.keywords[word]:
            yield ProofStep(one.place(word), sources[0].part.place(word), f"{demand}: the same on both sides")
        elif sources:
            told_words = [f"{quoted(name)}{_value(said)}" for each in sources for name, said in each.words.items()]
            where = sources[0].part.place(next(iter(sources[0].words)))
            yield ProofStep(one.place(word), where, f"{demand} follows from the writer's {joined(told_words, 'and')}")
        elif (branched := self._in_each_branch(word, one, others)) is not None:
            reason = f"{demand} follows from each branch of the writer's {quoted(branched[1])}"
            yield ProofStep(one.place(word), branched[0].place(branched[1]), reason)
        else:
            theory = KEYWORDS[word].settled_by
            reason = f"{demand}: no value of the writer fails it, by its schema as a whole ({theory})"
            yield ProofStep(one.place(word), other.place(), reason)

    # One method per keyword that holds schemas: it accounts for the whole demand, or for nothing; then the demand is
    # one step.

    def properties(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """Each declared property with its counterpart."""
        declared = one.keywords[word]
        for name in declared if isinstance(declared, dict) else ():
            ours = self._reader.below(one, word, name)
            theirs = next((found for part in others if (found := self._writer.below(part, word, name))), None)
            if ours is None:
                continue
            if theirs is not None and self._ask.included(ours, theirs):
                yield from self._part(ours, theirs)
            elif not demands(self._reader, ours) and ours.value is not False:
                yield ProofStep(ours.place(), others[0].place(), "accepts anything")
            elif self._ask.never_sent(name, others[0]):
                yield ProofStep(ours.place(), others[0].place(), f"the writer never sends {quoted(name)}")
            elif ours.origin is not None:
                yield ProofStep(ours.place(), (theirs or others[0]).place(), _SEARCHED)
            else:
                reason = f"whatever the writer sends under {quoted(name)} is accepted, by several of its parts together"
                yield ProofStep(ours.place(), (theirs or others[0]).place(), reason)

    def lifted(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """What closes an object, where the policy takes it away."""
        if one.keywords[word] is False and self._lenient:
            reason = f"{quoted(word)} false: the reader ignores what it does not know"
            yield ProofStep(one.place(word), others[0].place(), reason)

    def members(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """The schema of further members, where each of the writer's that may fall under it is included in it."""
        ours = self._reader.below(one, word)
        if ours is None or ours.value is False:
            yield from self.lifted(word, one, others)
            return
        theirs = list(self._further(one, others))
        if theirs and all(part.value is False or self._ask.included(ours, part) for part in theirs):
            for part in theirs:
                if part.value is not False:
                    yield from self._part(ours, part)

    def _further(self, one: Subschema, others: list[Subschema]) -> Iterator[Subschema]:
        """The writer's schemas for members that the reader does not declare by name."""
        declared = one.keywords.get("properties")
        for part in others:
            for keyword in ("properties", "patternProperties"):
                named = part.keywords.get(keyword)
                for name in named if isinstance(named, dict) else ():
                    below = self._writer.below(part, keyword, name)
                    known = keyword == "properties" and isinstance(declared, dict) and name in declared
                    if below is not None and not known:
                        yield below
            rest = self._writer.below(part, "additionalProperties")
            if rest is not None:
                yield rest

    def items(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """The schema of all items, where neither side has a tuple."""
        tuples = any(
            "prefixItems" in part.keywords or isinstance(part.keywords.get("items"), list) for part in (one, *others)
        )
        ours = self._reader.below(one, word)
        theirs = next((found for part in others if (found := self._writer.below(part, word))), None)
        if not tuples and ours is not None and theirs is not None and self._ask.included(ours, theirs):
            yield from self._part(ours, theirs)

    def tuples(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """The positions, where each is included in the reader's."""
        if not isinstance(one.keywords[word], list):
            yield from self.items(word, one, others)
            return
        pairs: list[tuple[Subschema, Subschema]] = []
        for index in range(len(one.keywords[word])):  # type: ignore[arg-type]  # a list
            ours = self._reader.below(one, word, index)
            positions = (self._writer.below(part, name, index) for part in others for name in ("prefixItems", "items"))
            theirs = next((found for found in positions if found is not None), None)
            if ours is None or theirs is None or not self._ask.included(ours, theirs):
                return
            pairs.append((ours, theirs))
        for ours, theirs in pairs:
            yield from self._part(ours, theirs)

    def all_of(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """Each member, which the same part of the writer meets."""
        members = one.keywords[word]
        for index in range(len(members)) if isinstance(members, list) else ():
            member = self._reader.below(one, word, index)
            if member is not None:
                yield from self._part(member, others[0])

    def referred(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """What a reference leads to, which the same part of the writer meets."""
        for target in self._reader.targets(one):
            if word in one.keywords:
                yield from self._part(target, others[0])

    def branches(self, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:
        """One branch for all that the writer sends, or one for each branch of the writer."""
        members = one.keywords[word]
        count = min(len(members), _BRANCHES) if isinstance(members, list) else 0
        ours = [part for index in range(count) if (part := self._reader.below(one, word, index)) is not None]
        for theirs in ([others[0]], *self._alternatives(others)):
            taken = [next((part for part in ours if self._ask.included(part, each)), None) for each in theirs]
            if all(part is not None for part in taken):
                for part, each in zip(taken, theirs, strict=True):
                    only = ", and by no other branch" if word == "oneOf" else ""
                    if part is not None:
                        yield ProofStep(part.place(), each.place(), f"this branch accepts what the writer sends{only}")
                        yield from self._part(part, each)
                return

    def _in_each_branch(self, word: str, one: Subschema, others: list[Subschema]) -> tuple[Subschema, str] | None:
        """The combination of the writer in each of whose branches a demand is met."""
        for part, keyword, branches in self._combinations(others):
            if all(self._ask.sources(word, one, self._writer.conjoined(each)) for each in branches):
                return part, keyword
        return None

    def _alternatives(self, others: list[Subschema]) -> Iterator[list[Subschema]]:
        for _, _, branches in self._combinations(others):
            yield branches

    def _combinations(self, others: list[Subschema]) -> Iterator[tuple[Subschema, str, list[Subschema]]]:
        for part in others:
            for word in ("oneOf", "anyOf"):
                members = part.keywords.get(word)
                if isinstance(members, list) and len(members) <= _BRANCHES:
                    found = [self._writer.below(part, word, index) for index in range(len(members))]
                    yield part, word, [each for each in found if each is not None]


def _plain(side: SchemaIndex, part: Subschema) -> Subschema:
    """Behind a reference that stands alone."""
    for _ in range(_BRANCHES):
        target = side.follow(part) if demands(side, part) == ["$ref"] else None
        if target is None:
            break
        part = target
    return part


_Way = Callable[[Account, str, Subschema, list[Subschema]], Iterator[ProofStep]]


def _other(account: Account, word: str, one: Subschema, others: list[Subschema]) -> Iterator[ProofStep]:  # noqa: ARG001 - a way
    """Keywords whose demand is one step."""
    yield from ()


_WAYS: Mapping[str, _Way] = {
    "properties": Account.properties,
    "additionalProperties": Account.members,
    "unevaluatedProperties": Account.lifted,
    **dict.fromkeys(("items", "prefixItems"), Account.tuples),
    "allOf": Account.all_of,
    **dict.fromkeys(("anyOf", "oneOf"), Account.branches),
    **dict.fromkeys(REFERRING, Account.referred),
}


def _value(value: JSON) -> str:
    text = shown(value)
    return "" if text.endswith("...") else f" {text}"
