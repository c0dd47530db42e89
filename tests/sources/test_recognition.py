"""What is a schema, what only looks like one, and that neither decides whether something is new."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat.formats.loading import by_name
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.layout import Layout

from .conftest import Repo
from .selecting import lay, run, text

AVRO = {"type": "record", "name": "A", "fields": [{"name": "a", "type": "int"}]}
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def schema(type_: str, named: str | None = DRAFT_7) -> str:
    head = {} if named is None else {"$schema": named}
    return json.dumps({**head, "type": "object", "properties": {"a": {"type": type_}}, "required": ["a"]})


#: Documents that look like schemas and are not read as such in a walk, by a word of the reason.
LOOKALIKES: dict[str, tuple[str, str]] = {
    "a near miss": ("x.json", schema("string", "http://json-schema.org/draft-7/schema#")),
    "the nearest that is known": ("x.yaml", '$schema: "https://json-schema.org/draft/2020-12/schema/"\ntype: object\n'),
    "draft 3": ("x.json", schema("string", "http://json-schema.org/draft-03/schema#")),
    "no $schema": ("x.json", schema("string", None)),
    "no known metaschema": ("x.json", schema("string", "https://example.com/meta")),
    "Avro schema": ("x.json", json.dumps(AVRO)),
    "by its content": ("x.yaml", "type: enum\nname: E\nsymbols: [A]\n"),
    "by its content, not": ("x.schema", json.dumps([AVRO])),
    "type called record": ("x.json", '{"type": "record"}'),
    "an OpenAPI": ("x.json", '{"swagger": "2.0", "definitions": {}}'),
    "which cannot be read": ("x.yaml", "openapi: 3.1.0\n<<: *base\n"),
    "envelope": ("x.json", '{"schema": {"type": "struct", "fields": []}, "payload": {}}'),
    "Kafka Connect": ("x.json", '{"type": "struct", "fields": []}'),
    "leads nowhere": ("x.avsc", "-> nowhere"),
}
#: What no word hints at a schema in, and whether a walk lists it.
OTHERS: dict[str, tuple[str, str, bool]] = {
    "renovate": ("renovate.json", '{"$schema": "https://docs.renovatebot.com/renovate-schema.json"}', False),
    "tsconfig": ("tsconfig.json", '{"$schema": "https://json.schemastore.org/tsconfig", /* x */ "files": []}', False),
    "biome": ("biome.json", '{"$schema": "https://biomejs.dev/schemas/1.9.4/schema.json", "files": {}}', False),
    "relative": ("x.yaml", '"$schema": ./tool.schema.json\nproperties: {a: {type: b}}\n', False),
    "package": ("package.json", '{"name": "x", "type": "module"}', True),
    "event": ("event.json", '{"type": "object", "properties": {"colour": "red"}}', True),
    "geojson": ("map.json", '{"type": "Feature", "properties": {"a": {"type": "string"}}}', True),
    "recorded": ("x.json", '{"record": {"payload": 1, "schema": 2}, "type": "enum", "name": "x"}', True),
    "text": ("x.txt", "asyncapi: 3.0.0", False),
    "an api key": ("x.json", '{"openapi-key": "secret", "info": 1}', True),
    "other program": ("x.py", "SCHEMA = 1", False),
}


def write(folder: Path, name: str, content: str) -> None:
    if content.startswith("-> "):
        (folder / name).symlink_to(content[3:])
    else:
        lay(folder, {name: content})


@pytest.mark.parametrize("word", LOOKALIKES)
def test_what_looks_like_a_schema_and_is_not_checked_is_listed_with_its_reason(word: str, tmp_path: Path) -> None:
    name, content = LOOKALIKES[word]
    write(tmp_path, name, content)
    found = discover(disk(tmp_path, tmp_path), ("",))
    assert found.candidates == ()
    ((listed, problem),) = found.lookalikes
    assert found.skipped == (listed,)
    assert listed.startswith(f"{name} (")
    reason = listed.removeprefix(f"{name} (").removesuffix(")")
    assert word.removeprefix("a near miss") in reason
    assert problem.message == f"looks like a schema and is not checked: {reason}"
    assert problem.hint is not None
    assert (problem.exit_code, str(problem.place)) == (3, name)


@pytest.mark.parametrize("word", OTHERS)
def test_data_is_no_unchecked_schema(word: str, tmp_path: Path) -> None:
    name, content, listed = OTHERS[word]
    write(tmp_path, name, content)
    found = discover(disk(tmp_path, tmp_path), ("",))
    assert (found.candidates, found.lookalikes, found.empty) == ((), (), found.problems)
    assert found.skipped == ((f"{name} (no known $schema)",) if listed else ())


def test_what_the_configuration_leaves_out_is_left_out_on_purpose(tmp_path: Path) -> None:
    for number, (name, content) in enumerate(LOOKALIKES.values()):
        if not content.startswith("-> "):
            write(tmp_path, f"{number}{name}", content)
    found = discover(disk(tmp_path, tmp_path), ("",), Layout(exclude=("*x.*",)))
    assert (found.lookalikes, len(found.skipped)) == ((), len(LOOKALIKES) - 1)
    assert all(one.endswith(" (excluded)") for one in found.skipped)


@pytest.mark.parametrize("word", [word for word in LOOKALIKES if "Avro schema" not in word and "content" not in word])
def test_named_or_included_it_is_refused_by_what_it_is(word: str, tmp_path: Path) -> None:
    name, content = LOOKALIKES[word]
    write(tmp_path, name, content)
    for paths, layout in (((name,), Layout()), (("",), Layout(include=("x*",)))):
        found = discover(disk(tmp_path, tmp_path), paths, layout)
        if found.candidates:  # the configuration says what the document leaves open
            assert layout.include or word == "no $schema"
            continue
        assert found.problems or found.lookalikes
        assert len(found.problems) == 1 or word == "leads nowhere"


def test_what_has_the_shape_of_a_schema_is_one_among_schemas(tmp_path: Path) -> None:
    described, words = schema("string", None), '{"type": "string", "format": "uuid"}'
    event, other = '{"type": "user", "id": "7"}', '{"description": "x"}'
    lay(tmp_path, {
        "flat/a.json": described, "flat/b.json": described, "flat/id.json": words,
        "flat/event.json": event, "flat/other.json": other,
        "beside/a.json": schema("string"), "beside/id.yaml": "type: string\n",
        "referred/id.json": words, "user/a.yaml": "asyncapi: 3.0.0\ninfo:\n  x: {$ref: '../referred/id.json#'}\n",
        "web/id.json": words, "web/api.yaml": "openapi: 3.1.0\npaths: {x: {$ref: id.json}}\n",
        "alone/id.json": words,
        "flat/examples/c.json": described, "flat/examples/d.json": described, "flat/a.example.json": described,
    })  # fmt: skip
    found = discover(disk(tmp_path, tmp_path), ("",))
    assert [one.path for one in found.candidates] == [
        "beside/a.json", "beside/id.yaml", "flat/a.json", "flat/b.json", "flat/id.json", "referred/id.json",
    ]  # fmt: skip
    assert "flat/a.example.json (an example or test data)" in found.skipped
    assert [one.path for one in discover(disk(tmp_path, tmp_path), ("flat/examples",)).candidates] == []


@pytest.mark.parametrize("name", ["schema.json", "order.schema.json", "order_schema.yaml", "Order-Schema.json"])
def test_a_name_that_says_schema_is_company_enough(name: str, tmp_path: Path) -> None:
    shape = json.dumps({"type": "object", "properties": {"id": {"type": "string"}}})
    lay(tmp_path, {f"events/{name}": shape, "data/order.json": shape, "data2/schema.json": '{"a": 1}'})
    assert [one.path for one in discover(disk(tmp_path, tmp_path), ("",)).candidates] == [f"events/{name}"]


@pytest.mark.parametrize("content", [json.dumps(AVRO), schema("string", None)])
def test_test_data_that_looks_like_a_schema_is_test_data(content: str, tmp_path: Path) -> None:
    lay(tmp_path, {"src/test/resources/x.json": content})
    found = discover(disk(tmp_path, tmp_path), ("",))
    assert found.skipped == ("src/test/resources/x.json (an example or test data)",)
    assert not found.lookalikes


def test_a_template_that_cannot_be_read_is_counted_and_no_problem(tmp_path: Path) -> None:
    declared = json.dumps({"$schema": DRAFT_7})
    lay(tmp_path, {"templates/a.avsc": "{@A@}", "TEMPLATES/b.json": f"{declared[:-1]}, @B@}}", "a.avsc": "{}"})
    found = discover(disk(tmp_path, tmp_path), ("",))
    assert sorted(one for one in found.skipped) == ["TEMPLATES/b.json (a template)", "templates/a.avsc (a template)"]
    assert not found.problems
    named = Layout(roots=("templates",))
    assert [str(one.place) for one in discover(disk(tmp_path, tmp_path), ("templates",), named).problems] == [
        "templates/a.avsc:1:2"
    ]


#: How the content of a file that holds an Avro schema is known for one.
TOLD = {
    "named": (("s/x.json",), Layout(), {}),
    "included": (("",), Layout(include=("s/*.json",)), {}),
    "beside": (("",), Layout(), {"s/y.avsc": AVRO}),
}


@pytest.mark.parametrize("how", TOLD)
def test_an_avro_schema_is_read_as_one_where_somebody_says_so(how: str, tmp_path: Path) -> None:
    paths, layout, beside = TOLD[how]
    lay(tmp_path, {"s/x.json": json.dumps(AVRO), **{name: json.dumps(one) for name, one in beside.items()}})
    found = discover(disk(tmp_path, tmp_path), paths, layout)
    assert not found.problems
    assert found.candidates[0].path == "s/x.json"
    assert found.candidates[0].format is by_name("avro")


@pytest.mark.parametrize("name", ["order.avro.json", "order.avsc.json", "order.avro.yaml"])
def test_a_name_may_tell_before_its_suffix(name: str, tmp_path: Path) -> None:
    lay(tmp_path, {name: json.dumps(AVRO)})
    (candidate,) = discover(disk(tmp_path, tmp_path), ("",)).candidates
    assert candidate.format is by_name("avro")


def test_an_event_beside_avro_schemas_is_no_schema(tmp_path: Path) -> None:
    lay(tmp_path, {"a.avsc": json.dumps(AVRO), "a.json": '{"a": 1}', "b.json": '["a"]', "c.json": '"int"'})
    assert [one.path for one in discover(disk(tmp_path, tmp_path), ("",)).candidates] == ["a.avsc"]


# newness

#: What may stand at the baseline where now a schema stands, with a part of what becomes of the check.
BEFORE = {
    "the same draft": (schema("string"), 1, "type-changed"),
    "no $schema": (schema("string", None), 1, "type-changed"),
    "another address of the draft": (schema("string", DRAFT_7.replace("http:", "https:")), 1, "type-changed"),
    "a near miss that names the draft": (schema("string", f"{DRAFT_7[:-1]}/"), 1, "type-changed"),
    "a near miss that names none": (schema("string", "http://json-schema.org/draft-7/schema#"), 3, DRAFT_7),
    "a draft that is not read": (schema("string", "http://json-schema.org/draft-03/schema#"), 3, "draft 3"),
    "another metaschema": (schema("string", "https://example.com/meta"), 3, "https://example.com/meta"),
    "an Avro schema": (json.dumps(AVRO), 3, "record"),
    "an AsyncAPI document": ('{"asyncapi": "3.0.0", "channels": {}}', 3, "an AsyncAPI document"),
    "an event": ('{"a": "x"}', 3, "has nothing of a JSON Schema"),
    "no JSON": ("{", 3, "not valid JSON"),
    "nothing": ("", 3, "the file is empty"),
}
AFTER = schema("integer")


HOW = ("in place", "a version beside", "a folder", "a file")
#: What does not look like a schema at all is no version of one where only a name like `order-v1.json` says so.
NO_VERSIONS = ("an event", "no JSON", "nothing")


@pytest.mark.parametrize(
    ("before", "how"),
    [(before, how) for before in BEFORE for how in HOW if how != "a version beside" or before not in NO_VERSIONS],
)
def test_what_stands_at_the_baseline_is_compared_or_refused_and_never_new(
    before: str, how: str, repository: Path, run: Run
) -> None:
    content, code, word = BEFORE[before]
    if how == "in place" and before in ("no JSON", "nothing"):  # nobody can have deployed it
        code, word = 0, "baseline-repaired"
    if how == "a version beside":
        lay(repository, {"s/order-v1.json": content, "s/order-v2.json": AFTER})
        result = run("check", "s/order-v2.json", cwd=repository)
    elif how == "in place":
        lay(repository, {"s/order.json": content})
        commit(repository, "before")
        lay(repository, {"s/order.json": AFTER})
        result = run("check", "s", cwd=repository)
    else:
        lay(repository, {"old/order.json": content, "s/order.json": AFTER})
        result = run("check", "s", "--against", "old" if how == "a folder" else "old/order.json", cwd=repository)
    assert "nothing to compare with" not in result.out
    assert "1 new" not in result.out
    assert result.code == code, result.out
    assert word in result.out.replace("\n         ", " ").replace("\n  ", " ").replace("  ", " ")


def test_a_path_that_the_baseline_does_not_have_is_new(repository: Path, run: Run) -> None:
    lay(repository, {"s/other.json": schema("string", None)})
    commit(repository, "before")
    lay(repository, {"s/order.json": AFTER})
    result = run("check", "s/order.json", cwd=repository)
    assert (result.code, "order  FULL (lenient): new" in result.out) == (0, True)


def test_an_event_beside_its_schema_is_no_version_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path, {"order-v1.json": '{"a": "x"}', "order-v2.json": AFTER, "order-v1.schema.json": schema("string")})
    (second,) = run("").plans
    assert [one.document.origin for one in second.history] == ["order-v1.schema.json"]


# the option

ACTIONS = list(product(("", 'skipped = "fail"\n', 'skipped = "list"\n'), (None, "fail", "list")))


@pytest.mark.parametrize(("configured", "asked"), ACTIONS)
def test_nothing_unchecked_is_green_where_that_is_asked_for(
    configured: str, asked: str | None, repository: Path, run: Run
) -> None:
    lay(repository, {"good.json": AFTER, "bad.json": schema("string", f"{DRAFT_7}x"), "evtcompat.toml": configured})
    lay(repository, {"renovate.json": OTHERS["renovate"][1], "package.json": OTHERS["package"][1]})
    commit(repository, "all")
    options = () if asked is None else ("--skipped", asked)
    result = run("check", *options, cwd=repository)
    fails = (asked or configured.partition('"')[2].rstrip('"\n')) == "fail"
    assert "good  FULL (lenient)" in result.out, "one bad file hides no other"
    assert "renovate" not in result.out
    assert "bad.json" in result.out
    assert DRAFT_7 in result.out
    assert ("Not checked, though they look like schemas:" in result.out) is not fails
    assert ("bad.json  unchecked\n" in result.out) is fails
    assert result.code == (3 if fails else 0)


def test_an_unknown_action_is_refused_before_any_work(run: Run) -> None:
    result = run("check", "schemas", "--skipped", "ignore")
    assert (result.code, result.out) == (2, "")
    assert "unknown action 'ignore' for --skipped" in result.err


#: By name: a schema that says so, and the document beside it that is one in its company alone.
COMPANY = {
    "a document in the shape of a schema": (
        "s/order.json",
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        ("s/id.yaml", "type: {}\nproperties: {{a: {{type: string}}}}\n"),
        ("object", "array"),
    ),
    "an Avro schema in a file of JSON": (
        "s/order.avsc",
        AVRO,
        ("s/id.json", '{{"type": "record", "name": "Id", "fields": [{{"name": "a", "type": "{}"}}]}}'),
        ("string", "bytes"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", COMPANY)
def test_what_was_a_schema_at_the_baseline_is_one_when_its_company_has_moved(how: str, repo: Repo) -> None:
    beside, schema, (path, form), (before, after) = COMPANY[how]
    repo.save({beside: json.dumps(schema), path: form.format(before)})
    (repo.path / beside).unlink()
    repo.write(f"t/{beside}", json.dumps(schema))
    selection = run("")
    assert (path in [plan.path for plan in selection.plans], selection.removals) == (True, ())
    repo.write(path, form.format(after))
    (plan,) = [plan for plan in run("").plans if plan.path == path]
    assert text(plan.published.document if plan.published else None) == form.format(before)
