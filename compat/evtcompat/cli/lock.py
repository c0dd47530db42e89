"""`evtcompat lock`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def lock(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(metavar="SUBJECT", help="Names or patterns such as `order-*`; all subjects without."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; tell what has changed of these subjects, with exit code 5 if anything has."
        ),
    ] = False,
    registry: Annotated[
        str | None,
        typer.Option(metavar="URL|NAME", help="The registry. (default: EVTCOMPAT_REGISTRY_URL, or the configuration)"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The lock. (default: evtcompat.lock)", show_default=False),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The configuration. (default: the nearest evtcompat.toml or pyproject.toml)"),
    ] = None,
) -> None:
    """Write down what the registry holds, so that `check --against lock` needs no network.

    The file is meant to be committed: it changes only when the registry has.
    """
    import os

    from evtcompat.cli.runs.context import Environment, configuration
    from evtcompat.config.values import LOCK_NAME
    from evtcompat.errors import RegistryError, UncheckedError
    from evtcompat.model.counts import counted
    from evtcompat.reading import LARGEST_LOCK, read_file
    from evtcompat.registries.lockfile import MARK, render_lock
    from evtcompat.registries.locking import drift_of, take_lock
    from evtcompat.registries.opening import open_registry
    from evtcompat.reporters.escape import printable as shown
    from evtcompat.sources.published.lock import read_lock
    from evtcompat.writing import check_own, write_own

    settings = configuration(Environment(), config)
    path = output or (settings.folder / LOCK_NAME if settings.origin else Path(LOCK_NAME))
    if check:
        known = read_lock(path)
        unread: dict[str, RegistryError] = {}
        # the lock is a file of the repository: it never says whom to ask where a person does
        with open_registry(registry, settings.registry_url or known.registry, os.environ) as client:
            changes = drift_of(known, client, subjects or (), unread)
        for change in changes:
            typer.echo(shown(change))
        for subject, error in unread.items():
            typer.echo(shown(f"{subject}: {error.message}"), err=True)
        if unread:
            raise typer.Exit(UncheckedError.exit_code)
        if changes:
            typer.echo(shown(f"{path} has drifted from {client.address}; `evtcompat lock` writes it anew."), err=True)
            raise typer.Exit(5)
        typer.echo(shown(f"{path} is what {client.address} holds."))
        return
    check_own(path, MARK)
    with open_registry(registry, settings.registry_url, os.environ) as client:
        taken = take_lock(client, subjects or ())
    data = render_lock(taken).encode("utf-8")
    versions = sum(len(subject.versions) for subject in taken.subjects)
    size = f"{counted(len(taken.subjects), 'subject')}, {counted(versions, 'version')}"
    if path.is_file() and read_file(path, LARGEST_LOCK) == data:
        typer.echo(shown(f"{path} is up to date: {size}."))
        return
    write_own(path, data)
    typer.echo(shown(f"{path}: {size} of {taken.registry}."))
