"""`evtcompat registry ...`: looking into a registry, and putting schemas into it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="registry",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Look into a schema registry, compare with it, and register.",
    epilog="The registry is EVTCOMPAT_REGISTRY_URL, `--registry URL|NAME`, or `registry.url` of the configuration.",
)

Registry = Annotated[
    str | None,
    typer.Option(
        "--registry",
        "-r",
        metavar="URL|NAME",
        help="The registry; NAME is one that EVTCOMPAT_REGISTRY_<NAME>_URL names.",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The configuration. (default: the nearest evtcompat.toml or pyproject.toml)"),
]
Deleted = Annotated[bool, typer.Option("--deleted", help="With those that were soft-deleted.")]
Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="With its context, if any: `:.context:subject`.")]


@app.command()
def subjects(
    prefix: Annotated[str | None, typer.Argument(metavar="PREFIX", help="Only subjects that begin so.")] = None,
    deleted: Deleted = False,
    registry: Registry = None,
    config: Config = None,
) -> None:
    """List the subjects, one a line."""
    from evtcompat.cli.registering.smaller import opened
    from evtcompat.reporters.escape import printable

    with opened(registry, config) as client:
        for subject in client.subjects(prefix=prefix, deleted=deleted):
            typer.echo(printable(subject))


@app.command()
def versions(subject: Subject, deleted: Deleted = False, registry: Registry = None, config: Config = None) -> None:
    """List the versions of a subject with their ids, and its level."""
    from evtcompat.cli.registering.smaller import list_versions, opened

    with opened(registry, config) as client:
        list_versions(client, subject, deleted=deleted)


@app.command()
def show(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT[@VERSION]", help="The latest version without a number.")],
    raw: Annotated[bool, typer.Option("--raw", help="The schema exactly as registered, in one line.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Also when it was soft-deleted.")] = False,
    registry: Registry = None,
    config: Config = None,
) -> None:
    """Print a registered schema."""
    from evtcompat.cli.registering.smaller import opened, show_version

    with opened(registry, config) as client:
        show_version(client, subject, raw=raw, deleted=deleted)


@app.command()
def pull(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write; one folder a subject is made.")],
    only: Annotated[
        list[str] | None,
        typer.Option("--subject", "-s", metavar="PATTERN", help="Names or patterns such as `order-*`."),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove files of versions and subjects that the registry no longer has.")
    ] = False,
    registry: Registry = None,
    config: Config = None,
) -> None:
    """Write subjects as files that `evtcompat check` understands: FOLDER/SUBJECT/VERSION.avsc.

    What they refer to is pulled as well.
    """
    from evtcompat.cli.registering.smaller import opened, pull_files

    with opened(registry, config) as client:
        pull_files(client, folder, tuple(only or ()), prune=prune)


@app.command()
def check(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Schema files or folders.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", "-s", metavar="SUBJECT[@VERSION]")] = None,
    registry: Registry = None,
    config: Config = None,
) -> None:
    """Check schemas against the registry, and ask it too.

    The same as `evtcompat check --against registry --ask`.
    """
    from evtcompat.cli.registering.smaller import check_live

    raise typer.Exit(check_live(tuple(paths or ()), subject, registry, config))


@app.command()
def diff(
    left: Annotated[str, typer.Argument(metavar="LEFT", help="A folder, or a registry as URL or NAME.")],
    right: Annotated[str | None, typer.Argument(metavar="RIGHT", help="Another; the registry without.")] = None,
    only: Annotated[list[str] | None, typer.Option("--subject", "-s", metavar="PATTERN")] = None,
    config: Config = None,
) -> None:
    """Compare a folder with a registry, or two registries (dev, stage, prod). Exit code 1 when they differ."""
    from evtcompat.cli.registering.diff import show_differences

    raise typer.Exit(show_differences(left, right, tuple(only or ()), config))


@app.command()
def promote(
    subjects: Annotated[
        list[str],
        typer.Argument(metavar="SUBJECT[@VERSION]", help="Names or patterns; all versions without a number."),
    ],
    source: Annotated[str, typer.Option("--from", metavar="URL|NAME", help="The registry that has them.")],
    target: Annotated[str, typer.Option("--to", metavar="URL|NAME", help="The registry that gets them.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed outside a terminal.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and leave.")] = False,
    config: Config = None,
) -> None:
    """Bring versions of one registry into another (dev to prod), with what they refer to.

    They are checked against the versions that are there, at the level that is asked there. What is there already stays
    as it is, so that the command can be run again. Ids are kept where the mode of the other registry is IMPORT.
    """
    from evtcompat.cli.registering.promote import promote_subjects

    raise typer.Exit(promote_subjects(tuple(subjects), source, target, yes=yes, dry_run=dry_run, config=config))


@app.command()
def register(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Schema files.")],
    subject: Annotated[
        str | None, typer.Option("--subject", "-s", metavar="SUBJECT", help="Of the one file; from its name without.")
    ] = None,
    reference: Annotated[
        list[str] | None, typer.Option(metavar="NAME=SUBJECT@VERSION", help="What the schema refers to.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed outside a terminal.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and leave.")] = False,
    registry: Registry = None,
    config: Config = None,
) -> None:
    """Check schemas, print what would be registered, and register it.

    A schema that the subject already holds changes nothing. Nothing is registered when any of them is incompatible.
    """
    from evtcompat.cli.registering.register import register_files

    code = register_files(
        tuple(paths), subject, tuple(reference or ()), yes=yes, dry_run=dry_run, registry=registry, config=config
    )
    raise typer.Exit(code)


@app.command()
def serve(
    profile: Annotated[str, typer.Option(help="`confluent` or `karapace`: whose behaviour to show.")] = "confluent",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8081,
    level: Annotated[str, typer.Option(help="The global compatibility level.")] = "BACKWARD",
) -> None:
    """Run a registry for tests: in memory, on this machine only, forgotten when it stops."""
    from evtcompat.cli.registering.smaller import serve_tests

    serve_tests(profile, port, level)
