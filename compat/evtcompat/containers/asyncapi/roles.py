"""Who writes and who reads the messages of an AsyncAPI document.

From 3.0 on an operation says what the described application does: it sends or receives. In 2.x the words are used
either way round, so nothing is taken from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.containers.located import Files, Located
from evtcompat.errors import DocumentError
from evtcompat.model.owners import Owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evtcompat.containers.asyncapi.messages import Message


def owners_of(files: Files, messages: Sequence[Message]) -> Mapping[str, Owners]:
    """The application, by its title, as producer or consumer of the messages of its operations, by their names."""
    info = files.at("/info")
    title = None if info is None else info.text("title")
    operations = files.at("/operations")
    if title is None or operations is None:
        return {}
    names = {(one.value.file.path, one.value.pointer): one.name for one in messages}
    sent: set[str] = set()
    received: set[str] = set()
    for _, value in operations.members():
        try:
            operation = files.resolved(value)
            reply = operation.member("reply")
            used = {name for one in _messages(files, operation) if (name := _name(files, one, names)) is not None}
            replied = () if reply is None else _messages(files, files.resolved(reply))
            answers = {name for one in replied if (name := _name(files, one, names)) is not None}
        except DocumentError:  # a problem of the message, where it is read
            continue
        action = operation.text("action")
        if action == "send":
            sent, received = sent | used, received | answers
        elif action == "receive":
            sent, received = sent | answers, received | used
    return {
        name: Owners((title,) if name in sent else (), (title,) if name in received else ()) for name in sent | received
    }


def _name(files: Files, message: Located, names: Mapping[tuple[str, str], str]) -> str | None:
    found = files.resolved(message)
    return names.get((found.file.path, found.pointer))


def _messages(files: Files, operation: Located) -> Iterator[Located]:
    """The messages of an operation or of its reply: those that it lists, else all of its channel."""
    listed = operation.member("messages")
    if listed is not None:
        yield from listed.items()
        return
    channel = operation.member("channel")
    inner = None if channel is None else files.resolved(channel).member("messages")
    for _, value in inner.members() if inner is not None else ():
        yield value
