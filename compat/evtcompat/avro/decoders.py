"""What real decoders do where it differs from the rules: models of Avro Java's and fastavro's resolution.

The registry's rules (Java's `SchemaCompatibility`) and the decoders disagree about aliases, namespaces and the choice
of
union branches. These models follow the decoders' own algorithms (Avro Java 1.12: `Schema.applyAliases`, `Resolver`;
fastavro 1.13: `match_types`, `read_record`, `read_union`), so that a pair is not called compatible when one of them
would
fail. They are held against the real decoders in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from evtcompat.avro.canonical import identical, written_out
from evtcompat.avro.defaults import java_accepts
from evtcompat.avro.naming import alike
from evtcompat.avro.types import (
    BYTES,
    FIXED,
    MISSING,
    NAMED,
    NAMED_LEAVES,
    STRING,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
    type_name,
)
from evtcompat.avro.verdict import PROMOTIONS, AmbiguousFieldError, faults, writer_field

if TYPE_CHECKING:
    from evtcompat.avro.places import Trail

JAVA: Final = "Avro Java"
FASTAVRO: Final = "fastavro"


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first thing that a decoder stumbles over."""

    decoder: str
    #: ``dead-alias``, ``moved-in-union``, ``renamed-away``, ``ambiguous``, ``wrong-branch``.
    kind: str
    #: How a writer's datum reaches it.
    trail: Trail
    #: The same way in the reader.
    reader_trail: Trail
    #: What happens there, as a clause.
    what: str
    #: The reader's field in question.
    field: Field | None = None
    #: The reader's default replaces the data, and nothing is raised.
    silent: bool = False


def troubles(reader: AvroSchema, writer: AvroSchema) -> list[Trouble]:
    """The first trouble of each decoder, for a pair that the rules allow."""
    found = [
        _Java(reader, writer, faulty=frozenset(id(mine) for _, mine, _ in faults(reader))).first(),
        _Fastavro().first(reader, writer),
    ]
    return [trouble for trouble in found if trouble is not None]


class _TroubleError(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


@dataclass(slots=True)
class _Java:
    """Avro Java: the writer's types and fields are renamed by the reader's aliases, then resolved."""

    reader: AvroSchema
    writer: AvroSchema
    types: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    #: The reader's fields whose default is wrong, by identity.
    faulty: frozenset[int] = frozenset()
    _seen: dict[tuple[Type, Type], bool] = field(default_factory=dict)
    _equal: dict[tuple[Type, Type], bool] = field(default_factory=dict)

    def first(self) -> Trouble | None:
        """The first trouble."""
        self._collect()
        if (self.types or self.fields) and _alike(self.reader, self.writer):
            # Equal schemas are resolved without aliases.
            self.types, self.fields = {}, {}
        try:
            if self.types or self.fields:
                parts = reachable(self.writer.root)
                self._rename(parts)
                self._copy(parts)
            self._resolve(self.reader.root, self.writer.root, (), ())
        except _TroubleError as error:
            return error.trouble
        return None

    def _collect(self) -> None:  # noqa: C901 - one walk that gathers two tables
        """The renaming that the reader's aliases ask for, as `Schema.getAliases` gathers it."""
        if not self.reader.aliased:
            return
        parts = reachable(self.reader.root)
        for named in parts:
            if isinstance(named, NAMED):
                for alias in named.aliases:
                    self.types[alias] = named.full
            if isinstance(named, Record):
                for ours in named.fields:
                    for alias in ours.aliases:
                        self.fields.setdefault(named.full, {})[alias] = ours.name
        if not self.fields:
            return
        for named in parts:
            if isinstance(named, Record) and named.full in self.fields:
                for alias in named.aliases:
                    self.fields[alias] = self.fields[named.full]

    def _full(self, writer: Record | Enumeration | Fixed) -> str:
        return self.types.get(writer.full, writer.full)

    def _short(self, writer: Record | Enumeration | Fixed) -> str:
        return self._full(writer).rpartition(".")[2]

    def _field(self, writer: Record, theirs: Field) -> str:
        return self.fields.get(self._full(writer), {}).get(theirs.name, theirs.name)

    def _rename(self, parts: list[Type]) -> None:
        """Renaming must not make two fields of a record, or two branches of a union, the same."""
        for part in parts:
            if isinstance(part, Record):
                names = [self._field(part, theirs) for theirs in part.fields]
                if len(set(names)) < len(names):
                    twice = next(name for name in names if names.count(name) > 1)
                    what = f"aliases give two fields of {part.full} the name {twice}"
                    raise _TroubleError(Trouble(JAVA, "ambiguous", (), (), what))
            elif isinstance(part, Union):
                names = [
                    self._full(branch) if isinstance(branch, NAMED) else branch_name(branch) for branch in part.branches
                ]
                if len(set(names)) < len(names):
                    twice = next(name for name in names if names.count(name) > 1)
                    what = f"aliases give two branches of a union of the writer the name {twice}"
                    raise _TroubleError(Trouble(JAVA, "renamed-away", (), (), what))

    def _copy(self, parts: list[Type]) -> None:
        """Renaming copies the writer's records, and the copy checks their defaults."""
        reached = {id(part) for part in parts}
        for record, theirs in self.writer.defaulted:
            if id(record) in reached and not java_accepts(theirs.type, theirs.default):
                what = f"applying aliases it copies {record.full}, and refuses the default of {theirs.name} there"
                raise _TroubleError(Trouble(JAVA, "default", (), (), what))

    def _resolve(  # noqa: C901 - `Resolver.resolve` is one table of cases
        self, reader: Type, writer: Type, trail: Trail, ours: Trail
    ) -> None:
        if isinstance(writer, Union):
            aligned = isinstance(reader, Union) and self._equivalent(reader, writer)
            for index, branch in enumerate(writer.branches):
                target = reader.branches[index] if aligned and isinstance(reader, Union) else reader
                self._resolve(target, branch, (*trail, index), (*ours, index) if aligned else ours)
        elif isinstance(reader, Union):
            picked = self._branch(reader, writer)
            if picked is None:
                moved = isinstance(writer, NAMED_LEAVES) and any(
                    branch.kind == writer.kind for branch in reader.branches
                )
                what = f"no branch of the union is taken for {type_name(writer)}"
                raise _TroubleError(Trouble(JAVA, "moved-in-union" if moved else "wrong-branch", trail, ours, what))
            try:
                self._resolve(reader.branches[picked], writer, trail, (*ours, picked))
            except _TroubleError as error:
                if error.trouble.kind == "mismatch":
                    what = f"branch {picked} ({branch_name(reader.branches[picked])}) is taken: {error.trouble.what}"
                    raise _TroubleError(Trouble(JAVA, "wrong-branch", trail, (*ours, picked), what)) from None
                raise
        elif isinstance(reader, Record) and isinstance(writer, Record):
            self._record(reader, writer, trail, ours)
        elif isinstance(reader, Container) and isinstance(writer, Container) and reader.kind == writer.kind:
            self._resolve(reader.of, writer.of, (*trail, None), (*ours, None))
        elif isinstance(reader, NAMED_LEAVES) and isinstance(writer, NAMED_LEAVES) and reader.kind == writer.kind:
            self._named(reader, writer, trail, ours)
        elif reader.kind >= FIXED or writer.kind >= len(PROMOTIONS) or not PROMOTIONS[writer.kind][reader.kind]:
            what = f"it finds {type_name(writer)} and expects {type_name(reader)}"
            raise _TroubleError(Trouble(JAVA, "mismatch", trail, ours, what))

    def _named(self, reader: Enumeration | Fixed, writer: Enumeration | Fixed, trail: Trail, ours: Trail) -> None:
        if self._short(writer) != reader.short:
            what = f"an alias of another type renames {writer.full} to {self._full(writer)}, which is not {reader.full}"
            kind = "renamed-away" if self._full(writer) != writer.full else "mismatch"
            raise _TroubleError(Trouble(JAVA, kind, trail, ours, what))
        if isinstance(reader, Fixed) and isinstance(writer, Fixed) and reader.size != writer.size:
            what = f"the size is {writer.size}, not {reader.size}"
            raise _TroubleError(Trouble(JAVA, "mismatch", trail, ours, what))
        if isinstance(reader, Enumeration) and isinstance(writer, Enumeration) and reader.default is None:
            unknown = next((symbol for symbol in writer.symbols if symbol not in reader.symbol_set), None)
            if unknown is not None:
                raise _TroubleError(Trouble(JAVA, "mismatch", trail, ours, f"the symbol {unknown} is unknown"))

    def _record(self, reader: Record, writer: Record, trail: Trail, ours: Trail) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen[reader, writer] = True
        theirs_by_name = {self._field(writer, theirs): theirs for theirs in writer.fields}
        for mine in reader.fields:
            theirs = theirs_by_name.get(mine.name)
            if theirs is not None:
                self._resolve(mine.type, theirs.type, (*trail, theirs.name), (*ours, mine.name))
                continue
            try:
                expected = writer_field(mine, writer)
            except AmbiguousFieldError:
                expected = None
            if expected is not None:
                silent = mine.default is not MISSING
                applied = f"because {writer.full} counts as {self._full(writer)}, not {reader.full}"
                what = f"the alias {expected.name} of {mine.name} is not applied, {applied}"
                raise _TroubleError(Trouble(JAVA, "dead-alias", trail, ours, what, mine, silent))
            if mine.default is MISSING:
                what = f"it misses the required field {mine.name}"
                raise _TroubleError(Trouble(JAVA, "mismatch", trail, ours, what))

    def _branch(self, reader: Union, writer: Type) -> int | None:
        """The branch that `Resolver.ReaderUnion` takes, or ``None``."""
        structural: int | None = None
        for index, branch in enumerate(reader.branches):
            if branch.kind != writer.kind:
                continue
            if not isinstance(branch, NAMED) or not isinstance(writer, NAMED):
                return index
            if branch.full == self._full(writer):
                return index
            if (
                isinstance(branch, Record)
                and isinstance(writer, Record)
                and (structural is None or branch.short == self._short(writer))
                and self._fits(branch, writer)
            ):
                structural = index
        if structural is not None:
            return structural
        for index, branch in enumerate(reader.branches):
            primitive = writer.kind < len(PROMOTIONS) and branch.kind < len(PROMOTIONS)
            if primitive and PROMOTIONS[writer.kind][branch.kind]:
                return index
        return None

    def _fits(self, reader: Record, writer: Record) -> bool:
        """Whether the fields of two records resolve, one level deep, as `hasMatchError` looks at them."""
        theirs_by_name = {self._field(writer, theirs): theirs for theirs in writer.fields}
        for mine in reader.fields:
            theirs = theirs_by_name.get(mine.name)
            if theirs is None:
                if mine.default is MISSING:
                    return False
                if id(mine) in self.faulty:
                    what = f"looking for a branch it builds the wrong default of {mine.name} of {reader.full}"
                    raise _TroubleError(Trouble(JAVA, "wrong-branch", (), (), what))
                continue
            if not self._shallow(mine.type, theirs.type):
                return False
        return True

    def _shallow(self, reader: Type, writer: Type) -> bool:
        if isinstance(writer, Union):
            return True
        if isinstance(reader, Union):
            return self._branch(reader, writer) is not None if not isinstance(writer, Record) else True
        if isinstance(reader, Primitive) and isinstance(writer, Primitive):
            return bool(PROMOTIONS[writer.kind][reader.kind])
        if isinstance(reader, NAMED_LEAVES) and isinstance(writer, NAMED_LEAVES):
            sizes = (getattr(reader, "size", 0), getattr(writer, "size", 0))
            return reader.kind == writer.kind and self._short(writer) == reader.short and sizes[0] == sizes[1]
        if isinstance(reader, Record) and isinstance(writer, Record):
            theirs = {self._field(writer, other) for other in writer.fields}
            return all(mine.name in theirs or mine.default is not MISSING for mine in reader.fields)
        return reader.kind == writer.kind

    def _equivalent(self, reader: Type, writer: Type) -> bool:
        """`Resolver.unionEquiv`: the same shape and short names, so that branches are taken by position."""
        if reader.kind != writer.kind:
            return False
        if isinstance(reader, NAMED) and isinstance(writer, NAMED) and reader.short != self._short(writer):
            return False
        if isinstance(reader, Container) and isinstance(writer, Container):
            return self._equivalent(reader.of, writer.of)
        if isinstance(reader, Fixed) and isinstance(writer, Fixed):
            return reader.size == writer.size
        if isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
            return reader.symbols == writer.symbols
        if isinstance(reader, Union) and isinstance(writer, Union):
            return len(reader.branches) == len(writer.branches) and all(
                [  # noqa: C419 - a generator would recurse through C frames
                    self._equivalent(mine, theirs)
                    for mine, theirs in zip(reader.branches, writer.branches, strict=True)
                ]
            )
        if isinstance(reader, Record) and isinstance(writer, Record):
            return self._equivalent_records(reader, writer)
        return True

    def _equivalent_records(self, reader: Record, writer: Record) -> bool:
        pair = (reader, writer)
        if pair not in self._equal:
            self._equal[pair] = True
            if len(reader.fields) != len(writer.fields):
                self._equal[pair] = False
            else:
                for mine, theirs in zip(reader.fields, writer.fields, strict=True):
                    if mine.name != self._field(writer, theirs) or not self._equivalent(mine.type, theirs.type):
                        self._equal[pair] = False
                        break
        return self._equal[pair]


@dataclass(slots=True)
class _Fastavro:
    """fastavro: named types match by short name or alias, and a union takes the first branch that matches."""

    _seen: set[tuple[Record, Record]] = field(default_factory=set)

    def first(self, reader: AvroSchema, writer: AvroSchema) -> Trouble | None:
        """The first trouble."""
        if identical(reader, writer):
            # fastavro does not resolve equal schemas at all.
            return None
        try:
            self._read(reader.root, writer.root, (), ())
        except _TroubleError as error:
            return error.trouble
        return None

    def matches(self, reader: Type, writer: Type) -> bool:
        """`match_types`: whether a branch is taken for a writer's type; the kinds of named types are not compared."""
        if isinstance(reader, Union) or isinstance(writer, Union):
            return True
        if isinstance(reader, Container) and isinstance(writer, Container):
            return reader.kind == writer.kind and self.matches(reader.of, writer.of)
        if isinstance(reader, NAMED) and isinstance(writer, NAMED):
            if isinstance(reader, Fixed) and isinstance(writer, Fixed) and reader.size != writer.size:
                return False
            return reader.short == writer.short or writer.full in reader.aliases or writer.short in reader.aliases
        if isinstance(reader, Primitive) and isinstance(writer, Primitive):
            return bool(PROMOTIONS[writer.kind][reader.kind])
        return False

    def _read(  # noqa: C901 - `read_data` is one table of cases
        self, reader: Type, writer: Type, trail: Trail, ours: Trail
    ) -> None:
        if isinstance(writer, Union):
            for index, branch in enumerate(writer.branches):
                self._read(reader, branch, (*trail, index), ours)
            return
        if isinstance(reader, Union):
            picked = next((index for index, branch in enumerate(reader.branches) if self.matches(branch, writer)), None)
            if picked is None:
                what = f"no branch of the union is taken for {type_name(writer)}"
                raise _TroubleError(Trouble(FASTAVRO, "wrong-branch", trail, ours, what))
            branch = reader.branches[picked]
            if writer.kind == BYTES and branch.kind == STRING and not _decimal(writer):
                what = f"branch {picked} (string) is taken for bytes, and bytes that are not UTF-8 are refused"
                raise _TroubleError(Trouble(FASTAVRO, "wrong-branch", trail, (*ours, picked), what))
            try:
                self._read(branch, writer, trail, (*ours, picked))
            except _TroubleError as error:
                name = branch_name(branch)
                what = f"branch {picked} ({name}), the first that matches by short name, is taken: {error.trouble.what}"
                raise _TroubleError(
                    Trouble(FASTAVRO, "wrong-branch", error.trouble.trail, (*ours, picked), what)
                ) from None
            return
        if isinstance(writer, Fixed):
            # Its bytes are read whatever the reader's type is.
            return
        if not self.matches(reader, writer) or (reader.kind != writer.kind and reader.kind >= FIXED):
            what = f"it finds {type_name(writer)} and expects {type_name(reader)}"
            raise _TroubleError(Trouble(FASTAVRO, "wrong-branch", trail, ours, what))
        if isinstance(reader, Record) and isinstance(writer, Record):
            self._record(reader, writer, trail, ours)
        elif isinstance(reader, Container) and isinstance(writer, Container):
            self._read(reader.of, writer.of, (*trail, None), (*ours, None))
        elif isinstance(reader, Enumeration) and isinstance(writer, Enumeration) and not reader.default:
            unknown = next((symbol for symbol in writer.symbols if symbol not in reader.symbol_set), None)
            if unknown is not None:
                raise _TroubleError(Trouble(FASTAVRO, "wrong-branch", trail, ours, f"the symbol {unknown} is unknown"))

    def _record(self, reader: Record, writer: Record, trail: Trail, ours: Trail) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        aliases = {alias: mine for mine in reader.fields for alias in mine.aliases}
        filled: set[str] = set()
        for theirs in writer.fields:
            mine = reader.by_name.get(theirs.name, aliases.get(theirs.name))
            if mine is None:
                continue
            if mine.name in filled:
                what = f"two fields of {writer.full} fill the field {mine.name}"
                raise _TroubleError(Trouble(FASTAVRO, "ambiguous", trail, ours, what, mine))
            filled.add(mine.name)
            self._read(mine.type, theirs.type, (*trail, theirs.name), (*ours, mine.name))
        for mine in reader.fields:
            if mine.name not in filled and mine.default is MISSING:
                what = f"it misses the required field {mine.name}"
                raise _TroubleError(Trouble(FASTAVRO, "wrong-branch", trail, ours, what, mine))


def _decimal(type_: Type) -> bool:
    """Whether fastavro makes a number of the bytes before it would decode them as text."""
    return type_.logical is not None and type_.logical.name == "decimal"


def _alike(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether Avro Java holds two schemas equal: the same but for docs and aliases."""
    if reader.documents or writer.documents:
        return alike(written_out(reader), written_out(writer))
    return alike(reader.document.value, writer.document.value)


def reachable(root: Type) -> list[Type]:
    """Every record, enum, fixed and union that a type consists of, each once, in the order of a walk."""
    found: list[Type] = []
    seen: set[int] = set()
    pending: list[Type] = [root]
    while pending:
        part = pending.pop()
        if part.kind <= STRING or id(part) in seen:
            continue
        if isinstance(part, Container):
            pending.append(part.of)
            continue
        seen.add(id(part))
        found.append(part)
        if isinstance(part, Record):
            pending += (theirs.type for theirs in reversed(part.fields))
        elif isinstance(part, Union):
            pending += reversed(part.branches)
    return found
