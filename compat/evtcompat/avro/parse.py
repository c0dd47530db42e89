"""Documents to types: the Avro specification's "Schema Declaration", as leniently as Avro Java parses a writer.

Names are resolved (also ahead of their definition, as Avro Java does since 1.12, and through references), structure is
checked, and nothing else: illegal characters in names and invalid defaults are the business of
`evtcompat.avro.strict`. The speed of a check is mostly the speed of this module, so places are only computed on
failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from evtcompat.avro.broken import Broken, no_field, no_name, refuse, shown
from evtcompat.avro.limits import MAX_NESTING, nesting, recursing
from evtcompat.avro.logical import logical_type, with_logical_type
from evtcompat.avro.naming import absolute, bare, definitions, first_repeated
from evtcompat.avro.types import (
    ARRAY,
    BYTES,
    FIXED,
    KIND_NAMES,
    MAP,
    MISSING,
    NAMED,
    PLAIN,
    STRING,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Named,
    Record,
    Type,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from evtcompat.model.documents import Document, References
    from evtcompat.model.json_types import JSON

_PRIMITIVES: Final = {name: PLAIN[kind] for kind, name in enumerate(KIND_NAMES[:8])}
#: The unions of two different primitives; sharing them makes most nullable fields of two schemas the same node.
_PAIRS: Final = {
    (KIND_NAMES[left], KIND_NAMES[right]): Union([PLAIN[left], PLAIN[right]], twins=False)
    for left in range(8)
    for right in range(8)
    # a union that takes bytes for a string is looked at closely: see `AvroSchema.absorbing`
    if left != right and (left, right) != (STRING, BYTES)
}
#: Nodes for which null is a default that needs no second look.
_NULLABLE: Final = frozenset({PLAIN[0], *(union for names, union in _PAIRS.items() if "null" in names)})
#: The arrays and maps of plain primitives, by kind and the word for what they hold.
_PLAIN_CONTAINERS: Final = {
    (kind, name): Container(kind, node) for kind in (ARRAY, MAP) for name, node in _PRIMITIVES.items()
}
#: What `_PAIRS` is where the document nests too deeply for an array.
_NO_PAIRS: Final[dict[tuple[str, str], Union]] = {}
#: Steps into the document from a record to the type of one of its fields.
_TO_FIELD: Final = 3
_TEXTUAL: Final = (BYTES, STRING)
_NESTING: Final = frozenset({dict, list})
_ORDERS: Final = frozenset({"ascending", "descending", "ignore"})
_MAX_FIXED: Final = 2**31 - 1


def parse(document: Document, references: References) -> AvroSchema:
    """The schema that `document` writes, every name resolved.

    Raises:
        ReferenceMissingError: It uses a name that neither it nor a referenced document defines.
        SchemaError: It is no Avro schema; the place is the offending part, the message names the broken rule.
    """
    return recursing(_parse, document, references)


def _parse(document: Document, references: References) -> AvroSchema:
    return _Parser(document, references).parse()


class _Parser:
    __slots__ = (
        "absorbing",
        "aliased",
        "defaulted",
        "document",
        "documents",
        "names",
        "open_names",
        "recursive",
        "references",
        "sources",
        "upcoming",
    )

    def __init__(self, document: Document, references: References) -> None:
        self.document = document
        self.references = references
        self.names: dict[str, Named] = {}
        self.documents: dict[str, Document] = {}
        self.sources: dict[str, Document] = {}
        self.defaulted: list[tuple[Record, Field]] = []
        self.open_names: set[str] = set()
        self.absorbing = False
        self.aliased: set[str] = set()
        self.recursive = False
        #: The definitions of the current document by full name, once a name was used ahead of its definition.
        self.upcoming: dict[str, tuple[dict[str, JSON], str]] | None = None

    def parse(self) -> AvroSchema:
        root = self.whole(self.document)
        return AvroSchema(
            self.document,
            root,
            names=self.names,
            documents=self.documents,
            sources=self.sources,
            absorbing=self.absorbing,
            aliased=self.aliased,
            recursive=self.recursive,
            defaulted=self.defaulted,
        )

    def whole(self, document: Document) -> Type:
        try:
            return self.schema(document.value, "", 1)
        except Broken as broken:
            raise broken.error(document.origin) from None

    def schema(self, value: JSON, space: str, depth: int) -> Type:
        """The type that `value` writes inside the namespace `space`; `depth` counts the containers down to it."""
        if type(value) is str:
            found = _PRIMITIVES.get(value)
            return found if found is not None else self.named(value, space, depth)
        if depth > MAX_NESTING:
            message = f"the schema nests deeper than {MAX_NESTING} arrays and objects"
            raise Broken(message, hint="Flatten the schema, or name the inner types and refer to them")
        if type(value) is dict:
            return self.declaration(value, space, depth)
        if type(value) is list:
            return self.union(value, space, depth)
        message = f"a schema is a name, an object or an array of schemas, not {shown(value)}"
        raise Broken(message)

    def declaration(self, value: dict[str, JSON], space: str, depth: int) -> Type:
        word = value.get("type")
        if type(word) is not str:
            self.no_type(value)
        plain = _PRIMITIVES.get(word)
        if plain is not None:
            if "logicalType" in value:
                return with_logical_type(value, plain)
            return plain
        complex_type = _COMPLEX.get(word)
        if complex_type is not None:
            return complex_type(self, value, space, depth)
        try:
            return self.named(word, space, depth)
        except Broken as broken:
            broken.steps.append("type")
            raise

    def no_type(self, value: dict[str, JSON]) -> NoReturn:
        if "type" not in value:
            message = 'a schema object has no "type"'
            raise Broken(message, hint="Every schema that is an object names its type")
        word = value["type"]
        message = f'the "type" of a schema object is a name, not {shown(word)}'
        raise Broken(message, "type", hint="Write the inner schema itself, without an object around it")

    def array(self, value: dict[str, JSON], space: str, depth: int) -> Container:
        return self.container(value, space, ARRAY, depth)

    def map(self, value: dict[str, JSON], space: str, depth: int) -> Container:
        return self.container(value, space, MAP, depth)

    def container(self, value: dict[str, JSON], space: str, kind: int, depth: int) -> Container:
        key = "items" if kind == ARRAY else "values"
        if key not in value:
            message = f'the {KIND_NAMES[kind]} has no "{key}"'
            raise Broken(message)
        inner = value[key]
        if type(inner) is str:
            shared = _PLAIN_CONTAINERS.get((kind, inner))
            if shared is not None:
                return shared
        try:
            return Container(kind, self.schema(inner, space, depth + 1))
        except Broken as broken:
            broken.steps.append(key)
            broken.names.append("[]" if kind == ARRAY else "{}")
            raise

    def union(  # noqa: C901 - one loop over the branches, on the hot path
        self, value: list[JSON], space: str, depth: int
    ) -> Union:
        if len(value) == 2:  # noqa: PLR2004 - a plain nullable is one node for all schemas
            left, right = value
            if type(left) is str and type(right) is str:
                shared = _PAIRS.get((left, right))
                if shared is not None:
                    return shared
        branches: dict[str, Type] = {}
        named = 0
        primitives = _PRIMITIVES
        index = 0
        try:
            for index, inner in enumerate(value):  # noqa: B007 - the handler reads it
                branch: Type | None = primitives.get(inner) if type(inner) is str else None
                if branch is None:
                    branch = self.schema(inner, space, depth + 1)
                kind = branch.kind
                if kind < FIXED:
                    name = KIND_NAMES[kind]
                elif type(branch) is Union:
                    message = "a union stands directly inside a union"
                    refuse(message, hint="List the inner branches in the outer union")
                else:
                    name = branch.full  # type: ignore[union-attr]  # named, by its kind
                    named += 1
                if name in branches:
                    message = f"the union has two branches of the type {name}"
                    refuse(message, hint="Remove one of them; only named types may appear more than once")
                branches[name] = branch
        except Broken as broken:
            broken.steps.append(index)
            raise
        twins = False
        if named > 1:
            shorts = [branch.short for branch in branches.values() if isinstance(branch, NAMED)]
            twins = len(set(shorts)) < len(shorts)
        listed = list(branches.values())
        self.absorbing |= "bytes" in branches and _string_first(listed)
        return Union(listed, twins=twins)

    def name_of(self, value: dict[str, JSON], space: str) -> tuple[str, str]:
        """The full name and the namespace of a definition."""
        name = value.get("name")
        if type(name) is not str:
            message = f'the {value["type"]} has no "name"' if name is None else f"a name is a string, not {shown(name)}"
            raise Broken(message)
        if "." in name:
            return absolute(name, "")
        own = value.get("namespace")
        if own is not None:
            if type(own) is not str:
                message = f"a namespace is a string, not {shown(own)}"
                raise Broken(message, "namespace")
            space = own
        if not name:
            message = "a name is empty"
            raise Broken(message, "name")
        return (f"{space}.{name}" if space else name), space

    def known(self, full: str, value: dict[str, JSON]) -> Named | None:
        """The type that an identical definition of `full` has already made, if any."""
        before = self.names.get(full)
        if before is None:
            return None
        if before.raw is value or (full not in self.open_names and bare(before.raw) == bare(value)):
            return before
        message = f"the name {full} is defined twice, differently"
        raise Broken(message, "name", hint="Rename one of the two, or refer to the first by its name")

    def aliases(self, value: dict[str, JSON], space: str | None) -> tuple[str, ...]:
        raw = value["aliases"]
        if type(raw) is not list or not all(type(alias) is str for alias in raw):
            message = f"aliases are an array of names, not {shown(raw)}"
            raise Broken(message, "aliases")
        names = [str(alias) for alias in raw]
        if space is not None:
            names = [absolute(alias, space)[0] for alias in names]
        self.aliased.update(names)
        return tuple(dict.fromkeys(names))

    def record(self, value: dict[str, JSON], space: str, depth: int) -> Record:
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Record):
                return before
        raw_fields = value.get("fields")
        record = Record(full, space, value)
        if type(raw_fields) is not list:
            message = f'the record {full} has no array of "fields"'
            raise Broken(message)
        if "aliases" in value:
            record.aliases = self.aliases(value, space)
        self.names[full] = record
        self.open_names.add(full)
        try:
            self.fields(record, raw_fields, space, depth)
        finally:
            self.open_names.discard(full)
        return record

    def fields(  # noqa: C901, PLR0912 - the hot loop of every check stays in one frame
        self, record: Record, raw_fields: list[JSON], space: str, depth: int
    ) -> None:
        """Give a record its fields; `depth` counts the containers down to the record."""
        by_name = record.by_name
        index = 0
        name: JSON = None
        within_type = False
        primitives = _PRIMITIVES
        pairs = _PAIRS if depth + _TO_FIELD <= MAX_NESTING else _NO_PAIRS
        try:
            for index, raw in enumerate(raw_fields):
                if type(raw) is not dict or "name" not in raw or "type" not in raw:
                    name = None
                    no_field(raw)
                name = raw["name"]
                if type(name) is not str or not name or name in by_name:
                    no_name(name, record.full)
                inner = raw["type"]
                type_: Type | None = None
                if type(inner) is str:
                    type_ = primitives.get(inner)
                elif type(inner) is list and len(inner) == 2:  # noqa: PLR2004 - most often a plain nullable
                    left, right = inner
                    if type(left) is str and type(right) is str:
                        type_ = pairs.get((left, right))
                if type_ is None:
                    within_type = True
                    type_ = self.schema(inner, space, depth + _TO_FIELD)
                    within_type = False
                if len(raw) == 2:  # noqa: PLR2004 - the name and the type
                    by_name[name] = Field(name, index, type_, MISSING, ())
                    continue
                default = raw.get("default", MISSING)
                if "aliases" in raw or "order" in raw or type(default) in _NESTING:
                    field = self.field(raw, name, index, type_)
                else:
                    field = Field(name, index, type_, default, ())
                if default is not MISSING and not (default is None and type_ in _NULLABLE):
                    self.defaulted.append((record, field))
                by_name[name] = field
        except Broken as broken:
            if within_type:
                broken.steps.append("type")
            broken.steps += (index, "fields")
            if type(name) is str and name:
                broken.names.append(name)
            if len(self.open_names) == 1:
                broken.names.append(record.short)
            raise
        record.fields += by_name.values()

    def field(self, raw: dict[str, JSON], name: str, index: int, type_: Type) -> Field:
        """A field that says more than its name and type."""
        if "order" in raw:
            order = raw["order"]
            if type(order) is not str or order.lower() not in _ORDERS:
                message = f"the order of a field is ascending, descending or ignore, not {shown(order)}"
                raise Broken(message, "order")
        default = raw.get("default", MISSING)
        if type(default) is dict or type(default) is list:
            nesting(default, self.document.origin)
        return Field(name, index, type_, default, self.aliases(raw, None) if "aliases" in raw else ())

    def enumeration(self, value: dict[str, JSON], space: str, depth: int) -> Enumeration:  # noqa: ARG002 - of the table
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Enumeration):
                return before
        symbols = value.get("symbols")
        if type(symbols) is not list:
            message = f'the enum {full} has no array of "symbols"'
            raise Broken(message)
        names: list[str] = []
        for index, symbol in enumerate(symbols):
            if type(symbol) is not str:
                message = f"a symbol is a name, not {shown(symbol)}"
                raise Broken(message, "symbols", index)
            names.append(symbol)
        default = value.get("default")
        if default is not None and type(default) is not str:
            message = f"the default of the enum {full} is one of its symbols, not {shown(default)}"
            raise Broken(message, "default")
        enumeration = Enumeration(full, space, value, names, default)
        if len(enumeration.symbol_set) < len(names):
            index = first_repeated(names)
            message = f"the enum {full} lists the symbol {shown(names[index])} twice"
            raise Broken(message, "symbols", index)
        if default is not None and default not in enumeration.symbol_set:
            message = f"the default {shown(default)} of the enum {full} is none of its symbols"
            raise Broken(message, "default", hint="Add the symbol, or choose a default that is listed")
        if "aliases" in value:
            enumeration.aliases = self.aliases(value, space)
        self.names[full] = enumeration
        return enumeration

    def fixed(self, value: dict[str, JSON], space: str, depth: int) -> Fixed:  # noqa: ARG002 - idem
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Fixed):
                return before
        size = value.get("size")
        if type(size) is not int or not 0 <= size <= _MAX_FIXED:
            message = f'the "size" of the fixed {full} is a number of bytes, not {shown(size)}'
            raise Broken(message)
        fixed = Fixed(full, space, value, size)
        if "logicalType" in value:
            fixed.logical = logical_type(value, fixed.kind, size)
        if "aliases" in value:
            fixed.aliases = self.aliases(value, space)
        self.names[full] = fixed
        return fixed

    def named(self, name: str, space: str, depth: int) -> Type:
        """The type that `name` means inside the namespace `space`."""
        full = f"{space}.{name}" if space and "." not in name else name
        for candidate in (full, name) if full != name else (name,):
            found = self.names.get(candidate)
            if found is not None:
                if candidate in self.open_names:
                    self.recursive = True
                return found
        if self.upcoming is None:
            self.upcoming = dict(definitions(self.document.value, ""))
        for candidate in (full, name) if full != name else (name,):
            ahead = self.upcoming.get(candidate)
            if ahead is not None:
                # The type may be used inside itself by way of the place it is defined in.
                self.recursive = True
                return self.declaration(*ahead, depth + 1)
        for candidate in (full, name) if full != name else (name,):
            document = self.references.lookup(candidate)
            if document is not None:
                return self.referenced(document, candidate)
        message = f"the name {full} is not defined"
        hint = "Define it, or tell where it is defined: a file in the same folder, a configured root, a reference"
        raise Broken(message, hint=hint, missing=True)

    def referenced(self, document: Document, full: str) -> Type:
        """The type `full` as another document defines it."""
        before = set(self.names)
        outer, self.upcoming, outer_document = self.upcoming, None, self.document
        self.document = document
        try:
            self.whole(document)
        finally:
            self.document, self.upcoming = outer_document, outer
        if document.origin is not None:
            self.documents[document.origin] = document
        for name in self.names.keys() - before:
            self.sources.setdefault(name, document)
        found = self.names.get(full)
        if found is None:
            message = f"the document {document.origin or 'given'} for the name {full} does not define it"
            raise Broken(message, missing=True)
        # Mutual references make types recursive in ways that only the whole graph shows; assuming it is always safe.
        self.recursive = True
        return found


def _string_first(branches: list[Type]) -> bool:
    """Whether a string stands before bytes among the branches of a union that has bytes."""
    return next(branch.kind for branch in branches if branch.kind in _TEXTUAL) == STRING


#: How each word for a complex type is parsed.
_COMPLEX: Final[dict[str, Callable[[_Parser, dict[str, JSON], str, int], Type]]] = {
    "record": _Parser.record,
    "error": _Parser.record,
    "array": _Parser.array,
    "map": _Parser.map,
    "enum": _Parser.enumeration,
    "fixed": _Parser.fixed,
}
