"""The test registry over HTTP, on this machine only."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.json_texts import loads
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.registries.confluent.calls import MEDIA_TYPE
from evtcompat.testing.accounts import Account, account_of
from evtcompat.testing.api import Api
from evtcompat.testing.bodies import problem
from evtcompat.testing.faults import Fault, Faults
from evtcompat.testing.judge import EngineJudge, Judge
from evtcompat.testing.profiles import CONFLUENT, PROFILES, Profile
from evtcompat.testing.refusals import ApiError, PlainError, subject_not_found
from evtcompat.testing.routing import Call, within_context
from evtcompat.testing.schemas_api import SchemasApi
from evtcompat.testing.settings import Settings
from evtcompat.testing.settings_api import SettingsApi
from evtcompat.testing.store import Store

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer
    from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"
#: Closing a socket with this option sends RST rather than FIN.
_RESET = struct.pack("ii", 1, 0)
_WRITES = frozenset({"POST", "PUT", "DELETE", "PATCH"})
_OPEN = frozenset({"/_health"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    #: Whether it carried credentials.
    authorized: bool
    #: The client's port: the same for requests that shared a connection.
    port: int


class RegistryServer:
    """A schema registry in memory, for tests. Listens on 127.0.0.1 and nowhere else; forgets all when stopped.

    Use it in a ``with``, or call `start` and `stop`. Attributes that tests use: `url`, `faults`, `seen`, `store`.
    """

    def __init__(
        self,
        profile: str | Profile = CONFLUENT,
        *,
        level: Level | str = Level.BACKWARD,
        judge: Judge | None = None,
        accounts: Sequence[Account] = (),
        latency: float = 0.0,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a registry.

        Args:
            profile: ``confluent`` or ``karapace``, or one of your own.
            level: The global compatibility level.
            judge: Who decides about schemas; evtcompat's engines by default.
            accounts: Who may do what; without any, everybody everything.
            latency: Seconds before each answer.
            port: To listen on; 0 takes a free one.
            tls: Speaks HTTPS with this context.

        Raises:
            UsageError: The profile or the level is unknown.
            UncheckedError: The extra `testing` is not installed.
        """
        if isinstance(profile, str):
            if profile not in PROFILES:
                message = f"unknown registry profile `{profile}`"
                raise UsageError(message, hint=f"Known: {', '.join(PROFILES)}.")
            profile = PROFILES[profile]
        try:
            import werkzeug  # noqa: F401 - said here, before a thread would say it
        except ImportError as error:
            message = "the test registry needs the extra `testing`"
            raise UncheckedError(message, hint="pip install 'evtcompat[testing]'") from error
        self.profile = profile
        self.store = Store(Settings(Level(level) if isinstance(level, str) else level))
        self.faults = Faults()
        self.seen: list[Seen] = []
        self.latency = latency
        self._accounts = tuple(accounts)
        self._api = Api(self.store, judge or EngineJudge(), profile)
        SchemasApi(self.store, profile, self._api.routes)
        SettingsApi(self.store, profile, self._api.routes)
        self._lock = threading.Lock()
        self._port = port
        self._tls = tls
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self._port}"

    def start(self) -> Self:
        """Listen. The port is known and open when this returns.

        Raises:
            UsageError: The port is taken.
        """
        from evtcompat.testing.werkzeug_server import listen

        self._server = listen(HOST, self._port, self.respond, self._tls)
        self._port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere."""
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        """Listening."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped."""
        self.stop()

    def respond(self, request: Request) -> Response:
        """The answer to one request."""
        environ = request.environ
        path = str(environ.get("REQUEST_URI") or request.path).partition("?")[0]
        self.seen.append(
            Seen(request.method, path, "Authorization" in request.headers, int(environ.get("REMOTE_PORT") or 0))
        )
        body = request.get_data()
        fault = self.faults.take(f"{request.method} {request.full_path.rstrip('?')}")
        if self.latency:
            time.sleep(self.latency)
        return self._response(request, path, body, fault)

    def _response(self, request: Request, path: str, body: bytes, fault: Fault | None) -> Response:
        from werkzeug.wrappers import Response

        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and (fault.status is not None or fault.body is not None):
            text = (
                fault.body if fault.body is not None else json.dumps({"error_code": fault.status, "message": "fault"})
            )
            response = Response(text, fault.status or 200, dict(fault.headers), content_type=fault.media_type)
        else:
            status, answer, media_type = self._answer(request, path, body)
            response = Response(answer, status, content_type=media_type)
            if status == 401:  # noqa: PLR2004 - RFC 9110 section 11.6.1 wants the challenge with it
                response.headers["WWW-Authenticate"] = 'Basic realm="evtcompat testing"'
        if fault is not None and (fault.cut_after is not None or fault.reset_after is not None or fault.drip):
            whole = response.get_data()
            response.response = _damaged(whole, fault, request.environ.get("werkzeug.socket"))
            response.content_length = len(whole)
        return response

    def _answer(self, request: Request, path: str, body: bytes) -> tuple[int, bytes, str]:
        try:
            with self._lock:
                value = self._handled(request, path, body)
            return 200, json.dumps(value).encode("ascii"), _media_type(path)
        except ApiError as error:
            return error.status, json.dumps(error.body).encode("ascii"), MEDIA_TYPE
        except PlainError as error:
            return error.status, error.text.encode("utf-8"), error.media_type

    def _handled(self, request: Request, path: str, body: bytes) -> JSON:
        account = self._account(request, path)
        query: Mapping[str, str] = request.args.to_dict()
        if self.profile.contracts:
            path, query = within_context(path, query)
        matched = self._api.routes.match(request.method, path)
        if matched is None:
            raise self._unknown(self._api.routes.knows(path))
        accepts = request.headers.get("Accept", "*/*")
        if not any(kind in accepts for kind in ("*/*", "application/*", "json")):
            raise ApiError(406, None, "HTTP 406 Not Acceptable")
        route, handler, parts = matched
        value = self._body(request, body) if request.method in {"POST", "PUT"} else None
        if "subject" in parts and self.profile.contracts and not route.startswith(("/config", "/mode")):
            parts = {**parts, "subject": self.store.settings.resolved(parts["subject"])}
        call = Call(route, request.method, parts, query, value, account)
        if account is not None and "subject" in parts:
            write = request.method in _WRITES and not route.startswith("/compatibility")
            write = write and not (request.method == "POST" and route == "/subjects/{subject}")
            if not account.may(parts["subject"], write=write):
                self._forbid(parts["subject"], "Write" if write else "Read", account)
        elif account is not None and request.method in _WRITES and not account.may("", write=True):
            self._forbid("", "Write", account)
        return handler(call)

    def _unknown(self, known: bool) -> Exception:  # noqa: FBT001 - of the path
        """What a request is answered with that there is not; `known`: its path is there with another method."""
        status, words = (405, "Method Not Allowed") if known else (404, "Not Found")
        if self.profile.json_errors:
            return ApiError(status, status, f"HTTP {status} {words}")
        return PlainError(status, words, "application/json")

    def _account(self, request: Request, path: str) -> Account | None:
        if not self._accounts or path in _OPEN:
            return None
        account = account_of(self._accounts, request.headers.get("Authorization"))
        if account is None:
            raise ApiError(401, None, "Unauthorized")
        return account

    def _forbid(self, subject: str, right: str, account: Account) -> None:
        status, code = self.profile.forbidden
        if status == 404:  # noqa: PLR2004 - some registries hide what is forbidden
            raise subject_not_found(subject)
        raise ApiError(status, code, f"User {account.name} is denied operation {right} on Subject: {subject}")

    def _body(self, request: Request, body: bytes) -> JSON:
        kind = request.mimetype
        if kind and "json" not in kind and kind != "application/octet-stream":
            raise ApiError(415, None, "HTTP 415 Unsupported Media Type")
        if not body:
            raise problem(self.profile, "missing", ["body"], "Field required", None)
        try:
            value: JSON = loads(body)
        except ValueError as error:
            raise problem(self.profile, "json_invalid", ["body", 0], "JSON decode error", {}) from error
        return value


def _media_type(path: str) -> str:
    return "application/json" if path in {"/", "/_health"} else MEDIA_TYPE


def _damaged(body: bytes, fault: Fault, connection: object) -> Iterator[bytes]:
    """The body as a fault sends it."""
    if fault.drip:
        for index in range(len(body)):
            yield body[index : index + 1]
            time.sleep(fault.drip)
        return
    if fault.reset_after is not None:
        yield body[: fault.reset_after]
        if isinstance(connection, socket.socket):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise ConnectionResetError
    yield body[: fault.cut_after]
    raise ConnectionAbortedError
