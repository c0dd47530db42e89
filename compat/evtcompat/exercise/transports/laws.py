"""What every transport must keep, as functions to run against it: for those who write one.

from evtcompat.exercise.transports.laws import LAWS
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_my_transport(law): law(my_transport)
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import closing

from evtcompat.exercise.transports.base import Channel, Received, Record, Transport

Law = Callable[[Transport], None]
#: Seconds until a record that has been sent must have come.
_SOON = 30.0
#: Seconds without a record after which there is none.
_NONE = 0.5


class LawError(AssertionError):
    """A transport breaks a law."""


def _hold(holds: bool, broken: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise LawError(broken)


def _name() -> str:
    return f"evtcompat-law-{uuid.uuid4().hex[:12]}"


def _record(number: int, key: str | None = "k") -> Record:
    return Record(key, b"%d" % number, {"n": str(number)})


def _next(channel: Channel) -> Received:
    received = channel.receive(_SOON)
    if received is None:
        message = f"a record that was sent did not come within {_SOON:g} s"
        raise LawError(message)
    return received


def records_come_back_as_they_were_sent(transport: Transport) -> None:
    """Body, key and headers, whatever bytes and characters they hold, whatever they are called, and an absent key."""
    sent = [
        Record("k", bytes(range(256)), {"kind": "a \u00e9\u4e16\U0001f600", "empty": ""}),
        Record("k", b"", {}),
        Record(None, b"no key", {}),
        # bytes that are no text; names that are the protocol's own, and that differ in case alone
        Record("k", b"0123", {"bytes": "a\udcff", "Content-Length": "1", "content-length": "2", "of two": "words"}),
    ]
    with closing(transport.open(_name())) as channel:
        for record in sent:
            channel.send(record)
        back = []
        for _ in sent:
            received = _next(channel)
            channel.ack(received)
            back.append(received.record)
    _hold(sorted(back, key=repr) == sorted(sent, key=repr), f"sent {sent}, received {back}")


def records_of_a_key_keep_their_order(transport: Transport) -> None:
    """Other keys may come between them."""
    keys = ("a", "b", "c", "d")
    with closing(transport.open(_name())) as channel:
        for number in range(20):
            channel.send(_record(number, keys[number % len(keys)]))
        seen: dict[str | None, list[int]] = {}
        for _ in range(20):
            received = _next(channel)
            channel.ack(received)
            seen.setdefault(received.record.key, []).append(int(received.record.body))
    _hold(all(numbers == sorted(numbers) for numbers in seen.values()), f"received in the order {seen}")


def what_is_not_acknowledged_comes_again_first(transport: Transport) -> None:
    """After the member has left: the same position, before anything newer of its key."""
    with closing(transport.open(_name())) as channel:
        for number in range(3):
            channel.send(_record(number))
        first = _next(channel)
        channel.ack(first)
        second = _next(channel)
        channel.leave()
        again = _next(channel)
        _hold(again == second, f"{again} came again instead of {second}")
        channel.ack(again)
        third = _next(channel)
        _hold(third.record.body == b"2", f"{third} came after what was delivered again")
        channel.leave()
        channel.leave()
        _hold(_next(channel) == third, "leaving twice lost a record")


def what_is_acknowledged_stays_so(transport: Transport) -> None:
    """After the member has left: nothing is left to receive."""
    with closing(transport.open(_name())) as channel:
        channel.send(_record(0))
        channel.ack(_next(channel))
        channel.leave()
        late = channel.receive(_NONE)
        _hold(late is None, f"{late} came again although it was acknowledged")


def channels_do_not_see_each_other(transport: Transport) -> None:
    """Two channels at once, each with its own record."""
    with closing(transport.open(_name())) as one, closing(transport.open(_name())) as other:
        one.send(_record(1))
        other.send(_record(2))
        _hold(_next(one).record.body == b"1", "a channel received what another was sent")
        _hold(_next(other).record.body == b"2", "a channel received what another was sent")


def positions_are_unique(transport: Transport) -> None:
    """The same bytes sent twice are two records."""
    with closing(transport.open(_name())) as channel:
        for _ in range(2):
            channel.send(_record(0))
        first = _next(channel)
        channel.ack(first)
        second = _next(channel)
        _hold(first.position != second.position, f"two records have the position {first.position}")


def closing_removes_everything(transport: Transport) -> None:
    """A channel of the same name starts empty, and closing twice is fine."""
    name = _name()
    channel = transport.open(name)
    channel.send(_record(0))
    _next(channel)
    channel.close()
    channel.close()
    with closing(transport.open(name)) as fresh:
        late = fresh.receive(_NONE)
        _hold(late is None, f"{late} outlived its channel")


#: All of them.
LAWS: tuple[Law, ...] = (
    records_come_back_as_they_were_sent,
    records_of_a_key_keep_their_order,
    what_is_not_acknowledged_comes_again_first,
    what_is_acknowledged_stays_so,
    channels_do_not_see_each_other,
    positions_are_unique,
    closing_removes_everything,
)
