# ruff: noqa: E501 - tables with one case a line
"""What the validator says is told in the words of JSON, and what is no schema is told with what was meant."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from cli_harness import Run
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.library.sentences import in_json_words
from evtcompat.model.documents import Document, NoReferences
from formats.json_schema.schemas import FOUR, MODERN, SEVEN

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet="a'\"\\ é\n", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab'", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=examples(400))
@given(value=VALUES)
def test_values_are_quoted_as_json_writes_them(value: Any) -> None:  # noqa: ANN401 - any JSON
    schemas: list[tuple[Any, Any]] = [({"not": {}}, value), ({"const": [value, None]}, [value, None]), (False, value)]
    for schema, quoted in schemas:
        (error,) = jsonschema.Draft202012Validator(schema).iter_errors(value)
        said = in_json_words(error.message)
        assert json.dumps(quoted, ensure_ascii=False) in said
        assert in_json_words(said) == said


@pytest.mark.parametrize(
    ("schema", "instance", "said"),
    [
        ({"type": "string"}, None, 'null is not of type "string"'),
        ({"type": ["array", "null"]}, True, 'true is not of type "array", "null"'),
        ({"enum": ["a", None, True]}, "it's", '"it\'s" is not one of ["a", null, true]'),
        ({"required": ["None"]}, {}, '"None" is a required property'),
        ({"properties": {"a": False}}, {"a": "False"}, 'the schema false does not allow "False"'),
        ({"contains": {"type": "null"}}, [1], "None of [1] are valid under the given schema"),
    ],
)
def test_words_of_python_are_told_from_texts(schema: Any, instance: Any, said: str) -> None:  # noqa: ANN401 - any JSON
    (error,) = jsonschema.Draft7Validator(schema).iter_errors(instance)
    assert in_json_words(error.message) == said


#: A schema, the pointer, the clause about it and a part of the next step.
NO_SCHEMAS: list[tuple[str, Any, str, str, str]] = [
    (FOUR, {"properties": {"a": {"required": True}}}, "/properties/a/required", "`required` must be an array of names, and is true", '"required": ["a"]'),
    (MODERN, {"properties": {"a": {"required": False}}}, "/properties/a/required", "`required` must be an array of names, and is false", "Leave it out"),
    (SEVEN, {"required": True}, "/required", "`required` must be an array of names, and is true", "Correct the keyword"),
    (SEVEN, {"type": ["string", None]}, "/type/1", "`type` has null, which is no name of a type", 'Write "null", in quotes.'),
    (SEVEN, {"type": None}, "/type", "`type` has null, which is no name of a type", 'Write "null", in quotes.'),
    (SEVEN, {"type": "any"}, "/type", '`type` has "any", which is no type', "every value is allowed"),
    (SEVEN, {"type": "int"}, "/type", '`type` has "int", which is no type', 'Write "integer".'),
    (SEVEN, {"type": "Boolean"}, "/type", '`type` has "Boolean", which is no type', 'Write "boolean".'),
    (SEVEN, {"type": "strng"}, "/type", '`type` has "strng", which is no type', 'Write "string".'),
    (SEVEN, {"type": ["string", "dict"]}, "/type/1", '`type` has "dict", which is no type', 'Write "object".'),
    (SEVEN, {"type": "money"}, "/type", '`type` has "money", which is no type', "Correct the keyword"),
    (SEVEN, {"type": []}, "/type", "`type` must not be empty, and is []", "Leave `type` out"),
    (SEVEN, {"minLength": -1}, "/minLength", "`minLength` must be at least 0, and is -1", "Correct"),
    (SEVEN, {"enum": "a"}, "/enum", '`enum` must be an array, and is "a"', "Correct"),
    (SEVEN, {"exclusiveMinimum": True}, "/exclusiveMinimum", "`exclusiveMinimum` must be a number, and is true", "declare the draft"),
    (FOUR, {"minimum": 1, "exclusiveMinimum": 5}, "/exclusiveMinimum", "`exclusiveMinimum` must be a boolean, and is 5", "declare the draft"),
    (FOUR, {"properties": {"a": True}}, "/properties/a", "what `properties` has for `a` must be an object, and is true", "declare"),
    (SEVEN, {"allOf": [5]}, "/allOf/0", "an item of `allOf` must be an object or a boolean, and is 5", "Correct"),
    (SEVEN, {"required": ["a", "a"], "minLength": -1}, "/minLength", "`minLength` must be at least 0, and is -1", "Correct"),
    (SEVEN, {"type": ["null", "null"], "minLength": -1}, "/minLength", "`minLength` must be at least 0, and is -1", "Correct"),
    (SEVEN, {"required": [None]}, "/required/0", "an item of `required` must be a string, and is null", "Correct"),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "schema", "pointer", "clause", "hint"), NO_SCHEMAS)
def test_what_is_no_schema_is_told_by_its_keyword(
    draft: str,
    schema: Any,  # noqa: ANN401 - any JSON
    pointer: str,
    clause: str,
    hint: str,
) -> None:
    with pytest.raises(SchemaError) as refused:
        JSON_SCHEMA.parse(Document({"$schema": draft, **schema}), NoReferences())
    assert refused.value.message.partition(": ")[2].startswith(clause)
    assert refused.value.place is not None
    assert (refused.value.place.pointer, hint in (refused.value.hint or "")) == (pointer, True)


@pytest.mark.slow
def test_a_proof_is_told_in_the_words_of_json(run: Run, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    for number, note in ((1, {"type": "string"}), (2, {"type": ["string", "null"]})):
        schema = {"$schema": SEVEN, "properties": {"note": note}, "required": ["note"]}
        (tmp_path / f"order-v{number}.json").write_text(json.dumps(schema))
    out = run("check", "order-v2.json", "--level", "forward", cwd=tmp_path).out
    assert f'refused by {JSON_SCHEMA.decoder}: null is not of type "string"' in " ".join(out.split())
