"""From what stands behind `--transport` to a transport."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from urllib.parse import urlsplit

from evtcompat import plugins
from evtcompat.errors import UsageError
from evtcompat.exercise.transports.base import Transport
from evtcompat.exercise.transports.reaching import AddressError

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
#: The form of their addresses; of the others it is that of Redis.
_FORMS = {
    "kafka": "kafka://HOST:PORT, or several with commas",
    "amqp": "amqp://USER:PASSWORD@HOST:PORT/VHOST",
    "amqps": "amqps://USER:PASSWORD@HOST:PORT/VHOST",
    "sqs": "sqs://REGION, or sqs://HOST:PORT of an emulation",
    "webhook": "webhook://HOST:PORT/PATH of a service, or webhook: alone",
}


def open_transport(text: str) -> Transport:
    """The transport that `text` names: a URL, or `module:function` of one that a team wrote itself.

    Raises:
        UsageError: Nothing answers to that scheme, the address is of another form than that scheme's, or the function
            cannot be imported.
        TransportError: The client library is not installed.
    """
    if text == "webhook:":
        text = "webhook://"
    if "://" not in text:
        return _call(text, None)
    scheme = text.partition("://")[0].lower()
    if scheme in _OWN:
        try:
            _check(scheme, text)
            return _call(_OWN[scheme], text)
        except AddressError as error:  # the text is not repeated: it may hold a password
            message = f"--transport: this is no {scheme}:// address: {error}"
            raise UsageError(message, hint=f"expected {_FORMS.get(scheme, f'{scheme}://HOST:PORT')}") from error
    connect: Callable[[str], Transport] | None = plugins.named(GROUP, scheme, "transport")
    if connect is None:
        known = sorted({*_OWN, *plugins.names(GROUP)})
        message = f"--transport: nothing here speaks {scheme}://"
        raise UsageError(message, hint=f"known: {', '.join(known)}; or name a function of your own as module:function")
    return connect(text)


def _check(scheme: str, url: str) -> None:
    """Every host in a URL can be told, and every port.

    Raises:
        AddressError: One cannot.
    """
    try:
        netloc = urlsplit(url).netloc
        ports = [urlsplit(f"//{place}").port for place in (netloc.split(",") if scheme == "kafka" else [netloc])]
    except ValueError as error:
        message = "a port is a number from 1 to 65535, and [ ] stand around an IPv6 host"
        raise AddressError(message) from error
    if 0 in ports or (scheme == "kafka" and None in ports):
        message = "port 0 is none" if 0 in ports else "it names no port"
        raise AddressError(message)


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
