"""Which exception an error of AWS Glue stands for, by AWS's own code or by the HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.registries.errors import (
    InvalidSchemaError,
    OperationNotPermittedError,
    RegisteredSchemaNotFoundError,
    RegistryCallError,
    RegistryForbiddenError,
    RegistryNotFoundError,
    RegistryRejectedError,
    RegistryServerError,
    RegistryThrottledError,
    RegistryUnauthorizedError,
    RegistryUnsupportedError,
    SubjectNotFoundError,
    VersionNotFoundError,
)

#: By AWS's code; https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html
_BY_CODE: Final[Mapping[str, type[RegistryCallError]]] = {
    "AccessDeniedException": RegistryForbiddenError,
    "OptInRequired": RegistryForbiddenError,
    "ExpiredToken": RegistryUnauthorizedError,
    "ExpiredTokenException": RegistryUnauthorizedError,
    "IncompleteSignature": RegistryUnauthorizedError,
    "IncompleteSignatureException": RegistryUnauthorizedError,
    "InvalidClientTokenId": RegistryUnauthorizedError,
    "InvalidSignatureException": RegistryUnauthorizedError,
    "MissingAuthenticationToken": RegistryUnauthorizedError,
    "MissingAuthenticationTokenException": RegistryUnauthorizedError,
    "RequestExpired": RegistryUnauthorizedError,
    "SignatureDoesNotMatch": RegistryUnauthorizedError,
    "UnrecognizedClientException": RegistryUnauthorizedError,
    "Throttling": RegistryThrottledError,
    "ThrottlingException": RegistryThrottledError,
    "TooManyRequestsException": RegistryThrottledError,
    "RequestLimitExceeded": RegistryThrottledError,
    "InternalFailure": RegistryServerError,
    "InternalServiceException": RegistryServerError,
    "ServiceUnavailable": RegistryServerError,
    "InvalidAction": RegistryUnsupportedError,
    "UnknownOperationException": RegistryUnsupportedError,
}
#: What is not there, by the operation that missed it.
_MISSED: Final[Mapping[str, type[RegistryCallError]]] = {
    "GetSchema": SubjectNotFoundError,
    "ListSchemaVersions": SubjectNotFoundError,
    "RegisterSchemaVersion": SubjectNotFoundError,
    "GetSchemaByDefinition": RegisteredSchemaNotFoundError,
    "GetSchemaVersion": VersionNotFoundError,
}
_BY_STATUS: Final[Mapping[int, type[RegistryCallError]]] = {
    401: RegistryUnauthorizedError,
    403: RegistryForbiddenError,
    404: RegistryUnsupportedError,
    405: RegistryUnsupportedError,
    429: RegistryThrottledError,
}
_SERVER: Final = 500


def error_type(operation: str, code: str, status: int, said: str) -> type[RegistryCallError]:
    """The exception for an error.

    Args:
        operation: AWS's name of the request.
        code: AWS's name of the error; anything for an answer that is not AWS's.
        status: Of HTTP.
        said: The words of the error.
    """
    if code == "EntityNotFoundException":
        return _MISSED.get(operation, RegistryNotFoundError)
    if code == "InvalidInputException":
        if said.startswith("Schema definition"):
            return InvalidSchemaError
        return OperationNotPermittedError if "does not allow versioning" in said else RegistryRejectedError
    known = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if known is not None:
        return known
    return RegistryServerError if status >= _SERVER else RegistryRejectedError
