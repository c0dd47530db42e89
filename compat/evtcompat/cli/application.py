"""The command line as Typer has it: every subcommand by name, the help, the version."""

from __future__ import annotations

from typing import Annotated

import typer

from evtcompat.cli.commands import Commands

app = typer.Typer(
    cls=Commands,
    name="evtcompat",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find event schema changes that break deployed consumers, with a payload as proof.",
    epilog=(
        "Start with `evtcompat check schemas/order-placed-v2.avsc`: the versions beside the file and its content "
        "in git are found without a flag. Exit codes: 0 compatible, 1 incompatible, 2 wrong usage, 3 could not be "
        "checked, 4 undecided, 5 lock drifted."
    ),
)


def _version(value: bool) -> None:
    if value:
        from evtcompat import __version__

        typer.echo(f"evtcompat {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    del version  # its callback has done the work
