"""Requests to AWS Glue: boto3 finds credentials, signs and tries again; what is sent goes over our own transport.

botocore hands a signed request to whoever asks for it (its event ``before-send``). So every bound, time-out and typed
failure of `evtcompat.registries.transport` holds here as well, and a proxy or authority that holds there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from evtcompat.dataclasses import replace
from evtcompat.errors import RegistryError, UsageError
from evtcompat.model.json_texts import RepeatedMemberError, loads
from evtcompat.model.json_types import JSON
from evtcompat.registries.addresses import Address
from evtcompat.registries.credentials import Credentials, Target
from evtcompat.registries.errors import (
    RegistryAnswerError,
    RegistryCallError,
    RegistryNotFoundError,
    RegistryUnauthorizedError,
    RegistryUnreachableError,
    RegistryUnsupportedError,
)
from evtcompat.registries.failures import malformed
from evtcompat.registries.glue.codes import error_type
from evtcompat.registries.glue.shapes import misshapen, told
from evtcompat.registries.retries import Patience
from evtcompat.registries.transport import Transport

_OK: Final = range(200, 300)
#: Of a request that is not known there.
_UNKNOWN: Final = (404, 405)
_TARGET: Final = "X-Amz-Target"
_LONGEST_QUOTE: Final = 300
#: Requests for one list, and how many pages without anything may follow one another: AWS may send some.
_MOST_PAGES: Final = 2_000
_MOST_EMPTY: Final = 20
_CREDENTIALS: Final = (
    "evtcompat asks AWS as boto3 does: AWS_PROFILE, AWS_ACCESS_KEY_ID, `aws sso login`, a role. "
    "`aws sts get-caller-identity` shows whose credentials these are."
)


class _Raw:
    """A body as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        """The whole of it."""
        yield self._body


class Calls:
    """Requests to one registry. Safe to use from several threads."""

    def __init__(self, target: Target, region: str, patience: Patience, parallel: int) -> None:
        """Nothing is sent yet.

        Raises:
            RegistryError: boto3 is not installed.
            UsageError: It does not take the region or the profile.
        """
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError as error:
            message = "glue:// needs the client of AWS"
            raise RegistryError(message, hint="pip install 'evtcompat[glue]'") from error
        config = Config(
            retries={"mode": "standard", "total_max_attempts": patience.retries + 1},
            max_pool_connections=parallel,
            user_agent_extra="evtcompat",
        )
        try:
            self._session = boto3.session.Session(profile_name=target.credentials.profile, region_name=region)
            self._client = self._session.client("glue", region_name=region, config=config)
            self.partition = str(self._session.get_partition_for_region(region))
        except (BotoCoreError, ValueError) as error:
            message = f"{target.address} cannot be opened: {error}"
            raise UsageError(message) from None
        self._registry = str(target.address)
        self._endpoint = str(self._client.meta.endpoint_url).rstrip("/")
        ca = target.credentials.ca or self._session._session.get_config_variable("ca_bundle")  # noqa: SLF001 - as boto3 does
        self._transport = Transport(
            replace(target, address=Address(self._endpoint), credentials=Credentials(ca=ca)),
            patience=replace(patience, retried=frozenset()),
            connections=parallel,
            registry=self._registry,
        )
        self._client.meta.events.register("before-send.glue", self._send)

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()
        self._client.close()

    def call(self, method: str, **parameters: Any) -> Mapping[str, Any]:  # noqa: ANN401 - those of the operation
        """What the registry answers.

        Args:
            method: Of boto3's client, such as ``get_schema``.
            parameters: Of the operation.

        Raises:
            RegistryError: No answer, an answer that is not AWS's, or a refusal (`evtcompat.registries.errors`).
        """
        from botocore.exceptions import BotoCoreError, ClientError

        failure: RegistryError
        try:
            answer: Mapping[str, Any] = getattr(self._client, method)(**parameters)
        except ClientError as error:
            failure = self._refusal(error)
        except BotoCoreError as error:
            failure = self._not_sent(error)
        else:
            return answer
        # outside of `except`, so that no exception of botocore (which may hold the request) hangs on ours
        raise failure

    def listed(self, method: str, **parameters: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - those of the operation
        """All items of a list that AWS hands out in pages.

        Raises:
            RegistryError: It cannot be had, or has no end.
        """
        found: list[Mapping[str, Any]] = []
        tokens: dict[str, None] = {}
        empty = 0
        following: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self.call(method, **parameters, **following)
            if "Schemas" not in page:
                message = "answers with JSON of another shape: it has no `Schemas`"
                raise self.failed(RegistryAnswerError, message, method)
            found += page["Schemas"]
            token = page.get("NextToken")
            if not token:
                return found
            empty = 0 if page["Schemas"] else empty + 1
            if token in tokens:  # what comes after the page that it was given for first is never seen
                message = "leads from one page to another that it has sent before: the list is not whole"
                raise self.failed(RegistryAnswerError, message, method)
            if empty > _MOST_EMPTY:
                break
            tokens[token] = None
            following = {"NextToken": token}
        message = "sends one page after the other, without an end"
        raise self.failed(RegistryAnswerError, message, method)

    def failed(
        self, kind: type[RegistryCallError], message: str, method: str, hint: str | None = None
    ) -> RegistryCallError:
        """An error of this registry."""
        return kind(message, registry=self._registry, request=self._named(method), hint=hint)

    def _named(self, method: str) -> str:
        return str(self._client.meta.method_to_api_mapping[method])

    def _send(self, request: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types
        """What botocore takes for the answer: that of our transport, if it is what the operation answers with.

        Raises:
            RegistryCallError: There is none, or it is no answer of AWS.
        """
        from botocore.awsrequest import AWSResponse

        headers = {name: _text(value) for name, value in request.headers.items()}
        asked = headers.get(_TARGET, "").partition(".")[2]
        shown = self._session.get_credentials()
        if shown is not None:
            frozen = shown.get_frozen_credentials()
            self._transport.hide(frozen.secret_key, frozen.token)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        path = str(request.url).removeprefix(self._endpoint)
        status, answer = self._transport.exchange(request.method, path, body=body, headers=headers, asked=asked)
        self._transport.bounded(answer, asked, status)
        if status in _UNKNOWN and b'"error_code"' in answer:
            message = f"answers HTTP {status} as a registry with Confluent's API does"
            hint = "Its address is its URL: https://... Or leave AWS_ENDPOINT_URL_GLUE out, and AWS itself is asked."
            raise RegistryUnsupportedError(message, registry=self._registry, request=asked, status=status, hint=hint)
        value = self._checked(answer, asked, status) if status in _OK else told(answer)
        # botocore would read the bytes in its own way: what it gets is what was looked at
        return AWSResponse(request.url, status, {}, _Raw(json.dumps(value).encode()))

    def _checked(self, body: bytes, asked: str, status: int) -> JSON:
        """The body as JSON, which is an answer of the operation.

        Raises:
            RegistryAnswerError: It is not.
        """
        try:
            value: JSON = loads(body, unique=True)
        except RepeatedMemberError as error:
            value, problem = None, self._transport.clean(f"answers HTTP {status} with JSON in which {error}")
        except ValueError:
            value, problem = None, malformed(body, status)
        else:
            shape = self._client.meta.service_model.operation_model(asked).output_shape
            wrong = misshapen(value, shape) if value is not None else "the answer should be an object"
            if wrong is None:
                return value
            problem = f"answers with JSON of another shape: {wrong}"
        raise RegistryAnswerError(problem, registry=self._registry, request=asked, status=status)

    def _refusal(self, error: Any) -> RegistryCallError:  # noqa: ANN401 - botocore has no types
        """The typed error for an answer that is none of 2xx."""
        problem = error.response.get("Error", {})
        code, words = str(problem.get("Code", "")), " ".join(str(problem.get("Message", "")).split())
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        kind = error_type(error.operation_name, code, status, words)
        message = f"answers HTTP {status}" + (f" ({code})" if code and code != str(status) else "")
        if words and not words.startswith("<"):
            words = self._transport.clean(words)
            message += f": {words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE] + '...'}"
        hint = _CREDENTIALS if issubclass(kind, RegistryUnauthorizedError) else None
        if kind is RegistryNotFoundError:
            hint = (
                "`aws glue list-registries` lists those that are there; the address names one: glue://REGION/REGISTRY."
            )
        return kind(message, registry=self._registry, request=error.operation_name, status=status, hint=hint)

    def _not_sent(self, error: Exception) -> RegistryCallError:
        """The typed error for a request that boto3 could not make: mostly for want of credentials."""
        from botocore.exceptions import HTTPClientError

        words = self._transport.clean(" ".join(str(error).split()))
        if isinstance(error, HTTPClientError):
            message = f"the AWS credentials cannot be fetched: {words}"
            return RegistryUnreachableError(message, registry=self._registry)
        message = f"was not asked: {words}"
        return RegistryUnauthorizedError(message, registry=self._registry, hint=_CREDENTIALS)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
