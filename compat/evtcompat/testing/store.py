"""What a registry remembers: schemas by id, subjects with versions, settings. No HTTP, no judgement."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterator

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.names import parse_subject, referenced_subject
from evtcompat.testing.settings import Settings


@dataclass(frozen=True, slots=True)
class Content:
    """What makes two registrations the same schema."""

    text: str
    type: str
    references: tuple[Reference, ...] = ()
    metadata: JSON = field(default=None, hash=False)
    rule_set: JSON = field(default=None, hash=False)

    @property
    def guid(self) -> str:
        """The same for the same schema in every context and registry."""
        references = [[one.name, one.subject, one.version] for one in self.references]
        whole = json.dumps([self.type, self.text, references, self.metadata, self.rule_set], sort_keys=True)
        return str(uuid.UUID(bytes=hashlib.md5(whole.encode(), usedforsecurity=False).digest()))

    def bare(self) -> Content:
        """The schema without metadata and rules."""
        return Content(self.text, self.type, self.references)


@dataclass(slots=True)
class Row:
    """One version of a subject."""

    version: int
    id: int
    deleted: bool = False
    #: Whether the client said which version it expected; then it is told the one that was made.
    tells_version: bool = False
    #: When it was registered, in milliseconds since 1970.
    registered: int = field(default_factory=lambda: time.time_ns() // 1_000_000)


@dataclass(slots=True)
class Store:
    """The state of a registry. Not safe for threads: the server holds a lock around each request."""

    settings: Settings = field(default_factory=Settings)
    #: Ids are unique within a context.
    contents: dict[str, dict[int, Content]] = field(default_factory=dict)
    #: The highest id that was ever given in a context: none is given twice.
    last_ids: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    #: Version numbers are not given twice, as long as the subject is not deleted permanently.
    highest: dict[str, int] = field(default_factory=dict)

    def live(self, subject: str, *, deleted: bool = False) -> list[Row]:
        """The versions of a subject, the oldest first."""
        return [row for row in self.rows.get(subject, ()) if deleted or not row.deleted]

    def subjects(self, *, deleted: bool = False) -> list[str]:
        """The subjects that have a version, in the order in which they appeared."""
        return [subject for subject in self.rows if self.live(subject, deleted=deleted)]

    def content(self, subject: str, schema_id: int) -> Content | None:
        """The schema with an id in the context of a subject."""
        return self.contents.get(parse_subject(subject).context, {}).get(schema_id)

    def registered(self, subject: str, row: Row) -> Registered:
        """A version in full."""
        content = self.contents[parse_subject(subject).context][row.id]
        return Registered(
            subject,
            row.version,
            row.id,
            content.text,
            content.type,
            content.references,
            content.metadata,
            content.rule_set,
        )

    def find(self, subject: str, content: Content, *, deleted: bool = False) -> Row | None:
        """The newest version of a subject that has this content."""
        for row in reversed(self.live(subject, deleted=deleted)):
            if self.content(subject, row.id) == content:
                return row
        return None

    def find_schema(self, subject: str, content: Content, *, deleted: bool = False) -> Row | None:
        """The same, where metadata and rules do not count."""
        for row in reversed(self.live(subject, deleted=deleted)):
            known = self.content(subject, row.id)
            if known is not None and known.bare() == content.bare():
                return row
        return None

    def add(self, subject: str, content: Content, *, wanted: tuple[int, int] | None = None) -> Row:
        """A new version; the same content has the same id in the whole context.

        Args:
            subject: With context.
            content: The schema.
            wanted: Id and version, in the mode IMPORT.
        """
        ids = self.contents.setdefault(parse_subject(subject).context, {})
        known = next((schema_id for schema_id, other in ids.items() if other == content), None)
        version = self.highest.get(subject, 0) + 1
        context = parse_subject(subject).context
        schema_id = known if known is not None else self.last_ids.get(context, 0) + 1
        if wanted is not None:
            schema_id, version = wanted
        ids[schema_id] = content
        self.last_ids[context] = max(schema_id, self.last_ids.get(context, 0))
        row = Row(version, schema_id)
        rows = self.rows.setdefault(subject, [])
        rows[:] = [other for other in rows if other.version != version]
        rows.append(row)
        rows.sort(key=lambda other: other.version)
        self.highest[subject] = max(version, self.highest.get(subject, 0))
        return row

    def drop(self, subject: str, rows: list[Row], *, forgets: bool) -> None:
        """Delete versions permanently.

        Args:
            subject: With context.
            rows: Of it.
            forgets: An id that no version has any more stops resolving.
        """
        self.rows[subject] = [row for row in self.rows[subject] if row not in rows]
        if not self.rows[subject]:
            del self.rows[subject]
            self.highest.pop(subject, None)
        if forgets:
            context = parse_subject(subject).context
            used = {
                row.id for other in self.rows if parse_subject(other).context == context for row in self.rows[other]
            }
            for schema_id in {row.id for row in rows} - used:
                self.contents.get(context, {}).pop(schema_id, None)

    def referring(self, subject: str, version: int) -> Iterator[tuple[str, Row]]:
        """The versions, not deleted ones, whose schemas refer to this one."""
        for other in self.rows:
            for row in self.live(other):
                content = self.content(other, row.id)
                if content is not None and any(
                    (referenced_subject(reference.subject, other), reference.version) == (subject, version)
                    for reference in content.references
                ):
                    yield other, row
