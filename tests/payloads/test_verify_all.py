"""`fixtures verify` of many folders: one that cannot be verified is told, and hides none of the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run

RECORD = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}


@pytest.fixture
def made(run: Run, tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}-v1.avsc").write_text(json.dumps(RECORD))
        assert run("fixtures", "generate", name, "--output", f"made/{name}", cwd=tmp_path).code == 0
    return tmp_path


#: What may stand in the place of a manifest.
MANIFESTS = {
    "not JSON": "{",
    "empty": "",
    "too deep": "[" * 100_000,
    "of another form": '{"evtcompat_fixtures": 99}',
    "without a subject": '{"evtcompat_fixtures": 1, "format": "avro", "files": {}}',
    "of no subject": '{"evtcompat_fixtures": 1, "subject": "", "format": "avro", "files": {}}',
    "of a subject that is none": '{"evtcompat_fixtures": 1, "subject": 5, "format": "avro", "files": {}}',
    "of an unknown subject": '{"evtcompat_fixtures": 1, "subject": "three", "format": "avro", "files": {}}',
    "of an unknown policy": '{"evtcompat_fixtures": 1, "subject": "one", "policy": "x", "format": "avro", "files": {}}',
    "of a version that is none": '{"evtcompat_fixtures": 1, "subject": "one", "format": "avro", "files": {}, '
    '"versions": [{"version": {}, "payloads": [5]}]}',
    "of an unknown format": '{"evtcompat_fixtures": 1, "subject": "one", "format": "x", "files": {}}',
    "of witnesses that are none": '{"evtcompat_fixtures": 1, "kind": "witnesses", "files": {}, "witnesses": [{}]}',
}


@pytest.mark.slow
@pytest.mark.parametrize("what", MANIFESTS)
def test_a_folder_that_cannot_be_verified_hides_no_other(what: str, run: Run, made: Path) -> None:
    (made / "made" / "one" / "manifest.json").write_text(MANIFESTS[what])
    result = run("fixtures", "verify", "made", cwd=made)
    assert result.code in (1, 3), result.out
    assert "made/one" in result.out + result.err or "one" in result.out + result.err
    assert "fault in evtcompat" not in result.out + result.err
    (made / "two-v1.avsc").write_text(json.dumps({**RECORD, "name": "S"}))
    both = run("fixtures", "verify", "made", cwd=made)
    assert both.code == 1
    assert "made/two" in both.out


@pytest.mark.slow
def test_a_manifest_that_is_gone_is_told(run: Run, made: Path) -> None:
    (made / "made" / "one" / "manifest.json").unlink()
    result = run("fixtures", "verify", "made", cwd=made)
    assert (result.code, "made/one/manifest.json" in result.err) == (3, True)
    shutil.rmtree(made / "made" / "one")
    assert run("fixtures", "verify", "made", cwd=made).code == 0


def test_the_manifest_of_something_else_is_none(run: Run, made: Path) -> None:
    (made / "made" / "web").mkdir()
    (made / "made" / "web" / "manifest.json").write_text('{"name": "a web application"}')
    assert run("fixtures", "verify", "made", cwd=made).code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "inner", ["R", {"type": "record", "name": "S", "fields": [{"name": "r", "type": "R"}]}], ids=["itself", "another"]
)
def test_a_schema_without_end_ends_no_process(inner: object, made: Path) -> None:
    """Fastavro recurses without end on a record that holds itself, whatever the payload, and the process dies of it."""
    endless = {"type": "record", "name": "R", "fields": [{"name": "a", "type": inner}]}
    (made / "one-v1.avsc").write_text(json.dumps(endless))
    done = subprocess.run(
        [sys.executable, "-m", "evtcompat", "fixtures", "verify", "made"],
        cwd=made,
        env={**os.environ, "PYTHONPATH": str(ROOT / "compat")},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode in (1, 3), (done.stdout, done.stderr)
    assert "made/one" in done.stdout + done.stderr
