"""Which subjects of a registry a name, a pattern or a file means. One answer for every command that asks."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

from evtcompat.errors import BaselineError, UsageError

_WILD = frozenset("*?[")
_SHOWN = 5


def wanted(subject: str, only: Iterable[str]) -> bool:
    """Whether a subject is asked for; without patterns all are."""
    patterns = tuple(only)
    return not patterns or any(subject == pattern or fnmatchcase(subject, pattern) for pattern in patterns)


def subject_called(name: str, known: AbstractSet[str], record: str | None = None) -> str | None:
    """The subject of this name, else the one that a strategy of serializers makes of it; ``None``: there is none.

    Args:
        name: What a person or a file calls it: ``order``.
        known: The subjects that the registry has.
        record: The name of the record, where a schema is at hand.

    Raises:
        UsageError: Several strategies lead to subjects that are known, and none is the plain name.
    """
    if name in known:
        return name
    guesses = {f"{name}-value", f"{name}-key"}
    if record is not None:
        guesses |= {record, f"{name}-{record}"}
    there = sorted(guesses & known)
    if len(there) > 1:
        message = f"{name} may be {' or '.join(there)} in the registry"
        hint = "Name the subject in full, or set `registry.subject-name-strategy` in the configuration."
        raise UsageError(message, hint=hint)
    return there[0] if there else None


def asked_for(patterns: Iterable[str], known: AbstractSet[str], registry: str) -> tuple[str, ...]:
    """Patterns as they were typed, with names in full; each means at least one subject.

    Args:
        patterns: Names and patterns such as ``order-*``.
        known: The subjects that there are.
        registry: What messages call the place where they are.

    Raises:
        BaselineError: One means none: what was asked for is not there, and nothing can be said of it.
        UsageError: A name may mean several.
    """
    found: list[str] = []
    for pattern in patterns:
        full = pattern if set(pattern) & _WILD else subject_called(pattern, known)
        if full is None or not any(wanted(subject, (full,)) for subject in known):
            message = f"{registry} has no subject {pattern}"
            some = sorted(known)[:_SHOWN]
            hint = f"It has {', '.join(some)}{', ...' if len(known) > len(some) else ''}." if some else "It has none."
            raise BaselineError(message, hint=hint)
        found.append(full)
    return tuple(dict.fromkeys(found))
