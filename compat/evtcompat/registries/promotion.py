"""What one registry has and another is to get: which versions, in which order, and what they refer to there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import BaselineError, DocumentError
from evtcompat.model.canonical import content_hash
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import LATEST, Reference, Registered, SubjectState
from evtcompat.registries.lockfile import text_hash
from evtcompat.registries.names import referenced_subject
from evtcompat.registries.ordering import in_order
from evtcompat.syntax.json_text import parse_json

#: A subject and a number.
Key = tuple[str, int]


def digest(found: Registered) -> str:
    """The same for schemas that a registry takes for one, whichever registry it is; references do not count."""
    if found.format is None:
        return text_hash(found.text)
    try:
        value = parse_json(found.text, None)
    except DocumentError:
        return text_hash(found.text)
    return content_hash(found.format.stored(value))


@dataclass(slots=True)
class Promotion:
    """One version of the one registry, and what becomes of it in the other."""

    version: Registered
    #: What it refers to and the version before it, as keys of other promotions.
    after: tuple[Key, ...]
    #: The version that it is in the other registry already, or has become.
    there: int | None = None
    #: Why the other registry would refuse it, in its own words.
    refused: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """See `Depending`."""
        return name_of_key((self.version.subject, self.version.version))

    @property
    def needs(self) -> Iterable[str]:
        """See `Depending`."""
        return [name_of_key(key) for key in self.after]


def name_of_key(key: Key) -> str:
    """``order-value@3``."""
    return f"{key[0]}@{key[1]}"


def promotions(states: Mapping[str, SubjectState], asked: Sequence[tuple[str, int | str | None]]) -> list[Promotion]:
    """The versions that are asked for, and those that they refer to, each after what it needs.

    Args:
        states: The subjects of the registry, with all that they refer to.
        asked: Subjects, each with the version that is meant; all of them without.

    Raises:
        BaselineError: There is no such version.
        UncheckedError: The schemas refer to one another in a circle.
    """
    found: dict[Key, Promotion] = {}
    for subject, version in asked:
        chosen = [_version(states, subject, version)] if version is not None else states[subject].versions
        before: Key | None = None
        for one in chosen:
            _add(one, states, found)
            key = (subject, one.version)
            if before is not None:
                found[key].after = (*found[key].after, before)
            before = key
    return in_order([found[key] for key in sorted(found)])


def _add(version: Registered, states: Mapping[str, SubjectState], found: dict[Key, Promotion]) -> None:
    pending = [version]
    while pending:
        one = pending.pop()
        key = (one.subject, one.version)
        if key in found:
            continue
        needed = [
            _version(states, referenced_subject(reference.subject, one.subject), reference.version)
            for reference in one.references
        ]
        found[key] = Promotion(one, tuple((need.subject, need.version) for need in needed))
        pending += needed


def _version(states: Mapping[str, SubjectState], subject: str, version: int | str) -> Registered:
    versions = states[subject].versions if subject in states else ()
    found = versions[-1:] if version == LATEST else [one for one in versions if one.version == version]
    if not found:
        message = f"{subject} has no version {version}"
        raise BaselineError(message)
    return found[0]


def references_there(promotion: Promotion, done: Mapping[Key, int]) -> tuple[Reference, ...] | None:
    """The references with the numbers that their versions have in the other registry; ``None`` while one has none."""
    found = []
    for reference in promotion.version.references:
        number = done.get((referenced_subject(reference.subject, promotion.version.subject), reference.version))
        if number is None:
            return None
        found.append(replace(reference, version=number))
    return tuple(found)


def held_as(version: Registered, references: Sequence[Reference], there: SubjectState | None) -> int | None:
    """The newest version of a subject that is the same schema, with what goes with it."""
    for one in reversed(there.versions if there is not None else ()):
        same = one.type == version.type and digest(one) == digest(version)
        kept = _covers(one.metadata, version.metadata) and _covers(one.rule_set, version.rule_set)
        if same and kept and sorted(one.references) == sorted(references):
            return one.version
    return None


def _covers(whole: JSON, part: JSON) -> bool:
    """Whether a value has all that another has; the other registry may add its own metadata and rules."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(_covers(whole.get(key), value) for key, value in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and all(item in whole for item in part)
    return part is None or whole == part
