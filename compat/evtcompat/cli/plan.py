"""`evtcompat plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def plan(
    targets: Annotated[
        list[str], typer.Argument(metavar="SERVICE=VERSION", help="What is to run in the end.", show_default=False)
    ],
    to: Annotated[str, typer.Option(metavar="NAME", help="The environment.", show_default=False)],
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=VERSION", help="What if this version ran instead of what runs of the service."),
    ] = None,
    accept_standing: Annotated[
        bool, typer.Option("--accept-standing", help="What is incompatible today already does not count.")
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|mermaid", help="What is written.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--deployments", metavar="DIR", help="The folder of records, as in `deploy`.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")] = None,
) -> None:
    """Find an order of deployments in which every state on the way is compatible.

    A version runs beside the old ones of its service while it is rolled out, and the last step can be taken back. 0:
    there is an order; 1: there is none, with the pair that no order avoids and what helps; 3: it is not known.
    """
    from evtcompat.cli.deploying import Said, plan_deployments

    said = Said(folder=folder, config=config)
    code = plan_deployments(
        tuple(targets), to, said, tuple(assume or ()), output_format, output, accept_standing=accept_standing
    )
    raise typer.Exit(code)
