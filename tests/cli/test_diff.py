"""`evtcompat diff`: what changed, each change with its judgement. Snapshots as in `test_snapshots.py`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from cli_harness import Run, commit, git

SNAPSHOTS = Path(__file__).parent / "snapshots"
CASES = {
    "diff-order-placed-v2.txt": ("schemas/order-placed-v1.avsc", "schemas/order-placed-v2.avsc"),
    "diff-order-placed-v3.txt": ("schemas/order-placed-v2.avsc", "schemas/rejected/order-placed-v3.avsc"),
    "diff-shipment-v3.txt": ("schemas/shipment-dispatched-v2.json", "schemas/rejected/shipment-dispatched-v3.json"),
}
AVRO = '{"type": "record", "name": "%s", "fields": [{"name": "a", "type": "int"}]}'


@pytest.mark.parametrize("name", CASES)
def test_what_a_person_sees(run: Run, name: str) -> None:
    result = run("diff", *CASES[name])
    file = SNAPSHOTS / name
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        file.write_text(result.out, encoding="utf-8")
    assert result.code == 0
    assert result.out == file.read_text(encoding="utf-8")


def test_every_finding_of_the_check_is_there(run: Run) -> None:
    """The changes are for the eye; judging them is left to the check, and none of its findings is lost."""
    old, new = CASES["diff-order-placed-v3.txt"]
    report = json.loads(run("check", new, "--against", old, "--format", "json").out)
    shown = run("diff", old, new).out
    for comparison in report["subjects"][0]["comparisons"]:
        for finding in comparison["findings"]:
            assert finding["rule"] in shown


def test_a_finding_that_no_change_explains_is_told(run: Run, tmp_path: Path) -> None:
    """The name is the schema's own: the finding is about the schema as a whole."""
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(AVRO % "B")
    shown = run("diff", "a.avsc", "b.avsc", cwd=tmp_path).out
    assert "name-mismatch" in shown
    assert 'name  "A" -> "B"' in shown


def test_layout_and_order_are_no_difference(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(json.dumps(dict(reversed(json.loads(AVRO % "A").items())), indent=3))
    shown = run("diff", "a.avsc", "b.avsc", cwd=tmp_path)
    assert "no difference" in shown.out
    assert shown.out.count("compatible") == 2


def test_values_from_schemas_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    (tmp_path / "b.json").write_text(
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "\\u001b[31m"}'
    )
    assert "\x1b" not in run("diff", "a.json", "b.json", cwd=tmp_path).out


@pytest.mark.parametrize("content", ["{", "", '{"type": "strnig"}'])
def test_what_cannot_be_read_is_no_difference(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(content)
    result = run("diff", "a.avsc", "b.avsc", cwd=tmp_path)
    assert result.code == 3
    assert "b.avsc" in result.err
    assert not result.out


@pytest.mark.slow
def test_a_file_as_it_was_at_a_commit(run: Run, repository: Path) -> None:
    """`git:REF` is the other side's file there; what it refers to is what lay beside it then."""
    folder = repository / "schemas"
    folder.mkdir()
    (folder / "money.avsc").write_text('{"type": "fixed", "name": "Money", "size": 4}')
    (folder / "order.avsc").write_text('{"type": "record", "name": "O", "fields": [{"name": "a", "type": "Money"}]}')
    commit(repository, "one")
    git(repository, "tag", "v1")
    (folder / "money.avsc").write_text('{"type": "fixed", "name": "Money", "size": 8}')
    same = run("diff", "git:v1", "schemas/order.avsc", cwd=repository)
    assert same.code == 0
    assert same.out.startswith("v1:schemas/order.avsc  ->  schemas/order.avsc\n")
    assert "fixed-size-mismatch" in same.out
    git(repository, "mv", "schemas/order.avsc", "schemas/placed.avsc")
    commit(repository, "two")
    moved = run("diff", "git:v1:schemas/order.avsc", "placed.avsc", cwd=folder)
    assert "fixed-size-mismatch" in moved.out
    both = run("diff", "git:v1", "git:HEAD:schemas/money.avsc", cwd=folder)
    assert both.out.startswith("v1:schemas/money.avsc  ->  HEAD:schemas/money.avsc\n")


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("git:HEAD", "b.avsc", 3, "HEAD:b.avsc: there is no such file\n  If it had another name"),
        ("git:merge-base:main:x.avsc", "a.avsc", 3, ":x.avsc: there is no such file or folder\n  The path is"),
        ("git:HEAD", "git:HEAD", 2, "nothing says which file of git:HEAD is meant\n  Write git:HEAD:PATH"),
        ("git:HEAD", "sub", 3, "HEAD:sub: is a folder\n"),
        ("git:HEAD", "notes.txt", 3, "HEAD:notes.txt: is no schema\n"),
        ("git:gone", "a.avsc", 3, "git knows no commit called 'gone'\n"),
        ("git:", "a.avsc", 2, "git: names no git ref\n"),
        ("lock", "a.avsc", 2, "lock names no schema\n"),
        ("registry", "a.avsc", 2, "registry names no schema\n"),
        ("registry:order", "a.avsc", 2, "no registry is named\n  Set EVTCOMPAT_REGISTRY_URL"),
    ],
)  # fmt: skip
def test_a_side_that_cannot_be_had(run: Run, repository: Path, old: str, new: str, code: int, message: str) -> None:
    (repository / "sub").mkdir()
    for name in ("a.avsc", "sub/c.avsc"):
        (repository / name).write_text(AVRO % "A")
    (repository / "notes.txt").write_text("notes")
    commit(repository, "one")
    (repository / "b.avsc").write_text(AVRO % "A")
    result = run("diff", old, new, cwd=repository)
    assert (result.code, result.out) == (code, "")
    assert message in result.err


def test_an_event_of_a_document_may_refer_to_other_files(run: Run, repository: Path) -> None:
    """On disk and at a commit; the document itself stands for its only event."""
    channel = {"messages": {"Placed": {"payload": {"allOf": [{"$ref": "common.json#/components/schemas/Envelope"}]}}}}
    asyncapi = {"asyncapi": "3.0.0", "info": {"title": "t", "version": "1"}, "channels": {"orders": channel}}
    envelope = {"components": {"schemas": {"Envelope": {"type": "object", "properties": {"id": {"type": "string"}}}}}}
    (repository / "s").mkdir()
    (repository / "s/asyncapi.json").write_text(json.dumps(asyncapi))
    (repository / "s/common.json").write_text(json.dumps(envelope))
    commit(repository, "one")
    (repository / "s/common.json").write_text(json.dumps(envelope).replace("string", "integer"))
    for old, new in (("git:HEAD", "s/asyncapi.json"), ("git:HEAD:s/asyncapi.json", "s/asyncapi.json#Placed")):
        result = run("diff", old, new, cwd=repository)
        assert (result.code, "type-changed" in result.out) == (0, True), result.err
    assert "no difference" in run("diff", "s/asyncapi.json#Placed", "s/asyncapi.json", cwd=repository).out
    result = run("diff", "git:HEAD", "s/asyncapi.json#Gone", cwd=repository)
    assert (result.code, "There are: s/asyncapi.json#Placed." in result.err) == (3, True)


def test_a_document_of_several_events_says_what_to_write(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.avdl").write_text("protocol P { record Note { int a; } record Other { int a; } }")
    result = run("diff", "note.avdl", "note.avdl#Note", cwd=tmp_path)
    assert (result.code, "Write the name of one after the path: note.avdl#Note." in result.err) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "old",
    [
        "title: T\ntype: object\n",
        "type: string\nminLength: 1\n",
        "allOf:\n- {type: object}\n",
    ],
)
def test_what_a_check_takes_for_a_schema_is_one(old: str, run: Run, repository: Path) -> None:
    """Whatever side says so, and though it stands at a commit."""
    file = repository / "a.yaml"
    file.write_text(old)
    commit(repository, "first")
    file.write_text(f"{old}description: the same\n")
    assert run("diff", "git:HEAD", "a.yaml", cwd=repository).out.endswith("compatible\n")
    commit(repository, "second")
    (repository / "b.yaml").write_text(old)
    for words in (("a.yaml", "b.yaml"), ("git:HEAD~1:a.yaml", "git:HEAD:a.yaml")):
        result = run("diff", *words, cwd=repository)
        assert (result.code, result.err) == (0, "")


def test_what_is_no_schema_is_told_as_by_a_check(run: Run, tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("colour: blue\n")
    result = run("diff", "a.yaml", "b.yaml", cwd=tmp_path)
    assert result.code == 3
    assert "a.yaml: is no schema: neither .avsc, nor a document with a $schema" in result.err
    assert "format=" not in result.err
    (tmp_path / "evtcompat.toml").write_text('include = ["a.yaml"]\n')
    assert run("diff", "a.yaml", "b.yaml", cwd=tmp_path).code == 0


def test_a_list_with_a_word_that_is_written_like_a_position_is_shown_whole(run: Run, tmp_path: Path) -> None:
    for name, words in (("a.json", ["[1]", "[1]", "[[2]]", "[2]", 5]), ("b.json", ["[1]", "[1]", "[[2]]", "[2]", 6])):
        (tmp_path / name).write_text(json.dumps({"$schema": "https://json-schema.org/draft-07/schema#", "enum": words}))
    said = run("diff", "a.json", "b.json", cwd=tmp_path).out
    assert "- enum.5  5" in said, said
    assert "+ enum.6  6" in said, said


def test_a_branch_that_is_gone_is_told_from_one_that_only_moved(run: Run, tmp_path: Path) -> None:
    for name, types in (("a.json", ("string", "integer", "null")), ("b.json", ("null",))):
        branches = [{"type": one} for one in types]
        (tmp_path / name).write_text(
            json.dumps({"$schema": "https://json-schema.org/draft-07/schema#", "anyOf": branches})
        )
    said = run("diff", "a.json", "b.json", cwd=tmp_path).out
    assert [line.strip() for line in said.splitlines() if line.startswith(("  -", "  +", "  ~"))] == [
        '- anyOf.[0]  {"type": "string"}',
        '- anyOf.[1]  {"type": "integer"}',
    ]


def test_one_change_in_records_that_all_hold_each_other_is_told_once_in_each_direction(
    run: Run, tmp_path: Path
) -> None:
    """And not again for each way that leads to it: what is told grows with the changes."""
    for name, leaf in (("a.avsc", "int"), ("b.avsc", "string")):
        records: list[dict[str, object]] = [
            {
                "type": "record",
                "name": f"R{index}",
                "fields": [
                    {"name": "x", "type": leaf if index == 9 else "int"},
                    *({"name": f"f{other}", "type": ["null", f"R{other}"]} for other in range(10)),
                ],
            }
            for index in range(10)
        ]
        schema = {"type": "record", "name": "E", "fields": [{"name": "u", "type": ["null", *records]}]}
        (tmp_path / name).write_text(json.dumps(schema))
    said = run("diff", "a.avsc", "b.avsc", cwd=tmp_path).out
    assert [line.split()[1] for line in said.splitlines() if line.startswith("      error")] == ["type-mismatch"] * 2


@pytest.mark.long
def test_a_list_of_very_many_numbers_is_shown_in_time_that_grows_with_it(run: Run, tmp_path: Path) -> None:
    """A comparison of each with each takes a minute."""
    array = {"name": "xs", "type": {"type": "array", "items": "int"}}
    for name, field in (("a.avsc", array), ("b.avsc", {**array, "default": [*range(100_000)]})):
        (tmp_path / name).write_text(json.dumps({"type": "record", "name": "A", "fields": [field]}))
    start = time.process_time()
    result = run("diff", "a.avsc", "b.avsc", cwd=tmp_path)
    assert result.code == 0, result.err
    assert time.process_time() - start < 30


@pytest.mark.parametrize("turned", [False, True])
def test_schemas_of_two_languages_are_told_as_such(run: Run, tmp_path: Path, *, turned: bool) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "mail.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}')
    names = ("mail.json", "a.avsc") if turned else ("a.avsc", "mail.json")
    result = run("diff", *names, cwd=tmp_path)
    assert result.code == 3
    assert "a.avsc is an Avro schema" in result.err
    assert "mail.json is a JSON Schema" in result.err


def test_a_baseline_outside_git_is_told_without_an_option_that_the_command_has_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    result = run("diff", "a.avsc", "git:main", cwd=tmp_path)
    assert result.code == 3
    assert "is not in a git repository" in result.err
    assert "--against" not in result.err
