"""Files that a repository brings along, read in bounded time and memory whatever they are.

A name in a repository may stand for a pipe that never answers, a device that never ends, or more bytes than the machine
has. Only what the system calls a regular file is read, and only up to a size.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_MIB: Final = 1024 * 1024
#: No configuration that people write is larger.
LARGEST_CONFIGURATION: Final = 4 * _MIB
#: No schema and no payload that people write is larger.
LARGEST_SCHEMA: Final = 16 * _MIB
#: No module of models that people write, or that is generated for them, is larger.
LARGEST_MODULE: Final = 4 * _MIB
#: A lock holds every version of every subject.
LARGEST_LOCK: Final = 64 * _MIB
#: What a pulled folder says beside the versions of a subject: which registered versions they refer to.
PULLED_REFERENCES: Final = "references.json"

_KINDS: Final = (
    (stat.S_ISFIFO, "it is a named pipe"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
    (stat.S_ISSOCK, "it is a socket"),
)
#: How files of strangers are opened: a pipe waits for nobody to write to it. The flag is one of POSIX.
OPENED_AT_ONCE: Final = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def real_path(path: str | os.PathLike[str]) -> str:
    """A path with every link in it followed; as it is where a link goes away while it is followed."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.fspath(path)


def read_file(path: Path, largest: int = LARGEST_SCHEMA) -> bytes:
    """The bytes of a regular file.

    Args:
        path: Of the file; links are followed.
        largest: The number of bytes above which it is not read.

    Raises:
        OSError: It cannot be read, is a folder, no regular file, or too large; ``strerror`` says which.
    """
    _refuse(path, os.stat(path), largest)  # noqa: PTH116 - a hot loop
    with open(os.open(path, OPENED_AT_ONCE), "rb") as file:  # noqa: PTH123 - a descriptor
        _refuse(path, os.fstat(file.fileno()), largest)
        data = file.read(largest + 1)
    if len(data) > largest:
        raise _too_large(path, largest)
    return data


def kind_of_special(path: Path) -> str | None:
    """What a path is that is neither a file nor a folder, in words; ``None`` for those, and where nothing is.

    The null device is as good as an empty file.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    words = next((words for kind, words in _KINDS if kind(mode)), None)
    return words if words is not None and real_path(path) != os.devnull else None


def _refuse(path: Path, status: os.stat_result, largest: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    for kind, words in _KINDS:
        if kind(status.st_mode):
            raise OSError(errno.EINVAL, words, str(path))
    if status.st_size > largest:
        raise _too_large(path, largest)


def _too_large(path: Path, largest: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {largest // _MIB} MiB", str(path))
