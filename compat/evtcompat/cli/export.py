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

    A file holds what the model reads. Only files that this command wrote are written over. Exit codes: 0 all files are
    written, or with --check up to date, 1 with --check some are not, 3 a model has no schema: the others are answered.
    """
    from evtcompat.cli.exporting import exported, stale, write_all
    from evtcompat.reporters.terminal import printable

    files, unread = exported(models, Path.cwd(), output)
    for message in dict.fromkeys(map(str, unread)):
        typer.echo("\n".join(map(printable, message.splitlines())), err=True)
    if check:
        problems = stale(files)
        for problem in problems:
            typer.echo(printable(problem))
        if problems:
            typer.echo(printable(f"Write them anew: evtcompat export {' '.join(models)} -o {output}"))
            raise typer.Exit(1)
    else:
        write_all(files)
        for path in files:
            typer.echo(printable(str(path)))
    if unread:
        raise typer.Exit(3)
