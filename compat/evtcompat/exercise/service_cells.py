"""The cells of a service: for each scenario a channel, a folder, a port, perhaps a proxy and a web hook of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from evtcompat.exercise.environments import Launch
from evtcompat.exercise.payloads import Fault, Scenario
from evtcompat.exercise.probes import OutputProbe, WebhookProbe, open_probe
from evtcompat.exercise.process import StartError
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.results import CellRun
from evtcompat.exercise.servers import free_port
from evtcompat.exercise.service_loop import ServiceLoop
from evtcompat.exercise.services import ServiceProcess, ServiceSpec, surroundings
from evtcompat.exercise.transports.base import Addressed, Channel, Transport

_BEFORE = 60
_AT_THE_BROKER = (Fault.CUT, Fault.SLOW, Fault.HANG)
#: What may stand in braces in commands, variables and probes.
PLACEHOLDERS = frozenset(
    "broker url topic group output dead-letters folder port webhook python role database".split()  # noqa: SIM905 - a list
)


@dataclass(slots=True)
class ServiceCells:
    """What the cells of one service share."""

    spec: ServiceSpec
    #: The URL of the broker.
    url: str
    launches: Mapping[str, Launch]
    #: What services did at their end that they should not.
    notes: list[str] = field(default_factory=list)

    def run(self, transport: Transport, scenario: Scenario, folder: Path, name: str) -> CellRun:
        """One scenario.

        Raises:
            TransportError: The broker cannot be reached.
        """
        with ExitStack() as stack:
            channel = transport.open(name)
            stack.enter_context(closing(channel))
            proxy = None
            upstream = transport.upstream()
            if scenario.fault in _AT_THE_BROKER:
                if upstream is None:
                    return CellRun((), unchecked=f"{transport.name}: a service cannot be led through a proxy to it")
                proxy = stack.enter_context(Proxy(upstream))
            webhook = stack.enter_context(closing(WebhookProbe()))
            values = self._values(channel, name, folder, scenario.consumer, proxy)
            output = self._beside(transport, stack, name, "output", values)
            dead = self._beside(transport, stack, name, "dead-letters", values)
            values["webhook"] = webhook.url
            database = self._database(stack, scenario, values)
            launch = self.launches[scenario.consumer]
            values["python"] = launch.python

            def fill(text: str) -> str:
                for word, value in values.items():
                    text = text.replace(f"{{{word}}}", value)
                return text

            try:
                self._prepare(fill, launch, folder)
            except StartError as error:
                return CellRun((), unchecked=str(error), traceback=error.traceback)
            loop = ServiceLoop(
                scenario=scenario,
                spec=self.spec,
                channel=channel,
                group=values["group"],
                launch=lambda: ServiceProcess(self.spec, scenario.consumer, launch, fill, folder),
                probe=lambda instance: open_probe(
                    self.spec.probe, fill, lambda: instance.log.found(self.spec.probe.what), webhook, output
                ),
                proxy=database or proxy,
                dead_letters=None if dead is None else OutputProbe(dead),
                notes=self.notes,
            )
            return loop.run()

    def _database(self, stack: ExitStack, scenario: Scenario, values: dict[str, str]) -> Proxy | None:
        """A proxy to the database, in the scenario that cuts it off; the probe goes past it."""
        if self.spec.database is None:
            return None
        address, proxy = self.spec.database, None
        values["database"] = f"{address[0]}:{address[1]}"
        if scenario.fault is Fault.DATABASE:
            proxy = stack.enter_context(Proxy(address))
            values["database"] = f"{proxy.address[0]}:{proxy.address[1]}"
        return proxy

    def _beside(
        self, transport: Transport, stack: ExitStack, name: str, word: str, values: dict[str, str]
    ) -> Channel | None:
        """A channel that the service sends to, where its description says so."""
        texts = [*self.spec.variables.values(), *(text for words in self.spec.commands.values() for text in words)]
        wanted = any(f"{{{word}}}" in text for text in texts) or (word == "output" and self.spec.probe.kind == word)
        if not wanted:
            return None
        channel = transport.open(f"{name}-{word}")
        stack.enter_context(closing(channel))
        values[word] = channel.address if isinstance(channel, Addressed) else f"{name}-{word}"
        return channel

    def _values(self, channel: Channel, name: str, folder: Path, role: str, proxy: Proxy | None) -> dict[str, str]:
        address, group = (channel.address, channel.group) if isinstance(channel, Addressed) else (name, name)
        place = urlsplit(self.url).netloc.rpartition("@")[2]
        url = self.url
        if proxy is not None:
            through = f"{proxy.address[0]}:{proxy.address[1]}"
            place, url = through, self.url.replace(place, through)
        return {
            "broker": place,
            "url": url,
            "topic": address,
            "group": group,
            "folder": str(folder),
            "port": str(free_port()),
            "role": role,
        }

    def _prepare(self, fill: Callable[[str], str], launch: Launch, folder: Path) -> None:
        """What is to be run before each scenario has run."""
        if not self.spec.before:
            return
        command = [fill(word) for word in self.spec.before]
        try:
            done = subprocess.run(  # noqa: S603 - what the person named to be run before each scenario
                command,
                cwd=launch.folder,
                env=surroundings(self.spec, launch, fill, folder),
                capture_output=True,
                text=True,
                timeout=_BEFORE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"{command[0]}, to be run before each scenario: {error}"
            raise StartError(message) from error
        if done.returncode:
            message = f"{command[0]}, to be run before each scenario, ended with exit status {done.returncode}"
            raise StartError(message, done.stdout + done.stderr)
