"""Git LFS: files whose content git keeps elsewhere, with a pointer in its place. Nothing is fetched."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from evtcompat.reading import LARGEST_LOCK, read_file

#: Bytes that a pointer has at most.
_LONGEST: Final = 1024
_POINTER: Final = re.compile(
    rb"version https?://(?:git-lfs|hawser)\.github\.com/spec/v\d+\r?\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\r?\n"
)


def pointed_at(data: bytes) -> str | None:
    """The SHA-256 of the content that a pointer stands for; ``None`` for what is no pointer."""
    found = _POINTER.match(data) if len(data) <= _LONGEST else None
    return None if found is None else found[1].decode("ascii")


def fetched(objects: Path, digest: str) -> bytes | None:
    """A content that was fetched before, or ``None``.

    Args:
        objects: The folder ``lfs/objects`` of a repository.
        digest: Of the content; what has another one is not taken for it.
    """
    with suppress(OSError):
        data = read_file(objects / digest[:2] / digest[2:4] / digest, LARGEST_LOCK)
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return None
