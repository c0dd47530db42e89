"""The table of keywords against the metaschemas, and the quick check of schemas against the validator's."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.dialect import Dialect, Handling
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT4, DRAFT7, DRAFT2020, by_uri
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.keywords.table import COMPILE, KEYWORDS, checks, holdings
from evtcompat.formats.json_schema.parse.shapes import violations
from formats.json_schema.schemas import FOUR, SEVEN, schema_of
from formats.json_schema.strategies import schemas

BY_NAME = {dialect.name: dialect for dialect in DIALECTS}


def library_class(dialect: Dialect) -> Any:  # noqa: ANN401 - ships no types
    return getattr(jsonschema, dialect.validator)


def metaschemas(dialect: Dialect) -> Iterator[dict[str, Any]]:
    """The metaschema and the vocabularies that it is made of."""
    import jsonschema_specifications  # type: ignore[import-untyped]  # ships no types

    root = library_class(dialect).META_SCHEMA
    yield root
    base = str(root.get("$id", "")).rsplit("/", 1)[0]
    for part in root.get("allOf", ()):
        yield jsonschema_specifications.REGISTRY.contents(f"{base}/{part['$ref']}")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_every_keyword_of_the_metaschema_is_in_the_table_and_no_other(dialect: Dialect) -> None:
    known = {name for part in metaschemas(dialect) for name in part["properties"]}
    assert known - set(dialect.keywords) == set()
    # The text of the draft has them, its metaschema does not.
    forgotten = {DRAFT4.name: {"$ref"}, DRAFT7.name: {"writeOnly"}}.get(dialect.name, set())
    assert set(dialect.keywords) - known == forgotten


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_every_keyword_that_constrains_is_decided(dialect: Dialect) -> None:
    """None is left undecided as such; what the library asserts is what the engine decides."""
    decided = {name for name, how in dialect.keywords.items() if how is Handling.DECIDED}
    for name in decided:
        beside = KEYWORDS[name].needs
        assert name in COMPILE or beside in COMPILE
    asserted = set(library_class(dialect).VALIDATORS) - {"$ref", "$dynamicRef", "$recursiveRef", "format"}
    assert asserted <= decided
    references = {
        name for name in dialect.keywords if name.endswith("Ref") and name in library_class(dialect).VALIDATORS
    }
    assert references <= COMPILE.keys()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_every_keyword_with_a_shape_is_checked(dialect: Dialect) -> None:
    unchecked = set(dialect.keywords) - checks(dialect.name).keys() - holdings(dialect.name).keys()
    assert unchecked == set()


WRONG: tuple[Value, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    "",
    "a",
    "#",
    [],
    ["a"],
    ["a", "a"],
    [1, True],
    {},
    {"a": 1},
    {"a": []},
)

#: What some keyword takes all the same, see `_demands_the_same`.
HARMLESS_HERE: tuple[Value, ...] = ([], ["a", "a"], {"a": []})


def _demands_the_same(keyword: str, value: Value, dialect: Dialect, validator: jsonschema.protocols.Validator) -> bool:
    """Whether a wrong value means what a right one means: what is said twice, and no name where draft 4 wants one."""
    if dialect is DRAFT4 and (keyword, value) in (("required", []), ("dependencies", {"a": []})):
        return True
    if keyword not in ("required", "type", "enum", "dependencies", "dependentRequired"):
        return False

    def once(listed: Value) -> Value:
        return [one for at, one in enumerate(listed) if one not in listed[:at]] if isinstance(listed, list) else listed

    said_once = {name: once(one) for name, one in value.items()} if isinstance(value, dict) else once(value)
    return bool(validator.is_valid({keyword: said_once}))


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_the_quick_check_says_what_the_metaschema_says_of_every_keyword(dialect: Dialect) -> None:
    validator = library_class(dialect)(library_class(dialect).META_SCHEMA)
    for keyword in dialect.keywords:
        for value in WRONG:
            for schema in ({keyword: value}, {"properties": {"p": {keyword: value}}}, {"not": {keyword: value}}):
                if keyword == "$schema":
                    continue
                expected = validator.is_valid(schema) or _demands_the_same(keyword, value, dialect, validator)
                assert (next(violations(schema, dialect, lambda _, one: one), None) is None) == expected, schema


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(schemas(), st.data())
def test_the_quick_check_says_what_the_metaschema_says_of_broken_schemas(
    schema: dict[str, Any], data: st.DataObject
) -> None:
    broken = copy.deepcopy(schema)
    spot: Any = broken
    while isinstance(spot, dict) and spot:
        name = data.draw(st.sampled_from(sorted(spot)))
        if name == "$schema":
            break
        if data.draw(st.booleans()) or not isinstance(spot[name], dict):
            spot[name] = data.draw(st.sampled_from([one for one in WRONG if one not in HARMLESS_HERE]))
            break
        spot = spot[name]
    dialect = by_uri(schema["$schema"])
    assert dialect is not None
    expected = library_class(dialect)(library_class(dialect).META_SCHEMA).is_valid(broken)
    assert (next(violations(broken, dialect, lambda _, one: one), None) is None) == expected


@pytest.mark.parametrize(
    ("uri", "dialect"),
    [
        (FOUR, DRAFT4),
        ("http://json-schema.org/draft-07/schema", DRAFT7),
        ("https://json-schema.org/draft-07/schema#", DRAFT7),
        ("https://json-schema.org/draft/2020-12/schema#", DRAFT2020),
        ("http://json-schema.org/schema#", DRAFT2020),
        ("http://json-schema.org/draft-03/schema#", None),
        ("/schema/mine", None),
    ],
)
def test_dialects_by_uri(uri: str, dialect: Dialect | None) -> None:
    assert by_uri(uri) is dialect


def test_a_schema_without_a_dialect_is_of_the_newest_that_it_is_valid_in() -> None:
    assert schema_of({"type": "string"}).dialect is DRAFT2020
    assert schema_of({"items": [{"type": "string"}], "exclusiveMinimum": 1}).dialect is DRAFT7
    assert schema_of({"minimum": 1, "exclusiveMinimum": True}).dialect is DRAFT4
    with pytest.raises(SchemaError, match="2020-12"):
        schema_of({"minimum": "1"})


def test_a_misspelt_type_is_told_with_the_types_there_are() -> None:
    with pytest.raises(SchemaError, match=r'"strnig", which is no type; there are array, .* and string') as caught:
        schema_of({"type": "strnig"})
    assert caught.value.place is not None
    assert caught.value.place.pointer == "/type"
    assert caught.value.hint


def test_the_dialect_that_is_named_counts() -> None:
    with pytest.raises(SchemaError, match="draft 7"):
        schema_of({"$schema": SEVEN, "minimum": 1, "exclusiveMinimum": True})
