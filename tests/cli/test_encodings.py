"""Whatever an output can show: programs read UTF-8, people read escapes, and no command ends for a character."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT

#: What makes an output that cannot show everything.
NARROW = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "strict": {"PYTHONIOENCODING": "ascii:strict"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
SAID = "größer als 1 €"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two versions that break, at a path and with names that ASCII has no characters for."""
    folder = tmp_path / "größe"
    folder.mkdir()
    record = {"type": "record", "name": "Order", "doc": SAID, "fields": [{"name": "id", "type": "string"}]}
    (folder / "grün-v1.avsc").write_text(json.dumps(record), encoding="utf-8")
    record["fields"] = [{"name": "id", "type": {"type": "enum", "name": "Id", "symbols": ["A"], "doc": SAID}}]
    (folder / "grün-v2.avsc").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def ran(shop: Path, how: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": "", "PYTHONPATH": str(ROOT / "compat"), **NARROW[how]}
    command = [sys.executable, "-m", "evtcompat", *words]
    return subprocess.run(command, cwd=shop, env=environment, capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("how", NARROW)
@pytest.mark.parametrize("name", ["html", "markdown", "json", "junit", "sarif", "gitlab", "github"])
def test_a_report_for_programs_is_what_it_is_in_a_file(name: str, how: str, shop: Path) -> None:
    done = ran(shop, how, "check", "größe", "--format", name, "--format", f"{name}:file")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout == (shop / "file").read_bytes()
    assert done.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("how", NARROW)
@pytest.mark.parametrize(
    "words",
    [
        ("check", "größe"),
        ("check", "größe", "--verbose"),
        ("check", "größe/grün-v9.avsc"),
        ("check", "--formät"),
        ("check", "--help"),
        ("diff", "größe/grün-v1.avsc", "größe/grün-v2.avsc"),
        ("matrix", "grün", "--schemas", "größe"),
        ("report", "grün", "--schemas", "größe"),
        ("fixtures", "generate", "grün", "--schemas", "größe", "--output", "fx"),
        ("contract", "init", "grün", "käufer", "--needs", "id", "--schemas", "größe"),
    ],
    ids=" ".join,
)
def test_no_command_ends_for_a_character(words: tuple[str, ...], how: str, shop: Path) -> None:
    done = ran(shop, how, *words)
    assert b"fault in evtcompat" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout or done.stderr
    if words == ("check", "größe"):
        assert done.returncode == 1
