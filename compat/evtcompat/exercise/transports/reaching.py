"""What transports by URL have in common: how long they wait, where the server listens, when a proxy may stand there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from evtcompat.exercise.transports.base import TransportError, spoken

#: Seconds that a broker has to answer.
TIMEOUT = 10.0
#: On a connection that may be cut: what is not answered by then is lost.
SHORT = 2.0


#: What stands behind `?` for evtcompat alone: the kind of queue, and the field of an entry that holds the body.
QUEUE, BODY = "queue", "body"


class AddressError(ValueError):
    """A URL of another form than its scheme's; the text says in what, without a value out of the URL."""


def asked(url: str, name: str) -> str:
    """What a URL says for evtcompat behind `?`; ``""`` where it says nothing."""
    return dict(parse_qsl(urlsplit(url).query)).get(name, "")


def of_clients(url: str) -> str:
    """The URL without what stands in it for evtcompat alone."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in {QUEUE, BODY}]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def patience(through: tuple[str, int] | None) -> float:
    """Seconds to wait for an answer, directly or through a proxy that may cut the connection."""
    return TIMEOUT if through is None else SHORT


def place(url: str, port: int) -> tuple[str, int]:
    """Host and port of a URL, with what is usual where it names none."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or port


def advice(server: str, private: str) -> str:
    """The next step where a broker cannot be used: what is to listen there, and how evtcompat starts one by itself."""
    return f"See that a {server} listens there and lets you in, or let evtcompat start one: --transport {private}"


def opening(doing: str, url: str, port: int, hint: str) -> AbstractContextManager[None]:
    """The first words with a broker, in which its address is told with whatever goes wrong."""
    host, number = place(url, port)
    where = f"[{host}]" if ":" in host else host
    return spoken(f"{doing} at {where}:{number}", hint=hint)


def may_be_cut(name: str, url: str, plain: str, through: tuple[str, int] | None) -> None:
    """A proxy may stand before the server, or none is to.

    Raises:
        TransportError: The URL is not of the plain scheme.
    """
    if through is not None and urlsplit(url).scheme != plain:
        message = (
            f"{name}: only a plain {plain}:// connection can be cut and healed: its certificate is not the proxy's"
        )
        raise TransportError(message)
