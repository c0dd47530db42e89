"""``unevaluatedProperties`` and ``unevaluatedItems`` of 2019-09, where the library departs from the specification.

The functions are keywords as in `keywords`.
"""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.formats.json_schema.dialects import DRAFT2019, DRAFT2020
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.library.validators import ValidationError, keyword_of
from evtcompat.formats.json_schema.parse.references import recursive_target
from evtcompat.formats.json_schema.validate.patterns import refuse_costly


def unevaluated_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """What both functions of the library refuse, or the newer one alone where it can follow the references.

    In 2019-09 the library takes the keywords of an ``additionalProperties`` schema for names that it evaluated. Its
    function for 2020-12 does not, but it does not follow ``$recursiveRef``. Both look into the keyword's schemas again,
    and so would do at every level below: what was found to leave nothing unevaluated is remembered in the run.
    """
    evaluated, scope = validator.format_checker.evaluated, validator._resolver  # noqa: SLF001 - shown nowhere else
    # The scope tells where references lead, the dynamic ones too.
    entry = id(schema), id(instance), getattr(scope, "_base_uri", None), getattr(scope, "_previous", None)
    if evaluated is not None and entry in evaluated:
        return
    refuse_costly(validator.format_checker.patterns.all, instance if isinstance(instance, dict) else ())
    functions = [keyword_of(dialect, "unevaluatedProperties") for dialect in (DRAFT2019, DRAFT2020)]
    older, newer = (list(function(validator, rest, instance, schema)) for function in functions)
    if bool(older) is not bool(newer):
        validator.format_checker.dispute("unevaluatedProperties")
    if evaluated is not None and not newer:
        # With what the entry stands for, so that nothing else takes its place.
        evaluated[entry] = schema, instance
    if newer and (older or "$recursiveRef" not in str(schema)):
        yield from newer


def unevaluated_items(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """The keyword where ``items`` may be a boolean, of which the library takes the length."""
    if not validator.is_type(instance, "array"):
        return
    evaluated = _evaluated_items(validator, instance, schema)
    for index, item in enumerate(instance):
        if index not in evaluated and not validator.evolve(schema=rest).is_valid(item):
            yield ValidationError(f"Unevaluated items are not allowed ({item!r} was unexpected)")
            return


def _evaluated_items(validator: Value, instance: Value, schema: Value) -> set[int]:
    """The positions that a schema evaluates, its own ``unevaluatedItems`` left aside."""
    items = schema.get("items", [])
    if not isinstance(items, list) or (items and "additionalItems" in schema):
        return set(range(len(instance)))
    found = set(range(min(len(items), len(instance))))
    if "contains" in schema:
        inner = validator.evolve(schema=schema["contains"])
        found.update(index for index, item in enumerate(instance) if inner.is_valid(item))
    for inner in _in_place(validator, instance, schema):
        if isinstance(inner.schema, dict) and inner.is_valid(instance):
            if "unevaluatedItems" in inner.schema:
                return set(range(len(instance)))
            found |= _evaluated_items(inner, instance, inner.schema)
    return found


def _in_place(validator: Value, instance: Value, schema: Value) -> Iterator[Value]:
    """Validators of the schemas that a schema applies to the instance itself (in-place applicators)."""
    resolver = validator._resolver  # noqa: SLF001 - shown nowhere else
    reached = [resolver.lookup(schema["$ref"])] if "$ref" in schema else []
    if "$recursiveRef" in schema:
        reached.append(recursive_target(resolver))
    for target in reached:
        yield validator.evolve(schema=target.contents, _resolver=target.resolver)
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    if "if" in schema:
        held = validator.evolve(schema=schema["if"]).is_valid(instance)
        parts += [schema["if"], schema.get("then", True)] if held else [schema.get("else", True)]
    if validator.is_type(instance, "object"):
        parts += [part for name, part in schema.get("dependentSchemas", {}).items() if name in instance]
    for part in parts:
        yield validator.evolve(schema=part)
