"""Subjects as a live registry has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from evtcompat.checking.plans import Plan
from evtcompat.dataclasses import dataclass
from evtcompat.errors import BaselineError, RegistryError, UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import installed
from evtcompat.model.canonical import canonical_text
from evtcompat.model.documents import Document, References
from evtcompat.model.histories import History, Version
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.base import (
    READWRITE,
    Answer,
    Reference,
    Registered,
    SchemaRegistry,
    SubjectState,
    default_format,
)
from evtcompat.registries.errors import SubjectNotFoundError
from evtcompat.registries.kinds import unpredicted
from evtcompat.registries.references import Fetch, document, label, resolve

#: The syntax of documents whose text a registry reads.
_WRITTEN_IN_JSON: Final = ("json", "json-with-comments")


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of a subject: its history, its level, and how it was registered."""

    subject: str
    format: SchemaFormat
    history: History
    level: Level
    #: The registry's policy for JSON Schema, which its own answer rests on.
    policy: Policy = Policy.STRICT
    #: The registry's mode for the subject; in others than `READWRITE` it takes no new version.
    mode: str = READWRITE
    #: What a sentence calls the registry, where what it would answer is not predicted.
    unpredicted: str | None = None
    #: The newest version as registered.
    newest: Registered | None = None
    #: The language that each version of the history is registered in.
    languages: tuple[SchemaFormat, ...] = ()

    def refuse_other_language(self, schema_format: SchemaFormat, level: Level) -> None:
        """What a candidate is compared with is registered in its language: as nothing else do consumers read it.

        Args:
            schema_format: Of the candidate.
            level: Which versions it is compared with.

        Raises:
            BaselineError: A version is registered in another language, whatever its text could be taken for.
        """
        versions = list(zip(self.history.versions, self.languages, strict=True)) if level.directions else []
        for version, language in versions if level.transitive else versions[-1:]:
            if language is not schema_format:
                name = version.document.origin
                message = (
                    f"{name} is registered as {language.noun}, and what is compared with it is {schema_format.noun}"
                )
                hint = "Begin a subject of its own, or name the one that is meant with --against registry:SUBJECT."
                raise BaselineError(message, hint=hint)


class UnknownLanguageError(BaselineError):
    """A registered schema is written in a language that evtcompat does not read."""


class PublishedSubjects(Protocol):
    """Where published subjects are: a registry, or a lock."""

    @property
    def names(self) -> frozenset[str]:
        """Every subject there.

        Raises:
            RegistryError: The registry cannot be asked.
        """
        ...

    def read(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """The subjects of these names; an error stands in the place of one that cannot be read."""
        ...

    def find(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """The same, without those that are not there."""
        ...


class RegistrySubjects:
    """The subjects of a live registry, as `PublishedSubjects`; what was read once is kept, and so is why it was not."""

    def __init__(self, registry: SchemaRegistry, version: int | str | None = None) -> None:
        """Nothing is asked yet.

        Args:
            registry: Open for as long as this is used.
            version: That version of each subject alone; a number or ``latest``.
        """
        self.registry = registry
        self._version = version
        self._read: dict[str, Published | UncheckedError] = {}
        self._names: frozenset[str] | RegistryError | None = None

    @property
    def names(self) -> frozenset[str]:
        """See `PublishedSubjects`."""
        if self._names is None:
            try:
                self._names = frozenset(self.registry.subjects())
            except RegistryError as error:
                self._names = error
        if isinstance(self._names, RegistryError):
            raise self._names
        return self._names

    def read(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """See `PublishedSubjects`; new ones are read in parallel."""
        new = [subject for subject in subjects if subject not in self._read]
        for subject, state in self.registry.histories(new).items() if new else ():
            try:
                self._read[subject] = (
                    state if isinstance(state, RegistryError) else published(self.registry, state, self._version)
                )
            except UncheckedError as error:
                self._read[subject] = error
        return {subject: self._read[subject] for subject in subjects}

    def find(self, subjects: Sequence[str]) -> Mapping[str, Published | UncheckedError]:
        """See `PublishedSubjects`.

        A registry lists those subjects alone that whoever asks may see, so one that is not in the list is asked for by
        name: it is not there when the registry says so.
        """
        found = self.read(subjects)
        return {
            subject: there
            for subject, there in found.items()
            if subject in self.names or not isinstance(there, SubjectNotFoundError)
        }

    def published(self, subject: str) -> Published | None:
        """A subject that was read before; ``None`` when the registry does not have it."""
        found = self._read.get(subject)
        return found if isinstance(found, Published) else None

    def answer(self, plan: Plan, references: Sequence[Reference] | None = None) -> tuple[Answer, Level] | None:
        """What the registry says of a candidate, and at which level; ``None`` for a subject that it does not have.

        Args:
            plan: The candidate and its subject.
            references: Of the candidate; without, those of the newest version.

        Raises:
            RegistryError: It does not answer.
        """
        there = self._read.get(plan.subject)
        if not isinstance(there, Published):
            return None
        if references is None:
            references = there.newest.references if there.newest is not None else ()
        versions = [int(version.label or 0) for version in there.history.versions] if there.level.transitive else []
        answer = self.registry.judged(
            there.subject,
            registry_text(plan.candidate.document),
            kind=plan.format.registry_type,
            references=references,
            versions=versions,
        )
        return answer, there.level


def registry_text(document: Document) -> str:
    """What a registry is given of a schema: the text that its author wrote, where that is the schema and is JSON.

    Of a schema that was taken out of another document, or is written otherwise, it is the schema's value as JSON.
    """
    if document.text is not None and document.syntax in _WRITTEN_IN_JSON:
        return document.text
    return canonical_text(document.value)


def registry_history(registry: SchemaRegistry, subject: str, version: int | str | None = None) -> History:
    """The versions of a subject, the oldest first, with their references resolved from the registry.

    Args:
        registry: Asked.
        subject: With context.
        version: That version alone; a number or ``latest``.

    Raises:
        RegistryError: The registry cannot be asked, or has no such subject or version.
        BaselineError: A version is written in a language that evtcompat does not read.
        DocumentError: A registered schema is not JSON.
    """
    if version is not None:
        return history_of([registry.version(subject, version)], registry.version)
    return history_of(registry.history(subject).versions, registry.version)


def published(registry: SchemaRegistry, state: SubjectState, version: int | str | None = None) -> Published:
    """A subject that was read, ready for a check.

    Raises:
        RegistryError: A reference or the version cannot be had.
        BaselineError: A version is written in a language that evtcompat does not read.
        DocumentError: A registered schema is not JSON.
    """
    chosen = state.comparable if version is None else (registry.version(state.subject, version),)
    newest = chosen[-1] if chosen else None
    return Published(
        state.subject,
        readable(newest) if newest is not None else default_format(),
        history_of(chosen, registry.version),
        state.compatibility.level,
        policy=state.compatibility.policy,
        mode=state.mode,
        unpredicted=unpredicted(registry.address.url),
        newest=newest,
        languages=tuple(map(readable, chosen)),
    )


def history_of(
    versions: Sequence[Registered], fetch: Fetch, name_document: Callable[[Registered], str] = label
) -> History:
    """Registered versions as a history.

    Raises:
        BaselineError: A version is written in a language that evtcompat does not read, or a reference cannot be had.
        DocumentError: A schema is not JSON.
    """
    return History(tuple(_version(found, fetch, name_document) for found in versions))


def readable(found: Registered) -> SchemaFormat:
    """The language of a registered schema.

    Raises:
        UnknownLanguageError: evtcompat does not read it.
    """
    if found.format is None:
        message = f"{label(found)} is a {found.type} schema, which evtcompat does not read"
        languages = " and ".join(one.title for one in installed())
        raise UnknownLanguageError(message, hint=f"Only {languages} can be checked.")
    return found.format


def _version(found: Registered, fetch: Fetch, name_document: Callable[[Registered], str]) -> Version:
    schema: Document = document(found, name_document(found))
    references: References = resolve(
        found.references,
        referring=found.subject,
        schema_format=readable(found),
        fetch=fetch,
        base=schema.value,
        name_document=name_document,
    )
    return Version(schema, str(found.version), references, since=found.since)
