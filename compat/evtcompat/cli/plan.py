"""`evtcompat plan`."""

from __future__ import annotations

from typing import Annotated

import typer

from evtcompat.cli.options import deployment_options as options


def plan(
    targets: Annotated[
        list[str], typer.Argument(metavar="SERVICE=VERSION", help="What is to run in the end.", show_default=False)
    ],
    to: options.To,
    assume: options.Assume = None,
    accept_standing: options.AcceptStanding = False,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|mermaid", help="What is written.")
    ] = "text",
    output: options.Output = None,
    folder: options.Folder = None,
    config: options.Config = None,
) -> None:
    """Find an order of deployments in which every state on the way is compatible.

    A version runs beside the old ones of its service while it is rolled out, and the last step can be taken back. 0:
    there is an order; 1: there is none, with the pair that no order avoids and what helps; 3: it is not known.
    """
    from evtcompat.cli.contracting.deploying import Question, Said, plan_deployments

    said = Said(folder=folder, config=config)
    question = Question(to, said, tuple(assume or ()), output_format, output, accept_standing)
    raise typer.Exit(plan_deployments(tuple(targets), question))
