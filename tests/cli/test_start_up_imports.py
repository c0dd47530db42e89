"""What a short run loads: start-up time is measured in benchmarks/startup.py, and kept by not importing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
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
    "evtcompat.containers.bundling",
    "evtcompat.containers.located",
    "evtcompat.formats.avro.containers.named_types",
    "evtcompat.sources.git.history",
    "evtcompat.sources.removals.renames",
    "evtcompat.checking.gate",
    "evtcompat.checking.predictions",
    "evtcompat.checking.waivers",
    "evtcompat.config.waivers",
    *(f"evtcompat.cli.{name}" for name in COMMANDS if name != "check"),
)


#: What every compatible check gets along without.
LIGHT = (*HEAVY, "email", "importlib.metadata", "shutil")
#: What JSON Schema needs of that: the engine.
FOR_JSON_SCHEMA = {
    "shutil",
    "evtcompat.formats.json_schema.decide",
    "evtcompat.formats.json_schema.parse",
}


def loaded(folder: Path, schema: str, heavy: Sequence[str]) -> str:
    """What a compatible check loads of what it does not need."""
    script = (
        "import atexit, sys; from evtcompat.cli.main import main\n"
        f"atexit.register(lambda: print('loaded:', [one for one in {list(heavy)!r} if one in sys.modules]))\n"
        "main()"
    )
    command = [sys.executable, "-c", script, "check", schema]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    environment.pop("COLUMNS", None)  # who sets it asks for a width, which takes more
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_compatible_check_loads_nothing_that_it_does_not_need() -> None:
    assert loaded(ROOT, "schemas/order-placed-v2.avsc", LIGHT) == "loaded: []"
    heavy = [one for one in LIGHT if one not in FOR_JSON_SCHEMA]
    assert loaded(ROOT, "schemas/shipment-dispatched-v2.json", heavy) == "loaded: []"


@pytest.mark.slow
def test_a_check_without_a_configuration_loads_no_parser_of_it(tmp_path: Path) -> None:
    for name in ("order-placed-v1.avsc", "order-placed-v2.avsc"):
        shutil.copy(ROOT / "schemas" / name, tmp_path)
    assert loaded(tmp_path, "order-placed-v2.avsc", ("tomllib", "evtcompat.config.read")) == "loaded: []"


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
