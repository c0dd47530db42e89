"""The HTTP server of the test registry: werkzeug's, with kept connections and without its messages."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Handler(WSGIRequestHandler):
    """Keeps connections open, sends at once, says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def send_header(self, keyword: str, value: str) -> None:
        """Werkzeug closes every connection because a request's body may be left unread; here it is always read."""
        if (keyword, value) != ("Connection", "close"):
            super().send_header(keyword, value)

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """A fault, or a client that has gone: nothing more is said on this connection."""
        del error, environ
        self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Requests are not logged."""


class _Server(ThreadedWSGIServer):
    request_queue_size = 256
    daemon_threads = True


def listen(
    host: str,
    port: int,
    app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]],
    tls: ssl.SSLContext | None,
) -> BaseWSGIServer:
    """A server that listens.

    Raises:
        UsageError: The port is taken or not allowed.
    """
    import socket

    # bound here: werkzeug leaves the process when a port is taken
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}:{port}: {error.strerror}"
        raise UsageError(message, hint="Choose another port, or 0 for a free one.") from error
    with listener:
        # the server takes a copy of the descriptor
        return _Server(host, port, app, handler=_Handler, ssl_context=tls, fd=listener.fileno())
