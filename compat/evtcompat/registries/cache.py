"""A cache on disk for what does not change: the versions of subjects. Shared by processes, never holding an error.

One small file a version, written beside and renamed, so that a reader sees the whole of it or nothing. A file that is
damaged, or was written for another registry or by another release, counts as absent.

Versions can change after all: a subject that was deleted permanently begins again at 1. The client therefore compares
the live latest version with the cached one, and forgets a subject where they differ (`ConfluentRegistry.histories`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from evtcompat.dataclasses import asdict
from evtcompat.model.json_texts import loads
from evtcompat.reading import read_file
from evtcompat.registries.base import Reference, Registered
from evtcompat.writing import write_whole

_FORM = 3


class VersionCache:
    """The versions of one registry's subjects."""

    def __init__(self, folder: Path, registry: str) -> None:
        self._folder = folder / "registry" / f"v{_FORM}" / _key(registry)
        self._registry = registry

    def get(self, subject: str, version: int) -> Registered | None:
        """The version, or ``None`` when it is not known for sure."""
        try:
            entry = loads(read_file(self._file(subject, version)))
            found = _registered(entry["version"])
            good = entry["registry"] == self._registry and entry["sum"] == _sum(entry["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if good and (found.subject, found.version) == (subject, version) else None

    def put(self, found: Registered) -> None:
        """Keep a version. A disk that is full or read-only costs speed and nothing else."""
        value = {
            "subject": found.subject,
            "version": found.version,
            "id": found.id,
            "schema": found.text,
            "schemaType": found.type,
            "references": [asdict(reference) for reference in found.references],
            "metadata": found.metadata,
            "ruleSet": found.rule_set,
            "since": found.since,
        }
        entry = {"registry": self._registry, "sum": _sum(value), "version": value}
        with suppress(OSError):
            write_whole(self._file(found.subject, found.version), json.dumps(entry).encode("ascii"))

    def forget(self, subject: str) -> None:
        """Drop every version of a subject."""
        shutil.rmtree(self._file(subject, 1).parent, ignore_errors=True)

    def _file(self, subject: str, version: int) -> Path:
        return self._folder / _key(subject) / f"{version}.json"


def _registered(value: Mapping[str, Any]) -> Registered:
    """A version as `VersionCache.put` wrote it."""
    references = tuple(Reference(**reference) for reference in value["references"])
    return Registered(
        value["subject"],
        value["version"],
        value["id"],
        value["schema"],
        value["schemaType"],
        references,
        value["metadata"],
        value["ruleSet"],
        value["since"],
    )


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _sum(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("ascii")).hexdigest()
