"""A job: what a run asks of every split. It can be sent to any worker."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass, field, fields, is_dataclass, replace
from evtcompat.model.canonical import canonical_text, content_hash
from evtcompat.model.histories import Version

if TYPE_CHECKING:
    from evtcompat.checking.plans import RunSettings
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.documents import Document, References

#: Of what a proof claims, at least one event in so many is decoded all the same.
PROOF_SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class KnownReferences:
    """References that were looked up before, so that a worker needs no source of them."""

    documents: Mapping[str, Document]

    def lookup(self, name: str) -> Document | None:
        """See `References`."""
        return self.documents.get(name)


@dataclass(slots=True)
class _Recorder:
    """References that remember what was asked of them."""

    inner: References
    found: dict[str, Document] = field(default_factory=dict)

    def lookup(self, name: str) -> Document | None:
        """See `References`."""
        document = self.inner.lookup(name)
        if document is not None:
            self.found[name] = document
        return document


def portable(version: Version, schema_format: SchemaFormat, settings: RunSettings) -> Version:
    """The version with every document that it refers to.

    Raises:
        SchemaError: It is no schema.
    """
    recorder = _Recorder(version.references)
    schema_format.parse(version.document, recorder, settings.options)
    return replace(version, references=KnownReferences(recorder.found))


def _referenced(version: Version) -> dict[str, object]:
    references = version.references
    documents = references.documents if isinstance(references, KnownReferences) else {}
    return {name: document.value for name, document in documents.items()}


def _plain(value: object) -> object:
    """Settings as JSON that is the same for equal ones in every process: the order of a set is another in each."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.compare}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, AbstractSet):
        return sorted((_plain(inner) for inner in value), key=canonical_text)
    return value if value is None or isinstance(value, bool | int | str) else repr(value)


@dataclass(frozen=True)
class Job:
    """What is asked of every split."""

    #: The name of the format.
    format: str
    subject: str
    #: How each reader is called, with its schema; `portable`.
    readers: tuple[tuple[str, Version], ...]
    settings: RunSettings
    #: The versions of the subject, the oldest first; `portable`.
    history: tuple[Version, ...] = ()
    #: What a check calls the subject in fingerprints (`Plan.identity`); as `subject` when empty.
    identity: str = ""
    #: The writers that messages may name, by the key of a framing; `portable`.
    writers: Mapping[str, Version] = field(default_factory=dict)
    #: Decode every event, whatever is proved.
    decode: bool = False
    #: Count what occurs in events.
    profile: bool = False
    #: Look at one event in so many.
    every: int = 1
    #: The field of an event that holds its time.
    time_path: tuple[str, ...] = ()
    #: Milliseconds since 1970; only events from `since` on and before `until` count.
    since: int | None = None
    until: int | None = None
    #: Failing events that a summary keeps, for each reader, writer and finding.
    keep: int = 0

    @cached_property
    def digest(self) -> str:
        """The same for jobs that ask the same."""
        versions = [
            *self.readers,
            *((version.label, version) for version in self.history),
            *sorted(self.writers.items()),
        ]
        asked = [
            self.format,
            self.subject,
            self.identity,
            [[name, version.document.value, _referenced(version)] for name, version in versions],
            len(self.readers),
            _plain(self.settings),
            [self.decode, self.profile, self.every, self.time_path, self.since, self.until, self.keep],
        ]
        return content_hash(asked)

    def __eq__(self, other: object) -> bool:
        """By what they ask."""
        return isinstance(other, Job) and other.digest == self.digest

    def __hash__(self) -> int:
        """By what it asks."""
        return hash(self.digest)

    @property
    def timed(self) -> bool:
        """Whether the time of every event is wanted."""
        return bool(self.time_path) or self.since is not None or self.until is not None
