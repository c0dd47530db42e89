"""What a registry can answer, or fail to answer, as exceptions.

RegistryError                       exit code 3; names the registry, the request and what to try
├── RegistryUnreachableError        no connection: refused, name unknown, proxy down, connection lost
│   ├── RegistryTimeoutError        no answer in time
│   └── RegistryTlsError            the certificate of one side is not accepted by the other
├── RegistryRedirectError           a redirect to another host, which is not followed
├── RegistryAnswerError             an answer that is not the API's: HTML, truncated or malformed JSON, a wrong shape
├── RegistryUnauthorizedError       401
├── RegistryForbiddenError          403
├── RegistryNotFoundError           404 that names a thing
│   ├── SubjectNotFoundError        40401, 40404, 40405
│   ├── VersionNotFoundError        40402, 40406, 40407
│   ├── RegisteredSchemaNotFoundError  40403
│   └── SettingNotFoundError        40408, 40409: the subject has no level or mode of its own
├── RegistryUnsupportedError        404 without a code, 405: the registry does not know the request
├── IncompatibleSchemaError         409, exit code 1: the registry refuses the candidate
├── RegistryRejectedError           any other 4xx: the request is malformed for this registry
│   ├── InvalidSchemaError          42201
│   ├── InvalidVersionError         42202, exit code 2
│   ├── InvalidLevelError           42203, exit code 2
│   ├── InvalidModeError            42204, exit code 2
│   ├── OperationNotPermittedError  42205: the mode forbids it
│   ├── ReferencedElsewhereError    42206
│   └── ReferencesUnsupportedError  44302
├── RegistryThrottledError          429, after the retries
├── RegistryServerError             5xx, after the retries
└── ReferenceCycleError             references that lead back to where they began
"""

from __future__ import annotations

from evtcompat.errors import RegistryError


class RegistryCallError(RegistryError):
    """Base of the errors of this module.

    Attributes:
        registry: The registry's URL, without credentials; ``""`` when no registry took part.
        request: The request, such as ``GET /subjects/order-value/versions``; ``""`` when there was none.
        status: The HTTP status, or ``None`` without an answer.
        error_code: The registry's own code (``40401``), or ``None``.
    """

    #: What to try when the caller knows nothing better.
    advice: str | None = None

    def __init__(
        self,
        message: str,
        *,
        registry: str = "",
        request: str = "",
        status: int | None = None,
        error_code: int | None = None,
        hint: str | None = None,
    ) -> None:
        where = f"registry {registry}: " if registry else ""
        asked = f" ({request})" if request else ""
        super().__init__(f"{where}{message}{asked}", hint=hint or self.advice)
        self.registry = registry
        self.request = request
        self.status = status
        self.error_code = error_code


class RegistryUnreachableError(RegistryCallError):
    """There is no connection to the registry."""

    advice = "Check the URL, the network and HTTPS_PROXY / NO_PROXY; `--against lock` works without the registry."


class RegistryTimeoutError(RegistryUnreachableError):
    """The registry did not answer in time."""

    advice = "Try again, or allow more seconds with EVTCOMPAT_REGISTRY_TIMEOUT; `--against lock` works without it."


class RegistryTlsError(RegistryUnreachableError):
    """One side does not accept the certificate of the other."""

    advice = (
        "Name the certificate authority in EVTCOMPAT_REGISTRY_CA, and for mutual TLS the files in "
        "EVTCOMPAT_REGISTRY_CLIENT_CERT and EVTCOMPAT_REGISTRY_CLIENT_KEY."
    )


class RegistryRedirectError(RegistryCallError):
    """The registry redirects to another host; nothing was sent there."""

    advice = "If the other host is the registry, name it in EVTCOMPAT_REGISTRY_URL; else ask who answers at this URL."


class RegistryAnswerError(RegistryCallError):
    """The answer is not one of the registry API."""

    advice = "Check that the URL is the registry's API and not a login page, a console or a proxy."


class RegistryUnauthorizedError(RegistryCallError):
    """The registry does not know who asks."""

    advice = (
        "Set EVTCOMPAT_REGISTRY_URL to this registry together with EVTCOMPAT_REGISTRY_USERNAME and _PASSWORD, "
        "or EVTCOMPAT_REGISTRY_TOKEN; credentials go only to the host that the environment names."
    )


class RegistryForbiddenError(RegistryCallError):
    """The registry knows who asks and does not allow it."""

    advice = "Ask the registry's owners for the right to this subject, or use other credentials."


class RegistryNotFoundError(RegistryCallError):
    """The registry has no such thing, or does not show it to these credentials."""

    advice = (
        "Some registries answer so when the credentials lack the right; `evtcompat registry subjects` lists the rest."
    )


class SubjectNotFoundError(RegistryNotFoundError):
    """The subject does not exist, or was deleted."""


class VersionNotFoundError(RegistryNotFoundError):
    """The subject has no such version, or it was deleted."""

    advice = "`evtcompat registry versions SUBJECT --deleted` lists them, deleted ones included."


class RegisteredSchemaNotFoundError(RegistryNotFoundError):
    """No schema has this id, or the subject does not hold this schema."""


class SettingNotFoundError(RegistryNotFoundError):
    """The subject has no compatibility level or mode of its own; the global one holds."""


class RegistryUnsupportedError(RegistryCallError):
    """The registry does not know this request at all."""

    advice = "Check the path of the URL: Apicurio, for one, speaks this API below /apis/ccompat/v7."


class IncompatibleSchemaError(RegistryCallError):
    """The registry refuses the candidate as incompatible."""

    exit_code = 1
    advice = "`evtcompat registry check` shows what breaks, with a payload."


class RegistryRejectedError(RegistryCallError):
    """The registry finds the request itself wrong."""


class InvalidSchemaError(RegistryRejectedError):
    """The registry cannot parse the schema, or a reference of it."""

    advice = "Check that every reference is registered, with this name, subject and version."


class InvalidVersionError(RegistryRejectedError):
    """The version is neither a positive number nor `latest`."""

    exit_code = 2
    advice = "A version is a number from 1, or `latest`."


class InvalidLevelError(RegistryRejectedError):
    """The compatibility level is none that the registry knows."""

    exit_code = 2


class InvalidModeError(RegistryRejectedError):
    """The mode is none that the registry knows."""

    exit_code = 2


class OperationNotPermittedError(RegistryRejectedError):
    """The mode of the registry or subject forbids the operation."""

    advice = "The subject or the registry is read-only; `GET /mode` tells. Its owners can set it to READWRITE."


class ReferencedElsewhereError(RegistryRejectedError):
    """Another schema refers to the one that was to be deleted."""

    advice = "Delete the schemas that refer to it first."


class ReferencesUnsupportedError(RegistryRejectedError):
    """The registry takes no references for this kind of schema."""

    advice = "Inline the referenced schema (`$defs`): this registry takes references for Avro only."


class RegistryThrottledError(RegistryCallError):
    """The registry asks to come back later, and the retries are spent."""

    advice = "Try again later; EVTCOMPAT_REGISTRY_PARALLEL=1 asks more gently."


class RegistryServerError(RegistryCallError):
    """The registry fails, and the retries are spent."""

    advice = "Try again later; `--against lock` works without the registry."


class ReferenceCycleError(RegistryCallError):
    """References lead back to the schema that they began from."""

    advice = "A registry should refuse such a cycle; register one of the schemas without the reference."
