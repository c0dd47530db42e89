"""The work behind `evtcompat deploy`, `can-i-deploy` and `plan`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.checking.problems import problem_of
from evtcompat.cli.contracting.contracts import Asked, deployments_in, open_contracts
from evtcompat.cli.runs.context import Environment, configuration
from evtcompat.cli.terminal.output import text_output
from evtcompat.cli.terminal.screen import terminal
from evtcompat.config import DEFAULT_POLICY
from evtcompat.contracts.deciding import can_deploy
from evtcompat.contracts.deployments import BUILT, Build, Deployments
from evtcompat.contracts.judging import Judge
from evtcompat.contracts.ordering import deployment_plan
from evtcompat.contracts.recording import Recording, called, known_owners, recording
from evtcompat.contracts.snapshots import Snapshot, keep
from evtcompat.contracts.systems import System
from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Verdict
from evtcompat.payloads.matrix import Subject
from evtcompat.payloads.subjects import Catalogue
from evtcompat.reporters import deployments as shows
from evtcompat.reporters.terminal import Terminal
from evtcompat.rules.judge import Severities
from evtcompat.writing import check_report

if TYPE_CHECKING:
    from evtcompat.config import Config

_CODES = {Verdict.COMPATIBLE: 0, Verdict.INCOMPATIBLE: 1, Verdict.UNDECIDED: 3}


class Said(NamedTuple):
    """What a person said about deployments."""

    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    replays: tuple[str, ...] = ()
    folder: Path | None = None
    contracts: Path | None = None
    schemas: tuple[str, ...] = ()
    config: Path | None = None
    #: Models that may be imported.
    models: tuple[str, ...] = ()
    #: The document whose operations say what the service does.
    document: Path | None = None


def open_deployments(said: Said) -> tuple[Deployments, Config]:
    """The folder of deployments, and the configuration.

    Raises:
        ConfigError: The configuration is wrong.
    """
    environment = Environment()
    config = configuration(environment, said.config)
    return deployments_in(environment.folder, config, said.folder), config


def record_version(service: str, version: str, environment: str | None, said: Said) -> str:
    """Record a version; the answer says what was recorded.

    Raises:
        UsageError: A word is wrong, nothing says what the service does, or it is recorded with other schemas.
        UncheckedError: A schema, a contract or a record cannot be read.
    """
    deployments, config = open_deployments(said)
    name = environment or BUILT
    deployments.path(name, service)  # a wrong name leaves nothing behind
    build = None
    if not (said.writes or said.reads or said.document):
        build = _known(deployments, service, version)
    if build is None:
        made = _made(service, version, said, config)
        deployments.refuse_change(name, made.build)
        for snapshot in made.snapshots:
            keep(deployments.folder, snapshot)
        build = made.build
    deployments.record(name, replace(build, runs=environment is not None))
    where = f"runs in {environment}" if environment else "was built"
    return f"{build} {where}: {shows.used_text(build)}."


def _made(service: str, version: str, said: Said, config: Config) -> Recording:
    """What there is to record of a version that was never recorded.

    Raises:
        UsageError: A word is wrong, or nothing says what the service writes or reads.
        UncheckedError: A schema, contract or document cannot be read.
    """
    asked = Asked(contracts=said.contracts, schemas=said.schemas, config=said.config, models=said.models)
    with open_contracts(asked) as opened, ExitStack() as stack:
        own = [one for one in opened.files.files if one.consumer == service]
        named = said.contracts is not None or config.written("contracts") is not None
        for problem in opened.files.problems if named or opened.folder.is_dir() else ():
            raise problem
        contracts = opened.files.contracts(opened.subject, opened.headers, lambda one: one.consumer == service)
        for problem in contracts.problems if own else ():
            raise problem
        words = (said.writes, said.reads, said.replays)
        if said.document is None:
            owners = _owners(service, config, opened.catalogue, words)
            return recording(service, version, words, owners, contracts.all, opened.catalogue.subject)
        documented = stack.enter_context(Catalogue(Environment().folder, [said.document], config=config))
        owners = _declared(service, said.document, documented)

        def find(name: str) -> Subject:
            return (documented if name in owners else opened.catalogue).subject(name)

        return recording(service, version, words, owners, contracts.all, find)


def _owners(
    service: str, config: Config, catalogue: Catalogue, words: tuple[Sequence[str], ...]
) -> Mapping[str, Owners]:
    """Who writes and reads what; documents are asked where neither person nor configuration speaks of the service.

    Raises:
        UncheckedError: A document cannot be read.
    """
    owners = known_owners(config, {})
    if any(words) or any(called(service, (*one.producers, *one.consumers)) for one in owners.values()):
        return owners
    return known_owners(config, catalogue.declared_owners())


def _declared(service: str, document: Path, catalogue: Catalogue) -> Mapping[str, Owners]:
    """What the operations of a document say that the service does, whatever the document calls it.

    Raises:
        UsageError: They say nothing.
        UncheckedError: The document cannot be read.
    """
    found = catalogue.declared_owners()
    if not found:
        message = f"--document {document}: no operation in it says who sends or receives an event"
        raise UsageError(message, hint="Name an AsyncAPI document, 3.0 or later, with operations.")
    return {
        subject: Owners((service,) if one.producers else (), (service,) if one.consumers else ())
        for subject, one in found.items()
    }


def _known(deployments: Deployments, service: str, version: str) -> Build | None:
    """What was recorded of a version before, in whatever environment."""
    return deployments.described(service, version) if deployments.knows(service, version) else None


def remove_version(service: str, version: str, environment: str | None, said: Said) -> str:
    """Record that a version runs no longer; the answer says so.

    Raises:
        UsageError: No environment is named, or something is said of what the version does.
        UncheckedError: The version was not recorded there.
    """
    given = {"writes": said.writes, "reads": said.reads, "replays": said.replays, "document": said.document}
    for option in (f"--{name}" for name, value in given.items() if value):
        message = f"{option} has no effect with --remove"
        raise UsageError(message, hint=f"Leave {option} out: what the version did stays recorded.")
    if environment is None:
        message = "--remove needs the environment in which the version runs no longer"
        raise UsageError(message, hint="Add --env NAME.")
    deployments, _ = open_deployments(said)
    deployments.remove(environment, service, version)
    return f"{service} {version} runs in {environment} no longer."


def list_deployments(environment: str | None, said: Said, terminal: Terminal) -> tuple[str, int]:
    """What runs where, for a person, and the exit code: 3 where a file cannot be read.

    Raises:
        UncheckedError: Nothing was recorded.
    """
    deployments, _ = open_deployments(said)
    names = deployments.environments() if environment is None else (environment,)
    found = [(name, deployments.recorded(name)) for name in names]
    problems = [problem_of(error) for _, one in found for error in one.problems]
    if not problems and not any(one.builds for _, one in found):
        message = f"nothing was recorded{f' in {environment}' if environment else ''}"
        hint = "`evtcompat deploy record SERVICE VERSION --env NAME` records a version."
        raise UncheckedError(message, place=Place(origin=deployments.shown), hint=hint)
    return shows.running_text([(name, one.builds) for name, one in found], problems, terminal), 3 if problems else 0


class Question(NamedTuple):
    """What a person asks about an environment."""

    environment: str
    said: Said
    #: ``SERVICE=VERSION``: what if this ran.
    assumed: tuple[str, ...]
    format: str
    #: ``None`` is standard output.
    output: Path | None
    accept_standing: bool


class _Opened(NamedTuple):
    """What a question is answered from."""

    deployments: Deployments
    system: System
    #: The files of the environment that cannot be read.
    unread: tuple[UncheckedError, ...]
    judge: Judge
    terminal: Terminal


def _open(question: Question, formats: Sequence[str]) -> _Opened:
    """What there is of the environment.

    Raises:
        UsageError: A word is wrong.
        UncheckedError: Nothing was recorded there, or a file cannot be read.
    """
    if question.format not in formats:
        message = f"--format {question.format}: there is no such format"
        raise UsageError(message, hint=f"Known: {', '.join(formats)}.")
    check_report(question.output)
    deployments, config = open_deployments(question.said)
    system, unread = _system(deployments, question.environment, question.assumed)
    screen = terminal() if question.output is None else Terminal()
    return _Opened(deployments, system, unread, _judge(deployments, config), screen)


def decide_deployment(service: str, version: str, question: Question) -> int:
    """Say whether a version can be deployed; the answer is the exit code.

    Raises:
        UsageError: A word is wrong.
        UncheckedError: A version was never recorded, or a file cannot be read.
    """
    opened = _open(question, ("text", "json"))
    judge = opened.judge
    build = opened.deployments.described(service, version)
    unread = [problem_of(error) for error in opened.unread]
    decision = can_deploy(opened.system, build, judge.verdict, accept_standing=question.accept_standing, unread=unread)
    if question.format == "json":
        text = shows.decision_json(decision, judge)
    else:
        text = shows.decision_text(decision, judge, opened.terminal)
    text_output(text, question.format, question.output)
    return _CODES[decision.verdict]


def plan_deployments(targets: Sequence[str], question: Question) -> int:
    """Write an order of deployments, or why there is none; the answer is the exit code.

    Raises:
        UsageError: A word is wrong.
        UncheckedError: A version was never recorded, or a file cannot be read.
    """
    opened = _open(question, ("text", "json", "mermaid"))
    for error in opened.unread:  # no order is known to be right beside a service of which nothing is known
        raise error
    judge = opened.judge
    wanted = [opened.deployments.described(*one) for one in _versions(targets)]
    plan = deployment_plan(opened.system, wanted, judge.verdict, accept_standing=question.accept_standing)
    if question.format == "json":
        text = shows.plan_json(plan, judge)
    elif question.format == "mermaid":
        text = shows.plan_mermaid(plan)
    else:
        text = shows.plan_text(plan, judge, opened.terminal)
    text_output(text, question.format, question.output)
    if any(judge.verdict(*pair.schemas) is Verdict.INCOMPATIBLE for one in plan.obstacles for pair in one.pairs):
        return 1
    return 0 if plan.exists else 3


def _system(deployments: Deployments, name: str, assumed: Sequence[str]) -> tuple[System, tuple[UncheckedError, ...]]:
    builds, unread = deployments.recorded(name)
    if not (builds or unread) or name == BUILT:
        message = f"nothing was recorded as running in {name}"
        known = ", ".join(one for one in deployments.environments() if one != BUILT) or "none"
        hint = f"`evtcompat deploy record SERVICE VERSION --env {name}` records a version. Environments: {known}."
        raise UncheckedError(message, place=Place(origin=deployments.shown), hint=hint)
    system = System.of(name, builds)
    for service, version in _versions(assumed):
        system = system.assuming(replace(deployments.described(service, version), runs=True))
    return system, unread


def _versions(words: Sequence[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for word in words:
        service, equals, version = word.partition("=")
        if not equals or not service or not version:
            message = f"{word}: not SERVICE=VERSION"
            raise UsageError(message, hint="For example orders=2.1.")
        if found.setdefault(service, version) != version:
            message = f"{service} is to be {found[service]} and {version} at once"
            raise UsageError(message, hint="Name each service once.")
    return list(found.items())


def _judge(deployments: Deployments, config: Config) -> Judge:
    def settings(name: str, snapshot: Snapshot) -> Subject:
        own = config.settings(name)
        return Subject(
            name,
            snapshot.format,
            (snapshot.version,),
            own.policy or DEFAULT_POLICY,
            config.format_settings.get(snapshot.format.name, {}),
        )

    def severities(name: str) -> Severities:
        return Severities(config.settings(name).severities, config.fail_on)

    return Judge(deployments.folder, settings, severities)
