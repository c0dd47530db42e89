"""Calls that need no parser: they are answered as Typer would answer them, without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run
from evtcompat.cli import direct
from evtcompat.cli.direct import direct_call

DIRECT = [
    ["check"],
    ["check", "schemas/order-placed-v2.avsc"],
    ["check", "schemas/rejected/order-placed-v3.avsc", "schemas/order-placed-v2.avsc"],
    ["check", "--explain-proof", "schemas"],
    ["check", "schemas", "--changed", "--changed"],
    ["check", "--staged"],
    ["check", "nowhere.avsc"],
    ["check", "--yes", "schemas/order-placed-v2.avsc"],
    ["check", ""],
    ["check", "--level", "BACKWARD", "schemas/rejected/order-placed-v3.avsc"],
    ["check", "--level", "FULL", "--level", "FORWARD", "schemas/rejected/order-placed-v3.avsc"],
    ["check", "--level", "sideways", "schemas"],
    ["check", "--format", "github", "--format", "text", "schemas/rejected/order-placed-v3.avsc"],
    ["check", "--format", "yaml", "schemas"],
    ["check", "schemas", "--fail-on", "warning", "--undecided", "warn"],
    ["check", "--config", "nowhere.toml", "schemas"],
    ["check", "--observed", "nowhere.json", "schemas"],
    ["check", "--against", "", "schemas"],
]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", DIRECT, ids=" ".join)
def test_a_direct_call_answers_what_typer_would(
    arguments: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert direct_call(arguments) is not None
    directly = run(*arguments)
    monkeypatch.setattr(direct, "direct_call", lambda _: None)
    assert run(*arguments) == directly


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--version"],
        ["chek"],
        ["matrix", "schemas"],
        ["check", "--help"],
        ["check", "-h"],
        ["check", "--fix", "schemas"],
        ["check", "-f", "json", "schemas"],
        ["check", "--output-format", "json"],
        ["check", "--level"],
        ["check", "--level", "--staged"],
        ["check", "--level=FULL"],
        ["check", "--stage"],
        ["check", "--", "schemas"],
        ["check", "-"],
        ["check", "--no-staged"],
    ],
    ids=" ".join,
)
def test_what_takes_a_parser_is_left_to_it(arguments: list[str]) -> None:
    assert direct_call(arguments) is None


@pytest.mark.slow
@pytest.mark.parametrize("path", ["schemas/order-placed-v2.avsc", "schemas/rejected/order-placed-v3.avsc"])
def test_a_direct_call_loads_no_typer(path: str) -> None:
    script = (
        "import atexit, sys; from evtcompat.cli.main import main\n"
        "atexit.register(lambda: print({'typer', 'pydantic', 'rich'} & sys.modules.keys(), file=sys.stderr))\n"
        "main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(ROOT, "compat"))}
    command = [sys.executable, "-c", script, "check", path]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode in (0, 1), done.stderr) == (True, "set()\n")
