"""`evtcompat registry promote`: versions of one registry into another, checked there first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer

from evtcompat.checking.plans import Plan
from evtcompat.checking.run import check_run, exit_code
from evtcompat.cli.options.words import columns
from evtcompat.cli.registering.register import need_consent
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.terminal.output import outputs_of, write
from evtcompat.errors import RegistryError, UsageError
from evtcompat.model.histories import Version
from evtcompat.registries.base import READWRITE, SchemaRegistry, SubjectState
from evtcompat.registries.choosing import asked_for, wanted
from evtcompat.registries.locking import read_states
from evtcompat.registries.opening import open_registry
from evtcompat.registries.promotion import Key, Promotion, held_as, promotions, references_there
from evtcompat.reporters.escape import printable
from evtcompat.sources.baselines.against import split_version
from evtcompat.sources.published.registered import history_of

_IMPORT = "IMPORT"
_UNCHECKED = 3


def promote_subjects(
    subjects: tuple[str, ...], source: str, target: str, *, yes: bool, dry_run: bool, config: Path | None
) -> int:
    """Promote versions; the exit code of the check where that is not 0.

    Raises:
        UsageError: Both are one registry, or a person must agree and there is no terminal to ask at.
        UncheckedError: Something cannot be read, or is not there.
        RegistryError: A registry cannot be asked, or refuses.
    """
    environment = Environment()
    with open_workspaces(environment) as workspaces, ExitStack() as open_now:
        context = RunContext.of(CheckRequest(config=config), environment, workspaces)
        here, there = (
            open_now.enter_context(open_registry(name, context.config.registry_url, os.environ))
            for name in (source, target)
        )
        if here.address == there.address:
            message = f"--from and --to are both {here.address}"
            raise UsageError(message)
        work = _Promoting(context, here, there)
        work.plan(subjects)
        code = work.checked()
        work.show(stopped=bool(code))
        if code or not work.new or dry_run:
            return code
        need_consent(f"Promote {len(work.new)} from {here.address} to {there.address}?", yes=yes)
        work.carry_out()
    return 0


class _Promoting:
    """One promotion of subjects."""

    def __init__(self, context: RunContext, here: SchemaRegistry, there: SchemaRegistry) -> None:
        self._context = context
        self._here, self._there = here, there
        self._steps: list[Promotion] = []
        self._states: dict[str, SubjectState] = {}
        self._modes: dict[str, str] = {}
        #: The number that each version has there.
        self._done: dict[Key, int] = {}

    @property
    def new(self) -> list[Promotion]:
        """What is not there yet."""
        return [step for step in self._steps if step.there is None]

    def plan(self, asked: Sequence[str]) -> None:
        """Work out what is to be done."""
        here, there = self._here, self._there
        known = frozenset(here.subjects())
        chosen = [
            (subject, version)
            for name, version in map(split_version, asked)
            for pattern in asked_for([name], known, str(here.address))
            for subject in _subjects_of(pattern, known)
        ]
        states = read_states(here, [subject for subject, _ in chosen])
        self._steps = promotions(states, chosen)
        held = set(there.subjects())
        needed = sorted({step.version.subject for step in self._steps})
        found = there.histories(name for name in needed if name in held)
        for name, one in found.items():
            if isinstance(one, RegistryError):
                raise one
            self._states[name] = one
        for step in self._steps:
            version = step.version
            references = references_there(step, self._done)
            if references is not None:
                step.there = held_as(version, references, self._states.get(version.subject))
                if step.there is not None:
                    self._done[version.subject, version.version] = step.there
        for name in {step.version.subject for step in self.new}:
            state = self._states.get(name)
            self._modes[name] = state.mode if state is not None else there.mode(name)
        for step in self.new:
            reason = there.cannot_hold(step.version, keep_id=self._modes[step.version.subject] == _IMPORT)
            step.refused = (reason,) if reason else ()

    def checked(self) -> int:
        """The exit code of a check of the new versions there; its report is printed when it is not 0.

        It is 3 where one of them cannot be held there as it is: nothing is carried without what belongs to it.
        """
        if any(step.refused for step in self.new):
            return _UNCHECKED
        plans: list[Plan] = []
        before: dict[str, tuple[Version, ...]] = {}
        for step in self.new:
            version, schema_format = step.version, step.version.format
            if schema_format is None:
                continue
            state = self._states.get(version.subject)
            if version.subject not in before:
                versions = state.comparable if state is not None else ()
                before[version.subject] = history_of(versions, self._there.version).versions
            candidate = history_of([version], self._here.version).versions[0]
            terms = state.compatibility if state is not None else self._there.compatibility(version.subject)[0]
            policies = schema_format.policies
            plans.append(
                Plan(
                    version.subject,
                    schema_format,
                    candidate,
                    before[version.subject],
                    terms.level,
                    policy=self._context.terms(version.subject, None).policy if policies else None,
                    registry_policy=terms.policy if policies else None,
                    registry_mode=self._modes.get(version.subject),
                )
            )
            before[version.subject] = (*before[version.subject], candidate)
        report = check_run(plans, self._context.run_settings(plan.subject for plan in plans))
        code = exit_code(report, undecided=self._context.config.undecided)
        if code:
            write(report, outputs_of(("text",), None))
            return code
        return self._asked()

    def _asked(self) -> int:
        """1 when the other registry would refuse a version, 3 when it takes none, else 0."""
        asked: set[str] = set()
        for step in self.new:
            subject, references = step.version.subject, references_there(step, self._done)
            if not self._there.foretells or subject in asked or references is None or subject not in self._states:
                continue  # only the first new version can be asked about before it is there
            asked.add(subject)
            state = self._states[subject]
            numbers = [one.version for one in state.versions] if state.compatibility.level.transitive else []
            answer = self._there.judged(
                subject, step.version.text, kind=step.version.type, references=references, versions=numbers
            )
            if not answer.compatible:
                step.refused = answer.messages or ("it gives no reason",)
        if any(step.refused for step in self.new):
            return 1
        closed = [mode for mode in self._modes.values() if mode not in (READWRITE, _IMPORT)]
        return _UNCHECKED if closed else 0

    def show(self, *, stopped: bool) -> None:
        """Print the plan: a line a version, in the order in which they are promoted."""
        rows = [(step.version.subject, str(step.version.version), self._outcome(step)) for step in self._steps]
        for line, step in zip(columns([("SUBJECT", "VERSION", "PLAN"), *rows]), [None, *self._steps], strict=True):
            typer.echo(printable(line))
            if step is not None:
                for reason in step.refused:
                    typer.echo(printable(f"  {self._there.address} would refuse it: {reason}"))
        for subject, mode in sorted(self._modes.items()):
            if mode not in (READWRITE, _IMPORT):
                typer.echo(printable(f"{self._there.address} takes no new version of {subject}: its mode is {mode}"))
        if stopped:
            typer.echo("Nothing was promoted.", err=True)

    def _outcome(self, step: Promotion) -> str:
        if step.there is not None:
            return f"is there already, as version {step.there}"
        if self._modes[step.version.subject] == _IMPORT:
            return f"is imported with its id {step.version.id}"
        unread = f"; {step.version.type} is carried unchecked" if step.version.format is None else ""
        begins = step.version.subject not in self._states and step.version.subject not in {
            done.version.subject for done in self._steps[: self._steps.index(step)]
        }
        return f"{'begins the subject' if begins else 'becomes a new version'}{unread}"

    def carry_out(self) -> None:
        """Register what is not there, in order.

        Raises:
            RegistryError: The registry refuses or fails in the middle; standard error says what is done.
        """
        new = self.new
        done: list[str] = []
        try:
            for step in new:
                version = step.version
                keep = self._modes[version.subject] == _IMPORT
                references = references_there(step, self._done) or ()
                schema_id, number = self._there.copy(version, references=references, keep_id=keep)
                self._done[version.subject, version.version] = number
                done.append(step.key)
                typer.echo(printable(f"{step.key}: promoted as version {number} with id {schema_id}"))
        except RegistryError:
            left = [step.key for step in new[len(done) :]]
            typer.echo(
                printable(f"Promoted: {', '.join(done) or 'nothing'}. Not promoted: {', '.join(left)}."), err=True
            )
            typer.echo("Run the same command again for the rest: what is there is left alone.", err=True)
            raise


def _subjects_of(pattern: str, known: frozenset[str]) -> list[str]:
    """The subjects that a pattern means."""
    return sorted(subject for subject in known if wanted(subject, (pattern,)))
