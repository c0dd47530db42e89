"""Files that a person asked for: written whole or not at all, only where the person said, never over their own work.

A repository under check may hold links and a configuration made by strangers. So no file is written through a link that
leads out of the folder that the command runs in, none below ``.git``, and none over a schema or a configuration.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from evtcompat.errors import MAKE_ROOM, EvtcompatError, UncheckedError, UsageError, no_room
from evtcompat.formats.loading import built_in, by_file_name, declared_by
from evtcompat.reading import read_file

#: Names of files that configure evtcompat, its neighbours, or what runs it.
_CONFIGURATIONS: Final = frozenset(
    {"pyproject.toml", "evtcompat.toml", "evtcompat-waivers.toml", "evtcompat.lock", "registries.toml"}
    | {".gitattributes", ".gitignore", ".gitmodules", ".gitlab-ci.yml", ".pre-commit-config.yaml"}
)

#: So much of a file's name is in the name of what is written beside it first.
_SHOWN: Final = 60


def write_report(path: Path, text: str) -> None:
    """The file at `path` holds a report; what was there before, unless it is something of a person's, is gone.

    Args:
        path: As the command line or the configuration names it; relative to the folder that the command runs in.
        text: What a character that UTF-8 cannot write becomes is an escape.

    Raises:
        UsageError: The file is none to write to, or cannot be written. Nothing has changed.
        UncheckedError: There is no room for it. Nothing has changed.
    """
    check_file(path)
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:  # /dev/stdout, a named pipe: nothing to be replaced
                device.write(data)
        else:
            path.parent.stat()  # a folder that is not there is a slip of the pen: none is made
            write_whole(path, data)
    except OSError as error:
        raise unwritten(error, path, "the report") from error


def write_own(path: Path, data: bytes) -> None:
    """A file that evtcompat keeps beside schemas, a lock or waivers, holds `data`.

    Raises:
        UsageError: It would be written through a link, below ``.git`` or over a schema, or cannot be written. Nothing
            has changed.
        UncheckedError: There is no room for it. Nothing has changed.
    """
    _refuse(path, _refusal(path, configurations=frozenset({"pyproject.toml"})))
    try:
        write_whole(path, data)
    except OSError as error:
        raise unwritten(error, path) from error


def unwritten(error: OSError, path: Path, what: str = "") -> EvtcompatError:
    """The error for a file that could not be written: a wrong word where another place would do, else not checked.

    Args:
        error: What the system said.
        path: The file or folder; the error may name another one.
        what: What was to be written.
    """
    file = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else path
    named = path if file.name.startswith(f".{path.name[:_SHOWN]}.") or what else file
    message = f"{named}: {what or 'it'} cannot be written: {error.strerror or error}".replace(": it cannot", ": cannot")
    if no_room(error):
        return UncheckedError(f"{message}; nothing was changed", hint=MAKE_ROOM)
    return UsageError(message, hint="Choose another place.")


def check_file(path: Path) -> None:
    """A file that a person asked for may be written there.

    Raises:
        UsageError: It lies in ``.git`` or behind a link that leads out of the folder that the command runs in, or is a
            schema or a configuration.
    """
    _refuse(path, _refusal(path))


def check_folder(folder: Path) -> None:
    """Files may be written below the folder.

    Raises:
        UsageError: It lies in ``.git``, or behind a link that leads out of the folder that the command runs in.
    """
    _refuse(folder, _misplaced(folder))


def write_whole(path: Path, data: bytes) -> None:
    """The file holds `data`, or what it held before; never a part. Its folder is made; its permissions stay.

    Raises:
        OSError: It cannot be written.
    """
    write_all_whole({path: data})


def write_all_whole(files: Mapping[Path, bytes]) -> None:
    """Every file holds its data, or every one what it held before: what may lack room is done before any is replaced.

    Folders are made, permissions stay.

    Raises:
        OSError: One cannot be written.
    """
    made: list[Path] = []
    staged: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            made += _made(path.parent)
            beside = path.with_name(f".{path.name[:_SHOWN]}.{os.getpid()}-{threading.get_ident()}")
            staged.append((beside, path))
            _stage(beside, path, data)
        for beside, path in staged:
            beside.replace(path)
    except BaseException:
        for beside, _ in staged:
            with suppress(OSError):
                beside.unlink()
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _stage(beside: Path, path: Path, data: bytes) -> None:
    """All that takes room, or may be refused, before one file takes the place of the other."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    beside.write_bytes(data)
    with suppress(FileNotFoundError):
        beside.chmod(stat.S_IMODE(path.stat().st_mode))


def _made(folder: Path) -> list[Path]:
    """The folders that had to be made so that this one is there, the outermost first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def leads_out(path: Path, folder: Path | None = None) -> Path | None:
    """The link below a folder through which `path` leaves it, or ``None``.

    A path that does not begin in the folder leaves nothing: whoever named it meant it. The folder is the one that the
    command runs in, unless another is given.
    """
    base = Path.cwd() if folder is None else folder
    absolute = Path(os.path.abspath(base / path))  # noqa: PTH100 - resolving links would lose them
    if not absolute.is_relative_to(base):
        return None
    real = Path(os.path.realpath(base))
    at = base
    for part in absolute.relative_to(base).parts:
        at /= part
        if at.is_symlink() and not Path(os.path.realpath(at)).is_relative_to(real):
            return at
    return None


def _refuse(path: Path, reason: tuple[str, str] | None) -> None:
    if reason is not None:
        message = f"{path}: {reason[0]}"
        raise UsageError(message, hint=reason[1])


def _misplaced(path: Path) -> tuple[str, str] | None:
    """Why nothing must be written there, whatever it is, and what to do; ``None`` where it may."""
    link = leads_out(path)
    if link is not None:
        return f"{link} is a link that leads out of this folder", "Remove the link, or name what it leads to."
    if ".git" in Path(os.path.realpath(path)).parts:
        return "lies in .git, which belongs to git", "Choose a place outside of it."
    return None


def _refusal(path: Path, configurations: frozenset[str] = _CONFIGURATIONS) -> tuple[str, str] | None:
    """Why a file must not be written there, and what to do; ``None`` where it may."""
    misplaced = _misplaced(path)
    if misplaced is not None:
        return misplaced
    real = Path(os.path.realpath(path))
    if real.name.lower() in configurations or (configurations is _CONFIGURATIONS and _is_toml(real)):
        return "is a configuration", "A report would replace it; choose another name."
    named = by_file_name(real.name)
    if named is not None:
        return f"is the name of {named.noun}", "A report would be taken for one; choose another name."
    if real.is_file() and _holds_schema(real):
        return "holds a schema", "A report would replace it; choose another file."
    return None


def _is_toml(path: Path) -> bool:
    """Whether there is a file of TOML: contracts, waivers and configurations of any name are, and no report is."""
    return path.suffix.lower() == ".toml" and path.is_file()


def _holds_schema(path: Path) -> bool:
    """Whether a file says of itself that it is a schema."""
    from evtcompat.errors import DocumentError
    from evtcompat.syntax.documents import decode_text, parse_document

    try:
        data = read_file(path)
        if not any(one.declaration is not None and one.declaration.search(data) for one in built_in()):
            return False
        return declared_by(parse_document(decode_text(data, str(path)), None, name=path.name).value) is not None
    except (OSError, DocumentError):
        return False
