"""What the smaller `evtcompat registry` commands do."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from evtcompat.cli.checking.run import run_check
from evtcompat.cli.options.words import member
from evtcompat.cli.runs.context import CheckRequest, Environment, configuration
from evtcompat.cli.terminal.output import show
from evtcompat.errors import RegistryError, UncheckedError
from evtcompat.model.counts import counted
from evtcompat.registries.base import LATEST, READWRITE, SchemaRegistry
from evtcompat.registries.choosing import wanted
from evtcompat.registries.layout import pulled_subjects, relaid, remove_files, stale_files, write_files
from evtcompat.registries.locking import read_states
from evtcompat.registries.names import subject_of_file
from evtcompat.registries.opening import open_registry
from evtcompat.reporters.escape import printable
from evtcompat.sources.baselines.against import split_version

#: More files than this are counted, not listed.
_LISTED = 5


def opened(registry: str | None, config: Path | None) -> SchemaRegistry:
    """A client of the registry that is meant.

    Raises:
        UsageError: Nothing names one, or what does is wrong.
    """
    return open_registry(registry, configuration(Environment(), config).registry_url, os.environ)


def list_versions(client: SchemaRegistry, subject: str, *, deleted: bool) -> None:
    """Print the versions of a subject.

    Raises:
        RegistryError: They cannot be had.
    """
    numbers = client.versions(subject, deleted=deleted)
    live = set(client.versions(subject)) if deleted and numbers else set(numbers)
    compatibility, own = client.compatibility(subject)
    for number in numbers:
        found = client.version(subject, number, deleted=deleted)
        gone = "" if number in live else "  deleted"
        references = "".join(
            f"  {reference.name} = {reference.subject}@{reference.version}" for reference in found.references
        )
        typer.echo(printable(f"{number}  id {found.id}  {found.type}{references}{gone}"))
    typer.echo(f"level {compatibility} ({'its own' if own else 'of the registry'})")
    if (mode := client.mode(subject)) != READWRITE:
        typer.echo(printable(f"mode {mode}: it takes no new version"))


def show_version(client: SchemaRegistry, name: str, *, raw: bool, deleted: bool) -> None:
    """Print a schema.

    Raises:
        RegistryError: It cannot be had.
        UsageError: The version is no number.
    """
    subject, version = split_version(name)
    found = client.version(subject, version or LATEST, deleted=deleted)
    if raw:
        show(f"{found.text}\n", found.type)
        return
    for line in relaid(found.text).split("\n"):
        typer.echo(printable(line))


def pull_files(client: SchemaRegistry, folder: Path, only: tuple[str, ...], *, prune: bool) -> None:
    """Write subjects as files; name those that the registry no longer has, or remove them.

    Raises:
        RegistryError: No subject can be read; nothing was written.
        UncheckedError: Everything would have been removed, or some subjects cannot be read; the others are written.
        UsageError: A file cannot be written or removed.
    """
    unread: dict[str, RegistryError] = {}
    states = read_states(client, only, pulled_subjects(folder), unread)
    if unread and not states:
        raise next(iter(unread.values()))
    if only and not states and not prune:
        message = f"{client.address} has no subject {' or '.join(only)}"
        raise UncheckedError(message, hint=f"{folder} has files of it; with --prune they are removed.")
    versions = [version for state in states.values() for version in state.versions]
    written = write_files(folder, versions, client.subjects())
    typer.echo(printable(f"{folder}: {counted(len(states), 'subject')}, {counted(len(written), 'version')}."))
    carried = {version.type for version in versions if version.format is None}
    if carried:
        typer.echo(printable(f"Carried, and not read by evtcompat: {', '.join(sorted(carried))}."), err=True)

    def known(subject: str) -> bool:
        return subject not in unread and (subject in states or wanted(subject, only))

    stale = stale_files(folder, written, known)
    if prune and stale and not written:
        message = f"{client.address} shows no schema to write, so nothing was removed from {folder}"
        raise UncheckedError(message, hint="If it is right that there is none, remove the folder by hand.")
    if prune:
        remove_files(stale)
        for file in stale:
            typer.echo(printable(f"Removed {file}"))
    elif stale:
        some = ", ".join(str(file) for file in stale[:_LISTED]) + (", ..." if len(stale) > _LISTED else "")
        what = "is a file" if len(stale) == 1 else f"are {len(stale)} files"
        typer.echo(printable(f"There {what} that the registry does not have (remove with --prune): {some}"), err=True)
    there = {subject_of_file(file.parent.name) for file in written}
    _refuse_left_out(sorted({version.subject for version in versions} - there), unread)


def _refuse_left_out(too_long: list[str], unread: Mapping[str, RegistryError]) -> None:
    """Name the subjects of which there are no files.

    Raises:
        UncheckedError: There are such.
    """
    if too_long:
        message = f"left out, being too long for a file name: {', '.join(too_long)}"
        raise UncheckedError(message, hint="The others are written.")
    if unread:
        reasons = (f"{subject or 'the one without a name'} ({why.message})" for subject, why in unread.items())
        message = f"left out, as the registry does not give them: {'; '.join(reasons)}"
        raise UncheckedError(message, hint="The others are written, and no file of these was removed.")


def check_live(paths: tuple[str, ...], subject: str | None, registry: str | None, config: Path | None) -> int:
    """The exit code of a check against the registry that also asks it."""
    against = "registry" if subject is None else f"registry:{subject}"
    request = CheckRequest(paths=paths, against=against, ask=True, config=config, registry=registry)
    return run_check(request)


def serve_tests(profile: str, port: int, level: str) -> None:
    """Serve until interrupted.

    Raises:
        UsageError: A word is unknown, or the port is taken.
        UncheckedError: The extra is not installed.
    """
    from evtcompat.model.levels import Level

    chosen = member(Level, level, "--level") or Level.BACKWARD
    from evtcompat.testing.server import RegistryServer

    server = RegistryServer(profile, level=chosen, port=port).start()
    typer.echo(
        f"A schema registry for tests ({server.profile.name}) at {server.url}\n"
        "It listens on this machine only, checks no user, keeps everything in memory and forgets it when it stops.\n"
        "Do not put anything in it that you need. Stop it with Ctrl-C."
    )
    sys.stdout.flush()
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()
