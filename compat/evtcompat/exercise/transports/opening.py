"""From what stands behind `--transport` to a transport."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from urllib.parse import urlsplit

from evtcompat import plugins
from evtcompat.errors import UsageError
from evtcompat.exercise.transports.base import Transport

#: Scheme of the URL -> the function that opens it. Other distributions add theirs as entry points of this group.
GROUP = "evtcompat.transports"
_OWN = {
    "redis": "evtcompat.exercise.transports.redis_streams:connect",
    "rediss": "evtcompat.exercise.transports.redis_streams:connect",
    "kafka": "evtcompat.exercise.transports.kafka:connect",
    "nats": "evtcompat.exercise.transports.nats_jetstream:connect",
    "amqp": "evtcompat.exercise.transports.rabbitmq:connect",
    "amqps": "evtcompat.exercise.transports.rabbitmq:connect",
    "sqs": "evtcompat.exercise.transports.sqs:connect",
    "webhook": "evtcompat.exercise.transports.webhooks:connect",
}


def open_transport(text: str) -> Transport:
    """The transport that `text` names: a URL, or `module:function` of one that a team wrote itself.

    Raises:
        UsageError: Nothing answers to that scheme, or the function cannot be imported.
        TransportError: The client library is not installed.
    """
    if text == "webhook:":
        text = "webhook://"
    if "://" not in text:
        return _call(text, None)
    scheme = urlsplit(text).scheme
    if scheme in _OWN:
        return _call(_OWN[scheme], text)
    connect: Callable[[str], Transport] | None = plugins.named(GROUP, scheme, "transport")
    if connect is None:
        known = sorted({*_OWN, *plugins.names(GROUP)})
        message = f"--transport: nothing here speaks {scheme}://"
        raise UsageError(message, hint=f"known: {', '.join(known)}; or name a function of your own as module:function")
    return connect(text)


def _call(name: str, url: str | None) -> Transport:
    module, colon, attribute = name.partition(":")
    if not colon:
        message = f"--transport: {name!r} is neither a URL nor module:function"
        raise UsageError(
            message, hint="for example redis://127.0.0.1:6379, kafka://127.0.0.1:9092 or my_broker:connect"
        )
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        message = f"--transport: {name} cannot be imported: {error}"
        raise UsageError(message) from error
    transport: Transport = function(url) if url is not None else function()
    return transport
