"""The HTTP server of the test registry: werkzeug's, with kept connections and without its messages."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from socketserver import _AfInetAddress as _Address
    from socketserver import _RequestType as _Request

    from _typeshed.wsgi import WSGIApplication


class _Handler(WSGIRequestHandler):
    """Answers with what the application returns and keeps the connection open, which werkzeug's own handler does not.

    That is safe here because the application reads the whole request and says the length of every answer.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        try:
            app = cast("Callable[[Request], Response]", self.server.app)
            response = app(Request(environ))
            self.send_response(response.status_code)
            for name, value in response.get_wsgi_headers(environ):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                for part in response.iter_encoded():
                    self.wfile.write(part)
                    self.wfile.flush()
            self.wfile.flush()
        except (ConnectionError, TimeoutError):  # a fault, or a client that has gone
            self.close_connection = True

    def finish(self) -> None:
        """Close both sides, also when what is left in the buffer can no longer be sent."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Requests are not logged."""


class _Server(ThreadedWSGIServer):
    """Speaks TLS in the connection's own thread: a client that refuses the handshake holds nobody up."""

    request_queue_size = 256
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: _Request, client_address: _Address) -> None:
        """Serve one connection to its end."""
        if self.tls is None or not isinstance(request, socket.socket):
            super().finish_request(request, client_address)
            return
        try:
            wrapped = self.tls.wrap_socket(request, server_side=True)
        except OSError:  # the handshake failed; the client knows why
            request.close()
            return
        with wrapped:
            super().finish_request(wrapped, client_address)


def listen(
    host: str,
    port: int,
    app: Callable[[Request], Response],
    tls: ssl.SSLContext | None,
) -> BaseWSGIServer:
    """A server that listens.

    Raises:
        UsageError: The port is taken or not allowed.
    """
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
        return _Server(
            host, port, cast("WSGIApplication", app), handler=_Handler, ssl_context=tls, fd=listener.fileno()
        )
