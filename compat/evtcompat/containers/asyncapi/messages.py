"""The messages of an AsyncAPI document, each under a name that lasts.

A message is called what ``components/messages`` calls it. One that is written where it is used is called by its own
``messageId`` or ``name`` (2.x), by its key in the channel (3.x), else by the channel and what is done there; two that
would have one name are told apart by the channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.containers.located import Files, Located
from evtcompat.errors import DocumentError, UncheckedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTIONS: Final = ("publish", "subscribe")
_COMPONENTS: Final = "/components/messages"


class Message(NamedTuple):
    """A message of the document."""

    name: str
    #: References at its top followed.
    value: Located
    #: What it is, whatever else there is in the document: `Contained.sign`.
    sign: str
    #: The addresses of the channels that carry it.
    channels: tuple[str, ...] = ()


class _Use(NamedTuple):
    """A place that names a message."""

    value: Located
    #: The address of the channel, or ``None`` for one that is merely kept for use.
    channel: str | None
    #: What it is called there, where that is no part of its own.
    called: str | None = None
    #: In 2.x, whether it is published or subscribed to.
    action: str = ""
    #: What the document calls the channel, whatever its address.
    key: str = ""


def messages_of(files: Files, problems: dict[str, UncheckedError]) -> list[Message]:
    """The messages, each once, in the order of the document: those kept for use, then those of channels.

    Args:
        files: The document, and what it refers to.
        problems: Gets what could not be resolved, by a name for it.
    """
    found: dict[tuple[str, str], tuple[str, _Use, Located]] = {}
    carrying: dict[tuple[str, str], list[str]] = {}
    for use in _uses(files):
        try:
            value = files.resolved(use.value)
        except DocumentError as error:
            problems.setdefault(use.called or use.value.last, error)
            continue
        key = (value.file.path, value.pointer)
        carrying.setdefault(key, []).extend([] if use.channel is None else [use.channel])
        if key not in found:
            found[key] = (_name(use, value), use, value)
    names = [name for name, _, _ in found.values()]
    kept = {name for (_, pointer), (name, _, _) in found.items() if pointer.startswith(_COMPONENTS)}
    made: dict[str, Message] = {}
    for key, (name, use, value) in found.items():
        component = key[1].startswith(_COMPONENTS)
        shared = names.count(name) > 1 and not (component and name in kept and name not in made)
        wanted = f"{use.channel}.{name}" if shared and use.channel is not None else name
        unique, number = wanted, 1
        while unique in made:
            number += 1
            unique = f"{wanted}.{number}"
        made[unique] = Message(unique, value, _sign(name, use, value), tuple(dict.fromkeys(carrying[key])))
    return list(made.values())


def _sign(name: str, use: _Use, value: Located) -> str:
    """What a message is: the place where it is kept for use, else its name in its channel.

    A channel goes by its key: in 3.x its address may change. One that gets another key keeps its address, and so
    messages of it that are told apart by that keep their names.
    """
    if _is_kept(use, value):
        return value.seen_from(use.value.file)
    return f"{use.key}\n{use.action}\n{name}"


def _is_kept(use: _Use, value: Located) -> bool:
    """Whether a message is written where several may refer to it."""
    return value.pointer.startswith(_COMPONENTS) or value.file.path != use.value.file.path


def _name(use: _Use, value: Located) -> str:
    if _is_kept(use, value):
        return value.last
    return value.text("messageId") or use.called or value.text("name") or value.last


def _uses(files: Files) -> Iterator[_Use]:
    kept = files.at(_COMPONENTS)
    for name, value in kept.members() if kept is not None else ():
        yield _Use(value, None, name)
    for key, address, channel in _channels(files):
        listed = channel.member("messages")
        for name, value in listed.members() if listed is not None else ():
            yield _Use(value, address, name, key=key)
        for action in _ACTIONS:
            operation = channel.member(action)
            message = None if operation is None else operation.member("message")
            if message is None:
                continue
            choices = message.member("oneOf")
            if choices is None:
                yield _Use(message, address, _called(message, f"{address}.{action}"), action, key)
            else:
                for index, value in enumerate(choices.items(), 1):
                    yield _Use(value, address, _called(value, f"{address}.{action}.{index}"), action, key)


def _called(message: Located, otherwise: str) -> str:
    return message.text("name") or otherwise


def channels_of(files: Files) -> Iterator[tuple[str, Located]]:
    """The channels by address, references at their top followed; one that leads nowhere is left out."""
    return ((address, channel) for _, address, channel in _channels(files))


def _channels(files: Files) -> Iterator[tuple[str, str, Located]]:
    """The channels with key and address."""
    listed = files.at("/channels")
    for key, value in listed.members() if listed is not None else ():
        try:
            channel = files.resolved(value)
        except DocumentError:
            channel = value
        yield key, channel.text("address") or key, channel
