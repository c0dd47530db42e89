"""What runs where: a file a service and environment, a line a version.

    deployments/prod/orders.jsonl
    {"version": "2.1", "runs": true, "at": "2026-...", "writes": {"order": {"version": "v3", "schema": "0c1d..."}}, ...}

Lines stand for themselves, so that a merge may take those of both sides (``.gitattributes`` beside them says so): the
same line twice means once, and of two lines about one version the later one says whether it runs. A version that no
longer runs keeps its line: what it wrote may still be read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from evtcompat.contracts.shared import no_such_folder
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import DocumentError, UncheckedError, UsageError
from evtcompat.model.json_texts import loads
from evtcompat.model.places import Place
from evtcompat.reading import LARGEST_CONFIGURATION, read_file
from evtcompat.sources.names.naming import order_of
from evtcompat.writing import write_own

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

SUFFIX: Final = ".jsonl"
#: The environment of versions that were built and run nowhere yet.
BUILT: Final = "built"
#: What a record calls a schema that has no version.
UNNAMED: Final = "as it was"
_ATTRIBUTES: Final = b"*.jsonl merge=union\n"
#: Seconds until a lock counts as left behind by a process that has gone.
_STALE: Final = 30.0
_WAIT: Final = 20.0
#: The longest name of a service or environment, in bytes: files of 255 are what systems have.
_LONGEST: Final = 200

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Used:
    """A schema that a version reads or writes with."""

    #: What people call it: the version of the subject, or ``contract``.
    name: str
    #: `snapshots.Snapshot.key`.
    key: str


@dataclass(frozen=True, slots=True)
class Build:
    """One version of a service: what it writes and reads, by subject."""

    service: str
    version: str
    writes: Mapping[str, Used] = field(default_factory=dict)
    reads: Mapping[str, Used] = field(default_factory=dict)
    #: The subjects that it reads from the beginning.
    replays: frozenset[str] = frozenset()
    runs: bool = True
    #: When it was recorded, in UTC as ISO 8601 writes it.
    at: str = field(default="", compare=False)

    def __str__(self) -> str:
        """As people call it."""
        return f"{self.service} {self.version}"

    def __hash__(self) -> int:
        """By service and version."""
        return hash((self.service, self.version))


class Recorded(NamedTuple):
    """What an environment's files say."""

    #: The versions that were recorded, those included that run no longer.
    builds: tuple[Build, ...]
    #: The files that cannot be read: of their services nothing is known.
    problems: tuple[UncheckedError, ...]


class Deployments:
    """The folder of deployments."""

    def __init__(self, folder: Path, shown: str, setting: Place | None = None) -> None:
        """Nothing is read yet.

        Args:
            folder: Where the files lie.
            shown: What messages call it.
            setting: Where the configuration names it, if it does: then it has to be there.
        """
        self.folder = folder
        self.shown = shown
        self._setting = setting

    def environments(self) -> tuple[str, ...]:
        """Every environment in which something was recorded."""
        found = {path.parent.name for path in self.folder.glob(f"*/*{SUFFIX}")}
        return tuple(sorted(found | {path.name for path in self.folder.glob("*") if _leads_nowhere(path)}))

    def recorded(self, environment: str) -> Recorded:
        """What was recorded in an environment; a file that cannot be read hides none of the others."""
        builds: list[Build] = []
        problems = [*self._lost(self.folder / environment)]
        for path in sorted((self.folder / environment).glob(f"*{SUFFIX}")):
            try:
                builds += self._read(path)
            except UncheckedError as error:
                problems.append(error)
        return Recorded(tuple(builds), tuple(problems))

    def problems(self) -> list[UncheckedError]:
        """What cannot be read of all that was recorded; of these services nothing is known."""
        of_all = (error for name in self.environments() for error in self.recorded(name).problems)
        return [*self._lost(self.folder), *self._missing(), *of_all]

    def knows(self, service: str, version: str) -> bool:
        """Whether the version was recorded in any environment.

        Raises:
            UncheckedError: A file about the service cannot be read.
        """
        return any(one.version == version for name in self.environments() for one in self._of(name, service))

    def described(self, service: str, version: str) -> Build:
        """What a version writes and reads, in whatever environment it was recorded.

        Raises:
            UncheckedError: It was never recorded, or differently in two places.
        """
        found: dict[Build, str] = {}
        for environment in self.environments():
            for build in self._of(environment, service):
                if build.version == version:
                    if any(_described(build) != _described(one) for one in found):
                        where = f"{next(iter(found.values()))} and in {environment}"
                        message = f"{service} {version} is recorded with other schemas in {where}"
                        hint = "Record it again where it is wrong; a version that was built does not change."
                        raise UncheckedError(message, place=Place(origin=self.shown), hint=hint)
                    found[build] = environment
        if not found:
            message = f"{service} {version} was never recorded"
            recorded = [one.version for name in self.environments() for one in self._of(name, service)]
            known = ", ".join(dict.fromkeys(recorded))
            hint = f"`evtcompat deploy record {service} {version}` keeps what it writes and reads."
            raise UncheckedError(message, place=Place(origin=self.shown), hint=f"{hint} Recorded: {known or 'none'}.")
        return replace(next(iter(found)), runs=True)

    def _lost(self, folder: Path) -> Iterator[UncheckedError]:
        if _leads_nowhere(folder):
            place = Place(origin=self._called(folder))
            yield DocumentError("is a link that leads nowhere", place=place, hint="Mend the link.")

    def _missing(self) -> Iterator[UncheckedError]:
        if self._setting is not None and not (self.folder.is_dir() or _leads_nowhere(self.folder)):
            hint = "`evtcompat deploy record SERVICE VERSION` begins it."
            yield no_such_folder("deployments", self.shown, self._setting, hint)

    def _of(self, environment: str, service: str) -> Iterable[Build]:
        return self._read(self.folder / environment / f"{service}{SUFFIX}")

    def refuse_change(self, environment: str, build: Build) -> None:
        """What is to be recorded in an environment is the version that the others have.

        Raises:
            UsageError: One has it with other schemas: nobody could tell what it writes and reads.
            UncheckedError: A file about the service cannot be read.
        """
        for other in self.environments():
            known = () if other == environment else self._of(other, build.service)
            if any(one.version == build.version and _described(one) != _described(build) for one in known):
                message = f"{build} is recorded with other schemas in {other}, and what was built does not change"
                file = self._called(self.path(other, build.service))
                hint = f"Record another version; if {file} is wrong, take the line of {build.version} out of it first."
                raise UsageError(message, hint=hint)

    def record(self, environment: str, build: Build) -> None:
        """The version is recorded in the environment; a line of before about it is gone.

        Raises:
            UsageError: The file cannot be written.
            UncheckedError: It cannot be read.
        """
        path = self.path(environment, build.service)
        attributes = self.folder / ".gitattributes"
        if not attributes.exists():
            write_own(attributes, _ATTRIBUTES)
        with _locked(path):
            others = [one for one in self._read(path) if one.version != build.version]
            self._write(path, [*others, replace(build, at=_now())])

    def remove(self, environment: str, service: str, version: str) -> None:
        """The version is recorded as running no longer.

        Raises:
            UncheckedError: It was not recorded there, or the file cannot be read.
            UsageError: It cannot be written.
        """
        path = self.path(environment, service)
        known = self._read(path)  # before there is a lock, whose folder would stay
        if not any(one.version == version for one in known):
            message = f"{service} {version} was not recorded in {environment}"
            listed = ", ".join(one.version for one in known if one.runs) or "none"
            raise UncheckedError(message, place=Place(origin=self._called(path)), hint=f"Running: {listed}.")
        with _locked(path):
            known = self._read(path)
            gone = [replace(one, runs=False, at=_now()) if one.version == version else one for one in known]
            self._write(path, gone)

    def path(self, environment: str, service: str) -> Path:
        """The file of a service in an environment, which may not be there.

        Raises:
            UsageError: One of them is no name of a file.
        """
        for word in (environment, service):
            marked = word.startswith(".") or any(mark in word for mark in '/\\:"') or not word.isprintable()
            if not word or marked or len(os.fsencode(word)) > _LONGEST:
                message = f"{word!r} is no name of a service or environment"
                raise UsageError(message, hint="Letters, digits, dots and hyphens make one.")
        return self.folder / environment / f"{service}{SUFFIX}"

    def _called(self, path: Path) -> str:
        return str(Path(self.shown) / path.relative_to(self.folder))

    def _read(self, path: Path) -> tuple[Build, ...]:
        try:
            if not path.is_symlink() and not path.exists():
                return ()
            text = read_file(path, LARGEST_CONFIGURATION).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
            raise DocumentError(message, place=Place(origin=self._called(path))) from error
        found: dict[str, Build] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            place = Place(origin=self._called(path), line=number, column=1)
            build = _build(line, path.name.removesuffix(SUFFIX), place)
            known = found.get(build.version)
            if known is not None and _described(known) != _described(build):
                message = f"{build} stands there twice, with other schemas"
                raise DocumentError(message, place=place, hint="Keep the line that is right.")
            if known is None or (build.at, build.runs) > (known.at, known.runs):
                found[build.version] = build
        return tuple(found.values())

    def _write(self, path: Path, builds: Iterable[Build]) -> None:
        lines = [_line(one) for one in sorted(builds, key=_by_version)]
        write_own(path, "".join(f"{line}\n" for line in lines).encode())


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _described(build: Build) -> tuple[object, ...]:
    """What a version is, wherever it runs."""
    reads = {subject: used.key for subject, used in build.reads.items()}
    writes = {subject: used.key for subject, used in build.writes.items()}
    return reads, writes, build.replays


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _by_version(build: Build) -> tuple[object, ...]:
    order = order_of(build.version)
    return (order is None, order or (), build.version)


def _line(build: Build) -> str:
    content: dict[str, JSON] = {"version": build.version, "runs": build.runs, "at": build.at}
    for word, used in (("writes", build.writes), ("reads", build.reads)):
        content[word] = {subject: {"version": one.name, "schema": one.key} for subject, one in sorted(used.items())}
    if build.replays:
        content["replays"] = [*sorted(build.replays)]
    return json.dumps(content, ensure_ascii=False)


def _build(line: str, service: str, place: Place) -> Build:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        message = "has the marks of a merge that is not finished"
        raise DocumentError(message, place=place, hint="Keep the lines of both sides, and take out the marks.")
    try:
        content = loads(line, unique=True)
        build = Build(
            service,
            content["version"],
            _used(content["writes"]),
            _used(content["reads"]),
            frozenset(_is(str, one) for one in _is(list, content.get("replays", []))),
            _is(bool, content["runs"]),  # anything else for "no" would take what runs out of every question
            _is(str, content["at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "is no line of a version that was recorded"
        hint = "`evtcompat deploy record` writes such lines; take the file from git again."
        raise DocumentError(message, place=place, hint=hint) from error
    if not isinstance(build.version, str):
        message = "the version is no string"
        raise DocumentError(message, place=place, hint='Write it in quotes: "2.1".')
    return build


def _used(content: Any) -> dict[str, Used]:  # noqa: ANN401 - what JSON says
    return {
        subject: Used(_is(str, one["version"]), _is(str, one["schema"])) for subject, one in _is(dict, content).items()
    }


def _is(kind: type[_T], value: object) -> _T:
    """The value, which is of a type.

    Raises:
        TypeError: It is not.
    """
    if not isinstance(value, kind):
        raise TypeError
    return value


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else writes the file inside.

    Raises:
        UsageError: Somebody does, for long.
    """
    lock = path.with_name(f".{path.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + _WAIT
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _STALE:
                    lock.unlink()
                    continue
        except OSError as error:
            message = f"{path}: cannot be written: {error.strerror or error}"
            raise UsageError(message, hint="Choose another folder with --deployments.") from error
        if time.monotonic() > end:
            message = f"{lock} says that somebody else is recording"
            raise UsageError(message, hint="Try again; remove that file if nobody is.")
        time.sleep(0.02)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.unlink()
