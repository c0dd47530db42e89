"""The command line as Typer has it: every subcommand by name, the help, the version."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from evtcompat.cli.commands import Commands
from evtcompat.errors import UsageError

app = typer.Typer(
    cls=Commands,
    name="evtcompat",
    no_args_is_help=True,
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


def _colour(wanted: str | None) -> str | None:
    """The word, with the variables set that every output looks at; they hold for what it starts as well."""
    if wanted in ("always", "never"):
        os.environ.pop("NO_COLOR" if wanted == "always" else "FORCE_COLOR", None)
        os.environ["FORCE_COLOR" if wanted == "always" else "NO_COLOR"] = "1"
    elif wanted not in (None, "auto"):
        message = f"unknown word {wanted!r} for --color"
        raise UsageError(message, hint="Known: auto, always, never.")
    return wanted


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    color: Annotated[
        str | None,
        typer.Option(
            metavar="auto|always|never",
            callback=_colour,
            is_eager=True,
            help="Colour; by default on a terminal, and as NO_COLOR and FORCE_COLOR say.",
        ),
    ] = None,
) -> None:
    del version, color  # their callbacks have done the work
