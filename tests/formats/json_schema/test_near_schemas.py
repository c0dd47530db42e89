"""Documents that are nearly schemas: a value that no keyword takes, wherever it stands, is refused and never a crash.

They are read from text, as numbers are written there that no Python value is.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from cli_harness import Run
from evtcompat.errors import EvtcompatError, SchemaError
from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DIALECTS
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.keywords.table import KEYWORDS
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.documents import NoReferences
from evtcompat.model.verdicts import Verdict
from formats.decisions import everything
from formats.json_schema.schemas import FOUR, SEVEN

NUMBERS: tuple[str, ...] = ("0", "-1", "1.5", "1e400", "1e999", "1e-999", "1e1001", "1e5000", "9" * 999, "9" * 5000)
NUMBERS += ("1e9999999999999999999", "-1e-9999999999999999999", "0e99999999999999999999")
TEXTS = ('""', '"a"', '"["', '"#"', '"#/a"', '"#/%ff"', '"http://[::1"', '"\\ud800"', '"\\u0000"', '"urn:x"', '"//"')
LISTS = ("[]", "[5]", "[null]", "[true]", '["a","a"]', "[[]]", "[{}]", '[{"$ref":{}}]', '[{"type":5}]')
OBJECTS = ("{}", '{"a":5}', '{"a":null}', '{"a":[]}', '{"a":{"$ref":5}}', '{"$ref":[]}', '{"type":"x"}', '{"":{}}')
VALUES = ("null", "true", "false", *NUMBERS, *TEXTS, *LISTS, *OBJECTS)
#: Where a keyword may stand: at the root, in a member, where nothing but a reference leads, and as what one leads to.
FORMS = (
    "{%s: %s}",
    '{"properties": {"a": {%s: %s}}}',
    '{"nobody knows": {%s: %s}, "allOf": [{"$ref": "#/nobody knows"}]}',
    '{%s: %s, "allOf": [{"$ref": "#/properties"}, {"$ref": "#/%%24id"}]}',
)
WORDS = (*KEYWORDS, "id", "nobody knows")


def text_of(form: str, word: str, value: str, dialect: Dialect) -> str:
    body = form % (json.dumps(word), value)
    return f'{{"$schema": "{dialect.uri}", {body[1:]}' if word != "$schema" else body


def schema_of(text: str) -> Schema:
    parsed = JSON_SCHEMA.parse(JSON_SCHEMA.read(text, "x.json", name="x.json"), NoReferences())
    assert isinstance(parsed, Schema)
    return parsed


@pytest.mark.slow
@settings(max_examples=examples(3000), deadline=3_000)
@given(
    form=st.sampled_from(FORMS),
    word=st.sampled_from(WORDS),
    value=st.sampled_from(VALUES),
    beside=st.sampled_from([("type", '"string"'), ("properties", '{"a": {"type": "integer"}}'), ("items", "{}")]),
    dialect=st.sampled_from(DIALECTS),
)
def test_whatever_a_keyword_holds_is_decided_or_refused(
    form: str, word: str, value: str, beside: tuple[str, str], dialect: Dialect
) -> None:
    """No other exception, within seconds, and no fault of the engine that it would tell as an open question."""
    other = schema_of(text_of(FORMS[0], *beside, dialect))
    try:
        near = schema_of(text_of(form, word, value, dialect))
    except EvtcompatError:
        return
    JSON_SCHEMA.lint(near)
    for reader, writer in ((near, other), (other, near)):
        everything(decision.compare(reader, writer, Options(strict=True)))
    with suppress(PayloadError):
        JSON_SCHEMA.payloads(near).generate(1)


NO_ADDRESS: Any = {"definitions": {"a": {"id": "http://[::1"}}, "allOf": [{"$ref": "#/definitions/a"}]}
TO_PROPERTIES: Any = {"properties": {"type": {}}, "allOf": [{"$ref": "#/properties"}]}
#: What is refused, where, with a word of the message.
REFUSED: list[tuple[str, str, str]] = [
    *(
        (f'{{"$schema": "{FOUR}", "properties": {{"a": {{"$ref": {one}}}}}}}', "/properties/a/$ref", "must be a string")
        for one in ("5", "{}", "[]", "null", "true")
    ),
    (json.dumps({"$schema": SEVEN, "x": {"type": 5}, "allOf": [{"$ref": "#/x"}]}), "/x/type", "not a schema of"),
    (json.dumps({"$schema": SEVEN, **TO_PROPERTIES}), "/properties/type", "not a schema of draft 7"),
    (json.dumps({"$schema": FOUR, **NO_ADDRESS}), "/definitions/a/id", "`id` is no address"),
    (f'{{"$schema": "{SEVEN}", "maximum": 1e1001}}', "/maximum", "beyond 10^1000"),
]


@pytest.mark.parametrize(("text", "pointer", "message"), REFUSED)
def test_what_is_no_schema_is_refused_where_it_stands(text: str, pointer: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message.replace("^", r"\^")) as refused:
        schema_of(text)
    assert refused.value.place is not None
    assert refused.value.place.pointer == pointer


@pytest.mark.parametrize("number", ["1e9999999999999999999", "-1E-9999999999999999999", "2.5e+00099999999999999999999"])
@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_an_exponent_beyond_arithmetic_is_refused_where_it_stands(number: str, name: str) -> None:
    text = f'{{"minimum": 1e5,\n "maximum": {number}}}'
    with pytest.raises(EvtcompatError, match="the exponent of a number is too large") as refused:
        JSON_SCHEMA.read(text, name, name=name)
    assert str(refused.value.place) == f"{name}:2:13"


@pytest.mark.parametrize(
    "divisors",
    [("1e-1000",), ("3e999", "7e998", "11e997", "13e-900"), ("9" * 3000, "7" * 3000), ("1e-1000", "1e1000")],
)
def test_computing_with_the_longest_numbers_ends(divisors: tuple[str, ...]) -> None:
    joined = ", ".join(f'{{"multipleOf": {one}}}' for one in divisors)
    near = schema_of(f'{{"type": "number", "minimum": 1e-999, "allOf": [{joined}]}}')
    for reader, writer in ((near, schema_of('{"type": "integer"}')), (schema_of('{"type": "integer"}'), near)):
        assert everything(decision.compare(reader, writer, Options(strict=True)))[1] in Verdict


BAD: list[Any] = [
    *(f'{{"$schema": "{FOUR}", "properties": {{"a": {{"$ref": {one}}}}}}}' for one in ("5", "{}", "[]")),
    f'{{"$schema": "{SEVEN}", "maximum": 1e9999999999999999999}}',
    f'{{"$schema": "{SEVEN}", "x": {{"properties": 5}}, "allOf": [{{"$ref": "#/x"}}]}}',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_schema_hides_no_other(bad: str, repository: Path, run: Run) -> None:
    for number, type_ in ((1, "string"), (2, "integer")):
        content = {"$schema": SEVEN, "type": "object", "properties": {"a": {"type": type_}}}
        (repository / f"order-v{number}.json").write_text(json.dumps(content))
    (repository / "bad.json").write_text(bad)
    result = run("check", cwd=repository)
    assert result.code == 1
    assert "order FULL (lenient) against v1 (order-v1.json): incompatible (1 error)" in " ".join(result.out.split())
    assert "bad.json:1:" in result.out
    assert "a fault in evtcompat" not in result.out
