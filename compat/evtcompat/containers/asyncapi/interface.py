"""What others rely on in an AsyncAPI document beside payloads: channels, the messages on each, and operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.containers.asyncapi.messages import Message, channels_of
from evtcompat.formats.containers import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evtcompat.containers.located import Files, Located

_ACTIONS: Final = ("publish", "subscribe")


def entries_of(files: Files, messages: Sequence[Message]) -> tuple[Entry, ...]:
    """What is a finding of its own when it is gone."""
    return (*_channels(files, messages), *_operations(files))


def _channels(files: Files, messages: Sequence[Message]) -> Iterator[Entry]:
    for address, channel in channels_of(files):
        carried = sorted(one.name for one in messages if address in one.channels)
        # the key of 3.x is the author's name for the channel; in 2.x what it carries is all that lasts
        own = channel.last if channel.text("address") is not None else ""
        sign = own or ",".join(carried)
        yield Entry("channel-removed", address, {"channel": address}, _pointer(files, channel), sign)
        for name in carried:
            facts = {"channel": address, "message": name}
            yield Entry("channel-message-removed", f"{address} {name}", facts, _pointer(files, channel))


def _operations(files: Files) -> Iterator[Entry]:
    listed = files.at("/operations")
    for key, operation in listed.members() if listed is not None else ():
        channel = operation.member("channel")
        on = channel.reference if channel is not None else None
        sign = f"{operation.text('action')} {on}"
        yield Entry("operation-removed", key, {"operation": key}, operation.pointer, sign)
    for address, channel in channels_of(files):
        for action in _ACTIONS:
            found = channel.member(action)
            name = None if found is None else found.text("operationId")
            if found is not None and name is not None:
                facts = {"operation": name}
                yield Entry("operation-removed", name, facts, _pointer(files, found), f"{action} {address}")


def _pointer(files: Files, part: Located) -> str:
    """Where a part stands in the document itself; ``""`` for one in another file."""
    return part.pointer if part.file is files.root else ""
