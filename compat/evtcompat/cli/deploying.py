"""The work behind `evtcompat deploy`, `can-i-deploy` and `plan`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.cli.context import Environment, configuration, shown
from evtcompat.cli.contracting import Asked, open_contracts
from evtcompat.cli.fixtures import text_output
from evtcompat.cli.screen import terminal
from evtcompat.config import DEFAULT_POLICY
from evtcompat.contracts.deciding import can_deploy
from evtcompat.contracts.deployments import BUILT, Build, Deployments
from evtcompat.contracts.judging import Judge
from evtcompat.contracts.ordering import deployment_plan
from evtcompat.contracts.recording import recording
from evtcompat.contracts.snapshots import Snapshot, keep
from evtcompat.contracts.systems import System
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Verdict
from evtcompat.payloads.matrix import Subject
from evtcompat.reporters import deployments as shows
from evtcompat.reporters.terminal import Terminal
from evtcompat.rules.judge import Severities

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


def open_deployments(said: Said) -> tuple[Deployments, Config]:
    """The folder of deployments, and the configuration.

    Raises:
        ConfigError: The configuration is wrong.
    """
    environment = Environment()
    config = configuration(environment, said.config)
    folder = environment.folder / (said.folder or config.folder / config.deployments)
    return Deployments(folder, shown(folder, environment.folder)), config


def record_version(service: str, version: str, environment: str | None, said: Said) -> str:
    """Record a version; the answer says what was recorded.

    Raises:
        UsageError: A word is wrong, or nothing says what the service writes or reads.
        UncheckedError: A schema or contract cannot be read.
    """
    deployments, config = open_deployments(said)
    build = None
    if not (said.writes or said.reads):
        build = _known(deployments, service, version)
    if build is None:
        asked = Asked(contracts=said.contracts, schemas=said.schemas, config=said.config, models=said.models)
        with open_contracts(asked) as opened:
            own = [one for one in opened.files.files if one.consumer == service]
            for problem in opened.files.problems if opened.folder.is_dir() else ():
                raise problem
            opened.files.files = own
            contracts = opened.files.contracts(opened.subject)
            for problem in contracts.problems if own else ():
                raise problem
            made = recording(
                service,
                version,
                (said.writes, said.reads, said.replays),
                config,
                contracts.all,
                opened.catalogue.subject,
            )
        for snapshot in made.snapshots:
            keep(deployments.folder, snapshot)
        build = made.build
    name = environment or BUILT
    deployments.record(name, replace(build, runs=environment is not None))
    where = f"runs in {environment}" if environment else "was built"
    return f"{build} {where}: {shows.used_text(build)}."


def _known(deployments: Deployments, service: str, version: str) -> Build | None:
    """What was recorded of a version before, in whatever environment."""
    known = any(
        one.service == service and one.version == version
        for name in deployments.environments()
        for one in deployments.builds(name)
    )
    return deployments.described(service, version) if known else None


def remove_version(service: str, version: str, environment: str | None, said: Said) -> str:
    """Record that a version runs no longer; the answer says so.

    Raises:
        UsageError: No environment is named.
        UncheckedError: The version was not recorded there.
    """
    if environment is None:
        message = "--remove needs the environment in which the version runs no longer"
        raise UsageError(message, hint="Add --env NAME.")
    deployments, _ = open_deployments(said)
    deployments.remove(environment, service, version)
    return f"{service} {version} runs in {environment} no longer."


def decide_deployment(
    asked: tuple[str, str, str],
    said: Said,
    assumed: Sequence[str],
    output_format: str,
    output: Path | None,
    *,
    accept_standing: bool,
) -> int:
    """Say whether a version can be deployed; the answer is the exit code.

    Raises:
        UsageError: A word is wrong.
        UncheckedError: A version was never recorded, or a file cannot be read.
    """
    _refuse_format(output_format, ("text", "json"))
    service, version, name = asked
    deployments, config = open_deployments(said)
    system = _system(deployments, name, assumed)
    judge = _judge(deployments, config)
    build = deployments.described(service, version)
    decision = can_deploy(system, build, judge.verdict, accept_standing=accept_standing)
    if output_format == "json":
        text = shows.decision_json(decision, judge)
    else:
        text = shows.decision_text(decision, judge, terminal() if output is None else Terminal())
    text_output(text, output)
    return _CODES[decision.verdict]


def plan_deployments(
    targets: Sequence[str],
    name: str,
    said: Said,
    assumed: Sequence[str],
    output_format: str,
    output: Path | None,
    *,
    accept_standing: bool,
) -> int:
    """Write an order of deployments, or why there is none; the answer is the exit code.

    Raises:
        UsageError: A word is wrong.
        UncheckedError: A version was never recorded, or a file cannot be read.
    """
    _refuse_format(output_format, ("text", "json", "mermaid"))
    deployments, config = open_deployments(said)
    system = _system(deployments, name, assumed)
    judge = _judge(deployments, config)
    wanted = [deployments.described(*one) for one in _versions(targets)]
    plan = deployment_plan(system, wanted, judge.verdict, accept_standing=accept_standing)
    if output_format == "json":
        text = shows.plan_json(plan, judge)
    elif output_format == "mermaid":
        text = shows.plan_mermaid(plan)
    else:
        text = shows.plan_text(plan, judge, terminal() if output is None else Terminal())
    text_output(text, output)
    if any(judge.verdict(*pair.schemas) is Verdict.INCOMPATIBLE for one in plan.obstacles for pair in one.pairs):
        return 1
    return 0 if plan.exists else 3


def _refuse_format(word: str, known: Sequence[str]) -> None:
    if word not in known:
        message = f"--format {word}: there is no such format"
        raise UsageError(message, hint=f"Known: {', '.join(known)}.")


def _system(deployments: Deployments, name: str, assumed: Sequence[str]) -> System:
    builds = deployments.builds(name)
    if not builds or name == BUILT:
        message = f"nothing was recorded as running in {name}"
        known = ", ".join(one for one in deployments.environments() if one != BUILT) or "none"
        hint = f"`evtcompat deploy record SERVICE VERSION --env {name}` records a version. Environments: {known}."
        raise UncheckedError(message, place=Place(origin=deployments.shown), hint=hint)
    system = System.of(name, builds)
    for service, version in _versions(assumed):
        system = system.assuming(replace(deployments.described(service, version), runs=True))
    return system


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
