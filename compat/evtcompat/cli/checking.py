"""One run of `evtcompat check`, from the words of the command line to the exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from evtcompat.baselines.against import Against, Kind, parse_against
from evtcompat.baselines.layout import Layout
from evtcompat.baselines.plans import Plan, Removed, Selection
from evtcompat.baselines.select import select
from evtcompat.baselines.workspace import View, Workspaces
from evtcompat.check import Settings, SubjectPlan, assemble, check_subject, exit_code, problem_of, verdict_of
from evtcompat.cli.gating import gate_findings
from evtcompat.cli.output import outputs_of, write
from evtcompat.config import DEFAULT_LEVEL, DEFAULT_POLICY, Config, find_config, load_config
from evtcompat.engines import Options
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Format, Policy, Severity
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged


@dataclass(frozen=True, slots=True)
class Request:
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
    outputs_of(request.formats, request.output)  # wrong words are told before any work is done
    config = configuration(request, around)
    outputs = outputs_of(request.formats or [str(target) for target in config.formats], request.output)
    report = checked(request, config, around)
    if request.save_witnesses is not None:
        from evtcompat.fixtures.witnesses import save_witnesses

        save_witnesses(report, request.save_witnesses)
    write(report, outputs)
    return exit_code(report, undecided=request.undecided or config.undecided.value)


def configuration(request: Request, around: Surroundings) -> Config:
    """The configuration of a run; the defaults when there is none.

    In a commit hook it is the staged one: what is about to be committed decides.

    Raises:
        ConfigError: It is wrong, or the file that was named is not there.
    """
    if request.config is not None:
        return load_config(around.folder / request.config, origin=str(request.config))
    if not request.staged:
        return find_config(around.folder, origin=lambda path: shown(path, around.folder)) or Config()
    with Workspaces(around.folder, around.environment, view=View.STAGED) as workspaces:

        def read(path: Path) -> str | None:
            workspace, inner = workspaces.locate(path)
            data = workspace.tree.read(inner)
            return None if data is None else data.decode("utf-8-sig", errors="replace")

        found = find_config(around.folder, read=read, origin=lambda path: shown(path, around.folder))
        return found or Config()


def shown(path: Path, folder: Path) -> str:
    """What messages call a file."""
    return os.path.relpath(path, folder)


def checked(request: Request, config: Config, around: Surroundings) -> Report:
    """The report of a run. What cannot be checked is part of it.

    Raises:
        UsageError: A word of the request is wrong.
    """
    against = parse_against(request.against)
    try:
        if against.kind in (Kind.REGISTRY, Kind.LOCK):
            from evtcompat.cli.registered import checked_against_registry

            report = checked_against_registry(request, config, around, against)
        else:
            report = _checked_against_files(request, config, around, against)
    except UsageError:
        raise
    except UncheckedError as error:
        return assemble([], problems=[problem_of(error)])
    return _with_waivers(report, request, config, around)


def _checked_against_files(request: Request, config: Config, around: Surroundings, against: Against) -> Report:
    view = View.STAGED if request.staged else View.DISK
    outer = None if config.origin is None else config.folder
    with Workspaces(around.folder, around.environment, view=view, outer=outer) as workspaces:
        selection = _selected(request, config, against, workspaces)
        plans = [_planned(plan, request, config) for plan in selection.plans]
        settings = run_settings(request, config, [plan.subject for plan in plans])
        reports = [removed_report(removed, config) for removed in selection.removed]
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
    )


def _selected(request: Request, config: Config, against: Against, workspaces: Workspaces) -> Selection:
    """What there is to do: the paths that were named, and in a commit hook whatever else is staged."""

    def transitive(subject: str, path: str | None) -> bool:
        return level_of(subject, path, request, config).transitive

    layout = layout_of(config, force_exclude=request.staged)
    default = [str(config.folder / path) for path in config.paths] if config.origin else ["."]
    changed = request.changed or (request.staged and not request.paths)
    selection = select(
        workspaces, request.paths or default, against, layout, _folder(config), transitive=transitive, changed=changed
    )
    if not (request.staged and request.paths):
        return selection
    # the hook is handed the files that match its patterns, never the deleted ones: git tells the rest
    rest = select(workspaces, default, against, layout, _folder(config), transitive=transitive, changed=True)
    known = {(plan.subject, plan.path) for plan in selection.plans}
    known_removed = {removed.path for removed in selection.removed}
    return replace(
        selection,
        plans=(*selection.plans, *(plan for plan in rest.plans if (plan.subject, plan.path) not in known)),
        removed=(*selection.removed, *(one for one in rest.removed if one.path not in known_removed)),
        problems=tuple({str(error): error for error in (*selection.problems, *rest.problems)}.values()),
    )


def _folder(config: Config) -> Path | None:
    return None if config.origin is None else config.folder


def layout_of(config: Config, *, force_exclude: bool = False) -> Layout:
    """What the configuration says about files."""
    return Layout(
        include=config.include,
        exclude=config.exclude,
        force_exclude=force_exclude,
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
        policy=policy if plan.format is Format.JSON_SCHEMA else None,
        severities=Severities(own.severities, request.fail_on or config.fail_on),
    )


def run_settings(request: Request, config: Config, subjects: list[str]) -> Settings:
    """What holds for the whole run."""
    owners = {subject: found for subject in subjects if (found := config.owners_of(subject)) is not None}
    options = Options(
        policy=request.policy or config.policy or DEFAULT_POLICY,
        assert_formats=config.assert_formats,
        default_dialect=config.default_dialect,
        proofs=request.explain_proof,
    )
    return Settings(options, Severities(config.severities, request.fail_on or config.fail_on), owners)


def removed_report(removed: Removed, config: Config) -> SubjectReport:
    """The report on a schema that is not there any more."""
    rule = "subject-removed" if removed.whole_subject else "version-removed"
    own = config.settings(removed.subject, removed.configured_path)
    place = Place(origin=removed.version.document.origin)
    facts = {"subject": removed.subject}
    if not removed.whole_subject:
        facts["version"] = removed.version.label or removed.path
    findings = judged([Mismatch(rule, place, place, facts)], Severities(own.severities, config.fail_on))
    return SubjectReport(
        subject=removed.subject,
        format=removed.format,
        level=own.level or DEFAULT_LEVEL,
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


def _with_waivers(report: Report, request: Request, config: Config, around: Surroundings) -> Report:
    path = around.folder / config.folder / config.waivers
    if not path.exists():
        return report
    from evtcompat.waivers import apply, load_waivers

    waivers = load_waivers(path, origin=shown(path, around.folder))
    severities = Severities(config.severities, request.fail_on or config.fail_on)
    return apply(report, waivers, around.today, severities, complete=not request.paths and not request.changed)
