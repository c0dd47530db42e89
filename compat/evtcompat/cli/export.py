"""`evtcompat export MODELS -o FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="`shop.events:OrderPlaced`, or `shop.events:` for all models of a module.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the schemas go.", show_default=False)
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing, and fail where a file is not what would be written.")
    ] = False,
) -> None:
    """Write the schemas of Python models into files, one a model, for those who want them under review.

    A file holds what the model reads. Only files that this command wrote are written over. Exit codes of --check: 0 all
    files are up to date, 1 some are not.
    """
    from evtcompat.cli.exporting import exported, stale, write_all
    from evtcompat.reporters.terminal import printable

    files = exported(models, Path.cwd(), output)
    if check:
        problems = stale(files)
        for problem in problems:
            typer.echo(printable(problem))
        if problems:
            typer.echo(printable(f"Write them anew: evtcompat export {' '.join(models)} -o {output}"))
            raise typer.Exit(1)
        return
    write_all(files)
    for path in files:
        typer.echo(printable(str(path)))
