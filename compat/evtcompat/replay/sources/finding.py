"""From what a person names to splits: files, folders, globs, addresses, topics."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.formats.recorded import DamagedError
from evtcompat.replay import framing
from evtcompat.replay.sources import kinds
from evtcompat.replay.sources.opening import fsspec, is_remote, opened
from evtcompat.replay.splits import Position, Split
from evtcompat.replay.summary import Damaged

if TYPE_CHECKING:
    from evtcompat.formats.recorded import RecordedFormat


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person says of sources that do not tell it themselves."""

    kind: str = ""
    framing: str = ""
    column: str = ""


@dataclass
class Found:
    """Everything that was named."""

    splits: list[Split] = field(default_factory=list)
    #: Files that hold no events, with the reason.
    aside: list[tuple[str, str]] = field(default_factory=list)
    #: How many of these may hold events all the same, and links to folders: what a person has to say more about.
    unsure: int = 0
    #: Files that should hold events and cannot be read at all.
    damaged: list[Damaged] = field(default_factory=list)


def find(sources: Sequence[str], recorded: RecordedFormat, hints: Hints) -> Found:
    """The splits of everything that was named, in that order; each file once, however often it was named.

    Raises:
        UsageError: A hint says what there is not.
        UncheckedError: A source is not there, or a library that it needs is not installed.
    """
    known = [one.name for one in framing.framings(recorded)]
    if hints.framing and hints.framing not in (*known, "none"):
        message = f"unknown framing {hints.framing!r}"
        raise UsageError(message, hint=f"Known: {', '.join(known)}, none.")
    possible = [name for name in kinds.NAMES if name != kinds.BLOCKS or recorded.files]
    if hints.kind and hints.kind not in possible:
        message = f"unknown kind of source {hints.kind!r}"
        raise UsageError(message, hint=f"Known for these events: {', '.join(possible)}.")
    found = Found()
    seen: dict[str, str] = {}
    for word in sources:
        if word.startswith("kafka://"):
            found.splits += _topic(word, recorded, hints)
            continue
        named = 0
        for path, identity, stamp in _files(word, found):
            named += 1
            if identity in seen:
                found.aside.append((path, f"the same file as {seen[identity]}, which is counted once"))
                continue
            seen[identity] = path
            _file(path, stamp, recorded, hints, found, named=path == word)
        if not named:
            is_folder = not is_remote(word) and Path(word).is_dir()
            message = f"{word}: {'holds no events: no file is in it' if is_folder else 'there is no such file'}"
            raise UncheckedError(
                message, hint="Name a file, a folder, a pattern, or an address such as s3://bucket/key."
            )
    return found


def _file(path: str, stamp: str, recorded: RecordedFormat, hints: Hints, found: Found, *, named: bool) -> None:
    """What a file has goes to `found`; one that a person named by itself is meant to have events."""
    try:
        with opened(path) as source:
            told = kinds.told_by(source, path, recorded, column=hints.column, kind=hints.kind, framed=hints.framing)
            if isinstance(told, kinds.NoEvents):
                if named and not told.empty:
                    found.damaged.append(Damaged(Position(path, 0), told.reason))
                else:
                    found.aside.append((path, told.reason))
                    found.unsure += told.unsure
                return
            found.splits += [
                Split(path, told.kind, start, end, size, stamp, told.framing, told.compression, told.column)
                for start, end, size in kinds.cut(source, told)
            ]
    except DamagedError as error:
        found.damaged.append(Damaged(Position(path, 0), str(error)))


def _topic(word: str, recorded: RecordedFormat, hints: Hints) -> Iterator[Split]:
    from evtcompat.dataclasses import replace
    from evtcompat.replay.sources import kafka

    name = hints.framing
    if not name:
        told = framing.framing_of(kafka.first_message(word), framing.framings(recorded))
        name = "" if told is None else told.name
    for split in kafka.topic_splits(word):
        yield replace(split, framing="" if name == "none" else name)


def _files(word: str, found: Found) -> Iterator[tuple[str, str, str]]:
    """Path, identity and time of change of every file that a word names; hidden files of folders are passed over.

    Links that lead nowhere and folders that cannot be listed are among them: whoever opens them tells why not. Links
    to folders in a folder are not followed, and told aside.
    """
    if is_remote(word):
        if "@" in word.partition("://")[2].partition("/")[0]:
            message = "an address holds no credentials: it is shown in reports"
            raise UsageError(message, hint="Credentials come from the environment.")
        yield from _remote(word)
        return
    paths = sorted(glob.glob(word, recursive=True)) if glob.has_magic(word) and not Path(word).exists() else [word]  # noqa: PTH207 - a pattern may be absolute
    for path in paths:
        if Path(path).is_dir():
            yield from _below(path, found)
        else:
            yield from _local(path)


def _below(folder: str, found: Found) -> Iterator[tuple[str, str, str]]:
    """The files below a folder, as `_files` tells them."""
    unlisted: list[str] = []
    for root, folders, files in os.walk(folder, onerror=lambda error: unlisted.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [str(Path(root) / name) for name in folders if (Path(root) / name).is_symlink()]
        found.unsure += len(links)
        found.aside.extend((link, "a link to a folder, which is not followed: name what it leads to") for link in links)
        for name in sorted(files):
            if not name.startswith("."):
                yield from _local(str(Path(root) / name))
    yield from ((path, path, "") for path in unlisted)


def _local(path: str) -> Iterator[tuple[str, str, str]]:
    try:
        about = Path(path).stat()
    except OSError:
        if Path(path).is_symlink():
            yield path, path, ""
        return
    yield path, f"{about.st_dev}:{about.st_ino}", f"{about.st_mtime_ns}"


def _remote(word: str) -> Iterator[tuple[str, str, str]]:
    scheme = word.partition("://")[0]
    library = fsspec()
    try:
        system, path = library.core.url_to_fs(word)
        names = system.glob(path) if glob.has_magic(path) else system.find(path)
        entries: list[dict[str, Any]] = [system.info(name) for name in sorted(names)]
    except ImportError as error:
        message = f"{scheme}:// needs another library: {error}"
        hint = "pip install 'evtcompat[replay-s3]'" if scheme in ("s3", "s3a") else None  # the library says which
        raise UncheckedError(message, hint=hint) from error
    except Exception as error:  # a file system far away may raise anything
        message = f"{word}: cannot be listed: {type(error).__name__}"
        raise UncheckedError(message, hint="Credentials come from the environment.") from error
    for entry in entries:
        if entry.get("type") == "file":
            url = f"{scheme}://{entry['name']}"
            yield url, url, str(entry.get("ETag") or entry.get("LastModified") or entry.get("mtime") or "")
