"""A git ref's tree, unpacked."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from evtcompat.errors import UncheckedError
from evtcompat.exercise.environments import GitExport


def export_with(archive: Callable[[str], bytes]) -> GitExport:
    """An export that unpacks what `archive` answers for a ref: the bytes of a tar file, as `git archive` writes it."""

    def export(ref: str, into: Path) -> None:
        try:
            with tarfile.open(fileobj=io.BytesIO(archive(ref))) as tree:
                tree.extractall(into, filter="data")  # nothing outside of the folder, no devices, no owners
        except tarfile.TarError as error:
            message = f"the tree of {ref} cannot be unpacked: {error}"
            raise UncheckedError(message) from error

    return export
