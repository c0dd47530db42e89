"""What a registry remembers: schemas by id, subjects with versions, levels and modes. No HTTP, no judgement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evtcompat.model.levels import Level
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.names import parse_subject


@dataclass(frozen=True, slots=True)
class Content:
    """What makes two registrations the same schema."""

    text: str
    type: str
    references: tuple[Reference, ...] = ()


@dataclass(slots=True)
class Row:
    """One version of a subject."""

    version: int
    id: int
    deleted: bool = False


@dataclass(slots=True)
class Store:
    """The state of a registry. Not safe for threads: the server holds a lock around each request."""

    level: Level = Level.BACKWARD
    mode: str = "READWRITE"
    levels: dict[str, Level] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    #: Ids are unique within a context.
    contents: dict[str, dict[int, Content]] = field(default_factory=dict)
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
        return Registered(subject, row.version, row.id, content.text, content.type, content.references)

    def find(self, subject: str, content: Content, *, deleted: bool = False) -> Row | None:
        """The version of a subject that has this content."""
        for row in reversed(self.live(subject, deleted=deleted)):
            if self.content(subject, row.id) == content:
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
        schema_id = known if known is not None else max(ids, default=0) + 1
        if wanted is not None:
            schema_id, version = wanted
        ids[schema_id] = content
        row = Row(version, schema_id)
        self.rows.setdefault(subject, []).append(row)
        self.rows[subject].sort(key=lambda other: other.version)
        self.highest[subject] = max(version, self.highest.get(subject, 0))
        return row

    def drop(self, subject: str, rows: list[Row]) -> None:
        """Delete versions permanently. Ids keep resolving."""
        self.rows[subject] = [row for row in self.rows[subject] if row not in rows]
        if not self.rows[subject]:
            del self.rows[subject]
            self.highest.pop(subject, None)

    def referring(self, subject: str, version: int) -> Iterator[tuple[str, Row]]:
        """The versions, not deleted ones, whose schemas refer to this one."""
        for other in self.rows:
            for row in self.live(other):
                content = self.content(other, row.id)
                if content is not None and any(
                    (reference.subject, reference.version) == (subject, version) for reference in content.references
                ):
                    yield other, row
