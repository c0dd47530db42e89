"""`evtcompat registry register`: check, plan, ask the person, register."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from evtcompat.checking.run import check_run, exit_code
from evtcompat.cli.options.words import columns
from evtcompat.cli.registering.register_plan import Planner, Step
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.runs.selecting import open_registry_of
from evtcompat.cli.terminal.output import outputs_of, write
from evtcompat.errors import RegistryError, UsageError
from evtcompat.registries.base import READWRITE, Reference, SchemaRegistry
from evtcompat.reporters.escape import printable
from evtcompat.sources.baselines.against import split_version
from evtcompat.sources.published.registered import registry_text

_UNCHECKED = 3


def register_files(
    paths: tuple[str, ...],
    subject: str | None,
    references: tuple[str, ...],
    *,
    yes: bool,
    dry_run: bool,
    registry: str | None,
    config: Path | None,
) -> int:
    """Register the schemas of files; the exit code of the check where that is not 0.

    Raises:
        UsageError: A word is wrong, or a person must agree and there is no terminal to ask at.
        RegistryError: The registry cannot be asked, or refuses.
    """
    environment = Environment()
    typed = tuple(_reference(text) for text in references)
    with open_workspaces(environment) as workspaces:
        request = CheckRequest(paths=paths, config=config, registry=registry)
        context = RunContext.of(request, environment, workspaces)
        with open_registry_of(context) as client:
            planner = Planner(context, client, typed)
            steps = planner.steps(subject)
            new = [step for step in steps if step.known is None]
            code = _checked(new, context)
            if not code:
                for step in new:
                    planner.ask(step)
                code = _refusal(new)
            _show(steps, client, code)
            if code or not new or dry_run:
                return code
            need_consent(f"Register {len(new)} at {client.address}?", yes=yes)
            _register(steps, client)
    return 0


def _reference(text: str) -> Reference:
    name, equals, rest = text.partition("=")
    subject, version = split_version(rest)
    if not equals or not name or not isinstance(version, int):
        message = f"--reference {text} is not NAME=SUBJECT@VERSION"
        raise UsageError(message, hint="For example --reference shop.Address=address-value@2")
    return Reference(name, subject, version)


def _checked(steps: Sequence[Step], context: RunContext) -> int:
    """The exit code of the check; its report is printed when it is not 0."""
    plans = [step.plan for step in steps]
    report = check_run(plans, context.run_settings(plan.subject for plan in plans))
    code = exit_code(report, undecided=context.config.undecided)
    if code:
        write(report, outputs_of(("text",), None))
    return code


def _refusal(steps: Sequence[Step]) -> int:
    """1 when the registry would refuse a schema, 3 when it takes none at all, else 0."""
    if any(step.refused for step in steps):
        return 1
    return _UNCHECKED if any(step.mode != READWRITE for step in steps) else 0


def _show(steps: Sequence[Step], client: SchemaRegistry, code: int) -> None:
    """Print the plan: a line a schema, and below it what it refers to; with a `code` it is not carried out."""
    rows = [(step.plan.candidate.document.origin or "", step.plan.subject, _outcome(step, code)) for step in steps]
    lines = columns([("FILE", "SUBJECT", "PLAN"), *rows])
    typer.echo(printable(lines[0]))
    for line, step in zip(lines[1:], steps, strict=True):
        typer.echo(printable(line))
        for refers in step.references:
            typer.echo(printable(f"  refers to {refers} ({refers.why})"))
        for older in step.older:
            typer.echo(printable(f"  leaves out {older}, an older version: register it first, by name, to have it too"))
        for reason in step.refused:
            typer.echo(printable(f"  {client.address} would refuse it: {reason}"))
        if step.mode not in ("", READWRITE):
            typer.echo(printable(f"  {client.address} takes no new version of it: its mode is {step.mode}"))
    if code:
        typer.echo("Nothing was registered.", err=True)


def _outcome(step: Step, code: int) -> str:
    """What becomes of a schema, to be read after its file's name."""
    if step.known is not None:
        return f"is registered already, as version {step.known} of {step.plan.subject}"
    if code > 1:
        return "is not registered: not everything could be checked"
    beside = "" if step.named else ", as another refers to it"
    if not step.plan.history:
        return f"begins the subject {step.plan.subject}{beside}"
    return f"becomes a new version of {step.plan.subject}, after {step.plan.history[-1].label}{beside}"


def _register(steps: Sequence[Step], client: SchemaRegistry) -> None:
    """Register what is not registered, in order.

    Raises:
        RegistryError: The registry refuses or fails in the middle; standard error says what is registered.
    """
    made: dict[str, int] = {}
    done: list[str] = []
    new = [step for step in steps if step.known is None]
    try:
        for step in new:
            for refers in step.references:
                refers.version = refers.version or made.get(refers.subject)
            text, kind = registry_text(step.plan.candidate.document), step.plan.format.registry_type
            references = step.registered or ()
            schema_id = client.register(step.plan.subject, text, kind=kind, references=references)
            done.append(step.plan.subject)
            found = client.find(step.plan.subject, text, kind=kind, references=references)
            version = f" as version {found.version}" if found is not None else ""
            if found is not None:
                made[step.plan.subject] = found.version
            typer.echo(printable(f"{step.plan.subject}: registered{version} with id {schema_id}"))
    except RegistryError:
        left = [step.plan.subject for step in new[len(done) :]]
        told = f"Registered: {', '.join(done) or 'nothing'}. Not registered: {', '.join(left)}."
        typer.echo(printable(told), err=True)
        typer.echo("Run the same command again for the rest: what is registered is left alone.", err=True)
        raise


def need_consent(question: str, *, yes: bool) -> None:
    """A person agrees.

    Raises:
        UsageError: There is none to ask.
        Abort: The person does not.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        message = "nothing was registered: there is no terminal to ask at"
        raise UsageError(message, hint="Give --yes to register, or --dry-run to see the plan.")
    typer.confirm(question, abort=True)
