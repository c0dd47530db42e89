"""One run of `evtcompat check`, from the words of the command line to the exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from evtcompat.checking.check import Settings, SubjectPlan, assemble, check_subject, exit_code, problem_of, verdict_of
from evtcompat.cli.gating import gate_findings
from evtcompat.cli.output import outputs_of, write
from evtcompat.cli.reading import reader_of
from evtcompat.config import DEFAULT_LEVEL, DEFAULT_POLICY, Config, find_config, load_config
from evtcompat.config.find import read_text
from evtcompat.errors import BaselineError, UncheckedError, UsageError
from evtcompat.formats.base import Options
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged
from evtcompat.sources.against import Against, Kind, parse_against
from evtcompat.sources.layout import Layout
from evtcompat.sources.plans import Plan, Removed, Selection
from evtcompat.sources.select import select
from evtcompat.sources.workspace import View, Workspaces


class Request(NamedTuple):
    """What a person asked for; ``None`` leaves it to the configuration."""

    paths: tuple[str, ...] = ()
    against: str | None = None
    level: Level | None = None
    policy: Policy | None = None
    formats: tuple[str, ...] = ()
    output: Path | None = None
    fail_on: Severity | None = None
    undecided: str | None = None
    staged: bool = False
    changed: bool = False
    config: Path | None = None
    save_witnesses: Path | None = None
    explain_proof: bool = False
    ask: bool = False
    #: The registry as URL or name; the environment and the configuration name it otherwise.
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run reads besides files: injected, so that tests can choose it."""

    folder: Path = field(default_factory=Path.cwd)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    today: date = field(default_factory=date.today)


_UNDECIDED = ("exit", "warn", "error")


def run_check(request: Request, surroundings: Surroundings | None = None) -> int:
    """Carry the request out, write its reports, and tell the exit code.

    Raises:
        UsageError: The request or the configuration is wrong; nothing was checked.
    """
    around = surroundings or Surroundings()
    if request.undecided is not None and request.undecided not in _UNDECIDED:
        message = f"unknown action {request.undecided!r} for --undecided"
        raise UsageError(message, hint=f"Known: {', '.join(_UNDECIDED)}.")
    if "" in request.paths:
        message = "an empty path names no file"
        raise UsageError(message, hint="Name a file or folder; `.` is the one that the command runs in.")
    outputs_of(request.formats, request.output)  # wrong words are told before any work is done
    with _workspaces(request, around) as workspaces:
        try:
            config, broken = configuration(request, around, workspaces), None
        except UncheckedError as error:  # git cannot tell what is staged
            config, broken = Config(), error
        outputs = outputs_of(request.formats or [str(target) for target in config.formats], request.output)
        if broken is not None:
            report = assemble([], problems=[problem_of(broken)])
        else:
            report = checked(request, config, around, workspaces)
    if request.save_witnesses is not None:
        from evtcompat.payloads.witnesses import save_witnesses

        save_witnesses(report, request.save_witnesses)
    write(report, outputs)
    return exit_code(report, undecided=request.undecided or config.undecided.value)


def _workspaces(request: Request, around: Surroundings) -> Workspaces:
    """The trees of the run, none of them opened yet."""
    return Workspaces(around.folder, around.environment, view=View.STAGED if request.staged else View.DISK)


def configuration(request: Request, around: Surroundings, workspaces: Workspaces | None = None) -> Config:
    """The configuration of a run; the defaults when there is none.

    In a commit hook it is the staged one: what is about to be committed decides.

    Raises:
        ConfigError: It is wrong, or the file that was named is not there.
        BaselineError: The repository cannot be read.
    """
    if workspaces is None:
        with _workspaces(request, around) as own:
            return configuration(request, around, own)
    if request.config is not None:
        config = load_config(around.folder / request.config, origin=str(request.config))
    else:
        read = reader_of(workspaces) if request.staged else read_text
        config = find_config(around.folder, read=read, origin=lambda path: shown(path, around.folder)) or Config()
    if config.origin is not None:
        workspaces.outer = Path(os.path.realpath(around.folder / config.folder))
    return config


def shown(path: Path, folder: Path) -> str:
    """What messages call a file."""
    return os.path.relpath(path, folder)


def checked(request: Request, config: Config, around: Surroundings, workspaces: Workspaces | None = None) -> Report:
    """The report of a run. What cannot be checked is part of it.

    Raises:
        UsageError: A word of the request is wrong.
    """
    if workspaces is None:
        with _workspaces(request, around) as own:
            return checked(request, config, around, own)
    against = parse_against(request.against)
    if request.ask and against.kind not in (Kind.REGISTRY, Kind.LOCK):
        message = "--ask asks a registry, and this check is against none"
        raise UsageError(message, hint="Add --against registry.")
    try:
        if against.kind in (Kind.REGISTRY, Kind.LOCK):
            from evtcompat.cli.registered import checked_against_registry

            report = checked_against_registry(request, config, around, against)
        else:
            report = _checked_against_files(request, config, around, against, workspaces)
    except UsageError:
        raise
    except UncheckedError as error:
        return assemble([], problems=[problem_of(error)])
    return _with_waivers(report, request, config, around, workspaces)


def _checked_against_files(
    request: Request, config: Config, around: Surroundings, against: Against, workspaces: Workspaces
) -> Report:
    selection = _selected(request, config, against, workspaces)
    plans = [_planned(plan, request, config) for plan in selection.plans]
    settings = run_settings(request, config, [plan.subject for plan in plans])
    reports = [removed_report(removed, request, config) for removed in selection.removed]
    reports += [check_subject(plan, settings) for plan in progress(plans)]
    findings = gate_findings(
        workspaces, config, against, around, [(plan.subject, plan.configured_path) for plan in selection.plans]
    )
    return assemble(
        reports,
        problems=[problem_of(error) for error in selection.problems],
        skipped=selection.skipped,
        findings=findings,
        owners=settings.owners,
        baselines=selection.baselines,
    )


def _selected(request: Request, config: Config, against: Against, workspaces: Workspaces) -> Selection:
    """What there is to do: the paths that were named, and in a commit hook whatever else is staged."""

    def transitive(subject: str, path: str | None) -> bool:
        return level_of(subject, path, request, config).transitive

    layout = layout_of(config, by_hook=request.staged)
    default = [str(config.folder / path) for path in config.paths] if config.origin else ["."]
    _ask_for_git(request, request.paths or default, workspaces)
    if not request.staged:
        return select(
            workspaces,
            request.paths or default,
            against,
            layout,
            _folder(config),
            transitive=transitive,
            changed=request.changed,
        )
    # the hook is handed the files that match its patterns, never the deleted ones: git tells the rest
    return select(
        workspaces,
        default,
        against,
        layout,
        _folder(config),
        transitive=transitive,
        changed=True,
        always=request.paths,
    )


def _ask_for_git(request: Request, paths: Sequence[str], workspaces: Workspaces) -> None:
    """Git is there, where an option is about git: without it everything would be checked, or nothing of what was meant.

    Raises:
        BaselineError: It is not.
    """
    option = "--staged" if request.staged else "--changed" if request.changed else None
    if option is None or any(workspaces.locate(path)[0].repository is not None for path in paths):
        return
    message = f"{option} asks git, and {workspaces.locate(paths[0])[0].root} is not in a git repository"
    raise BaselineError(message, hint=f"Leave out {option}, or run in the repository.")


def _folder(config: Config) -> Path | None:
    return None if config.origin is None else config.folder


def layout_of(config: Config, *, by_hook: bool = False) -> Layout:
    """What the configuration says about files."""
    return Layout(
        include=config.include,
        exclude=config.exclude,
        by_hook=by_hook,
        subjects=config.subjects,
        reference_roots=config.reference_roots,
        default_branch=config.default_branch,
    )


def level_of(subject: str, path: str | None, request: Request, config: Config) -> Level:
    """The level of a subject: the command line, then the configuration, then FULL."""
    return request.level or config.settings(subject, path).level or DEFAULT_LEVEL


def _planned(plan: Plan, request: Request, config: Config) -> SubjectPlan:
    own = config.settings(plan.subject, plan.configured_path)
    policy = request.policy or own.policy or DEFAULT_POLICY
    return SubjectPlan(
        subject=plan.subject,
        format=plan.format,
        candidate=plan.candidate,
        history=plan.history,
        level=request.level or own.level or DEFAULT_LEVEL,
        published=plan.published,
        versioned=plan.versioned,
        references_changed=plan.references_changed,
        renamed_from=plan.renamed_from,
        policy=policy if plan.format.policies else None,
        severities=Severities(own.severities, request.fail_on or config.fail_on),
    )


def run_settings(request: Request, config: Config, subjects: list[str]) -> Settings:
    """What holds for the whole run."""
    owners = {subject: found for subject in subjects if (found := config.owners_of(subject)) is not None}
    policy = request.policy or config.policy or DEFAULT_POLICY
    return Settings(
        options=Options(proofs=request.explain_proof, settings={"policy": policy}),
        format_settings=config.format_settings,
        severities=Severities(config.severities, request.fail_on or config.fail_on),
        owners=owners,
    )


def removed_report(removed: Removed, request: Request, config: Config) -> SubjectReport:
    """The report on a schema that is not there any more."""
    rule = "subject-removed" if removed.whole_subject else "version-removed"
    own = config.settings(removed.subject, removed.configured_path)
    place = Place(origin=removed.version.document.origin)
    facts = {"subject": removed.subject}
    if not removed.whole_subject:
        facts["version"] = removed.version.label or removed.path
    findings = judged(
        [Mismatch(rule, place, place, facts)], Severities(own.severities, request.fail_on or config.fail_on)
    )
    return SubjectReport(
        subject=removed.subject,
        format=removed.format.name,
        level=request.level or own.level or DEFAULT_LEVEL,
        candidate=SchemaName(removed.version.document.origin, removed.version.label),
        verdict=verdict_of(findings),
        findings=findings,
        state="removed",
    )


#: Below this number of subjects nobody waits long enough to want a bar.
_WORTH_A_BAR = 200


def progress(plans: list[SubjectPlan]) -> Iterator[SubjectPlan]:
    """The plans, with a progress bar on standard error when it is a terminal and the run is long."""
    import sys

    if len(plans) < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from plans
        return
    import typer

    with typer.progressbar(plans, label="Checking", file=sys.stderr) as bar:
        yield from bar


def _with_waivers(
    report: Report, request: Request, config: Config, around: Surroundings, workspaces: Workspaces
) -> Report:
    """The report after the waivers, which are read from what is under check, as the configuration is."""
    path = around.folder / config.folder / config.waivers
    read = reader_of(workspaces) if request.staged else read_text
    if read(path) is None:
        return report
    from evtcompat.checking.waivers import apply, load_waivers

    waivers = load_waivers(path, origin=shown(path, around.folder), read=read)
    severities = Severities(config.severities, request.fail_on or config.fail_on)
    complete = not (request.paths or request.changed or request.staged)
    return apply(report, waivers, around.today, severities, complete=complete)
