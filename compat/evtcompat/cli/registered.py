"""`evtcompat check --against registry` and `--against lock`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from evtcompat.checking.plans import Plan
from evtcompat.checking.problems import problem_of
from evtcompat.checking.run import assemble
from evtcompat.checking.subjects import check_subject
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.cli.context import RunContext
from evtcompat.config import DEFAULT_LEVEL, DEFAULT_POLICY, Config
from evtcompat.errors import BaselineError, RegistryError, UncheckedError, UsageError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document, References
from evtcompat.model.histories import Version
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import Problem, Report, SubjectReport
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.registries.base import Answer, SchemaRegistry
from evtcompat.registries.lockfile import LOCK_NAME, Lock
from evtcompat.registries.names import record_name, subject_of_file, subject_of_file_name
from evtcompat.registries.opening import open_registry
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged
from evtcompat.sources.against import Against, Kind
from evtcompat.sources.files import Candidate, discover
from evtcompat.sources.lock import locked, read_lock
from evtcompat.sources.naming import name_of
from evtcompat.sources.registry import Published, published
from evtcompat.sources.universe import Universe
from evtcompat.sources.workspace import Workspace, layout_in


@dataclass(frozen=True, slots=True)
class Found:
    """A schema file to check."""

    subject: str
    configured_path: str | None
    format: SchemaFormat
    version: Version
    versioned: bool


class Source(Protocol):
    """Where published subjects come from."""

    def names(self) -> frozenset[str]:
        """Every subject there."""
        ...

    def read(self, subjects: Sequence[str]) -> dict[str, Published | UncheckedError]:
        """The subjects of these names."""
        ...


@dataclass(frozen=True, slots=True)
class FromRegistry:
    """A live registry."""

    client: SchemaRegistry
    version: int | str | None = None

    def names(self) -> frozenset[str]:
        """Every subject that the registry shows."""
        return frozenset(self.client.subjects())

    def read(self, subjects: Sequence[str]) -> dict[str, Published | UncheckedError]:
        """Read in parallel; an error stands in the place of its subject."""
        found: dict[str, Published | UncheckedError] = {}
        for subject, state in self.client.histories(subjects).items():
            try:
                found[subject] = (
                    state if isinstance(state, RegistryError) else published(self.client, state, self.version)
                )
            except UncheckedError as error:
                found[subject] = error
        return found


@dataclass(frozen=True, slots=True)
class FromLock:
    """A lock."""

    lock: Lock

    def names(self) -> frozenset[str]:
        """Every subject that was locked."""
        return frozenset(subject.name for subject in self.lock.subjects)

    def read(self, subjects: Sequence[str]) -> dict[str, Published | UncheckedError]:
        """An error stands in the place of its subject."""
        found: dict[str, Published | UncheckedError] = {}
        for subject in subjects:
            try:
                known = locked(self.lock, subject)
            except UncheckedError as error:
                found[subject] = error
            else:
                if known is not None:
                    found[subject] = known
        return found


def checked_against_registry(context: RunContext, against: Against) -> Report:
    """The report of a run whose histories come from a registry or a lock.

    The level is the command line's, else the configuration's, else the registry's. A subject that the registry does
    not have is new.

    Raises:
        UsageError: A word of the request is wrong.
        UncheckedError: The registry or the lock cannot be had at all.
    """
    request, config = context.request, context.config
    if against.kind is Kind.LOCK and request.ask:
        message = "--ask needs a registry, and --against lock works without one"
        raise UsageError(message, hint="Use --against registry.")
    subject, version = _wanted(against.value) if against.value else (None, None)
    with ExitStack() as stack:
        source: Source
        client = None
        if against.kind is Kind.LOCK:
            path = config.folder / LOCK_NAME if config.origin else Path(LOCK_NAME)
            source = FromLock(read_lock(context.environment.folder / path, str(path)))
        else:
            client = stack.enter_context(
                open_registry(request.registry, config.registry_url, context.environment.variables)
            )
            source = FromRegistry(client, version)
        found, skipped, problems = candidates(context)
        if subject is not None and len(found) > 1:
            message = f"--against {against.kind.value}:{subject} is one subject, but there are {len(found)} schemas"
            raise UsageError(message, hint="Name one schema, or leave out the subject.")
        names = source.names()
        if subject is not None and subject not in names:
            message = f"the registry has no subject {subject}"
            raise BaselineError(message, hint="`evtcompat registry subjects` lists those that it shows.")
        matched, unnamed = _matched(found, subject, names, config)
        known = source.read(sorted(names & {name for _, name in matched if name is not None}))
        reports: list[SubjectReport] = []
        errors: list[Problem] = [problem_of(error) for error in (*problems, *unnamed)]
        settings = context.run_settings(one.subject for one in found)
        for one, name in matched:
            there = known.get(name) if name is not None else None
            if isinstance(there, UncheckedError):
                errors.append(problem_of(there, name))
                continue
            plan = plan_of(one, name or one.subject, there, context)
            report = check_subject(plan, settings)
            if request.ask and client is not None and there is not None:
                report = _asked(report, plan, there, client, config)
            reports.append(report)
    return assemble(reports, problems=errors, skipped=skipped, owners=settings.owners)


def _matched(
    found: Sequence[Found], subject: str | None, names: frozenset[str], config: Config
) -> tuple[list[tuple[Found, str | None]], list[UncheckedError]]:
    """Each schema with its subject there, and those whose subject cannot be told.

    Raises:
        UsageError: Two subjects may be meant.
    """
    matched: list[tuple[Found, str | None]] = []
    unnamed: list[UncheckedError] = []
    for one in found:
        try:
            matched.append((one, subject or _matching(one, names, config)))
        except UncheckedError as error:
            unnamed.append(error)
    return matched, unnamed


def _wanted(value: str) -> tuple[str, int | str | None]:
    """``SUBJECT[@VERSION]``.

    Raises:
        UsageError: The version is neither a number from 1 nor ``latest``.
    """
    subject, at, version = value.rpartition("@")
    if not at:
        return value, None
    if version == "latest":
        return subject, version
    if not version.isdigit() or int(version) < 1:
        message = f"registry:{value} names no version"
        raise UsageError(message, hint="Write registry:SUBJECT@3 or registry:SUBJECT@latest.")
    return subject, int(version)


def candidates(context: RunContext) -> tuple[list[Found], tuple[str, ...], list[UncheckedError]]:
    """The newest schema of every subject that the paths lead to, and those that were named."""
    found: list[Found] = []
    skipped: list[str] = []
    problems: list[UncheckedError] = []
    groups: dict[Path, tuple[Workspace, list[str]]] = {}
    for path in context.request.paths or context.configured_paths:
        workspace, inner = context.workspaces.locate(path)
        groups.setdefault(workspace.root, (workspace, []))[1].append(inner)
    for workspace, paths in groups.values():
        layout = replace(layout_in(workspace, context.layout, context.folder), by_hook=False)
        universe = Universe(workspace.tree, layout)
        discovery = discover(workspace.tree, paths, layout)
        universe.add(discovery.candidates)
        skipped += discovery.skipped
        problems += discovery.problems
        for candidate in discovery.candidates:
            try:
                one = _found(universe, candidate, named=candidate.path in paths)
            except UncheckedError as error:
                problems.append(error)
                continue
            if one is not None:
                found.append(one)
    return sorted(found, key=lambda one: one.subject), tuple(skipped), problems


def _found(universe: Universe, candidate: Candidate, *, named: bool) -> Found | None:
    """The file as a candidate; ``None`` for an older version of a subject that was not named itself."""
    lineage = universe.lineage(candidate.path)
    me = name_of(candidate.path)
    if lineage is not None:
        me = next((one for one in (*lineage.versions, *lineage.latest) if one.path == candidate.path), me)
        if not named and lineage.versions and lineage.versions[-1].path != candidate.path:
            return None
    subject = lineage.subject if lineage is not None else me.subject
    return Found(
        subject_of_file(subject),
        universe.layout.relative(candidate.path),
        candidate.format,
        universe.version(me, candidate),
        me.order is not None,
    )


def configured_subject(found: Found, config: Config) -> str | None:
    """The registry's subject for a file as the configuration tells it; ``None`` when it does not.

    A subject that the configuration lists has the name that it has there.

    Raises:
        UncheckedError: The strategy needs the name of the record, and the schema has none.
    """
    if config.subject_strategy is None or found.subject in config.subjects:
        return None
    document = found.version.document
    try:
        return subject_of_file_name(config.subject_strategy, found.subject, document.value)
    except UsageError as error:
        message = f"{error.message}, and this schema has none"
        hint = "Give it a name or a title, name the subject on the command line, or list the file under `subjects`."
        raise UncheckedError(message, place=Place(origin=document.origin), hint=hint) from error


def _matching(found: Found, names: frozenset[str], config: Config) -> str | None:
    """The registry's subject for a file: as configured, of its name, or as one of the strategies names it.

    Raises:
        UncheckedError: The configured strategy cannot name it.
        UsageError: Two strategies lead to different subjects, and neither is the plain name.
    """
    configured = configured_subject(found, config)
    if configured is not None:
        return configured
    if found.subject in names:
        return found.subject
    record = record_name(found.version.document.value)
    guesses = {f"{found.subject}-value", f"{found.subject}-key"}
    if record is not None:
        guesses |= {record, f"{found.subject}-{record}"}
    there = sorted(guesses & names)
    if len(there) > 1:
        message = f"{found.subject} may be {' or '.join(there)} in the registry"
        hint = "Say which: --against registry:SUBJECT, or set `registry.subject-name-strategy` in the configuration."
        raise UsageError(message, hint=hint)
    return there[0] if there else None


@dataclass(frozen=True, slots=True)
class _Either:
    """References found in one place, else in another."""

    first: References
    second: References

    def lookup(self, name: str) -> Document | None:
        """The first definition."""
        return self.first.lookup(name) or self.second.lookup(name)


def plan_of(found: Found, subject: str, there: Published | None, context: RunContext) -> Plan:
    """What is compared with what. The level is the command line's, the configuration's, the registry's, or FULL."""
    terms = context.terms(found.subject, found.configured_path)
    policy = terms.policy or _policy(there) or DEFAULT_POLICY
    history = there.history.versions if there is not None else ()
    candidate = found.version
    if history:
        # what the file's own folder does not define, the registry may
        candidate = replace(candidate, references=_Either(candidate.references, history[-1].references))
    return Plan(
        subject=subject,
        format=found.format,
        candidate=candidate,
        history=history,
        level=terms.level or (there.level if there is not None else DEFAULT_LEVEL),
        policy=policy if found.format.policies else None,
        severities=terms.severities,
    )


def _policy(there: Published | None) -> Policy | None:
    word = (there.policy or "").lower() if there is not None else ""
    return next((policy for policy in Policy if policy.value == word), None)


def _asked(
    report: SubjectReport, plan: Plan, there: Published, client: SchemaRegistry, config: Config
) -> SubjectReport:
    """The report with what the live registry answers, when it differs from what was predicted."""
    try:
        answer = ask(client, plan, there)
    except RegistryError as error:
        problem = problem_of(error, plan.subject)
        return replace(report, verdict=worst([report.verdict, Verdict.UNCHECKED]), problems=(*report.problems, problem))
    says = Verdict.COMPATIBLE if answer.compatible else Verdict.INCOMPATIBLE
    predicted = report.registry_verdict
    comparable = plan.level is there.level
    word = "as predicted" if says is predicted else "and nothing was predicted"
    if comparable and predicted in (Verdict.COMPATIBLE, Verdict.INCOMPATIBLE) and says is not predicted:
        word = f"where {predicted.value} was predicted"
    if not comparable:
        word = f"at its level {there.level.value}; this check was at {plan.level.value}"
    sys.stderr.write(f"{plan.subject}: {client.address} answers {says.value}, {word}.\n")
    if not comparable or says is predicted or predicted is Verdict.UNDECIDED:
        return report
    facts = {
        "registry": str(client.address),
        "predicted": predicted.value,
        "answered": says.value,
        "said": "; ".join(answer.messages) or "nothing more",
    }
    place = Place(origin=plan.candidate.document.origin)
    severities = plan.severities or Severities(config.severities)
    findings = (*report.findings, *judged([Mismatch("registry-disagrees", place, place, facts)], severities))
    return replace(report, findings=findings, verdict=worst([report.verdict, verdict_of(findings)]))


def ask(client: SchemaRegistry, plan: Plan, there: Published) -> Answer:
    """What the live registry says of the candidate, at its own level.

    Raises:
        RegistryError: It does not answer.
    """
    text = plan.candidate.document.text or ""
    kind = plan.format.registry_type
    references = there.newest.references if there.newest is not None else ()
    versions = [int(version.label or 0) for version in there.history.versions] if there.level.transitive else []
    return client.judged(there.subject, text, kind=kind, references=references, versions=versions)
