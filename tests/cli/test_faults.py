"""A fault of evtcompat is one line, not green, and a file for whoever mends it; it hides nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from cli_harness import ROOT, Run
from evtcompat.formats.avro.format import AvroFormat
from evtcompat.formats.avro.types import AvroSchema, Record
from evtcompat.formats.base import DEFAULTS, Decision, Options, Schema
from evtcompat.model.documents import Document, References


def record(name: str, **fields: object) -> str:
    """A record of fields, each with its type, or with a default of type int."""
    members = [
        {"name": field, "type": kind} if isinstance(kind, str) else {"name": field, "type": "int", "default": kind}
        for field, kind in fields.items()
    ]
    return json.dumps({"type": "record", "name": name, "fields": members})


def project(folder: Path) -> Path:
    """Three subjects, each with two versions: one that breaks, one that does not, one that meets the fault."""
    for subject, newer in (
        ("breaks", {"a": "string"}),
        ("fine", {"a": "int", "b": 1}),
        ("unlucky", {"a": "int", "b": 1}),
    ):
        (folder / f"{subject}-v1.avsc").write_text(record(subject, a="int"))
        (folder / f"{subject}-v2.avsc").write_text(record(subject, **newer))
    return folder


def report_of(out: str) -> dict[str, dict[str, object]]:
    return {subject["subject"]: subject for subject in json.loads(out)["subjects"]}


@pytest.mark.parametrize("step", ["parse", "lint", "compare"])
def test_a_fault_over_one_subject_hides_no_other(
    step: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    here = project(tmp_path / "project")
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    healthy = report_of(run("check", ".", "--format", "json", cwd=here).out)

    parse, lint, compare = AvroFormat.parse, AvroFormat.lint, AvroFormat.compare

    def fail() -> NoReturn:
        message = "nobody\nforesaw this"
        raise KeyError(message)

    def unlucky(schema: Schema) -> bool:
        assert isinstance(schema, AvroSchema)
        assert isinstance(schema.root, Record)
        return schema.root.short == "unlucky"

    def failing_parse(
        self: AvroFormat, document: Document, references: References, options: Options = DEFAULTS
    ) -> AvroSchema:
        return fail() if "unlucky" in str(document.value) else parse(self, document, references, options)

    def failing_lint(self: AvroFormat, schema: Schema) -> object:
        return fail() if unlucky(schema) else lint(self, schema)

    def failing_compare(self: AvroFormat, reader: Schema, writer: Schema, options: Options) -> Decision:
        return fail() if unlucky(reader) else compare(self, reader, writer, options)

    failing = {"parse": failing_parse, "lint": failing_lint, "compare": failing_compare}[step]
    monkeypatch.setattr(AvroFormat, step, failing)
    result = run("check", ".", "--format", "json", cwd=here)
    broken = report_of(result.out)
    assert result.code == 1, "the subject that breaks is still told"
    assert {name: broken[name] for name in ("breaks", "fine")} == {name: healthy[name] for name in ("breaks", "fine")}
    assert broken["unlucky"]["verdict"] == "unchecked"
    errors = [error for error in json.loads(result.out)["errors"] if error["subject"] == "unlucky"]
    assert errors
    for error in errors:
        assert "a fault in evtcompat while" in error["message"]
        assert "KeyError" in error["message"]
        (file,) = (tmp_path / "cache" / "faults").iterdir()
        assert str(file) in error["hint"]
        assert "in fail" in file.read_text()


def test_a_fault_of_the_whole_run_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = project(tmp_path)
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))

    def fail(*_: object, **__: object) -> NoReturn:
        message = "nobody\nforesaw this"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("evtcompat.cli.runs.selecting.select", fail)
    result = run("check", ".", cwd=here)
    (file,) = (tmp_path / "cache" / "faults").iterdir()
    assert (result.code, result.out) == (3, "")
    assert result.err == (
        "evtcompat: a fault in evtcompat, not in your schemas; nothing was checked (ZeroDivisionError: nobody). "
        f"Please report it, with the file {file}.\n"
    )
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", "/dev/null/nowhere")
    assert run("check", ".", cwd=here).err.endswith("Please report it.\n")


CLOSED = {"standard output": ">&-", "standard error": "2>&-", "both": ">&- 2>&-", "a full disk": ">/dev/full"}


@pytest.mark.slow
@pytest.mark.parametrize("redirected", CLOSED)
@pytest.mark.parametrize(("file", "usual"), [("breaks-v2.avsc", 1), ("fine-v2.avsc", 0), ("broken.avsc", 3)])
def test_closed_and_full_outputs_change_no_red_into_green(
    redirected: str, file: str, usual: int, tmp_path: Path
) -> None:
    here = project(tmp_path)
    (here / "broken.avsc").write_text("{")
    command = f'"{sys.executable}" -m evtcompat check {file} {CLOSED[redirected]}'
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT / "compat")},
        check=False,
        capture_output=True,
    )
    assert done.returncode in ({usual, 3} if usual != 3 else {3}), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Traceback" not in done.stdout


@pytest.mark.parametrize("path", ["x" * 5000, "/".join(["y"] * 3000), "a\nb.avsc", "\udcff.avsc", "x/" * 100 + "z"])
def test_an_impossible_path_is_one_message(path: str, run: Run, tmp_path: Path) -> None:
    result = run("check", path, "fine-v2.avsc", cwd=project(tmp_path))
    assert result.code == 3
    assert "a fault in evtcompat" not in result.out + result.err
    assert "fine" in result.out
