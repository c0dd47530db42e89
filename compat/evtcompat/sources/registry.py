"""Histories from a live registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evtcompat.errors import BaselineError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document, References
from evtcompat.model.histories import History, Version
from evtcompat.model.levels import Level
from evtcompat.registries.base import Registered, SchemaRegistry, SubjectState, default_format
from evtcompat.registries.references import Fetch, document, label, resolve


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of a subject: its history, its level, and how it was registered."""

    subject: str
    format: SchemaFormat
    history: History
    level: Level
    #: Confluent's ``compatibilityPolicy``, where the registry has one.
    policy: str | None = None
    #: The newest version as registered.
    newest: Registered | None = None


def registry_history(client: SchemaRegistry, subject: str, version: int | str | None = None) -> History:
    """The versions of a subject, the oldest first, with their references resolved from the registry.

    Args:
        client: Of the registry.
        subject: With context.
        version: That version alone; a number or ``latest``.

    Raises:
        RegistryError: The registry cannot be asked, or has no such subject or version.
        BaselineError: A version is written in a language that evtcompat does not read.
        DocumentError: A registered schema is not JSON.
    """
    if version is not None:
        return history_of([client.version(subject, version)], client.version)
    return history_of(client.history(subject).versions, client.version)


def published(client: SchemaRegistry, state: SubjectState, version: int | str | None = None) -> Published:
    """A subject that was read, ready for a check.

    Raises:
        RegistryError: A reference or the version cannot be had.
        BaselineError: A version is written in a language that evtcompat does not read.
        DocumentError: A registered schema is not JSON.
    """
    chosen = state.versions if version is None else (client.version(state.subject, version),)
    newest = chosen[-1] if chosen else None
    return Published(
        state.subject,
        readable(newest) if newest is not None else default_format(),
        history_of(chosen, client.version),
        state.compatibility.level,
        state.compatibility.policy,
        newest,
    )


def history_of(
    versions: Sequence[Registered], fetch: Fetch, name_document: Callable[[Registered], str] = label
) -> History:
    """Registered versions as a history.

    Raises:
        BaselineError: A version is written in a language that evtcompat does not read, or a reference cannot be had.
        DocumentError: A schema is not JSON.
    """
    return History(tuple(_version(found, fetch, name_document) for found in versions))


def readable(found: Registered) -> SchemaFormat:
    """The language of a registered schema.

    Raises:
        BaselineError: evtcompat does not read it.
    """
    if found.format is None:
        message = f"{label(found)} is a {found.type} schema, which evtcompat does not read"
        raise BaselineError(message, hint="Only Avro and JSON Schema can be checked.")
    return found.format


def _version(found: Registered, fetch: Fetch, name_document: Callable[[Registered], str]) -> Version:
    schema: Document = document(found, name_document(found))
    references: References = resolve(
        found.references,
        referring=found.subject,
        schema_format=readable(found),
        fetch=fetch,
        base=schema.value,
        name_document=name_document,
    )
    return Version(schema, str(found.version), references)
