"""The intermediate representation: Avro types with every name resolved.

A parsed schema is a graph of these nodes. A named type is one node however often it is used, so identity is meaningful:
a pair of nodes is a pair of types. Plain primitives are shared by all schemas. Nodes are built by
`formats.avro.parse` and never change afterwards; only a record's fields are tied after its creation, because types
may be recursive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from evtcompat.dataclasses import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

NULL: Final = 0
BOOLEAN: Final = 1
INT: Final = 2
LONG: Final = 3
FLOAT: Final = 4
DOUBLE: Final = 5
BYTES: Final = 6
STRING: Final = 7
ARRAY: Final = 8
MAP: Final = 9
FIXED: Final = 10
ENUM: Final = 11
RECORD: Final = 12
UNION: Final = 13

#: The Avro word of a kind; the index is the kind.
KIND_NAMES: Final = (
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
    "array",
    "map",
    "fixed",
    "enum",
    "record",
    "union",
)


#: The words of the types that are no name of a definition.
PRIMITIVES: Final = frozenset(KIND_NAMES[: STRING + 1])


class Missing:
    """The type of `MISSING`, which stands where JSON's ``null`` is a value of its own."""

    def __repr__(self) -> str:
        """Its name."""
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: `formats.avro.logical` makes one of a kind
class Logical:
    """A logical type that is known and valid on its carrier; anything else is ignored, as the specification says."""

    name: str
    #: Decimal digits, for ``decimal`` only.
    precision: int = 0
    #: Digits after the point, for ``decimal`` only.
    scale: int = 0

    def __str__(self) -> str:
        """The name, with precision and scale for decimals."""
        return f"{self.name}({self.precision}, {self.scale})" if self.name == "decimal" else self.name


class Primitive:
    """One of the eight primitive types, with or without a logical type."""

    __slots__ = ("kind", "logical")

    def __init__(self, kind: int, logical: Logical | None = None) -> None:
        self.kind = kind
        self.logical = logical


class Container:
    """An array (`kind` is `ARRAY`) or a map; `of` is the type of its items or values."""

    __slots__ = ("kind", "of")

    logical: ClassVar[None] = None

    def __init__(self, kind: int, of: Type) -> None:
        self.kind = kind
        self.of = of


class Fixed:
    """A fixed type of `size` bytes; `short` is the last part of the name `full`."""

    __slots__ = ("aliases", "full", "kind", "logical", "raw", "short", "size")

    def __init__(self, full: str, short: str, raw: dict[str, JSON], size: int) -> None:
        self.kind = FIXED
        self.full = full
        self.short = short
        self.raw = raw
        self.size = size
        #: Full names, made absolute with the namespace of this type.
        self.aliases: tuple[str, ...] = ()
        self.logical: Logical | None = None

    @property
    def space(self) -> str:
        """The namespace, or ``""``."""
        return self.full[: -len(self.short) - 1]


class Enumeration:
    """An enum type; `default` is one of the symbols or ``None``."""

    __slots__ = ("aliases", "default", "full", "kind", "raw", "short", "symbol_set", "symbols")

    logical: ClassVar[None] = None

    def __init__(
        self, full: str, short: str, raw: dict[str, JSON], symbols: Sequence[str], default: str | None
    ) -> None:
        self.kind = ENUM
        self.full = full
        self.short = short
        self.raw = raw
        self.symbols = symbols
        self.symbol_set = frozenset(symbols)
        self.default = default
        #: Full names, made absolute with the namespace of this type.
        self.aliases: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        """The namespace, or ``""``."""
        return self.full[: -len(self.short) - 1]


class Field:
    """A field of a record, as a row."""

    __slots__ = ("aliases", "default", "index", "name", "type")

    def __init__(self, name: str, index: int, type_: Type, default: JSON | Missing, aliases: tuple[str, ...]) -> None:
        self.name = name
        self.index = index
        self.type = type_
        #: The JSON value of the default, or `MISSING`.
        self.default = default
        self.aliases = aliases


class Record:
    """A record or error type.

    A parser and a verdict look at few facts of many fields, so that the facts are kept by name; the rows are made when
    they are first asked for.

    Attributes:
        types: The types of the fields by their names, in order.
        defaults: The JSON values of the defaults there are.
        renames: The aliases of the fields that have any.
        open: Whether the parser has not yet read all fields.
    """

    __slots__ = (
        "_claims",
        "_fields",
        "_rows",
        "aliases",
        "defaults",
        "full",
        "kind",
        "open",
        "raw",
        "renames",
        "short",
        "types",
    )

    logical: ClassVar[None] = None

    def __init__(self, full: str, short: str, raw: dict[str, JSON]) -> None:
        self.kind = RECORD
        self.full = full
        self.short = short
        self.raw = raw
        self.types: dict[str, Type] = {}
        self.defaults: dict[str, JSON] = {}
        self.renames: Mapping[str, tuple[str, ...]] = _NONE
        self.open = True
        #: Full names, made absolute with the namespace of this type.
        self.aliases: tuple[str, ...] = ()
        self._claims: Mapping[str, str] | None = None
        self._fields: tuple[Field, ...] | None = None
        #: Those that were made so far, by name. There is one of a name, whichever threads ask for it.
        self._rows: dict[str, Field] = {}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in their order; the same rows at every call."""
        if self._fields is None:
            self._fields = tuple([self._rows.get(name) or self._made(at, name) for at, name in enumerate(self.types)])
        return self._fields

    def row(self, name: str) -> Field:
        """The field of a name, the same row as among `fields`.

        Of many fields few are asked for: the first are made one by one.

        Raises:
            ValueError: The record has no such field.
        """
        row = self._rows.get(name)
        if row is None:
            if len(self._rows) >= _ONE_BY_ONE and self._fields is None:
                return next(row for row in self.fields if row.name == name)
            row = self._made(tuple(self.types).index(name), name)
        return row

    def _made(self, index: int, name: str) -> Field:
        made = Field(name, index, self.types[name], self.defaults.get(name, MISSING), self.renames.get(name, ()))
        return self._rows.setdefault(name, made)

    @property
    def claims(self) -> Mapping[str, str]:
        """The fields by their aliases, by name; of several with one alias decoders give it to the last."""
        if self._claims is None:
            self._claims = {alias: name for name in self.types for alias in self.renames.get(name, ())}
        return self._claims

    @property
    def space(self) -> str:
        """The namespace, or ``""``."""
        return self.full[: -len(self.short) - 1]


class Union:
    """A union; no branch is a union, and no two branches have the same name."""

    __slots__ = ("ambiguous", "branches", "kind")

    logical: ClassVar[None] = None

    def __init__(self, branches: Sequence[Type]) -> None:
        self.kind = UNION
        self.branches = branches
        #: Whether two named branches share their short name.
        self.ambiguous = False


Named: TypeAlias = Fixed | Enumeration | Record
Type: TypeAlias = Primitive | Container | Fixed | Enumeration | Record | Union
#: For `isinstance`: a tuple is made once, ``Fixed | Enumeration`` at every call.
NAMED: Final = (Fixed, Enumeration, Record)
#: The named types that have no parts.
NAMED_LEAVES: Final = (Fixed, Enumeration)

_NONE: Final[Mapping[str, tuple[str, ...]]] = {}
#: So many rows of a record are made one by one; then all are.
_ONE_BY_ONE: Final = 8
_NO_DOCUMENTS: Final[Mapping[str, Document]] = {}
_NO_NAMES: Final[frozenset[str]] = frozenset()

#: The plain primitives, one node each.
PLAIN: Final = tuple(Primitive(kind) for kind in range(8))


class AvroSchema:
    """A parsed schema; what `AvroFormat.parse` returns.

    Most schemas stand alone, have no aliases and no odd defaults: what few have is shared by the others.
    """

    __slots__ = (
        "absorbing",
        "aliased",
        "annotated",
        "choosing",
        "document",
        "documents",
        "faults",
        "forms",
        "names",
        "recursive",
        "refers",
        "refusals",
        "repeated",
        "root",
        "sources",
        "unchecked_defaults",
    )

    def __init__(self, document: Document, root: Type, names: dict[str, Named]) -> None:
        #: The document that was parsed.
        self.document = document
        #: The type that it writes.
        self.root = root
        #: Every named type, by full name.
        self.names = names
        #: The documents that were referred to, by origin.
        self.documents: Mapping[str, Document] = _NO_DOCUMENTS
        #: For each named type that a referenced document defines, that document; those that it refers to come first.
        self.sources: Mapping[str, Document] = _NO_DOCUMENTS
        #: Every alias of a type or a field; those of types are absolute.
        self.aliased: AbstractSet[str] = _NO_NAMES
        #: Whether a union lists string before bytes: fastavro takes such a string for bytes as well.
        self.absorbing = False
        #: Whether something in it says what Avro ignores and others may go by (a logical type that has no effect, words
        #: of Kafka Connect), or says again what was said. What that is, `evtcompat.formats.avro.annotations` finds.
        self.annotated = False
        #: The definitions that repeat one of before, alike: the type, the definition, and the document that holds it.
        self.repeated: Sequence[tuple[Named, dict[str, JSON], Document]] = ()
        #: Why fastavro refuses the schema or what it writes, once `evtcompat.formats.avro.refusals` has looked.
        self.refusals: Sequence[object] | None = None
        #: Whether a union has several records among its branches.
        self.choosing = False
        #: Whether a type contains itself.
        self.recursive = False
        #: Whether a type is used by its name, or defined twice alike.
        self.refers = False
        #: The fields whose default needs a close look, as record and name, in document order; those that are right at
        #: a glance (`evtcompat.formats.avro.defaults.usual`) are left out.
        self.unchecked_defaults: Sequence[tuple[Record, str]] = ()
        #: The fields whose default is wrong, with the reason, once `evtcompat.formats.avro.defaults.faults` has looked.
        self.faults: list[tuple[Record, Field, str]] | None = None
        #: What fastavro has made of it, once `evtcompat.formats.avro.payloads.fastavro_schemas` has asked.
        self.forms: object | None = None


def type_name(type_: Type) -> str:
    """How a person calls a type: ``record a.B``, ``array``, ``long (timestamp-millis)``, ``union``."""
    if isinstance(type_, NAMED):
        return f"{KIND_NAMES[type_.kind]} {type_.full}"
    if type_.logical is not None:
        return f"{KIND_NAMES[type_.kind]} ({type_.logical})"
    return KIND_NAMES[type_.kind]


def branch_name(type_: Type) -> str:
    """How Avro names a union branch: the full name of a named type, else the word for the kind."""
    return type_.full if isinstance(type_, NAMED) else KIND_NAMES[type_.kind]
