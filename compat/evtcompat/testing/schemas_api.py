"""Schemas by their ids, and all of them."""

from __future__ import annotations

from evtcompat.formats.loading import built_in
from evtcompat.model.json_types import JSON
from evtcompat.registries.names import parse_subject
from evtcompat.testing.answers import raw, shown_schema, shown_version
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError
from evtcompat.testing.routing import Call, Routes, page
from evtcompat.testing.store import Content, Row, Store


class SchemasApi:
    """Handlers. The caller holds a lock around each."""

    def __init__(self, store: Store, profile: Profile, routes: Routes) -> None:
        self._store = store
        self._profile = profile
        for template, handler in (
            ("/schemas", self.schemas),
            ("/schemas/types", self.types),
            ("/schemas/ids/{id}", self.schema),
            ("/schemas/ids/{id}/schema", self.raw_schema),
            ("/schemas/ids/{id}/versions", self.versions_of_id),
            ("/schemas/ids/{id}/subjects", self.subjects_of_id),
            ("/schemas/guids/{guid}", self.schema_of_guid),
            ("/schemas/guids/{guid}/ids", self.ids_of_guid),
        ):
            if ("GET", template) not in profile.lacks:
                routes.add("GET", template, handler)

    def schemas(self, call: Call) -> JSON:
        """Every version of every subject."""
        prefix = call.query.get("subjectPrefix", "") if self._profile.filters else ""
        deleted, only_deleted = call.flag("deleted"), call.flag("deletedOnly")
        found: list[JSON] = []
        for subject in self._store.subjects(deleted=deleted or only_deleted):
            if not subject.startswith(prefix.removeprefix(":*:")):
                continue
            if call.account and not call.account.may(subject, write=False):
                continue
            rows = self._store.live(subject, deleted=deleted or only_deleted)
            rows = [row for row in rows if row.deleted or not only_deleted]
            for row in rows[-1:] if call.flag("latestOnly") else rows:
                shown = shown_version(self._store, subject, row, self._profile)
                content = self._store.content(subject, row.id)
                shown.setdefault("schemaType", content.type if content is not None else None)
                shown.setdefault("references", None)
                found.append(shown)
        return page(call, found, self._profile)

    def types(self, call: Call) -> JSON:
        """The schema languages."""
        del call
        return [*sorted([one.registry_type for one in built_in()], reverse=True), *sorted(self._profile.opaque)]

    def schema(self, call: Call) -> JSON:
        """A schema by its id."""
        _, content = self._content(call)
        shown = shown_schema(content, self._profile)
        if self._profile.contracts:
            shown["guid"] = content.guid
        if call.flag("fetchMaxId"):
            shown["maxId"] = max(self._store.contents[_context(call)])
        return shown

    def raw_schema(self, call: Call) -> JSON:
        """A schema by its id, not wrapped."""
        return raw(self._content(call)[1])

    def versions_of_id(self, call: Call) -> JSON:
        """Where a schema is registered."""
        found: list[JSON] = [{"subject": subject, "version": row.version} for subject, row in self._holders(call)]
        return page(call, found, self._profile)

    def subjects_of_id(self, call: Call) -> JSON:
        """The subjects where a schema is registered."""
        return page(call, [*dict.fromkeys(subject for subject, _ in self._holders(call))], self._profile)

    def schema_of_guid(self, call: Call) -> JSON:
        """A schema by what it is called everywhere."""
        found = self._of_guid(call)
        if not found:
            raise ApiError(404, 40403, f"Schema {call.parts['guid']} not found")
        return {**shown_schema(found[0][2], self._profile), "guid": found[0][2].guid}

    def ids_of_guid(self, call: Call) -> JSON:
        """The ids that a schema has in each context."""
        return [{"context": context, "id": schema_id} for context, schema_id, _ in self._of_guid(call)]

    def _of_guid(self, call: Call) -> list[tuple[str, int, Content]]:
        return [
            (context, schema_id, content)
            for context, contents in sorted(self._store.contents.items())
            for schema_id, content in sorted(contents.items())
            if content.guid == call.parts["guid"].lower()
        ]

    def _content(self, call: Call) -> tuple[int, Content]:
        text = call.parts["id"]
        if not text.isdigit():
            raise ApiError(404, 404, "HTTP 404 Not Found")
        content = self._store.contents.get(_context(call), {}).get(int(text))
        if content is None:
            raise ApiError(404, 40403, self._profile.messages[40403].format(id=text))
        return int(text), content

    def _holders(self, call: Call) -> list[tuple[str, Row]]:
        schema_id, _ = self._content(call)
        context, deleted = _context(call), call.flag("deleted")
        return [
            (subject, row)
            for subject in self._store.subjects(deleted=deleted)
            if parse_subject(subject).context == context
            for row in self._store.live(subject, deleted=deleted)
            if row.id == schema_id
        ]


def _context(call: Call) -> str:
    return parse_subject(call.query.get("subject", "")).context
