"""Whether the fixtures of a folder still hold: hashes, then every payload decoded again with today's schemas."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.errors import DocumentError, EvtcompatError, UsageError
from evtcompat.formats.encodings import bare
from evtcompat.formats.payloads import PayloadError, PoisonMessage
from evtcompat.formats.wire import BY_UUID, glue_unframed
from evtcompat.model.histories import version_name
from evtcompat.model.json_texts import one_line, parse
from evtcompat.model.json_values import same
from evtcompat.model.readings import Outcome, Reading
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.contents import container_path
from evtcompat.payloads.differences import applied, difference
from evtcompat.payloads.folder import MANIFEST, Folder, objects, read_file, safe, seal_holds
from evtcompat.payloads.matrix import ParsedSubject
from evtcompat.payloads.poison import refusal
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.formats.payloads import Container
    from evtcompat.payloads.subjects import Catalogue


def verify_folder(path: Path, catalogue: Catalogue) -> list[str]:
    """What no longer holds in a fixture folder, one line a problem; empty when everything does.

    Raises:
        DocumentError: The manifest cannot be read.
        UncheckedError: Today's schemas cannot be had: nothing could be verified.
    """
    # payloads of types that contain themselves nest as deep as they like
    return deep.run(deep.SHALLOW + 1, lambda: _verified(path, catalogue))


def _verified(path: Path, catalogue: Catalogue) -> list[str]:
    folder = Folder(path)
    changed = dict(_files(folder))
    problems = [f"{path / name}: {what}" for name, what in sorted(changed.items())]
    if not seal_holds(folder.manifest):
        problems.append(f"{path / MANIFEST}: was changed by hand")
    try:
        problems += _of_schemas(folder, catalogue, changed)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if not problems:
            raise
        problems.append(f"{path / MANIFEST}: is not what evtcompat writes: {type(error).__name__}: {error}")
    return problems


def _of_schemas(folder: Folder, catalogue: Catalogue, changed: Mapping[str, str]) -> Iterable[str]:
    """What no longer holds with today's schemas."""
    if folder.manifest.get("kind") == "witnesses":
        return list(_witnesses(folder, catalogue, changed))
    policy = folder.manifest.get("policy")
    labels = [str(entry.get("version")) for entry in objects(folder.manifest, "versions")]
    subject = catalogue.subject(folder.subject, Policy(policy) if isinstance(policy, str) else None, labels)
    return _Check(folder, ParsedSubject(subject), changed).problems()


def _witnesses(folder: Folder, catalogue: Catalogue, changed: Mapping[str, str]) -> Iterator[str]:
    """Witnesses that their reader takes by now; those of schemas that are not among today's versions are left alone."""
    subjects: dict[str, ParsedSubject | None] = {}
    for entry in objects(folder.manifest, "witnesses"):
        name, subject = f"{entry['payload']}.bin", str(entry["subject"])
        if name in changed or entry["expected"] not in ("reject", "misread"):
            continue
        if subject not in subjects:
            try:
                subjects[subject] = ParsedSubject(catalogue.subject(subject))
            except UsageError:
                subjects[subject] = None
        parsed = subjects[subject]
        labels = [str(side["version"]) for side in (entry["writer"], entry["reader"]) if isinstance(side, dict)]
        if parsed is None or not set(labels) <= set(parsed.subject.labels) or len(labels) != 2:  # noqa: PLR2004 - two sides
            continue
        writer, reader = labels
        outcome = parsed.read(writer, reader, read_file(folder.inside(name))).outcome
        if outcome.weight < Outcome.MISREAD.weight:
            proved = f"proved {entry['rule']} in {version_name(reader)}"
            yield f"{folder.path / name}: {proved}, and is {outcome.value} there now"


def _files(folder: Folder) -> Iterator[tuple[str, str]]:
    """Files that are missing, changed, or not in the manifest."""
    listed = folder.manifest.get("files")
    if not isinstance(listed, dict):
        message = f"{folder.path / MANIFEST}: has no list of files"
        raise DocumentError(message)
    for name, expected in listed.items():
        if not safe(name):
            yield name, "the manifest's path leads out of the folder"
            continue
        path = folder.path / name
        if path.is_symlink() or not path.is_file():
            yield name, "is a symbolic link" if path.is_symlink() else "is no file" if path.exists() else "is missing"
        elif hashlib.sha256(read_file(path)).hexdigest() != expected:
            yield name, "is not the file that was generated"
    for path in sorted(folder.path.rglob("*")):
        name = path.relative_to(folder.path).as_posix()
        if (path.is_file() or path.is_symlink()) and name != MANIFEST and name not in listed:
            yield name, "is not one of the fixtures"


class _Check:
    """One folder against today's schemas."""

    def __init__(self, folder: Folder, parsed: ParsedSubject, changed: Mapping[str, str]) -> None:
        self._folder = folder
        self._parsed = parsed
        self._changed = changed
        self._today = parsed.subject.labels

    def problems(self) -> Iterator[str]:
        manifest = self._folder.manifest
        if manifest.get("format") != self._parsed.subject.format.name:
            yield self._line(MANIFEST, f"{self._folder.subject} is {self._parsed.subject.format.name} now")
            return
        versions = objects(manifest, "versions")
        known = [str(entry["version"]) for entry in versions]
        for label in self._today:
            if label not in known:
                yield self._line(
                    MANIFEST, f"{version_name(label)} of {self._folder.subject} has no fixtures: generate them again"
                )
        for entry in versions:
            yield from self._schema(entry)
        for entry in versions:
            if str(entry["version"]) in self._today:
                yield from self._version(entry)
        yield from self._poison(versions)

    def _line(self, name: str, what: str) -> str:
        return f"{self._folder.path / name}: {what}"

    def _schema(self, entry: Mapping[str, object]) -> Iterator[str]:
        """Whether a version is still there, as it was."""
        label, folder = str(entry["version"]), str(entry["folder"])
        if label not in self._today:
            yield self._line(
                folder, f"{version_name(label)} of {self._folder.subject} is gone: restore it, or generate again"
            )
        elif self._parsed.payloads[label].content != entry["sha256"]:
            yield self._line(folder, f"the schema of {version_name(label)} is not the one that these were made with")

    def _version(self, entry: Mapping[str, object]) -> Iterator[str]:
        label, folder = str(entry["version"]), str(entry["folder"])
        bodies = []
        for payload in objects(entry, "payloads"):
            stem = f"{folder}/{payload['name']}"
            body = self._body(stem)
            if body is None:
                continue
            bodies.append(body)
            yield from self._payload(label, stem, payload, body)
            yield from self._framed(label, stem, body, entry["schema_id"])
            yield from self._wrapped(label, stem, body, entry.get("uuid"))
        container = self._parsed.payloads[label].container
        if container is not None and bodies:
            yield from self._container(container_path(folder, container), container, bodies)

    def _body(self, stem: str) -> bytes | None:
        """The payload; ``None`` when its file was reported already."""
        name = stem + bare(self._parsed.subject.format.encodings).suffix
        if name in self._changed or not safe(name):
            return None
        return read_file(self._folder.path / name)

    def _payload(self, label: str, stem: str, payload: Mapping[str, object], body: bytes) -> Iterator[str]:
        """The value for its writer, and what each reader sees."""
        try:
            value = self._parsed.payloads[label].decode(body)
        except (EvtcompatError, ValueError) as error:
            yield self._line(stem, f"is not valid for {version_name(label)} any more: {error}")
            return
        if f"{stem}.json" not in self._changed:
            shown = parse(read_file(self._folder.path / f"{stem}.json"))
            if not same(_plain(value), shown):
                yield self._line(f"{stem}.json", f"{version_name(label)} reads another value now: {_cut(value)}")
                return
        sees = payload["sees"]
        if not isinstance(sees, dict):
            message = "`sees` is no object"
            raise TypeError(message)
        for reader in self._today:
            expectation = sees.get(reader)
            if expectation is None:
                continue  # a version without fixtures is told once
            told = _told(version_name(reader), _plain(value), expectation, self._parsed.read(label, reader, body))
            if told:
                yield self._line(stem, told)

    def _framed(self, label: str, stem: str, body: bytes, schema_id: object) -> Iterator[str]:
        """The other encodings hold the same payload."""
        own = self._parsed.payloads[label]
        for encoding in self._parsed.subject.format.encodings:
            name = stem + encoding.suffix
            if not encoding.mark or name in self._changed:
                continue
            expected = own.frame(encoding, body, int(str(schema_id)))
            framed = read_file(self._folder.path / name)
            if framed == expected:
                continue
            try:
                mark, inner = own.unframe(encoding, framed)
            except PayloadError as error:
                yield self._line(name, error.message)
                continue
            if inner != body:
                yield self._line(name, "holds another payload")
            else:
                now = own.unframe(encoding, expected)[0]
                yield self._line(name, f"names the {encoding.mark} {mark}; for {version_name(label)} it is {now}")

    def _wrapped(self, label: str, stem: str, body: bytes, named: object) -> Iterator[str]:
        """The wire formats that name a schema by a UUID hold the same payload; zlib may pack it in another way."""
        wires = self._folder.manifest.get("wires")
        for wire in wires if isinstance(wires, list) else ():
            name = stem + BY_UUID[wire]
            if not BY_UUID[wire] or name in self._changed:
                continue
            try:
                found, inner = glue_unframed(read_file(self._folder.path / name))
            except PayloadError as error:
                yield self._line(name, error.message)
                continue
            if inner != body:
                yield self._line(name, "holds another payload")
            elif str(found) != named:
                yield self._line(name, f"names the UUID {found}; for {version_name(label)} it is {named}")

    def _container(self, name: str, container: Container, bodies: list[bytes]) -> Iterator[str]:
        if name in self._changed:
            return
        try:
            held = container.read(read_file(self._folder.path / name))
        except PayloadError as error:
            yield self._line(name, f"cannot be read: {error}")
            return
        if held != bodies and len(held) == len(bodies):
            yield self._line(name, "holds other payloads than the single files")

    def _poison(self, versions: list[dict[str, object]]) -> Iterator[str]:
        ids = {str(entry["version"]): int(str(entry["schema_id"])) for entry in versions}
        labels = [str(entry["version"]) for entry in versions if entry.get("payloads")]
        known = {label: number for label, number in ids.items() if label in self._today}
        if not labels or labels[-1] not in self._today:
            return
        for entry in objects(self._folder.manifest, "poison"):
            name = f"poison/{entry['name']}.bin"
            schema = f"poison/{entry['name']}.schema"
            if name in self._changed or schema in self._changed:
                continue
            written = self._folder.path / schema
            message = PoisonMessage(
                name=str(entry["name"]),
                label=str(entry["label"]),
                body=read_file(self._folder.path / name),
                content_type=str(entry["content_type"]),
                schema=parse(read_file(written)) if written.is_file() else None,  # type: ignore[arg-type]  # parsed JSON
            )
            if refusal(self._parsed, labels[-1], known, message) is None:
                yield self._line(name, f"{version_name(labels[-1])} reads it now: it is no poison any more")


def _told(reader: str, value: object, expectation: Mapping[str, object], reading: Reading) -> str:
    """How a reading differs from what was recorded, or ``""``."""
    expected = Outcome(expectation["outcome"])
    if reading.outcome is not expected:
        why = f": {reading.said}" if reading.said else ""
        return f"was {expected.value} for {reader} when it was generated, is {reading.outcome.value} now{why}"
    if expected is Outcome.REFUSED:
        return ""
    wanted = applied(value, expectation)
    now = difference(wanted, _plain(reading.value))
    return f"{reader} sees something else now: {_cut(now)}" if now else ""


def _plain(value: object) -> object:
    """The value as it comes back from a file: floats as `Decimal`."""
    return parse(one_line(value))


def _cut(value: object) -> str:
    text = one_line(value)
    return text if len(text) <= 120 else f"{text[:117]}..."  # noqa: PLR2004 - a line
