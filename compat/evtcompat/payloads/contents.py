"""What a fixture folder holds: every file's bytes, decided before anything is written. Pure.

manifest.json              labels, hashes, what each reader must see, sequences, poison, provenance
v1/01-smallest.json        the value, for people
v1/01-smallest.SUFFIX      its bytes in each of the format's encodings
v1/01-smallest.glue        in Glue's wire format, where that was asked for
v1/all.SUFFIX              every payload of the version in one container file, in order, where the format has such
poison/truncated.bin       messages that no consumer can read
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from evtcompat import __version__
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UsageError
from evtcompat.formats.payloads import PayloadError
from evtcompat.formats.wire import BY_UUID, wrapped
from evtcompat.model.histories import version_name
from evtcompat.model.json_texts import document, parse
from evtcompat.model.readings import Outcome, Reading
from evtcompat.model.verdicts import Severity
from evtcompat.payloads.cases import Matrix, Payload, VersionOf
from evtcompat.payloads.differences import difference
from evtcompat.payloads.folder import FORM, seal_of
from evtcompat.payloads.matrix import slug
from evtcompat.payloads.poison import Poison, poison
from evtcompat.payloads.sequences import sequences
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.formats.payloads import Container
    from evtcompat.payloads.matrix import ParsedSubject


_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Of the UUIDs that schemas determine.
_OURS: Final = UUID("6c4e0f0e-3b0e-5f7a-9a53-2d4a1c7e8b10")


@dataclass(frozen=True, slots=True)
class Contents:
    """A folder before it is written."""

    #: By path below the folder, the manifest left out.
    files: Mapping[str, bytes]
    manifest: bytes
    #: Versions that have no files, as no decoder takes their schema, with their place and the reason.
    left_out: tuple[str, ...] = ()
    #: Whose fixtures they are; ``None`` of witnesses.
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Ids:
    """What the wire formats of registries call the versions."""

    #: Confluent's ids.
    by_version: Mapping[str, int]
    #: The UUIDs of Glue's versions, and Confluent's guids, where a person named them.
    uuids: Mapping[str, UUID] = field(default_factory=dict)

    def uuid(self, label: str, content: str) -> UUID:
        """The UUID of a version; one that its schema determines where nobody named any."""
        return self.uuids.get(label) or uuid5(_OURS, f"{label}:{content}")

    @staticmethod
    def parse(labels: Sequence[str], words: Sequence[str]) -> Ids:
        """From ``VERSION=ID`` and ``VERSION=UUID`` words; versions that none names count from 1.

        Raises:
            UsageError: A word of another form, an unknown version, an id twice or out of range.
        """
        ids = {label: number for number, label in enumerate(labels, 1)}
        uuids: dict[str, UUID] = {}
        for word in words:
            version, _, number = word.partition("=")
            label = version if version in ids else version.removeprefix("v")
            if label in ids and _UUID.fullmatch(number):
                uuids[label] = UUID(number)
                continue
            if label not in ids or not number.isdigit() or not 0 < int(number) < 2**31 - 1:
                message = f"--schema-id {word}: not VERSION=ID or VERSION=UUID"
                raise UsageError(message, hint=f"for example {labels[0]}=100042; the versions are {', '.join(labels)}")
            ids[label] = int(number)
        if len(set(ids.values())) < len(ids):
            message = f"two versions would have one schema id: {', '.join(f'{key}={one}' for key, one in ids.items())}"
            raise UsageError(message, hint="Name the id of every version with --schema-id VERSION=ID.")
        if len(set(uuids.values())) < len(uuids):
            message = f"two versions would have one UUID: {', '.join(f'{key}={one}' for key, one in uuids.items())}"
            raise UsageError(message, hint="Name each version's own with --schema-id VERSION=UUID.")
        return Ids(ids, uuids)


def folder_contents(parsed: ParsedSubject, matrix: Matrix, ids: Ids, wires: Sequence[str] = ()) -> Contents:
    """Everything that the folder of a subject holds; the same matrix and ids give the same bytes.

    Args:
        parsed: The subject.
        matrix: What each version's readers make of each version's payloads.
        ids: What wire formats call the versions.
        wires: Names of `evtcompat.formats.wire.BY_UUID`: the wire formats to write besides those of the format.
    """
    return deep.retried(lambda: _contents(parsed, matrix, ids, wires))


def _contents(parsed: ParsedSubject, matrix: Matrix, ids: Ids, wires: Sequence[str]) -> Contents:
    containers, refused = _containers(parsed, matrix)
    matrix = _without(matrix, {label: reason for label, (_, reason) in refused.items()})
    files: dict[str, bytes] = {".gitattributes": b"* -text\n"}
    folders = version_folders(parsed.subject.labels)
    entries = []
    for version in matrix.versions:
        entry, written = _version(parsed, matrix, version, ids, wires, folders[version.label])
        entries.append(entry)
        files |= written
        if version.label in containers:
            container, data = containers[version.label]
            files[container_path(folders[version.label], container)] = data
    pills = poison(parsed, matrix, ids.by_version)
    for pill in pills:
        files[f"poison/{pill.name}.bin"] = pill.message.body
        if pill.message.schema is not None:
            # a suffix of no format: a check of the repository would take it for a subject, and it changes with versions
            files[f"poison/{pill.name}.schema"] = document(pill.message.schema)
    arrivals = sequences(matrix.subject, matrix.payloads, [pill.name for pill in pills], folders, matrix.seed)
    manifest = {
        "evtcompat_fixtures": FORM,
        "subject": matrix.subject,
        "format": matrix.format,
        "policy": None if matrix.policy is None else matrix.policy.value,
        "seed": matrix.seed,
        "made_by": f"evtcompat {__version__}",
        "read_by": matrix.decoder,
        **({"wires": list(wires)} if wires else {}),
        "versions": entries,
        "poison": [poison_entry(pill) for pill in pills],
        "sequences": [
            {
                "name": sequence.name,
                "label": sequence.label,
                "events": [
                    {"payload": event.payload, "event_id": event.event_id, "key": event.key}
                    for event in sequence.events
                ],
            }
            for sequence in arrivals
        ],
    }
    left_out = tuple(f"{place}: {reason}" for place, reason in refused.values())
    return Contents(files, sealed(manifest, files), left_out, matrix.subject)


def _containers(
    parsed: ParsedSubject, matrix: Matrix
) -> tuple[dict[str, tuple[Container, bytes]], dict[str, tuple[str, str]]]:
    """By version the file that holds all its payloads; and where and why its schema is none that a decoder takes."""
    containers: dict[str, tuple[Container, bytes]] = {}
    refused: dict[str, tuple[str, str]] = {}
    for version in matrix.versions:
        container, written = parsed.payloads[version.label].container, matrix.payloads[version.label]
        if container is None or not written:
            continue
        try:
            data = container.write([payload.body for payload in written])
        except PayloadError as error:
            found = (
                one for one in parsed.compare(version.label, version.label).findings if one.severity is Severity.ERROR
            )
            told = next(found, None)  # it names the part of the schema, which a decoder does not
            reason = error.message if told is None else told.message
            place = version.origin if told is None or not str(told.reader) else told.reader
            refused[version.label] = f"{place}: {version_name(version.label)} of {matrix.subject}", reason
        else:
            containers[version.label] = container, data
    return containers, refused


def _without(matrix: Matrix, refused: Mapping[str, str]) -> Matrix:
    """The matrix without the payloads of versions whose schema a decoder refuses; what they read of others stays."""
    if not refused:
        return matrix
    return replace(
        matrix,
        versions=tuple(
            replace(one, empty=f"no payload: {refused[one.label]}", uncovered=0) if one.label in refused else one
            for one in matrix.versions
        ),
        payloads={label: () if label in refused else made for label, made in matrix.payloads.items()},
        cells=tuple(replace(one, readings=()) if one.writer in refused else one for one in matrix.cells),
    )


def _version(
    parsed: ParsedSubject, matrix: Matrix, version: VersionOf, ids: Ids, wires: Sequence[str], folder: str
) -> tuple[dict[str, object], dict[str, bytes]]:
    """What the manifest says of a version, and the files of its payloads."""
    entry: dict[str, object] = {
        "version": version.label,
        "folder": folder,
        "schema_id": ids.by_version[version.label],
        "origin": version.origin,
        "sha256": version.content,
    }
    if version.empty:
        entry["empty"] = version.empty
    if version.uncovered:
        entry["uncovered_boundaries"] = version.uncovered
    if version.stopped:
        entry["more_boundaries_uncovered"] = True
    named = ids.uuid(version.label, version.content)
    if wires or version.label in ids.uuids:
        entry["uuid"] = str(named)
    files: dict[str, bytes] = {}
    payloads = []
    own, written = parsed.payloads[version.label], matrix.payloads[version.label]
    for index, payload in enumerate(written):
        stem = f"{folder}/{payload.name}"
        files[f"{stem}.json"] = document(payload.value)
        for encoding in parsed.subject.format.encodings:
            files[f"{stem}{encoding.suffix}"] = own.frame(encoding, payload.body, ids.by_version[version.label])
        files |= {f"{stem}{BY_UUID[name]}": wrapped(name, named, payload.body) for name in wires if BY_UUID[name]}
        sees = {
            reader.label: seen(payload, matrix.cell(version.label, reader.label).readings[index])
            for reader in matrix.versions
        }
        payloads.append(described(payload) | {"sees": sees})
    return entry | {"payloads": payloads}, files


def version_folders(labels: Sequence[str]) -> dict[str, str]:
    """The folder of each version: ``v1``; told apart even where labels differ in odd characters only."""
    found: dict[str, str] = {}
    for label in labels:
        folder = slug(version_name(label))
        while folder.lower() in {one.lower() for one in found.values()} or folder.lower() == "poison":
            folder += "-"
        found[label] = folder
    return found


def container_path(folder: str, container: Container) -> str:
    """Where all payloads of a version stand in one file."""
    return f"{folder}/all{container.suffix}"


def described(payload: Payload) -> dict[str, object]:
    """What the manifest says of a payload itself."""
    found: dict[str, object] = {"name": payload.name, "label": payload.label}
    if payload.covers:
        found["covers"] = shortened(payload.covers)
    if payload.witness is not None:
        found["witness"] = payload.witness
    return found


_MOST_COVERS: Final = 8


def shortened(covers: Sequence[str]) -> list[str]:
    """The first of a long list, and how many follow."""
    rest = len(covers) - _MOST_COVERS
    return [*covers[:_MOST_COVERS], f"and {rest} more"] if rest > 0 else list(covers)


def seen(payload: Payload, reading: Reading) -> dict[str, object]:
    """What a reader makes of a payload: the outcome, and how what it sees differs from what was written."""
    found: dict[str, object] = {"outcome": reading.outcome.value}
    if reading.outcome is Outcome.REFUSED:
        return found | {"said": reading.said}
    found |= difference(payload.value, reading.value)
    told = [f"{note.path}: {note.text}" for note in reading.notes if note.kind.value in ("lost", "misread")]
    return found | ({"notes": shortened(told)} if told else {})


def poison_entry(pill: Poison) -> dict[str, object]:
    """What the manifest says of a poison message."""
    message = pill.message
    entry: dict[str, object] = {"name": message.name, "label": message.label, "content_type": message.content_type}
    return entry | {"expected": "reject", "said": pill.said}


def sealed(manifest: Mapping[str, object], files: Mapping[str, bytes]) -> bytes:
    """The manifest's bytes, with the hash of every file and of itself."""
    hashes = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    content = {**manifest, "files": hashes}
    # of what is read again: there a float is a `Decimal`, whose text may be another
    seal = seal_of(parse(document(content)))
    return document({**content, "seal": seal})
