"""What a lock lets pass that the lock before it would not: it is a part of the gate of checks against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from evtcompat.checking.gate import weaker_level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.choosing import wanted
from evtcompat.registries.lockfile import Lock, LockedSubject
from evtcompat.registries.locking import same


class LockChange(NamedTuple):
    """One sentence, and the keys that it is about in the old and in the new lock."""

    text: str
    old: tuple[str | int, ...] = ()
    new: tuple[str | int, ...] = ()


def lock_changes(before: Lock, after: Lock | None) -> Iterator[LockChange]:
    """What is weaker in the lock under check; a version that is added is not, though it may be compared with.

    Args:
        before: The lock at the baseline.
        after: The lock under check; ``None`` when it is gone.
    """
    if after is None:
        yield LockChange("the lock is removed")
        return
    if before.registry != after.registry:
        text = f"the lock's `registry` goes from {before.registry} to {after.registry}"
        yield LockChange(text, ("registry",), ("registry",))
    if weaker_level(after.level, before.level):
        text = f"the lock's `level` goes from {before.level.value} to {after.level.value}"
        yield LockChange(text, ("level",), ("level",))
    if (before.policy, after.policy) == (Policy.STRICT, Policy.LENIENT):
        text = "the lock's `policy` goes from strict to lenient"
        yield LockChange(text, ("policy",), ("policy",))
    indices = {subject.name: index for index, subject in enumerate(after.subjects)}
    for index, old in enumerate(before.subjects):
        new = after.subject(old.name)
        if new is None:
            yield LockChange(f"the lock loses the subject `{old.name}`", ("subject", index))
            continue
        key = ("subject", indices[old.name])
        if wanted(old.name, before.only) and not wanted(old.name, after.only):
            yield LockChange(f"the lock is no longer asked for the subject `{old.name}`", ("only",), ("only",))
        for text in _subject_changes(old, new, before, after):
            yield LockChange(text, ("subject", index), key)


def _subject_changes(old: LockedSubject, new: LockedSubject, before: Lock, after: Lock) -> Iterator[str]:
    levels = old.level or before.level, new.level or after.level
    if weaker_level(levels[1], levels[0]) and (old.level, new.level) != (None, None):
        yield f"the level of `{old.name}` in the lock goes from {levels[0].value} to {levels[1].value}"
    policies = before.terms(old).policy, after.terms(new).policy
    if policies == (Policy.STRICT, Policy.LENIENT) and (old.policy, new.policy) != (None, None):
        yield f"the policy of `{old.name}` in the lock goes from strict to lenient"
    if old.group != new.group and new.group is not None:
        yield f"the lock compares versions of `{old.name}` only within the compatibility group `{new.group}`"
    now = {version.version: version for version in new.versions}
    for version in old.versions:
        if version.version not in now:
            yield f"the lock loses version {version.version} of `{old.name}`"
        elif not same(version, now[version.version]):
            yield f"version {version.version} of `{old.name}` in the lock is another schema"
