"""What `evtcompat exercise` does with its options."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evtcompat.cli.exercising.chains import chain_plan, chain_roles
from evtcompat.cli.exercising.registry import needs_registry, private_registry
from evtcompat.cli.exercising.services import service_consumers, service_spec
from evtcompat.cli.runs.context import Environment, configuration
from evtcompat.cli.terminal.ending import ASKED_TO_END, ended_in_order
from evtcompat.cli.terminal.output import text_output
from evtcompat.cli.terminal.screen import terminal
from evtcompat.config.exercise import ExerciseSettings
from evtcompat.config.values import UndecidedAction
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.chain_run import exercise_chain
from evtcompat.exercise.consumers import ConsumerSpec, parse_consumer
from evtcompat.exercise.delivery_loop import Limits
from evtcompat.exercise.generated import encoding_names, generated_payloads, is_generated
from evtcompat.exercise.git_tree import export_with
from evtcompat.exercise.load import Load
from evtcompat.exercise.oracle import Declared
from evtcompat.exercise.payloads import Fault, FoundPayloads, Payload, Sequence
from evtcompat.exercise.plan import (
    FAULTS_OF_FUNCTIONS,
    FAULTS_OF_SERVICES,
    FAULTS_OF_THE_DATABASE,
    FAULTS_OF_THE_REGISTRY,
    FAULTS_OF_THE_SERVER,
    ExerciseRequest,
)
from evtcompat.exercise.recorded import INDEX as RECORDED
from evtcompat.exercise.recorded import is_recorded, recorded_payloads
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.run import ExercisePlan
from evtcompat.exercise.run import exercise as run_plan
from evtcompat.exercise.servers import is_private, private_server, restarts, unfit
from evtcompat.exercise.services import ServiceSpec
from evtcompat.exercise.transports.base import Transport
from evtcompat.exercise.transports.opening import open_transport
from evtcompat.formats.wire import CONFLUENT_IN_HEADER
from evtcompat.model.levels import Level
from evtcompat.payloads.folder import MANIFEST
from evtcompat.reporters.exercise_json import exercise_json
from evtcompat.reporters.exercise_junit import exercise_junit
from evtcompat.reporters.exercise_text import exercise_text
from evtcompat.writing import check_report

_FOLDER_HINT = "`evtcompat fixtures generate` makes one; docs/exercise.md tells how to write one"
_FORMATS = ("text", "json", "junit")
#: Seconds between two lines that say what runs, where standard error is no terminal.
_SPARSE = 30.0
#: What a fault needs that cannot strike everywhere.
_NEEDS = {
    Fault.RESTART: "It needs --service, and a private server that keeps what it is given, such as --transport redis:.",
    **dict.fromkeys(FAULTS_OF_THE_DATABASE, "It needs --service, and `database` in its description."),
    **dict.fromkeys(FAULTS_OF_THE_REGISTRY, "It needs --service, and `registry` in its description."),
}
#: What ends a run so that topics, streams and processes are removed on the way out.
_SIGNALS = (signal.SIGINT, *ASKED_TO_END)


@dataclass(frozen=True, slots=True)
class Request:
    """The command line, read."""

    subject: str
    #: The name of a service of the configuration.
    service: str | None
    #: The name of a chain of the configuration.
    chain: str | None
    #: Role -> what was named, and its interpreter.
    consumers: Mapping[str, tuple[str | None, str | None]]
    fixtures: Path | None
    encoding: str | None
    observe: str
    agree: str | None
    config: Path | None
    transport: str | None
    faults: bool
    #: Events a second, and for how many seconds; ``None`` for cells.
    load: tuple[float, float] | None
    level: Level
    deliveries: tuple[str, ...]
    versions: tuple[str, ...]
    seed: int
    deadline: float
    format: str
    output: Path | None
    undecided: str


@dataclass(frozen=True, slots=True)
class _Broker:
    """The broker of a run."""

    transport: Transport | None = None
    url: str = ""
    #: Of a server that was started for the run, and keeps what it is given.
    restart: Callable[[], None] | None = None


def run_exercise(request: Request) -> int:
    """The exit code, once the report is written.

    Raises:
        UsageError: The options do not fit together.
        UncheckedError: Payloads or environments cannot be had.
    """
    _one_of("--format", request.format, _FORMATS)
    _one_of("--undecided", request.undecided, tuple(action.value for action in UndecidedAction))
    check_report(request.output)
    sequences, struck = _chosen(request.deliveries)
    _carried(request, struck)
    faults = request.faults or bool(struck)
    _watchable(request)
    _loadable(request)
    config = configuration(Environment(), request.config)
    settings = config.exercise
    found = _payloads(request.subject, request.fixtures, request.encoding)
    payloads = _of_versions(found.payloads, request.versions)
    if request.chain is not None:
        return _ended(_run_chain(request.chain, request, settings, payloads), request, found.unread)
    service = None if request.service is None else service_spec(request.service, settings)
    consumers = _consumers(request) if service is None else _of_service(request, service, settings)
    wanted = ExerciseRequest(
        consumers=tuple(spec.role for spec in consumers),
        versions=tuple(dict.fromkeys(payload.version for payload in payloads)),
        level=request.level,
        sequences=sequences,
        faults=_faults(service, struck, request.transport),
        seed=request.seed,
    )
    plan = ExercisePlan(
        subject=request.subject,
        payloads=payloads,
        consumers=consumers,
        request=wanted,
        observe=request.observe,
        transport=None,
        faults=faults,
        limits=Limits(deadline=request.deadline),
        declared=tuple(Declared(one.path, one.reason) for one in settings.differences_of(request.subject)),
        agree=request.agree,
        service=service,
        load=None if request.load is None else Load(*request.load),
    )
    with ExitStack() as stack:
        stack.enter_context(ended_in_order(*_SIGNALS))
        tell = stack.enter_context(_progress())
        broker = stack.enter_context(_broker(request.transport, tell))
        if service is not None and request.fixtures is not None and needs_registry(service):
            service = stack.enter_context(private_registry(service, request.subject, request.fixtures, config))
        plan = replace(plan, transport=broker.transport, url=broker.url, restart=broker.restart, service=service)
        report = run_plan(plan, export=export_with(_archive), progress=tell)
    return _ended(report, request, found.unread)


def _ended(report: ExerciseReport, request: Request, unread: tuple[str, ...]) -> int:
    """The exit code, once the report is written, with why some of the payloads could not be read."""
    report = replace(report, unread=unread)
    _write(report, request)
    return UndecidedAction(request.undecided).exit_code if report.verdict == "undecided" else report.exit_code


def _run_chain(
    name: str, request: Request, settings: ExerciseSettings, payloads: tuple[Payload, ...]
) -> ExerciseReport:
    roles = chain_roles(name, settings)
    others = [request.service, request.load, *(text for pair in request.consumers.values() for text in pair)]
    if request.faults or request.deliveries or any(other is not None for other in others):
        message = "--chain is a run of its own"
        raise UsageError(message, hint="Leave out --service, --old, --new, --rate, --faults and --delivery.")
    if request.transport is None:
        message = "the services of a chain consume from a broker, and none is named"
        raise UsageError(message, hint="add --transport redis: for a private one, or the address of yours")
    wanted = ExerciseRequest(
        consumers=roles,
        versions=tuple(dict.fromkeys(payload.version for payload in payloads)),
        level=request.level,
        seed=request.seed,
    )
    with ended_in_order(*_SIGNALS), _progress() as tell, _broker(request.transport, tell) as broker:
        if broker.transport is None:  # it is named
            raise AssertionError
        plan = chain_plan(name, settings, request.subject, payloads, wanted, broker.transport, broker.url)
        return exercise_chain(plan, export=export_with(_archive), progress=tell)


def _carried(request: Request, struck: tuple[Fault, ...]) -> None:
    if (struck or request.faults) and request.transport is None:
        typed = f"--delivery {struck[0].value}" if struck else "--faults"
        message = f"{typed} needs a broker that can fail"
        raise UsageError(message, hint="add --transport redis://127.0.0.1:6379, for example")
    if request.encoding == CONFLUENT_IN_HEADER and request.transport is not None and "kafka" not in request.transport:
        message = f"--encoding {CONFLUENT_IN_HEADER} needs headers that hold bytes, which only Kafka has"
        raise UsageError(
            message, hint="Leave --transport out, or name a broker of Kafka: --transport kafka://HOST:PORT"
        )


def _watchable(request: Request) -> None:
    if request.agree is None:
        return
    if not re.fullmatch(r"[\w.]+:[\w.]+", request.agree):
        message = f"--agree {request.agree}: not the name of a function"
        raise UsageError(message, hint="for example --agree checks:agree, for def agree(expected, effect)")
    if request.observe == "nothing":
        message = "--agree needs an effect to look at"
        raise UsageError(message, hint="--observe names what shows the effect")


def _loadable(request: Request) -> None:
    if request.load is None:
        return
    if request.service is None:
        message = "--rate needs a whole service: of a function it would measure evtcompat"
        raise UsageError(message, hint="add --service NAME, one of [exercise.services] in the configuration")
    if request.faults or request.deliveries:
        message = "--rate and --faults or --delivery exclude each other"
        raise UsageError(message, hint="A run is either cells or a load.")


def _one_of(option: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        message = f"{option} {word}: there is no such choice"
        raise UsageError(message, hint=f"known: {', '.join(known)}")


def _chosen(words: tuple[str, ...]) -> tuple[tuple[Sequence, ...], tuple[Fault, ...]]:
    """The deliveries and the faults that were named; a fault alone is compared with each payload once."""
    sequences = {sequence.value: sequence for sequence in Sequence}
    faults = {fault.value: fault for fault in Fault if fault is not Fault.NONE}
    for word in words:
        _one_of("--delivery", word, (*sequences, *faults))
    named = tuple(sequences[word] for word in words if word in sequences)
    struck = tuple(faults[word] for word in words if word in faults)
    return named or ((Sequence.ONCE,) if struck else tuple(Sequence)), struck


def _faults(service: ServiceSpec | None, struck: tuple[Fault, ...], transport: str | None) -> tuple[Fault, ...]:
    """The faults that were named, else all that can strike."""
    possible: tuple[Fault, ...] = FAULTS_OF_FUNCTIONS
    if service is not None:
        possible = FAULTS_OF_SERVICES
        possible += FAULTS_OF_THE_SERVER * restarts(transport)
        possible += FAULTS_OF_THE_DATABASE * (service.database is not None)
        possible += FAULTS_OF_THE_REGISTRY * (bool(service.registry) or needs_registry(service))
        possible = tuple(fault for fault in possible if fault not in unfit(transport))
    for fault in struck:
        if fault not in possible:
            message = f"--delivery {fault.value}: that fault cannot strike here"
            known = ", ".join(one.value for one in possible)
            why = unfit(transport).get(fault) or _NEEDS.get(fault, "It needs --service.")
            hint = f"Here: {known}. {why}"
            raise UsageError(message, hint=hint)
    return struck or possible


def _of_service(request: Request, service: ServiceSpec, settings: ExerciseSettings) -> tuple[ConsumerSpec, ...]:
    if any(text or python for text, python in request.consumers.values()):
        message = "--service and --old, --new exclude each other"
        raise UsageError(message, hint=f"[exercise.services.{service.name}] names the commands of old and new.")
    if request.transport is None:
        message = "a service consumes from a broker, and none is named"
        raise UsageError(message, hint="add --transport redis: for a private one, or the address of yours")
    return service_consumers(service.name, settings)


def _consumers(request: Request) -> tuple[ConsumerSpec, ...]:
    named = tuple(
        parse_consumer(role, text, python=python)
        for role, (text, python) in request.consumers.items()
        if text is not None
    )
    if request.transport is not None and request.transport.startswith("webhook://"):
        message = f"--transport {request.transport} posts to a service, and none is named"
        raise UsageError(
            message, hint="add --service NAME; --transport webhook: posts to the functions of --old, --new"
        )
    if not named:
        message = "no consumer is named"
        raise UsageError(message, hint="--old shipping.consumers:handle@git:v1.4 --new shipping.consumers:handle")
    for role, (text, python) in request.consumers.items():
        if text is None and python is not None:
            message = f"--{role}-python is given without --{role}"
            raise UsageError(message)
    return named


def _payloads(subject: str, folder: Path | None, encoding: str | None) -> FoundPayloads:
    if folder is None:
        message = "no payloads are named"
        raise UsageError(message, hint="--fixtures DIR, a folder that `evtcompat fixtures generate` wrote")
    if encoding is not None:
        _one_of("--encoding", encoding, encoding_names(encoding))
    if not folder.exists():
        message = f"--fixtures {folder}: there is no such folder"
        raise UncheckedError(message, hint=_FOLDER_HINT)
    if is_generated(folder):
        found = generated_payloads(folder, encoding)
        other = next((payload.key for payload in found.payloads if payload.key != subject), None)
        if other is not None:
            message = f"{folder} holds payloads of {other}, not of {subject}"
            raise UsageError(message, hint=f"Name that subject, or the folder of {subject}.")
        return found
    if is_recorded(folder):
        if encoding is not None:
            what = f"the payloads of {folder / RECORDED} are sent as they are"
            message = f"--encoding {encoding} is for generated payloads: {what}"
            raise UsageError(message, hint="Leave it out, or name a folder of `evtcompat fixtures generate`.")
        return recorded_payloads(folder)
    message = f"{folder} is no folder of payloads: it has neither {MANIFEST} nor {RECORDED}"
    raise UncheckedError(message, hint=_FOLDER_HINT)


def _of_versions(payloads: tuple[Payload, ...], wanted: tuple[str, ...]) -> tuple[Payload, ...]:
    """The payloads of the versions that were named, or all."""
    known = dict.fromkeys(payload.version for payload in payloads)
    chosen = {word if word in known else word.removeprefix("v") for word in wanted}
    for word in wanted:
        if word not in known and word.removeprefix("v") not in known:
            message = f"--versions {word}: there are no payloads of that version"
            raise UsageError(message, hint=f"known: {', '.join(known)}")
    return tuple(payload for payload in payloads if not chosen or payload.version in chosen)


def _archive(ref: str) -> bytes:
    from evtcompat.sources.git.repository import find_repository

    repository = find_repository(Path.cwd().resolve())
    if repository is None:
        message = f"@git:{ref} names a git ref, but there is no git repository here"
        raise UncheckedError(message, hint="Run in the repository that holds the consumer's code.")
    commit = repository.resolve(ref)
    # Below a sub-folder of the repository `git archive` writes that folder alone, as `here` is for the other consumer.
    return repository.git.run(*repository.git.without_filters(), "archive", "--format=tar", commit)


@contextmanager
def _broker(text: str | None, tell: Callable[[str], None]) -> Iterator[_Broker]:
    """The broker of a run; a scheme without an address starts a server that lives as long as the run."""
    if text is not None and is_private(text):
        tell(f"starting {text}")
        with private_server(text) as server:
            yield _Broker(open_transport(server.url), server.url, server.restart if server.keeps else None)
    else:
        yield _Broker() if text is None else _Broker(open_transport(text), text)


@contextmanager
def _progress() -> Iterator[_Teller]:
    teller = _Teller()
    try:
        yield teller
    finally:
        teller("")


class _Teller:
    """Says on standard error what runs now: at a terminal in one line, elsewhere in a line now and then."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text[: terminal(sys.stderr).width - 1]}")
        elif text and now - self._told >= _SPARSE:
            self._told = now
            sys.stderr.write(f"{text}\n")
        else:
            return
        sys.stderr.flush()


def _write(report: ExerciseReport, request: Request) -> None:
    if request.format == "json":
        text = exercise_json(report)
    elif request.format == "junit":
        text = exercise_junit(report)
    elif request.output is not None:
        text = exercise_text(report)
    else:
        text = exercise_text(report, terminal())
    text_output(text, request.format, request.output)
