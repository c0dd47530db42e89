"""Whether one schema reads another: the walk that gives the verdict.

It is Avro Java's `SchemaCompatibility`, which memoises each pair of types, and answers "compatible" for a pair that is
still being decided. A result that rests on such an assumption stays in its memo even when the assumption fails, so Java
can call a recursive pair compatible that is not, and its answer depends on the order of fields and branches. `decide`
follows it exactly, since registries do, and tells when an assumption failed; `confirm` then finds the truth: the
largest set of pairs that support each other.

A record pair is the only pair that can be met again while it is open, since only named types can be referred to; the
memo therefore holds record pairs.

Places and words are left to `formats.avro.explanation`, which runs only for pairs that need them. This walk also notes
what else has to be looked at: changes of meaning, and decoders that may diverge.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.matching import AMBIGUOUS, AmbiguousFieldError, distance, matching_name, source_name
from evtcompat.formats.avro.promotions import PROMOTIONS, REFUSED, RISKY
from evtcompat.formats.avro.types import BYTES, FIXED, MAP, NULL, RECORD, UNION, Fixed, Primitive
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.decoders.divergence import Divergence
    from evtcompat.formats.avro.types import AvroSchema, Enumeration, Field, Logical, Named, Record, Type, Union

#: The first kind that is not primitive.
_COMPLEX: Final = len(PROMOTIONS)

_NO_PAIRS: Final[frozenset[tuple[Record, Record]]] = frozenset()
#: Unions of so many branches are searched by name.
_MANY: Final = 32
#: Record pairs that one comparison may visit before it is given up as undecided.
PAIR_BUDGET: Final = 2_000_000


class BudgetSpentError(Exception):
    """The comparison visited more pairs than `PAIR_BUDGET`."""


def decide(
    reader: AvroSchema,
    writer: AvroSchema,
    known: frozenset[tuple[Record, Record]] = frozenset(),
    *,
    decoding: bool = False,
) -> Compatibility:
    """Java's answer to "reader reads writer"; pairs in `known` are taken for incompatible from the start.

    Where it raises over the aliases of a field, decoders need not: when `decoding`, a field is filled as they do it.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    found = Compatibility(reader, writer, decoding=decoding)
    if known:
        found.memo = dict.fromkeys(known, False)
    try:
        found.compatible = found.reads(reader.root, writer.root)
    except AmbiguousFieldError as error:
        found.raised = error.field, error.writer
    return found


def confirm(reader: AvroSchema, writer: AvroSchema, found: Compatibility) -> Compatibility:
    """The answer that holds whatever the order of visits: failed assumptions are taken back until none is left.

    A pair found incompatible under favourable assumptions is incompatible. Each round starts with all pairs that are
    known to be, and ends when no assumption of that round failed; the rest then support each other.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    refused = found.refused
    while found.assumption_failed and found.raised is None:
        refusal = found.refusal
        found = decide(reader, writer, refused, decoding=found.decoding)
        found.refusal = refusal
        refused |= found.refused
    return found


class Readability:
    """Whether one type reads another, for pairs anywhere in two schemas; independent of the order of questions."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._run = Compatibility(reader, writer, decoding=True)

    def reads(self, reader: Type, writer: Type) -> bool:
        """Whether `reader` reads `writer` by the rules, with fields filled as decoders do; ambiguity is a refusal."""
        run = self._run
        while True:
            run.trying = 1
            try:
                compatible = run.reads(reader, writer)
            except AmbiguousFieldError:
                run.memo = {pair: False for pair, result in run.memo.items() if result is False}
                run.assumed = frozenset()
                return False
            failed = [pair for pair in run.assumed if run.memo.get(pair) is False]
            run.assumed = frozenset()
            if not failed:
                return compatible
            run.memo = {pair: False for pair, result in run.memo.items() if result is False}


class Compatibility:
    """One run of Java's algorithm, and what it met on its way; `decide` hands it out when it is finished."""

    __slots__ = (
        "absorbs",
        "assumed",
        "branches_may_diverge",
        "compatible",
        "decoding",
        "divergences",
        "exact",
        "harm",
        "harmful",
        "indexes",
        "memo",
        "moved",
        "noted",
        "raised",
        "refusal",
        "trying",
        "unsure",
        "wrapped",
    )

    def __init__(self, reader: AvroSchema, writer: AvroSchema, *, decoding: bool = False) -> None:
        #: Whether fields are filled as decoders fill them, and not as the checker has it.
        self.decoding = decoding
        #: What is known of pairs of records; ``None`` while a pair is open.
        self.memo: dict[tuple[Record, Record], bool | None] = {}
        #: Visit everything that Java visits: it may raise there, or remember what it found under an assumption.
        self.exact = bool(reader.aliased) or (reader.recursive and writer.recursive)
        #: Java's answer.
        self.compatible = False
        #: Java raised instead of answering, which counts as incompatible: the field, and the writer's record there.
        self.raised: tuple[Field, Record] | None = None
        #: The same of the checker, in a run that is `decoding`.
        self.refusal: tuple[Field, Record] | None = None
        #: Pairs that were taken for compatible while they were open.
        self.assumed: AbstractSet[tuple[Record, Record]] = _NO_PAIRS
        #: A rule about meaning that is an error by default is broken for certain, should the pair be compatible.
        self.harmful = False
        #: Such a rule is broken in the branch that is being tried.
        self.harm = False
        #: Such a rule may be broken: it depends on the branch of a union that is taken in the end.
        self.unsure = False
        #: An explanation has findings, even though the pair is compatible.
        self.noted = False
        #: Two named types meet that have only their short name in common.
        self.moved = False
        #: Decoders may take another branch of a union than the rules do: full names differ, or several would do.
        self.branches_may_diverge = False
        #: A decoder that takes the first branch that fits may take one for bytes that is none of bytes.
        self.absorbs = False
        #: A union of the reader meets a named type that is no branch of a union of the writer.
        self.wrapped = False
        #: How many unions of the reader are being tried; a failure inside one does not end the run.
        self.trying = 0
        #: What decoders make of the pair otherwise, once they were asked.
        self.divergences: Sequence[Divergence] | None = None
        #: The named branches of large unions by their short names, once one is met.
        self.indexes: dict[Union, dict[str, list[Type]]] | None = None

    @property
    def assumption_failed(self) -> bool:
        """Whether an assumption about a recursive pair failed, so that the answer may be too favourable."""
        return any(self.memo[pair] is False for pair in self.assumed)

    @property
    def refused(self) -> frozenset[tuple[Record, Record]]:
        """The record pairs found incompatible; that is certain, assumptions or not."""
        return frozenset(pair for pair, result in self.memo.items() if result is False)

    def reads(self, reader: Type, writer: Type) -> bool:
        """Whether `reader` reads `writer`."""
        reader_kind = reader.kind
        writer_kind = writer.kind
        if writer_kind < _COMPLEX and reader_kind < _COMPLEX:
            return reader is writer or self.promoted(reader, writer)  # type: ignore[arg-type]  # by their kinds
        if writer_kind == UNION:
            return self.reads_union(reader, writer)  # type: ignore[arg-type]  # by its kind
        if reader_kind == UNION:
            if writer_kind >= FIXED:
                self.wrapped = True
            return self.union_reads(reader, writer)  # type: ignore[arg-type]  # by its kind
        if reader_kind != writer_kind:
            return False
        if reader_kind == RECORD:
            return self.record(reader, writer)  # type: ignore[arg-type]  # by its kind
        if reader_kind <= MAP:
            return self.reads(reader.of, writer.of)  # type: ignore[union-attr]  # by its kind
        return self.leaf(reader, writer)  # type: ignore[arg-type]  # an enum or a fixed, as the other

    def promoted(self, reader: Primitive, writer: Primitive) -> bool:
        """Whether one primitive reads another that is not the same node."""
        found = PROMOTIONS[writer.kind][reader.kind]
        if found >= RISKY or (found and reader.logical is not writer.logical):
            self.convert(reader, writer)
        return found != REFUSED

    def convert(self, reader: Primitive | Fixed, writer: Primitive | Fixed) -> None:
        """Note that a readable pair changes its meaning, and whether that is an error."""
        self.noted = True
        if not self.harmful and not self.harm and _changes_meaning(reader, writer):
            if self.trying:
                self.harm = True
            else:
                self.harmful = True

    def leaf(self, reader: Enumeration | Fixed, writer: Enumeration | Fixed) -> bool:
        """Whether an enum or a fixed reads another of its kind."""
        if reader.full != writer.full and not self.renamed(reader, writer):
            return False
        if isinstance(reader, Fixed):
            if reader.size != writer.size:  # type: ignore[union-attr]  # of the reader's kind
                return False
            if reader.logical is not writer.logical:
                self.convert(reader, writer)  # type: ignore[arg-type]  # by its kind
            return True
        if reader.symbol_set >= writer.symbol_set:  # type: ignore[union-attr]  # by its kind
            return True
        self.noted = True
        return reader.default is not None

    def reads_union(self, reader: Type, writer: Union) -> bool:
        """Whether a type reads every branch of a union."""
        compatible = True
        reads = self.union_reads if reader.kind == UNION else self.reads
        for branch in writer.branches:
            if not reads(reader, branch):  # type: ignore[arg-type]  # by its kind
                if not self.trying:
                    return False
                compatible = False
        return compatible

    def union_reads(  # noqa: C901 - what is found in a branch is kept or dropped with it
        self, reader: Union, writer: Type
    ) -> bool:
        """Whether some branch of a union reads a type that is no union."""
        kind = writer.kind
        branches = reader.branches
        if kind == NULL or (kind < _COMPLEX and branches and branches[0] is writer):
            # Null is one node that nothing else reads; before the first branch nothing is tried. Neither is noted.
            return writer in branches
        outer, self.harm = self.harm, False
        self.trying += 1
        found: Type | None = None
        for branch in branches if len(branches) < _MANY else self.candidates(reader, writer):
            if branch is writer:
                found = branch
                break
            if branch.kind != kind and (kind >= _COMPLEX or branch.kind >= _COMPLEX):
                continue
            if self.reads(branch, writer):
                found = branch
                break
            if self.harm:
                # Should the parts of this branch be met again, they are not looked at a second time.
                self.unsure = True
                self.harm = False
        harm = self.harm
        if found is not None and not found.kind == kind < FIXED:
            nearest = self.nearest(reader, found, writer)
            if nearest is None:
                self.unsure = True
                harm = False
            elif nearest is not found:
                self.harm = False
                self.reads(nearest, writer)
                harm = self.harm
        self.trying -= 1
        self.harm = outer
        if found is None:
            return False
        if harm and self.trying:
            self.harm = True
        elif harm:
            self.harmful = True
        return True

    def candidates(self, reader: Union, writer: Type) -> Sequence[Type]:
        """The branches of a large union that are to be asked; without aliases a named type is asked for by its name."""
        if writer.kind < FIXED or self.exact:
            return reader.branches
        if self.indexes is None:
            self.indexes = {}
        if reader not in self.indexes:
            index: dict[str, list[Type]] = {}
            self.indexes[reader] = index
            for branch in reader.branches:
                if branch.kind >= FIXED:
                    index.setdefault(branch.short, []).append(branch)  # type: ignore[union-attr]  # named, by its kind
        return self.indexes[reader].get(writer.short, ())  # type: ignore[union-attr]  # by its kind

    def nearest(self, reader: Union, found: Type, writer: Type) -> Type | None:
        """The branch that the writer's type is judged by, as `found` is the first of the union that reads it.

        It is the nearest of those that read it, and ``None`` where finding out which do needs more than a look. An
        array or map of the writer's own kind is nearest; it is not asked about.
        """
        kind = writer.kind
        if kind < FIXED:
            if kind == BYTES:
                self.absorbs = True
            for branch in reader.branches:
                if branch.kind == kind:
                    self.noted = True
                    return branch
            return found
        if not reader.ambiguous:
            if found.full == writer.full:  # type: ignore[union-attr]  # named, both
                return found
            if kind == RECORD and not self.exact:
                # Without aliases, the one branch of that short name; Java takes it as its fields fit.
                return found
        self.branches_may_diverge = True
        return self.nearest_named(reader, found, writer) if len(reader.branches) < _MANY else None

    def nearest_named(self, reader: Union, found: Type, writer: Type) -> Type | None:
        """The `nearest` branch for a named type; those before the first that reads it do not."""
        best, least = found, distance(found, writer)
        for branch in reader.branches[reader.branches.index(found) + 1 :]:
            away = distance(branch, writer)
            if away < least:
                if branch.kind == RECORD:
                    # Records that are read here would count as read where they are met again.
                    return None
                if self.leaf(branch, writer):  # type: ignore[arg-type]  # by their kinds
                    best, least = branch, away
        return best

    def record(  # noqa: C901 - Java's loop over fields, on the hot path
        self, reader: Record, writer: Record
    ) -> bool:
        """Whether one record reads another; asked once for a pair."""
        pair = reader, writer
        memo = self.memo
        if pair in memo:
            result = memo[pair]
            if result is None:
                self.assumed |= {pair}
                return True
            return result
        compatible = reader.full == writer.full or self.renamed(reader, writer)
        if not compatible and not (self.trying and self.exact):
            # Not memoised: it is cheap to find out, and large unions have many such pairs.
            return False
        if len(memo) > PAIR_BUDGET:
            raise BudgetSpentError
        memo[pair] = None
        theirs = writer.types
        renames = reader.renames
        for name, type_ in reader.types.items():
            other = self.aliased(reader, name, writer) if renames and name in renames else theirs.get(name)
            if other is None:
                if name not in reader.defaults:
                    compatible = False
                    if not self.trying:
                        break
            elif type_ is not other and not self.reads(type_, other):
                compatible = False
                if not self.trying:
                    break
        memo[pair] = compatible
        return compatible

    def aliased(self, reader: Record, name: str, writer: Record) -> Type | None:
        """The type of the writer's field that a field with aliases is filled from."""
        source = (source_name if self.decoding else matching_name)(name, reader, writer)
        if source is None:
            return None
        if source is AMBIGUOUS:
            raise AmbiguousFieldError(reader.row(name), writer)
        if source != name:
            self.noted = True
        return writer.types[source]

    def renamed(self, reader: Named, writer: Named) -> bool:
        """Whether one named type reads another although their full names differ."""
        if writer.full in reader.aliases:
            if reader.short != writer.short:
                self.noted = True
            return True
        if reader.short == writer.short:
            self.moved = True
            return True
        return False


@lru_cache(maxsize=4096)
def _is_harmful(reader_kind: int, ours: Logical | None, writer_kind: int, theirs: Logical | None) -> bool:
    # Most pairs convert nothing, and a short run is mostly start-up: the rules are loaded where one does.
    from evtcompat.formats.avro.rules import conversion_breaches

    found = conversion_breaches(Primitive(reader_kind, ours), Primitive(writer_kind, theirs))
    return any(rule.text.severity is Severity.ERROR for rule, _ in found)


def _changes_meaning(reader: Primitive | Fixed, writer: Primitive | Fixed) -> bool:
    """Whether a readable pair of primitives or fixed breaks a rule that is an error by default."""
    return _is_harmful(reader.kind, reader.logical, writer.kind, writer.logical)
