"""Pairs built to mislead: the answer is known from an instance, or from an argument that a person can check."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from evtcompat import compare
from evtcompat.errors import EvtcompatError
from formats.json_schema.schemas import FOUR, MODERN, SEVEN

LIBRARIES = {
    FOUR: jsonschema_rs.Draft4Validator,
    SEVEN: jsonschema_rs.Draft7Validator,
    MODERN: jsonschema_rs.Draft202012Validator,
}


def seven(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - any keyword
    """A schema of draft 7."""
    return {"$schema": SEVEN, **keywords}


def modern(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - any keyword
    """A schema of 2020-12."""
    return {"$schema": MODERN, **keywords}


def accepts(schema: dict[str, Any], instance: Any) -> bool:  # noqa: ANN401 - any JSON
    """What an independent validator says."""
    return bool(LIBRARIES[schema["$schema"]](schema, validate_formats=False).is_valid(instance))


def tuples(bits: int) -> dict[str, Any]:
    """The lists of that many booleans."""
    return {"type": "array", "items": {"type": "boolean"}, "minItems": bits, "maxItems": bits}


def tagged(count: int) -> dict[str, Any]:
    """A union of objects told apart by a constant."""
    branches = [
        {"type": "object", "properties": {"tag": {"const": f"k{number}"}}, "required": ["tag"]}
        for number in range(count)
    ]
    return seven(oneOf=branches)


#: Reader, writer: everything of the writer is read.
HOLDS = {
    "an enum in another order": (
        seven(enum=[f"s{n}" for n in range(3000)]),
        seven(enum=[f"s{n}" for n in range(2999, -1, -1)]),
    ),
    "a pattern that spells an enum": (
        seven(enum=[f"s{n}" for n in range(1000)]),
        seven(type="string", pattern="^s(0|[1-9][0-9]{0,2})$"),
    ),
    "a range that is an enum": (seven(enum=list(range(1000))), seven(type="integer", minimum=0, maximum=999)),
    "no six distinct of five": (
        seven(maxItems=5),
        seven(type="array", uniqueItems=True, items={"enum": [1, 2, 3, 4, 5]}),
    ),
    "four lists of two booleans": (seven(maxItems=4), seven(type="array", uniqueItems=True, items=tuples(2))),
    "four words of two letters as items": (
        seven(maxItems=4),
        seven(type="array", uniqueItems=True, items={"type": "string", "pattern": "^[ab]{2}$"}),
    ),
    "four words of two letters as names": (
        seven(maxProperties=4),
        seven(type="object", propertyNames={"pattern": "^[ab]{2}$"}),
    ),
    "one branch among sixteen": (
        seven(anyOf=[{"required": [f"a{n}"]} for n in range(16)]),
        seven(oneOf=[{"required": [f"a{n}"]} for n in range(16)]),
    ),
    "a branch more in a tagged union": (tagged(17), tagged(16)),
    "nothing before the first character": (seven(**{"not": {"type": "string", "pattern": "a^b"}}), seven()),
    "a counted repetition of a counted repetition": (
        seven(pattern="^(a{1,1000}){1,1000}$"),
        seven(type="string", pattern="^a{1,1000000}$"),
    ),
    "a language that only backtracking finds hard": (seven(pattern="^(a+)+$"), seven(pattern="^(a|aa)+$")),
    "a character beyond the basic plane is one": (seven(maxLength=1, pattern="^.$"), seven(enum=["\U0001f600"])),
    "a boolean exclusive bound and a number": (
        seven(exclusiveMinimum=5),
        {"$schema": FOUR, "minimum": 5, "exclusiveMinimum": True},
    ),
    "siblings of a reference before 2019-09": (
        seven(definitions={"s": {"type": "string"}}, properties={"a": {"$ref": "#/definitions/s", "maxLength": 3}}),
        seven(properties={"a": {"type": "string"}}),
    ),
    "a reference inside a constant": (seven(enum=[{"$ref": "#/nowhere"}]), seven(const={"$ref": "#/nowhere"})),
}

#: Reader, writer, an instance of the writer that the reader refuses.
REFUTED = {
    "a range with a hole in the enum": (
        seven(enum=list(range(999))),
        seven(type="integer", minimum=0, maximum=999),
        999,
    ),
    "five distinct of five": (
        seven(maxItems=4),
        seven(type="array", uniqueItems=True, items={"enum": [1, 2, 3, 4, 5]}),
        [1, 2, 3, 4, 5],
    ),
    "four names of two letters": (
        seven(maxProperties=3),
        seven(type="object", propertyNames={"pattern": "^[ab]{2}$"}),
        {"aa": 0, "ab": 0, "ba": 0, "bb": 0},
    ),
    "an overlap of a union": (
        seven(oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        seven(anyOf=[{"required": ["a"]}, {"required": ["b"]}]),
        {"a": 0, "b": 0},
    ),
    "one character further": (
        seven(pattern="^(a|b)*a(a|b){12}$"),
        seven(type="string", pattern="^(a|b)*a(a|b){11}$"),
        "a" * 12,
    ),
    "two numbers that a float cannot tell apart": (seven(maximum=2**53), seven(maximum=2**53 + 1), 2**53 + 1),
    "a property called $ref": (
        seven(properties={"$ref": {"type": "string"}}),
        seven(properties={"$ref": {"type": "integer"}}),
        {"$ref": 0},
    ),
    "siblings of a reference since 2019-09": (
        modern(**{"$defs": {"s": {"type": "string"}}}, properties={"a": {"$ref": "#/$defs/s", "maxLength": 3}}),
        modern(properties={"a": {"type": "string"}}),
        {"a": "aaaa"},
    ),
    "a list of two drafts": (modern(prefixItems=[{"type": "string"}]), seven(items=[{"type": "integer"}]), [0]),
    "a value behind mutual recursion": (
        seven(
            definitions={"n": {"properties": {"v": {"type": "integer"}, "next": {"$ref": "#/definitions/n"}}}},
            allOf=[{"$ref": "#/definitions/n"}],
        ),
        seven(
            definitions={
                "n": {"properties": {"v": {"type": "integer"}, "next": {"$ref": "#/definitions/m"}}},
                "m": {"properties": {"v": {"type": "number"}, "next": {"$ref": "#/definitions/n"}}},
            },
            allOf=[{"$ref": "#/definitions/n"}],
        ),
        {"v": 0, "next": {"v": 0.5}},
    ),
}


@pytest.mark.parametrize("name", HOLDS)
def test_what_holds_is_proved(name: str) -> None:
    """Each of these needs an argument beyond comparing keyword with keyword."""
    reader, writer = HOLDS[name]
    answer = compare(reader=reader, writer=writer, format="json-schema", policy="strict")
    assert answer.verdict.value == "compatible", answer
    assert not [finding for finding in answer.findings if finding.severity.value == "error"]


@pytest.mark.parametrize("name", REFUTED)
def test_what_an_instance_refutes_is_refused_with_a_witness(name: str) -> None:
    """The instance of the table shows that the pair is incompatible; the engine finds one of its own."""
    reader, writer, instance = REFUTED[name]
    assert accepts(writer, instance)
    assert not accepts(reader, instance)
    answer = compare(reader=reader, writer=writer, format="json-schema", policy="strict")
    assert answer.verdict.value == "incompatible", answer
    errors = [finding for finding in answer.findings if finding.severity.value == "error"]
    assert errors
    for finding in errors:
        assert finding.witness is not None
        witness = json.loads(finding.witness.payload)
        assert accepts(writer, witness)
        assert not accepts(reader, witness)


_SHARED = {"$ref": "#/$defs/a", "patternProperties": {"(a)\\1": True}, "unevaluatedProperties": False}
_RESOURCE = {"$id": "urn:x", "$schema": MODERN, "multipleOf": 0.5}
_URN = "urn:uuid:deadbeef-1234-ff00-00ff-4321feebdaed"

#: Reader, writer, and what may be answered of them.
VERDICTS: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "a part shared as one object is not the same part": (
        modern(**{"$defs": {"a": {"properties": {"x": True}}}}, allOf=[_SHARED]),
        modern(**{"$defs": {"a": {"properties": {"y": True}}}}, allOf=[_SHARED]),
        ("incompatible", "undecided"),
    ),
    "a fraction in a parsed constant": (
        {"type": "string"},
        {"const": 1.1},
        ("incompatible",),
    ),
    "fractions in parsed bounds": (
        {"minimum": 0.2},
        {"minimum": 0.1},
        ("incompatible",),
    ),
    "a bundled resource that names its dialect": (
        modern(**{"$ref": "urn:x", "$defs": {"x": _RESOURCE}}),
        modern(type="number", multipleOf=0.25),
        ("incompatible",),
    ),
    "additionalItems beside a boolean items": (
        seven(type="array", contains={"type": "string"}),
        seven(type="array", items=True, additionalItems={"type": "null"}),
        ("incompatible",),
    ),
    "a count beyond every number": (
        '{"minLength": 1e400}',
        '{"type": "string"}',
        ("incompatible", "refused"),
    ),
    "a name that is no text": (
        '{"additionalProperties": false}',
        '{"required": ["\\ud800"]}',
        ("incompatible", "refused"),
    ),
    "an anchor below a urn": (
        seven(
            **{
                "$id": _URN,
                "properties": {"foo": {"$ref": f"{_URN}#something"}},
                "definitions": {"bar": {"$id": "#something", "type": "string"}},
            }
        ),
        seven(),
        ("incompatible",),
    ),
    "the second of two words under a back-reference": (
        seven(pattern="^(a+)\\1$"),
        seven(enum=["aa", "aaa"]),
        ("incompatible",),
    ),
}


def answered(reader: Any, writer: Any) -> str:  # noqa: ANN401 - any source
    """The verdict, or ``refused`` for a schema that is not accepted."""
    try:
        return compare(reader=reader, writer=writer, format="json-schema", policy="strict").verdict.value
    except EvtcompatError:
        return "refused"


@pytest.mark.parametrize(("reader", "writer", "wanted"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts_at_the_edges_of_the_grammar(reader: Any, writer: Any, wanted: tuple[str, ...]) -> None:  # noqa: ANN401
    assert answered(reader, writer) in wanted


def test_all_branches_that_hold_declare_at_every_depth() -> None:
    """Lenient: an event that fits a branch of `anyOf` has only what that branch declares, also where another fits."""
    reader = seven(properties={"c": {"properties": {"a": {"type": "string"}}}})
    inner: dict[str, Any] = {"properties": {"c": {"properties": {"b": {}}}}}
    for writer in (seven(type="object", **inner), seven(type="object", anyOf=[inner])):
        answer = compare(reader=reader, writer=writer, format="json-schema", policy="lenient")
        assert answer.verdict.value == "compatible"


def test_a_branch_that_holds_declares_beside_one_that_declares_nothing() -> None:
    """Lenient: every event of this writer fits the first branch too, which declares only `b` below `c`."""
    reader = seven(properties={"c": {"properties": {"a": {"type": "string"}}}})
    writer = seven(type="object", anyOf=[{"properties": {"c": {"properties": {"b": {}}}}}, {"maxProperties": 5}])
    answer = compare(reader=reader, writer=writer, format="json-schema", policy="lenient")
    assert answer.verdict.value == "compatible"


@pytest.mark.parametrize(
    "name", [name for table in (HOLDS, REFUTED) for name in table if name != "an enum in another order"]
)
def test_a_schema_includes_itself(name: str) -> None:
    """Under both policies, whatever it contains, and also when it is not the same object."""
    for schema in (HOLDS.get(name) or REFUTED[name])[:2]:
        for policy in ("strict", "lenient"):
            copy = {**json.loads(json.dumps(schema)), "title": "a copy"}
            assert (
                compare(reader=copy, writer=schema, format="json-schema", policy=policy).verdict.value == "compatible"
            )
