"""What one scenario of a service has of its own: channels, addresses, a folder, a port, perhaps a proxy, a web hook."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.environments import Launch
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.probes import Probe, WebhookProbe, open_probe
from evtcompat.exercise.process import StartError, run_to_end, spoken_status
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.servers import free_port
from evtcompat.exercise.service_faults import PLACES, Place, Trouble
from evtcompat.exercise.services import ServiceProcess, ServiceSpec, environment_of
from evtcompat.exercise.transports.base import (
    Addressed,
    Channel,
    Measured,
    Redelivering,
    Redriving,
    Transport,
    TransportError,
)
from evtcompat.exercise.transports.reaching import of_clients

#: Seconds that the command before a scenario is given.
_BEFORE = 60
#: Seconds after which a broker hands out again what an instance that was killed had not acknowledged.
_AGAIN = 2
OUTPUT, DEAD = "output", "dead-letters"
#: What may stand in braces in commands, variables and probes.
PLACEHOLDERS = frozenset(
    "broker url topic group output dead-letters folder port webhook python role database registry".split()  # noqa: SIM905 - a list
)
#: In a chain a topic is named: ``{output:approvals}``.
WORD = re.compile(r"\{([a-z-]+)(?::([\w.-]+))?\}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where everything is that the scenarios of a run share."""

    transport: Transport
    #: The URL of the broker.
    url: str
    #: In a chain: word -> where the service sends to, which stands between it and the next one.
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Stage:
    """What one scenario of a service has of its own."""

    spec: ServiceSpec
    role: str
    launch: Launch
    folder: Path
    channel: Channel
    webhook: WebhookProbe
    values: dict[str, str]
    trouble: Trouble = field(default_factory=lambda: Trouble(Fault.NONE))
    #: Where the service sends to, and what it sets aside, when it was told where.
    output: Channel | None = None
    dead: Channel | None = None

    def fill(self, text: str) -> str:
        """The text with this scenario's values in place of what stands in braces."""
        for word, value in self.values.items():
            text = text.replace(f"{{{word}}}", value)
        return text

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All that are open."""
        return tuple(one for one in (self.channel, self.output, self.dead) if one is not None)

    def waiting(self) -> int | None:
        """The events that the service has not acknowledged; ``None`` where the broker does not say."""
        return self.channel.waiting(self.values["group"]) if isinstance(self.channel, Measured) else None

    def start(self) -> ServiceProcess:
        """An instance of the service, which may not be ready yet.

        Raises:
            StartError: It cannot be started.
        """
        return ServiceProcess(self.spec, self.role, self.launch, self.fill, self.folder)

    def probe(self, instance: ServiceProcess) -> Probe:
        """What looks at the effect, once an instance runs."""
        return open_probe(
            self.spec.probe, self.fill, lambda: instance.log.found(self.spec.probe.what), self.webhook, self.output
        )

    def prepare(self) -> None:
        """What is to be run before each scenario has run.

        Raises:
            StartError: It did not end well.
        """
        if not self.spec.before:
            return
        command = [self.fill(word) for word in self.spec.before]
        environment = environment_of(self.spec, self.launch, self.fill, self.folder)
        what = f"`before` ({shlex.join(command)})"
        try:
            status, printed = run_to_end(command, folder=self.launch.folder, environment=environment, seconds=_BEFORE)
        except OSError as error:
            message = f"{what} cannot be started: {error.strerror}"
            raise StartError(message) from error
        if status is None:
            message = f"{what} had not ended after {_BEFORE} seconds, the most that it is given, and was killed"
            raise StartError(message, printed)
        if status:
            message = f"{what} ended with {spoken_status(status)}"
            raise StartError(message, printed)


def texts_of(spec: ServiceSpec) -> list[str]:
    """Everything of a service in which something may stand in braces, but for its probe."""
    return [*spec.variables.values(), *(text for words in spec.commands.values() for text in words)]


def staged(
    stack: ExitStack, spec: ServiceSpec, around: Surroundings, launch: Launch, *, name: str, folder: Path, role: str,
    fault: Fault = Fault.NONE,
) -> Stage:  # fmt: skip
    """The stage of one scenario, which lives as long as the stack.

    Raises:
        TransportError: The broker cannot be reached.
        StartError: The service cannot be led through a proxy to it.
    """
    channel = around.transport.open(name)
    stack.enter_context(closing(channel))
    if isinstance(channel, Redelivering):
        channel.redeliver_after(_AGAIN)
    trouble = _trouble(stack, spec, around, fault)
    webhook = stack.enter_context(closing(WebhookProbe()))
    address, group = (channel.address, channel.group) if isinstance(channel, Addressed) else (name, name)
    values = {
        **_places(spec, around, trouble),
        "topic": address,
        "group": spec.group or group,
        "folder": str(folder),
        "port": str(free_port()),
        "role": role,
        "webhook": webhook.url,
        "python": launch.python,
        **around.outputs,
    }
    stage = Stage(spec, role, launch, folder, channel, webhook, values, trouble)
    if not around.outputs:
        stage.output = _beside(stack, around.transport, stage, OUTPUT, name, wanted=spec.probe.kind == OUTPUT)
    stage.dead = _beside(stack, around.transport, stage, DEAD, name, wanted=bool(spec.redrive))
    if spec.redrive and stage.dead is not None:
        if not isinstance(channel, Redriving):
            message = f"{around.transport.name}: this broker does not set aside by itself what is received too often"
            raise TransportError(message, hint="`redrive` is for SQS; elsewhere the service sends to {dead-letters}")
        channel.redrive(stage.dead, spec.redrive)
    return stage


def _trouble(stack: ExitStack, spec: ServiceSpec, around: Surroundings, fault: Fault) -> Trouble:
    """The fault, with a proxy to what it strikes."""
    place = PLACES.get(fault)
    upstreams = {Place.BROKER: around.transport.upstream(), Place.DATABASE: spec.database, Place.REGISTRY: None}
    if spec.registry:
        parts = urlsplit(spec.registry)
        upstreams[Place.REGISTRY] = (parts.hostname or "127.0.0.1", parts.port or 80)
    if place is None:
        return Trouble(fault)
    upstream = upstreams[place]
    if upstream is None:
        message = f"{around.transport.name}: a service cannot be led through a proxy to it"
        raise StartError(message)
    proxy = stack.enter_context(Proxy(upstream))
    return stack.enter_context(closing(Trouble(fault, proxy, upstream, spec.within / 2)))


def _places(spec: ServiceSpec, around: Surroundings, trouble: Trouble) -> Mapping[str, str]:
    """Where the service finds broker, database and registry: the proxy that stands before one of them."""
    url = of_clients(around.url)
    broker = urlsplit(url).netloc.rpartition("@")[2]
    found = {Place.BROKER.value: broker, "url": url}
    if spec.database is not None:
        found[Place.DATABASE.value] = f"{spec.database[0]}:{spec.database[1]}"
    if spec.registry:
        found[Place.REGISTRY.value] = spec.registry.rstrip("/")
    if trouble.proxy is not None:
        place, through = PLACES[trouble.fault], "{}:{}".format(*trouble.proxy.address)
        if place is Place.BROKER:
            found["url"] = url.replace(broker, through)
        there = urlsplit(spec.registry).path if place is Place.REGISTRY else ""
        found[place.value] = f"http://{through}{there.rstrip('/')}" if place is Place.REGISTRY else through
    return found


def _beside(
    stack: ExitStack, transport: Transport, stage: Stage, word: str, name: str, *, wanted: bool
) -> Channel | None:
    """A channel that the service sends to, where its description says so."""
    if not wanted and not any(f"{{{word}}}" in text for text in texts_of(stage.spec)):
        return None
    channel = transport.open(f"{name}-{word}")
    stack.enter_context(closing(channel))
    stage.values[word] = channel.address if isinstance(channel, Addressed) else f"{name}-{word}"
    return channel
