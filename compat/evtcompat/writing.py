"""Files that a person asked for: written whole or not at all, only where the person said, never over their own work.

A repository under check may hold links and a configuration made by strangers. So no file is written through a link that
leads out of the folder that the command runs in, none below ``.git``, and none over what is no report already: schemas,
payloads, code and configurations take too many forms to be listed, and reports do not.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from evtcompat.errors import MAKE_ROOM, EvtcompatError, UncheckedError, UsageError, no_room
from evtcompat.formats.loading import by_file_name
from evtcompat.reading import OPENED_AT_ONCE

#: Names of files that configure evtcompat, its neighbours, or what runs it.
_CONFIGURATIONS: Final = frozenset(
    {"pyproject.toml", "evtcompat.toml", "evtcompat-waivers.toml", "evtcompat.lock", "registries.toml"}
    | {".gitattributes", ".gitignore", ".gitmodules", ".gitlab-ci.yml", ".pre-commit-config.yaml"}
)

#: So much of a file's name is in the name of what is written beside it first.
_SHOWN: Final = 60
#: Bytes of a file that tell what it is.
_HEAD: Final = 64 * 1024
#: How a file begins that a report may replace: one that is empty, or a report, whether of evtcompat or of another tool
#: that writes the same format.
_REPORT: Final = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:
        \Z
      | \{ \s* "evtcompat(?:_observed)?" \s* :                          # JSON of any command
      | \{ (?=.*"runs" \s* : \s* \[) (?=.*"(?:version" \s* : \s* "2\.1|\$schema" \s* : \s* "[^"]*sarif))  # SARIF
      | \[ \s* \] \s* \Z | \[ (?=.*"check_name" \s* :) (?=.*"fingerprint" \s* :)  # the code quality of GitLab
      | (?: <\?xml [^>]* > \s* )? <testsuites? [\s>]                    # JUnit
      | <!doctype\ html> .{,2000} <meta\ name="generator"\ content="evtcompat">
      | <!--\ evtcompat                                                # Markdown
      | ::(?:error|warning|notice)\  | evtcompat:\ [^\n]+\.\n\Z          # of GitHub Actions
      | flowchart\ TD \n \ {4}[sou]\d*\["                              # Mermaid
    )""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
#: Plain text says of itself that it is a report by its name alone.
_TEXT: Final = (".txt", ".text", ".log", ".out")
#: Of such names, those of what other tools read.
_NO_TEXT: Final = re.compile(r"(?:requirements|constraints|cmakelists)\b", re.IGNORECASE)
#: How what is read by machines begins, whatever its name.
_NO_PROSE: Final = re.compile(rb"\s*(?:[{\[<%]|\#!|---)|[^\0]*\0")
#: The outputs of the process as files: what they lead to is written on, and never replaced.
_OUTPUTS: Final = re.compile(r"/dev/(?:stdout|stderr|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")


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
        if _is_stream(path):
            with path.open("ab") as stream:
                stream.write(data)
        else:
            path.parent.stat()  # a folder that is not there is a slip of the pen: none is made
            write_whole(path, data)
    except OSError as error:
        raise unwritten(error, path, "the report") from error


def write_own(path: Path, data: bytes) -> None:
    """A file that evtcompat keeps beside schemas, a lock or waivers, holds `data`.

    What was there is known to whoever calls: it was read, or may be replaced (`check_own`).

    Raises:
        UsageError: It would be written through a link, below ``.git`` or as a schema, or cannot be written. Nothing
            has changed.
        UncheckedError: There is no room for it. Nothing has changed.
    """
    _refuse(path, _misplaced(path) or _misnamed(path, frozenset({"pyproject.toml"})))
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


def check_report(path: Path | None) -> None:
    """A report can be written there, as far as can be told: asked before the work, which would be lost.

    Args:
        path: As for `write_report`; ``None`` is standard output.

    Raises:
        UsageError: It cannot.
    """
    if path is None:
        return
    check_file(path)
    hint = "Choose another place."
    if path.is_dir():
        message, hint = f"{path}: is a folder", "Name a file in it."
    elif not path.parent.is_dir():
        message, hint = f"{path}: the folder {path.parent} does not exist", "Make the folder first."
    elif not os.access(path if _is_stream(path) else path.parent, os.W_OK):
        message = f"{path}: the report cannot be written: {os.strerror(errno.EACCES)}"
    else:
        return
    raise UsageError(message, hint=hint)


def check_file(path: Path) -> None:
    """A report may be written there.

    Raises:
        UsageError: It lies in ``.git`` or behind a link that leads out of the folder that the command runs in, has the
            name of a schema or a configuration, or holds something else than a report.
    """
    check_place(path)
    if _is_stream(path) or not path.is_file() or _holds_report(path):
        return
    hint = "A report would replace it; choose another name (for text, one that ends in .txt), or remove it."
    _refuse(path, ("is there, and holds no report", hint))


def check_own(path: Path, mark: re.Pattern[bytes]) -> None:
    """A file that evtcompat keeps may be written there: there is none, it is empty, or it begins with its mark.

    Raises:
        UsageError: It may not.
    """
    _refuse(path, _misplaced(path) or _misnamed(path, frozenset({"pyproject.toml"})))
    if path.is_file() and (head := _head(path)).strip() and mark.search(head) is None:
        _refuse(path, ("is there, and evtcompat did not write it", "Choose another name, or remove it."))


def check_place(path: Path) -> None:
    """A file whose content is known to whoever calls may be written there.

    Raises:
        UsageError: It lies in ``.git`` or behind a link that leads out of the folder that the command runs in, or has
            the name of a schema or a configuration.
    """
    _refuse(path, _misplaced(path) or _misnamed(path, _CONFIGURATIONS))


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


def _misnamed(path: Path, configurations: frozenset[str]) -> tuple[str, str] | None:
    """Why a file of that name must not be written, and what to do; ``None`` where it may."""
    real = Path(os.path.realpath(path))
    if real.name.lower() in configurations:
        return "is a configuration", "A report would replace it; choose another name."
    named = by_file_name(real.name)
    if named is not None:
        return f"is the name of {named.noun}", "A report would be taken for one; choose another name."
    return None


def _is_stream(path: Path) -> bool:
    """Whether what is written there replaces nothing: a pipe, a device, an output of the process."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - resolving links would lose what they are called
    return _OUTPUTS.fullmatch(absolute) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def _holds_report(path: Path) -> bool:
    """Whether a file is empty, or holds a report."""
    head = _head(path)
    if _REPORT.match(head) is not None:
        return True
    name = Path(os.path.realpath(path)).name.lower()
    return name.endswith(_TEXT) and _NO_TEXT.match(name) is None and _NO_PROSE.match(head) is None


def _head(path: Path) -> bytes:
    """How a file begins.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with open(os.open(path, OPENED_AT_ONCE), "rb") as file:  # noqa: PTH123 - a descriptor
            return file.read(_HEAD)
    except OSError as error:
        message = f"{path}: is there, and cannot be read: {error.strerror}"
        raise UsageError(message, hint="Choose another place.") from error
