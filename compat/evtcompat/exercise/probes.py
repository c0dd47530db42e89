"""What shows the effect of a service: a query, an address, a file, its log, or the calls that it made to a web hook."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError
from evtcompat.exercise.transports.base import Channel, Record
from evtcompat.model.json_texts import loads
from evtcompat.model.json_values import view
from evtcompat.reading import read_file

if TYPE_CHECKING:
    from sqlalchemy import Engine

_PATIENCE = 5.0
_MOST_BODY = 1 << 20
#: A topic without an event for this long is taken to be drained.
_PAUSE = 0.02
_LINES = (".jsonl", ".ndjson")


class ProbeError(Exception):
    """The effect cannot be seen, or not yet: a table is not there, an address does not answer."""


class Probe(Protocol):
    """One way to see the effect of a service."""

    def look(self) -> object:
        """The effect now, in JSON's terms.

        Raises:
            ProbeError: It cannot be seen.
        """
        ...

    def close(self) -> None:
        """Nothing is held any more."""
        ...


@dataclass(slots=True)
class SqlProbe:
    """The rows of a query, as objects by column."""

    engine: Engine
    query: str

    def look(self) -> object:
        """The rows, in the order of the query.

        Raises:
            ProbeError: The database or the table is not there.
        """
        import sqlalchemy as sa

        try:
            with self.engine.connect() as connection:
                rows = connection.execute(sa.text(self.query)).mappings().all()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            message = f"sql: {str(error).splitlines()[0]}"
            raise ProbeError(message) from error
        return [{str(name): _shown(value) for name, value in row.items()} for row in rows]

    def close(self) -> None:
        """The engine is given back."""
        self.engine.dispose()


def sql_probe(url: str, query: str) -> SqlProbe:
    """The probe of a query; nothing is connected yet.

    Raises:
        UncheckedError: SQLAlchemy, or the driver of the database, is not installed, or the URL is none of a database.
    """
    try:
        import sqlalchemy as sa
    except ImportError as error:
        message = "a probe by SQL needs SQLAlchemy"
        raise UncheckedError(message, hint="pip install 'evtcompat[sql]'") from error
    hint = "`probe.sql` is DIALECT+DRIVER://USER:PASSWORD@HOST:PORT/NAME, and that driver is to be installed"
    try:
        return SqlProbe(sa.create_engine(url, poolclass=sa.NullPool), query)
    except (sa.exc.NoSuchModuleError, ImportError) as error:
        message = f"the probe by SQL cannot be opened: {error}"
        raise UncheckedError(message, hint=hint) from error
    except (sa.exc.ArgumentError, ValueError) as error:  # the text is not repeated: it may hold a password
        message = "the probe by SQL cannot be opened: SQLAlchemy does not know such a URL"
        raise UncheckedError(message, hint=hint) from error


def _shown(value: object) -> object:
    try:
        return view(value)
    except TypeError:
        return str(value)


@dataclass(slots=True)
class HttpProbe:
    """What an address answers to GET: its JSON, or its text."""

    url: str

    def look(self) -> object:
        """The answer.

        Raises:
            ProbeError: There is none, or its status is not 200.
        """
        try:
            parts = urlsplit(self.url)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=_PATIENCE)
        except ValueError as error:
            message = f"{self.url}: no address of the form http://HOST:PORT/PATH"
            raise ProbeError(message) from error
        try:
            connection.request("GET", f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}")
            answer = connection.getresponse()
            body = answer.read(_MOST_BODY)
        except (OSError, http.client.HTTPException) as error:
            message = f"{self.url}: {str(error) or type(error).__name__}"
            raise ProbeError(message) from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            message = f"{self.url}: status {answer.status}"
            raise ProbeError(message)
        return parsed(body)

    def close(self) -> None:
        """Each look closes its connection."""


def parsed(body: bytes) -> object:
    """JSON, or the text."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        return loads(text)
    except ValueError:
        return text


@dataclass(slots=True)
class FileProbe:
    """What a file holds: JSON lines by its suffix, else JSON, else text."""

    path: Path

    def look(self) -> object:
        """The content; nothing yet is an empty list.

        Raises:
            ProbeError: It cannot be read.
        """
        try:
            body = read_file(self.path)
            if self.path.suffix in _LINES:  # a list from the first line on
                return [parsed(line) for line in body.splitlines() if line.strip()]
            return parsed(body)
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"{self.path}: {error.strerror}"
            raise ProbeError(message) from error

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class LogProbe:
    """The lines of a service's log in which a pattern was found."""

    lines: Callable[[], list[str]]

    def look(self) -> object:
        """The lines, in order."""
        return self.lines()

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class WebhookProbe:
    """A server on the loopback that answers 204 to everything; the effect is what was called."""

    calls: list[dict[str, object]] = field(default_factory=list)
    #: Told of each call: its headers and its body.
    listener: Callable[[Record], None] | None = None
    server: ThreadingHTTPServer = field(init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """It listens."""
        calls, probe = self.calls, self

        class Handler(BaseHTTPRequestHandler):
            """Remembers each request."""

            def _take(self) -> None:
                length = min(int(self.headers.get("Content-Length") or 0), _MOST_BODY)
                body = self.rfile.read(length)
                if probe.listener is not None:
                    probe.listener(Record(None, body, dict(self.headers)))
                calls.append({"method": self.command, "path": self.path, "body": parsed(body) if body else None})
                self.send_response(http.client.NO_CONTENT)
                self.end_headers()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where a service is to call."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def look(self) -> object:
        """The calls, in order."""
        return list(self.calls)

    def close(self) -> None:
        """Nothing listens."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(_PATIENCE)


@dataclass(slots=True)
class Answering:
    """A server on the loopback that has one answer for everything."""

    status: int
    body: bytes
    server: ThreadingHTTPServer = field(init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """It listens."""
        status, body = self.status, self.body

        class Handler(BaseHTTPRequestHandler):
            """Answers."""

            def _answer(self) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", int(self.server.server_address[1])

    def close(self) -> None:
        """Nothing listens."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(_PATIENCE)


@dataclass(slots=True)
class OutputProbe:
    """The events that a service sent to a topic, queue or stream that evtcompat opened for it."""

    channel: Channel
    records: list[Record] = field(default_factory=list)

    def look(self) -> object:
        """Key and body of each event, in order.

        Raises:
            TransportError: The broker does not answer.
        """
        while (received := self.channel.receive(_PAUSE)) is not None:
            self.channel.ack(received)
            self.records.append(received.record)
        return [{"key": record.key, "body": parsed(record.body)} for record in self.records]

    def close(self) -> None:
        """The channel is closed by who opened it."""


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """Which probe, as it was configured; placeholders are not filled in yet."""

    #: ``sql``, ``http``, ``file``, ``log``, ``output`` or ``webhook``.
    kind: str
    #: The URL, the path or the pattern.
    what: str = ""
    query: str = ""

    def __str__(self) -> str:
        """As reports call it; a URL of a database may hold a password."""
        return f"sql {self.query}" if self.kind == "sql" else f"{self.kind} {self.what}".strip()


def never(settings: ProbeSettings, probe: Probe) -> str:
    """What a probe never saw whose looks all showed the same, as a sentence begins."""
    if isinstance(probe, FileProbe) and not probe.path.exists():
        return f"the file {settings.what} was not there"
    said = {
        "sql": f"the rows of `{settings.query}` stayed the same",
        "http": f"what {settings.what} answers stayed the same",
        "file": f"the file {settings.what} stayed the same",
        "log": f"no new line of the log matched `{settings.what}`",
        "output": "no event came to {output}",
        "webhook": "no call came to {webhook}",
    }
    return said[settings.kind]


def open_probe(
    settings: ProbeSettings,
    fill: Callable[[str], str],
    lines: Callable[[], list[str]],
    webhook: WebhookProbe,
    output: Channel | None,
) -> Probe:
    """The probe that looks at one instance of a service.

    Args:
        settings: The probe.
        fill: Puts the values of this instance into a text.
        lines: The lines of the log that were found by the probe's pattern.
        webhook: The server that the service was told to call.
        output: The channel that the service was told to send to.

    Raises:
        UncheckedError: It needs a library or a driver that is not installed, or its URL is none.
    """
    simple: Mapping[str, Callable[[], Probe]] = {
        "sql": lambda: sql_probe(fill(settings.what), fill(settings.query)),
        "http": lambda: HttpProbe(fill(settings.what)),
        "file": lambda: FileProbe(Path(fill(settings.what))),
        "log": lambda: LogProbe(lines),
        "webhook": lambda: webhook,
    }
    if output is not None and settings.kind == "output":
        return OutputProbe(output)
    return simple[settings.kind]()
