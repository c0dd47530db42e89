"""The schemas of a subject's versions, each parsed once."""

from __future__ import annotations

from contextlib import AbstractContextManager

from evtcompat.checking.plans import Plan
from evtcompat.errors import (
    DocumentError,
    EvtcompatError,
    ReferenceMissingError,
    SchemaError,
    UnsupportedError,
    told_as_fault,
)
from evtcompat.formats.base import Options, Schema
from evtcompat.formats.loading import built_in
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import EitherReferences
from evtcompat.model.histories import Version
from evtcompat.model.json_types import JSON


def doing(what: str, version: Version) -> AbstractContextManager[None]:
    """A context in which a fault of evtcompat is told with what it was doing, and with which file."""
    return told_as_fault(f"{what} {version.document.origin or 'a schema'}")


def same_content(one: Version, other: Version) -> bool:
    """Whether two versions have the same content, layout aside."""
    return all(
        mine is theirs or (mine == theirs and content_hash(mine) == content_hash(theirs))
        for mine, theirs in ((one.document.value, other.document.value), (_written(one), _written(other)))
    ) and (one.model is None or other.model is None or one.model.code == other.model.code)


def _written(version: Version) -> JSON:
    return None if version.written is None else version.written.value


class ParsedVersions:
    """The schemas of the versions of one plan, or why there is none."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self._plan = plan
        self._options = options
        #: By the version's identity; with the version itself, so that no other can have its id.
        self._schemas: dict[int, tuple[Version, Schema | EvtcompatError]] = {}
        #: The contents of its documents in the order in which it refers to them; of the versions that parse.
        self._referred: dict[int, tuple[str, ...]] = {}

    def schema(self, version: Version) -> Schema | EvtcompatError:
        """The version's schema, or why there is none."""
        if id(version) not in self._schemas:
            self._schemas[id(version)] = version, self._parse(version)
        return self._schemas[id(version)][1]

    def again(self, version: Version) -> Schema:
        """Another copy of the schema of a version that parses, which shares no part with the first.

        Compared with itself a schema is not looked at where both sides are one object.
        """
        return self._read(version)

    def flaw(self, version: Version) -> SchemaError | DocumentError | None:
        """Why nobody can read a version; ``None`` for one that parses, or that only evtcompat cannot read."""
        found = self.schema(version)
        if not isinstance(found, (SchemaError, DocumentError)):
            return None
        if isinstance(found, (UnsupportedError, ReferenceMissingError)):
            return None
        value = version.document.value
        others = [one for one in built_in() if one is not self._plan.format]
        of_another = any((alike := one.resemblance(value)) is not None and alike.unmistakable for one in others)
        return None if of_another else found

    def unchanged(self, baseline: Version) -> bool:
        """Whether the candidate is the same schema: what both say, and what they refer to.

        Of versions that were not parsed yet, or do not parse, only what they say themselves counts.
        """
        candidate = self._plan.candidate
        if self._plan.references_changed or not same_content(baseline, candidate):
            return False
        return self._referred.get(id(baseline)) == self._referred.get(id(candidate))

    def _parse(self, version: Version) -> Schema | EvtcompatError:
        try:
            with doing("parsing", version):
                if version.flaw is not None:
                    raise version.flaw
                schema = self._read(version)
        except EvtcompatError as error:
            return error
        self._referred[id(version)] = tuple(content_hash(one.value) for one in schema.documents.values())
        return schema

    def _read(self, version: Version) -> Schema:
        plan, references = self._plan, version.references
        try:
            return plan.format.parse(version.document, references, self._options)
        except ReferenceMissingError:
            if plan.earlier is None or version is plan.candidate:
                raise
            # the change brings what was missing: what was written beside it was written all the same
            either = EitherReferences(references, plan.candidate.references)
            return plan.format.parse(version.document, either, self._options)
