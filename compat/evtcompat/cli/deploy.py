"""`evtcompat deploy`: what runs where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="deploy",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keep which version of which service runs where, and what it writes and reads.",
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--deployments",
        metavar="DIR",
        help="The folder of records. (default: the configuration's, else deployments)",
    ),
]


@app.command()
def record(
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    version: Annotated[str, typer.Argument(metavar="VERSION", show_default=False)],
    env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where it runs; without it, it was built and runs nowhere yet.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="It runs there no longer.")] = False,
    writes: Annotated[
        list[str] | None,
        typer.Option(metavar="SUBJECT[@VERSION]", help="What it writes; the newest version where none is named."),
    ] = None,
    reads: Annotated[
        list[str] | None,
        typer.Option(metavar="SUBJECT[@VERSION]", help="What it reads; as its contract says, or the newest."),
    ] = None,
    replays: Annotated[
        list[str] | None, typer.Option(metavar="SUBJECT", help="What it reads from the beginning.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An AsyncAPI document (3.0 or later): its operations say what it does."),
    ] = None,
    folder: Folder = None,
    contracts: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder of contracts.")] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="MODULE:NAME", help="A contract's Python model that may be imported, as in `contract`."),
    ] = None,
    schemas: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Where the subjects lie.")] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")] = None,
) -> None:
    """Record that a version runs in an environment, or that it does so no longer.

    What it writes and reads is said with options; else it is what the configuration's owners, AsyncAPI operations and
    the contracts say of the service, and, of a version that was recorded before, what was recorded. The schemas are
    kept as they are today.
    """
    from evtcompat.cli.contracting.deploying import Said, record_version, remove_version
    from evtcompat.reporters.terminal import printable

    said = Said(
        tuple(writes or ()), tuple(reads or ()), tuple(replays or ()), folder, contracts, tuple(schemas or ()), config,
        tuple(model or ()), document,
    )  # fmt: skip
    do = remove_version if remove else record_version
    typer.echo(printable(do(service, version, env, said)))


@app.command("list")
def list_(
    env: Annotated[str | None, typer.Option(metavar="NAME", help="Only this environment.")] = None,
    folder: Folder = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")] = None,
) -> None:
    """List what runs where."""
    from evtcompat.cli.contracting.deploying import Said, list_deployments
    from evtcompat.cli.terminal.output import show
    from evtcompat.cli.terminal.screen import terminal

    text, code = list_deployments(env, Said(folder=folder, config=config), terminal())
    show(text, "text")
    raise typer.Exit(code)
