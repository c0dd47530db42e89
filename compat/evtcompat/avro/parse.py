"""Documents to types: the Avro specification's "Schema Declaration", as leniently as Avro Java parses a writer.

Names are resolved (also ahead of their definition, as Avro Java does since 1.12, and through references), structure is
checked, and nothing else: illegal characters in names and invalid defaults are the business of
`evtcompat.avro.strict`. The speed of a check is mostly the speed of this module, so places are only computed on
failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from evtcompat.avro.limits import MAX_NESTING, nesting, recursing
from evtcompat.avro.logical import logical_type
from evtcompat.avro.types import (
    ARRAY,
    KIND_NAMES,
    MAP,
    MISSING,
    PLAIN,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Named,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
)
from evtcompat.errors import ReferenceMissingError, SchemaError
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.model.documents import Document, References
    from evtcompat.model.json_types import JSON

_PRIMITIVES: Final = {name: PLAIN[kind] for kind, name in enumerate(KIND_NAMES[:8])}
#: The unions of two different primitives; sharing them makes most nullable fields of two schemas the same node.
_PAIRS: Final = {
    (KIND_NAMES[left], KIND_NAMES[right]): Union([PLAIN[left], PLAIN[right]], twins=False)
    for left in range(8)
    for right in range(8)
    if left != right
}
#: Nodes for which null is a default that needs no second look.
_NULLABLE: Final = frozenset({PLAIN[0], *(union for names, union in _PAIRS.items() if "null" in names)})
_NESTING: Final = frozenset({dict, list})
_ORDERS: Final = frozenset({"ascending", "descending", "ignore"})
#: A place deeper than this many steps helps nobody; the whole document is named instead.
_LONGEST_POINTER: Final = 200
_MAX_FIXED: Final = 2**31 - 1


class _Broken(Exception):  # noqa: N818 - a control flow of this module, never seen outside it
    """A rule of the specification is broken; `steps` leads to the place, innermost first."""

    def __init__(self, message: str, *steps: str | int, hint: str | None = None, missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.missing = missing
        self.steps: list[str | int] = list(reversed(steps))
        self.names: list[str] = []
        self.origin: str | None = None


def parse(document: Document, references: References) -> AvroSchema:
    """The schema that `document` writes, every name resolved.

    Raises:
        ReferenceMissingError: It uses a name that neither it nor a referenced document defines.
        SchemaError: It is no Avro schema; the place is the offending part, the message names the broken rule.
    """

    def run() -> AvroSchema:
        return _Parser(document, references).parse()

    return recursing(run)


class _Parser:
    __slots__ = (
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
        self.aliased = False
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
            aliased=self.aliased,
            recursive=self.recursive,
            defaulted=self.defaulted,
        )

    def whole(self, document: Document) -> Type:
        try:
            return self.schema(document.value, "", 1)
        except _Broken as broken:
            pointer = names = ""
            if len(broken.steps) < _LONGEST_POINTER:
                for step in reversed(broken.steps):
                    pointer = child(pointer, step)
                names = ".".join(reversed(broken.names))
            error = ReferenceMissingError if broken.missing else SchemaError
            place = Place(pointer, names, document.origin)
            raise error(broken.message, place=place, hint=broken.hint) from None

    def schema(self, value: JSON, space: str, depth: int) -> Type:
        """The type that `value` writes inside the namespace `space`; `depth` counts the containers down to it."""
        if type(value) is str:
            found = _PRIMITIVES.get(value)
            return found if found is not None else self.named(value, space, depth)
        if depth > MAX_NESTING:
            message = f"the schema nests deeper than {MAX_NESTING} arrays and objects"
            raise _Broken(message, hint="Flatten the schema, or name the inner types and refer to them")
        if type(value) is dict:
            return self.declaration(value, space, depth)
        if type(value) is list:
            return self.union(value, space, depth)
        message = f"a schema is a name, an object or an array of schemas, not {_shown(value)}"
        raise _Broken(message)

    def declaration(  # noqa: C901 - the table of the kinds of schema
        self, value: dict[str, JSON], space: str, depth: int
    ) -> Type:
        word = value.get("type")
        if type(word) is not str:
            self.no_type(value)
        plain = _PRIMITIVES.get(word)
        if plain is not None:
            if "logicalType" in value:
                logical = logical_type(value, plain.kind, 0)
                if logical is not None:
                    return Primitive(plain.kind, logical)
            return plain
        if word in {"record", "error"}:
            return self.record(value, space, depth)
        if word == "array":
            return self.container(value, space, ARRAY, depth)
        if word == "enum":
            return self.enumeration(value, space)
        if word == "map":
            return self.container(value, space, MAP, depth)
        if word == "fixed":
            return self.fixed(value, space)
        try:
            return self.named(word, space, depth)
        except _Broken as broken:
            broken.steps.append("type")
            raise

    def no_type(self, value: dict[str, JSON]) -> NoReturn:
        if "type" not in value:
            message = 'a schema object has no "type"'
            raise _Broken(message, hint="Every schema that is an object names its type")
        word = value["type"]
        message = f'the "type" of a schema object is a name, not {_shown(word)}'
        raise _Broken(message, "type", hint="Write the inner schema itself, without an object around it")

    def container(self, value: dict[str, JSON], space: str, kind: int, depth: int) -> Container:
        key = "items" if kind == ARRAY else "values"
        if key not in value:
            message = f'the {KIND_NAMES[kind]} has no "{key}"'
            raise _Broken(message)
        try:
            return Container(kind, self.schema(value[key], space, depth + 1))
        except _Broken as broken:
            broken.steps.append(key)
            broken.names.append("[]" if kind == ARRAY else "{}")
            raise

    def union(self, value: list[JSON], space: str, depth: int) -> Union:
        if len(value) == 2:  # noqa: PLR2004 - a plain nullable is one node for all schemas
            left, right = value
            if type(left) is str and type(right) is str:
                shared = _PAIRS.get((left, right))
                if shared is not None:
                    return shared
        branches: list[Type] = []
        seen: set[str] = set()
        index = 0
        try:
            for index, inner in enumerate(value):  # noqa: B007 - the handler reads it
                branch = self.schema(inner, space, depth + 1)
                if type(branch) is Union:
                    message = "a union stands directly inside a union"
                    _broken(message, hint="List the inner branches in the outer union")
                name = branch_name(branch)
                if name in seen:
                    message = f"the union has two branches of the type {name}"
                    _broken(message, hint="Remove one of them; only named types may appear more than once")
                seen.add(name)
                branches.append(branch)
        except _Broken as broken:
            broken.steps.append(index)
            raise
        twins = False
        if len(branches) > 2:  # noqa: PLR2004 - a nullable has no twins
            shorts = [branch.short for branch in branches if isinstance(branch, Record | Enumeration | Fixed)]
            twins = len(set(shorts)) < len(shorts)
        elif len(branches) == 2:  # noqa: PLR2004
            first, second = branches
            twins = (
                isinstance(first, Record | Enumeration | Fixed)
                and isinstance(second, Record | Enumeration | Fixed)
                and first.short == second.short
            )
        return Union(branches, twins=twins)

    def name_of(self, value: dict[str, JSON], space: str) -> tuple[str, str]:
        """The full name and the namespace of a definition."""
        name = value.get("name")
        if type(name) is not str:
            message = (
                f'the {value["type"]} has no "name"' if name is None else f"a name is a string, not {_shown(name)}"
            )
            raise _Broken(message)
        if "." in name:
            return _absolute(name, "")
        own = value.get("namespace")
        if own is not None:
            if type(own) is not str:
                message = f"a namespace is a string, not {_shown(own)}"
                raise _Broken(message, "namespace")
            space = own
        if not name:
            message = "a name is empty"
            raise _Broken(message, "name")
        return (f"{space}.{name}" if space else name), space

    def known(self, full: str, value: dict[str, JSON]) -> Named | None:
        """The type that an identical definition of `full` has already made, if any."""
        before = self.names.get(full)
        if before is None:
            return None
        if before.raw is value or (full not in self.open_names and bare(before.raw) == bare(value)):
            return before
        message = f"the name {full} is defined twice, differently"
        raise _Broken(message, "name", hint="Rename one of the two, or refer to the first by its name")

    def aliases(self, value: dict[str, JSON], space: str | None) -> tuple[str, ...]:
        raw = value["aliases"]
        if type(raw) is not list or not all(type(alias) is str for alias in raw):
            message = f"aliases are an array of names, not {_shown(raw)}"
            raise _Broken(message, "aliases")
        if raw:
            self.aliased = True
        names = [str(alias) for alias in raw]
        return tuple(dict.fromkeys(names if space is None else (_absolute(alias, space)[0] for alias in names)))

    def record(  # noqa: C901, PLR0912 - the hot loop of every check stays in one frame
        self, value: dict[str, JSON], space: str, depth: int
    ) -> Record:
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Record):
                return before
        raw_fields = value.get("fields")
        record = Record(full, space, value)
        if type(raw_fields) is not list:
            message = f'the record {full} has no array of "fields"'
            raise _Broken(message)
        if "aliases" in value:
            record.aliases = self.aliases(value, space)
        self.names[full] = record
        self.open_names.add(full)
        fields = record.fields
        by_name = record.by_name
        index = 0
        name: JSON = None
        primitives = _PRIMITIVES
        try:
            for index, raw in enumerate(raw_fields):
                if type(raw) is not dict or "name" not in raw or "type" not in raw:
                    name = None
                    _no_field(raw)
                name, inner = raw["name"], raw["type"]
                if type(name) is not str or not name or name in by_name:
                    _no_name(name, full)
                found = primitives.get(inner) if type(inner) is str else None
                type_ = self.inner(inner, space, depth) if found is None else found
                if len(raw) == 2:  # noqa: PLR2004 - the name and the type
                    field = Field(name, index, type_, MISSING, ())
                else:
                    default = raw.get("default", MISSING)
                    if "aliases" in raw or "order" in raw or type(default) in _NESTING:
                        field = self.field(raw, name, index, type_)
                    else:
                        field = Field(name, index, type_, default, ())
                    if default is not MISSING and not (default is None and type_ in _NULLABLE):
                        self.defaulted.append((record, field))
                by_name[name] = field
                fields.append(field)
        except _Broken as broken:
            broken.steps += (index, "fields")
            if type(name) is str and name:
                broken.names.append(name)
            if len(self.open_names) == 1:
                broken.names.append(record.short)
            self.open_names.discard(full)
            raise
        self.open_names.discard(full)
        return record

    def inner(self, value: JSON, space: str, depth: int) -> Type:
        """The type of a field, `depth` containers down to its record."""
        try:
            return self.schema(value, space, depth + 3)
        except _Broken as broken:
            broken.steps.append("type")
            raise

    def field(self, raw: dict[str, JSON], name: str, index: int, type_: Type) -> Field:
        """A field that says more than its name and type."""
        if "order" in raw:
            order = raw["order"]
            if type(order) is not str or order.lower() not in _ORDERS:
                message = f"the order of a field is ascending, descending or ignore, not {_shown(order)}"
                raise _Broken(message, "order")
        default = raw.get("default", MISSING)
        if type(default) is dict or type(default) is list:
            nesting(default, self.document.origin)
        return Field(name, index, type_, default, self.aliases(raw, None) if "aliases" in raw else ())

    def enumeration(self, value: dict[str, JSON], space: str) -> Enumeration:
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Enumeration):
                return before
        symbols = value.get("symbols")
        if type(symbols) is not list:
            message = f'the enum {full} has no array of "symbols"'
            raise _Broken(message)
        names: list[str] = []
        for index, symbol in enumerate(symbols):
            if type(symbol) is not str:
                message = f"a symbol is a name, not {_shown(symbol)}"
                raise _Broken(message, "symbols", index)
            names.append(symbol)
        default = value.get("default")
        if default is not None and type(default) is not str:
            message = f"the default of the enum {full} is one of its symbols, not {_shown(default)}"
            raise _Broken(message, "default")
        enumeration = Enumeration(full, space, value, names, default)
        if len(enumeration.symbol_set) < len(names):
            index = _first_repeated(names)
            message = f"the enum {full} lists the symbol {_shown(names[index])} twice"
            raise _Broken(message, "symbols", index)
        if default is not None and default not in enumeration.symbol_set:
            message = f"the default {_shown(default)} of the enum {full} is none of its symbols"
            raise _Broken(message, "default", hint="Add the symbol, or choose a default that is listed")
        if "aliases" in value:
            enumeration.aliases = self.aliases(value, space)
        self.names[full] = enumeration
        return enumeration

    def fixed(self, value: dict[str, JSON], space: str) -> Fixed:
        full, space = self.name_of(value, space)
        if full in self.names:
            before = self.known(full, value)
            if isinstance(before, Fixed):
                return before
        size = value.get("size")
        if type(size) is not int or not 0 <= size <= _MAX_FIXED:
            message = f'the "size" of the fixed {full} is a number of bytes, not {_shown(size)}'
            raise _Broken(message)
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
            self.upcoming = dict(_definitions(self.document.value, ""))
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
        raise _Broken(message, hint=hint, missing=True)

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
            raise _Broken(message, missing=True)
        # Mutual references make types recursive in ways that only the whole graph shows; assuming it is always safe.
        self.recursive = True
        return found


def _absolute(name: str, space: str) -> tuple[str, str]:
    """The full name and the namespace of a name used inside `space`."""
    own, dot, short = name.rpartition(".")
    if not dot:
        own = space
    if not short:
        message = f"a name is empty: {_shown(name)}"
        raise _Broken(message, "name")
    return (f"{own}.{short}" if own else short), own


def _no_field(raw: JSON) -> NoReturn:
    """Say what keeps a value from being a field."""
    if not isinstance(raw, dict):
        message = f"a field is an object, not {_shown(raw)}"
    elif "name" not in raw:
        message = "the field has no name"
    else:
        message = f'the field {_shown(raw["name"])} has no "type"'
    raise _Broken(message)


def _no_name(name: JSON, record: str) -> NoReturn:
    """Say what is wrong with the name of a field."""
    if isinstance(name, str) and name:
        message = f"the record {record} has two fields called {name}"
        raise _Broken(message, "name")
    message = "the field has no name" if not name else f"a field's name is a string, not {_shown(name)}"
    raise _Broken(message)


def _broken(message: str, *steps: str | int, hint: str | None = None) -> NoReturn:
    raise _Broken(message, *steps, hint=hint)


def _first_repeated(names: list[str]) -> int:
    """The index of the first name that stands before it already; there is one."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            return index
        seen.add(name)
    return -1


def bare(value: JSON) -> JSON:
    """A schema without what Avro Java leaves out when it compares schemas: docs and aliases."""
    if isinstance(value, dict):
        return {
            key: inner if key == "default" else bare(inner)
            for key, inner in value.items()
            if key not in ("doc", "aliases")
        }
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value


def _definitions(value: JSON, space: str) -> Iterator[tuple[str, tuple[dict[str, JSON], str]]]:
    """Every named definition in a document: its full name, the definition, the namespace that surrounds it."""
    pending: list[tuple[JSON, str]] = [(value, space)]
    while pending:
        part, around = pending.pop()
        if isinstance(part, list):
            pending += ((inner, around) for inner in reversed(part))
            continue
        if not isinstance(part, dict):
            continue
        word = part.get("type")
        if word in ("array", "map"):
            pending.append((part.get("items" if word == "array" else "values"), around))
        elif word in ("record", "error", "enum", "fixed"):
            name, own = part.get("name"), part.get("namespace")
            if not isinstance(name, str) or not name or name.endswith("."):
                continue
            full, inside = _absolute(name, own if isinstance(own, str) else around)
            yield full, (part, around)
            fields = part.get("fields")
            if word in ("record", "error") and isinstance(fields, list):
                pending += ((field.get("type"), inside) for field in reversed(fields) if isinstance(field, dict))


def _shown(value: JSON) -> str:
    """A value in an error message: its JSON, shortened; the kind alone for what has parts."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
