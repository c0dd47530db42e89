"""What a worker knows: the parsed schemas of a job, the writers that it meets, and what each reader makes of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from evtcompat.checking.comparing import compare_sides
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import SchemaError, UncheckedError
from evtcompat.formats.loading import by_name
from evtcompat.formats.recorded import DamagedError
from evtcompat.model.canonical import content_hash
from evtcompat.model.histories import Version, version_name
from evtcompat.model.levels import Direction
from evtcompat.replay.sources.items import WriterRef, WriterText
from evtcompat.rules.judge import Side

if TYPE_CHECKING:
    from evtcompat.formats.base import Schema, SchemaFormat
    from evtcompat.formats.recorded import Opened, Reading, RecordedFormat
    from evtcompat.model.findings import Finding
    from evtcompat.model.reports import Comparison
    from evtcompat.replay.job import Job

#: The key of events that do not say who wrote them.
UNSAID: Final = "unsaid"


@dataclass(frozen=True, slots=True)
class Another:
    """Something else than what the readers read."""

    name: str


@dataclass(frozen=True)
class KnownWriter:
    """A writer of recorded events."""

    #: Of what its schema means; `UNSAID` for one that is not told.
    key: str
    #: The version of the history that it is.
    version: str | None
    called: str
    #: The text of a schema that no version of the history has.
    text: str
    schema: Schema | None
    #: The document that findings point into.
    document: Version | None
    opened: Opened


@dataclass(frozen=True)
class KnownPair:
    """A reader and a writer, compared."""

    reader: int
    name: str
    findings: tuple[Finding, ...]
    reading: Reading

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of the findings, in order."""
        return tuple(finding.fingerprint for finding in self.findings)


@dataclass
class World:
    """Everything that is worked out once for a job.

    Writers are parsed and compared when the first event of them is met.
    """

    job: Job
    format: SchemaFormat
    recorded: RecordedFormat
    readers: tuple[Schema, ...]
    #: Label, version and schema, the oldest first.
    history: tuple[tuple[str, Version, Schema], ...]
    _by_content: dict[str, int]
    _names: frozenset[str]
    _writers: dict[WriterRef, KnownWriter | Another | None] = field(default_factory=dict)
    _pairs: dict[str, tuple[KnownPair, ...]] = field(default_factory=dict)

    def writer(self, ref: WriterRef) -> KnownWriter | Another | None:
        """A writer; ``None`` for one of which nothing is known but its key.

        Raises:
            DamagedError: Its schema is none.
        """
        if ref not in self._writers:
            self._writers[ref] = self._writer(ref)
        return self._writers[ref]

    def _writer(self, ref: WriterRef) -> KnownWriter | Another | None:
        if ref is None:
            if not self.recorded.self_describing:
                return None
            opened = self.recorded.opened(self.readers[0], self.job.settings.options)
            return KnownWriter(UNSAID, None, "", "", None, None, opened)
        if isinstance(ref, WriterText):
            version, called = self._version_of(ref.text), "in the file"
        else:
            found = self.job.writers.get(str(ref))
            if found is None:
                return None
            version, called = found, str(ref)
        try:
            schema = self.format.parse(version.document, version.references, self.job.settings.options)
        except UncheckedError as error:
            message = f"the writer's schema cannot be read: {error.message}"
            raise DamagedError(message) from error
        content = self.recorded.content(schema)
        index = self._by_content.get(content)
        if index is None:
            own = self.recorded.names(schema)
            if own and self._names and not own & self._names:
                return Another(min(own))
            opened = self.recorded.opened(schema, self.job.settings.options)
            text = version.document.text or ""
            return KnownWriter(content[:16], None, called, text, schema, version, opened)
        label, known, parsed = self.history[index]
        opened = self.recorded.opened(parsed, self.job.settings.options)
        return KnownWriter(content[:16], label, called, "", parsed, known, opened)

    def _version_of(self, text: str) -> Version:
        """The schema in a file's head.

        Raises:
            DamagedError: It is none.
        """
        try:
            return Version(self.format.read(text, None))
        except UncheckedError as error:
            message = f"the writer's schema cannot be read: {error.message}"
            raise DamagedError(message) from error

    def pairs(self, writer: KnownWriter) -> tuple[KnownPair, ...]:
        """Every reader with a writer.

        Raises:
            UncheckedError: They cannot be compared.
        """
        if writer.key not in self._pairs:
            self._pairs[writer.key] = tuple(self._pair(index, writer) for index in range(len(self.readers)))
        return self._pairs[writer.key]

    def _pair(self, index: int, writer: KnownWriter) -> KnownPair:
        name, _ = self.job.readers[index]
        options = self.job.settings.options
        findings: tuple[Finding, ...]
        if writer.schema is None or writer.document is None:
            # whoever wrote the events: what the check says of any version may show in them
            comparisons = [self.compared(index, *version) for version in self.history]
            findings = tuple({one.fingerprint: one for each in comparisons for one in each.findings}.values())
            return KnownPair(
                index, name, findings, self.recorded.reading(self.readers[index], None, findings, options, sure=False)
            )
        comparison = self.compared(index, writer.version, writer.document, writer.schema)
        reading = self.recorded.reading(
            self.readers[index], writer.schema, comparison.findings, options, sure=not comparison.undecided
        )
        return KnownPair(index, name, comparison.findings, reading)

    def compared(self, index: int, label: str | None, version: Version, schema: Schema) -> Comparison:
        """What a check says of a reader and a writer; the findings have the fingerprints that they have in `check`."""
        name, reader = self.job.readers[index]
        identity = (
            self.job.identity or self.job.subject,
            Direction.BACKWARD.value,
            content_hash(version.document.value),
        )
        return compare_sides(
            self.format,
            (Side(name, reader.document, self.readers[index].documents), self.readers[index]),
            (
                Side(
                    "the recorded writer" if label is None else version_name(label), version.document, schema.documents
                ),
                schema,
            ),
            self.job.settings,
            identity,
        )


@lru_cache(maxsize=2)
def world_of(job: Job) -> World:
    """The world of a job; the same one for the same job.

    Raises:
        SchemaError: A reader, or a version of the history, is no schema.
    """
    schema_format = by_name(job.format)
    recorded = schema_format.recorded
    if recorded is None:
        message = f"events of {schema_format.title} cannot be replayed"
        raise UncheckedError(message)

    def parsed(version: Version) -> Schema:
        return schema_format.parse(version.document, version.references, job.settings.options)

    readers = tuple(parsed(version) for _, version in job.readers)
    history: list[tuple[str, Version, Schema]] = []
    for number, version in enumerate(job.history, 1):
        try:
            history.append((version.label or str(number), version, parsed(version)))
        except SchemaError:
            continue  # told when the run began
    by_content = {recorded.content(schema): index for index, (_, _, schema) in enumerate(history)}
    names = frozenset[str]().union(*(recorded.names(one) for one in (*readers, *(each[2] for each in history))))
    return World(job, schema_format, recorded, readers, tuple(history), by_content, names)
