"""The library's validator classes with the keywords replaced whose reading there is not JSON Schema's."""

from __future__ import annotations

from functools import cache

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DRAFT2019, DRAFT2020, by_uri
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.library import validators as library
from evtcompat.formats.json_schema.validate import keywords, unevaluated

_REPLACED: dict[str, Value] = {
    "multipleOf": keywords.multiple_of,
    "pattern": keywords.pattern,
    "patternProperties": keywords.pattern_properties,
    "additionalProperties": keywords.additional_properties,
    "additionalItems": keywords.items_beyond_tuple,
}
_REPLACED_IN_2020: dict[str, Value] = {**_REPLACED, "unevaluatedProperties": keywords.unevaluated_properties}
_REPLACED_IN_2019: dict[str, Value] = {
    **_REPLACED,
    "unevaluatedProperties": unevaluated.unevaluated_properties,
    "unevaluatedItems": unevaluated.unevaluated_items,
}


@cache
def exact_class(dialect: Dialect) -> Value:
    """The validator class of a dialect; wherever a schema names another one, its validators go to that one's.

    Its instances are made with a `Run` as their format checker.
    """
    replaced = {DRAFT2019: _REPLACED_IN_2019, DRAFT2020: _REPLACED_IN_2020}.get(dialect, _REPLACED)
    made = library.extended(library.class_of(dialect), replaced, keywords.is_integer)

    def evolve(self: Value, **changes: Value) -> Value:
        """The validator of a part. The library's own would go back to its own classes wherever it meets ``$schema``.

        Raises:
            BudgetExceededError: The run looked at as many parts as it may.
        """
        schema = changes.get("schema", self.schema)
        cls, run = made, self.format_checker
        run.steps.spend()
        named = schema.get("$schema") if isinstance(schema, dict) else None
        if isinstance(named, str):
            inner = by_uri(named) or dialect
            cls, run = exact_class(inner), run.within(inner)
        return cls(schema, format_checker=run, _resolver=changes.get("_resolver", self._resolver))

    made.evolve = evolve
    return made
