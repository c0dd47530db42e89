"""Requests of Confluent's API: JSON in, JSON or a typed error out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

from evtcompat.model.json_texts import RepeatedMemberError, loads
from evtcompat.model.json_types import JSON
from evtcompat.registries.confluent.codes import CODES, error_type
from evtcompat.registries.errors import (
    IncompatibleSchemaError,
    RegistryAnswerError,
    RegistryCallError,
    RegistryRejectedError,
    RegistryUnauthorizedError,
    RegistryUnsupportedError,
)
from evtcompat.registries.failures import malformed
from evtcompat.registries.foreign import APICURIO_INFO, answered_by, apicurio, is_apicurio
from evtcompat.registries.names import context_of_url
from evtcompat.registries.transport import Transport

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_ACCEPT = f"{MEDIA_TYPE}, application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5"
_LONGEST_QUOTE = 300
_OK = range(200, 300)


class Calls:
    """Requests to one registry over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._apicurio: bool | None = None

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def call(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: JSON | None = None) -> JSON:
        """The JSON value that the registry answers with.

        Args:
            method: Of HTTP.
            path: Below the registry's URL, percent-encoded, with a leading slash.
            query: Parameters in the order to send them.
            body: Sent as JSON when not ``None``.

        Raises:
            RegistryError: No answer, an answer that is not the API's, or a refusal (`evtcompat.registries.errors`).
        """
        headers, data = {"Accept": _ACCEPT}, None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode("utf-8")
            headers["Content-Type"] = MEDIA_TYPE
        if method == "GET":
            # with it Confluent Cloud, too, tells when a version was registered; a body is read strictly
            headers["Confluent-Accept-Unknown-Properties"] = "true"
        asked = f"{method} {path}"
        status, answer = self._transport.exchange(method, path, query=query, body=data, headers=headers)
        self._transport.bounded(answer, asked, status)
        problem = None
        try:
            value: JSON = loads(answer, unique=True)
        except RepeatedMemberError as error:
            value, problem = None, f"answers HTTP {status} with JSON in which {error}"
        except ValueError:
            value, problem = None, malformed(answer, status)
        if status not in _OK:
            raise self._refusal(status, value, answer, asked)
        if problem is not None:
            registry, hint = str(self._transport.target.address), self._foreign(None, answer, asked)
            raise RegistryAnswerError(
                self._transport.clean(problem), registry=registry, request=asked, status=status, hint=hint
            )
        return value

    def _refusal(self, status: int, value: JSON, body: bytes, asked: str) -> RegistryCallError:
        """The typed error for an answer that is none of 2xx."""
        code = value.get("error_code") if isinstance(value, dict) else None
        error_code = code if isinstance(code, int) and not isinstance(code, bool) else None
        kind = error_type(status, error_code)
        if kind is IncompatibleSchemaError and asked.startswith("GET "):
            kind = RegistryRejectedError  # nothing was to be judged, so that nothing is incompatible
        unknown = kind is RegistryUnsupportedError
        foreign = None if error_code in CODES else self._foreign(value, body, asked, may_ask=unknown)
        message = f"answers HTTP {status}" + (f" ({error_code})" if error_code not in (None, status) else "")
        words = said(value, body)
        if words:
            words = self._transport.clean(words)
            message += f": {words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE] + '...'}"
        hint = foreign
        if unknown and hint is None and context_of_url(str(self._transport.target.address)):
            hint = "It may have no contexts: leave /contexts/... out of its URL, or ask who answers there."
        if kind is RegistryUnauthorizedError and self._transport.identifies:
            hint = "The credentials of the environment were sent, and the registry does not accept them."
        return kind(
            message,
            registry=str(self._transport.target.address),
            request=asked,
            status=status,
            error_code=error_code,
            hint=hint,
        )

    def _foreign(self, value: JSON, body: bytes, asked: str, *, may_ask: bool = True) -> str | None:
        """What to do where an answer is one of another API: its product is named; ``None`` where it is not known.

        Args:
            value: The answer as JSON; ``None`` when it is none.
            body: As it came.
            asked: The request.
            may_ask: Whether to ask what answers there.
        """
        base = str(self._transport.target.address)
        product = answered_by(value, body, base)
        if product is None and may_ask and asked.startswith("GET /subjects") and self._is_apicurio():
            product = apicurio(base)
        return None if product is None else f"{product.name} answers there, in another API. {product.advice}"

    def _is_apicurio(self) -> bool:
        """Whether the address is that of Apicurio itself, and not of the API that is asked for; it is asked once."""
        with self._lock:
            if self._apicurio is None:
                self._apicurio = any(self._tells_apicurio(path) for path in APICURIO_INFO)
            return self._apicurio

    def _tells_apicurio(self, path: str) -> bool:
        try:
            status, body = self._transport.exchange("GET", path, headers={"Accept": _ACCEPT})
            return status in _OK and is_apicurio(loads(self._transport.bounded(body, path, status)))
        except (RegistryCallError, ValueError):
            return False  # then the first answer is all that is known of it


def said(value: JSON, body: bytes) -> str:
    """What an error answer says, in one line. Some registries write the message as a list of problems."""
    message = value.get("message") if isinstance(value, dict) else value
    if isinstance(message, list):
        problems = [_problem(item) for item in message]
        text = "; ".join(problem for problem in problems if problem)
    elif isinstance(message, str):
        text = message
    elif value is None and not body.lstrip().startswith(b"<"):
        text = body.decode("utf-8", "replace")
    else:
        text = ""
    return " ".join(text.split())


def _problem(item: JSON) -> str:
    if not isinstance(item, dict):
        return str(item)
    where = item.get("loc")
    path = ".".join(str(part) for part in where) if isinstance(where, list) else ""
    what = item.get("msg")
    return f"{path}: {what}" if path and what else str(what or path)
