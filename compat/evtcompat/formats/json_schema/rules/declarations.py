"""Properties that are declared: the words and operations that several rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.describe.wording import where
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext
    from evtcompat.formats.json_schema.explain.subschemas import Subschema


def declaration(part: Subschema, name: str, schema: JSON) -> tuple[Operation, ...]:
    """The operation that declares a property in a subschema."""
    if isinstance(part.keywords.get("properties"), dict):
        return (add(part.at("properties", name), schema),)
    return (add(part.at("properties"), {name: schema}),)


def facts_of(context: FailureContext, name: str) -> dict[str, object]:
    """The facts of a finding about one property of the object at the place."""
    return {"property": name, "names": where(paths.member(context.names, name)) + context.condition}
