"""Registered schemas as files: one folder a subject, one file a version, so that `evtcompat check` reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from pathlib import Path

from evtcompat.errors import UsageError
from evtcompat.formats.base import file_suffix
from evtcompat.formats.loading import installed
from evtcompat.reading import read_file
from evtcompat.registries.base import Registered
from evtcompat.registries.names import file_name, subject_of_file
from evtcompat.writing import write_whole

_VERSION = re.compile(r"[1-9][0-9]*(?P<suffix>\.[A-Za-z0-9.]+)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def file_of(found: Registered) -> str | None:
    """``order-value/3.avsc``; ``None`` for a schema language that evtcompat does not read.

    Raises:
        UsageError: The subject cannot be a file name.
    """
    if found.format is None:
        return None
    return f"{file_name(found.subject)}/{found.version}{file_suffix(found.format)}"


def write_files(folder: Path, versions: Iterable[Registered]) -> tuple[Path, ...]:
    """The files, written; those that hold the same already are left alone.

    Raises:
        UsageError: Two subjects have one file name where case does not count, a subject cannot be a file name, or a
            file cannot be written.
    """
    planned: dict[str, tuple[str, Registered]] = {}
    for found in versions:
        name = file_of(found)
        if name is None:
            continue
        other = planned.get(name.casefold())
        if other is not None and other[1].subject != found.subject:
            message = f"the subjects {other[1].subject!r} and {found.subject!r} differ in case only"
            raise UsageError(message, hint="Pull them into different folders: some file systems take them for one.")
        planned[name.casefold()] = (name, found)
    written = []
    for name, found in planned.values():
        file = folder / name
        data = f"{relaid(found.text)}\n".encode()
        try:
            if not file.is_file() or read_file(file) != data:
                write_whole(file, data)
        except OSError as error:
            message = f"{file}: cannot be written: {error.strerror}"
            raise UsageError(message) from error
        written.append(file)
    return tuple(sorted(written))


def stale_files(folder: Path, written: Iterable[Path], wanted: Callable[[str], bool]) -> tuple[Path, ...]:
    """Files that look like what `write_files` writes and are not among them; what is laid out otherwise does not count.

    Args:
        folder: Where they were written.
        written: What `write_files` answered.
        wanted: Whether a subject was asked for; the others are left alone.
    """
    kept = set(written)
    suffixes = {file_suffix(one) for one in installed()}
    found = []
    for subject in sorted(folder.iterdir()) if folder.is_dir() else ():
        if subject.is_symlink() or not subject.is_dir() or not _is_of_subject(subject.name, wanted):
            continue
        found += [file for file in subject.iterdir() if _is_version(file.name, suffixes) and file not in kept]
    return tuple(sorted(file for file in found if file.is_file() and not file.is_symlink()))


def pulled_subjects(folder: Path) -> frozenset[str]:
    """The subjects that have a folder here with the name that `file_name` gives."""
    names = [one.name for one in folder.iterdir() if one.is_dir()] if folder.is_dir() else []
    return frozenset(subject_of_file(name) for name in names if _is_of_subject(name, lambda _: True))


def _is_version(name: str, suffixes: Container[str]) -> bool:
    """Whether `file_of` gives such a name to a version."""
    version = _VERSION.fullmatch(name)
    return version is not None and version["suffix"] in suffixes


def _is_of_subject(name: str, wanted: Callable[[str], bool]) -> bool:
    """Whether a folder has the name that `file_name` gives to a subject that is wanted."""
    try:
        subject = subject_of_file(name)
        return file_name(subject) == name and wanted(subject)
    except (UnicodeDecodeError, UsageError):
        return False


def remove_files(files: Iterable[Path]) -> None:
    """The files are gone, and so are folders that held nothing else.

    Raises:
        UsageError: One cannot be removed.
    """
    for file in files:
        try:
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        except OSError as error:
            message = f"{file}: cannot be removed: {error.strerror}"
            raise UsageError(message) from error


def relaid(text: str) -> str:
    """JSON with one member a line. Every token stays as it is, so that numbers and escapes keep their spelling."""
    tokens = _TOKEN.findall(text)
    lines: list[str] = []
    line, depth = "", 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("}", "]"):
            depth -= 1
            if tokens[index - 1] not in ("{", "["):
                lines.append(line)
                line = "  " * depth
        line += f"{token} " if token == ":" else token  # noqa: S105 - a token of JSON
        if token in ("{", "[") and following not in ("}", "]"):
            depth += 1
            lines.append(line)
            line = "  " * depth
        elif token in ("{", "["):
            depth += 1
        elif token == ",":  # noqa: S105 - a token of JSON
            lines.append(line)
            line = "  " * depth
    return "\n".join([*lines, line])
