"""Requests to one registry: connections, credentials, time-outs, retries; and every failure as a typed error.

Nothing that leaves this module carries a credential: errors are worded here rather than taken from the libraries
below, raised without a chain to them, and texts of the registry are searched for the secrets before they are quoted.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase, _basic_auth_str
from urllib3.exceptions import HTTPError

from evtcompat.errors import UsageError
from evtcompat.model.json_texts import loads
from evtcompat.registries.addresses import host_of
from evtcompat.registries.bounded import BoundedAdapter
from evtcompat.registries.credentials import Target
from evtcompat.registries.errors import (
    RegistryAnswerError,
    RegistryCallError,
    RegistryRedirectError,
    RegistryTimeoutError,
    RegistryTlsError,
    RegistryUnauthorizedError,
    RegistryUnreachableError,
)
from evtcompat.registries.failures import NO_TLS, links, tls_reason
from evtcompat.registries.retries import Patience, PatientRetry

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_BROKEN_ANSWERS = 2
#: Characters of an address that is none, in a message.
_SHOWN = 100
_UNAUTHORIZED = 401
_TOKEN_MARGIN = 30.0
#: What may stand in a header (RFC 6750, section 2.1, is narrower still).
_TOKEN = re.compile(r"[!-~]+")
#: No token is kept for longer than a day.
_LONGEST = 86_400.0
_TOO_MUCH = "sends more than a schema registry would"
_OK = range(200, 300)


class _Session(requests.Session):
    """A session that does not read where an answer redirects to: what is no URL would be an error of its own."""

    def get_redirect_target(self, resp: Response) -> str | None:
        """Nowhere."""
        del resp
        return None


class _Shown(AuthBase):
    """Puts one header on a request. Its presence also keeps `requests` from looking into ~/.netrc."""

    def __init__(self, header: str | None, more: Mapping[str, str] | None = None) -> None:
        self._header = header
        self._more = more or {}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._header is not None:
            request.headers["Authorization"] = self._header
        request.headers.update(self._more)
        return request


class Transport:
    """Requests to one registry. Safe to use from several threads; connections are kept and reused.

    A registry that has answered nothing yet when the attempts of a request are spent is asked no more: every later
    request fails as that one did, at once.
    """

    def __init__(
        self,
        target: Target,
        *,
        patience: Patience | None = None,
        connections: int = 16,
        registry: str | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            target: Where requests go, and what they may show.
            patience: How long they may take.
            connections: How many at the same time.
            registry: What messages call the registry; without, by where requests go.
        """
        self.target = target
        #: What messages call the registry.
        self.registry = registry or str(target.address)
        self._patience = patience or Patience()
        self._session = _Session()
        adapter = BoundedAdapter(
            self._patience.whole,
            pool_connections=2,
            pool_maxsize=connections,
            pool_block=True,
            max_retries=PatientRetry.of(self._patience),
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers["User-Agent"] = "evtcompat"
        shown = target.credentials
        self._bound = shown.host == target.address.host
        self._cert: str | tuple[str, str] | None = None
        if self._bound and shown.client_cert:
            self._cert = (shown.client_cert, shown.client_key) if shown.client_key else shown.client_cert
        self._ca: str | None = shown.ca
        self._secrets = _spellings(target)
        self._token: tuple[str, float] | None = None
        self._token_lock = threading.Lock()
        self._has_answered = False
        self._unreachable: RegistryUnreachableError | None = None

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        asked: str | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of what the registry answers.

        Args:
            method: Of HTTP.
            path: Below the registry's URL, percent-encoded, with a leading slash.
            query: Parameters in the order to send them.
            body: What is sent.
            headers: Besides those that authenticate; an ``Authorization`` among them stands for all of these.
            asked: What messages call the request; without, method and path.

        Raises:
            RegistryError: No answer, or one that breaks off (`evtcompat.registries.errors`).
        """
        if self._unreachable is not None:
            raise self._unreachable
        url = self.target.address.url + path
        request = requests.Request(method, url, params=dict(query or {}), data=body, headers=dict(headers or {}))
        asked = asked or f"{method} {path}"
        try:
            status, text = self._answer(request, asked)
        except RegistryUnreachableError as error:
            if not self._has_answered:  # one that has is there: a slow subject hides none of the others
                self._unreachable = error
            raise
        self._has_answered = True
        if status == _UNAUTHORIZED and self._forget_token():
            status, text = self._answer(request, asked)
        return status, text

    @property
    def identifies(self) -> bool:
        """Whether the registry is shown who asks."""
        shown = self.target.credentials
        return self._bound and bool(shown.basic or shown.token or shown.oauth)

    def _answer(self, request: requests.Request, asked: str) -> tuple[int, bytes]:
        """Status and body; an answer that breaks off is asked for once more."""
        failure: RegistryCallError | None = None
        for attempt in range(_BROKEN_ANSWERS):
            failure = None
            try:
                return self._exchange_once(request, asked)
            except RegistryCallError:
                raise
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                failure = self._failure(error, asked)
            if not isinstance(failure, RegistryAnswerError) or request.method == "DELETE" or attempt:
                break
        # outside of `except`, so that no library's exception (which holds the request) hangs on ours
        if failure is None:  # pragma: no cover - the loop returns or fails
            raise AssertionError
        raise failure

    def _exchange_once(self, request: requests.Request, asked: str) -> tuple[int, bytes]:
        signed = request.headers.get("Authorization")
        auth = self._auth() if signed is None else _Shown(signed)
        url = request.url
        for _ in range(_MOST_REDIRECTS):
            prepared = self._session.prepare_request(
                requests.Request(
                    request.method, url, headers=request.headers, data=request.data, params=request.params, auth=auth
                )
            )
            settings = self._session.merge_environment_settings(
                url=prepared.url or "", proxies={}, stream=True, verify=self._ca, cert=self._cert
            )
            with self._session.send(
                prepared,
                timeout=(self._patience.connect, self._patience.read),
                allow_redirects=False,
                **settings,
            ) as response:
                if response.status_code not in _REDIRECTS:
                    return response.status_code, self._body(response, asked)
                url = self._redirected(response, asked)
                request = requests.Request(request.method, url, headers=request.headers, data=request.data)
        message = f"redirects more than {_MOST_REDIRECTS} times"
        raise RegistryRedirectError(message, registry=self.registry, request=asked)

    def _redirected(self, response: Response, asked: str) -> str:
        """Where a redirect leads, if it stays with the same scheme, host and port and keeps the method."""
        location = response.headers.get("Location", "")
        try:
            url = urljoin(response.url, location)
        except ValueError:  # an IPv6 address without its bracket
            url = ""
        host = host_of(url) if location else ""
        if host != self.target.address.host or response.request.method != "GET":
            shown = host or (f"{location[:_SHOWN]!r}" if location else "nowhere")
            message = f"redirects (HTTP {response.status_code}) to {self.clean(shown)}, which is not followed"
            raise RegistryRedirectError(message, registry=self.registry, request=asked, status=response.status_code)
        return url

    def _body(self, response: Response, asked: str) -> bytes:
        """The whole body, in bounded time and size."""
        until = time.monotonic() + self._patience.whole
        parts: list[bytes] = []
        size = 0
        # read1 returns what has arrived, so that a registry that drips is noticed
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self._patience.largest_answer:
                raise self._wrong(_TOO_MUCH, asked, response.status_code)
            if time.monotonic() > until:
                message = f"did not finish its answer within {self._patience.whole:g} s"
                raise RegistryTimeoutError(message, registry=self.registry, request=asked)
        return b"".join(parts)

    def bounded(self, body: bytes, asked: str, status: int) -> bytes:
        """The body, if reading it as JSON makes no more values than any registry would send.

        Raises:
            RegistryAnswerError: It does.
        """
        if body.count(b",") + body.count(b"[") + body.count(b"{") > self._patience.most_values:
            raise self._wrong(_TOO_MUCH, asked, status)
        return body

    def _wrong(self, message: str, asked: str, status: int | None) -> RegistryAnswerError:
        return RegistryAnswerError(message, registry=self.registry, request=asked, status=status)

    def _failure(self, error: Exception, asked: str) -> RegistryCallError:
        """What a library's exception means, in our words: theirs may quote what must not be shown."""
        registry = self.registry
        names = {type(link).__name__ for link in links(error)}
        if "DecodeError" in names:
            return self._wrong("sends an answer that is not encoded as its Content-Encoding says", asked, None)
        lost = bool(names & {"ChunkedEncodingError", "IncompleteRead", "ProtocolError", "ContentDecodingError"})
        late = self._lateness(error, names)
        if late is not None:
            return RegistryTimeoutError(late, registry=registry, request=asked)
        if isinstance(error, requests.exceptions.ProxyError) or names & {"ProxyError"}:
            return RegistryUnreachableError("cannot be reached through the proxy", registry=registry, request=asked)
        if isinstance(error, requests.exceptions.SSLError) or names & {"SSLError", "SSLCertVerificationError"}:
            reason = tls_reason(error)
            hint = (
                "It may speak plain HTTP: begin its URL with http:// instead of https://." if reason in NO_TLS else None
            )
            return RegistryTlsError(f"TLS failed: {reason}", registry=registry, request=asked, hint=hint)
        if names & {"NameResolutionError", "gaierror"}:
            message = "the host's name is not known to DNS"
            return RegistryUnreachableError(message, registry=registry, request=asked)
        if names & {"ConnectionRefusedError"}:
            return RegistryUnreachableError("refuses the connection", registry=registry, request=asked)
        if lost or names & {"ConnectionResetError", "RemoteDisconnected", "BrokenPipeError"}:
            return RegistryAnswerError(
                "broke off in the middle of its answer",
                registry=registry,
                request=asked,
                hint="Try again; a proxy or load balancer in between may cut connections. `--against lock` needs none.",
            )
        if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
            return RegistryTlsError(
                f"a certificate file cannot be read: {error.strerror or 'unknown reason'}",
                registry=registry,
                request=asked,
            )
        return RegistryUnreachableError("cannot be reached", registry=registry, request=asked)

    def _lateness(self, error: Exception, names: AbstractSet[str]) -> str | None:
        """Which time ran out, where one did, and how often, where it was tried again."""
        tries = self._patience.retries + 1
        often = f", {tries} times" if tries > 1 and "MaxRetryError" in names else ""
        if "OverdueError" in names:
            return f"did not begin its answer within {self._patience.whole:g} s"
        if names & {"ProxyError", "SSLError", "SSLCertVerificationError"}:
            return None
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return f"did not take the connection within {self._patience.connect:g} s{often}"
        if isinstance(error, requests.exceptions.Timeout) or names & {"ReadTimeoutError", "TimeoutError"}:
            return f"was silent for {self._patience.read:g} s{often}"
        return None

    def _auth(self) -> AuthBase:
        shown = self.target.credentials
        if not self._bound:
            return _Shown(None)
        if shown.basic is not None:
            user, password = shown.basic
            return _Shown(_basic_auth_str(user.encode(), password.encode()))
        if shown.oauth is not None:
            return _Shown(f"Bearer {self._oauth_token()}", shown.oauth.headers)
        return _Shown(f"Bearer {shown.token}" if shown.token else None)

    def _forget_token(self) -> bool:
        """Whether there was an OAuth token, which the registry no longer takes."""
        with self._token_lock:
            had, self._token = self._token is not None, None
        return had

    def _oauth_token(self) -> str:
        with self._token_lock:
            now = time.monotonic()
            if self._token is None or self._token[1] <= now:
                self._token = self._fetch_token(now)
                self._secrets = (*self._secrets, self._token[0])
            return self._token[0]

    def _fetch_token(self, now: float) -> tuple[str, float]:
        """A token and when it ends (RFC 6749 section 4.4; the client authenticates with HTTP basic, section 2.3.1)."""
        oauth = self.target.credentials.oauth
        if oauth is None:  # pragma: no cover - the caller asked
            raise AssertionError
        asked = f"POST {oauth.token_url}"
        failure: RegistryCallError | None = None
        answer = None
        try:
            with self._session.post(
                oauth.token_url,
                data={"grant_type": "client_credentials", **({"scope": oauth.scope} if oauth.scope else {})},
                headers={"Accept": "application/json"},
                auth=_Shown(_basic_auth_str(oauth.client_id.encode(), oauth.client_secret.encode())),
                timeout=(self._patience.connect, self._patience.read),
                allow_redirects=False,
                verify=self._ca or True,
                stream=True,
            ) as response:
                answer = (response.status_code, self._body(response, asked))
        except RegistryCallError:
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = self._failure(error, asked)
        if failure is not None or answer is None:
            raise failure or AssertionError
        status, body = answer
        try:
            value = loads(self.bounded(body, asked, status))
        except ValueError:
            value = None
        token = value.get("access_token") if isinstance(value, dict) else None
        if status not in _OK or not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
            message = f"the authorization server gives no token (HTTP {status})"
            raise RegistryUnauthorizedError(
                message,
                registry=self.registry,
                request=asked,
                status=status,
                hint="Check the variables EVTCOMPAT_REGISTRY_OAUTH_TOKEN_URL, _CLIENT_ID, _CLIENT_SECRET and _SCOPE.",
            )
        lasts = value.get("expires_in")
        known = isinstance(lasts, (int, float)) and not isinstance(lasts, bool)
        return token, now + max(min(lasts, _LONGEST) - _TOKEN_MARGIN if known else 300.0, 1.0)

    def hide(self, *secrets: str | None) -> None:
        """The texts are never quoted from now on."""
        new = {secret for secret in secrets if secret} - set(self._secrets)
        if new:
            self._secrets = tuple(sorted({*self._secrets, *new}, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """A text of the registry, fit to be quoted: without a secret, on one line."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return "".join(character if character.isprintable() else " " for character in text)


def check_certificates(target: Target) -> None:
    """The certificate files of a target can be read.

    Raises:
        UsageError: One of them cannot.
    """
    from pathlib import Path

    shown = target.credentials
    for name, file in (("CA", shown.ca), ("CLIENT_CERT", shown.client_cert), ("CLIENT_KEY", shown.client_key)):
        if file is not None and not Path(file).exists():
            message = f"EVTCOMPAT_REGISTRY_{name} names {file}, which does not exist"
            raise UsageError(message)


def _spellings(target: Target) -> tuple[str, ...]:
    """The secrets of a target in every way in which a registry could quote them; the longest first."""
    found = set(target.credentials.secrets)
    pairs = [target.credentials.basic]
    oauth = target.credentials.oauth
    pairs.append((oauth.client_id, oauth.client_secret) if oauth else None)
    for pair in pairs:
        if pair is not None:
            found.add(base64.b64encode(":".join(pair).encode()).decode())
    return tuple(sorted(found, key=len, reverse=True))
