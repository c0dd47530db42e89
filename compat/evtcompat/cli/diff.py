"""`evtcompat diff OLD NEW`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def diff(
    old: Annotated[Path, typer.Argument(help="The schema that is deployed.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The schema under change.", show_default=False)],
    policy: Annotated[str, typer.Option("--policy", help="JSON Schema: `lenient` or `strict`.")] = "lenient",
) -> None:
    """Show what changed between two schemas, each change with its judgement."""
    from evtcompat.api import compare, load
    from evtcompat.cli.screen import terminal
    from evtcompat.reporters.diff import diff_page

    schema_format, (before, after) = load(old, new)
    backward = compare(reader=new, writer=old, format=schema_format, policy=policy, witnesses=False)
    forward = compare(reader=old, writer=new, format=schema_format, policy=policy, witnesses=False)
    typer.echo(diff_page(before, after, backward, forward, terminal()), nl=False, color=True)
