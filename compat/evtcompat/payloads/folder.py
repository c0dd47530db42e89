"""A fixture folder as it lies on disk: reading its manifest, and the cases in it. Light: nothing is decoded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from evtcompat import reading
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import DocumentError
from evtcompat.formats.encodings import Encoding, bare
from evtcompat.formats.loading import by_name
from evtcompat.model.histories import version_name
from evtcompat.model.json_texts import one_line, parse
from evtcompat.model.readings import Outcome
from evtcompat.payloads.differences import applied

MANIFEST: Final = "manifest.json"
#: The form of the manifest; a reader of another form refuses it.
FORM: Final = 1
MARK: Final = "evtcompat_fixtures"
#: The folder of what no consumer can read.
_POISON: Final = "poison"


@dataclass(frozen=True)
class Case:
    """One payload of one version, with what one reader must see."""

    subject: str
    writer: str
    reader: str
    #: ``02-symbol-SHIPPED``.
    name: str
    label: str
    #: What was written, as JSON shows it.
    value: object
    outcome: Outcome
    #: What the reader must see, as JSON shows it; ``None`` when it must refuse (see `outcome`).
    expected: object
    #: What the decoder said when it refused.
    said: str
    #: The rule that the payload is a witness of.
    witness: str | None
    #: The payload's path without a suffix.
    stem: Path = field(repr=False)
    encodings: tuple[Encoding, ...] = field(repr=False)

    def bytes(self, encoding: str | None = None) -> bytes:
        """The payload's bytes in one of the format's encodings, by default without anything before the payload.

        Raises:
            DocumentError: The file is missing, or there is no such encoding for this format.
        """
        return encoded(self.stem, encoding, self.encodings)

    @property
    def id(self) -> str:
        """``v1-read-by-v2-02-symbol-SHIPPED``."""
        return f"{version_name(self.writer)}-read-by-{version_name(self.reader)}-{self.name}"


@dataclass(frozen=True)
class Pill:
    """One message that no consumer can read."""

    subject: str
    name: str
    label: str
    content_type: str
    #: What a decoder said of it.
    said: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Delivery:
    """One message of a sequence."""

    event_id: str
    key: str
    #: ``None`` for poison.
    version: str | None
    #: The value that was written; ``None`` for poison.
    value: object
    poison: bool
    stem: Path = field(repr=False)
    encodings: tuple[Encoding, ...] = field(repr=False)

    def bytes(self, encoding: str | None = None) -> bytes:
        """The message's bytes; poison has but one form.

        Raises:
            DocumentError: See `Case.bytes`.
        """
        return read_file(Path(f"{self.stem}.bin")) if self.poison else encoded(self.stem, encoding, self.encodings)


@dataclass(frozen=True)
class Ordered:
    """A named order of deliveries."""

    subject: str
    name: str
    label: str
    deliveries: tuple[Delivery, ...]


def encoded(stem: Path, encoding: str | None, encodings: Sequence[Encoding]) -> bytes:
    """The bytes of a payload in an encoding, the bare one unless it is named.

    Raises:
        DocumentError: There is no such encoding here.
    """
    known = {one.name: one for one in encodings}
    chosen = bare(encodings) if encoding is None else known.get(encoding)
    path = None if chosen is None else Path(f"{stem}{chosen.suffix}")
    if path is not None and path.is_file():
        return read_file(path)
    message = f"{stem}: there are no bytes in the encoding {encoding or 'of a payload alone'}"
    raise DocumentError(message, hint=f"Payloads of this format have {', '.join(known)}.")


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        DocumentError: It cannot be read.
    """
    try:
        return reading.read_file(path)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint="evtcompat fixtures verify tells what else is missing") from error


class Folder:
    """A folder that `evtcompat fixtures generate` wrote."""

    def __init__(self, path: Path) -> None:
        """Read the manifest.

        Raises:
            DocumentError: There is none, it is not JSON, not ours, or of a form that this version does not know.
        """
        self.path = path
        self.manifest = read_manifest(path)

    @property
    def subject(self) -> str:
        """The subject's name.

        Raises:
            DocumentError: The manifest names none.
        """
        name = self.manifest.get("subject")
        if not isinstance(name, str) or not name:
            message = f"{self.path / MANIFEST}: names no subject"
            raise DocumentError(message, hint="Generate the fixtures again.")
        return name

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions, the oldest first."""
        return tuple(str(entry["version"]) for entry in objects(self.manifest, "versions"))

    @cached_property
    def _encodings(self) -> tuple[Encoding, ...]:
        return by_name(str(self.manifest["format"])).encodings

    def stems(self) -> Iterator[tuple[str, Mapping[str, object], Path]]:
        """Version, manifest entry and path without suffix of every payload."""
        for version in objects(self.manifest, "versions"):
            for payload in objects(version, "payloads"):
                yield str(version["version"]), payload, self.inside(f"{version['folder']}/{payload['name']}")

    def cases(self, *, writer: str | None = None, reader: str | None = None) -> Iterator[Case]:
        """Every payload with what each reader must see.

        Args:
            writer: Only payloads of this version; ``latest`` is the newest.
            reader: Only what this version must see, likewise.
        """
        writer, reader = self._version(writer), self._version(reader)
        for version, payload, stem in self.stems():
            if writer not in (None, version):
                continue
            value = parse(read_file(Path(f"{stem}.json")))
            sees = payload.get("sees", {})
            for label, expectation in sees.items() if isinstance(sees, dict) else ():
                if reader in (None, label):
                    yield self._case(version, label, payload, stem, value, expectation)

    def _version(self, label: str | None) -> str | None:
        if label is None:
            return None
        if label == "latest":
            return self.versions[-1]
        known = label if label in self.versions else label.removeprefix("v")
        if known not in self.versions:
            message = f"{self.path}: there is no version {label} of {self.subject}"
            raise DocumentError(message, hint=f"Known are {', '.join(self.versions)} and latest.")
        return known

    def _case(
        self,
        writer: str,
        reader: str,
        payload: Mapping[str, object],
        stem: Path,
        value: object,
        expectation: Mapping[str, object],
    ) -> Case:
        outcome = Outcome(expectation["outcome"])
        witness = payload.get("witness")
        return Case(
            subject=self.subject,
            writer=writer,
            reader=reader,
            name=str(payload["name"]),
            label=str(payload["label"]),
            value=value,
            outcome=outcome,
            expected=None if outcome is Outcome.REFUSED else applied(value, expectation),
            said=str(expectation.get("said", "")),
            witness=None if witness is None else str(witness),
            stem=stem,
            encodings=self._encodings,
        )

    def poison(self) -> Iterator[Pill]:
        """Every message that no consumer can read."""
        for entry in objects(self.manifest, "poison"):
            body = read_file(self.inside(f"poison/{entry['name']}.bin"))
            name, label, content_type, said = (str(entry[key]) for key in ("name", "label", "content_type", "said"))
            yield Pill(self.subject, name, label, content_type, said, body)

    def sequences(self) -> Iterator[Ordered]:
        """Every sequence, with its messages in order."""
        values = {str(stem): (version, stem) for version, _, stem in self.stems()}
        for entry in objects(self.manifest, "sequences"):
            deliveries = []
            for event in objects(entry, "events"):
                stem = self.inside(str(event["payload"]))
                version, _ = values.get(str(stem), (None, stem))
                value = None if version is None else parse(read_file(Path(f"{stem}.json")))
                deliveries.append(
                    Delivery(
                        str(event["event_id"]),
                        str(event["key"]),
                        version,
                        value,
                        version is None,
                        stem,
                        self._encodings,
                    )
                )
            yield Ordered(self.subject, str(entry["name"]), str(entry["label"]), tuple(deliveries))

    def inside(self, path: str) -> Path:
        """A path below the folder.

        Raises:
            DocumentError: It leads out of the folder: the manifest was not written by evtcompat.
        """
        if not safe(path):
            message = f"{self.path / MANIFEST}: {path!r} leads out of the folder"
            raise DocumentError(message)
        return self.path / path


def safe(path: str) -> bool:
    """Whether a manifest's path stays below its folder."""
    pure = PurePosixPath(path)
    return bool(path) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path and ":" not in path


def read_manifest(folder: Path) -> Mapping[str, object]:
    """The manifest of a folder, in a form that this version knows.

    Raises:
        DocumentError: See `Folder`.
    """
    path = folder / MANIFEST
    try:
        manifest = parse(read_file(path))
    except ValueError as error:
        message = f"{path}: not JSON: {error}"
        raise DocumentError(message) from error
    if not isinstance(manifest, dict) or MARK not in manifest:
        message = f"{path}: not a manifest of evtcompat"
        raise DocumentError(message)
    if manifest[MARK] != FORM:
        message = f"{path}: of form {manifest[MARK]}, and this version of evtcompat knows form {FORM}"
        raise DocumentError(message, hint="Generate the fixtures again, or use the evtcompat that wrote them.")
    return manifest


def seal_holds(manifest: Mapping[str, object]) -> bool:
    """Whether the manifest is as it was written."""
    return manifest.get("seal") == seal_of({key: value for key, value in manifest.items() if key != "seal"})


def seal_of(content: object) -> str:
    """SHA-256 of a manifest without its seal, its numbers as `parse` has them."""
    return hashlib.sha256(one_line(content).encode()).hexdigest()


def objects(entry: Mapping[str, object], key: str) -> list[dict[str, object]]:
    """The objects in a list of a manifest.

    Raises:
        DocumentError: They are none.
    """
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        message = f"the manifest's {key} is no list of objects"
        raise DocumentError(message)
    return found


def find_folders(path: Path) -> list[Path]:
    """The fixture folders at or below a path, sorted; hidden folders are passed over.

    Among them are those whose manifest cannot be read, is gone, or is another's, and links that lead nowhere: they are
    no less under check for that.
    """
    if (path / MANIFEST).exists():
        return [path]
    found = []
    for root, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        there = MANIFEST in files or MANIFEST in folders
        if _POISON in folders or (there and (is_ours(Path(root)) or not _is_json(Path(root) / MANIFEST))):
            found.append(Path(root))
            folders[:] = []
        else:
            found += [link for link in map(Path(root).joinpath, files) if link.is_symlink() and not link.exists()]
    return sorted(found)


def _is_json(path: Path) -> bool:
    try:
        parse(reading.read_file(path))
    except (OSError, ValueError):
        return False
    return True


def is_ours(folder: Path) -> bool:
    """Whether a folder has a manifest that evtcompat wrote, of whatever form."""
    try:
        manifest = parse(reading.read_file(folder / MANIFEST))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and MARK in manifest
