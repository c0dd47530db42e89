"""The verdict first: what Avro Java's `SchemaCompatibility` answers, without places or explanations.

Java memoises each pair of types, and answers "compatible" for a pair that is still being decided. A result that rests
on
such an assumption stays in its memo even when the assumption fails, so Java can call a recursive pair compatible that
is
not, and its answer depends on the order of fields and branches. `decide` follows it exactly, and tells when an
assumption
failed; `settle` then finds the truth: the largest set of pairs that support each other.

A record pair is the only pair that can be met again while it is open, since only named types can be referred to; the
memo therefore holds record pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.avro.defaults import fault
from evtcompat.avro.meaning import harmful
from evtcompat.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    FIXED,
    FLOAT,
    INT,
    LONG,
    MAP,
    MISSING,
    RECORD,
    STRING,
    UNION,
    AvroSchema,
    Field,
    Record,
    Type,
    Union,
)

if TYPE_CHECKING:
    from evtcompat.avro.types import Named

REFUSED: Final = 0
SAME: Final = 1
#: Every value survives.
WIDENED: Final = 2
#: A value can lose precision or be refused by some decoder.
RISKY: Final = 3

#: ``PROMOTIONS[writer kind][reader kind]`` for primitives (the specification's "Schema Resolution").
PROMOTIONS: Final = tuple(
    tuple(
        SAME
        if writer == reader
        else {
            (INT, LONG): WIDENED,
            (INT, DOUBLE): WIDENED,
            (FLOAT, DOUBLE): WIDENED,
            (STRING, BYTES): WIDENED,
            (INT, FLOAT): RISKY,
            (LONG, FLOAT): RISKY,
            (LONG, DOUBLE): RISKY,
            (BYTES, STRING): RISKY,
        }.get((writer, reader), REFUSED)
        for reader in range(8)
    )
    for writer in range(8)
)

#: Record pairs that one comparison may visit before it is given up as undecided.
PAIR_BUDGET: Final = 2_000_000


class AmbiguousFieldError(Exception):
    """A reader field matches several writer fields, by name and aliases; Avro Java raises here."""

    def __init__(self, field: Field, writer: Record) -> None:
        super().__init__(field.name)
        self.field = field
        self.writer = writer


class BudgetSpentError(Exception):
    """The comparison visited more pairs than `PAIR_BUDGET`."""


class Decision:
    """What one run of Java's algorithm found.

    Attributes:
        compatible: Java's answer.
        raised: Java raised instead of answering, which counts as incompatible: the field and the writer's record it is
            about.
        tainted: An assumption about a recursive pair failed, so the answer may be too favourable.
        notable: Something was met that an explanation should look at, even though the pair is compatible.
        harmful: A rule about meaning that is an error by default is broken for certain, should the pair be compatible.
        renamed: Decoders may resolve otherwise than the rules: names differ, or several branches would do.
    """

    __slots__ = ("_memo", "compatible", "harmful", "notable", "raised", "renamed", "tainted")

    def __init__(self, run: _Run, *, compatible: bool, raised: tuple[Field, Record] | None) -> None:
        memo = run.memo
        self.compatible = compatible
        self.raised = raised
        self.tainted = False
        for pair in run.assumed:
            if memo[pair] is False:
                self.tainted = True
        self.notable = run.notable or run.renamed
        self.renamed = run.renamed
        self.harmful = run.harmful
        self._memo = memo

    @property
    def refused(self) -> frozenset[tuple[Record, Record]]:
        """The record pairs found incompatible; that is certain, assumptions or not."""
        return frozenset(pair for pair, result in self._memo.items() if result is False)


def name_matches(reader: Named, writer: Named) -> bool:
    """Whether the names of two named types match: the short names, or the writer's full name by an alias."""
    return reader.short == writer.short or writer.full in reader.aliases


def writer_field(reader_field: Field, writer: Record) -> Field | None:
    """The writer's field that a reader's field is filled from: by name, else by alias.

    Raises:
        AmbiguousFieldError: Several match.
    """
    found = writer.by_name.get(reader_field.name)
    for alias in reader_field.aliases:
        aliased = writer.by_name.get(alias)
        if aliased is not None:
            if found is not None:
                raise AmbiguousFieldError(reader_field, writer)
            found = aliased
    return found


def decide(reader: AvroSchema, writer: AvroSchema, known: frozenset[tuple[Record, Record]] = frozenset()) -> Decision:
    """Java's answer to "reader reads writer"; pairs in `known` are taken for incompatible from the start.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    run = _Run(exact=bool(reader.aliased) or (reader.recursive and writer.recursive))
    for pair in known:
        run.memo[pair] = False
    compatible = False
    raised: tuple[Field, Record] | None = None
    try:
        compatible = run.reads(reader.root, writer.root, speculative=False)
    except AmbiguousFieldError as error:
        raised = error.field, error.writer
    return Decision(run, compatible=compatible, raised=raised)


class _Run:
    __slots__ = ("assumed", "budget", "exact", "harmful", "memo", "notable", "renamed")

    def __init__(self, *, exact: bool) -> None:
        #: ``None`` while a pair is open.
        self.memo: dict[tuple[Record, Record], bool | None] = {}
        #: Pairs that were taken for compatible while they were open.
        self.assumed: set[tuple[Record, Record]] = set()
        self.notable = False
        self.renamed = False
        #: A rule about meaning, one that is an error by default, is broken where no union leaves a choice.
        self.harmful = False
        #: Visit everything that Java visits: it may raise there, or remember what it found under an assumption.
        self.exact = exact
        self.budget = PAIR_BUDGET

    def reads(  # noqa: C901, PLR0912 - Java's table of kinds, on the hot path
        self, reader: Type, writer: Type, *, speculative: bool
    ) -> bool:
        """Whether `reader` reads `writer`; unless `speculative`, in a reader's union, a failure ends the run."""
        reader_kind = reader.kind
        writer_kind = writer.kind
        if writer_kind < 8 and reader_kind < 8:  # noqa: PLR2004 - the primitives
            if reader is writer:
                return True
            found = PROMOTIONS[writer_kind][reader_kind]
            if found >= RISKY or (found and reader.logical != writer.logical):
                self.notable = True
                if not speculative and not self.harmful:
                    self.harmful = harmful(reader, writer)  # type: ignore[arg-type]  # by their kinds
            return found != REFUSED
        if writer_kind == UNION:
            return self.reads_union(reader, writer, speculative=speculative)  # type: ignore[arg-type]  # by its kind
        if reader_kind == UNION:
            return self.union_reads(reader, writer)  # type: ignore[arg-type]  # by its kind
        if reader_kind != writer_kind:
            return False
        if reader_kind == RECORD:
            return self.record(reader, writer, speculative=speculative)  # type: ignore[arg-type]  # by its kind
        if reader_kind <= MAP:
            return self.reads(reader.of, writer.of, speculative=speculative)  # type: ignore[union-attr]  # by its kind
        if not (reader.short == writer.short or writer.full in reader.aliases):  # type: ignore[union-attr]  # by its kind
            return False
        if reader.full != writer.full:  # type: ignore[union-attr]  # by its kind
            self.renamed = True
        if reader.logical != writer.logical:
            self.notable = True
        if reader_kind == FIXED:
            return reader.size == writer.size  # type: ignore[union-attr]  # by its kind
        if reader.symbol_set >= writer.symbol_set:  # type: ignore[union-attr]  # by its kind
            return True
        self.notable = True
        return reader.default is not None  # type: ignore[union-attr]  # by its kind

    def reads_union(self, reader: Type, writer: Union, *, speculative: bool) -> bool:
        compatible = True
        for branch in writer.branches:
            if not self.reads(reader, branch, speculative=speculative):
                if not speculative:
                    return False
                compatible = False
        return compatible

    def union_reads(self, reader: Union, writer: Type) -> bool:
        if reader.twins and writer.kind >= FIXED:
            self.renamed = True
        for branch in reader.branches:
            if self.reads(branch, writer, speculative=True):
                if writer.kind == BYTES and branch.kind == STRING:
                    # A decoder that takes the first branch that fits takes this one, and not a later bytes.
                    self.renamed = True
                return True
        return False

    def record(  # noqa: C901, PLR0912 - Java's loop over fields, on the hot path
        self, reader: Record, writer: Record, *, speculative: bool
    ) -> bool:
        pair = (reader, writer)
        memo = self.memo
        if pair in memo:
            result = memo[pair]
            if result is None:
                self.assumed.add(pair)
                return True
            return result
        compatible = reader.short == writer.short or writer.full in reader.aliases
        if not compatible and not (speculative and self.exact):
            memo[pair] = False
            return False
        if reader.full != writer.full:
            self.renamed = True
        self.budget -= 1
        if not self.budget:
            raise BudgetSpentError
        memo[pair] = None
        theirs = writer.by_name
        for field in reader.fields:
            if field.aliases:
                other = writer_field(field, writer)
                if other is not None and other.name != field.name:
                    self.notable = True
            else:
                other = theirs.get(field.name)
            if other is None:
                if field.default is MISSING:
                    compatible = False
                    if not speculative:
                        break
            elif field.type is not other.type and not self.reads(field.type, other.type, speculative=speculative):
                compatible = False
                if not speculative:
                    break
        memo[pair] = compatible
        return compatible


def settle(reader: AvroSchema, writer: AvroSchema, decision: Decision) -> Decision:
    """The decision that holds whatever the order of visits: failed assumptions are taken back until none is left.

    A pair found incompatible under favourable assumptions is incompatible. Each round starts with all pairs that are
    known to be, and ends when no assumption of that round failed; the rest then support each other.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    refused = decision.refused
    while decision.tainted and decision.raised is None:
        decision = decide(reader, writer, refused)
        refused |= decision.refused
    return decision


class Truth:
    """Whether one type reads another, for pairs anywhere in two schemas; independent of the order of questions."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._run = _Run(exact=bool(reader.aliased) or (reader.recursive and writer.recursive))

    def reads(self, reader: Type, writer: Type) -> bool:
        """Whether `reader` reads `writer` by the rules that Avro Java checks; an ambiguous alias is a refusal."""
        run = self._run
        while True:
            try:
                compatible = run.reads(reader, writer, speculative=True)
            except AmbiguousFieldError:
                run.memo = {pair: False for pair, result in run.memo.items() if result is False}
                run.assumed = set()
                return False
            failed = [pair for pair in run.assumed if run.memo.get(pair) is False]
            run.assumed = set()
            if not failed:
                return compatible
            run.memo = {pair: False for pair, result in run.memo.items() if result is False}


def aliases_meet(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether an alias of the reader is a name in the writer; if not, resolution goes as if there were no aliases."""
    aliases = reader.aliased
    if not aliases:
        return False
    for named in writer.names.values():
        if named.full in aliases or named.short in aliases:
            return True
        if isinstance(named, Record) and not aliases.isdisjoint(named.by_name):
            return True
    return False


#: The Python types of defaults that cannot be wrong (for arrays and maps: when they are empty).
_USUAL: Final[dict[int, type]] = {BOOLEAN: bool, FLOAT: float, DOUBLE: float, STRING: str, ARRAY: list, MAP: dict}


def faults(schema: AvroSchema) -> list[tuple[Record, Field, str]]:
    """The fields of a schema whose default is wrong, with the reason; found once for a schema."""
    cached: list[tuple[Record, Field, str]] | None = schema.__dict__.get("faults")
    if cached is None:
        cached = []
        for record, field in schema.defaulted:
            default, kind = field.default, field.type.kind
            if type(default) is _USUAL.get(kind) and (kind <= STRING or not default):
                continue  # most of the defaults there are; the rest is looked at closely
            found = fault(field.type, default)  # type: ignore[arg-type]  # listed because it is not MISSING
            if found is not None:
                cached.append((record, field, found))
        schema.__dict__["faults"] = cached
    return cached
