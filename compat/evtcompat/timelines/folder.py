"""A folder that holds a site: written as a whole or not at all, never over anything that evtcompat did not write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from evtcompat.errors import UsageError
from evtcompat.model.json_texts import document, parse
from evtcompat.reading import read_file
from evtcompat.writing import check_folder, unwritten, write_whole

MANIFEST: Final = "evtcompat-site.json"
#: The form of the manifest; a folder of another form is not touched.
FORM: Final = 1
_MARK: Final = "evtcompat_site"
#: Where pages lie until all are there. What a run that was killed left of it is nobody's.
_STAGED: Final = ".evtcompat-site"


class SiteFolder:
    """A folder of pages, to be used in a ``with``: left before `finish`, it is as it was.

    Pages are written beside the site, and take their places when all are there. What it will hold then is written down
    before the first does: a run that is cut short in between leaves a folder that the next one knows as its own.
    """

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        """The folder is there, and may be made a site of these files.

        Args:
            folder: New, empty, or one that this class wrote.
            paths: What is to be in it, below the folder, with ``/``.

        Raises:
            UsageError: The folder is something else, lies behind a link or in ``.git``, or cannot be written.
            UncheckedError: There is no room for it.
        """
        check_folder(folder)
        self._folder = folder
        self._staged = folder / _STAGED
        self._paths = frozenset(paths)
        self._known = _known(folder)
        self._no_link(_STAGED)
        for path in sorted(self._paths - self._known):
            self._no_link(path)
            if os.path.lexists(folder / path):
                message = f"{folder / path}: is there, and evtcompat did not write it"
                raise UsageError(message, hint="Move it away, or choose another folder.")
        self._missing = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._staged, ignore_errors=True)
            self._staged.mkdir()
        except OSError as error:
            self._leave()
            raise unwritten(error, folder, "the site") from error

    def __enter__(self) -> Self:
        """The folder itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was written and has not taken its place is gone, as are folders that were made for it alone."""
        self._leave()

    def write(self, path: str, text: str) -> None:
        """The file will hold the text.

        Raises:
            UsageError: It was not announced, lies behind a link, or cannot be written.
            UncheckedError: There is no room for it.
        """
        if path not in self._paths:
            message = f"{path}: is no file of this site"
            raise UsageError(message)
        self._no_link(path)
        data = text.encode("utf-8", "backslashreplace")
        try:
            if not _holds(self._folder / path, data):
                write_whole(self._staged / path, data)
        except OSError as error:
            raise unwritten(error, self._folder, "the site") from error

    def finish(self) -> int:
        """Every file holds what was written, and what an earlier run wrote and this one did not is gone.

        Returns:
            How many files that were.

        Raises:
            UsageError: A file cannot be written or removed.
            UncheckedError: There is no room; nothing was changed.
        """
        gone = sorted(self._known - self._paths)
        staged = sorted(path.relative_to(self._staged) for path in self._staged.rglob("*") if path.is_file())
        for one in (*map(Path.as_posix, staged), *gone):
            self._no_link(one)
        self._make_room(path.parent for path in staged)
        try:
            for path in staged:
                (self._staged / path).replace(self._folder / path)
            for one in gone:
                (self._folder / one).unlink(missing_ok=True)
            (self._staged / MANIFEST).replace(self._folder / MANIFEST)
        except OSError as error:
            raise unwritten(error, self._folder, "the site") from error
        return len(gone)

    def _make_room(self, folders: Iterable[Path]) -> None:
        """All that takes room is done, before anything of the site is replaced."""
        made: list[Path] = []
        try:
            write_whole(self._staged / MANIFEST, _manifest(self._paths))
            for folder in dict.fromkeys(folders):
                for one in (*reversed(folder.parents), folder):
                    if not (self._folder / one).is_dir():
                        (self._folder / one).mkdir()
                        made.append(self._folder / one)
            both = _manifest(self._paths | self._known)
            if not _holds(self._folder / MANIFEST, both):
                write_whole(self._folder / MANIFEST, both)
        except OSError as error:
            for folder in reversed(made):
                folder.rmdir()
            raise unwritten(error, self._folder, "the site") from error

    def _leave(self) -> None:
        shutil.rmtree(self._staged, ignore_errors=True)
        for folder in self._missing:
            with suppress(OSError):  # it holds the site
                folder.rmdir()

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


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and read_file(path) == data


def _manifest(paths: Iterable[str]) -> bytes:
    return document({_MARK: FORM, "files": sorted(paths)})


def _known(folder: Path) -> frozenset[str]:
    """The files that an earlier run wrote.

    Raises:
        UsageError: The folder is something else.
    """
    if not os.path.lexists(folder) or (folder.is_dir() and {one.name for one in folder.iterdir()} <= {_STAGED}):
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
