"""Versions and schemas as a registry's answers show them."""

from __future__ import annotations

from evtcompat.formats.loading import by_registry_type
from evtcompat.model.json_texts import loads
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import DEFAULT_TYPE, Reference
from evtcompat.testing import contracts
from evtcompat.testing.profiles import Profile
from evtcompat.testing.store import Content, Row, Store

#: What belongs to a version, and not to its schema.
_OF_VERSION = ("subject", "version", "id")


def shown_version(store: Store, subject: str, row: Row, profile: Profile) -> dict[str, JSON]:
    """A version of a subject."""
    content = store.content(subject, row.id)
    if content is None:  # pragma: no cover - a version has a schema
        raise LookupError(subject)
    shown: dict[str, JSON] = {"subject": subject, "version": row.version, "id": row.id}
    if profile.contracts:
        shown["guid"] = content.guid
    shown.update(shown_schema(content, profile))
    if profile.contracts:
        shown["ts"] = row.registered
    if row.tells_version:
        told: JSON = {"properties": {contracts.VERSION: str(row.version)}}
        shown["metadata"] = contracts.merged_metadata(content.metadata, told)
    return shown


def shown_schema(content: Content, profile: Profile) -> dict[str, JSON]:
    """A schema without the versions that it is."""
    shown: dict[str, JSON] = {"schema": content.text}
    if profile.contracts or content.type != DEFAULT_TYPE:
        shown["schemaType"] = content.type
    if content.references:
        shown["references"] = [_reference(reference) for reference in content.references]
    if content.metadata is not None:
        shown["metadata"] = content.metadata
    if content.rule_set is not None:
        shown["ruleSet"] = content.rule_set
    return shown


def raw(content: Content) -> JSON:
    """The schema itself, not wrapped; as text where its language is not JSON."""
    if by_registry_type(content.type) is None:
        return content.text
    value: JSON = loads(content.text)
    return value


def _reference(reference: Reference) -> JSON:
    return {"name": reference.name, "subject": reference.subject, "version": reference.version}
