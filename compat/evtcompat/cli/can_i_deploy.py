"""`evtcompat can-i-deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def can_i_deploy(
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    version: Annotated[str, typer.Argument(metavar="VERSION", show_default=False)],
    to: Annotated[str, typer.Option(metavar="NAME", help="The environment.", show_default=False)],
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=VERSION", help="What if this version ran instead of what runs of the service."),
    ] = None,
    accept_standing: Annotated[
        bool, typer.Option("--accept-standing", help="What is incompatible today already does not count.")
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json", help="What is written.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--deployments", metavar="DIR", help="The folder of records, as in `deploy`.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")] = None,
) -> None:
    """Say whether a version can be deployed now, there.

    It is held against everything that would run beside it: the other services, its own instances that are still up, and
    for consumers that replay, what was written before. 0: yes; 1: no, with the event that goes wrong; 3: it is not
    known, above all of versions that were never recorded.
    """
    from evtcompat.cli.deploying import Said, decide_deployment

    said = Said(folder=folder, config=config)
    code = decide_deployment(
        (service, version, to), said, tuple(assume or ()), output_format, output, accept_standing=accept_standing
    )
    raise typer.Exit(code)
