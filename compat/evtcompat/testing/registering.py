"""Taking a schema in: valid, compatible, known or new."""

from __future__ import annotations

import json
from collections.abc import Sequence

from evtcompat.errors import DocumentError, RegistryError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_registry_type
from evtcompat.model.histories import Version
from evtcompat.model.levels import Level
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.references import document, resolve
from evtcompat.testing.bodies import Candidate, parse_candidate
from evtcompat.testing.judge import Judge
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError, invalid_schema
from evtcompat.testing.routing import Call
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
        return self._store.levels.get(subject, self._store.level)

    def mode(self, subject: str) -> str:
        """The mode that holds for a subject."""
        return self._store.modes.get(subject, self._store.mode)

    def content(self, call: Call, candidate: Candidate) -> Content:
        """A candidate as it would be stored."""
        try:
            value = json.loads(candidate.text)
        except ValueError as error:
            raise invalid_schema(candidate.type, f"not JSON: {error}") from error
        if call.flag("normalize") and self._profile.normalizes:
            value = normalized(value)
        text = stored_text(value, sorts_keys=self._profile.sorts_keys)
        references = tuple(self._settled(reference) for reference in candidate.references)
        return Content(text, candidate.type, references)

    def register(self, call: Call) -> int:
        """The id of the schema that a request carries, which is now a version of its subject."""
        candidate = parse_candidate(call.body, self._profile)
        content = self.content(call, candidate)
        mode = self.mode(call.subject)
        if mode in {"READONLY", "READONLY_OVERRIDE"}:
            raise ApiError(422, 42205, f"Subject {call.subject} is in read-only mode")
        wanted = self._wanted(call, candidate, mode)
        self._valid(call, candidate)
        known = self._store.find(call.subject, content)
        if known is not None and wanted is None:
            return known.id
        if mode != "IMPORT":
            level = self.level(call.subject)
            rows = self._store.live(call.subject)
            problems = self._judged(call, candidate, rows if level.transitive else rows[-1:])
            if problems:
                message = (
                    f"Incompatible schema, compatibility_mode={level.value}. Incompatibilities: {', '.join(problems)}"
                )
                raise ApiError(409, 409, message)
        return self._store.add(call.subject, content, wanted=wanted).id

    def problems(self, call: Call, rows: Sequence[Row]) -> tuple[str, ...]:
        """What is wrong between the schema that a request carries and versions of its subject."""
        candidate = parse_candidate(call.body, self._profile)
        self.content(call, candidate)
        self._valid(call, candidate)
        return self._judged(call, candidate, rows)

    def _wanted(self, call: Call, candidate: Candidate, mode: str) -> tuple[int, int] | None:
        if not self._profile.imports or (candidate.id is None and candidate.version is None):
            return None
        if mode != "IMPORT":
            raise ApiError(422, 42205, f"Subject {call.subject} is not in import mode")
        version = candidate.version or self._store.highest.get(call.subject, 0) + 1
        return (candidate.id or 1, version)

    def _valid(self, call: Call, candidate: Candidate) -> None:
        schema_format = _format(candidate.type)
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
        baselines = [self._version(old) for old in found]
        return self._judge.incompatibilities(
            _format(candidate.type), self._candidate(call, candidate), baselines, level
        )

    def _candidate(self, call: Call, candidate: Candidate) -> Version:
        references = tuple(self._settled(reference) for reference in candidate.references)
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

    def _settled(self, reference: Reference) -> Reference:
        """A reference to ``-1`` is one to the latest version."""
        rows = self._store.live(reference.subject)
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
    """The format of a schema that was taken; `bodies` refuses the others."""
    found = by_registry_type(kind)
    if found is None:
        raise LookupError(kind)
    return found
