"""Taking a schema in: valid, compatible, known or new."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.errors import DocumentError, RegistryError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_registry_type
from evtcompat.model.histories import Version
from evtcompat.model.json_texts import loads
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.names import referenced_subject
from evtcompat.registries.references import document, resolve
from evtcompat.testing import contracts
from evtcompat.testing.bodies import Candidate, parse_candidate
from evtcompat.testing.judge import Judge
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError, invalid_schema, not_permitted
from evtcompat.testing.routing import Call
from evtcompat.testing.rules import check_rules
from evtcompat.testing.store import Content, Row, Store
from evtcompat.testing.texts import normalized, stored_text

_ONE_TYPE = "Comparing different schema types: {} with {}"


class Registrar:
    """Judges candidates over a store."""

    def __init__(self, store: Store, judge: Judge, profile: Profile) -> None:
        self._store = store
        self._judge = judge
        self._profile = profile

    def level(self, subject: str) -> Level:
        """The level that holds for a subject."""
        return self._store.settings.level(subject)

    def content(self, call: Call, candidate: Candidate) -> Content:
        """A candidate as it would be stored, without metadata and rules."""
        references = tuple(self._settled(call.subject, reference) for reference in candidate.references)
        if by_registry_type(candidate.type) is None:
            return Content(candidate.text, candidate.type, references)
        try:
            value = loads(candidate.text)
        except ValueError as error:
            raise invalid_schema(candidate.type, f"not JSON: {error}") from error
        normalizes = call.flag("normalize") or self._store.settings.effective(call.subject).get("normalize") is True
        if normalizes and self._profile.normalizes:
            value = normalized(value)
        if not self._profile.sorts_keys:
            value = _format(candidate.type).stored(value)
        text = stored_text(value, sorts_keys=self._profile.sorts_keys)
        return Content(text, candidate.type, references)

    def find(self, call: Call) -> Row | None:
        """The version that holds the schema of a request."""
        candidate = parse_candidate(call.body, self._profile)
        if not candidate.text.strip():
            return None
        content, deleted = self.content(call, candidate), call.flag("deleted")
        if candidate.metadata is None and candidate.rule_set is None:
            return self._store.find_schema(call.subject, content, deleted=deleted)
        return self._store.find(call.subject, self._with_contracts(call, candidate, content), deleted=deleted)

    def register(self, call: Call) -> Row:
        """The version of its subject that the schema of a request now is, or was before."""
        candidate = parse_candidate(call.body, self._profile)
        check_rules(candidate.rule_set)
        bare = self.content(call, candidate)
        imports = self._permitted(call, candidate)
        self._valid(call, candidate)
        content = self._with_contracts(call, candidate, bare)
        known = self._store.find(call.subject, content)
        wanted = self._wanted(call, candidate, content) if imports else None
        if known is not None and wanted is None and self._expects(candidate, known):
            return known
        if not imports:
            self._accepted(call, candidate, content)
        row = self._store.add(call.subject, content, wanted=wanted)
        row.tells_version = contracts.VERSION in contracts.properties(candidate.metadata)
        return row

    def problems(self, call: Call, rows: Sequence[Row]) -> tuple[str, ...]:
        """What is wrong between the schema that a request carries and versions of its subject."""
        candidate = parse_candidate(call.body, self._profile)
        content = self._with_contracts(call, candidate, self.content(call, candidate))
        self._valid(call, candidate)
        return self._judged(call, candidate, self._of_group(call.subject, content, rows))

    def _permitted(self, call: Call, candidate: Candidate) -> bool:
        """Whether the schema is imported, rather than registered.

        Raises:
            ApiError: The mode of the subject permits neither.
        """
        settings = self._store.settings
        mode = settings.mode(call.subject)
        if settings.read_only(call.subject):
            raise not_permitted(call.subject, "is in read-only mode")
        if not self._profile.imports:
            return False
        imports = candidate.id is not None
        if imports and mode != "IMPORT":
            raise not_permitted(call.subject, "is not in import mode")
        if not imports and mode != "READWRITE":
            raise not_permitted(call.subject, "is not in read-write mode")
        return imports

    def _accepted(self, call: Call, candidate: Candidate, content: Content) -> None:
        """The registry takes the schema as a new version.

        Raises:
            ApiError: It does not.
        """
        level = self.level(call.subject)
        live = self._store.live(call.subject)
        rows = self._of_group(call.subject, content, live)
        problems = [
            *self._reserved(call.subject, content, live),
            *self._judged(call, candidate, rows if level.transitive else rows[-1:]),
        ]
        if problems:
            message = f"Incompatible schema, compatibility_mode={level.value}. Incompatibilities: {', '.join(problems)}"
            raise ApiError(409, 409, message)

    @staticmethod
    def _expects(candidate: Candidate, known: Row) -> bool:
        """Whether a client that says which version it expects to make expects the one that there is."""
        expected = contracts.properties(candidate.metadata).get(contracts.VERSION)
        return not isinstance(expected, str) or not expected.isdigit() or int(expected) in (0, known.version)

    def _with_contracts(self, call: Call, candidate: Candidate, content: Content) -> Content:
        """The content with metadata and rules: of the request, else of the version before, within the settings."""
        if not self._profile.contracts:
            return content
        settings = self._store.settings.effective(call.subject)
        rows = self._store.live(call.subject)
        before = self._store.content(call.subject, rows[-1].id) if rows else None
        metadata, rules = contracts.without_version(candidate.metadata), candidate.rule_set
        if candidate.metadata is None and before is not None:
            metadata = before.metadata
        if rules is None and before is not None:
            rules = before.rule_set
        return Content(
            content.text,
            content.type,
            content.references,
            contracts.merged_metadata(settings.get("defaultMetadata"), metadata, settings.get("overrideMetadata")),
            contracts.merged_rules(settings.get("defaultRuleSet"), rules, settings.get("overrideRuleSet")),
        )

    def _of_group(self, subject: str, content: Content, rows: Sequence[Row]) -> Sequence[Row]:
        """The versions that belong to the compatibility group of the content."""
        group = self._store.settings.effective(subject).get("compatibilityGroup")
        value = contracts.properties(content.metadata).get(group) if isinstance(group, str) else None
        if not isinstance(group, str) or value is None:
            return rows
        found = [(row, self._store.content(subject, row.id)) for row in rows]
        return [row for row, known in found if known and contracts.properties(known.metadata).get(group) == value]

    def _reserved(self, subject: str, content: Content, rows: Sequence[Row]) -> list[str]:
        """What is wrong with fields that are reserved, where the settings ask for it."""
        if self._store.settings.effective(subject).get("validateFields") is not True:
            return []
        reserved = contracts.reserved(content.metadata)
        value: JSON = loads(content.text) if by_registry_type(content.type) is not None else None
        taken = sorted(reserved & contracts.fields_of(value))
        before = self._store.content(subject, rows[-1].id) if rows else None
        lost = sorted(contracts.reserved(before.metadata) - reserved) if before is not None else []
        return [
            *(f"The new schema has a field that conflicts with the reserved field {name}" for name in taken),
            *(f"The new schema has reserved field {name} removed from its metadata" for name in lost),
        ]

    def _wanted(self, call: Call, candidate: Candidate, content: Content) -> tuple[int, int]:
        """Id and version to import a schema with."""
        schema_id = candidate.id or 0
        known = self._store.content(call.subject, schema_id)
        if known is not None and known != content:
            raise ApiError(422, 42205, f"Overwrite new schema with id {schema_id} is not permitted.")
        found = self._store.find(call.subject, content)
        if found is not None and found.id == schema_id and candidate.version in (None, found.version):
            return schema_id, found.version
        return schema_id, candidate.version or self._store.highest.get(call.subject, 0) + 1

    def _valid(self, call: Call, candidate: Candidate) -> None:
        schema_format = by_registry_type(candidate.type)
        if schema_format is None:
            return
        reason = self._judge.rejection(
            schema_format, self._candidate(call, candidate), strict=self._profile.strict_validation
        )
        if reason is not None:
            raise invalid_schema(candidate.type, reason)

    def _judged(self, call: Call, candidate: Candidate, rows: Sequence[Row]) -> tuple[str, ...]:
        level = self.level(call.subject)
        if level is Level.NONE or not rows:
            return ()
        found = [self._store.registered(call.subject, row) for row in rows]
        others = [_ONE_TYPE.format(old.type, candidate.type) for old in found if old.type != candidate.type]
        if others:
            return tuple(dict.fromkeys(others))
        if by_registry_type(candidate.type) is None:
            return ()
        return self._judge.incompatibilities(
            _format(candidate.type),
            self._candidate(call, candidate),
            [self._version(old) for old in found],
            level,
            self._store.settings.policy(call.subject),
        )

    def _candidate(self, call: Call, candidate: Candidate) -> Version:
        references = tuple(self._settled(call.subject, reference) for reference in candidate.references)
        try:
            return self._version(Registered(call.subject, 0, 0, candidate.text, candidate.type, references))
        except (DocumentError, RegistryError) as error:
            raise invalid_schema(candidate.type, error.message) from error

    def _version(self, found: Registered) -> Version:
        schema = document(found)
        references = resolve(
            found.references,
            referring=found.subject,
            schema_format=_format(found.type),
            fetch=self._fetch,
            base=schema.value,
        )
        return Version(schema, str(found.version) if found.version else None, references)

    def _settled(self, referring: str, reference: Reference) -> Reference:
        """A reference to ``-1`` is one to the latest version."""
        rows = self._store.live(referenced_subject(reference.subject, referring))
        if reference.version == -1 and rows:
            return Reference(reference.name, reference.subject, rows[-1].version)
        return reference

    def _fetch(self, subject: str, version: int | str) -> Registered:
        rows = self._store.live(subject)
        row = rows[-1] if rows and version == "latest" else next((row for row in rows if row.version == version), None)
        if row is None:
            message = f'no schema reference found for subject "{subject}" and version {version}'
            raise RegistryError(message)
        return self._store.registered(subject, row)


def _format(kind: str) -> SchemaFormat:
    """The format of a schema that was taken and is not opaque; `bodies` refuses the others."""
    found = by_registry_type(kind)
    if found is None:
        raise LookupError(kind)
    return found
