"""Subjects as ``evtcompat.lock`` has them: the registry as it was, without the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evtcompat.dataclasses import dataclass
from evtcompat.errors import BaselineError, UncheckedError
from evtcompat.reading import LARGEST_LOCK, read_file
from evtcompat.registries.base import LATEST, Registered, SubjectState
from evtcompat.registries.choosing import wanted
from evtcompat.registries.kinds import unpredicted
from evtcompat.registries.lockfile import Lock, parse_lock
from evtcompat.sources.published.registered import Published, history_of, readable


def read_lock(path: Path) -> Lock:
    """The lock in a file.

    Raises:
        BaselineError: There is none, or it is damaged.
    """
    shown = str(path)
    return lock_of(lock_text(path, shown), shown)


def lock_of(text: str | None, shown: str) -> Lock:
    """The lock that a text writes.

    Args:
        text: ``None`` when there is no such file.
        shown: What messages call it.

    Raises:
        BaselineError: There is none, or it is damaged.
    """
    if text is None:
        message = f"there is no {shown}"
        raise BaselineError(message, hint="Write it with `evtcompat lock` where the registry can be reached.")
    return parse_lock(text, shown)


def lock_text(path: Path, shown: str) -> str | None:
    """The text of a lock on the disk; ``None`` when there is none.

    Raises:
        BaselineError: It cannot be read.
    """
    try:
        return read_file(path, LARGEST_LOCK).decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"{shown} cannot be read: {reason}"
        raise BaselineError(message) from error


@dataclass(frozen=True, slots=True)
class LockSubjects:
    """The subjects of a lock, as `PublishedSubjects`."""

    lock: Lock
    #: That version of each subject alone; a number or ``latest``.
    version: int | str | None = None

    @property
    def names(self) -> frozenset[str]:
        """See `PublishedSubjects`."""
        return frozenset(subject.name for subject in self.lock.subjects)

    @property
    def asked_for(self) -> frozenset[str]:
        """The subjects that the lock was asked for; the others are locked because those refer to them."""
        return frozenset(name for name in self.names if wanted(name, self.lock.only))

    def read(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """See `PublishedSubjects`."""
        found: dict[str, Published | UncheckedError] = {}
        for subject in subjects:
            try:
                known = locked(self.lock, subject, self.version)
            except UncheckedError as error:
                found[subject] = error
            else:
                if known is not None:
                    found[subject] = known
        return found

    def find(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """See `PublishedSubjects`."""
        return self.read(subjects)


def locked(lock: Lock, subject: str, version: int | str | None = None) -> Published | None:
    """A subject as the lock has it, ready for a check; ``None`` when the lock does not know it.

    Args:
        lock: The lock.
        subject: With context.
        version: That version alone; a number or ``latest``.

    Raises:
        BaselineError: A version is written in a language that evtcompat does not read, or refers to what is not locked.
        DocumentError: A locked schema is not JSON.
    """
    found = lock.subject(subject)
    if found is None or not found.versions:
        return None
    state = SubjectState(subject, found.versions, lock.terms(found), found.level is not None)
    chosen = state.comparable if version is None else found.versions
    chosen = chosen[-1:] if version == LATEST else tuple(one for one in chosen if version in (None, one.version))
    if not chosen:
        message = f"the lock has no version {version} of {subject}"
        raise BaselineError(message)
    newest = chosen[-1]
    by_name = {(one.name, version.version): version for one in lock.subjects for version in one.versions}

    def fetch(name: str, version: int | str) -> Registered:
        known = by_name.get((name, version)) if isinstance(version, int) else None
        if known is None:
            message = f"the lock has no {name} version {version}, to which a locked schema refers"
            raise BaselineError(message, hint="Write it anew with `evtcompat lock`.")
        return known

    terms = lock.terms(found)
    return Published(
        subject,
        readable(newest),
        history_of(chosen, fetch, lambda one: f"lock:{one.subject}@{one.version}"),
        terms.level,
        policy=terms.policy,
        unpredicted=unpredicted(lock.registry),
        newest=newest,
        languages=tuple(map(readable, chosen)),
    )
