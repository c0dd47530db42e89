"""What a consumer sees of an event by its reader's schema, and which differences of two effects follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Ordered

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.agreement import agrees, names_of, plain_name
from evtcompat.exercise.differences import ABSENT, Difference
from evtcompat.exercise.payloads import Payload
from evtcompat.exercise.plan import NEW, OLD


@dataclass(frozen=True, slots=True)
class Seen:
    """The fields that a consumer saw in some events: values by name. A field may be known by its name alone."""

    names: Mapping[str, Ordered[object]]

    def __contains__(self, name: str) -> bool:
        """Whether a consumer with this schema knows such a field at all."""
        return name in self.names

    def has(self, name: str, value: object) -> bool:
        """Whether a field of this name had this value."""
        return any(agrees(one, value) for one in self.names.get(name, ()))


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the old and the new consumer see of each payload."""

    #: The oldest first; the last is the one that the new consumer was written for.
    versions: tuple[str, ...]
    payloads: tuple[Payload, ...]
    _fields: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def reader(self, role: str) -> str:
        """The version that a consumer was written for."""
        return self.versions[-2] if role == OLD and len(self.versions) > 1 else self.versions[-1]

    def own(self, role: str, version: str) -> bool:
        """Whether a consumer was deployed with this version already."""
        return role == OLD and (version != self.versions[-1] or len(self.versions) == 1)

    def of(self, role: str, payload: Payload) -> object:
        """What the consumer sees of a payload; `ABSENT` when the payloads do not say so."""
        reader = self.reader(role)
        return payload.expected.get(reader, payload.value if payload.version == reader else ABSENT)

    def seen(self, role: str, payloads: Iterable[Payload]) -> Seen:
        """What the consumer sees of some payloads."""
        names: dict[str, list[object]] = {name: [] for name in self._known(self.reader(role))}
        for payload in payloads:
            expected = self.of(role, payload)
            for name, values in names_of(None if expected is ABSENT else expected).items():
                names.setdefault(name, []).extend(values)
        return Seen(names)

    def _known(self, version: str) -> frozenset[str]:
        if version not in self._fields:
            own = (payload.value for payload in self.payloads if payload.version == version and not payload.poison)
            self._fields[version] = frozenset(name for value in own for name in names_of(value))
        return self._fields[version]

    def unexplained(self, found: Iterable[Difference], payloads: Ordered[Payload]) -> list[Difference]:
        """The differences that do not follow from the schemas: both consumers are right in what they saw."""
        old, new = self.seen(OLD, payloads), self.seen(NEW, payloads)
        return [one for one in found if not _follows(one, old, new)]


def _follows(difference: Difference, old: Seen, new: Seen) -> bool:
    """Whether one consumer has the field and the other has not, or both show what each of them read."""
    if not difference.path or not isinstance(difference.path[-1], str):
        return False
    name = plain_name(difference.path[-1])
    if difference.old is ABSENT:
        return name in new and name not in old
    if difference.new is ABSENT:
        return name in old and name not in new
    return old.has(name, difference.old) and new.has(name, difference.new) and not old.has(name, difference.new)
