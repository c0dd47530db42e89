"""Payloads that a team wrote down itself: a folder with an `exercise.json`.

    {"subject": "order-placed",
     "payloads": [
       {"version": "1", "label": "status NEW", "key": "order-1", "value": {"order_id": "o1", "status": "NEW"}},
       {"version": "2", "label": "captured in production", "file": "v2/0001.avro", "content_type": "avro/binary"},
       {"version": "2", "label": "truncated", "file": "v2/truncated.bin", "poison": true}]}

Versions are exercised in the order in which they first appear: the oldest first. Without `file` the body is `value` as
JSON. ``"expected": {"2": {...}}`` says what the consumer of version 2 sees of a payload, defaults included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evtcompat.errors import DocumentError
from evtcompat.exercise.payloads import FoundPayloads, Payload, found_payloads
from evtcompat.model.json_texts import loads
from evtcompat.reading import read_file

INDEX = "exercise.json"
_KNOWN: dict[str, tuple[type, str]] = {
    "version": (str, "a string"),
    "label": (str, "a string"),
    "key": (str, "a string"),
    "value": (object, "a JSON value"),
    "file": (str, "a string"),
    "content_type": (str, "a string"),
    "headers": (dict, "an object of strings"),
    "poison": (bool, "true or false"),
    "expected": (dict, "an object: what the reader of each version sees"),
}


def is_recorded(folder: Path) -> bool:
    """Whether the folder is one of these."""
    return (folder / INDEX).exists()


def recorded_payloads(folder: Path) -> FoundPayloads:
    """The payloads of a folder, in the order of its index.

    A file that cannot be read takes no other payload away, as long as one of its version is left.

    Raises:
        DocumentError: The index is not as above, or names a file outside of the folder, or no payload of a version can
            be read.
    """
    index = folder / INDEX
    try:
        content = loads(read_file(index))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"{index}: cannot be read as JSON: {reason}"
        raise DocumentError(message) from error
    entries = content.get("payloads") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise _wrong(index, "there is no list `payloads` with something in it")
    return found_payloads(_payload(folder, index, number, entry) for number, entry in enumerate(entries))


def _payload(folder: Path, index: Path, number: int, entry: object) -> tuple[str, Payload | DocumentError]:
    where = f"/payloads/{number}"
    entry = _checked(index, where, entry)
    if not _is_text(entry):
        return entry["version"], _wrong(index, f"{where} holds half of a surrogate pair, which no encoding has")
    if "file" in entry:
        found, content_type = _file(folder, index, f"{where}/file", entry["file"]), "application/octet-stream"
        if isinstance(found, DocumentError):
            return entry["version"], found
        body = found
    else:
        body, content_type = json.dumps(entry["value"], ensure_ascii=False).encode(), "application/json"
    return entry["version"], Payload(
        version=entry["version"],
        label=entry["label"],
        key=entry.get("key"),
        value=entry.get("value"),
        body=body,
        content_type=entry.get("content_type", content_type),
        headers=entry.get("headers", {}),
        poison=entry.get("poison", False),
        expected=entry.get("expected", {}),
    )


def _checked(index: Path, where: str, entry: object) -> dict[str, Any]:
    """The entry, which has the form that is described above.

    Raises:
        DocumentError: It has not.
    """
    if not isinstance(entry, dict):
        raise _wrong(index, f"{where} is no object")
    unknown = sorted(set(entry) - set(_KNOWN))
    if unknown:
        raise _wrong(index, f"{where} has {', '.join(unknown)}; known are {', '.join(_KNOWN)}")
    for name, (kind, spoken) in _KNOWN.items():
        if not isinstance(entry[name] if name in entry else kind(), kind):
            raise _wrong(index, f"{where}/{name} must be {spoken}")
    if not entry.get("version") or not entry.get("label"):
        raise _wrong(index, f"{where} needs a version and a label")
    if not all(isinstance(value, str) for value in entry.get("headers", {}).values()):
        raise _wrong(index, f"{where}/headers must be an object of strings")
    if "file" not in entry and "value" not in entry:
        raise _wrong(index, f"{where} has neither `file` nor `value`")
    return entry


def _file(folder: Path, index: Path, where: str, name: str) -> bytes | DocumentError:
    """What is in a file, or why that cannot be read."""
    if "\0" in name:
        return _wrong(index, f"{where}: no file can be called {name!r}")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _wrong(index, f"{where} leads out of the folder")
    try:
        return read_file(path)
    except OSError as error:
        return _wrong(index, f"{where}: {name} cannot be read: {error.strerror}")


def _is_text(entry: Mapping[str, Any]) -> bool:
    """Whether all that an entry says can be sent; values of headers may hold bytes in the way of `surrogateescape`."""
    headers = entry.get("headers", {})
    try:
        json.dumps([{**entry, "headers": None}, *headers], ensure_ascii=False).encode()
        "".join(headers.values()).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _wrong(index: Path, what: str) -> DocumentError:
    return DocumentError(f"{index}: {what}", hint="docs/exercise.md shows the form of this file")
