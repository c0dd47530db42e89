"""The library's validator classes, with the keywords replaced whose reading is not JSON Schema's, and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DRAFT2019, DRAFT2020, by_uri
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.keywords.table import REFERRING, holdings
from evtcompat.formats.json_schema.library import validators as library
from evtcompat.formats.json_schema.validate import branches, keywords, unevaluated

_PATTERNS: dict[str, Value] = {
    "pattern": keywords.pattern,
    "patternProperties": keywords.pattern_properties,
    "additionalProperties": keywords.additional_properties,
}
_REPLACED: dict[str, Value] = {
    **_PATTERNS,
    "multipleOf": keywords.multiple_of,
    "additionalItems": keywords.items_beyond_tuple,
    "anyOf": branches.any_of,
    "oneOf": branches.one_of,
}
_REPLACED_IN_2020: dict[str, Value] = {**_REPLACED, "unevaluatedProperties": keywords.unevaluated_properties(DRAFT2020)}
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
    made = library.extended(library.class_of(dialect), replaced, is_integer=keywords.is_integer)
    return _bounded(made, dialect, exact_class)


@cache
def installed_class(dialect: Dialect) -> Value:
    """The class that answers as the library's own does. Its instances are made with a `Run` likewise."""
    return _bounded(library.extended(library.class_of(dialect), {}), dialect, installed_class)


@cache
def installed_but_patterns(dialect: Dialect) -> Value:
    """The same, but that no pattern goes through Python's `re` that may take forever there."""
    replaced = {**_PATTERNS, "unevaluatedProperties": keywords.unevaluated_properties(dialect)}
    return _bounded(library.extended(library.class_of(dialect), replaced), dialect, installed_but_patterns)


def _bounded(made: Value, dialect: Dialect, class_of: Callable[[Dialect], Value]) -> Value:
    """A class of a dialect, of which a run counts the steps and looks at a part and a value once."""

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
            cls, run = class_of(inner), run.within(inner)
        return cls(schema, format_checker=run, _resolver=changes.get("_resolver", self._resolver))

    made.evolve = evolve
    made.descend = _once_for_each_value(made.descend, frozenset((*REFERRING, *holdings(dialect.name))))
    made.is_valid = _is_valid
    return made


#: What is to say of a value that is accepted: an iterator that ends at once, each time.
_NOTHING: Iterator[library.ValidationError] = iter(())


def _once_for_each_value(descend: Value, leading_on: frozenset[str]) -> Value:
    """The library's descent into a part, which looks at a value that is accepted there once.

    `leading_on` are the keywords by which a part leads to others.
    """

    def descended(
        self: Value,
        instance: Value,
        schema: Value,
        path: Value = None,
        schema_path: Value = None,
        resolver: Value = None,
    ) -> Iterator[library.ValidationError]:
        run = self.format_checker
        if run.disputed is not None and type(schema) is dict and schema.keys().isdisjoint(leading_on):
            # A run that is asked once would remember of it what takes no longer to find again; and as nothing is
            # resolved in it, the scope around it will do.
            scope = self._resolver if resolver is None else resolver
            found: Iterator[library.ValidationError] = descend(self, instance, schema, path, schema_path, scope)
            return found
        # without a resolver the part is a resource within the scope, which may lead references elsewhere
        entry = run.entry(self._resolver if resolver is None else resolver, schema, instance, within=resolver is None)
        if run.known(entry):
            return _NOTHING
        return looked_at(entry, self, instance, schema, path, schema_path, resolver)

    def looked_at(
        entry: object,
        self: Value,
        instance: Value,
        schema: Value,
        path: Value,
        schema_path: Value,
        resolver: Value,
    ) -> Iterator[library.ValidationError]:
        run = self.format_checker
        holds = True
        for error in descend(self, instance, schema, path, schema_path, resolver):
            if holds:
                holds = False
                run.accepted[entry] = False, schema, instance
            yield error
        if holds:
            run.accepted[entry] = True, schema, instance

    return descended


def _is_valid(self: Value, instance: Value) -> bool:
    """Whether the schema of a validator accepts an instance, which is looked at once in a run."""
    run, schema = self.format_checker, self.schema
    entry = run.entry(self._resolver, schema, instance)
    known = run.known(entry)
    if known is None:
        known = next(self.iter_errors(instance), None) is None
        run.accepted[entry] = known, schema, instance
    return bool(known)
