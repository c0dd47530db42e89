"""A version mark that says what the path says is no change; any other constant is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli_harness import Run
from evtcompat.formats.stated_versions import names_version


def marked(version: str, **more: object) -> str:
    meta = {
        "type": "object",
        "properties": {"version": {"enum": [version], "default": version}},
        "required": ["version"],
    }
    properties = {"meta": meta, **more}
    return json.dumps({
        "$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "properties": properties,
    })  # fmt: skip


def named(version: str, *fields: str) -> str:
    members = [{"name": field, "type": "string"} for field in fields]
    source = {"name": "source", "type": f"shop.{version}.Source"}
    return json.dumps({"type": "record", "namespace": f"shop.{version}", "name": "Alert", "fields": [*members, source]})


def source(version: str) -> str:
    return json.dumps({"type": "record", "namespace": f"shop.{version}", "name": "Source", "fields": []})


def check(run: Run, folder: Path, files: dict[str, str]) -> int:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return run("check", cwd=folder).code


def test_a_mark_of_the_version_of_the_path_is_no_change(run: Run, tmp_path: Path) -> None:
    assert check(run, tmp_path, {"a/1.0.0.json": marked("1.0.0"), "a/1.1.0.json": marked("1.1.0")}) == 0
    assert check(run, tmp_path, {"b/v3.0/b.json": marked("3.0"), "b/v3.1-RC3/b.json": marked("3.1-RC3")}) == 0


@pytest.mark.parametrize(("old", "new"), [("1.0.0", "1.0.1"), ("0.9.0", "1.1.0"), ("draft", "1.1.0"), ("1.0.0", "x")])
def test_any_other_constant_is_one(old: str, new: str, run: Run, tmp_path: Path) -> None:
    assert check(run, tmp_path, {"a/1.0.0.json": marked(old), "a/1.1.0.json": marked(new)}) == 1


def test_what_else_differs_is_found_beside_a_mark(run: Run, tmp_path: Path) -> None:
    old, new = marked("1.0.0", a={"type": "string"}), marked("1.1.0", a={"type": "integer"})
    assert check(run, tmp_path, {"a/1.0.0.json": old, "a/1.1.0.json": new}) == 1


def test_a_version_in_the_names_of_types_is_no_change_through_references_too(run: Run, tmp_path: Path) -> None:
    files = {
        f"{number}/0/shop.v{number}_0.{name}.avsc": text
        for number in (9, 10)
        for name, text in {"alert": named(f"v{number}_0", "a"), "source": source(f"v{number}_0")}.items()
    }
    assert check(run, tmp_path, files) == 0
    files["10/0/shop.v10_0.alert.avsc"] = named("v10_0", "a", "b")
    assert check(run, tmp_path, files) == 1


@pytest.mark.parametrize(("word", "label", "same"), [
    ("1.2.0", "1-2-0", True), ("v10_0", "10.0", True), ("2", "2", True), ("2", "v2", True), ("2", "20", False),
    ("1.0.0-rc.1", "1.0.0-rc.1", True), ("3.1-RC3", "3.1-rc3", True), ("3.1-RC2", "3.1-RC3", False),
    ("3.1", "3.1-RC3", False),
    ("1.0.0-rc.1", "1.0.0", False), ("", "1", False), ("x1", "1", False), ("latest", "latest", False),
    ("1" + "a" * 99 + "!", "1", False),
])  # fmt: skip
def test_a_word_names_a_version_however_it_is_written(word: str, label: str, *, same: bool) -> None:
    assert names_version(word, label) is same


def report(run: Run, folder: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("check", "--format", "json", *more, cwd=folder).out)
    return found


def test_a_mark_that_is_no_change_is_told_once_of_the_subject(run: Run, tmp_path: Path) -> None:
    versions = ("1.0.0", "1.1.0", "1.2.0")
    check(run, tmp_path, {f"a/{version}.json": marked(version) for version in versions})
    found = report(run, tmp_path, "--level", "FULL_TRANSITIVE")["subjects"]
    (subject,) = (one for one in found if one["candidate"]["version"] == versions[-1])
    (finding,) = subject["findings"]
    assert (subject["verdict"], finding["rule"], finding["severity"]) == ("compatible", "version-mark-differs", "note")
    assert '"1.2.0" in v1.2.0, "1.0.0" in v1.0.0, "1.1.0" in v1.1.0: taken for no change' in finding["message"]
    assert finding["reader"]["pointer"] == "/properties/meta/properties/version/enum"
    for kind in ("text", "markdown", "html"):
        assert "names the version" in run("check", "--format", kind, cwd=tmp_path).out


def test_a_mark_that_constrains_nothing_is_not_told(run: Run, tmp_path: Path) -> None:
    texts = {one: marked(one).replace(f'"enum": ["{one}"], ', "") for one in ("1.0.0", "1.1.0")}
    check(run, tmp_path, {f"a/{version}.json": text for version, text in texts.items()})
    assert [subject["findings"] for subject in report(run, tmp_path)["subjects"]] == [[]]


def test_a_version_in_the_names_of_types_is_told(run: Run, tmp_path: Path) -> None:
    check(run, tmp_path, {f"v{n}/alert.avsc": named(f"v{n}", "a").replace(f"shop.v{n}.Source", "int") for n in (1, 2)})
    (subject,) = report(run, tmp_path)["subjects"]
    assert subject["verdict"] == "compatible"
    assert [one["message"].partition(",")[0] for one in subject["findings"]] == ["The namespace names the version"]


def test_a_mark_can_be_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "evtcompat.toml").write_text('[severity]\nversion-mark-differs = "error"\n', encoding="utf-8")
    assert check(run, tmp_path, {"a/1.0.0.json": marked("1.0.0"), "a/1.1.0.json": marked("1.1.0")}) == 1


def test_a_proof_names_the_mark_that_it_passes_over(run: Run, tmp_path: Path) -> None:
    check(run, tmp_path, {"a/1.0.0.json": marked("1.0.0"), "a/1.1.0.json": marked("1.1.0")})
    (subject,) = report(run, tmp_path, "--explain-proof")["subjects"]
    for comparison in subject["comparisons"]:
        assert any("`version` names the version of each" in step["argument"] for step in comparison["proof"])


@pytest.mark.parametrize("policy", ["lenient", "strict"])
def test_a_payload_has_the_mark_of_its_writer(policy: str, run: Run, tmp_path: Path) -> None:
    """A validator that knows of no marks accepts it under the writer as written, and refuses it under the reader."""
    required = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    old, new = marked("1.0.0", a=required), marked("1.1.0", a={"type": "integer"})
    both = {"a/1.0.0.json": old, "a/1.1.0.json": new.replace('"required": ["version"]', '"required": ["version", "x"]')}
    check(run, tmp_path, both)
    (subject,) = report(run, tmp_path, "--policy", policy)["subjects"]
    told = 0
    for comparison in subject["comparisons"]:
        schemas = [json.loads(text) for text in both.values()]
        writer, reader = schemas if comparison["direction"] == "backward" else schemas[::-1]
        for finding in comparison["findings"]:
            witness = finding["witness"]
            jsonschema.Draft4Validator(writer).validate(witness["value"])
            assert not jsonschema.Draft4Validator(reader).is_valid(witness["value"])
            has_mark = "version" in witness["value"].get("meta", {})
            assert ("its mark of the version" in witness["observed"]) is has_mark
            told += has_mark
    assert told


@pytest.mark.slow
def test_diff_and_matrix_say_what_check_says(run: Run, tmp_path: Path) -> None:
    check(run, tmp_path, {"a/1.0.0.json": marked("1.0.0"), "a/1.1.0.json": marked("1.1.0")})
    page = run("diff", "a/1.0.0.json", "a/1.1.0.json", cwd=tmp_path).out
    assert "new reads old: compatible" in page
    assert "old reads new: compatible" in page
    assert page.count("names the version") == 1
    table = run("matrix", "a", cwd=tmp_path).out
    assert "(check: compatible)" in table
    assert "`version`: names the version, no change to check" in table
