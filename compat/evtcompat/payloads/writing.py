"""Writing a fixture folder: never over anything that evtcompat did not write."""

from __future__ import annotations

import os
from pathlib import Path

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError
from evtcompat.payloads.contents import Contents
from evtcompat.payloads.folder import MANIFEST, is_ours, read_file, read_manifest, safe
from evtcompat.writing import check_folder, unwritten, write_all_whole


@dataclass(frozen=True, slots=True)
class Written:
    """What a run changed."""

    written: int
    unchanged: int
    removed: int

    def words(self) -> str:
        """``3 written, 40 unchanged, 1 removed``."""
        return f"{self.written} written, {self.unchanged} unchanged, {self.removed} removed"


def check_fixtures(folder: Path, subject: str | None) -> None:
    """Fixtures of a subject may be written there: asked before they are made, which takes a while.

    Args:
        folder: Where.
        subject: Whose; ``None`` for witnesses, which are of several.

    Raises:
        UsageError: The folder holds something else, or those of another subject, which would go; or it lies in
            ``.git`` or behind a link.
    """
    check_folder(folder)
    if not _known(folder):
        return
    found = read_manifest(folder).get("subject")
    if found != subject:
        message = f"{folder}: holds {_called(found)}, not {_called(subject)}"
        raise UsageError(message, hint="Choose a folder of its own, or remove this one.")


def _called(subject: object) -> str:
    return "witnesses" if subject is None else f"fixtures of {subject}"


def write_folder(folder: Path, contents: Contents) -> Written:
    """Make the folder hold exactly these contents, besides files that are not ours.

    All of it is written, or nothing. The manifest goes first: a run that is ended half way leaves a folder that is
    recognised, and that `verify` refuses.

    Raises:
        UncheckedError: There is no room for them.
        UsageError: The folder holds something that evtcompat did not write where these contents would go, or is not
            empty and not ours, or of another subject, or cannot be written.
    """
    check_fixtures(folder, contents.subject)
    known = _known(folder)
    for path, data in contents.files.items():
        target = folder / path
        _no_link(folder, path)
        if path not in known and target.exists() and (not target.is_file() or read_file(target) != data):
            message = f"{target}: is there, and evtcompat did not write it"
            raise UsageError(message, hint="Move it away, or choose another folder.")
    removed = 0
    try:
        everything = {folder / path: data for path, data in {MANIFEST: contents.manifest, **contents.files}.items()}
        changed = {path: data for path, data in everything.items() if not _holds(path, data)}
        write_all_whole(changed)
        for path in sorted(known - contents.files.keys()):
            removed += _remove(folder, path)
    except OSError as error:
        raise unwritten(error, folder) from error
    return Written(len(changed), len(everything) - len(changed), removed)


def _known(folder: Path) -> set[str]:
    """The files that evtcompat wrote there before.

    Raises:
        UsageError: The folder is something else.
    """
    if not os.path.lexists(folder):
        return set()
    if not folder.is_dir():
        message = f"{folder}: is no folder"
        raise UsageError(message, hint="Choose another one, or remove the file.")
    if not any(folder.iterdir()):
        return set()
    if not is_ours(folder) or (folder / MANIFEST).is_symlink():
        message = f"{folder}: is not empty, and evtcompat did not write it"
        raise UsageError(message, hint="Choose an empty or a new folder.")
    files = read_manifest(folder).get("files", {})
    return {path for path in files if safe(path)} if isinstance(files, dict) else set()


def _no_link(folder: Path, path: str) -> None:
    at = folder
    for part in path.split("/"):
        at /= part
        if at.is_symlink():
            message = f"{at}: is a symbolic link"
            raise UsageError(message, hint="Remove it; fixtures are plain files.")


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and read_file(path) == data


def _remove(folder: Path, path: str) -> int:
    """Remove a file of an earlier run, and its folder when that is empty now."""
    _no_link(folder, path)
    target = folder / path
    if not target.is_file():
        return 0
    target.unlink()
    for parent in target.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return 1
