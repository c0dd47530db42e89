"""The requests of Confluent's registry API over a store."""

from __future__ import annotations

from evtcompat.model.json_types import JSON
from evtcompat.registries.names import parse_subject
from evtcompat.testing.answers import raw, shown_schema, shown_version
from evtcompat.testing.contracts import properties
from evtcompat.testing.judge import Judge
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import (
    ApiError,
    PlainError,
    invalid_version,
    not_permitted,
    subject_not_found,
    version_not_found,
)
from evtcompat.testing.registering import Registrar
from evtcompat.testing.routing import Call, Routes, page
from evtcompat.testing.store import Row, Store

_LATEST = frozenset({"latest", "-1"})
_LARGEST = 2**31 - 1


class Api:
    """Handlers. The caller holds a lock around each."""

    def __init__(self, store: Store, judge: Judge, profile: Profile) -> None:
        self._store = store
        self._profile = profile
        self._registrar = Registrar(store, judge, profile)
        self.routes = Routes()
        for method, template, handler in (
            ("GET", "/subjects", self.subjects),
            ("POST", "/subjects/{subject}", self.find),
            ("DELETE", "/subjects/{subject}", self.delete_subject),
            ("GET", "/subjects/{subject}/versions", self.versions),
            ("POST", "/subjects/{subject}/versions", self.register),
            ("GET", "/subjects/{subject}/versions/{version}", self.version),
            ("DELETE", "/subjects/{subject}/versions/{version}", self.delete_version),
            ("GET", "/subjects/{subject}/versions/{version}/schema", self.version_schema),
            ("GET", "/subjects/{subject}/versions/{version}/referencedby", self.referenced_by),
            ("POST", "/compatibility/subjects/{subject}/versions", self.compatible_with_all),
            ("POST", "/compatibility/subjects/{subject}/versions/{version}", self.compatible),
            ("GET", "/subjects/{subject}/metadata", self.with_metadata),
            ("GET", "/contexts", self.contexts),
        ):
            if (method, template) not in profile.lacks:
                self.routes.add(method, template, handler)

    def subjects(self, call: Call) -> JSON:
        """The names that the account may read."""
        only_deleted = call.flag("deletedOnly") and self._profile.filters
        found = self._store.subjects(deleted=call.flag("deleted") or only_deleted)
        if only_deleted:
            found = [subject for subject in found if not self._store.live(subject)]
        prefix = call.query.get("subjectPrefix", "") if self._profile.filters else ""
        found = [subject for subject in found if subject.startswith(prefix.removeprefix(":*:"))]
        if call.account is not None:
            found = [subject for subject in found if call.account.may(subject, write=False)]
        return page(call, sorted(found) if self._profile.sorts_subjects else found, self._profile)

    def versions(self, call: Call) -> JSON:
        """The version numbers."""
        only_deleted = call.flag("deletedOnly") and self._profile.filters
        rows = self._rows(call, deleted=only_deleted)
        return page(call, [row.version for row in rows if row.deleted or not only_deleted], self._profile)

    def version(self, call: Call) -> JSON:
        """One version."""
        return shown_version(self._store, call.subject, self._row(call), self._profile)

    def with_metadata(self, call: Call) -> JSON:
        """The newest version that has these properties in its metadata."""
        keys, values = (call.query.get(name, "").split(",") for name in ("key", "value"))
        asked = {key: value for key, value in zip(keys, values, strict=False) if key}
        for row in reversed(self._rows(call)):
            content = self._store.content(call.subject, row.id)
            if content is not None and asked.items() <= dict(properties(content.metadata)).items():
                return shown_version(self._store, call.subject, row, self._profile)
        raise ApiError(404, 40403, "Schema not found")

    def version_schema(self, call: Call) -> JSON:
        """The schema of a version, not wrapped."""
        content = self._store.content(call.subject, self._row(call).id)
        return None if content is None else raw(content)

    def referenced_by(self, call: Call) -> JSON:
        """The ids of the schemas that refer to a version."""
        row = self._row(call)
        return [*sorted({other.id for _, other in self._store.referring(call.subject, row.version)})]

    def find(self, call: Call) -> JSON:
        """The version that holds a schema."""
        if not self._store.live(call.subject, deleted=call.flag("deleted")):
            raise subject_not_found(call.subject)
        row = self._registrar.find(call)
        if row is None:
            raise ApiError(404, 40403, "Schema not found")
        return shown_version(self._store, call.subject, row, self._profile)

    def register(self, call: Call) -> JSON:
        """A new version, or the one that there is."""
        row = self._registrar.register(call)
        content = self._store.content(call.subject, row.id)
        if content is None or not self._profile.contracts:
            return {"id": row.id}
        return {"id": row.id, "version": row.version, "guid": content.guid, **shown_schema(content, self._profile)}

    def compatible(self, call: Call) -> JSON:
        """Whether a candidate gets on with one version."""
        version = call.parts["version"]
        if version not in _LATEST and not self._profile.imports and not version.isdigit():
            # recorded from Karapace, which falls over here
            raise PlainError(500, "Internal Server Error", "text/plain; charset=utf-8")
        number = _version(version)
        rows = self._store.live(call.subject)
        if number is None:
            if not rows and self._profile.unknown_latest_is_error:
                raise version_not_found(-1)
            rows = rows[-1:]
        else:
            rows = [row for row in rows if row.version == number]
            if not rows:
                raise version_not_found(number)
        return self._compatible(call, rows)

    def compatible_with_all(self, call: Call) -> JSON:
        """Whether a candidate gets on with the versions that the level looks at."""
        rows = self._store.live(call.subject)
        return self._compatible(call, rows if self._registrar.level(call.subject).transitive else rows[-1:])

    def _compatible(self, call: Call, rows: list[Row]) -> JSON:
        problems = self._registrar.problems(call, rows)
        answer: dict[str, JSON] = {"is_compatible": not problems}
        if (self._profile.always_messages and problems) or (call.flag("verbose") and not self._profile.always_messages):
            answer["messages"] = list(problems)
        return answer

    def contexts(self, call: Call) -> JSON:
        """The contexts in use."""
        del call
        return [*sorted({".", *(parse_subject(subject).context for subject in self._store.rows)})]

    def delete_version(self, call: Call) -> JSON:
        """Delete a version; softly first."""
        self._writable(call)
        permanent = call.flag("permanent")
        rows = self._rows(call, deleted=True)
        number = _version(call.parts["version"])
        if number is None:
            rows = [row for row in rows if row.deleted == permanent]
            number = rows[-1].version if rows else -1
        row = next((row for row in rows if row.version == number), None)
        if row is None:
            raise version_not_found(number)
        self._free(call.subject, [row])
        if permanent:
            if not row.deleted:
                message = (
                    f"Subject '{call.subject}' Version {number} was not deleted first before being permanently deleted"
                )
                raise ApiError(404, 40407, message)
            self._store.drop(call.subject, [row], forgets=self._profile.contracts)
        elif row.deleted:
            message = (
                f"Subject '{call.subject}' Version {number} was soft deleted. Set permanent=true to delete permanently"
            )
            raise ApiError(404, 40406, message)
        row.deleted = True
        return number

    def delete_subject(self, call: Call) -> JSON:
        """Delete a subject; softly first."""
        self._writable(call)
        rows = self._rows(call, deleted=True)
        live = [row for row in rows if not row.deleted]
        self._free(call.subject, live)
        if call.flag("permanent"):
            if live:
                message = f"Subject '{call.subject}' was not deleted first before being permanently deleted"
                raise ApiError(404, 40405, message)
            self._store.drop(call.subject, rows, forgets=self._profile.contracts)
            self._store.settings.forget(call.subject)
            return [row.version for row in rows]
        if not live:
            raise ApiError(404, 40404, self._profile.messages[40404].format(subject=call.subject))
        for row in live:
            row.deleted = True
        return [row.version for row in live]

    def _writable(self, call: Call) -> None:
        if self._store.settings.read_only(call.subject):
            raise not_permitted(call.subject, "is in read-only mode")

    def _free(self, subject: str, rows: list[Row]) -> None:
        """No other schema refers to these versions."""
        for row in rows:
            if next(self._store.referring(subject, row.version), None) is not None:
                message = (
                    "One or more references exist to the schema "
                    f"{{magic=1,keytype=SCHEMA,subject={subject},version={row.version}}}."
                )
                raise ApiError(422, 42206, message)

    def _rows(self, call: Call, *, deleted: bool = False) -> list[Row]:
        rows = self._store.live(call.subject, deleted=deleted or call.flag("deleted"))
        if not rows:
            raise subject_not_found(call.subject)
        return rows

    def _row(self, call: Call) -> Row:
        number = _version(call.parts["version"])
        rows = self._rows(call)
        found = rows[-1] if number is None else next((row for row in rows if row.version == number), None)
        if found is None:
            raise version_not_found(number or -1)
        return found


def _version(text: str) -> int | None:
    """A version number; ``None`` is the latest."""
    if text in _LATEST:
        return None
    if not text.isdigit() or not 0 < int(text) <= _LARGEST:
        raise invalid_version(text)
    return int(text)
