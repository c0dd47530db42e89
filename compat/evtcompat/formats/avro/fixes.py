"""Changes that mend a mismatch; each is applied and the pair compared again before it is suggested."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.canonical import logical_properties, written_out
from evtcompat.formats.avro.defaults import fault, shown
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    KIND_NAMES,
    LONG,
    MAP,
    NAMED,
    NAMED_LEAVES,
    NULL,
    STRING,
    AvroSchema,
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
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import tokens

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.walk import Found
    from evtcompat.model.json_types import JSON
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.places import Place

#: What mends a mismatch: the sentence, and RFC 6902 operations on the reader's document.
Plan: TypeAlias = tuple[str, list[dict[str, object]]]

#: The mismatches of a pair of schemas, reader first; without witnesses and fixes.
Compare: TypeAlias = Callable[[AvroSchema, AvroSchema], "tuple[Mismatch, ...]"]

#: The rule, the place in the writer, and the field in question.
_Identity: TypeAlias = "tuple[str, Place, object]"

#: Fixes are tried for so many mismatches of a pair, and fewer where comparing again is long; each costs a comparison.
MOST: Final = 40
_MOST_COMPARED: Final = 4000

#: What a fix may bring with it.
_MILD: Final = frozenset({"alias-bridges-rename", "default-of-later-branch", "enum-symbol-defaulted"})

_ZEROS: Final[dict[int, JSON]] = {
    NULL: None,
    BOOLEAN: False,
    INT: 0,
    LONG: 0,
    FLOAT: 0.0,
    DOUBLE: 0.0,
    BYTES: "",
    STRING: "",
    ARRAY: [],
    MAP: {},
}


@dataclass(frozen=True, slots=True)
class Fixer:
    """Suggests changes to the reader of one pair."""

    reader: AvroSchema
    writer: AvroSchema
    #: The mismatches of a pair, to compare again.
    compare: Compare
    #: The mismatches that the pair has now.
    found: Sequence[Found]

    def fix(self, found: Found) -> Fix | None:
        """A change after which this mismatch is gone and no other has come; ``None`` where none is known.

        Parts that lie in a referenced document are left alone: a fix is an edit of the document that is compared.
        """
        chain = [found]
        while chain[-1].cause is not None:
            chain.append(chain[-1].cause)
        # what keeps a branch from matching is best mended where it lies
        for one in reversed(chain):
            plan = _PLANS.get(one.mismatch.rule)
            proposal = plan(one) if plan is not None and one.mismatch.reader.origin is None else None
            if proposal is not None:
                text, operations = proposal
                if self._mends(found.mismatch, operations):
                    return Fix(text, "reader", tuple(operations))
        return None

    def _mends(self, mismatch: Mismatch, operations: list[dict[str, object]]) -> bool:
        try:
            value = patched(self.reader.document.value, operations)
            references = FunctionReferences(self.reader.sources.get)
            mended = parse(Document(value, self.reader.document.origin), references)
        except (SchemaError, LookupError):
            return False
        after = self.compare(mended, self.writer)
        before = {_identity(one.mismatch) for one in self.found} - {_identity(mismatch)}
        gone = _identity(mismatch) not in [_identity(other) for other in after]
        return gone and all(_known(other, before) for other in after)


def _known(mismatch: Mismatch, before: AbstractSet[_Identity]) -> bool:
    """Whether a mismatch was there before a fix, or follows from such as were: a union's from those of its branch."""
    if _identity(mismatch) in before or mismatch.rule in _MILD:
        return True
    return bool(mismatch.because) and all(_known(cause, before) for cause in mismatch.because)


def _identity(mismatch: Mismatch) -> _Identity:
    """What stays the same of a mismatch when another part of the reader changes."""
    return mismatch.rule, mismatch.writer, mismatch.facts.get("field")


def tries(count: int) -> int:
    """For how many of `count` mismatches a fix is tried."""
    return max(1, min(MOST, _MOST_COMPARED // max(count, 1)))


def patched(value: JSON, operations: list[dict[str, object]]) -> JSON:
    """A document after RFC 6902 ``add`` and ``replace`` operations; `value` stays as it is, and shares what is left.

    Raises:
        LookupError: A pointer leads nowhere.
    """
    result = value
    for operation in operations:
        new = operation["value"]
        steps = tokens(str(operation["path"]))
        if not steps:
            result = new  # type: ignore[assignment]  # operations carry JSON
            continue
        result = part = copy.copy(result)
        for step in steps[:-1]:
            # or LookupError
            if isinstance(part, list):
                part[int(step)] = inner = copy.copy(part[int(step)])
            else:
                part[step] = inner = copy.copy(part[step])  # type: ignore[index]
            part = inner
        if isinstance(part, list):
            if steps[-1] == "-":
                part.append(new)  # type: ignore[arg-type]  # operations carry JSON
            else:
                part[int(steps[-1])] = new  # type: ignore[call-overload]  # operations carry JSON
        elif isinstance(part, dict):
            part[steps[-1]] = new  # type: ignore[assignment]  # operations carry JSON
    return result


def _zero(type_: Type) -> tuple[JSON] | None:
    """The plainest default of a type, in a tuple of one, or ``None``."""
    if isinstance(type_, Union):
        return _zero(type_.branches[0]) if type_.branches else None
    if isinstance(type_, Enumeration):
        return (type_.default or type_.symbols[0],) if type_.symbols else None
    if isinstance(type_, Fixed):
        return ("\0" * type_.size,)
    if isinstance(type_, Record):
        return ({},) if fault(type_, {}) is None else None
    if type_.logical is not None and type_.logical.name == "uuid":
        return ("00000000-0000-0000-0000-000000000000",)
    return (_ZEROS[type_.kind],)


def _default(found: Found) -> Plan | None:
    """Give the field a default, null where its type allows it."""
    field = found.field
    if field is None:
        return None
    pointer = found.mismatch.reader.pointer.removesuffix("/default")
    type_ = field.type
    if isinstance(type_, Union) and any(branch.kind == NULL for branch in type_.branches[1:]):
        record = found.here.type
        raw = record.raw["fields"][field.index]["type"] if isinstance(record, Record) else None  # type: ignore[index,call-overload]  # parsed
        if not isinstance(raw, list):
            return None
        first = [raw[index] for index, branch in enumerate(type_.branches) if branch.kind == NULL]
        union = first + [branch for branch in raw if branch not in first]
        text = f'Put null first in the union of {field.name} and give it "default": null'
        return text, [
            {"op": "replace", "path": f"{pointer}/type", "value": union},
            {"op": "add", "path": f"{pointer}/default", "value": None},
        ]
    zero = _zero(type_)
    if zero is None:
        return None
    text = f'Give {field.name} a default, such as "default": {shown(zero[0])}'
    return text, [{"op": "add", "path": f"{pointer}/default", "value": zero[0]}]


def _corrected(found: Found) -> Plan | None:
    """Give the field another default than the wrong one."""
    plan = _default(found)
    if plan is None or found.field is None:
        return plan
    text, operations = plan
    wrong = f"Give {found.field.name} a default, such as"
    return text.replace(wrong, f"Correct the default of {found.field.name}, such as"), operations


def _other_than_empty(found: Found) -> Plan | None:
    """Give a union another default than an empty array, or take the array out of it."""
    field = found.field
    if field is None or not isinstance(field.type, Union):
        return None
    kinds = [branch.kind for branch in field.type.branches]
    pointer = found.mismatch.reader.pointer
    if NULL in kinds[1:]:
        return _default(found)
    if NULL in kinds:
        return f'Give {field.name} "default": null', [{"op": "replace", "path": f"{pointer}/default", "value": None}]
    record = found.here.type
    raw = record.raw["fields"][field.index]["type"] if isinstance(record, Record) else None  # type: ignore[index,call-overload]  # parsed
    if not isinstance(raw, list) or len(raw) != 1:
        return None
    return f"Make {field.name} a plain array", [{"op": "replace", "path": f"{pointer}/type", "value": raw[0]}]


def _alias(found: Found) -> Plan | None:
    """Give the reader's named type the writer's full name as an alias."""
    reader, writer = found.here.type, found.there.type
    if isinstance(reader, Union) and isinstance(writer, NAMED_LEAVES):
        reader = next((one for one in reader.branches if one.kind == writer.kind), reader)
    if not isinstance(reader, NAMED) or not isinstance(writer, NAMED):
        return None
    pointer, origin = found.here.index.definition(reader)
    if origin is not None:
        return None
    # A name without a dot would be taken for one in the namespace of the type that carries the alias.
    alias = writer.full if writer.space or not reader.space else f".{writer.full}"
    aliases = [*_listed(reader.raw), alias]
    text = f'Give {reader.full} the alias "{alias}"'
    return text, [{"op": "add", "path": f"{pointer}/aliases", "value": aliases}]


def _listed(raw: Mapping[str, JSON]) -> list[JSON]:
    aliases = raw.get("aliases")
    return aliases if isinstance(aliases, list) else []


def _enum_default(found: Found) -> Plan | None:
    """Give the reader's enum a default symbol."""
    reader = found.here.type
    if not isinstance(reader, Enumeration) or not reader.symbols:
        return None
    words = ("unknown", "unspecified", "undefined", "other", "none")
    symbol = next((symbol for word in words for symbol in reader.symbols if symbol.lower() == word), reader.symbols[0])
    pointer = found.mismatch.reader.pointer.removesuffix("/symbols")
    text = f'Give the enum {reader.full} a default that stands for unknown symbols, such as "default": "{symbol}"'
    return text, [{"op": "add", "path": f"{pointer}/default", "value": symbol}]


def _keep_type(found: Found) -> Plan | None:
    """Keep the writer's primitive type, or take it beside one's own where it is one of several that the writer has."""
    writer = found.there.type
    if not isinstance(writer, Primitive):
        return None
    pointer = found.mismatch.reader.pointer
    outer = found.there.parent
    if outer is not None and isinstance(outer.type, Union):
        return _both(found, writer, pointer) if found.mismatch.rule == "type-mismatch" else None
    text = f"Keep {type_name(writer)} here, and add a field for the new type"
    return text, [{"op": "replace", "path": pointer, "value": _written(writer)}]


def _both(found: Found, writer: Primitive, pointer: str) -> Plan | None:
    document = found.here.index.schema.document.value
    own = part_at(document, pointer)
    around, _, last = pointer.rpartition("/")
    holder = part_at(document, around) if last == "type" else None
    null_first = writer.kind == NULL and not (isinstance(holder, dict) and "default" in holder)
    union = [_written(writer), own] if null_first else [own, _written(writer)]
    name = found.here.step.name if isinstance(found.here.step, Field) else "it"
    return f"Let {name} be {type_name(writer)} as well", [{"op": "replace", "path": pointer, "value": union}]


def _branch(found: Found) -> Plan | None:
    """Add the writer's type to the reader's union; what the reader defines already is referred to."""
    writer, union = found.there.type, found.here.type
    if not isinstance(union, Union):
        return None
    value: JSON
    if isinstance(writer, Primitive):
        value = _written(writer)
    elif any(branch_name(branch) == branch_name(writer) for branch in union.branches):
        return None
    else:
        known = found.here.index.schema.names
        value = written_out(AvroSchema(Document(None), writer, {}), known=known)
        if isinstance(value, dict) and not any(named.space for named in known.values()):
            value.pop("namespace", None)
    pointer = f"{found.mismatch.reader.pointer}/-"
    return f"Add {type_name(writer)} to the union", [{"op": "add", "path": pointer, "value": value}]


def _written(type_: Primitive) -> JSON:
    name = KIND_NAMES[type_.kind]
    return name if type_.logical is None else {"type": name, **logical_properties(type_.logical)}


def part_at(value: JSON, pointer: str) -> JSON:
    """The part of a document that an RFC 6901 pointer leads to.

    Raises:
        LookupError: It leads nowhere.
    """
    for step in tokens(pointer):
        value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]  # or LookupError
    return value


_PLANS: Final[dict[str, Callable[[Found], Plan | None]]] = {
    "bytes-read-as-string": _keep_type,
    "dead-field-alias": _alias,
    "decimal-scale-changed": _keep_type,
    "empty-array-default-in-union": _other_than_empty,
    "invalid-reader-default": _corrected,
    "logical-type-added": _keep_type,
    "logical-type-changed": _keep_type,
    "missing-enum-symbols": _enum_default,
    "missing-union-branch": _branch,
    "name-mismatch": _alias,
    "named-type-moved-in-union": _alias,
    "number-precision-lost": _keep_type,
    "reader-field-missing-default-value": _default,
    "reader-schema-refused": _corrected,
    "string-read-as-uuid": _keep_type,
    "time-unit-changed": _keep_type,
    "type-mismatch": _keep_type,
}
