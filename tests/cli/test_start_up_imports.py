"""What a short run loads: start-up time is measured in benchmarks/startup.py, and kept by not importing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.cli.commands import COMMANDS

ROOT = Path(__file__).parent.parent.parent
#: What only some commands, or only incompatible schemas, need.
HEAVY = (
    "deepdiff",
    "fastavro",
    "jsonschema",
    "referencing",
    "requests",
    "rich",
    "yaml",
    "evtcompat.formats.json_schema.decide",
    "evtcompat.formats.json_schema.parse",
    "evtcompat.registries",
    "evtcompat.formats.avro.rules",
    "evtcompat.formats.payloads",
    "evtcompat.sources.git.history",
    "evtcompat.sources.removals.renames",
    "evtcompat.checking.gate",
    "evtcompat.checking.predictions",
    "evtcompat.checking.waivers",
    "evtcompat.config.waivers",
    *(f"evtcompat.cli.{name}" for name in COMMANDS if name != "check"),
)


@pytest.mark.slow
def test_a_compatible_avro_check_loads_nothing_that_it_does_not_need() -> None:
    script = (
        "import atexit, sys; from evtcompat.cli.main import main\n"
        f"atexit.register(lambda: print('loaded:', [one for one in {HEAVY!r} if one in sys.modules]))\n"
        "main()"
    )
    command = [sys.executable, "-c", script, "check", "schemas/order-placed-v2.avsc"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "loaded: []"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_by_name_and_listed_in_the_help(name: str, run: Run) -> None:
    assert f"Usage: evtcompat {name}" in run(name, "--help").out
    assert f" {name} " in run("--help").out


def test_a_mistyped_command_is_answered_with_the_nearest_one(run: Run) -> None:
    result = run("chek", "schemas")
    assert result.code == 2
    assert "Did you mean 'check'?" in result.err


def test_a_folder_that_was_removed_meanwhile_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os; os.rmdir(os.getcwd()); from evtcompat.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    command = [sys.executable, "-c", script, "check", "x.avsc"]
    done = subprocess.run(command, cwd=gone, env=environment, check=False, capture_output=True, text=True)
    told = "evtcompat: the folder that the command runs in is not there any more\n  Change into one that is.\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", told)
