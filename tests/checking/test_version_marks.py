"""A version mark that says what the path says is no change; any other constant is."""

from __future__ import annotations

import json
from pathlib import Path

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
    ("1.0.0-rc.1", "1.0.0-rc.1", False), ("", "1", False), ("x1", "1", False),
])  # fmt: skip
def test_a_word_names_a_version_however_it_is_written(word: str, label: str, *, same: bool) -> None:
    assert names_version(word, label) is same
