"""Which schemas meet: every version that reads beside every version that writes, while something is deployed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from evtcompat.contracts.deployments import Build, Used
from evtcompat.dataclasses import dataclass, field
from evtcompat.model.subjects import meant
from evtcompat.model.verdicts import Verdict


class Pair(NamedTuple):
    """A reader that meets events of a writer; compared by what it is about."""

    subject: str
    reader: Build
    writer: Build
    #: The writer runs no longer; its events are still there, and the reader replays them.
    replayed: bool = False
    #: The writer's name of the subject, where that is another form of it.
    written: str | None = None

    @property
    def schemas(self) -> tuple[str, Used, Used]:
        """The subject, what is read with, and what was written with."""
        return self.subject, self.reader.reads[self.subject], self.writer.writes[self.written or self.subject]

    @property
    def services(self) -> frozenset[str]:
        """The services that meet."""
        return frozenset((self.reader.service, self.writer.service))

    def __str__(self) -> str:
        """As a sentence has it."""
        return f"{self.reader} reads {self.subject} of {self.writer}"


#: The verdict on a subject, a reader's schema and a writer's.
Ask: TypeAlias = Callable[[str, Used, Used], Verdict]
#: The versions that run of each service.
State: TypeAlias = Mapping[str, tuple[Build, ...]]


def pairs_between(readers: Iterable[Build], writers: Iterable[Build], *, replayed: bool = False) -> Iterator[Pair]:
    """The readers that meet events of the writers; with `replayed`, of writers that run no longer.

    Two names that may be forms of one (`model.subjects.meant`) meet: what repositories and days call differently is
    compared rather than left out.
    """
    writers = tuple(writers)
    for reader in readers:
        for subject in reader.reads:
            if replayed and subject not in reader.replays:
                continue
            for writer in writers:
                for name in meant(subject, writer.writes):
                    yield Pair(subject, reader, writer, replayed, None if name == subject else name)


def meeting(one: Iterable[Build], other: Iterable[Build]) -> Iterator[Pair]:
    """What either reads of the other."""
    one, other = tuple(one), tuple(other)
    yield from pairs_between(one, other)
    yield from pairs_between(other, one)


@dataclass(frozen=True, slots=True)
class System:
    """An environment: what runs, and what ran and left events."""

    name: str
    running: State = field(default_factory=dict)
    retired: tuple[Build, ...] = ()

    @classmethod
    def of(cls, name: str, builds: Iterable[Build]) -> System:
        """The system of what was recorded in an environment."""
        builds = tuple(builds)
        services = dict.fromkeys(build.service for build in builds if build.runs)
        running = {name: tuple(one for one in builds if one.runs and one.service == name) for name in services}
        return cls(name, running, tuple(one for one in builds if not one.runs))

    def assuming(self, build: Build) -> System:
        """The same, were this version the only one of its service that runs."""
        gone = tuple(one for one in self.running.get(build.service, ()) if one.version != build.version)
        running = {**self.running, build.service: (build,)}
        return System(self.name, running, (*self.retired, *gone))

    def pairs(self) -> Iterator[Pair]:
        """Every pair that meets."""
        everything = [build for builds in self.running.values() for build in builds]
        yield from pairs_between(everything, everything)
        yield from pairs_between(everything, self.retired, replayed=True)

    def during(self, build: Build) -> System:
        """While a version is rolled out: it runs beside what runs already."""
        here = self.running.get(build.service, ())
        running = {**self.running, build.service: (*(one for one in here if one.version != build.version), build)}
        return System(
            self.name,
            running,
            tuple(one for one in self.retired if one.version != build.version or one.service != build.service),
        )
