"""`evtcompat init`."""

from __future__ import annotations

from typing import Annotated

import typer


def init(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    ci: Annotated[
        str | None,
        typer.Option(
            metavar="github|gitlab|none", help="For which service a job is written. (default: the one in use)"
        ),
    ] = None,
) -> None:
    """Look at this repository, say what is found, and write the configuration, the commit hook and the CI job.

    What is there already is kept as it is; run twice, it changes nothing.
    """
    from evtcompat.cli.initialising.files import Service, planned, write_all
    from evtcompat.cli.initialising.survey import survey
    from evtcompat.cli.options.words import member
    from evtcompat.cli.runs.context import Environment
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.reporters.terminal import printable

    service = member(Service, ci, "--ci")
    found = survey(Environment())
    screen = terminal()
    for line in found.lines():
        inside = len(line) - len(line.lstrip())
        for part in screen.wrap(printable(line.lstrip()), " " * inside, " " * (inside + 2)):
            typer.echo(part)
    typer.echo("")
    files = planned(found, service)
    if not dry_run:
        write_all(files)
    for file in files:
        for part in screen.wrap(printable(file.told(dry_run=dry_run)), "", "  "):
            typer.echo(part)
        for line in file.shown() if dry_run else ():
            typer.echo(printable(f"  | {line}".rstrip()))
    typer.echo("")
    typer.echo("Next: evtcompat init" if dry_run else f"Next: {found.next_command}")
