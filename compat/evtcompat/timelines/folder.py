"""A folder that holds a site: written page by page, never over anything that evtcompat did not write."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from evtcompat.errors import UsageError
from evtcompat.model.json_texts import document, parse
from evtcompat.reading import read_file
from evtcompat.writing import check_folder, write_whole

MANIFEST: Final = "evtcompat-site.json"
#: The form of the manifest; a folder of another form is not touched.
FORM: Final = 1
_MARK: Final = "evtcompat_site"


class SiteFolder:
    """A folder of pages.

    What it will hold is written down before the first page: a run that is cut short leaves a folder that the next one
    knows as its own.
    """

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        """The folder is there, and its manifest names these files.

        Args:
            folder: New, empty, or one that this class wrote.
            paths: What is to be in it, below the folder, with ``/``.

        Raises:
            UsageError: The folder is something else, lies behind a link or in ``.git``, or cannot be written.
        """
        check_folder(folder)
        self._folder = folder
        self._paths = frozenset(paths)
        self._known = _known(folder)
        for path in sorted(self._paths - self._known):
            self._no_link(path)
            if os.path.lexists(folder / path):
                message = f"{folder / path}: is there, and evtcompat did not write it"
                raise UsageError(message, hint="Move it away, or choose another folder.")
        self._write(MANIFEST, _manifest(self._paths | self._known))

    def write(self, path: str, text: str) -> None:
        """The file holds the text.

        Raises:
            UsageError: It was not announced, lies behind a link, or cannot be written.
        """
        if path not in self._paths:
            message = f"{path}: is no file of this site"
            raise UsageError(message)
        self._no_link(path)
        self._write(path, text.encode("utf-8", "backslashreplace"))

    def finish(self) -> int:
        """What an earlier run wrote and this one did not is gone; how many files that were.

        Raises:
            UsageError: A file cannot be removed.
        """
        gone = 0
        for path in sorted(self._known - self._paths):
            self._no_link(path)
            try:
                (self._folder / path).unlink(missing_ok=True)
            except OSError as error:
                message = f"{self._folder / path}: cannot be removed: {error.strerror}"
                raise UsageError(message) from error
            gone += 1
        self._write(MANIFEST, _manifest(self._paths))
        return gone

    def _write(self, path: str, data: bytes) -> None:
        target = self._folder / path
        try:
            if not (target.is_file() and not target.is_symlink() and read_file(target) == data):
                write_whole(target, data)
        except OSError as error:
            message = f"{error.filename or target}: cannot be written: {error.strerror}"
            raise UsageError(message, hint="Choose another folder.") from error

    def _no_link(self, path: str) -> None:
        """No part of the way to a file is a link.

        Raises:
            UsageError: One is.
        """
        at = self._folder
        for part in path.split("/"):
            at /= part
            if at.is_symlink():
                message = f"{at}: is a link, and nothing is written through it"
                raise UsageError(message, hint="Remove it, or choose another folder.")


def _manifest(paths: Iterable[str]) -> bytes:
    return document({_MARK: FORM, "files": sorted(paths)})


def _known(folder: Path) -> frozenset[str]:
    """The files that an earlier run wrote.

    Raises:
        UsageError: The folder is something else.
    """
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return frozenset()
    message = f"{folder}: is not empty, and evtcompat did not write it"
    hint = "Choose an empty or a new folder."
    path = folder / MANIFEST
    try:
        manifest = None if path.is_symlink() or not folder.is_dir() else parse(read_file(path))
    except (OSError, ValueError) as error:
        raise UsageError(message, hint=hint) from error
    files = manifest.get("files") if isinstance(manifest, dict) and manifest.get(_MARK) == FORM else None
    if not isinstance(files, list) or not all(isinstance(one, str) and _stays(one) for one in files):
        raise UsageError(message, hint=hint)
    return frozenset(files)


def _stays(path: str) -> bool:
    """Whether a path of a manifest stays below its folder."""
    return bool(path) and not path.startswith("/") and not {"..", "", "."} & set(path.split("/")) and "\\" not in path
