"""Whoever waits is told how far it is, and who mistyped a file which one was probably meant."""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.cli.terminal import progress

SCHEMA = '{"type": "record", "name": "Order", "fields": []}'


class Screen(io.StringIO):
    """Standard error as a terminal has it."""

    def isatty(self) -> bool:
        return True


def test_a_second_is_waited_for_and_nothing_of_the_line_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, now = Screen(), [0.0]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for number in progress.each(range(30), "Checking"):
        now[0] = number / 10
    told = screen.getvalue().split("\r\x1b[K")
    assert told[1] == "Checking: 11 of 30"
    assert told[-1] == "", "the last is an empty line"
    assert 2 < len(told) < 15


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_nothing_is_told_of_what_is_quick_or_seen_by_nobody(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, now = (Screen() if seconds < 1 else io.StringIO()), [0.0]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for number in progress.each(range(10), "Checking"):
        now[0] = seconds * number / 10
    assert screen.getvalue() == ""


def everything(terminal: int) -> str:
    """What was written to a terminal."""
    os.set_blocking(terminal, False)
    found = b""
    while True:
        try:
            found += os.read(terminal, 4096)
        except BlockingIOError:
            return found.decode()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize("command", [("matrix", "order"), ("fixtures", "generate", "order", "-o", "made"), ("check",)])
def test_commands_tell_the_terminal(
    command: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(1, 4):
        (tmp_path / f"order-v{version}.avsc").write_text(SCHEMA, encoding="utf-8")
        (tmp_path / f"other{'x' * version}.avsc").write_text(SCHEMA, encoding="utf-8")
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(progress, "_PAUSE", -1.0)
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        assert run(*command, cwd=tmp_path).code == 0
        screen.flush()
        told = everything(ours)
    os.close(ours)
    assert " of " in told
    assert told.endswith("\r\x1b[K")


#: A path that names nothing, and the file that was meant.
MEANT = {
    "schemas/order-placd.avsc": "schemas/order-placed.avsc",
    "schemas/Order-Placed.avsc": "schemas/order-placed.avsc",
    "shcemas": "schemas",
    "order-placed.avsc": "schemas/order-placed.avsc",
    "schemas/nothing-like-it.proto": None,
}


@pytest.mark.parametrize("typed", MEANT)
def test_the_file_that_was_meant_is_named(typed: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "order-placed.avsc").write_text(SCHEMA, encoding="utf-8")
    meant = MEANT[typed]
    words = "Check the spelling" if meant is None else f"Did you mean {meant}?"
    for arguments in (("check", typed), ("check", "schemas/order-placed.avsc", "--against", typed)):
        result = run(*arguments, cwd=tmp_path)
        assert result.code == 3
        assert words in " ".join(result.out.split())


@pytest.mark.slow
def test_diff_names_the_file_beside_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "order.avsc").write_text(SCHEMA, encoding="utf-8")
    result = run("diff", "order.avsc", "ordr.avsc", cwd=tmp_path)
    assert result.code == 3
    assert "Did you mean order.avsc?" in result.err
