"""Message pacts are readers: what they accept is what Pact's matching accepts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import jsonschema
import pytest

from calls import called
from cli_harness import Run
from contracts.folders import contract, json_object, write, write_versions
from evtcompat.contracts.pacts.dates import pattern_of
from evtcompat.contracts.pacts.reading import read_pact, reader_of
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON


def message(content: JSON, rules: Mapping[str, JSON] | None = None, **more: JSON) -> dict[str, JSON]:
    """A pact of version 3 with one message."""
    listed: dict[str, JSON] = {}
    for path, one in (rules or {}).items():
        listed[path] = {"matchers": one if isinstance(one, list) else [one]}
    written: dict[str, JSON] = {"description": "an event", "contents": content, "matchingRules": {"body": listed}}
    return {"consumer": {"name": "c"}, "provider": {"name": "p"}, "messages": [written | more]}


def reader(pact: Mapping[str, JSON]) -> dict[str, JSON]:
    return reader_of(read_pact(Document(dict(pact))).messages)


def rule(kind: str, **values: JSON) -> dict[str, JSON]:
    return {"match": kind, **values}


EACH = {"$": rule("eachValue", rules=[rule("integer")])}
#: The content, its rules, what is accepted and what is refused: as pact-python 4.2 answered.
MEANINGS: list[tuple[JSON, Mapping[str, JSON], Sequence[JSON], Sequence[JSON]]] = [
    ({"a": 1}, {}, [{"a": 1}, {"a": 1, "b": 2}], [{"a": 2}, {}, {"a": "1"}, {"a": None}, [], None]),
    ([1, 2], {}, [[1, 2]], [[1], [1, 2, 3], [2, 1]]),
    ({"a": []}, {}, [{"a": []}], [{"a": [1]}]),
    ({"a": None}, {}, [{"a": None}], [{}, {"a": 1}]),
    ({"a": "x"}, {"$.a": rule("type")}, [{"a": ""}], [{"a": 1}, {}]),
    ({"a": 1}, {"$.a": rule("type")}, [{"a": 2.5}], [{"a": "1"}, {"a": True}, {"a": None}]),
    ({"a": {"b": 1}}, {"$": rule("type")}, [{"a": {"b": 2, "c": 1}}], [{"a": {}}, {"a": {"b": "x"}}]),
    ({"a": {"b": 1}}, {"$": rule("type"), "$.a": rule("equality")}, [{"a": {"b": 1}}], [{"a": {"b": 1, "c": 1}}]),
    ([{"b": 1}], {"$": rule("type")}, [[], [{"b": 2}, {"b": 3}]], [[{}], [{"b": "x"}]]),
    ([1, "x"], {"$": rule("type")}, [[5], [5, "y", 6]], [["x"], [5, 6]]),
    ([1], {"$": rule("type", min=1)}, [[1, 2]], [[], ["x"]]),
    ([1], {"$": rule("type", max=1)}, [[], [2]], [[1, 2]]),
    ([[1]], {"$": rule("type", min=2)}, [[[], [1, 2, 3]]], [[[1]]]),
    ([{"b": 1}], {"$[*].b": rule("type")}, [[{"b": 2}]], [[], [{"b": 1}, {"b": 1}]]),
    ({"a": {"b": "x"}}, {"$.*.b": rule("integer"), "$.a": rule("type")}, [{"a": {"b": 3}}], [{"a": {"b": "y"}}]),
    ("12-1", {"$": rule("regex", regex=r"\d+-\d+")}, ["1-1"], ["x1-1y", ""]),
    ("a", {"$": rule("regex", regex="a|b")}, ["b"], ["ab", "xb"]),
    ("a", {"$": rule("regex", regex="^(a|b)$")}, ["b"], ["ab", "xb"]),
    (1, {"$": rule("integer")}, [5], [5.5, "5", True]),
    (1.5, {"$": rule("decimal")}, [5.5], ["5.5", None]),
    (1, {"$": rule("number")}, [5.5, 5], ["5"]),
    (True, {"$": rule("boolean")}, [False, "true"], ["x", 1, None]),
    ({"a": None}, {"$.a": rule("null")}, [{"a": None}], [{"a": 1}, {}]),
    ("xay", {"$": rule("include", value="a.")}, ["xa.y"], ["ab"]),
    ("x", {"$": rule("notEmpty")}, ["y", 1, True, [1]], ["", None, [], {}]),
    ({"b": "x"}, {"$": rule("notEmpty")}, [{"b": "y"}], [{}, {"c": 1}, {"b": ""}]),
    ("1.0.0", {"$": rule("semver")}, ["1.2.3-rc.1+b"], ["1.2", "v1.2.3", "01.0.0", "1.0.0-01"]),
    ({"k": 1}, {"$": rule("values")}, [{}, {"x": 1}], [{"x": 2}]),
    ({"k": {"v": 1}}, {"$": rule("values"), "$.*.v": rule("type")}, [{"x": {"v": 5}}], [{"x": {}}]),
    ({"k": 1}, EACH, [{}, {"x": 5}], [{"x": "5"}]),
    ({"k": 1}, {"$": rule("eachKey", rules=[rule("regex", regex="[a-z]+")])}, [{"x": {}}], [{"X": 1}, 5]),
    (
        [1, "x"],
        {"$": rule("arrayContains", variants=[{"index": 0, "rules": {"$": {"matchers": [rule("integer")]}}}])},
        [["x", 7]],
        [["x"], []],
    ),
    ("x", {"$": [rule("type"), rule("regex", regex="b+")]}, ["bb"], ["x"]),
]


@pytest.mark.parametrize(("content", "rules", "accepted", "refused"), MEANINGS)
def test_a_rule_means_what_pact_makes_of_it(
    content: JSON, rules: Mapping[str, JSON], accepted: Sequence[JSON], refused: Sequence[JSON]
) -> None:
    validator = jsonschema.Draft202012Validator(reader(message(content, rules)))
    assert [event for event in accepted if not validator.is_valid(event)] == []
    assert [event for event in refused if validator.is_valid(event)] == []


def test_one_rule_of_several_may_suffice() -> None:
    pact = message("x")
    listed = pact["messages"]
    assert isinstance(listed, list)
    assert isinstance(listed[0], dict)
    either: JSON = {"body": {"$": {"matchers": [rule("null"), rule("type")], "combine": "OR"}}}
    listed[0]["matchingRules"] = either
    validator = jsonschema.Draft202012Validator(reader(pact))
    assert [validator.is_valid(event) for event in (None, "y", 1)] == [True, True, False]


@pytest.mark.parametrize(
    ("written", "texts", "others"),
    [
        (
            "yyyy-MM-dd",
            ["2020-02-29", "2000-02-29", "20-1-1"],
            ["2019-02-29", "1900-02-29", "2020-04-31", "2020-13-01"],
        ),
        ("dd/MM/yyyy", ["30/04/2020", "29/02/2020"], ["31/04/2020", "29/02/2021"]),
        ("HH:mm:ss.SSS", ["23:59:60.1"], ["24:00:00.0", "23:59:59", "10:00:00.1234"]),
        ("hh:mm a", ["12:00 pm"], ["13:00 PM", "00:10 AM"]),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", ["2020-01-01T10:00:00Z", "2020-01-01T10:00:00+01:00"], ["2020-01-01T10:00:00"]),
        ("yyyy-MM-dd''HH", ["2020-01-01'10"], ["2020-01-0110"]),
    ],
)
def test_a_format_of_dates_is_a_regular_expression(written: str, texts: list[str], others: list[str]) -> None:
    validator = jsonschema.Draft202012Validator({"pattern": pattern_of(written)})
    assert [validator.is_valid(text) for text in (*texts, *others)] == [True] * len(texts) + [False] * len(others)


@pytest.mark.parametrize("written", ["EEE, d MMM yyyy", "yyyyy", "yyyy-'MM", "HH:mm zzz"])
def test_an_unknown_letter_has_no_translation(written: str) -> None:
    assert pattern_of(written) is None


VERSION_2 = {
    "messages": [
        {
            "description": "an event",
            "contents": {"a": ["x"], "b": 1},
            "providerState": "there is one",
            "matchingRules": {"$.body.a": {"min": 1}, "$.body.a[*]": {"regex": "[a-z]"}, "$.body.b": {"match": "type"}},
        }
    ]
}
VERSION_4 = {
    "interactions": [
        {"type": "Synchronous/HTTP", "request": {}},
        {
            "type": "Asynchronous/Messages",
            "description": "an event",
            "providerStates": [{"name": "there is one"}, {"name": "and more", "params": {"n": 2}}],
            "contents": {"contentType": "application/json", "encoded": False, "content": {"a": ["x"], "b": 1}},
            "matchingRules": {
                "body": {
                    "$.a": {"combine": "AND", "matchers": [{"match": "type", "min": 1}]},
                    "$.a[*]": {"combine": "AND", "matchers": [{"match": "regex", "regex": "[a-z]"}]},
                    "$.b": {"combine": "AND", "matchers": [{"match": "type"}]},
                }
            },
        },
    ]
}


@pytest.mark.parametrize("pact", [VERSION_2, VERSION_4], ids=["version 2", "version 4"])
def test_every_version_of_the_specification_is_read(pact: dict[str, JSON]) -> None:
    found = read_pact(Document(pact))
    validator = jsonschema.Draft202012Validator(reader_of(found.messages))
    assert validator.is_valid({"a": ["y", "z"], "b": 5})
    assert not any(validator.is_valid(event) for event in ({"a": [], "b": 5}, {"a": ["Y"], "b": 5}, {"a": ["y"]}))
    assert found.messages[0].states[0] == "there is one"
    assert found.messages[0].states[1:] in ((), ('and more {"n": 2}',))


SCHEMA = json_object("id", "kind", id={"type": "integer"}, kind={"enum": ["a", "b"]})
PACT = message({"id": 1, "kind": "a"}, {"$.id": rule("integer"), "$.kind": rule("regex", regex="a|b")})


def test_a_pact_is_held_against_every_event(run: Run, tmp_path: Path) -> None:
    """Pact tries one example. A value that the producer's tests never send is found here."""
    wider = json_object("id", "kind", id={"type": "integer"}, kind={"enum": ["a", "b", "c"]})
    write_versions(tmp_path, SCHEMA, wider, subject="dog", suffix=".json")
    write(tmp_path / "pacts" / "kennel.json", PACT)
    begun = run("contract", "init", "dog", "kennel", "--pact", "pacts/kennel.json", "--against", "1", cwd=tmp_path)
    assert begun.code == 0
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 1
    assert "Breaks kennel: it needs kind." in result.out
    assert '"kind": "c"}  refused by jsonschema' in result.out
    assert run("contract", "verify", "--writers", "1", cwd=tmp_path).code == 0


def test_provider_states_and_open_parts_are_shown(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, SCHEMA, subject="dog", suffix=".json")
    pact = message({"id": 1, "kind": "a"}, {"$.id": rule("integer"), "$.kind": rule("date", date="EEEE")})
    listed = pact["messages"]
    assert isinstance(listed, list)
    assert isinstance(listed[0], dict)
    listed[0]["providerStates"] = [{"name": "a dog is there"}]
    write(tmp_path / "kennel.json", pact)
    contract(tmp_path, "kennel", 'pact = "../../kennel.json"\n', "dog")
    out = run("contract", "list", cwd=tmp_path).out
    assert "  given  a dog is there\n" in out
    assert "  open  kind: the format EEEE of a date has no translation\n" in out
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 4, "what could not be translated is neither compatible nor incompatible"
    assert "`kind`: the format EEEE of a date has no translation" in result.out


HTTP_ONLY = {"interactions": [{"description": "get", "request": {"method": "GET"}, "response": {"status": 200}}]}
SEVERAL = {"messages": [{"description": "one", "contents": {}}, {"description": "two", "contents": {}}]}


@pytest.mark.parametrize(
    ("pact", "line", "said"),
    [
        (HTTP_ONLY, "", "the pact has HTTP interactions and no message"),
        ({"messages": []}, "", "the pact has nothing and no message"),
        ({"name": "x"}, "", "is no pact"),
        ("[1]", "", "is no pact"),
        ("{", "", "kennel.json"),
        (SEVERAL, "", "the pact has 2 messages"),
        (SEVERAL, 'message = "three"\n', "It has: one; two."),
    ],
)
def test_a_pact_that_cannot_be_read_is_clear_and_never_green(
    run: Run, tmp_path: Path, pact: object, line: str, said: str
) -> None:
    write_versions(tmp_path, SCHEMA, subject="dog", suffix=".json")
    write(tmp_path / "kennel.json", pact)
    contract(tmp_path, "kennel", f'pact = "../../kennel.json"\n{line}', "dog")
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 3
    assert said in " ".join(result.out.split())


def test_a_pact_does_not_speak_of_binary_events(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "dog.avsc", {"type": "record", "name": "Dog", "fields": []})
    write(tmp_path / "kennel.json", PACT)
    contract(tmp_path, "kennel", 'pact = "../../kennel.json"\n', "dog")
    result = run("contract", "verify", cwd=tmp_path)
    assert (result.code, "a pact speaks of JSON" in result.out) == (3, True)


_CLOSED = {"$": rule("type"), "$.a": rule("equality")}


@pytest.mark.parametrize(
    ("rules", "verdicts"),
    [
        ({"$": rule("type")}, ("compatible", "compatible")),
        (_CLOSED, ("compatible", "incompatible")),
        ({"$": rule("type"), "$.k": rule("decmal")}, ("undecided", "undecided")),
        ({"$": rule("type"), "$.k": {"match": "date", "format": "EEEE"}}, ("undecided", "undecided")),
        (_CLOSED | {"$.k": rule("decmal")}, ("undecided", "incompatible")),
    ],
    ids=["type", "closed", "unknown", "format", "closed and unknown"],
)
def test_what_is_told_of_the_other_policy_is_what_that_says_when_it_is_asked(
    rules: Mapping[str, JSON], verdicts: tuple[str, str], run: Run, tmp_path: Path
) -> None:
    inner = json_object("b", b={"const": 1})
    write_versions(tmp_path, json_object("a", "k", a=inner, k={"type": "string"}), suffix=".json")
    write(tmp_path / "contracts" / "order" / "shop.json", message({"a": {"b": 1}, "k": "x"}, rules))
    contract(tmp_path, "shop", 'pact = "shop.json"\n')
    told: dict[str, str] = {}
    asked: dict[str, str] = {}
    for policy in ("lenient", "strict"):
        result = run("contract", "verify", "--policy", policy, "--format", "json", cwd=tmp_path)
        (comparison,) = json.loads(result.out)["subjects"][0]["comparisons"]
        asked[policy] = comparison["verdict"]
        told[comparison["other_policy"]["policy"]] = comparison["other_policy"]["verdict"]
    assert told == asked == dict(zip(("lenient", "strict"), verdicts, strict=True))


def test_an_event_has_to_match_one_of_several_messages(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, SCHEMA, subject="dog", suffix=".json")
    several = {"messages": [{"description": kind, "contents": {"kind": kind}} for kind in "ab"]}
    write(tmp_path / "kennel.json", json.dumps(several))
    contract(tmp_path, "kennel", 'pact = "../../kennel.json"\nmessage = ["a", "b"]\n', "dog")
    assert run("contract", "verify", cwd=tmp_path).code == 0
    contract(tmp_path, "kennel", 'pact = "../../kennel.json"\nmessage = "a"\n', "dog")
    assert run("contract", "verify", cwd=tmp_path).code == 1


@pytest.mark.slow
def test_what_a_rule_costs_does_not_grow_with_the_others() -> None:
    """Four times as many members, each with a rule, take about four times as long."""

    def calls_of(count: int) -> int:
        names = [f"f{at}" for at in range(count)]
        pact = message(dict.fromkeys(names, "a"), {f"$.{name}": rule("type") for name in names})
        made, calls = called(lambda: reader(pact))
        assert made["required"] == names
        return calls

    calls_of(100)  # what is compiled at the first time is no cost of a rule
    assert calls_of(800) < 6 * calls_of(200)
