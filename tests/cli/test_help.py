"""The help: every command belongs to a group, and shows calls that its parser takes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from cli_harness import ROOT, Run
from evtcompat.cli.commands import COMMANDS, Commands
from evtcompat.cli.help_pages import EXAMPLES, GROUPS, epilog_of, group_of


def commands() -> dict[str, TyperCommand]:
    found: dict[str, TyperCommand] = {}
    for name in COMMANDS:
        command = Commands().get_command(None, name)
        inner = command.commands if isinstance(command, TyperGroup) else {}
        found |= {f"{name} {word}": one for word, one in inner.items() if isinstance(one, TyperCommand)}
        found |= {name: command} if isinstance(command, TyperCommand) else {}
    return found


def test_every_command_has_a_group_and_examples() -> None:
    assert [name for name in COMMANDS if group_of(name) is None] == []
    assert [name for name in commands() if epilog_of(name) is None] == []


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.split()[0] in COMMANDS])
def test_examples_are_calls_that_the_parser_takes(name: str) -> None:
    command = commands()[name]
    for words, _ in EXAMPLES[name]:
        command.make_context(name, shlex.split(words), resilient_parsing=False)


def test_no_word_of_a_help_is_taken_for_markup() -> None:
    said = {
        (name, text)
        for name, command in commands().items()
        for text in (command.help, command.epilog, *(getattr(one, "help", None) for one in command.params))
        if text
    }
    assert [(name, text) for name, text in sorted(said) if Text.from_markup(text).plain != text] == []


@pytest.mark.slow
def test_the_help_shows_the_groups_and_that_of_a_command_its_examples(run: Run) -> None:
    out = run("--help").out
    for group in GROUPS:
        assert re.search(rf"[─-] {group} [─-]", out), group
    assert "evtcompat check --against git:v1.4 --level BACKWARD" in run("check", "--help").out


@pytest.mark.slow
def test_a_shell_completes_commands(tmp_path: Path) -> None:
    variables = {"_EVTCOMPAT_COMPLETE": "complete_bash", "COMP_WORDS": "evtcompat ma", "COMP_CWORD": "1"}
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT / "compat")}
    command = [sys.executable, "-m", "evtcompat"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.stdout.split() == ["matrix"], done.stderr


@pytest.mark.parametrize(("word", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colour_is_as_asked_for(word: str, *, coloured: bool, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.setenv(name, "")  # so that what the option sets is undone
    schemas = ("schemas/rejected/order-placed-v3.avsc", "--against", "schemas/order-placed-v2.avsc")
    assert ("\x1b[" in run("--color", word, "check", *schemas).out) is coloured


def test_another_word_for_colour_is_refused(run: Run) -> None:
    assert run("--color", "red", "rules").code == 2
