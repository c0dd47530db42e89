"""The registry as typed calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar

from evtcompat.dataclasses import replace
from evtcompat.errors import RegistryError
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.registries.base import (
    DEFAULT_TYPE,
    LATEST,
    Answer,
    Compatibility,
    Reference,
    Registered,
    SchemaId,
    SubjectState,
)
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent import wire
from evtcompat.registries.confluent.calls import Calls
from evtcompat.registries.confluent.paths import schema_body, segment, with_deleted
from evtcompat.registries.confluent.settings import Settings
from evtcompat.registries.credentials import Target
from evtcompat.registries.errors import (
    RegisteredSchemaNotFoundError,
    RegistryAnswerError,
    RegistryNotFoundError,
    RegistryUnsupportedError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from evtcompat.registries.names import context_of_url, local
from evtcompat.registries.parallel import each
from evtcompat.registries.retries import Patience
from evtcompat.registries.transport import Transport, check_certificates

_T = TypeVar("_T")

#: How many requests run at the same time unless EVTCOMPAT_REGISTRY_PARALLEL says otherwise.
PARALLEL = 12
_PAGE = 1000
#: A registry that lists fewer versions than this has listed all of them.
_FULL_PAGE = 100
#: Requests for one list, and what it may hold: a registry that always has one more page keeps nobody busy forever.
_MOST_PAGES = 2_000
_MOST_SUBJECTS = 1_000_000
_MOST_VERSIONS = 10_000
_PARTIAL = "A proxy may cut the list short, or keep an old one; nothing is compared with a part of a history."


class ConfluentRegistry:
    """A `SchemaRegistry` behind Confluent's API. Safe to use from several threads.

    Every method raises a `RegistryError` of `evtcompat.registries.errors` when the registry does not answer, answers
    something else than its API says, or refuses.
    """

    def __init__(self, target: Target, *, cache: VersionCache | None = None, patience: Patience | None = None) -> None:
        check_certificates(target)
        self.address = target.address
        self._parallel = target.parallel or PARALLEL
        patience = patience or Patience.within(target.timeout)
        self._calls = Calls(Transport(target, patience=patience, connections=self._parallel))
        self._cache = cache
        self._known: dict[tuple[str, int], Registered] = {}
        self._context = context_of_url(target.address.url)

    def __enter__(self) -> Self:
        """The client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Connections are given back."""
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._calls.close()

    def subjects(self, *, prefix: str | None = None, deleted: bool = False) -> tuple[str, ...]:
        """The names of all subjects, sorted; of all contexts where the registry has them.

        Args:
            prefix: Only subjects that begin so.
            deleted: With those that were soft-deleted.
        """
        query = {"subjectPrefix": prefix} if prefix else {}
        listed = self._pages("/subjects", wire.texts, {**query, **with_deleted(deleted)}, most=_MOST_SUBJECTS)
        found = {local(subject, self._context) for subject in listed}
        # Karapace ignores `subjectPrefix`
        return tuple(sorted(subject for subject in found if subject.startswith(prefix or "")))

    def contexts(self) -> tuple[str, ...]:
        """The contexts; the default one alone where the registry knows none."""
        try:
            return self._read("GET", "/contexts", wire.texts)
        except RegistryUnsupportedError:
            return (".",)

    def versions(self, subject: str, *, deleted: bool = False) -> tuple[int, ...]:
        """The version numbers of a subject, ascending.

        Args:
            subject: Its name, with context.
            deleted: With those that were soft-deleted.
        """
        path = f"/subjects/{segment(subject)}/versions"
        listed = self._pages(path, wire.numbers, with_deleted(deleted), most=_MOST_VERSIONS, first_is_all=_FULL_PAGE)
        return tuple(sorted(listed))

    def version(self, subject: str, version: int | str = LATEST, *, deleted: bool = False) -> Registered:
        """One version of a subject; numbers come from the cache where they can.

        Args:
            subject: Its name, with context.
            version: A number from 1, or `latest`.
            deleted: Also when it was soft-deleted.
        """
        if isinstance(version, int) and version > 0 and not deleted:
            known = self._remembered(subject, version)
            if known is not None:
                return known
        path = f"/subjects/{segment(subject)}/versions/{version}"
        found = self._localised(self._read("GET", path, wire.registered, with_deleted(deleted)))
        if isinstance(version, int) and version > 0 and found.version != version:
            message = f"answers with version {found.version} when asked for {version}"
            raise RegistryAnswerError(message, registry=str(self.address), request=f"GET {path}")
        if found.subject.removeprefix(":.:") != subject.removeprefix(":.:") and not self._is_alias(
            subject, found.subject
        ):
            message = f"answers with the subject {found.subject!r} when asked for {subject!r}"
            raise RegistryAnswerError(message, registry=str(self.address), request=f"GET {path}")
        if not deleted:
            self._remember(subject, found)
        return found

    #: Its API has a request for what it would say.
    foretells: Final = True

    def schema(self, schema_id: int, *, subject: str | None = None) -> wire.Schema:
        """The schema with an id.

        Args:
            schema_id: Unique within a context.
            subject: A subject of the context that is meant; the default context without it.
        """
        query = {"subject": subject} if subject else {}
        return self._read("GET", f"/schemas/ids/{schema_id}", lambda value: wire.schema(schema_id, value), query)

    def by_id(self, schema_id: SchemaId) -> Registered:
        """See `SchemaRegistry`."""
        number = self._numeric(schema_id)
        found = self.schema(number)
        return Registered("", 0, number, found.text, found.type, found.references)

    def find(
        self, subject: str, text: str, *, kind: str = DEFAULT_TYPE, references: Sequence[Reference] = ()
    ) -> Registered | None:
        """The version of a subject that has this schema, or ``None`` when none has, or there is no such subject."""
        try:
            body = schema_body(text, kind, references)
            return self._localised(self._read("POST", f"/subjects/{segment(subject)}", _registered(kind), None, body))
        except (SubjectNotFoundError, RegisteredSchemaNotFoundError):
            return None

    def compatibility(self, subject: str | None = None) -> tuple[Compatibility, bool]:
        """See `SchemaRegistry`."""
        return Settings(self._read).compatibility(subject)

    def set_level(self, level: Level, subject: str | None = None) -> Compatibility:
        """Set the level of a subject, or of the registry."""
        path = "/config" if subject is None else f"/config/{segment(subject)}"
        return self._read("PUT", path, wire.compatibility, None, {"compatibility": level.value})

    def mode(self, subject: str | None = None) -> str:
        """See `SchemaRegistry`."""
        return Settings(self._read).mode(subject)

    def ask(
        self,
        subject: str,
        text: str,
        *,
        kind: str = DEFAULT_TYPE,
        references: Sequence[Reference] = (),
        version: int | str | None = LATEST,
    ) -> Answer:
        """What the registry says about a candidate, at the level that it has for the subject.

        Args:
            subject: Its name, with context.
            text: The candidate.
            kind: ``AVRO`` or ``JSON``.
            references: Of the candidate.
            version: To compare with; ``None`` asks about the versions that the level looks at, and needs a registry
                that has this request (Karapace has not).
        """
        path = f"/compatibility/subjects/{segment(subject)}/versions"
        if version is not None:
            path += f"/{version}"
        return self._read("POST", path, wire.answer, {"verbose": "true"}, schema_body(text, kind, references))

    def judged(
        self,
        subject: str,
        text: str,
        *,
        kind: str = DEFAULT_TYPE,
        references: Sequence[Reference] = (),
        versions: Sequence[int] = (),
    ) -> Answer:
        """See `SchemaRegistry`."""
        if not versions:
            return self.ask(subject, text, kind=kind, references=references)
        try:
            return self.ask(subject, text, kind=kind, references=references, version=None)
        except RegistryUnsupportedError:  # Karapace: one version after the other
            answers = [
                self.ask(subject, text, kind=kind, references=references, version=version) for version in versions
            ]
            messages = tuple(dict.fromkeys(message for answer in answers for message in answer.messages))
            return Answer(all(answer.compatible for answer in answers), messages)

    def register(
        self, subject: str, text: str, *, kind: str = DEFAULT_TYPE, references: Sequence[Reference] = ()
    ) -> int:
        """The id of the schema, which is now a version of the subject. The same schema again changes nothing."""
        return self._read(
            "POST", f"/subjects/{segment(subject)}/versions", wire.identifier, None, schema_body(text, kind, references)
        )

    def _numeric(self, schema_id: SchemaId) -> int:
        """An id that Confluent's API can have.

        Raises:
            RegisteredSchemaNotFoundError: It is of another kind of registry.
        """
        if isinstance(schema_id, str):
            message = f"ids are numbers here, and {schema_id} is none"
            hint = "The schema, or the message, comes from another kind of registry."
            raise RegisteredSchemaNotFoundError(message, registry=str(self.address), hint=hint)
        return schema_id

    def cannot_hold(self, found: Registered, *, keep_id: bool) -> str | None:
        """See `SchemaRegistry`."""
        if keep_id and isinstance(found.id, str):
            return f"ids are numbers here, and {found.id} is none"
        return None

    def copy(self, found: Registered, *, references: Sequence[Reference], keep_id: bool) -> tuple[SchemaId, int]:
        """See `SchemaRegistry`."""
        body = schema_body(found.text, found.type, references)
        if found.metadata is not None:
            body["metadata"] = found.metadata
        if found.rule_set is not None:
            body["ruleSet"] = found.rule_set
        if keep_id:
            body |= {"id": self._numeric(found.id), "version": found.version}
        path = f"/subjects/{segment(found.subject)}/versions"
        schema_id = self._read("POST", path, wire.identifier, None, body)
        if keep_id:
            return schema_id, found.version
        held = self.find(found.subject, found.text, kind=found.type, references=references)
        return schema_id, held.version if held is not None else self.version(found.subject).version

    def delete(self, subject: str, *, version: int | None = None, permanent: bool = False) -> None:
        """Delete a version or the whole subject; permanently only what was deleted before."""
        path = f"/subjects/{segment(subject)}" + ("" if version is None else f"/versions/{version}")
        self._calls.call("DELETE", path, query={"permanent": "true"} if permanent else None)
        self._forget(subject)

    def history(self, subject: str) -> SubjectState:
        """A subject with all its versions."""
        state = self.histories([subject])[subject]
        if isinstance(state, RegistryError):
            raise state
        return state

    def histories(self, subjects: Iterable[str]) -> Mapping[str, SubjectState | RegistryError]:
        """The subjects with all their versions, read in parallel; an error stands in the place of its subject only."""
        wanted = tuple(dict.fromkeys(subjects))
        settings = Settings(self._read)
        read_outlines = each(lambda subject: self._outline(subject, settings), wanted, self._parallel)
        outlines = dict(zip(wanted, read_outlines, strict=True))
        pairs = [
            (subject, number)
            for subject, outline in outlines.items()
            if not isinstance(outline, RegistryError)
            for number in outline[0]
        ]
        read = dict(zip(pairs, each(lambda pair: self._listed(*pair), pairs, self._parallel), strict=True))
        found: dict[str, SubjectState | RegistryError] = {}
        for subject, outline in outlines.items():
            if isinstance(outline, RegistryError):
                found[subject] = _unchecked(outline)
                continue
            numbers, compatibility, own, mode = outline
            versions = [read[subject, number] for number in numbers]
            failed = next((version for version in versions if isinstance(version, RegistryError)), None)
            good = tuple(version for version in versions if not isinstance(version, RegistryError))
            found[subject] = _unchecked(failed) if failed else SubjectState(subject, good, compatibility, own, mode)
        return found

    def _outline(self, subject: str, settings: Settings) -> tuple[tuple[int, ...], Compatibility, bool, str]:
        """Version numbers and settings; what is cached of the subject is dropped when the latest version disagrees."""
        numbers = self.versions(subject)
        path = f"/subjects/{segment(subject)}/versions/{LATEST}"
        latest = self._localised(self._read("GET", path, wire.registered))
        if latest.version != max(numbers, default=None):  # registered or deleted since, or the list is another one's
            numbers = self.versions(subject)
            if latest.version != max(numbers, default=None):
                newest = f"ends with {numbers[-1]}" if numbers else "is empty"
                message = f"calls version {latest.version} of {subject} the latest, and its list of versions {newest}"
                raise RegistryAnswerError(message, registry=str(self.address), request=f"GET {path}", hint=_PARTIAL)
        known = self._remembered(subject, latest.version)
        if known is not None and known != latest:
            self._forget(subject)
        self._remember(subject, latest)
        compatibility, own = settings.compatibility(subject)
        return numbers, compatibility, own, settings.mode(subject)

    def _listed(self, subject: str, number: int) -> Registered:
        """A version that the registry has just listed."""
        try:
            return self.version(subject, number)
        except (SubjectNotFoundError, VersionNotFoundError) as error:
            message = f"{subject} version {number} was listed a moment ago and is gone now"
            gone = type(error)(
                message,
                registry=str(self.address),
                request=error.request,
                status=error.status,
                error_code=error.error_code,
                hint="Somebody deleted it in between; run the command again.",
            )
            raise gone from None

    def _remembered(self, subject: str, version: int) -> Registered | None:
        known = self._known.get((subject, version))
        if known is None and self._cache is not None:
            known = self._cache.get(subject, version)
            if known is not None:
                self._known[subject, version] = known
        return known

    def _remember(self, subject: str, found: Registered) -> None:
        if found.subject == subject and self._known.get((subject, found.version)) != found:
            self._known[subject, found.version] = found
            if self._cache is not None:
                self._cache.put(found)

    def _forget(self, subject: str) -> None:
        for key in [key for key in tuple(self._known) if key[0] == subject]:
            self._known.pop(key, None)
        if self._cache is not None:
            self._cache.forget(subject)

    def _pages(
        self,
        path: str,
        read: Callable[[JSON], tuple[_T, ...]],
        query: Mapping[str, str],
        *,
        most: int,
        first_is_all: int = 1,
    ) -> list[_T]:
        """All items of a list that the registry may hand out in pages.

        A page may be shorter than what was asked for (the registry has a limit of its own), so only a page with nothing
        new ends the list. A registry without pages answers everything at once, again and again.

        Raises:
            RegistryAnswerError: There are more than `most` items, or pages without end.
        """
        found: dict[_T, None] = {}
        for _ in range(_MOST_PAGES):
            page = self._read("GET", path, read, {**query, "offset": str(len(found)), "limit": str(_PAGE)})
            before = len(found)
            found.update(dict.fromkeys(page))
            if len(found) > most:
                break
            if len(found) == before or len(page) < first_is_all:
                return list(found)
        message = f"lists more than {most:,} items, or has more than {_MOST_PAGES:,} pages of them"
        raise RegistryAnswerError(message, registry=str(self.address), request=f"GET {path}")

    def _read(
        self,
        method: str,
        path: str,
        read: Callable[[JSON], _T],
        query: Mapping[str, str] | None = None,
        body: JSON | None = None,
    ) -> _T:
        value = self._calls.call(method, path, query=query, body=body)
        try:
            return read(value)
        except wire.ShapeError as error:
            problem = str(error)
        message = f"answers with JSON of another shape: {problem}"
        raise RegistryAnswerError(message, registry=str(self.address), request=f"{method} {path}")

    def _is_alias(self, subject: str, other: str) -> bool:
        """Whether the registry says that one subject is another name of the other."""

        def alias(value: JSON) -> object:
            return value.get("alias") if isinstance(value, dict) else None

        try:
            return self._read("GET", f"/config/{segment(subject)}", alias) == other
        except RegistryNotFoundError:
            return False

    def _localised(self, found: Registered) -> Registered:
        """The version with the names that requests below the address use."""
        if self._context is None:
            return found
        references = tuple(replace(one, subject=local(one.subject, self._context)) for one in found.references)
        return replace(found, subject=local(found.subject, self._context), references=references)


def _unchecked(error: RegistryError) -> RegistryError:
    """The error of a subject that was to be read: whatever the registry calls the request, nobody typed it wrong."""
    error.exit_code = RegistryError.exit_code
    return error


def _registered(kind: str) -> Callable[[JSON], Registered]:
    """Reads the answer of a look-up; Karapace leaves the schema's type out."""

    def read(value: JSON) -> Registered:
        return wire.registered({"schemaType": kind, **value} if isinstance(value, dict) else value)

    return read


def opened(target: Target, cache: VersionCache | None) -> ConfluentRegistry:
    """The `evtcompat.registries.opening.Opener` of this kind."""
    return ConfluentRegistry(target, cache=cache)
