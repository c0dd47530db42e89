"""Payloads from a folder that `evtcompat fixtures generate` wrote: its manifest, form 1, and the files it names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NotRequired, TypedDict
from uuid import UUID

from evtcompat.dataclasses import replace
from evtcompat.errors import DocumentError, UsageError
from evtcompat.exercise.payloads import FoundPayloads, Payload, found_payloads
from evtcompat.formats.encodings import Encoding, bare
from evtcompat.formats.loading import built_in, by_name, installed
from evtcompat.formats.wire import BY_UUID, headers
from evtcompat.model.histories import version_name
from evtcompat.model.json_texts import loads
from evtcompat.model.json_types import JSON
from evtcompat.model.readings import Outcome
from evtcompat.payloads.differences import applied
from evtcompat.payloads.folder import FORM, MANIFEST, MARK
from evtcompat.reading import read_file

_HINT = "`evtcompat fixtures verify` tells what is wrong with it; `evtcompat fixtures generate` makes it anew"

_REFUSED = Outcome.REFUSED.value


class _Entry(TypedDict):
    name: str
    label: str
    #: What each version's reader makes of a payload: the outcome, and how what it sees differs from what was written.
    sees: NotRequired[dict[str, dict[str, object]]]
    #: Of poison.
    content_type: str


class _Version(TypedDict):
    version: str
    folder: str
    payloads: list[_Entry]
    uuid: NotRequired[str]
    #: Why nothing can be written with it.
    empty: NotRequired[str]


class _Manifest(TypedDict):
    """The parts of a manifest that are read here; what is absent or of another type is found by use."""

    subject: str
    format: str
    versions: list[_Version]
    poison: list[_Entry]
    #: SHA-256 of every file, by its path.
    files: dict[str, str]
    #: Wire formats that name a schema by a UUID.
    wires: NotRequired[list[str]]


def is_generated(folder: Path) -> bool:
    """Whether the folder has a manifest."""
    return (folder / MANIFEST).exists()


def generated_payloads(folder: Path, encoding: str | None = None) -> FoundPayloads:
    """The payloads of every version, the oldest first, each version followed by the poison.

    A file that cannot be read takes no other payload away, as long as one of its version is left.

    Args:
        folder: The folder.
        encoding: The name of an encoding, or ``None`` for the one that is usual on a topic: the poison of the folder
            is made of that one.

    Raises:
        DocumentError: The manifest is of another form, or no payload of a version can be read, or there is none of
            any version, or there is no such encoding here.
    """
    try:
        manifest = loads(read_file(folder / MANIFEST))
        if manifest[MARK] != FORM:
            message = f"{folder / MANIFEST}: of form {manifest[MARK]}, and form {FORM} is known here"
            raise DocumentError(message, hint=_HINT)
        found = found_payloads(_payloads(folder, manifest, encoding))
        if all(payload.poison for payload in found.payloads):
            raise _nothing(folder, manifest)
    except OSError as error:
        message = f"{error.filename}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint=_HINT) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        message = f"{folder / MANIFEST}: not a manifest of evtcompat ({type(error).__name__}: {error})"
        raise DocumentError(message, hint=_HINT) from error
    return found


def _nothing(folder: Path, manifest: _Manifest) -> DocumentError:
    """Why there is nothing to send: of no version could a payload be written."""
    said = [f"{version_name(one['version'])}: {one.get('empty', 'no payload')}" for one in manifest["versions"]]
    message = f"{folder}: there is no payload to exercise with ({'; '.join(said) or 'it has no version'})"
    return DocumentError(message, hint="Write some of your own in an exercise.json: docs/exercise.md tells how.")


def encoding_names(wanted: str) -> tuple[str, ...]:
    """The names of all encodings; those of formats of other distributions only if no built-in has the wanted one."""
    names: dict[str, None] = {}
    for one in installed():
        names |= dict.fromkeys(encoding.name for encoding in one.encodings)
        if one is built_in()[-1] and wanted in names:
            break
    return (*names, *BY_UUID)


def _encoding(folder: Path, format_name: str, wanted: str | None) -> Encoding:
    try:
        encodings = by_name(format_name).encodings
    except UsageError as error:
        message = f"{folder / MANIFEST}: {error.message}"
        raise DocumentError(message, hint=error.hint) from error
    found = next((one for one in encodings if wanted in (None, one.name)), None)
    if found is None:
        message = f"{folder}: payloads of {format_name} have no encoding {wanted}"
        raise DocumentError(message, hint=f"They have {', '.join(one.name for one in encodings)}.")
    return found


def _written(folder: Path, manifest: _Manifest, wanted: str | None) -> tuple[str, str]:
    """The suffix of the files that hold the payloads as they are wanted, and the content type.

    Raises:
        DocumentError: They were not written so.
    """
    if wanted is None or wanted not in BY_UUID:
        encoding = _encoding(folder, manifest["format"], wanted)
        return encoding.suffix, encoding.content_type
    if wanted not in manifest.get("wires", ()):
        message = f"{folder}: has no payloads in the wire format {wanted}"
        raise DocumentError(message, hint=f"Make it anew with `evtcompat fixtures generate ... --wire {wanted}`.")
    plain = bare(by_name(manifest["format"]).encodings)
    return BY_UUID[wanted] or plain.suffix, plain.content_type


def _headers(version: _Version, wanted: str | None) -> dict[str, str]:
    """The headers of messages; bytes that are no UTF-8 stand in them as Python's ``surrogateescape`` writes them."""
    if wanted is None or wanted not in BY_UUID:
        return {}
    named = headers(wanted, UUID(version["uuid"]))
    return {name: value.decode("utf-8", "surrogateescape") for name, value in named.items()}


def _payloads(folder: Path, manifest: _Manifest, wanted: str | None) -> Iterator[tuple[str, Payload | DocumentError]]:
    """Each payload with its version, or why it cannot be read."""
    suffix, content_type = _written(folder, manifest, wanted)
    for version in manifest["versions"]:
        headers_of = _headers(version, wanted)
        good = partial(_good, folder, manifest, version, suffix)
        for entry in version["payloads"]:
            found = _unless_unread(partial(good, entry))
            if isinstance(found, Payload):
                found = replace(found, content_type=content_type, headers=headers_of)
            yield version["version"], found
        for pill in manifest["poison"]:
            yield version["version"], _unless_unread(partial(_pill, folder, manifest, version, pill))


def _unless_unread(made: Callable[[], Payload]) -> Payload | DocumentError:
    try:
        return made()
    except DocumentError as error:
        return error


def _good(folder: Path, manifest: _Manifest, version: _Version, suffix: str, entry: _Entry) -> Payload:
    stem = f"{version['folder']}/{entry['name']}"
    value = _value(folder, manifest, f"{stem}.json")
    sees = entry.get("sees", {})
    return Payload(
        version=version["version"],
        label=entry["label"],
        key=manifest["subject"],
        value=value,
        # who must refuse it sees nothing of it
        expected={one: applied(value, what) for one, what in sees.items() if what["outcome"] != _REFUSED},
        body=_made(folder, manifest, stem + suffix),
        content_type="",
    )


def _pill(folder: Path, manifest: _Manifest, version: _Version, pill: _Entry) -> Payload:
    return Payload(
        version=version["version"],
        label=pill["label"],
        key=manifest["subject"],
        value=None,
        body=_made(folder, manifest, f"poison/{pill['name']}.bin"),
        content_type=pill["content_type"],
        poison=True,
    )


def _value(folder: Path, manifest: _Manifest, name: str) -> JSON:
    """What a payload holds.

    Raises:
        DocumentError: The file is not what was generated.
    """
    data = _made(folder, manifest, name)
    try:
        value: JSON = loads(data.decode("utf-8"))
    except ValueError as error:
        message = f"{folder / name}: not the payload that was generated: it holds no JSON"
        raise DocumentError(message, hint=_HINT) from error
    return value


def _made(folder: Path, manifest: _Manifest, name: str) -> bytes:
    """A file as it was generated: of another payload the manifest would say what a reader sees of this one.

    Raises:
        DocumentError: It cannot be read, has changed since, or lies elsewhere.
    """
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\0" in name:
        message = f"{folder / MANIFEST}: {name!r} leads out of the folder"
        raise DocumentError(message, hint=_HINT)
    try:
        data = read_file(folder / pure)
    except OSError as error:
        message = f"{folder / pure}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint=_HINT) from error
    if hashlib.sha256(data).hexdigest() != manifest["files"][name]:
        message = f"{folder / pure}: not the payload that was generated: it has changed since"
        raise DocumentError(message, hint=_HINT)
    return data
