"""Documents to types: the Avro specification's "Schema Declaration", as leniently as Avro Java parses a writer.

Names are resolved (also ahead of their definition, as Avro Java does since 1.12, and through references), structure is
checked, and nothing else: illegal characters in names and invalid defaults are the business of
`evtcompat.formats.avro.lint`. The speed of a check is mostly the speed of this module, so places are only computed on
failure, and what schemas are mostly made of (plain names, nullable fields) is parsed before the general case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.annotations import ANNOTATIONS, CONNECT
from evtcompat.formats.avro.defaults import usual
from evtcompat.formats.avro.limits import MAX_NESTING, headroom, nesting
from evtcompat.formats.avro.logical import logical_type, with_logical_type
from evtcompat.formats.avro.names import first_repeated
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.scope import TEXT, Scope, is_open
from evtcompat.formats.avro.types import (
    ARRAY,
    BYTES,
    FIXED,
    KIND_NAMES,
    MAP,
    NAMED,
    NULL,
    PLAIN,
    RECORD,
    STRING,
    UNION,
    AvroSchema,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.formats.avro.violations import (
    ViolationError,
    foreign,
    no_field,
    no_name,
    no_schema,
    no_symbol,
    no_type,
    refuse,
    shown,
    too_deep,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evtcompat.model.documents import Document, References
    from evtcompat.model.json_types import JSON

_PRIMITIVES: Final = {name: PLAIN[kind] for kind, name in enumerate(KIND_NAMES[:8])}
#: The unions of two different primitives by their first and second word; sharing them makes most nullable fields of two
#: schemas the same node, at which nobody looks. Those are left out in which a decoder may take what was written in one
#: branch for the other: they are looked at although both sides say the same.
_PAIRS: Final = {
    KIND_NAMES[left]: {
        KIND_NAMES[right]: Union((PLAIN[left], PLAIN[right]))
        for right in range(8)
        if left != right and not PROMOTIONS[right][left]
    }
    for left in range(8)
}
_NONE: Final[dict[str, Union]] = {}
#: Nodes for which null is a default that needs no second look.
_NULLABLE: Final = frozenset(
    {PLAIN[0], *_PAIRS["null"].values(), *(row["null"] for row in _PAIRS.values() if "null" in row)}
)
#: By word, the kind of a container, the key of what it holds, and the containers of plain primitives.
_CONTAINERS: Final = {
    KIND_NAMES[kind]: (kind, key, {name: Container(kind, node) for name, node in _PRIMITIVES.items()})
    for kind, key in ((ARRAY, "items"), (MAP, "values"))
}
#: Steps into the document from a record to the type of one of its fields.
_TO_FIELD: Final = 3
#: A named type says so much at least: its kind, its name, and what makes it.
_OWN_KEYS: Final = 3
_TEXTUAL: Final = (BYTES, STRING)
_NESTING: Final = frozenset({dict, list})
_ORDERS: Final = frozenset({"ascending", "descending", "ignore"})
_MAX_FIXED: Final = 2**31 - 1


def parse(document: Document, references: References) -> AvroSchema:
    """The schema that `document` writes, every name resolved.

    Raises:
        ReferenceMissingError: It uses a name that neither it nor a referenced document defines.
        SchemaError: It is no Avro schema, or nests deeper than `MAX_NESTING`; the place is the offending part, the
            message names the broken rule.
    """
    parser = _Parser(document, references)
    try:
        parser.schema.root = parser.any(document.value, "", 1)
    except ViolationError as violation:
        raise foreign(document) or violation.error(document.origin) from None
    except RecursionError:
        with headroom():
            parser = _Parser(document, references)
            parser.schema.root = parser.whole(document)
    return parser.schema


class _Parser(Scope):
    """One run over a document. `space` is always the namespace around, `depth` counts the containers down to a value.

    Only `any` looks at the depth: everything that nests goes through it.
    """

    __slots__ = ()

    def whole(self, document: Document) -> Type:
        try:
            return self.any(document.value, "", 1)
        except ViolationError as violation:
            error = violation.error(document.origin)
            if error.place is not None:  # nobody else has the text of a document that is referred to
                from evtcompat.syntax.documents import locate

                error.place = locate(document, error.place)
            raise error from None

    def any(self, value: JSON, space: str, depth: int) -> Type:
        """The type that any value writes."""
        if type(value) is dict:
            if depth > MAX_NESTING:
                too_deep()
            try:
                declared = _DECLARED[value["type"]]  # type: ignore[index]  # what cannot be a key is no word either
            except (KeyError, TypeError):
                return self.referred(value, space)
            if type(declared) is Primitive:
                if len(value) == 1:
                    return declared
                found = with_logical_type(value, declared) if "logicalType" in value else declared
                if found is declared or len(value) > 2:  # noqa: PLR2004 - more than the word and a logical type
                    ignored = ANNOTATIONS if found is declared else CONNECT
                    if not ignored.isdisjoint(value):
                        self.schema.annotated = True
                return found
            return declared(self, value, space, depth)  # type: ignore[operator]  # a method, as it is no primitive
        if type(value) is str:
            primitive = _PRIMITIVES.get(value)
            return primitive if primitive is not None else self.named(value, space)
        if type(value) is not list:
            no_schema(value)
        return self.union(value, space, depth)

    def referred(self, value: dict[str, JSON], space: str) -> Type:
        """The type that an object names in its "type", which is no word for a kind of type."""
        if not ANNOTATIONS.isdisjoint(value):
            self.schema.annotated = True
        word = value.get("type")
        if type(word) is not str:
            no_type(value)
        try:
            return self.named(word, space)
        except ViolationError as violation:
            violation.steps.append("type")
            raise

    def container(self, value: dict[str, JSON], space: str, depth: int) -> Container:
        """An array or a map."""
        kind, key, plain = _CONTAINERS[value["type"]]  # type: ignore[index]  # one of these words, as it came here
        if key not in value:
            message = f'the {KIND_NAMES[kind]} has no "{key}"'
            raise ViolationError(message, hint=f'Say what it holds, such as "{key}": "string"')
        if len(value) > 2 and not ANNOTATIONS.isdisjoint(value):  # noqa: PLR2004 - more than the word and the type inside
            self.schema.annotated = True
        inner = value[key]
        if type(inner) is str and inner in plain:
            return plain[inner]
        try:
            return Container(kind, self.any(inner, space, depth + 1))
        except ViolationError as violation:
            violation.steps.append(key)
            violation.names.append("[]" if kind == ARRAY else "{}")
            raise

    def union(self, value: list[JSON], space: str, depth: int) -> Union:
        if depth > MAX_NESTING:
            too_deep()
        if len(value) != 2:  # noqa: PLR2004 - most unions make something nullable
            return self.choice(value, space, depth)
        left, right = value
        if type(left) is str and type(right) is str:
            shared = _PAIRS.get(left, _NONE).get(right)
            if shared is not None:
                return shared
        if left == "null":
            index, other = 1, right
        elif right == "null":
            index, other = 0, left
        else:
            return self.choice(value, space, depth)
        try:
            branch = self.any(other, space, depth + 1)
        except ViolationError as violation:
            violation.steps.append(index)
            raise
        if branch.kind in _NO_SECOND:
            return self.choice(value, space, depth)
        return Union((_NULL, branch) if index else (branch, _NULL))

    def choice(self, value: list[JSON], space: str, depth: int) -> Union:
        """A union of any branches."""
        branches: dict[str, Type] = {}
        branch: Type
        named = records = 0
        index = 0
        try:
            for index, inner in enumerate(value):  # noqa: B007 - the handler reads it
                if type(inner) is str and inner in _PRIMITIVES:
                    name, branch = inner, _PRIMITIVES[inner]
                else:
                    branch = self.any(inner, space, depth + 1)
                    kind = branch.kind
                    if kind < FIXED:
                        name = KIND_NAMES[kind]
                    elif type(branch) is Union:
                        message = "a union stands directly inside a union"
                        refuse(message, hint="List the inner branches in the outer union")
                    else:
                        name = branch.full  # type: ignore[union-attr]  # named, by its kind
                        named += 1
                        records += kind == RECORD
                if name in branches:
                    message = f"the union has two branches of the type {name}"
                    refuse(message, hint="Remove one of them; only named types may appear more than once")
                branches[name] = branch
        except ViolationError as violation:
            violation.steps.append(index)
            raise
        union = Union(list(branches.values()))
        if records > 1:
            self.schema.choosing = True
        if named > 1:
            shorts = [branch.short for branch in union.branches if isinstance(branch, NAMED)]
            union.ambiguous = len(set(shorts)) < len(shorts)
        if "bytes" in branches and _string_first(union.branches):
            self.schema.absorbing = True
        return union

    def record(self, value: dict[str, JSON], space: str, depth: int) -> Record:
        short = value.get("name")
        if type(short) is str and short and "." not in short and "namespace" not in value:
            full = f"{space}.{short}" if space else short
        else:
            full, short, space = self.qualified(value, space)
        if full in self.names:
            return self.known(full, value)  # type: ignore[return-value]  # an equal definition is one of a record
        raw_fields: list[dict[str, JSON]] = value.get("fields")  # type: ignore[assignment]  # looked at as they come
        if type(raw_fields) is not list:
            message = f'the record {full} has no array of "fields"'
            raise ViolationError(message, hint='A record without fields says "fields": []')
        record = Record(full, short, value)
        if "aliases" in value:
            record.aliases = self.aliases(value, space)
        if len(value) > _OWN_KEYS and ("connect.name" in value or "connect.version" in value or "logicalType" in value):
            self.schema.annotated = True
        self.names[full] = record
        self.fields(record, raw_fields, space, depth + _TO_FIELD)
        return record

    def fields(  # noqa: C901, PLR0912 - the hot loop of every check stays in one frame
        self, record: Record, raw_fields: list[dict[str, JSON]], space: str, depth: int
    ) -> None:
        """Fill a record with its fields; `depth` is that of their types."""
        types, defaults = record.types, record.defaults
        primitives = _PRIMITIVES
        pairs = _PAIRS if depth <= MAX_NESTING else {}  # else `union` refuses it
        name: JSON = None
        try:
            for raw in raw_fields:
                try:
                    name, inner = raw["name"], raw["type"]
                except (KeyError, TypeError):
                    name = None
                    no_field(raw)
                if type(name) is not str or not name or name in types:
                    no_name(name, record.full)
                type_: Type | None = None
                if type(inner) is str:
                    type_ = primitives.get(inner)
                elif type(inner) is list and len(inner) == 2:  # noqa: PLR2004 - most fields are nullable
                    left, right = inner
                    if type(right) is str:
                        try:
                            type_ = pairs[left][right]  # type: ignore[index]  # what cannot be a key is no word either
                        except (KeyError, TypeError):
                            type_ = None
                if type_ is None:
                    try:
                        type_ = (
                            self.union(inner, space, depth) if type(inner) is list else self.any(inner, space, depth)
                        )
                    except ViolationError as violation:
                        violation.steps.append("type")
                        raise
                more = len(raw) - 2
                if more and "doc" in raw:
                    more -= 1
                if more and "default" in raw:
                    more -= 1
                    default = defaults[name] = raw["default"]
                    if not ((default is None and type_ in _NULLABLE) or usual(type_, default)):
                        self.odd_default(record, name, default)
                if more:
                    self.field(record, name, raw)
                types[name] = type_
        except ViolationError as violation:
            self.trace(violation, record, name)
            raise
        record.open = False

    def trace(self, violation: ViolationError, record: Record, name: JSON) -> None:
        """Tell that a rule is broken in the field that comes next in a record, and leave the record."""
        violation.steps += (len(record.types), "fields")
        if type(name) is str and name:
            violation.names.append(name)
        if sum(is_open(named) for named in self.names.values()) == 1:
            violation.names.append(record.short)
        record.open = False

    def odd_default(self, record: Record, name: str, default: JSON) -> None:
        """Note a default that `usual` does not accept, to be checked when it is needed."""
        if type(default) is dict or type(default) is list:
            parts = default.values() if type(default) is dict else default
            if not _NESTING.isdisjoint(map(type, parts)):
                nesting(default, self.document.origin)
        self.leave_unchecked(record, name)

    def field(self, record: Record, name: str, raw: dict[str, JSON]) -> None:
        """What few fields say."""
        if "logicalType" in raw:
            self.schema.annotated = True
        if "order" in raw:
            order = raw["order"]
            if type(order) is not str or order.lower() not in _ORDERS:
                message = f"the order of a field is ascending, descending or ignore, not {shown(order)}"
                raise ViolationError(message, "order", hint="Leave it out for ascending")
        if "aliases" in raw:
            if not record.renames:
                record.renames = {}
            record.renames[name] = self.aliases(raw, None)  # type: ignore[index]  # a dict of its own by now

    def enumeration(self, value: dict[str, JSON], space: str, depth: int) -> Enumeration:  # noqa: ARG002 - of the table
        full, short, space = self.qualified(value, space)
        if full in self.names:
            return self.known(full, value)  # type: ignore[return-value]  # an equal definition is one of an enum
        symbols = value.get("symbols")
        if type(symbols) is not list:
            message = f'the enum {full} has no array of "symbols"'
            raise ViolationError(message, hint='List its values, such as "symbols": ["UNKNOWN"]')
        if not TEXT.issuperset(map(type, symbols)):
            no_symbol(symbols)
        default = value.get("default")
        if default is not None and type(default) is not str:
            message = f"the default of the enum {full} is one of its symbols, not {shown(default)}"
            raise ViolationError(message, "default", hint="Write one of the symbols, or leave it out")
        enumeration = Enumeration(full, short, value, symbols, default)  # type: ignore[arg-type]  # strings, as seen
        if len(enumeration.symbol_set) < len(symbols):
            index = first_repeated(enumeration.symbols)
            message = f"the enum {full} lists the symbol {shown(symbols[index])} twice"
            raise ViolationError(message, "symbols", index, hint="Remove one of the two")
        if default is not None and default not in enumeration.symbol_set:
            message = f"the default {shown(default)} of the enum {full} is none of its symbols"
            raise ViolationError(message, "default", hint="Add the symbol, or choose a default that is listed")
        if "aliases" in value:
            enumeration.aliases = self.aliases(value, space)
        if len(value) > _OWN_KEYS and not ANNOTATIONS.isdisjoint(value):
            self.schema.annotated = True
        self.names[full] = enumeration
        return enumeration

    def fixed(self, value: dict[str, JSON], space: str, depth: int) -> Fixed:  # noqa: ARG002 - of the table
        full, short, space = self.qualified(value, space)
        if full in self.names:
            return self.known(full, value)  # type: ignore[return-value]  # an equal definition is one of a fixed
        size = value.get("size")
        if type(size) is not int or not 0 <= size <= _MAX_FIXED:
            message = f'the "size" of the fixed {full} is a number of bytes, not {shown(size)}'
            raise ViolationError(message, hint='Say how many bytes it has, such as "size": 16')
        fixed = Fixed(full, short, value, size)
        if "logicalType" in value:
            fixed.logical = logical_type(value, FIXED, size)
            self.schema.annotated |= fixed.logical is None
        if len(value) > _OWN_KEYS and not CONNECT.isdisjoint(value):
            self.schema.annotated = True
        if "aliases" in value:
            fixed.aliases = self.aliases(value, space)
        self.names[full] = fixed
        return fixed


def _string_first(branches: Sequence[Type]) -> bool:
    """Whether a string stands before bytes among the branches of a union that has bytes, or a type of that name."""
    return next((branch.kind for branch in branches if branch.kind in _TEXTUAL), None) == STRING


_NULL: Final = PLAIN[NULL]
#: What does not go with null in a union.
_NO_SECOND: Final = (NULL, UNION)
#: What each word that declares a type stands for: a plain primitive, or how the rest of the object is parsed.
_DECLARED: Final[dict[str, Primitive | Callable[[_Parser, dict[str, JSON], str, int], Type]]] = {
    **_PRIMITIVES,
    "record": _Parser.record,
    "error": _Parser.record,
    "array": _Parser.container,
    "map": _Parser.container,
    "enum": _Parser.enumeration,
    "fixed": _Parser.fixed,
}
