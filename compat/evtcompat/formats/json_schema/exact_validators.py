# ruff: noqa: ARG001 - replaced keywords take what the library hands them
r"""The library's validator classes, with the keywords replaced whose reading there is not JSON Schema's.

``multipleOf`` divides floats there (``0.3`` is no multiple of ``0.1``), and patterns go through Python's `re`, whose
``$``, ``\d`` and ``\w`` differ from ECMA-262. Before 2020-12, keywords of arrays fail on ``items: true``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from typing import Any

from evtcompat.formats.json_schema.dialects import DRAFT2019, Dialect, by_uri
from evtcompat.formats.json_schema.exact import Value, fraction
from evtcompat.formats.json_schema.membership import multiple
from evtcompat.formats.json_schema.property_names import Pattern
from evtcompat.regular.ecma import PatternError
from evtcompat.regular.ecma import parse as parse_pattern

#: Texts up to this length are searched by backtracking, whatever the pattern.
_SHORT_TEXT = 16
_UNBOUNDED = re.compile(r"[*+]|\{\d+,\d*\}")


#: Set where the replaced keywords and the library's own differ over what they are asked.
_DISPUTED: ContextVar[list[str] | None] = ContextVar("disputed", default=None)


@contextmanager
def disputes() -> Iterator[list[str]]:
    """Around what is asked of the validators: the keywords over which the library, left as it is, says otherwise."""
    found: list[str] = []
    token = _DISPUTED.set(found)
    try:
        yield found
    finally:
        _DISPUTED.reset(token)


def _dispute(keyword: str) -> None:
    found = _DISPUTED.get()
    if found is not None:
        found.append(keyword)


#: While one instance is looked at: the values in it of which nothing was left unevaluated, by schema and scope.
_EVALUATED: ContextVar[dict[object, object] | None] = ContextVar("evaluated", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Around what is asked of the validators about one instance, which stays as it is meanwhile."""
    token = _EVALUATED.set({})
    try:
        yield
    finally:
        _EVALUATED.reset(token)


class PatternTooCostlyError(ValueError):
    """A pattern that only a backtracking engine knows, and a text on which that may take forever."""


@cache
def exact_class(dialect: Dialect) -> Value:
    """The validator class of a dialect; wherever a schema names another one, its validators go to that one's."""
    import jsonschema
    from jsonschema.validators import extend

    base = getattr(jsonschema, dialect.validator)
    replaced = {
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "additionalItems": _additional_items,
    }
    if dialect is DRAFT2019:
        replaced["unevaluatedProperties"] = _unevaluated_properties
        replaced["unevaluatedItems"] = _unevaluated_items
    made: Any = extend(
        base,
        {name: function for name, function in replaced.items() if name in base.VALIDATORS},
        type_checker=base.TYPE_CHECKER.redefine("integer", _is_integer),
    )

    def evolve(self: Value, **changes: Value) -> Value:
        """The library's own goes back to its own classes wherever it meets ``$schema``."""
        schema = changes.get("schema", self.schema)
        cls, checker = made, self.format_checker
        named = schema.get("$schema") if isinstance(schema, dict) else None
        if isinstance(named, str):
            cls = exact_class(by_uri(named) or dialect)
            checker = checker and exact_formats(by_uri(named) or dialect)
        resolver = changes.get("_resolver", self._resolver)
        return cls(schema, format_checker=checker, registry=self._registry, _resolver=resolver)

    made.evolve = evolve
    return made


@cache
def exact_formats(dialect: Dialect) -> Value:
    """The library's format checker of a dialect; formats that are modelled are checked by their model."""
    from jsonschema import FormatChecker

    from evtcompat.formats.json_schema.compiling.formats import checker_of_format, language_of_format, library_formats

    made: Any = FormatChecker(())
    made.checkers = dict(library_formats(dialect).checkers)
    for name in made.checkers:
        language, check = language_of_format(name, dialect), checker_of_format(name, dialect)
        if language is not None and check is not None:
            made.checkers[name] = (_modelled(language, check), ())
    return made


def _modelled(language: Pattern, check: Callable[[object], bool | None]) -> Callable[[object], bool]:
    def conforms(instance: object) -> bool:
        found = not isinstance(instance, str) or language.accepts(instance)
        if found is not check(instance):
            _dispute("format")
        return found

    return conforms


def _is_integer(checker: Value, instance: object) -> bool:
    """Whole numbers, whatever their notation."""
    if isinstance(instance, Decimal):
        return instance == instance.to_integral_value()
    if isinstance(instance, float):
        return instance.is_integer()
    return isinstance(instance, int) and not isinstance(instance, bool)


def _multiple_of(validator: Value, divisor: Value, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "number"):
        return
    exact = multiple(instance, fraction(divisor))
    if exact is not _floating_multiple(instance, divisor):
        _dispute("multipleOf")
    if not exact:
        yield ValidationError(f"{instance!r} is not a multiple of {divisor}")


def _floating_multiple(instance: float | Decimal, divisor: float | Decimal) -> bool | None:
    """What the library answers, which divides floats unless both are integers; ``None`` where it fails."""
    if isinstance(instance, int) and isinstance(divisor, int):
        return instance % divisor == 0
    try:
        if isinstance(divisor, int):
            return float(instance) % divisor == 0
        quotient = instance / float(divisor) if isinstance(instance, int) else float(instance) / float(divisor)
    except (ArithmeticError, ValueError):
        return None
    return quotient.is_integer()


def _matches(pattern: str, text: str) -> bool:
    costly = len(text) > _SHORT_TEXT and len(_UNBOUNDED.findall(pattern)) > 1
    try:
        found = parse_pattern(pattern).accepts(text)
    except PatternError:
        if costly:
            message = f"the pattern {pattern!r} may backtrack without end on a text of {len(text)} characters"
            raise PatternTooCostlyError(message) from None
        return re.search(pattern, text) is not None
    if not costly and _DISPUTED.get() is not None:
        try:
            same = (re.search(pattern, text) is not None) is found
        except (re.error, OverflowError, RecursionError):
            same = False
        if not same:
            _dispute("pattern")
    return found


def _pattern(validator: Value, pattern: str, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "string") and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Value, patterns: Value, instance: Value, schema: Value) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, inner in patterns.items():
        for name, member in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(member, inner, path=name, schema_path=pattern)


def _additional_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "object"):
        return
    patterns = schema.get("patternProperties", ())
    own = schema.get("properties", ())
    for name, member in instance.items():
        if name in own or any(_matches(pattern, name) for pattern in patterns):
            continue
        if rest is False:
            yield ValidationError(f"Additional properties are not allowed ({name!r} was unexpected)")
        elif rest is not True:
            yield from validator.descend(member, rest, path=name)


def _unevaluated_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """In 2019-09 the library takes the keywords of an ``additionalProperties`` schema for names that it evaluated.

    Its function for 2020-12 does not, but it does not follow ``$recursiveRef``. Both look into the keyword's schemas
    again, and so would do at every level below.
    """
    import jsonschema

    known, scope = _EVALUATED.get(), validator._resolver  # noqa: SLF001 - shown nowhere else
    # The scope tells where references lead, the dynamic ones too.
    entry = id(schema), id(instance), getattr(scope, "_base_uri", None), getattr(scope, "_previous", None)
    if known is not None and entry in known:
        return
    functions = [
        cls.VALIDATORS["unevaluatedProperties"]
        for cls in (jsonschema.Draft201909Validator, jsonschema.Draft202012Validator)
    ]
    legacy, current = (list(function(validator, rest, instance, schema)) for function in functions)
    if bool(legacy) is not bool(current):
        _dispute("unevaluatedProperties")
    if known is not None and not current:
        # With what the entry stands for, so that nothing else takes its place.
        known[entry] = schema, instance
    if current and (legacy or "$recursiveRef" not in str(schema)):
        yield from current


def _additional_items(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """Without a tuple beside it the keyword says nothing; the library fails on ``items: true``."""
    import jsonschema

    if isinstance(schema.get("items"), list):
        # One function for all dialects that know the keyword.
        yield from jsonschema.Draft7Validator.VALIDATORS["additionalItems"](validator, rest, instance, schema) or ()
    elif "items" in schema and validator.is_type(instance, "array"):
        _dispute("additionalItems")


def _unevaluated_items(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """In 2019-09 the library takes the length of ``items``, which may be a boolean."""
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "array"):
        return
    seen = _items_seen(validator, instance, schema)
    for index, item in enumerate(instance):
        if index not in seen and not validator.evolve(schema=rest).is_valid(item):
            yield ValidationError(f"Unevaluated items are not allowed ({item!r} was unexpected)")
            return


def _items_seen(validator: Value, instance: Value, schema: Value) -> set[int]:
    """The items that a schema evaluates, beside its own ``unevaluatedItems``."""
    items = schema.get("items", [])
    if not isinstance(items, list) or (items and "additionalItems" in schema):
        return set(range(len(instance)))
    seen = set(range(min(len(items), len(instance))))
    if "contains" in schema:
        inner = validator.evolve(schema=schema["contains"])
        seen.update(index for index, item in enumerate(instance) if inner.is_valid(item))
    for inner in _applied(validator, instance, schema):
        if isinstance(inner.schema, dict) and inner.is_valid(instance):
            if "unevaluatedItems" in inner.schema:
                return set(range(len(instance)))
            seen |= _items_seen(inner, instance, inner.schema)
    return seen


def _applied(validator: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """Validators of the schemas that a schema applies to the same instance."""
    from referencing.jsonschema import lookup_recursive_ref

    resolver = validator._resolver  # noqa: SLF001 - shown nowhere else
    reached = [resolver.lookup(schema["$ref"])] if "$ref" in schema else []
    if "$recursiveRef" in schema:
        reached.append(lookup_recursive_ref(resolver))
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
