"""`evtcompat waive FINGERPRINT`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def waive(
    *,
    fingerprint: Annotated[
        str | None,
        typer.Argument(
            metavar="[FINGERPRINT]", help="The id that a report prints with the finding.", show_default=False
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every finding that fails the check today, in place of an id.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why the break is acceptable.", show_default=False)],
    owner: Annotated[str, typer.Option(help="Who answers for it.", show_default=False)],
    expires: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The last day on which it holds.", show_default=False)
    ],
    paths: Annotated[
        list[str] | None, typer.Option("--path", metavar="PATH", help="Where the finding was found, as in `check`.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="BASELINE", help="What it was compared with, as in `check`.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")] = None,
) -> None:
    """Accept one finding, or all of today's, with a reason, an owner and an end.

    The check is run again, so that only a finding that is really there can be waived. One entry is written to the
    waiver file; what else stands in it is kept byte for byte. Exit codes: 0 it is written, 2 there is no such finding,
    3 it could not be checked, or with --all something of it: what was found is waived.
    """
    from evtcompat.cli.checking.waiving import WaiverRequest, write_waiver
    from evtcompat.cli.options.words import day
    from evtcompat.errors import UsageError
    from evtcompat.reporters.terminal import printable

    if (fingerprint is None) is not every:
        message = "name the finding, or say --all" if fingerprint is None else "--all names every finding already"
        raise UsageError(message, hint="`evtcompat check` prints the id of every finding.")
    request = WaiverRequest(
        fingerprint=fingerprint,
        reason=reason,
        owner=owner,
        expires=day(expires, "--expires"),
        paths=tuple(paths or ()),
        against=against,
        config=config,
    )
    done = write_waiver(request)
    typer.echo(printable(done.sentence))
    for problem in done.unchecked:
        where = f"{problem.place}: " if problem.place else ""
        typer.echo(printable(f"not checked: {where}{problem.message}"), err=True)
    if done.unchecked:
        raise typer.Exit(3)
