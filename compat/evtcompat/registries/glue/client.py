"""AWS Glue's Schema Registry as typed calls. A schema of Glue is what is called a subject here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from evtcompat.dataclasses import replace
from evtcompat.errors import RegistryError, UsageError
from evtcompat.registries.base import (
    DEFAULT_TYPE,
    LATEST,
    READWRITE,
    Answer,
    Compatibility,
    Reference,
    Registered,
    SchemaId,
    SubjectState,
)
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.credentials import Target
from evtcompat.registries.errors import (
    IncompatibleSchemaError,
    OperationNotPermittedError,
    ReferencesUnsupportedError,
    RegisteredSchemaNotFoundError,
    RegistryAnswerError,
    RegistryCallError,
    RegistryNotFoundError,
    RegistryTimeoutError,
    RegistryUnsupportedError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from evtcompat.registries.glue.answers import AVAILABLE, DELETING, PENDING, GlueAnswer
from evtcompat.registries.glue.calls import Calls
from evtcompat.registries.glue.place import place_of
from evtcompat.registries.glue.terms import DISABLED, FIRST, compatibility_of, mode_of
from evtcompat.registries.parallel import each
from evtcompat.registries.promotion import digest
from evtcompat.registries.retries import Patience

#: How many requests run at the same time unless EVTCOMPAT_REGISTRY_PARALLEL says otherwise: AWS allows few a second.
PARALLEL: Final = 4
#: AWS slows down whoever asks for much: more attempts than elsewhere.
_ATTEMPTS: Final = 6
_PAGE: Final = 100
_PARTIAL: Final = "Somebody may be registering just now: run the command again; a part of a history is none."
#: Seconds between looks at a version that AWS has not judged yet.
_PAUSE: Final = 0.3


class GlueRegistry:
    """A `SchemaRegistry` in AWS Glue. Safe to use from several threads.

    Glue has no references, no ids but the UUIDs of versions, no modes, and no request that tells what it would say of
    a candidate. Versions that it refused stay in its lists as ``FAILURE``: they count as nothing here.
    """

    #: Glue compares while it registers, and not before.
    foretells: Final = False

    def __init__(self, target: Target, *, cache: VersionCache | None = None, patience: Patience | None = None) -> None:
        """Nothing is asked yet.

        Raises:
            RegistryError: boto3 is not installed.
            UsageError: The address is none of Glue's, or the profile is unknown.
        """
        self.address = target.address
        self._place = place_of(target.address)
        self._parallel = target.parallel or PARALLEL
        self._patience = patience or Patience.within(target.timeout, retries=_ATTEMPTS - 1)
        self._calls = Calls(target, self._place.region, self._patience, self._parallel)
        self._cache = cache
        self._known: dict[tuple[str, int], Registered] = {}

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
        """See `SchemaRegistry`; a deleted one is there for as long as Glue takes to delete it."""
        registry = self._place.registry_id(self._calls.partition)
        found = self._items("list_schemas", RegistryId=registry)
        names = {one.text("SchemaName") for one in found if deleted or one.members.get("SchemaStatus") != DELETING}
        return tuple(sorted(name for name in names if name.startswith(prefix or "")))

    def versions(self, subject: str, *, deleted: bool = False) -> tuple[int, ...]:
        """See `SchemaRegistry`."""
        return tuple(sorted(self._listed(subject, deleted=deleted)))

    def version(self, subject: str, version: int | str = LATEST, *, deleted: bool = False) -> Registered:
        """See `SchemaRegistry`."""
        if isinstance(version, str) and version != LATEST:
            message = f"a version is a number or {LATEST}, and not {version}"
            raise self._calls.failed(VersionNotFoundError, message, "get_schema_version")
        if isinstance(version, int) and (subject, version) in self._known and not deleted:
            return self._known[subject, version]
        listed = self._listed(subject, deleted=deleted)
        number = max(listed, default=0) if isinstance(version, str) else version
        if number not in listed:
            message = f"{subject} has no version {version}"
            raise self._calls.failed(VersionNotFoundError, message, "get_schema_version")
        return self._read(subject, number, listed[number])

    def by_id(self, schema_id: SchemaId) -> Registered:
        """See `SchemaRegistry`; an id is the UUID of a version."""
        if not isinstance(schema_id, str):
            message = f"ids are UUIDs here, and {schema_id} is none"
            hint = "The schema, or the message, comes from another kind of registry."
            raise self._calls.failed(RegisteredSchemaNotFoundError, message, "get_schema_version", hint)
        try:
            found = self._asked("get_schema_version", SchemaVersionId=schema_id)
        except VersionNotFoundError:
            found = None
        if found is None:
            message = f"has no schema with the id {schema_id}"
            raise self._calls.failed(RegisteredSchemaNotFoundError, message, "get_schema_version")
        return Registered("", 0, schema_id, found.text("SchemaDefinition"), found.text("DataFormat"))

    def find(
        self, subject: str, text: str, *, kind: str = DEFAULT_TYPE, references: Sequence[Reference] = ()
    ) -> Registered | None:
        """See `SchemaRegistry`. Glue compares texts; versions that differ in their layout alone are found, too."""
        self._refuse_references(subject, references)
        schema = self._place.schema_id(self._calls.partition, subject)
        try:
            found = self._asked("get_schema_by_definition", SchemaId=schema, SchemaDefinition=text)
            if found.members.get("Status") == AVAILABLE:
                return self._numbered(subject, found.text("SchemaVersionId"))
            versions = self.history(subject).versions
        except RegisteredSchemaNotFoundError:
            try:
                versions = self.history(subject).versions
            except SubjectNotFoundError:
                return None
        wanted = digest(Registered(subject, 0, "", text, kind))
        return next((one for one in reversed(versions) if one.type == kind and digest(one) == wanted), None)

    def compatibility(self, subject: str | None = None) -> tuple[Compatibility, bool]:
        """See `SchemaRegistry`. Glue asks for nothing of a whole registry: what a new subject begins with."""
        if subject is not None:
            try:
                return self._schema(subject).compatibility(), True
            except SubjectNotFoundError:
                pass  # it would begin as any other
        first = compatibility_of(FIRST)
        if first is None:  # pragma: no cover - it is in the table
            raise AssertionError
        return first, False

    def mode(self, subject: str | None = None) -> str:
        """See `SchemaRegistry`: ``DISABLED`` where Glue takes no new version, for want of modes."""
        if subject is None:
            return READWRITE
        try:
            return _mode(self._schema(subject))
        except SubjectNotFoundError:
            return READWRITE

    def history(self, subject: str) -> SubjectState:
        """See `SchemaRegistry`."""
        listed = self._listed(subject)
        schema = self._schema(subject)
        self._need_latest(subject, listed, schema)
        read = each(lambda number: self._read(subject, number, listed[number]), sorted(listed), self._parallel)
        for version in read:
            if isinstance(version, RegistryError):
                raise version
        versions = tuple(version for version in read if isinstance(version, Registered))
        return SubjectState(subject, versions, schema.compatibility(), own_level=True, mode=_mode(schema))

    def histories(self, subjects: Iterable[str]) -> Mapping[str, SubjectState | RegistryError]:
        """See `SchemaRegistry`."""
        wanted = tuple(dict.fromkeys(subjects))
        return dict(zip(wanted, each(self.history, wanted, self._parallel), strict=True))

    def judged(
        self,
        subject: str,
        text: str,
        *,
        kind: str = DEFAULT_TYPE,
        references: Sequence[Reference] = (),
        versions: Sequence[int] = (),
    ) -> Answer:
        """Nothing.

        Raises:
            RegistryUnsupportedError: Always.
        """
        del text, kind, references, versions
        message = f"AWS Glue does not tell what it would say of a version of {subject} before it is registered"
        hint = "Leave out --ask: evtcompat's own verdict stands. Glue compares again when the version is registered."
        raise RegistryUnsupportedError(message, registry=str(self.address), hint=hint)

    def register(
        self, subject: str, text: str, *, kind: str = DEFAULT_TYPE, references: Sequence[Reference] = ()
    ) -> SchemaId:
        """See `SchemaRegistry`; a new subject begins with Glue's compatibility ``BACKWARD``.

        Raises:
            IncompatibleSchemaError: Glue has compared it with what is there, and refuses it.
        """
        self._refuse_references(subject, references)
        try:
            schema = self._schema(subject)
        except SubjectNotFoundError:
            return self._begun(subject, text, kind)
        language = schema.members.get("DataFormat")
        if language != kind:
            message = f"{subject} holds {language} schemas, and no {kind}"
            raise self._calls.failed(RegistryUnsupportedError, message, "register_schema_version", _OTHER_FORMAT)
        if schema.members.get("Compatibility") == DISABLED:
            message = f"{subject} takes no new version: its compatibility is {DISABLED}"
            hint = "Whoever owns it can set another with `aws glue update-schema`."
            raise self._calls.failed(OperationNotPermittedError, message, "register_schema_version", hint)
        name = self._place.schema_id(self._calls.partition, subject)
        made = self._asked("register_schema_version", SchemaId=name, SchemaDefinition=text)
        return self._settled(subject, made, "Status")

    def cannot_hold(self, found: Registered, *, keep_id: bool) -> str | None:
        """See `SchemaRegistry`."""
        named = f"{found.subject} version {found.version}"
        if found.references:
            names = ", ".join(reference.name for reference in found.references)
            return f"AWS Glue has no references, and {named} refers to {names}"
        if keep_id:
            return f"AWS Glue gives ids of its own, and cannot keep the one of {named}"
        if found.metadata is not None or found.rule_set is not None:
            return f"AWS Glue has no metadata and rules of data contracts, and {named} has some"
        return None

    def copy(self, found: Registered, *, references: Sequence[Reference], keep_id: bool) -> tuple[SchemaId, int]:
        """See `SchemaRegistry`; Glue keeps neither ids of others nor Confluent's metadata and rules."""
        reason = self.cannot_hold(replace(found, references=tuple(references)), keep_id=keep_id)
        if reason is not None:
            hint = "Register it by hand without that."
            raise RegistryUnsupportedError(reason, registry=str(self.address), hint=hint)
        schema_id = self.register(found.subject, found.text, kind=found.type, references=references)
        return schema_id, self._numbered(found.subject, str(schema_id)).version

    def _asked(self, method: str, **parameters: Any) -> GlueAnswer:  # noqa: ANN401 - those of the operation
        """See `Calls.call`."""
        return GlueAnswer(self._calls.call(method, **parameters), self._calls, method)

    def _items(self, method: str, **parameters: Any) -> list[GlueAnswer]:  # noqa: ANN401 - those of the operation
        """See `Calls.listed`."""
        found = self._calls.listed(method, MaxResults=_PAGE, **parameters)
        return [GlueAnswer(one, self._calls, method) for one in found]

    def _schema(self, subject: str) -> GlueAnswer:
        found = self._asked("get_schema", SchemaId=self._place.schema_id(self._calls.partition, subject))
        if found.members.get("SchemaStatus") == DELETING:
            raise self._calls.failed(SubjectNotFoundError, f"{subject} is being deleted", "get_schema")
        found.need_about(subject)
        return found

    def _listed(self, subject: str, *, deleted: bool = False) -> dict[int, str]:
        """The UUIDs of the versions that count, by number."""
        kept = {AVAILABLE, DELETING} if deleted else {AVAILABLE}
        found: dict[int, str] = {}
        for one in self._items("list_schema_versions", SchemaId=self._place.schema_id(self._calls.partition, subject)):
            one.need_about(subject)
            status, number, uuid = one.status(), one.number(), one.text("SchemaVersionId")
            if status in kept and found.setdefault(number, uuid) != uuid:
                message = f"lists version {number} of {subject} twice, as two schemas"
                raise one.wrong(message)
        return found

    def _need_latest(self, subject: str, listed: Mapping[int, str], schema: GlueAnswer) -> None:
        """The list of a subject's versions has the latest of them, so far as Glue knows one that counts.

        A request is made only where the number that the schema tells is not listed: that of a version which was refused
        or deleted may be told, too.

        Raises:
            RegistryAnswerError: It has not: a part of a history is no history.
        """
        latest = schema.members.get("LatestSchemaVersion")
        if latest in listed:
            if latest != max(listed):
                message = f"lists version {max(listed)} of {subject}, and calls {latest} the latest"
                raise self._calls.failed(RegistryAnswerError, message, "list_schema_versions", _PARTIAL)
            return
        name = self._place.schema_id(self._calls.partition, subject)
        try:
            found = self._asked("get_schema_version", SchemaId=name, SchemaVersionNumber={"LatestVersion": True})
        except (VersionNotFoundError, SubjectNotFoundError):
            return
        number = found.number()
        if found.text("Status") == AVAILABLE and number not in listed:
            message = f"lists the versions of {subject} without {number}, which it calls the latest"
            raise self._calls.failed(RegistryAnswerError, message, "list_schema_versions", _PARTIAL)

    def _read(self, subject: str, number: int, uuid: str) -> Registered:
        """A version that was just listed. What is known under its UUID needs no request: it never changes."""
        known = self._known.get((subject, number))
        if known is None and self._cache is not None:
            known = self._cache.get(subject, number)
        if known is None or known.id != uuid:
            try:
                known = self._numbered(subject, uuid)
            except RegistryNotFoundError as error:
                self._gone(subject, number, error)
            if (known.version, known.id) != (number, uuid):
                message = f"answers with version {known.version} when asked for {number}"
                raise self._calls.failed(RegistryAnswerError, message, "get_schema_version")
            if self._cache is not None:
                self._cache.put(known)
        self._known[subject, number] = known
        return known

    def _gone(self, subject: str, number: int, error: RegistryCallError) -> NoReturn:
        message = f"{subject} version {number} was listed a moment ago and is gone now"
        hint = "Somebody deleted it in between; run the command again."
        raise VersionNotFoundError(message, registry=str(self.address), request=error.request, hint=hint) from None

    def _numbered(self, subject: str, uuid: str) -> Registered:
        """The version of a subject that has a UUID."""
        return self._asked("get_schema_version", SchemaVersionId=uuid).registered(subject)

    def _begun(self, subject: str, text: str, kind: str) -> SchemaId:
        made = self._asked(
            "create_schema",
            RegistryId=self._place.registry_id(self._calls.partition),
            SchemaName=subject,
            DataFormat=kind,
            Compatibility=FIRST,
            SchemaDefinition=text,
        )
        return self._settled(subject, made, "SchemaVersionStatus")

    def _settled(self, subject: str, made: GlueAnswer, key: str) -> SchemaId:
        """The id of a version that Glue has judged; it does so after it has answered.

        Raises:
            IncompatibleSchemaError: It refuses the version.
            RegistryTimeoutError: It does not come to an end.
        """
        uuid = made.text("SchemaVersionId")
        status = made.members.get(key)
        until = time.monotonic() + self._patience.whole
        while status == PENDING:
            if time.monotonic() > until:
                message = f"has not judged the new version of {subject} within {self._patience.whole:g} s"
                raise self._calls.failed(RegistryTimeoutError, message, "get_schema_version")
            time.sleep(_PAUSE)
            status = self._calls.call("get_schema_version", SchemaVersionId=uuid).get("Status")
        if status != AVAILABLE:
            message = f"refuses the new version of {subject} as incompatible with what is there ({status})"
            raise self._calls.failed(IncompatibleSchemaError, message, "register_schema_version")
        return uuid

    def _refuse_references(self, subject: str, references: Sequence[Reference]) -> None:
        """There are none.

        Raises:
            ReferencesUnsupportedError: There are, and Glue has none.
        """
        if references:
            names = ", ".join(reference.name for reference in references)
            message = f"AWS Glue has no references, and {subject} refers to {names}"
            hint = "Write what it refers to into the schema itself."
            raise ReferencesUnsupportedError(message, registry=str(self.address), hint=hint)


_OTHER_FORMAT: Final = "A schema of Glue has one language for all versions; register this one under another name."


def _mode(schema: GlueAnswer) -> str:
    return mode_of(str(schema.members.get("Compatibility", "")))


def opened(target: Target, cache: VersionCache | None) -> GlueRegistry:
    """The `evtcompat.registries.opening.Opener` of this kind.

    Raises:
        UsageError: There are credentials for the place, which are not AWS's.
    """
    shown = target.credentials
    if shown.basic or shown.token or shown.oauth or shown.client_cert:
        message = f"{target.address} takes the credentials of AWS, and no others are to be set for it"
        hint = "evtcompat finds them as AWS's clients do: AWS_PROFILE, AWS_ACCESS_KEY_ID, `aws sso login`, a role."
        raise UsageError(message, hint=hint)
    return GlueRegistry(target, cache=cache)
