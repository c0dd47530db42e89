"""HTTP connections whose answers begin within a time, however slowly their headers drip."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3.response import HTTPResponse


class OverdueError(ValueError):
    """The headers of an answer were not complete in time. No library between here and the caller tries again."""


class _Timed(HTTPConnection):
    """A connection that is cut when the headers of an answer take too long.

    A socket's own time-out begins anew with every byte.
    """

    seconds: ClassVar[float] = 120.0

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does it
        """The answer.

        Raises:
            OverdueError: Its headers were not complete in time.
        """
        overdue = threading.Event()
        timer = threading.Timer(self.seconds, self._cut, (overdue,))
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()
        except OSError as error:
            if overdue.is_set():
                raise OverdueError from error
            raise
        finally:
            timer.cancel()
            if overdue.is_set():
                self.close()
                raise OverdueError

    def _cut(self, overdue: threading.Event) -> None:
        overdue.set()
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _TimedTls(_Timed, HTTPSConnection):
    """The same over TLS."""


class BoundedAdapter(HTTPAdapter):
    """Connections of `requests` whose answers begin within `seconds`."""

    def __init__(self, seconds: float, **options: Any) -> None:  # noqa: ANN401 - those of `HTTPAdapter`
        self._classes = {
            "http": _pool(HTTPConnectionPool, type("_Connection", (_Timed,), {"seconds": seconds})),
            "https": _pool(HTTPSConnectionPool, type("_TlsConnection", (_TimedTls,), {"seconds": seconds})),
        }
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - those of `HTTPAdapter`
        """See `HTTPAdapter`."""
        super().init_poolmanager(*arguments, **options)
        self._bound(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:  # noqa: ANN401 - those of `HTTPAdapter`
        """See `HTTPAdapter`."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        self._bound(manager)
        return manager

    def _bound(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = self._classes


def _pool(kind: type[Any], connection: type[Any]) -> type[Any]:
    return type(kind.__name__, (kind,), {"ConnectionCls": connection})
