"""The interface that every transport answers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import EvtcompatError, UncheckedError


class TransportError(UncheckedError):
    """The broker did not answer, or refused. It says nothing about the consumer."""


@contextmanager
def spoken(doing: str, *, hint: str | None = None) -> Iterator[None]:
    """Whatever a client raises in here is its broker's fault, as a `TransportError`; our own errors stay what they are.

    Clients stumble over anything where what answers is no broker, or is one no more.

    Args:
        doing: What failed then, for the message: ``redis: cannot send``.
        hint: The next step of who reads it.
    """
    try:
        yield
    except EvtcompatError:
        raise
    except Exception as error:
        message = f"{doing}: {_words(error)}"
        raise TransportError(message, hint=hint) from error


def _words(error: BaseException) -> str:
    """What an exception says, or the one in it: some clients wrap the reason into an exception without a text.

    pika does so twice, the second time in an attribute.
    """
    wrapped = (*error.args, getattr(error, "exception", None))
    inner = next((one for one in wrapped if isinstance(one, BaseException)), None)
    if inner is not None:
        return _words(inner)
    return str(error) or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """What is sent: bytes with a key and headers."""

    key: str | None
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What else the broker's entry was, for a channel of the same kind to send on as it is.
    raw: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A record as it came back from the broker."""

    record: Record
    #: The broker's name of the record: unique in the channel, the same on every delivery of it.
    position: str


class Channel(Protocol):
    """One topic and one consumer group with one member, made for one scenario and for nothing else.

    Delivery is at least once and in order: of the records of one key, the oldest that is not acknowledged comes first.
    Every method raises `TransportError` when the broker does not answer in time; none waits for ever.
    """

    def send(self, record: Record) -> None:
        """The broker has confirmed the record."""
        ...

    def receive(self, timeout: float) -> Received | None:
        """The next record for the group, or ``None`` when none came within `timeout` seconds."""
        ...

    def ack(self, received: Received) -> None:
        """The group is done with the record: the broker has confirmed that it will not deliver it again."""
        ...

    def leave(self) -> None:
        """The group's member is gone, without acknowledging what it received; the next `receive` is by a new one.

        What was received and not acknowledged is delivered again, before anything newer of the same key. It returns
        within seconds even when the broker cannot be reached, and nothing of the old member reaches the broker later.
        """
        ...

    def close(self) -> None:
        """Topic, group and connections are gone; calling it again does nothing."""
        ...


@runtime_checkable
class Addressed(Protocol):
    """A channel that a consumer with a client of its own finds under another name than the one it was opened with."""

    @property
    def address(self) -> str:
        """The stream, topic or queue, as the broker's clients name it."""
        ...

    @property
    def group(self) -> str:
        """The consumer group that is there already."""
        ...


@runtime_checkable
class Measured(Protocol):
    """A channel whose broker says how much a group has not acknowledged yet."""

    def waiting(self, group: str) -> int | None:
        """The records that the group has not acknowledged; ``None`` where it cannot be known now."""
        ...


@runtime_checkable
class Reconnecting(Protocol):
    """A channel whose broker keeps what it was given when it restarts."""

    def reconnect(self) -> None:
        """The channel is of use again after the broker has restarted, and has lost nothing."""
        ...


@runtime_checkable
class Redelivering(Protocol):
    """A channel whose broker itself hands out again what a consumer has not acknowledged for a while."""

    def redeliver_after(self, seconds: int) -> None:
        """From now on that while is so long, for a consumer with a client of its own, which may have been killed."""
        ...


@runtime_checkable
class Swift(Protocol):
    """A channel that hands out many records at once, for who only looks at what comes."""

    def take(self, timeout: float) -> list[Record]:
        """What has come, at once when there is something; none of it comes again as long as the member stays."""
        ...


@runtime_checkable
class Redriving(Protocol):
    """A channel whose broker sets aside by itself what is received again and again."""

    def redrive(self, dead_letters: Channel, after: int) -> None:
        """What was received `after` times without an acknowledgement goes to another channel of the same kind."""
        ...


@runtime_checkable
class Unordered(Protocol):
    """A transport that promises no order of the records of a key."""

    @property
    def unordered(self) -> str:
        """Why not."""
        ...


class Transport(Protocol):
    """A broker."""

    @property
    def name(self) -> str:
        """A short name for reports, without credentials."""
        ...

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> Channel:
        """A channel of its own under a name that nobody else uses.

        Args:
            name: Unique for the run and the scenario: letters, digits and hyphens.
            through: Host and port of a proxy on this machine that the *consuming* side must go through, when the
                scenario will cut the connection. A transport that cannot be led through one raises `TransportError`.

        Raises:
            TransportError: The broker cannot be reached.
        """
        ...

    def upstream(self) -> tuple[str, int] | None:
        """Host and port that a plain TCP proxy should forward to, or ``None`` when the client speaks SOCKS5 to it."""
        ...
