"""`evtcompat check` as a person runs it: what is found without a flag, and what happens when something is wrong."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli_harness import ROOT, Run, commit, git
from evtcompat.model.levels import Level
from evtcompat.reporters.json_report import report_schema

V1, V2, V3 = "schemas/order-placed-v1.avsc", "schemas/order-placed-v2.avsc", "schemas/rejected/order-placed-v3.avsc"
RECORD = '{"type": "record", "name": "R", "fields": [%s]}'


def json_report(out: str) -> dict[str, object]:
    """The report, which is valid under the schema that ships."""
    report: dict[str, object] = json.loads(out)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    return report


def subjects_of(report: dict[str, object]) -> list[dict[str, Any]]:
    subjects = report["subjects"]
    assert isinstance(subjects, list)
    return subjects


@pytest.mark.slow
def test_versions_beside_the_file_are_found_without_a_flag(run: Run) -> None:
    result = run("check", V2)
    assert result.code == 0
    assert "order-placed" in result.out
    assert V1 in result.out
    assert "compatible" in result.out
    assert result.out.startswith("No consumer breaks. 1 changed.\n")


def test_a_break_is_shown_with_place_proof_and_order(run: Run) -> None:
    result = run("check", V3, "--against", V2)
    assert result.code == 1
    assert f"{V3}:13:5  error  reader-field-missing-default-value" in result.out
    assert "refused by fastavro" in result.out
    assert "Deploy" in result.out


def test_the_json_report_says_the_same(run: Run) -> None:
    result = run("check", V3, "--against", V2, "--format", "json")
    report = json_report(result.out)
    assert result.code == 1
    assert report["verdict"] == "incompatible"
    (subject,) = subjects_of(report)
    backward, forward = subject["comparisons"]
    assert (backward["direction"], forward["direction"]) == ("backward", "forward")
    rules = {finding["rule"] for finding in backward["findings"]}
    assert "reader-field-missing-default-value" in rules
    for finding in backward["findings"]:
        if finding["severity"] == "error":
            assert finding["witness"]["confirmed_by"].startswith("fastavro") or finding["witness"]["kind"] != "refused"


@pytest.mark.slow
@pytest.mark.parametrize("level", [level.value for level in Level])
def test_every_level_works(run: Run, level: str) -> None:
    assert run("check", V2, "--level", level).code == 0
    broken = run("check", V3, "--against", V2, "--level", level)
    assert broken.code == (0 if level == "NONE" else 1)


def test_a_transitive_level_names_the_version_that_failed(run: Run, tmp_path: Path) -> None:
    for number, field in enumerate(['{"name": "a", "type": "int"}', '{"name": "a", "type": ["null", "int"]}', ""], 1):
        (tmp_path / f"e-v{number}.avsc").write_text(RECORD % field)
    (tmp_path / "e-v4.avsc").write_text(RECORD % '{"name": "a", "type": "string", "default": ""}')
    result = run("check", "e-v4.avsc", "--level", "BACKWARD_TRANSITIVE", cwd=tmp_path)
    assert result.code == 1
    assert "(backward: v4 reads v1 and v2)" in result.out
    assert "v4 reads v3" not in result.out
    assert run("check", "e-v4.avsc", "--level", "BACKWARD", cwd=tmp_path).code == 0


BAD = [
    # (file, content, exit code, what the message says)
    ("gone.avsc", None, 3, ["gone.avsc", "there is no such file"]),
    ("syntax.avsc", '{"type":\n "record",,}', 3, ["syntax.avsc:2:11", "not valid JSON"]),
    ("empty.avsc", "", 3, ["empty.avsc", "the file is empty"]),
    ("twice.avsc", '{"type": "int",\n "type": "long"}', 3, ["twice.avsc:2:2", "line 1, column 2", "twice"]),
    ("wrong.avsc", RECORD % '{"name": "a", "type": "strng"}', 3, ["wrong.avsc:1", "strng"]),
    ("nofields.avsc", '{"type": "record", "name": "R"}', 3, ["nofields.avsc", "fields"]),
    ("nowhere.avsc", RECORD % '{"name": "a", "type": "com.x.Gone"}', 3, ["nowhere.avsc:1", "com.x.Gone"]),
    ("deep.avsc", '{"type": "array", "items": ' * 1200 + '"int"' + "}" * 1200, 3, ["deep.avsc", "1100"]),
    ("latin.avsc", '{"type": "string", "doc": "é"}'.encode("latin-1"), 3, ["latin.avsc:1", "UTF-8"]),
    ("model.avdl", "protocol P {}", 3, ["model.avdl", "without records"]),
    ("model.proto", "message P {}", 3, ["model.proto", "proto"]),
    ("plain.txt", "hello", 3, ["plain.txt"]),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_cannot_be_checked_is_told_with_place_and_next_step(
    run: Run, tmp_path: Path, name: str, content: str | bytes | None, code: int, words: list[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("check", name, cwd=tmp_path)
    shown = result.out + result.err
    assert result.code == code
    assert "Traceback" not in shown
    for word in words:
        assert word in shown
    report = run("check", name, "--format", "json", cwd=tmp_path)
    assert report.code == code
    assert json_report(report.out)["verdict"] == "unchecked"


def test_a_folder_without_a_schema_is_not_green(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("nothing here")
    result = run("check", ".", cwd=tmp_path)
    assert result.code == 3
    assert "no schema" in (result.out + result.err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--level", "BACKWARDS"], ["BACKWARDS", "BACKWARD"]),
        (["--policy", "loose"], ["loose", "lenient"]),
        (["--format", "txt"], ["txt", "text"]),
        (["--fail-on", "sometimes"], ["sometimes", "warning"]),
        (["--undecided", "maybe"], ["maybe", "warn"]),
        (["--nonsense"], ["--nonsense"]),
    ],
)
def test_wrong_usage_is_exit_2_with_a_near_miss(run: Run, arguments: list[str], words: list[str]) -> None:
    result = run("check", V2, *arguments)
    assert result.code == 2
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


@pytest.mark.slow
def test_a_git_ref_that_does_not_exist_is_unchecked(run: Run, repository: Path) -> None:
    shutil.copy(ROOT / V1, repository / "order-placed.avsc")
    commit(repository, "first")
    result = run("check", "order-placed.avsc", "--against", "git:nowhere", cwd=repository)
    assert result.code == 3
    assert "nowhere" in result.out + result.err


@pytest.mark.slow
def test_a_ref_missing_from_a_shallow_clone_names_the_fetch_that_helps(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    schema = repository / "order-placed.avsc"
    for version in (V1, V2):
        shutil.copy(ROOT / version, schema)
        commit(repository, version)
    git(repository, "tag", "old", "HEAD~1")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", f"file://{repository}", str(clone))
    result = run("check", "order-placed.avsc", "--against", "git:old", cwd=clone)
    assert result.code == 3
    assert "git fetch" in result.out + result.err


@pytest.mark.slow
def test_the_same_path_at_a_git_ref_is_the_baseline(run: Run, repository: Path) -> None:
    schema = repository / "order placed é.avsc"
    shutil.copy(ROOT / V2, schema)
    commit(repository, "first")
    same = run("check", schema.name, "--against", "git:HEAD", cwd=repository)
    assert (same.code, "unchanged" in same.out) == (0, True)
    shutil.copy(ROOT / V3, schema)
    assert run("check", schema.name, "--against", "git:HEAD", cwd=repository).code == 1


def test_a_folder_as_baseline(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    shutil.copy(ROOT / V1, old / "order-placed.avsc")
    shutil.copy(ROOT / V2, new / "order-placed.avsc")
    result = run("check", "new", "--against", "old", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith("No consumer breaks. 1 changed.\n")


SMALL = RECORD % '{"name": "a", "type": "int"}'
FINE = {
    "bom.avsc": "\ufeff" + SMALL,
    "crlf.avsc": SMALL.replace("{", "{\r\n"),
    "comments.avsc": "/* why */ " + SMALL + " // because",
    "deep.avsc": '{"type": "array", "items": ' * 498 + '"int"' + "}" * 498,
    "large.avsc": RECORD % ",".join(f'{{"name": "f{n}", "type": "int", "doc": "{"x" * 1000}"}}' for n in range(5000)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FINE)
def test_unusual_files_are_checked_normally(run: Run, tmp_path: Path, name: str) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(FINE[name], encoding="utf-8", newline="")
    result = run("check", f"b/{name}", "--against", f"a/{name}", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert "unchanged" in result.out


def test_one_bad_schema_hides_nothing_of_the_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a-v1.avsc").write_text(SMALL)
    (tmp_path / "a-v2.avsc").write_text(SMALL.replace("int", "string"))
    (tmp_path / "b-v1.avsc").write_text("{")
    result = run("check", ".", cwd=tmp_path)
    assert result.code == 1
    assert "b-v1.avsc:1:2" in result.out
    assert "type-mismatch" in result.out
    assert run("check", "b-v1.avsc", cwd=tmp_path).code == 3


def test_what_only_a_registry_refuses_is_told(run: Run, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"e-v{number}.avsc").write_text(SMALL.replace('"R"', '"1R"'))
    result = run("check", "e-v2.avsc", cwd=tmp_path)
    assert result.code == 0
    assert "would refuse to register it" in result.out
    assert "1R" in result.out


@pytest.mark.slow
def test_a_record_spread_over_two_files(run: Run) -> None:
    result = run("check", "schemas/payment-captured-v2.avsc")
    assert (result.code, "1 changed" in result.out) == (0, True)


def test_explain_and_rules(run: Run) -> None:
    listed = run("rules")
    assert "reader-field-missing-default-value" in listed.out
    page = run("explain", "reader-field-missing-default-value")
    assert page.code == 0
    for title in ("What", "Why", "Example", "Remedy"):
        assert title in page.out
    wrong = run("explain", "reader-field-missing-default")
    assert wrong.code == 2
    assert "Did you mean `reader-field-missing-default-value`?" in wrong.err


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("check", "--staged"), "--staged"),
        (("check", "--changed"), "--changed"),
        (("check", "--staged", "--against", "lock"), "--staged"),
        (("contract", "verify", "--staged"), "--staged"),
    ],
)
def test_an_option_about_git_needs_git(run: Run, tmp_path: Path, words: tuple[str, ...], option: str) -> None:
    """Rather than check something else than what was asked for."""
    (tmp_path / "a.avsc").write_text('"string"')
    result = run(*words, cwd=tmp_path)
    assert result.code == 3
    assert f"{option} asks git, and {tmp_path} is not in a git repository" in " ".join(result.out.split())
    assert f"Leave out {option}" in result.out


@pytest.mark.slow
def test_before_the_first_commit_nothing_is_the_baseline(run: Run, repository: Path) -> None:
    (repository / "a.avsc").write_text('"string"')
    out = run("check", "a.avsc", cwd=repository).out
    assert out.startswith("Nothing was compared. 1 new.\n")
    assert out.endswith("\nCompared with nothing in git (there is no commit yet).\n")
    named = run("check", "a.avsc", "--against", "git:main", cwd=repository)
    assert (named.code, "the repository has no commit yet" in named.out) == (3, True)
    commit(repository, "one")
    first = git(repository, "rev-parse", "HEAD")[:10]
    after = run("check", "a.avsc", cwd=repository)
    assert after.out.endswith(f"\nCompared with nothing in git ({first} is the first commit).\n")


def test_an_empty_path_is_no_folder(run: Run) -> None:
    """A variable of a script that is not set must not check something else."""
    result = run("check", "")
    assert (result.code, result.out) == (2, "")
    assert "an empty path names no file\n  Name a file or folder" in result.err


def test_what_cannot_be_checked_is_not_counted_as_new_or_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text('{"type": "record", "name": "A"}')
    (tmp_path / "b.avsc").write_text('"string"')
    alone = run("check", "a.avsc", cwd=tmp_path)
    against = run("check", "a.avsc", "--against", "b.avsc", cwd=tmp_path)
    assert (alone.code, against.code) == (3, 3)
    assert alone.out.startswith("1 could not be checked (a.avsc).\n")
    assert against.out.startswith("1 could not be checked (a.avsc).\n")
    folder = run("check", "a.avsc", "b.avsc", "nowhere.avsc", "--quiet", cwd=tmp_path)
    assert folder.out == "2 could not be checked (nowhere.avsc, a.avsc). 1 new.\n"


def test_a_folder_without_a_schema_is_told_in_the_first_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Nothing.")
    result = run("check", ".", "--quiet", cwd=tmp_path)
    assert (result.code, result.out) == (3, "There is no schema in this folder.\n")


@pytest.mark.parametrize(
    ("folder", "file", "module"),
    [
        ("", "src/orders/events.py", "orders.events"),
        ("src", "orders/events.py", "orders.events"),
        ("", "src/orders/__init__.py", "orders"),
        ("src/orders", "events.py", "events"),
    ],
)
def test_a_module_that_is_named_as_a_file_is_told_by_its_name(
    folder: str, file: str, module: str, run: Run, tmp_path: Path
) -> None:
    where = tmp_path / folder
    (where / file).parent.mkdir(parents=True, exist_ok=True)
    (where / file).write_text("import this\n")
    result = run("check", file, cwd=where)
    assert (result.code, f"evtcompat check {module}:\n" in result.out) == (3, True), result.out


def test_what_another_policy_says_is_told_once_of_several_versions(run: Run, repository: Path) -> None:
    def write(version: int, *names: str) -> None:
        properties = {name: {"type": "string"} for name in names}
        draft = "http://json-schema.org/draft-07/schema#"
        (repository / f"o-v{version}.json").write_text(json.dumps({"$schema": draft, "properties": properties}))

    write(1, "a")
    write(2, "a", "b")
    commit(repository, "one")
    write(2, "a", "b", "c")
    out = run("check", cwd=repository).out
    assert "against v1 (o-v1.json), v2 as published" in " ".join(out.split())
    assert out.count("under the strict policy the backward direction is incompatible.") == 1


def test_ask_without_a_registry_asks_nobody(run: Run) -> None:
    result = run("check", "schemas/order-placed-v2.avsc", "--ask")
    assert (result.code, result.out) == (2, "")
    assert "--ask asks a registry, and this check is against none\n  Add --against registry.\n" in result.err


def test_a_folder_of_fixtures_holds_no_schema(run: Run, tmp_path: Path) -> None:
    """What `fixtures generate` writes is no subject of a check, though poison brings its writer's schema along."""
    shutil.copytree(ROOT / "tests" / "fixtures", tmp_path / "fixtures", ignore=shutil.ignore_patterns("*.py"))
    result = run("check", "fixtures", cwd=tmp_path)
    assert (result.code, "there is no schema in this folder" in result.out) == (3, True)


def test_many_skipped_files_are_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text('"string"')
    for number in range(12):
        (tmp_path / f"{number:02}.json").write_text("{}")
    out = run("check", ".", cwd=tmp_path).out
    assert out.startswith("Nothing was compared. 1 new, 12 skipped.\n")
    assert "09.json" not in out
    everything = run("check", ".", "--verbose", cwd=tmp_path).out
    assert all(f"\n  {number:02}.json (no known $schema)\n" in everything for number in range(12))


@pytest.mark.slow
def test_an_edit_of_a_shared_type_is_told_once_and_named_for_the_others(run: Run, repository: Path) -> None:
    def money(kind: str) -> str:
        return json.dumps({"type": "record", "name": "Money", "fields": [{"name": "amount", "type": kind}]})

    for name in ("Invoice", "Order", "Refund"):
        fields = [{"name": "sum", "type": "Money"}]
        text = json.dumps({"type": "record", "name": name, "fields": fields})
        (repository / f"{name.lower()}.avsc").write_text(text, encoding="utf-8")
    (repository / "money.avsc").write_text(money("int"), encoding="utf-8")
    commit(repository, "first")
    (repository / "money.avsc").write_text(money("string"), encoding="utf-8")
    out = " ".join(run("check", cwd=repository).out.split())
    assert out.count("proof") == 2 * 2, "of the shared type itself, and of the first that uses it, in both directions"
    assert out.count("the same as told of invoice above.") == 2
    assert " ".join(run("check", "-v", cwd=repository).out.split()).count("proof") == 2 * 4


def test_an_edit_of_a_shared_part_of_one_document_is_told_once(run: Run, repository: Path) -> None:
    def document(kind: str) -> str:
        holder = {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Base"}}}
        names = [f"m{at}" for at in range(9)]
        components = {"schemas": {"Base": {"type": kind}}, "messages": {name: {"payload": holder} for name in names}}
        messages = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
        channels = {"c": {"address": "c", "messages": messages}}
        return json.dumps({"asyncapi": "3.0.0", "info": {}, "channels": channels, "components": components}, indent=1)

    (repository / "asyncapi.json").write_text(document("integer"), encoding="utf-8")
    commit(repository, "first")
    (repository / "asyncapi.json").write_text(document("string"), encoding="utf-8")
    out = " ".join(run("check", cwd=repository).out.split())
    assert out.count("the same as told of m0 above.") == 8
    assert out.count(" proof ") == 2, "in both directions"


@pytest.mark.parametrize("more", [[], ["--history"]])
def test_what_is_no_schema_is_unchecked_however_long_it_has_stood(more: list[str], run: Run, repository: Path) -> None:
    """History was checked when it was made; this never was."""
    good = {"type": "record", "name": "Good", "fields": []}
    bad = {"type": "record", "name": "Bad", "fields": [{"name": "a", "type": "Nope"}]}
    for name, schema in (("good", good), ("bad", bad)):
        (repository / f"{name}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    commit(repository, "first")
    (repository / "notes.txt").write_text("a later commit", encoding="utf-8")
    commit(repository, "second")
    result = run("check", *more, cwd=repository)
    assert result.code == 3
    assert result.out.startswith("1 that did not change could not be checked. 1 unchanged.")
    assert "bad.avsc:1:" in result.out


ASYNCAPI = """asyncapi: 2.6.0
info: {title: Shop, version: 1.0.0}
channels:
  orders:
    publish:
      message: {name: Order, payload: {type: object, properties: {a: {type: string}}}}
"""
OPENAPI = """openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
webhooks:
  placed:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "read", "other", "place"),
    [
        (ASYNCAPI, "2.6.0", "9.0.0", "api.yaml:1:11"),
        (ASYNCAPI, "2.6.0", "1", "api.yaml:1:11"),
        (OPENAPI, "3.1.0", "4.0.0", "api.yaml:1:10"),
    ],
)
def test_a_version_of_a_document_that_is_not_read_is_unchecked_and_nothing_in_it_removed(
    text: str, read: str, other: str, place: str, run: Run, repository: Path
) -> None:
    document = repository / "api.yaml"
    document.write_text(text)
    commit(repository, "first")
    document.write_text(text.replace(read, other))
    for words in (("check",), ("check", "api.yaml"), ("check", "--staged")):
        git(repository, "add", "--all")
        result = run(*words, cwd=repository)
        assert result.code == 3
        assert f"{place}  unchecked" in result.out
        assert f"{other}, which evtcompat does not read" in result.out
        assert "subject-removed" not in result.out


@pytest.mark.parametrize("words", [("check", "--color", "never"), ("registry", "subjects", "--color", "never")])
def test_an_option_that_stands_before_the_command_is_told_so(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 2
    assert "--color stands before the command: evtcompat --color" in " ".join(result.err.replace("│", "").split())
    assert "stands before" not in run("check", "--colr").err


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("boto3", ("check", ".", "--against", "registry")),
        ("werkzeug", ("registry", "serve")),
    ],
)
def test_a_package_that_is_not_installed_leaves_things_unchecked(
    package: str, words: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of the command are right, and nothing was looked at: exit code 3, as for the clients of brokers."""
    (tmp_path / "order.avsc").write_text('{"type": "record", "name": "Order", "fields": []}')
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", "glue://eu-west-1/shop")
    monkeypatch.setitem(sys.modules, package, None)
    result = run(*words, cwd=tmp_path)
    assert result.code == 3
    assert "pip install 'evtcompat[" in result.out + result.err
