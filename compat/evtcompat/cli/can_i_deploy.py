"""`evtcompat can-i-deploy`."""

from __future__ import annotations

from typing import Annotated

import typer

from evtcompat.cli.options import deployment_options as options


def can_i_deploy(
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    version: Annotated[str, typer.Argument(metavar="VERSION", show_default=False)],
    to: options.To,
    assume: options.Assume = None,
    accept_standing: options.AcceptStanding = False,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json", help="What is written.")
    ] = "text",
    output: options.Output = None,
    folder: options.Folder = None,
    config: options.Config = None,
) -> None:
    """Say whether a version can be deployed now, there.

    It is held against everything that would run beside it: the other services, its own instances that are still up, and
    for consumers that replay, what was written before. 0: yes; 1: no, with the event that goes wrong; 3: it is not
    known, above all of versions that were never recorded.
    """
    from evtcompat.cli.contracting.deploying import Question, Said, decide_deployment

    said = Said(folder=folder, config=config)
    question = Question(to, said, tuple(assume or ()), output_format, output, accept_standing)
    raise typer.Exit(decide_deployment(service, version, question))
