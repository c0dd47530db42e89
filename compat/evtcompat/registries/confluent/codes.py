"""Which exception an answer of Confluent's API stands for, by its ``error_code`` or its HTTP status."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.registries.errors import (
    IncompatibleSchemaError,
    InvalidLevelError,
    InvalidModeError,
    InvalidSchemaError,
    InvalidVersionError,
    OperationNotPermittedError,
    ReferencedElsewhereError,
    ReferencesUnsupportedError,
    RegisteredSchemaNotFoundError,
    RegistryCallError,
    RegistryForbiddenError,
    RegistryRejectedError,
    RegistryServerError,
    RegistryThrottledError,
    RegistryTimeoutError,
    RegistryUnauthorizedError,
    RegistryUnreachableError,
    RegistryUnsupportedError,
    SettingNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)

_BY_CODE: Mapping[int, type[RegistryCallError]] = {
    40101: RegistryUnauthorizedError,
    40301: RegistryForbiddenError,
    40401: SubjectNotFoundError,
    40402: VersionNotFoundError,
    40403: RegisteredSchemaNotFoundError,
    40404: SubjectNotFoundError,
    40405: SubjectNotFoundError,
    40406: VersionNotFoundError,
    40407: VersionNotFoundError,
    40408: SettingNotFoundError,
    40409: SettingNotFoundError,
    42201: InvalidSchemaError,
    42202: InvalidVersionError,
    42203: InvalidLevelError,
    42204: InvalidModeError,
    42205: OperationNotPermittedError,
    42206: ReferencedElsewhereError,
    44302: ReferencesUnsupportedError,
}
_BY_STATUS: Mapping[int, type[RegistryCallError]] = {
    401: RegistryUnauthorizedError,
    403: RegistryForbiddenError,
    404: RegistryUnsupportedError,
    405: RegistryUnsupportedError,
    407: RegistryUnreachableError,
    408: RegistryTimeoutError,
    409: IncompatibleSchemaError,
    429: RegistryThrottledError,
}
#: The codes that are Confluent's own.
CODES = frozenset(_BY_CODE)
_SERVER = 500


def error_type(status: int, error_code: int | None) -> type[RegistryCallError]:
    """The exception for an answer: by the registry's own code where known, else by the HTTP status."""
    known = _BY_CODE.get(error_code or 0) or _BY_STATUS.get(status)
    if known is not None:
        return known
    return RegistryServerError if status >= _SERVER else RegistryRejectedError
