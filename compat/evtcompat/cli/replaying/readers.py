"""The readers of `evtcompat replay`, their subject, its history, and the writers that messages may name."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evtcompat.cli.runs.diff_inputs import committed, registered
from evtcompat.cli.runs.selecting import open_registry_of
from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.formats.loading import assumed, by_file_name
from evtcompat.model.histories import Version, version_name
from evtcompat.payloads.subjects import Catalogue
from evtcompat.registries.base import SchemaId
from evtcompat.registries.errors import RegistryNotFoundError
from evtcompat.replay.framing import CONFLUENT, GLUE, framings, named_by
from evtcompat.replay.job import portable
from evtcompat.sources.baselines.against import BaselineKind, parse_against
from evtcompat.sources.baselines.workspace import layout_in
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.published.registered import history_of
from evtcompat.sources.subjects.schema_tree import SchemaTree

if TYPE_CHECKING:
    from evtcompat.cli.replaying.request import ReplayRequest
    from evtcompat.cli.runs.context import RunContext
    from evtcompat.formats.base import SchemaFormat


class Readers:
    """The readers that a person named, the subject that they are of, and its history."""

    def __init__(self, context: RunContext, request: ReplayRequest) -> None:
        """Find every reader, and the versions of their subject.

        Raises:
            UsageError: A word names no schema.
            UncheckedError: A schema cannot be had.
        """
        self._context = context
        self._request = request
        self._file: tuple[SchemaTree, str] | None = None
        meant = [parse_against(word, "--reader") for word in request.readers]
        for one in meant:
            if one.kind is BaselineKind.PATH and self._file is None:
                self._file = self._located(one.value)
        self._asks = request.registry is not None or any(one.kind is BaselineKind.REGISTRY for one in meant)
        if self._file is None and request.subject is not None and not self._asks:
            self._file = self._of_subject(request.subject)
        named = [self._schema(word, f"--reader {word}") for word in request.readers]
        self.subject = request.subject or self._subject(named[0][1])
        self.format = _format_of(named[0][1])
        settings = context.run_settings([self.subject])
        settings = settings.for_subject(self.format, context.terms(self.subject, None).policy, context.severities)
        self.settings = replace(settings, options=replace(settings.options, witnesses=False))
        self.readers = tuple((name, self._portable(version)) for name, version in named)
        self.history = tuple(self._portable(version) for version in self._history())

    @property
    def identity(self) -> str:
        """What a check calls the subject in fingerprints; empty where that is its name."""
        if self._file is None:
            return ""
        tree, inner = self._file
        history = tree.history(inner)
        return name_of(inner).identity if history is None else history.identity

    def _portable(self, version: Version) -> Version:
        return portable(version, self.format, self.settings)

    def _located(self, path: str) -> tuple[SchemaTree, str]:
        context = self._context
        workspace, inner = context.workspaces.locate(path)
        return SchemaTree(workspace.tree, layout_in(workspace, context.layout, context.folder)), inner

    def _catalogued(self) -> tuple[Version, ...]:
        """The versions of the subject where the configuration says that schemas lie; none where it has no such subject.

        All that git knows of a file that is edited in place are among them: events were written with any of them.

        Raises:
            UsageError: A person named the subject, and there is none.
        """
        with Catalogue(self._context.environment.folder, config=self._context.config, past=sys.maxsize) as catalogue:
            try:
                return catalogue.subject(self.subject).versions
            except UsageError:
                if self._request.subject is not None:
                    raise
                return ()

    def _of_subject(self, name: str) -> tuple[SchemaTree, str]:
        """The newest file of a subject, which tells `git:REF` alone which file is meant."""
        with Catalogue(self._context.environment.folder, config=self._context.config) as catalogue:
            path = catalogue.subject(name).paths[-1]
        return self._located(path)

    def _schema(self, word: str, option: str) -> tuple[str, Version]:
        """The schema that a word names, and what it is called; `option` is how the person wrote it."""
        meant = parse_against(word, option.removesuffix(word).rstrip(" ="))
        if meant.kind is BaselineKind.REGISTRY:
            version = registered(meant.value, self._context)
        elif meant.kind is BaselineKind.PATH:
            tree, inner = self._located(meant.value)
            version = tree.schema_at(inner, otherwise=f"`{option}` names it: correct the path, or name another schema.")
        elif meant.kind in (BaselineKind.GIT, BaselineKind.MERGE_BASE):
            beside = parse_against("." if self._file is None else self._file[1])
            version = committed(meant, beside, self._context)
        else:
            message = f"{option}: names no schema"
            raise UsageError(message, hint="Give a file, git:REF, git:REF:PATH or registry:SUBJECT@VERSION.")
        return version_name(version.label) if version.label else word, version

    def _subject(self, first: Version) -> str:
        word = self._request.readers[0]
        meant = parse_against(word)
        if meant.kind is BaselineKind.REGISTRY:
            return meant.value.partition("@")[0]
        if self._file is not None:
            return name_of(self._file[1]).subject
        if meant.path is not None:
            return name_of(meant.path).subject
        return name_of((first.document.origin or word).replace("\\", "/")).subject

    def _history(self) -> tuple[Version, ...]:
        """The versions of the subject, the oldest first."""
        if self._file is not None:
            tree, inner = self._file
            history = tree.history(inner)
            versions = () if history is None else tuple(tree.version(named) for named in history.versions)
            if len(versions) <= 1 or self._request.subject is not None:
                return self._catalogued() or versions
            return versions
        return tuple(version for _, version in self._registered()) if self._asks else ()

    def _registered(self) -> list[tuple[SchemaId, Version]]:
        """The versions of the subject in the registry, with their ids; none where it does not have the subject.

        Raises:
            RegistryError: It cannot be asked.
        """
        with open_registry_of(self._context) as registry:
            try:
                found = registry.history(self.subject).versions
            except RegistryNotFoundError:
                return []  # messages may name schemas of other subjects all the same
            versions = history_of(found, registry.version).versions
            return [(one.id, version) for one, version in zip(found, versions, strict=True)]

    def writers(self) -> Mapping[str, Version]:
        """The schemas that messages may name, by framing and key."""
        found: dict[str, Version] = {}
        recorded = self.format.recorded
        if self._asks:
            for schema_id, version in self._registered():
                found[_key(schema_id)] = version
        _check_once(self._request.writers)
        for word in self._request.writers:
            key, equals, schema = word.partition("=")
            if not equals or not key or not schema:
                message = f"--writer {word}: not ID=SCHEMA"
                raise UsageError(message, hint="For example --writer 7=FILE, with the file of the schema.")
            _, version = self._schema(schema, f"--writer {word}")
            framing = None if recorded is None else named_by(key.lower(), framings(recorded))
            if framing is None:
                message = f"--writer {word}: {key} is no id of a schema"
                raise UsageError(message, hint="A number, a UUID, or what the format's own framing has.")
            found[f"{framing.name}:{key.lower()}"] = version
        if recorded is not None:
            for version in (*self.history, *(version for _, version in self.readers), *found.values()):
                parsed = self.format.parse(version.document, version.references, self.settings.options)
                for key in recorded.fingerprints(parsed):
                    for framed in recorded.framings:
                        found.setdefault(f"{framed.name}:{key}", version)
        return {key: self._portable(version) for key, version in found.items()}

    def resolve(self, keys: Sequence[str]) -> Mapping[str, Version]:
        """The writers that the registry knows under the ids of messages, whatever their subject; others are left out.

        Raises:
            RegistryError: It cannot be asked.
        """
        ids = [schema_id for key in keys if (schema_id := _id(key)) is not None]
        if not self._asks or not ids:
            return {}
        found: dict[str, Version] = {}
        with open_registry_of(self._context) as registry:
            for schema_id in ids:
                try:
                    schema = registry.by_id(schema_id)
                except RegistryNotFoundError:
                    continue
                if schema.format is self.format:
                    (version,) = history_of([schema], registry.version, lambda one: f"registry id {one.id}").versions
                    found[_key(schema_id)] = self._portable(replace(version, label=None))
        return found


def _check_once(words: Sequence[str]) -> None:
    """Every id is said to name one schema.

    Raises:
        UsageError: One is said to name several.
    """
    keys = [word.partition("=")[0].lower() for word in words]
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            message = f"--writer {key}=SCHEMA is given {keys.count(key)} times"
            raise UsageError(message, hint="An id names one schema.")


def _key(schema_id: SchemaId) -> str:
    """How messages name a schema that a registry knows by an id."""
    return f"{(GLUE if isinstance(schema_id, str) else CONFLUENT).name}:{schema_id}"


def _id(key: str) -> SchemaId | None:
    """The id that a registry knows a schema by, as messages name it; ``None`` for a name that is no registry's."""
    framing, _, name = key.partition(":")
    return int(name) if framing == CONFLUENT.name else name if framing == GLUE.name else None


def _format_of(version: Version) -> SchemaFormat:
    origin = version.document.origin or ""
    return by_file_name(origin, everywhere=True) or assumed(version.document.value)
