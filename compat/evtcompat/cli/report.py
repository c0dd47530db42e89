"""`evtcompat report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evtcompat.cli.options.past import NEWEST, Past


def report(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(metavar="SUBJECT", help="The subjects, for example `order-placed`; all when none is named."),
    ] = None,
    source: Annotated[
        str, typer.Option("--from", metavar="files|registry|lock", help="Where their versions are.")
    ] = "files",
    schemas: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="Where the files lie; what the configuration names, or `.`.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write one page there; standard output without.", show_default=False
        ),
    ] = None,
    site: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write a site there instead, a page a subject, with a search.", show_default=False
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`. (default: lenient)"),
    ] = None,
    past: Past = NEWEST,
    exercised: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Show what `exercise --format json` wrote of a subject; repeatable.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Processes that draw the pages of a site, on Linux. (default: one a core)",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the history of subjects as HTML: which versions can live together, when each field came, changed and went.

    Nothing has to have changed. A page is one file that opens from disk and loads nothing; a site fits any static host.
    Exit codes: 0 every subject is shown, 3 one, or a version of one, could not be read; the page says which.
    """
    from evtcompat.cli.options.words import member
    from evtcompat.cli.reporting.run import run_report
    from evtcompat.model.verdicts import Policy

    chosen = member(Policy, policy, "--policy")
    names = tuple(subjects or ())
    raise typer.Exit(
        run_report(names, source, schemas or (), output, site, chosen, past, exercised=exercised or (), workers=workers)
    )
