"""What a version writes and reads: what a person says, else owners of configuration and documents, and contracts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from evtcompat.contracts.deployments import UNNAMED, Build, Deployments, Used
from evtcompat.contracts.snapshots import Snapshot, kept, snapshot_of
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UsageError
from evtcompat.model.histories import Version, version_name
from evtcompat.model.subjects import meant

if TYPE_CHECKING:
    from evtcompat.config.values import Config
    from evtcompat.contracts.model import Contract
    from evtcompat.model.owners import Owners
    from evtcompat.payloads.matrix import Subject

#: What a schema that a contract is the reader of is called.
CONTRACT = "contract"


@dataclass(slots=True)
class Recording:
    """A version and the snapshots that it needs."""

    build: Build
    snapshots: list[Snapshot] = field(default_factory=list)


def recording(
    service: str,
    version: str,
    said: tuple[Sequence[str], Sequence[str], Sequence[str]],
    owners: Mapping[str, Owners],
    contracts: Iterable[Contract],
    find: Callable[[str], Subject],
) -> Recording:
    """What there is to record of a version.

    Args:
        service: The service.
        version: Of it.
        said: What it writes, reads and replays, each ``SUBJECT`` or ``SUBJECT@VERSION``, as a person says; what is
            empty is left to owners and contracts.
        owners: Who writes and reads which subject: `known_owners`.
        contracts: The contracts of the service.
        find: Finds a subject.

    Raises:
        UsageError: A word names no version, or nothing says what the service writes or reads.
        UncheckedError: A schema cannot be had.
    """
    own = {one.subject: one for one in contracts}
    writes, reads, replays = said
    if not writes and not reads:
        writes = [subject for subject, one in owners.items() if called(service, one.producers)]
        reads = [*(subject for subject, one in owners.items() if called(service, one.consumers)), *own]
        replays = [*replays, *(subject for subject, one in owners.items() if called(service, one.replays))]
    made = Recording(Build(service, version))
    written = {name: _used(made, find(name), label) for name, label in map(_named, writes)}
    read = {
        name: _asked(made, own[asked[0]]) if label is None and asked else _used(made, find(name), label)
        for name, label in map(_named, dict.fromkeys(reads))
        for asked in (meant(name, own),)
    }
    if not written and not read:
        message = f"nothing says what {service} writes or reads"
        hint = (
            "Say it with --writes SUBJECT and --reads SUBJECT, with --document FILE of its AsyncAPI operations, or in "
            "the configuration: owners, contracts."
        )
        raise UsageError(message, hint=hint)
    for name in replays:
        if name not in read:
            message = f"{service} replays {name}, and nothing says that it reads it"
            raise UsageError(message, hint=f"Add --reads {name}.")
    made.build = Build(service, version, written, read, frozenset(replays))
    return made


def known_owners(config: Config, declared: Mapping[str, Owners]) -> Mapping[str, Owners]:
    """The owners of single subjects: the configuration's word, else that of the documents that hold the events."""
    configured = {subject: one for subject, one in config.owners.items() if not set("*?[") & set(subject)}
    return {**declared, **configured}


def called(service: str, names: Iterable[str]) -> bool:
    """Whether a service is among the names: ``orders-service`` is the application ``Orders Service``."""
    return service in names or _plain(service) in map(_plain, names)


def _plain(name: str) -> str:
    return "-".join(re.findall(r"\w+", name.casefold()))


def _named(word: str) -> tuple[str, str | None]:
    name, _, label = word.partition("@")
    return name, label or None


def _used(made: Recording, subject: Subject, label: str | None) -> Used:
    """The newest version of a subject, or the one of a label."""
    version: Version | None = subject.versions[-1]
    if label is not None:
        version = next((one for one in subject.versions if label in (one.label, f"v{one.label}")), None)
    if version is None:
        known = ", ".join(one.label for one in subject.versions if one.label) or "none with a name"
        message = f"{subject.name} has no version {label}"
        raise UsageError(message, hint=f"It has {known}.")
    snapshot = snapshot_of(subject.format, version)
    made.snapshots.append(snapshot)
    return Used(version_name(version.label) if version.label else UNNAMED, snapshot.key)


def _asked(made: Recording, contract: Contract) -> Used:
    snapshot = snapshot_of(
        contract.format,
        contract.reader,
        forbids=contract.forbids,
        undecided=contract.undecided,
        converts=contract.converts,
    )
    made.snapshots.append(snapshot)
    return Used(CONTRACT, snapshot.key)


def written_in(deployments: Deployments, subject: Subject) -> tuple[Version, ...]:
    """The versions of a subject that running services write, but for the newest one, each as it was recorded.

    Files that cannot be read are left to whoever asks `Deployments.recorded` for its problems.

    Raises:
        UncheckedError: A schema that was recorded cannot be read.
    """
    newest = snapshot_of(subject.format, subject.versions[-1]).key
    found: dict[str, Version] = {}
    for environment in deployments.environments():
        for build in deployments.recorded(environment).builds:
            for name in meant(subject.name, build.writes) if build.runs else ():
                used = build.writes[name]
                if used.key != newest and used.key not in found:
                    origin = f"{name} {used.name} of {build} in {environment}"
                    found[used.key] = replace(kept(deployments.folder, used.key, origin).version, label=used.name)
    return tuple(found.values())
