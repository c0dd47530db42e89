"""What a check costs over a command line that does nothing.

Runs in turn, A B A B ...: the command under test, and a Typer program that does nothing, with as many subcommands as
`evtcompat` has and as many options each. Prints the median CPU time (user and system) of each and the median of the
pairwise ratios.

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

NO_OP = """
from typing import Annotated
import typer
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
{commands}
app()
"""


def parameters() -> list[int]:
    """How many options and arguments each subcommand of `evtcompat` has, those of groups among them."""
    from typer.main import get_command

    from evtcompat.cli.application import app

    found: list[int] = []
    pending: list[Any] = [get_command(app)]
    while pending:
        command = pending.pop()
        if hasattr(command, "list_commands"):
            pending += [command.get_command(None, name) for name in command.list_commands(None)]
        else:
            found.append(len(command.params))
    return found


def no_op_program(folder: Path, commands: Sequence[int]) -> Path:
    """A Typer program whose subcommands do nothing; `commands` says how many options each has."""
    program = folder / "no_op.py"
    body = ""
    for number, options in enumerate(commands):
        declared = ", ".join(
            f"o{option}: Annotated[str, typer.Option(help='Option {option}.')] = ''" for option in range(options)
        )
        body += f"@app.command()\ndef c{number}({declared}) -> None: ...\n"
    program.write_text(NO_OP.format(commands=body), encoding="utf-8")
    return program


def with_a_staged_change(folder: Path, subject: str, suffix: str) -> Path:
    """The folder as a git repository with one schema, whose second version is staged and not committed."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for version in (1, 2):
        shutil.copy(ROOT / "schemas" / f"{subject}-v{version}{suffix}", folder / f"{subject}{suffix}")
        subprocess.run([*git, "add", "."], check=True)
        if version == 1:
            subprocess.run([*git, "commit", "--quiet", "-m", "first"], check=True)
    return folder


def cpu_seconds(command: Sequence[str], expected: int = 0, folder: Path = ROOT) -> float:
    """User and system time of one run in a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # byte code is cached, as it is for every installed package
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code != expected:
        sys.exit(f"{' '.join(command)} ended with {code}, not {expected}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    commands = parameters()
    print(f"{len(commands)} subcommands with {sum(commands)} options and arguments")
    python = sys.executable
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
    ):
        avro = with_a_staged_change(Path(one), "order-placed", ".avsc")
        json_schema = with_a_staged_change(Path(two), "shipment-dispatched", ".json")
        for schema in ("order-placed-v2.avsc", "rejected/order-placed-v3.avsc"):
            shutil.copy(ROOT / "schemas" / schema, folder)
        base = [python, str(no_op_program(Path(folder), commands)), "c0"]
        for name, arguments, where, code in (
            ("check, compatible", ["check", "schemas/order-placed-v2.avsc"], ROOT, 0),
            ("check, JSON Schema", ["check", "schemas/shipment-dispatched-v2.json"], ROOT, 0),
            ("check, incompatible", ["check", "order-placed-v3.avsc"], Path(folder), 1),
            ("check --level FULL", ["check", "--level", "FULL", "schemas/order-placed-v2.avsc"], ROOT, 0),
            ("hook, nothing staged", ["check", "--staged"], ROOT, 0),
            ("hook, one change", ["check", "--staged"], avro, 0),
            ("hook, JSON Schema", ["check", "--staged"], json_schema, 0),
            ("--version", ["--version"], ROOT, 0),
        ):
            command = [python, "-m", "evtcompat", *arguments]
            cpu_seconds(base), cpu_seconds(command, code, where)
            pairs = [(cpu_seconds(command, code, where), cpu_seconds(base)) for _ in range(runs)]
            ratio = statistics.median(ours / theirs for ours, theirs in pairs)
            ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:<22} {ours * 1000:6.0f} ms   no-op Typer {theirs * 1000:6.0f} ms   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
