"""The requests of Confluent's registry API over a store."""

from __future__ import annotations

from evtcompat.model.json_types import JSON
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.names import parse_subject
from evtcompat.testing.bodies import parse_candidate
from evtcompat.testing.judge import Judge
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import (
    ApiError,
    PlainError,
    invalid_version,
    subject_not_found,
    version_not_found,
)
from evtcompat.testing.registering import Registrar
from evtcompat.testing.routing import Call, Routes
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
            ("GET", "/schemas", self.schemas),
            ("GET", "/schemas/types", self.types),
            ("GET", "/schemas/ids/{id}", self.schema),
            ("GET", "/schemas/ids/{id}/schema", self.raw_schema),
            ("GET", "/schemas/ids/{id}/versions", self.versions_of_id),
            ("GET", "/schemas/ids/{id}/subjects", self.subjects_of_id),
            ("GET", "/contexts", self.contexts),
        ):
            if (method, template) not in profile.lacks:
                self.routes.add(method, template, handler)

    def subjects(self, call: Call) -> JSON:
        """The names that the account may read."""
        found = self._store.subjects(deleted=call.flag("deleted"))
        prefix = call.query.get("subjectPrefix", "") if self._profile.filters else ""
        if prefix != ":*:":
            found = [subject for subject in found if subject.startswith(prefix)]
        if call.account is not None:
            found = [subject for subject in found if call.account.may(subject, write=False)]
        return list(self._page(call, sorted(found) if self._profile.sorts_subjects else found))

    def versions(self, call: Call) -> JSON:
        """The version numbers."""
        return list(self._page(call, [row.version for row in self._rows(call)]))

    def version(self, call: Call) -> JSON:
        """One version."""
        return _shown(self._store.registered(call.subject, self._row(call)))

    def version_schema(self, call: Call) -> JSON:
        """The schema of a version, not wrapped."""
        return _parsed(self._store.registered(call.subject, self._row(call)).text)

    def referenced_by(self, call: Call) -> JSON:
        """The ids of the schemas that refer to a version."""
        row = self._row(call)
        return [*sorted({other.id for _, other in self._store.referring(call.subject, row.version)})]

    def find(self, call: Call) -> JSON:
        """The version that holds a schema."""
        if not self._store.live(call.subject, deleted=call.flag("deleted")):
            raise subject_not_found(call.subject)
        candidate = parse_candidate(call.body, self._profile)
        row = self._store.find(call.subject, self._registrar.content(call, candidate), deleted=call.flag("deleted"))
        if row is None:
            raise ApiError(404, 40403, "Schema not found")
        return _shown(self._store.registered(call.subject, row))

    def register(self, call: Call) -> JSON:
        """A new version, or the one that there is."""
        return {"id": self._registrar.register(call)}

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

    def schemas(self, call: Call) -> JSON:
        """Every version of every subject."""
        prefix = call.query.get("subjectPrefix", "") if self._profile.filters else ""
        found: list[JSON] = []
        for subject in self._store.subjects(deleted=call.flag("deleted")):
            if not subject.startswith(prefix) or (call.account and not call.account.may(subject, write=False)):
                continue
            rows = self._store.live(subject, deleted=call.flag("deleted"))
            for row in rows[-1:] if call.flag("latestOnly") else rows:
                registered = self._store.registered(subject, row)
                shown = _shown(registered)
                shown.setdefault("schemaType", registered.type)
                shown.setdefault("references", None)
                found.append(shown)
        return list(self._page(call, found))

    @staticmethod
    def types(call: Call) -> JSON:
        """The schema languages."""
        del call
        return ["JSON", "AVRO"]

    def schema(self, call: Call) -> JSON:
        """A schema by its id."""
        schema_id, content = self._content(call)
        shown = _shown(Registered("", 0, schema_id, content.text, content.type, content.references))
        for key in ("subject", "version", "id"):
            del shown[key]
        if call.flag("fetchMaxId"):
            shown["maxId"] = max(self._store.contents[self._context(call)])
        return shown

    def raw_schema(self, call: Call) -> JSON:
        """A schema by its id, not wrapped."""
        return _parsed(self._content(call)[1].text)

    def versions_of_id(self, call: Call) -> JSON:
        """Where a schema is registered."""
        return [{"subject": subject, "version": row.version} for subject, row in self._holders(call)]

    def subjects_of_id(self, call: Call) -> JSON:
        """The subjects where a schema is registered."""
        return list(dict.fromkeys(subject for subject, _ in self._holders(call)))

    def contexts(self, call: Call) -> JSON:
        """The contexts in use."""
        del call
        return [*sorted({".", *(parse_subject(subject).context for subject in self._store.rows)})]

    def delete_version(self, call: Call) -> JSON:
        """Delete a version; softly first."""
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
            self._store.drop(call.subject, [row])
        elif row.deleted:
            message = (
                f"Subject '{call.subject}' Version {number} was soft deleted. Set permanent=true to delete permanently"
            )
            raise ApiError(404, 40406, message)
        row.deleted = True
        return number

    def delete_subject(self, call: Call) -> JSON:
        """Delete a subject; softly first."""
        rows = self._rows(call, deleted=True)
        live = [row for row in rows if not row.deleted]
        self._free(call.subject, live)
        if call.flag("permanent"):
            if live:
                message = f"Subject '{call.subject}' was not deleted first before being permanently deleted"
                raise ApiError(404, 40405, message)
            self._store.drop(call.subject, rows)
            self._store.levels.pop(call.subject, None)
            return [row.version for row in rows]
        if not live:
            raise ApiError(404, 40404, self._profile.messages[40404].format(subject=call.subject))
        for row in live:
            row.deleted = True
        return [row.version for row in live]

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

    def _content(self, call: Call) -> tuple[int, Registered]:
        text = call.parts["id"]
        if not text.isdigit():
            raise ApiError(404, 404, "HTTP 404 Not Found")
        content = self._store.contents.get(self._context(call), {}).get(int(text))
        if content is None:
            raise ApiError(404, 40403, self._profile.messages[40403].format(id=text))
        return int(text), Registered("", 0, int(text), content.text, content.type, content.references)

    @staticmethod
    def _context(call: Call) -> str:
        return parse_subject(call.query.get("subject", "")).context

    def _holders(self, call: Call) -> list[tuple[str, Row]]:
        schema_id, _ = self._content(call)
        context = self._context(call)
        return [
            (subject, row)
            for subject in self._store.subjects()
            if parse_subject(subject).context == context
            for row in self._store.live(subject)
            if row.id == schema_id
        ]

    def _page(self, call: Call, items: list[JSON] | list[str] | list[int]) -> list[JSON]:
        whole: list[JSON] = list(items)
        if not self._profile.filters:
            return whole
        offset, limit = (int(call.query.get(name, default)) for name, default in (("offset", "0"), ("limit", "-1")))
        return whole[offset:] if limit < 0 else whole[offset : offset + limit]


def _version(text: str) -> int | None:
    """A version number; ``None`` is the latest."""
    if text in _LATEST:
        return None
    if not text.isdigit() or not 0 < int(text) <= _LARGEST:
        raise invalid_version(text)
    return int(text)


def _shown(found: Registered) -> dict[str, JSON]:
    shown: dict[str, JSON] = {
        "subject": found.subject,
        "version": found.version,
        "id": found.id,
        "schema": found.text,
    }
    if found.type != "AVRO":
        shown["schemaType"] = found.type
    if found.references:
        shown["references"] = [_reference(reference) for reference in found.references]
    return shown


def _reference(reference: Reference) -> JSON:
    return {"name": reference.name, "subject": reference.subject, "version": reference.version}


def _parsed(text: str) -> JSON:
    import json

    value: JSON = json.loads(text)
    return value
