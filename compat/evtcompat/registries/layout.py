"""Registered schemas as files: one folder a subject, one file a version, so that `evtcompat check` reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from evtcompat.errors import UsageError
from evtcompat.formats.base import file_suffix
from evtcompat.formats.loading import installed
from evtcompat.reading import PULLED_REFERENCES, read_file
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.names import (
    encoded_capitals,
    file_name,
    file_names,
    referenced_subject,
    subject_of_file,
)
from evtcompat.writing import unwritten, write_all_whole

#: Suffixes of files in languages that are carried, and not read.
_OPAQUE = {"protobuf": "proto"}
_VERSION = re.compile(r"[1-9][0-9]*(?P<suffix>\.[A-Za-z0-9.]+)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def file_suffix_of(found: Registered) -> str:
    """The suffix of a version's file; of a language that is not read, made of the registry's word for it."""
    if found.format is not None:
        return file_suffix(found.format)
    word = re.sub(r"[^a-z0-9]", "", found.type.lower())
    return f".{_OPAQUE.get(word, word or 'txt')}"


def write_files(folder: Path, versions: Sequence[Registered], known: Iterable[str] = ()) -> tuple[Path, ...]:
    """The files of the versions, written, with what refers to what beside them; what holds the same is left alone.

    Args:
        folder: Where; one folder a subject is made.
        versions: What they refer to should be among them.
        known: All subjects of the registry: what a subject's folder is called does not depend on which are written.

    Returns:
        The files of the versions; a version is missing whose subject is too long for a file name.

    Raises:
        UsageError: A file cannot be written; none is.
        UncheckedError: There is no room for them; none is written.
    """
    names = file_names({*known, *(found.subject for found in versions)})
    files = {
        (found.subject, found.version): f"{names[found.subject]}/{found.version}{file_suffix_of(found)}"
        for found in versions
        if found.subject in names
    }
    contents: dict[Path, bytes] = {}
    gone: list[Path] = []
    for found in versions:
        if (found.subject, found.version) in files:
            text = f"{relaid(found.text)}\n" if found.format is not None else found.text
            contents[folder / files[found.subject, found.version]] = text.encode("utf-8", "surrogatepass")
    for subject in dict.fromkeys(subject for subject, _ in files):
        own = [found for found in versions if found.subject == subject and found.references]
        beside = folder / names[subject] / PULLED_REFERENCES
        if own:
            contents[beside] = _references_text(own, files).encode("utf-8")
        elif beside.is_file():
            gone.append(beside)
    _write(folder, contents)
    for file in gone:
        file.unlink()
    return tuple(sorted(folder / file for file in files.values()))


def _references_text(versions: Iterable[Registered], files: Mapping[tuple[str, int], str]) -> str:
    """What versions refer to, by number: as it was registered, and the file that it is."""

    def file(reference: Reference, found: Registered) -> str:
        return files.get((referenced_subject(reference.subject, found.subject), reference.version), "")

    value = {
        str(found.version): [
            {
                "name": reference.name,
                "subject": reference.subject,
                "version": reference.version,
                "file": f"../{file(reference, found)}",
            }
            for reference in found.references
        ]
        for found in sorted(versions, key=lambda found: found.version)
    }
    return json.dumps(value, indent=2) + "\n"


def _write(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """The files have these contents, or none has.

    Raises:
        UsageError: One cannot be written.
        UncheckedError: There is no room for them.
    """
    try:
        write_all_whole(
            {file: data for file, data in contents.items() if not file.is_file() or read_file(file) != data}
        )
    except OSError as error:
        raise unwritten(error, folder) from error


def stale_files(folder: Path, written: Iterable[Path], wanted: Callable[[str], bool]) -> tuple[Path, ...]:
    """Files that look like what `write_files` writes and are not among them; what is laid out otherwise does not count.

    Args:
        folder: Where they were written.
        written: What `write_files` answered.
        wanted: Whether a subject was asked for; the others are left alone.
    """
    kept = set(written)
    suffixes = {file_suffix(one) for one in installed()} | {f".{suffix}" for suffix in _OPAQUE.values()}
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


def opaque_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Subject and path from the folder, with ``/``, of what `write_files` wrote in a language that is not read."""
    suffixes = {f".{suffix}" for suffix in _OPAQUE.values()}
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and _is_of_subject(inner.name, lambda _: True):
            numbers = [file for file in inner.iterdir() if _is_version(file.name, suffixes)]
            for file in sorted(numbers, key=lambda file: int(file.stem)):
                yield subject_of_file(inner.name), f"{inner.name}/{file.name}"


def _is_version(name: str, suffixes: Container[str]) -> bool:
    """Whether `write_files` gives such a name to a version."""
    version = _VERSION.fullmatch(name)
    return version is not None and version["suffix"] in suffixes


def _is_of_subject(name: str, wanted: Callable[[str], bool]) -> bool:
    """Whether a folder has the name that `file_name` gives to a subject that is wanted."""
    try:
        subject = subject_of_file(name)
        plain = file_name(subject)
        return name in (plain, encoded_capitals(plain)) and wanted(subject)
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
            left = [one.name for one in file.parent.iterdir()]
            if left == [PULLED_REFERENCES]:
                (file.parent / PULLED_REFERENCES).unlink()
            if left in ([], [PULLED_REFERENCES]):
                file.parent.rmdir()
        except OSError as error:
            message = f"{file}: cannot be removed: {error.strerror}"
            raise UsageError(message) from error


#: Lines are indented no further: 50 KB of brackets would be told in gigabytes.
_MOST_INDENTED: Final = 32


def _indentation(depth: int) -> str:
    return "  " * min(depth, _MOST_INDENTED)


def relaid(text: str) -> str:
    """JSON with one member a line. Every token stays as it is, so that numbers and escapes keep their spelling.

    The text is longer by at most 64 characters for each of its tokens, however deep it is.
    """
    tokens = _TOKEN.findall(text)
    lines: list[str] = []
    line, depth = "", 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("}", "]"):
            depth -= 1
            if tokens[index - 1] not in ("{", "["):
                lines.append(line)
                line = _indentation(depth)
        line += f"{token} " if token == ":" else token  # noqa: S105 - a token of JSON
        if token in ("{", "[") and following not in ("}", "]"):
            depth += 1
            lines.append(line)
            line = _indentation(depth)
        elif token in ("{", "["):
            depth += 1
        elif token == ",":  # noqa: S105 - a token of JSON
            lines.append(line)
            line = _indentation(depth)
    return "\n".join([*lines, line])
