"""A whole exercise of a chain: the deployed services together, then those under change. All I/O hangs from here."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.exercise.chain import Chain, ChainRun, Step, judged_chain
from evtcompat.exercise.chain_loop import ChainLoop
from evtcompat.exercise.consumers import ConsumerSpec
from evtcompat.exercise.environments import GitExport, Launch, prepare
from evtcompat.exercise.payloads import Payload
from evtcompat.exercise.plan import ExerciseRequest, reads
from evtcompat.exercise.report import NOT_RUN, ConsumerNote, ExerciseReport, exit_code_of
from evtcompat.exercise.service_stage import Stage, Surroundings, staged
from evtcompat.exercise.services import ServiceSpec
from evtcompat.exercise.transports.base import Addressed, Channel, Transport, TransportError


@dataclass(frozen=True, slots=True)
class ChainPlan:
    """A chain that a person asked for."""

    subject: str
    chain: Chain
    #: By name.
    services: Mapping[str, ServiceSpec]
    #: By name and role: where the code is.
    origins: Mapping[tuple[str, str], ConsumerSpec]
    payloads: tuple[Payload, ...]
    request: ExerciseRequest
    transport: Transport
    url: str
    here: Path = field(default_factory=Path.cwd)


def exercise_chain(
    plan: ChainPlan, *, export: GitExport | None = None, progress: Callable[[str], None] = lambda _: None
) -> ExerciseReport:
    """The report of a chain. Afterwards no process, topic, group or file of it is left, also on an interruption.

    Raises:
        UncheckedError: The environment of a service cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="evtcompat-", ignore_cleanup_errors=True) as scratch:
        run = _ChainRun(plan, Path(scratch), export, progress)
        cells, interrupted = [], 0
        for role in plan.request.consumers:
            found = ChainRun(role, plan.chain, unchecked=NOT_RUN)
            if not interrupted:
                try:
                    found = run.role(role)
                except SystemExit as error:
                    interrupted = exit_code_of(error)
            cells.append(judged_chain(found))
        notes = [
            ConsumerNote(role, spec.name, " ".join(spec.commands[run.own(spec, role)]), "", f"chain {plan.chain.name}")
            for role in plan.request.consumers
            for spec in plan.services.values()
        ]
        return ExerciseReport(
            subject=plan.subject,
            seed=plan.request.seed,
            versions=plan.request.versions,
            consumers=tuple(notes),
            levels=(),
            chains=tuple(cells),
            notes=tuple(run.said),
            interrupted=interrupted,
        )


@dataclass(slots=True)
class _ChainRun:
    """What the runs of one chain share."""

    plan: ChainPlan
    scratch: Path
    export: GitExport | None
    progress: Callable[[str], None]
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    said: list[str] = field(default_factory=list)
    _launches: dict[tuple[str, str], Launch] = field(default_factory=dict)

    def own(self, spec: ServiceSpec, role: str) -> str:
        """The role, or the only one that a service has: it is the same before and after the change."""
        return role if role in spec.commands else next(iter(spec.commands))

    def role(self, role: str) -> ChainRun:
        """The chain with the services of a role."""
        chain = self.plan.chain
        versions = reads(role, self.plan.request)
        payloads = tuple(one for one in self.plan.payloads if one.version in versions and not one.poison)
        with ExitStack() as stack:
            try:
                collectors = {topic: self._open(stack, f"{role}-{number}") for number, topic in enumerate(chain.topics)}
                stages = tuple(self._stage(stack, step, role, collectors) for step in chain.steps)
            except TransportError as error:
                return ChainRun(role, chain, unchecked=str(error))
            return ChainLoop(chain, role, stages, collectors, payloads, self.progress, self.said).run()

    def _open(self, stack: ExitStack, name: str) -> Channel:
        channel = self.plan.transport.open(f"evtcompat-{self.run_id}-{name}")
        stack.enter_context(closing(channel))
        return channel

    def _stage(self, stack: ExitStack, step: Step, role: str, collectors: Mapping[str, Channel]) -> Stage:
        spec = self.plan.services[step.service]
        own = self.own(spec, role)
        number = self.plan.chain.steps.index(step)
        name = f"evtcompat-{self.run_id}-{role}-{step.service}-{number}"
        folder = self.scratch / f"stage-{role}-{number}"
        folder.mkdir()
        addresses = {topic: _address(channel, topic) for topic, channel in collectors.items()}
        outputs = {f"output:{topic}": addresses[topic] for topic in step.sends}
        if step.sends:
            outputs["output"] = addresses[step.sends[0]]
        around = Surroundings(self.plan.transport, self.plan.url, outputs)
        return staged(stack, spec, around, self._launch(step.service, own), name=name, folder=folder, role=own)

    def _launch(self, service: str, role: str) -> Launch:
        known = self._launches.get((service, role))
        if known is None:
            spec = replace(self.plan.origins[service, role], role=f"{service}-{role}")
            known = prepare(spec, self.scratch, here=self.plan.here, export=self.export)
            self._launches[service, role] = known
        return known


def _address(channel: Channel, topic: str) -> str:
    if not isinstance(channel, Addressed):
        message = f"{topic}: nothing can be sent to it over this transport by a service"
        raise TransportError(message)
    return channel.address
