"""The cells of a service: each scenario on a stage of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.environments import Launch
from evtcompat.exercise.load import Load, LoadRun
from evtcompat.exercise.load_loop import LoadLoop
from evtcompat.exercise.payloads import Payload, Scenario
from evtcompat.exercise.probes import OutputProbe
from evtcompat.exercise.process import StartError
from evtcompat.exercise.results import CellRun
from evtcompat.exercise.service_loop import ServiceLoop
from evtcompat.exercise.service_stage import Surroundings, staged
from evtcompat.exercise.services import ServiceSpec
from evtcompat.exercise.transports.base import Transport, TransportError


@dataclass(slots=True)
class ServiceCells:
    """What the cells of one service share."""

    spec: ServiceSpec
    #: The URL of the broker.
    url: str
    launches: Mapping[str, Launch]
    #: Restarts the broker, where evtcompat has started it.
    restart: Callable[[], None] | None = None
    #: What services did at their end that they should not.
    notes: list[str] = field(default_factory=list)

    def run(self, transport: Transport, scenario: Scenario, folder: Path, name: str) -> CellRun:
        """One scenario.

        Raises:
            TransportError: The broker cannot be reached.
        """
        found: CellRun | None = None
        try:
            with ExitStack() as stack:
                found = self._run(stack, transport, scenario, folder, name)
        except TransportError:
            if found is None or not found.unchecked:
                raise
        return found  # why it is unchecked came before whatever could not be removed for the same reason

    def _run(self, stack: ExitStack, transport: Transport, scenario: Scenario, folder: Path, name: str) -> CellRun:
        role, fault = scenario.consumer, scenario.fault
        around, launch = Surroundings(transport, self.url), self.launches[role]
        try:
            stage = staged(stack, self.spec, around, launch, name=name, folder=folder, role=role, fault=fault)
            stage.prepare()
        except StartError as error:
            return CellRun((), unchecked=str(error), traceback=error.traceback)
        loop = ServiceLoop(
            scenario=scenario,
            stage=stage,
            restart=self.restart,
            dead_letters=None if stage.dead is None else OutputProbe(stage.dead),
            notes=self.notes,
        )
        return loop.run()

    def load(
        self,
        transport: Transport,
        load: Load,
        payloads: tuple[Payload, ...],
        folder: Path,
        name: str,
        role: str,
        tell: Callable[[str], None],
    ) -> LoadRun:
        """The service of a role under load."""
        with ExitStack() as stack:
            try:
                stage = staged(
                    stack,
                    self.spec,
                    Surroundings(transport, self.url),
                    self.launches[role],
                    name=name,
                    folder=folder,
                    role=role,
                )
            except TransportError as error:
                return LoadRun(role, load, unchecked=str(error))
            return LoadLoop(stage, load, payloads, tell, self.notes).run()
