"""Payloads from a folder that `evtcompat fixtures generate` wrote: its manifest, form 1, and the files it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TypedDict

from evtcompat.errors import DocumentError
from evtcompat.exercise.payloads import Payload

INDEX = "manifest.json"
_MARK = "evtcompat_fixtures"
_FORM = 1
_HINT = "`evtcompat fixtures verify` tells what is wrong with it; `evtcompat fixtures generate` makes it anew"
#: What `--encoding` takes -> suffix of the file and content type.
ENCODINGS = {
    "confluent": (".wire", "application/vnd.confluent.avro"),
    "binary": (".bin", "avro/binary"),
    "single-object": (".single", "avro/single-object"),
    "json": (".body", "application/json"),
}
#: The schema language -> the encoding unless a person says otherwise: the one that the poison of the folder is made of.
_USUAL = {"avro": "confluent", "json-schema": "json"}


class _Entry(TypedDict):
    name: str
    label: str
    #: Of poison.
    content_type: str


class _Version(TypedDict):
    version: str
    folder: str
    payloads: list[_Entry]


class _Manifest(TypedDict):
    """The parts of a manifest that are read here; what is absent or of another type is found by use."""

    subject: str
    format: str
    versions: list[_Version]
    poison: list[_Entry]


def is_generated(folder: Path) -> bool:
    """Whether the folder has a manifest."""
    return (folder / INDEX).is_file()


def generated_payloads(folder: Path, encoding: str | None = None) -> tuple[Payload, ...]:
    """The payloads of every version, the oldest first, each version followed by the poison.

    Args:
        folder: The folder.
        encoding: A word of `ENCODINGS`, or ``None`` for Confluent's wire format (Avro) and plain text (JSON Schema).

    Raises:
        DocumentError: The manifest is of another form, or a file is missing, or there is no such encoding here.
    """
    try:
        manifest = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if manifest[_MARK] != _FORM:
            message = f"{folder / INDEX}: of form {manifest[_MARK]}, and form {_FORM} is known here"
            raise DocumentError(message, hint=_HINT)
        found = tuple(_payloads(folder, manifest, encoding or _USUAL[manifest["format"]]))
    except OSError as error:
        message = f"{error.filename}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint=_HINT) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        message = f"{folder / INDEX}: not a manifest of evtcompat ({type(error).__name__}: {error})"
        raise DocumentError(message, hint=_HINT) from error
    return found


def _payloads(folder: Path, manifest: _Manifest, encoding: str) -> Iterator[Payload]:
    suffix, content_type = ENCODINGS[encoding]
    if encoding == "confluent" and manifest["format"] == "json-schema":
        content_type = "application/json"
    for version in manifest["versions"]:
        for entry in version["payloads"]:
            stem = f"{version['folder']}/{entry['name']}"
            yield Payload(
                version=version["version"],
                label=entry["label"],
                key=manifest["subject"],
                value=json.loads(_inside(folder, f"{stem}.json").read_text(encoding="utf-8")),
                body=_inside(folder, stem + suffix).read_bytes(),
                content_type=content_type,
            )
        for pill in manifest["poison"]:
            body = _inside(folder, f"poison/{pill['name']}.bin").read_bytes()
            yield Payload(
                version=version["version"],
                label=pill["label"],
                key=manifest["subject"],
                value=None,
                body=body,
                content_type=pill["content_type"],
                poison=True,
            )


def _inside(folder: Path, name: str) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts:
        message = f"{folder / INDEX}: {name!r} leads out of the folder"
        raise DocumentError(message, hint=_HINT)
    return folder / pure
