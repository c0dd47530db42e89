"""A whole exercise: levels, scenarios, processes and channels, and the report. All I/O hangs from here."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Ordered
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.exercise.consumers import ConsumerSpec
from evtcompat.exercise.delivery_loop import DeliveryLoop, Limits
from evtcompat.exercise.environments import GitExport, Launch, prepare
from evtcompat.exercise.expectations import Expectations
from evtcompat.exercise.judge import judge
from evtcompat.exercise.load import Load, LoadCell, LoadRun, judged
from evtcompat.exercise.oracle import Declared, Oracle, Ran
from evtcompat.exercise.payloads import Fault, Payload, Scenario
from evtcompat.exercise.plan import ExerciseRequest, faulty_scenarios, reads, scenarios
from evtcompat.exercise.process import RunnerProcess, Started, StartError
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.report import NOT_RUN, ConsumerNote, ExerciseReport, LevelRun, exit_code_of
from evtcompat.exercise.results import CellRun
from evtcompat.exercise.service_cells import ServiceCells
from evtcompat.exercise.services import ServiceSpec
from evtcompat.exercise.transports.base import Transport, TransportError, Unordered
from evtcompat.exercise.transports.memory import MemoryTransport


@dataclass(frozen=True, slots=True)
class ExercisePlan:
    """What a person asked for."""

    subject: str
    payloads: tuple[Payload, ...]
    consumers: tuple[ConsumerSpec, ...]
    request: ExerciseRequest
    #: ``nothing``, ``returns``, or a name in the consumer's module (or ``module:name``) to watch.
    observe: str = "nothing"
    #: The broker of the second and third level, or ``None`` for the first level alone.
    transport: Transport | None = None
    faults: bool = False
    limits: Limits = field(default_factory=Limits)
    #: Differences between old and new that are intended.
    declared: tuple[Declared, ...] = ()
    #: ``module:function`` that says whether an effect agrees with what the reader's schema says; ``None`` for by name.
    agree: str | None = None
    #: A service instead of functions, with the URL of the broker that it is to use.
    service: ServiceSpec | None = None
    url: str = ""
    #: Restarts the broker, where evtcompat has started it.
    restart: Callable[[], None] | None = None
    #: The service under load instead of the cells.
    load: Load | None = None
    #: The folder that evtcompat was started in.
    here: Path = field(default_factory=Path.cwd)


def exercise(
    plan: ExercisePlan, *, export: GitExport | None = None, progress: Callable[[str], None] = lambda _: None
) -> ExerciseReport:
    """The report of a whole run. Afterwards no process, topic, group or file of it is left, also on an interruption.

    An interruption (`SystemExit`) of what runs leaves a report of what was seen until then, and says so in it.

    Args:
        plan: What to run.
        export: How to have a git ref's tree; only asked for consumers from git.
        progress: Told the name of each cell as it begins.

    Raises:
        UncheckedError: A consumer's environment cannot be had.
    """
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="evtcompat-", ignore_cleanup_errors=True))
        run = stack.enter_context(closing(_ExerciseRun(plan, Path(scratch), progress)))
        for spec in plan.consumers:
            run.launches[spec.role] = prepare(spec, Path(scratch), here=plan.here, export=export)
        levels = tuple(run.levels()) if plan.load is None else ()
        loads = () if plan.load is None else run.loads(plan.load)
        return ExerciseReport(
            subject=plan.subject,
            seed=plan.request.seed,
            versions=plan.request.versions,
            consumers=tuple(run.note(spec) for spec in plan.consumers),
            levels=levels,
            loads=loads,
            notes=tuple(run.notes()),
            interrupted=run.interrupted,
        )


@dataclass(slots=True)
class _ExerciseRun:
    """What the cells of one run share."""

    plan: ExercisePlan
    scratch: Path
    progress: Callable[[str], None]
    launches: dict[str, Launch] = field(default_factory=dict)
    started: dict[str, Started] = field(default_factory=dict)
    #: Not from the seed: two runs with the same seed may share a broker.
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    cells: int = 0
    oracle: Oracle = field(init=False)
    services: ServiceCells | None = None
    #: The exit code that a signal asked for; from then on nothing is run any more.
    interrupted: int = 0
    _agreeing: RunnerProcess | None = None

    def __post_init__(self) -> None:
        """The oracle that judges all levels."""
        versions = self.plan.request.versions
        self.oracle = Oracle(
            Expectations(versions, self.plan.payloads),
            self._again,
            self.plan.declared,
            None if self.plan.agree is None else self._agree,
        )

        if self.plan.service is not None:
            self.services = ServiceCells(self.plan.service, self.plan.url, self.launches, self.plan.restart)

    def _again(self, scenario: Scenario) -> CellRun:
        if self.interrupted:
            return CellRun((), unchecked=NOT_RUN)
        transport = self.plan.transport if self.plan.service is not None else None
        return self._cell(transport or MemoryTransport(), replace(scenario, fault=Fault.NONE))

    def close(self) -> None:
        """The process of the user's function has ended."""
        if self._agreeing is not None:
            self._agreeing.close()

    def _agree(self, expected: object, effect: object) -> str:
        if self._agreeing is None or not self._agreeing.alive:
            launch = prepare(
                ConsumerSpec("agree", str(self.plan.agree)), self.scratch, here=self.plan.here, export=None
            )
            self._agreeing = RunnerProcess(launch, self.scratch)
        try:
            return self._agreeing.agrees(str(self.plan.agree), expected, effect, self.plan.limits.start)
        except StartError as error:
            self._agreeing.close()
            return str(error)

    def levels(self) -> Iterator[LevelRun]:
        """Every level that was asked for."""
        plan = self.plan
        if plan.service is None:
            yield self.level(MemoryTransport(), scenarios(plan.payloads, plan.request, stage="in process"))
        if plan.transport is not None:
            name = plan.transport.name
            yield self.level(plan.transport, scenarios(plan.payloads, plan.request, stage=name))
            if plan.faults:
                yield self.level(
                    plan.transport, faulty_scenarios(plan.payloads, plan.request, stage=name), " with faults"
                )

    def loads(self, load: Load) -> tuple[LoadCell, ...]:
        """The services under load, one after the other, with the payloads that each has to read."""
        runs = []
        for spec in self.plan.consumers:
            versions = reads(spec.role, self.plan.request)
            payloads = tuple(one for one in self.plan.payloads if one.version in versions and not one.poison)
            if payloads and self.services is not None and self.plan.transport is not None:
                runs.append(LoadRun(spec.role, load, unchecked=NOT_RUN))
                if not self.interrupted:
                    with self._interruptible():
                        runs[-1] = self._load(self.services, self.plan.transport, load, payloads, spec.role)
        return judged(runs)

    def _load(
        self, services: ServiceCells, transport: Transport, load: Load, payloads: tuple[Payload, ...], role: str
    ) -> LoadRun:
        folder, name = self._place()
        return services.load(transport, load, payloads, folder, name, role, self.progress)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """A signal that asks the run to end leaves what was seen until then."""
        try:
            yield
        except SystemExit as error:
            self.interrupted = exit_code_of(error)

    def _place(self) -> tuple[Path, str]:
        """A folder and a name for topics that nothing else has."""
        self.cells += 1
        folder = self.scratch / f"cell-{self.cells}"
        folder.mkdir()
        return folder, f"evtcompat-{self.run_id}-{self.cells}"

    def level(self, transport: Transport, wanted: Ordered[Scenario], suffix: str = "") -> LevelRun:
        """One level. Once the broker cannot be reached, the rest of the level is not tried."""
        name = transport.name + suffix
        ran: list[Ran] = []
        unreachable = ""
        for number, scenario in enumerate(wanted, start=1):
            run = CellRun((), unchecked=unreachable or NOT_RUN)
            if not unreachable and not self.interrupted:
                self.progress(f"{name}, {number} of {len(wanted)}: {scenario.name}")
                with self._interruptible():
                    try:
                        run = self._cell(transport, scenario)
                    except TransportError as error:
                        unreachable = str(error)
                        run = CellRun((), unchecked=unreachable)
            ran.append(Ran(scenario, run, judge(scenario, run)))
        with self._interruptible():
            return LevelRun(name, self.oracle.judged(ran))
        return LevelRun(name, self.oracle.judged(ran))  # interrupted: with what was seen, and without running anything

    def _cell(self, transport: Transport, scenario: Scenario) -> CellRun:
        folder, name = self._place()
        if self.services is not None:
            return self.services.run(transport, scenario, folder, name)
        with ExitStack() as stack:
            proxy = None
            if scenario.fault is Fault.CUT:
                proxy = stack.enter_context(Proxy(transport.upstream()))
            channel = transport.open(name, through=None if proxy is None else proxy.address)
            stack.enter_context(closing(channel))
            launch = partial(self._launch, scenario.consumer, folder)
            loop = DeliveryLoop(scenario, channel, launch, self.plan.limits, proxy)
            try:
                run = loop.run()
            except SystemExit as error:
                self.interrupted = exit_code_of(error)
                run = CellRun((), unchecked=f"{NOT_RUN}; {loop.last}")
            return replace(run, keeps_order=not isinstance(transport, Unordered))

    def _launch(self, role: str, folder: Path) -> tuple[RunnerProcess, Started]:
        spec = next(spec for spec in self.plan.consumers if spec.role == role)
        process = RunnerProcess(self.launches[role], folder)
        try:
            started = process.start(spec.target, self.plan.observe, self.plan.limits.start)
        except BaseException:  # whatever it is, an interruption too: the process must not be left behind
            process.close()
            raise
        self.started[role] = started
        return process, started

    def note(self, spec: ConsumerSpec) -> ConsumerNote:
        """Which code ran for a consumer."""
        if self.plan.service is not None:
            command = " ".join(self.plan.service.commands[spec.role])
            return ConsumerNote(spec.role, spec.name, command, "", str(self.plan.service.probe))
        started = self.started.get(spec.role)
        if started is None:
            return ConsumerNote(spec.role, spec.name)
        file = started.file.replace(str(self.scratch / spec.role), spec.where)
        file = file.removeprefix(f"{self.plan.here}{os.sep}")
        return ConsumerNote(spec.role, spec.name, file, started.python, started.observes)

    def notes(self) -> Iterator[str]:
        """What a person should know: old and new that are the same code, versions without payloads."""
        ran = {(started.file, spec.target) for spec in self.plan.consumers if (started := self.started.get(spec.role))}
        if self.interrupted:
            yield "interrupted: what was not run yet is unchecked, and nothing was run a second time to compare with"
        if len(self.started) > 1 and len(ran) == 1:
            yield f"old and new are the same code: {next(iter(ran))[0]}"
        if len(self.started) > 1 and self.plan.observe == "nothing":
            yield "nothing shows what the consumers did: the new one was not compared with the old one (--observe)"
        yield from self.oracle.notes()
        if self.services is not None:
            yield from self.services.notes
        for version in self.plan.request.versions:
            good = [p for p in self.plan.payloads if p.version == version]
            if not any(not p.poison for p in good):
                yield f"version {version} has no payload: nothing was exercised with it"
            elif self.plan.load is None and not any(p.poison for p in good):
                yield f"version {version} has no poison: what the consumers do with it was not exercised"
