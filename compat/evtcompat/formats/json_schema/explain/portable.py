"""Copying a subschema into the document of the other side."""

from __future__ import annotations

from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.explain.translate import UntranslatableError, translated
from evtcompat.model.json_types import JSON

#: Words that refer, and words that may be referred to.
_IDENTIFYING = frozenset(
    ("$ref", "$dynamicRef", "$recursiveRef", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
)


def portable(part: Subschema, source: SchemaIndex, target: SchemaIndex) -> JSON:
    """A subschema of the source as the target's document can hold it; ``None`` where it cannot.

    A reference is kept where it leads to the same definition in that document, else its target is copied.
    """
    dialect = source.dialect_of(part)
    reference = part.keywords.get("$ref") if len(part.keywords) == 1 else None
    inner = source.follow(part) if isinstance(reference, str) else None
    if inner is not None:
        kept = dialect is target.schema.dialect and target.leads_to(str(reference), inner)
        return part.value if kept else portable(inner, source, target)
    if not _is_self_contained(part.value):
        return None
    try:
        return translated(part.value, dialect, target.schema.dialect)
    except UntranslatableError:
        return None


def _is_self_contained(schema: JSON) -> bool:
    """Whether a schema can be copied elsewhere: nothing in it refers to what surrounds it, or is referred to."""
    pending: list[JSON] = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if not _IDENTIFYING.isdisjoint(value):
                return False
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return True
