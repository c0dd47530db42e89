"""`SchemaRegistry`: what a schema registry is to the rest of evtcompat, and the values that it answers with.

A kind of registry is one package behind it. How subjects are named, locked, cached and laid out as files does not
depend on the kind and stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self, TypeAlias

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import RegistryError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_registry_type
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.addresses import Address

#: What a registry tells its schemas apart by: Confluent's numbers, or the UUIDs of AWS Glue.
SchemaId: TypeAlias = int | str
#: The schema language of a version that names none.
DEFAULT_TYPE: Final = "AVRO"
#: The mode in which a registry takes new versions.
READWRITE: Final = "READWRITE"
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
    id: SchemaId
    #: The schema as text, as the registry gave it.
    text: str
    #: ``AVRO``, ``JSON``, ``PROTOBUF`` or what else the registry knows.
    type: str = DEFAULT_TYPE
    references: tuple[Reference, ...] = ()
    #: Confluent's ``metadata`` and ``ruleSet``, as the registry gave them; they are carried and not read.
    metadata: JSON = field(default=None, hash=False)
    rule_set: JSON = field(default=None, hash=False)
    #: The day on which it was registered, as ``2026-01-31`` in UTC, where the registry tells it.
    since: str | None = field(default=None, compare=False)

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
    #: Confluent's ``compatibilityPolicy`` for JSON Schema; a registry that names none is strict.
    policy: Policy = Policy.STRICT
    #: Confluent's ``compatibilityGroup``: the property of the metadata in which versions must agree to be compared.
    group: str | None = None
    #: Whether the registry brings what is registered into its normal form.
    normalize: bool = False
    #: The registry's own word for the level, where it has another.
    word: str | None = None

    def __str__(self) -> str:
        """The level in the registry's own words and in ours, and what else is asked for."""
        return f"{self.word} (here {self.terms})" if self.word else self.terms

    @property
    def terms(self) -> str:
        """The level, and what else is not as it is when nobody asks for anything; alike for every kind of registry."""
        more = [f"policy {self.policy.value}"] if self.policy is not Policy.STRICT else []
        more += [f"compatibility group {self.group}"] if self.group else []
        more += ["normalized"] if self.normalize else []
        return self.level.value + (f" ({', '.join(more)})" if more else "")


@dataclass(frozen=True, slots=True)
class SubjectState:
    """One subject as it stands: its versions, the oldest first, and what is asked of new ones."""

    subject: str
    versions: tuple[Registered, ...]
    compatibility: Compatibility
    #: Whether the level is the subject's own; otherwise it is the registry's.
    own_level: bool
    #: ``READWRITE``, ``READONLY``, ``IMPORT`` or what else the registry knows.
    mode: str = READWRITE

    @property
    def comparable(self) -> tuple[Registered, ...]:
        """The versions that a new one is compared with: with a compatibility group, those that agree with the newest.

        A new version without metadata inherits those of the newest, so they agree with it, too.
        """
        group = self.compatibility.group
        wanted = _property(self.versions[-1], group) if group and self.versions else None
        if group is None or wanted is None:
            return self.versions
        return tuple(version for version in self.versions if _property(version, group) == wanted)


def _property(found: Registered, name: str) -> JSON:
    metadata = found.metadata if isinstance(found.metadata, dict) else {}
    properties = metadata.get("properties")
    return properties.get(name) if isinstance(properties, dict) else None


class SchemaRegistry(Protocol):
    """A live registry. Use it as a context manager, so that its connections are given back.

    Every method raises a `RegistryError` when the registry does not answer, answers something else than its API says,
    or refuses.
    """

    @property
    def address(self) -> Address:
        """Where it is."""
        ...

    @property
    def foretells(self) -> bool:
        """Whether it says of a candidate what it would answer, before anything is registered (`judged`)."""
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

    def by_id(self, schema_id: SchemaId) -> Registered:
        """The schema that messages name by an id; its subject is ``""`` and its version 0."""
        ...

    def find(self, subject: str, text: str, *, kind: str, references: Sequence[Reference] = ()) -> Registered | None:
        """The version of a subject that has this schema, or ``None`` when none has, or there is no such subject."""
        ...

    def compatibility(self, subject: str | None = None) -> tuple[Compatibility, bool]:
        """What is asked of new versions of a subject (or of all), and whether it is the subject's own."""
        ...

    def mode(self, subject: str | None = None) -> str:
        """``READWRITE``, ``READONLY``, ``IMPORT``, ... of a subject, or of the registry; `READWRITE` without modes."""
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

        Raises:
            RegistryUnsupportedError: It does not tell (`foretells`).
        """
        ...

    def cannot_hold(self, found: Registered, *, keep_id: bool) -> str | None:
        """Why a version of another registry cannot be held here as it is, in a sentence; ``None`` when it can.

        Args:
            found: The version.
            keep_id: With its id and number.
        """
        ...

    def copy(self, found: Registered, *, references: Sequence[Reference], keep_id: bool) -> tuple[SchemaId, int]:
        """A version of another registry as one of this: the id and the number that it has here.

        Args:
            found: The version, with its metadata and rules.
            references: With the numbers that they have here.
            keep_id: Id and number stay as they are, which the mode ``IMPORT`` permits.
        """
        ...

    def register(self, subject: str, text: str, *, kind: str, references: Sequence[Reference] = ()) -> SchemaId:
        """The id of the schema, which is now a version of the subject. The same schema again changes nothing."""
        ...
