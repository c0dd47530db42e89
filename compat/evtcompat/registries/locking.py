"""Taking a lock from a live registry, and listing how the two have drifted apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from evtcompat.dataclasses import replace
from evtcompat.errors import RegistryError
from evtcompat.registries.base import Registered, SchemaRegistry, SubjectState
from evtcompat.registries.choosing import asked_for, wanted
from evtcompat.registries.errors import (
    ReferenceCycleError,
    RegistryAnswerError,
    RegistryForbiddenError,
    RegistryNotFoundError,
    RegistryRejectedError,
    RegistryServerError,
)
from evtcompat.registries.lockfile import Lock, LockedSubject, schema_hash
from evtcompat.registries.names import referenced_subject

#: How deep references are followed from the subjects that are asked for.
_DEEPEST = 200
#: Errors that are about what was asked for, and not about the registry.
_OF_ONE = (
    RegistryAnswerError,
    RegistryForbiddenError,
    RegistryNotFoundError,
    RegistryRejectedError,
    RegistryServerError,
    ReferenceCycleError,
)


def read_states(
    client: SchemaRegistry,
    only: Iterable[str] = (),
    also: AbstractSet[str] = frozenset(),
    unread: dict[str, RegistryError] | None = None,
) -> dict[str, SubjectState]:
    """The subjects that are asked for and what they refer to, by name.

    Args:
        client: The registry.
        only: Names and patterns; all without.
        also: Subjects that it is no mistake to ask for, though the registry has none such.
        unread: Gets those that cannot be read, where others can; without it they raise.

    Raises:
        BaselineError: A pattern means no subject.
        RegistryError: One of them cannot be read, or none, as the registry does not answer.
    """
    known = client.subjects()
    patterns = asked_for(only, also | set(known), str(client.address))
    pending = [subject for subject in known if wanted(subject, patterns)]
    found: dict[str, SubjectState] = {}
    rounds = 0
    while pending:
        rounds += 1
        if rounds > _DEEPEST:
            message = f"{client.address}: references lead on and on, more than {_DEEPEST} subjects deep"
            raise RegistryError(message)
        for subject, state in client.histories(pending).items():
            if not isinstance(state, RegistryError):
                found[subject] = state
            elif unread is None:
                raise state
            else:
                unread[subject] = state
        broken = [] if found or unread is None else [one for one in unread.values() if not isinstance(one, _OF_ONE)]
        if broken:
            raise broken[0]
        pending = sorted(
            {
                referenced_subject(reference.subject, version.subject)
                for state in found.values()
                for version in state.versions
                for reference in version.references
            }
            - found.keys()
            - (unread or {}).keys()
        )
    return found


def take_lock(client: SchemaRegistry, only: Iterable[str] = (), unread: dict[str, RegistryError] | None = None) -> Lock:
    """What the registry holds now.

    Args:
        client: The registry.
        only: Names and patterns; all without.
        unread: As in `read_states`: with it the lock may be a part of one, to compare and not to keep.

    Raises:
        RegistryError: Something cannot be read; half a lock is never made.
    """
    patterns = tuple(sorted(asked_for(only, frozenset(client.subjects()), str(client.address))))
    states = read_states(client, patterns, unread=unread)
    _need_text(states, str(client.address))
    compatibility, _ = client.compatibility()
    subjects = tuple(
        LockedSubject(
            state.subject,
            state.versions,
            state.compatibility.level if state.own_level else None,
            state.compatibility.policy if state.compatibility.policy is not compatibility.policy else None,
            state.compatibility.group,
        )
        for _, state in sorted(states.items())
        if state.versions  # Glue has schemas that begin without one: to compare with, there is nothing
    )
    return Lock(str(client.address), compatibility.level, patterns, subjects, compatibility.policy)


def _need_text(subjects: Iterable[str], registry: str) -> None:
    """The subjects have names that a file can hold: under another name each would be new.

    Raises:
        RegistryAnswerError: One has half a character in it (a lone surrogate).
    """
    for subject in subjects:
        if any("\ud800" <= character <= "\udfff" for character in subject):
            message = f"has the subject {subject!a}, which is no text that a lock could hold"
            raise RegistryAnswerError(message, registry=registry, hint="Leave it out: name the subjects to lock.")


def drift_of(
    lock: Lock, client: SchemaRegistry, only: Iterable[str] = (), unread: dict[str, RegistryError] | None = None
) -> tuple[str, ...]:
    """What has changed in a registry since the lock was written, one sentence each.

    Args:
        lock: Taken from this registry; where it is another's, that is all that is said, and nothing is asked.
        client: The registry.
        only: Names and patterns of the subjects to look at; all of the lock's without.
        unread: Gets the subjects of which the registry's answer cannot be read; nothing else is said of them. Without
            it they raise.

    Raises:
        BaselineError: A pattern means no subject, neither here nor in the lock.
        RegistryError: Something cannot be read.
    """
    if lock.registry != str(client.address):
        return (f"the lock was taken from {lock.registry}, and this is {client.address}",)
    locked = frozenset(subject.name for subject in lock.subjects)
    live = frozenset(client.subjects())
    patterns = asked_for(only, live | locked, str(client.address))
    asked = [name for name in live if wanted(name, lock.only) and wanted(name, patterns)]
    if asked:
        now = take_lock(client, sorted(asked), unread)
    else:  # an empty list of patterns would mean all
        terms, _ = client.compatibility()
        now = replace(lock, level=terms.level, policy=terms.policy, subjects=())
    compared = [one for one in lock.subjects if wanted(one.name, patterns) and one.name not in (unread or {})]
    there = [one for one in now.subjects if wanted(one.name, patterns)]
    return drift(replace(lock, subjects=tuple(compared)), replace(now, subjects=tuple(there)))


def drift(lock: Lock, now: Lock) -> tuple[str, ...]:
    """What has changed since the lock was written, one sentence each; empty when nothing has."""
    return tuple(_drift(lock, now))


def _drift(lock: Lock, now: Lock) -> Iterator[str]:
    if lock.registry != now.registry:
        yield f"the lock was taken from {lock.registry}, and this is {now.registry}"
    if lock.level is not now.level:
        yield f"the global level is {now.level.value}, and {lock.level.value} in the lock"
    if lock.policy is not now.policy:
        yield f"the global policy is {now.policy.value}, and {lock.policy.value} in the lock"
    names = sorted({subject.name for subject in (*lock.subjects, *now.subjects)})
    for name in names:
        locked, live = lock.subject(name), now.subject(name)
        if locked is None:
            yield f"{name} is a subject that the lock has not seen"
        elif live is None:
            yield f"{name} is gone from the registry"
        else:
            yield from _subject_drift(locked, live)


def _subject_drift(locked: LockedSubject, live: LockedSubject) -> Iterator[str]:
    name = locked.name
    if locked.level is not live.level:
        words = [level.value if level is not None else "the global level" for level in (live.level, locked.level)]
        yield f"{name} has the level {words[0]}, and {words[1]} in the lock"
    if locked.policy is not live.policy:
        words = [policy.value if policy is not None else "the global policy" for policy in (live.policy, locked.policy)]
        yield f"{name} has the policy {words[0]}, and {words[1]} in the lock"
    if locked.group != live.group:
        yield f"{name} has the compatibility group {live.group or 'none'}, and {locked.group or 'none'} in the lock"
    before = {found.version: found for found in locked.versions}
    after = {found.version: found for found in live.versions}
    for number in sorted(before.keys() | after.keys()):
        if number not in before:
            yield f"{name} has a version {number} that the lock has not seen"
        elif number not in after:
            yield f"{name} version {number} is gone from the registry"
        elif not same(before[number], after[number]):
            yield f"{name} version {number} is another schema than the lock has seen"
        elif before[number].id != after[number].id:
            yield f"{name} version {number} has the id {after[number].id}, and {before[number].id} in the lock"


def same(one: Registered, other: Registered) -> bool:
    """Whether two registrations hold the same schema: canonical content, language, references, metadata and rules."""
    return (
        one.type == other.type
        and sorted(one.references) == sorted(other.references)
        and (one.metadata, one.rule_set) == (other.metadata, other.rule_set)
        and (one.text == other.text or schema_hash(one) == schema_hash(other))
    )
