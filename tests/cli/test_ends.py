"""How a run ends that nobody foresaw: never with 1, which means "incompatible"."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.cli.commands import Commands

LONG = "a" * 300
WORDS = {
    "a report": ("check", "--output", LONG),
    "a page": ("report", "--output", LONG),
    "a site": ("report", "--site", LONG),
    "fixtures": ("fixtures", "generate", "e", "--output", LONG),
    "fixtures that are there": ("fixtures", "verify", LONG),
    "witnesses": ("check", "--save-witnesses", LONG),
    "a contract": ("contract", "init", "e", LONG),
    "deployments": ("deploy", "list", "--deployments", LONG),
    "recorded events": ("replay", LONG, "--reader", "e-v1.avsc"),
    "a state": ("replay", "e-v1.avsc", "--reader", "e-v1.avsc", "--resume", LONG),
    "a schema": ("check", LONG),
    "a configuration": ("check", "--config", LONG),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_name_that_no_file_can_have_is_told_as_one(name: str, tmp_path: Path, run: Run) -> None:
    for number in (1, 2):
        (tmp_path / f"e-v{number}.avsc").write_text(
            '{"type": "record", "name": "E", "fields": [{"name": "a", "type": "int"}]}'
        )
    result = run(*WORDS[name], cwd=tmp_path, environment={"EVTCOMPAT_CACHE_DIR": str(tmp_path / "cache")})
    assert result.code in (2, 3)
    assert "fault in evtcompat" not in result.out + result.err
    assert LONG[:50] in result.out + result.err


@pytest.mark.parametrize("words", [("rules",), ("explain", "type-mismatch")], ids=" ".join)
def test_a_reader_that_has_gone_is_no_verdict(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "evtcompat", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 3


def test_a_file_that_ends_too_early_is_a_fault_and_no_verdict(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_command(*_: object) -> object:
        raise EOFError

    monkeypatch.setattr(Commands, "get_command", get_command)
    result = run("rules", cwd=tmp_path, environment={"EVTCOMPAT_CACHE_DIR": str(tmp_path / "cache")})
    assert result.code == 3
    assert "a fault in evtcompat" in result.err


@pytest.mark.parametrize("option", ["--deadline", "--for", "--rate"])
def test_what_is_no_number_is_wrong_usage(option: str, tmp_path: Path, run: Run) -> None:
    assert run("exercise", "e", option, "nan", cwd=tmp_path).code == 2
