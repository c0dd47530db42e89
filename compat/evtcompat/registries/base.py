"""`SchemaRegistry`: what a schema registry is to the rest of evtcompat, and the values that it answers with.

A kind of registry is one package behind it. How subjects are named, locked, cached and laid out as files does not
depend on the kind and stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from evtcompat.errors import RegistryError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_registry_type
from evtcompat.model.levels import Level
from evtcompat.registries.addresses import Address

#: The schema language of a version that names none.
DEFAULT_TYPE: Final = "AVRO"
#: The newest version, whatever its number.
LATEST: Final = "latest"


def default_format() -> SchemaFormat:
    """The schema language of a subject that nothing is known of.

    Raises:
        LookupError: It is not installed.
    """
    found = by_registry_type(DEFAULT_TYPE)
    if found is None:
        raise LookupError(DEFAULT_TYPE)
    return found


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A reference of a schema: the name it uses, and the subject and version that define it."""

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class Registered:
    """One version of a subject, as the registry keeps it."""

    subject: str
    version: int
    id: int
    #: The schema as text, as the registry gave it.
    text: str
    #: ``AVRO``, ``JSON``, ``PROTOBUF`` or what else the registry knows.
    type: str = DEFAULT_TYPE
    references: tuple[Reference, ...] = ()

    @property
    def format(self) -> SchemaFormat | None:
        """The schema language, or ``None`` for one that evtcompat does not read."""
        return by_registry_type(self.type)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says about a candidate."""

    compatible: bool
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compatibility:
    """What a registry asks of new versions, of one subject or of all."""

    level: Level
    #: Confluent's ``compatibilityPolicy``: ``STRICT`` or ``LENIENT``, where the registry has one.
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectState:
    """One subject as it stands: its versions, the oldest first, and what is asked of new ones."""

    subject: str
    versions: tuple[Registered, ...]
    compatibility: Compatibility
    #: Whether the level is the subject's own; otherwise it is the registry's.
    own_level: bool


class SchemaRegistry(Protocol):
    """A live registry. Use it as a context manager, so that its connections are given back.

    Every method raises a `RegistryError` when the registry does not answer, answers something else than its API says,
    or refuses.
    """

    @property
    def address(self) -> Address:
        """Where it is."""
        ...

    def __enter__(self) -> Self:
        """Itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Connections are given back."""
        ...

    def subjects(self, *, prefix: str | None = None, deleted: bool = False) -> tuple[str, ...]:
        """The names of all subjects, sorted; those alone that begin with `prefix`, and deleted ones if asked for."""
        ...

    def versions(self, subject: str, *, deleted: bool = False) -> tuple[int, ...]:
        """The version numbers of a subject, ascending."""
        ...

    def version(self, subject: str, version: int | str = LATEST, *, deleted: bool = False) -> Registered:
        """One version of a subject, by number or `LATEST`."""
        ...

    def by_id(self, schema_id: int) -> Registered:
        """The schema that messages name by an id; its subject is ``""`` and its version 0."""
        ...

    def find(self, subject: str, text: str, *, kind: str, references: Sequence[Reference] = ()) -> Registered | None:
        """The version of a subject that has this schema, or ``None`` when none has, or there is no such subject."""
        ...

    def compatibility(self, subject: str | None = None) -> tuple[Compatibility, bool]:
        """What is asked of new versions of a subject (or of all), and whether it is the subject's own."""
        ...

    def history(self, subject: str) -> SubjectState:
        """A subject with all its versions."""
        ...

    def histories(self, subjects: Iterable[str]) -> Mapping[str, SubjectState | RegistryError]:
        """The subjects with all their versions; an error stands in the place of its subject only."""
        ...

    def judged(
        self, subject: str, text: str, *, kind: str, references: Sequence[Reference] = (), versions: Sequence[int] = ()
    ) -> Answer:
        """What the registry says of a candidate, at the level that it has for the subject.

        Args:
            subject: Its name, with context.
            text: The candidate.
            kind: Its schema language, as the registry calls it.
            references: Of the candidate.
            versions: Those that the level looks at, where it is transitive; the latest alone without.
        """
        ...

    def register(self, subject: str, text: str, *, kind: str, references: Sequence[Reference] = ()) -> int:
        """The id of the schema, which is now a version of the subject. The same schema again changes nothing."""
        ...
