"""`evtcompat registry register`: check, plan, ask the person, register."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from evtcompat.checking.plans import Plan
from evtcompat.checking.run import check_run, exit_code
from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.output import outputs_of, write
from evtcompat.cli.selecting import lookup_of, open_registry_of
from evtcompat.errors import UsageError
from evtcompat.registries.base import Reference, SchemaRegistry
from evtcompat.reporters.escape import printable
from evtcompat.sources.against import split_version
from evtcompat.sources.published import published_source
from evtcompat.sources.registered import RegistrySubjects
from evtcompat.sources.select import select


@dataclass(frozen=True, slots=True)
class _Step:
    """One schema to register."""

    plan: Plan
    #: The version that holds it already.
    known: int | None


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
    refers = tuple(_reference(text) for text in references)
    with open_workspaces(environment) as workspaces:
        request = CheckRequest(paths=paths, config=config, registry=registry)
        context = RunContext.of(request, environment, workspaces)
        with open_registry_of(context) as client:
            steps = [_step(client, plan, refers) for plan in _plans(context, client, subject)]
            new = [step.plan for step in steps if step.known is None]
            code = _checked(new, context)
            for step in steps:
                typer.echo(printable(_outlook(step)))
            if code or not new or dry_run:
                return code
            _need_consent(f"Register {len(new)} at {client.address}?", yes=yes)
            for plan in new:
                text, kind = plan.candidate.document.text or "", plan.format.registry_type
                schema_id = client.register(plan.subject, text, kind=kind, references=refers)
                typer.echo(printable(f"{plan.subject}: registered with id {schema_id}"))
    return 0


def _plans(context: RunContext, client: SchemaRegistry, subject: str | None) -> tuple[Plan, ...]:
    """What is to be registered, with the history that each of it meets.

    Raises:
        UncheckedError: A file or a history cannot be read, or a subject cannot be determined.
        UsageError: One subject was named for several schemas.
    """
    source = published_source(lookup_of(context, RegistrySubjects(client), subject), context.terms)
    selection = select(context.workspaces, context.request.paths, source, context.layout, context.folder)
    for error in (*selection.problems, *(error for _, error in selection.unread)):
        raise error
    if subject is not None and len(selection.plans) != 1:
        message = f"--subject names one subject, but there are {len(selection.plans)} schemas"
        raise UsageError(message, hint="Register them one by one.")
    return selection.plans


def _reference(text: str) -> Reference:
    name, equals, rest = text.partition("=")
    subject, version = split_version(rest)
    if not equals or not name or not isinstance(version, int):
        message = f"--reference {text} is not NAME=SUBJECT@VERSION"
        raise UsageError(message, hint="For example --reference shop.Address=address-value@2")
    return Reference(name, subject, version)


def _step(client: SchemaRegistry, plan: Plan, references: tuple[Reference, ...]) -> _Step:
    document = plan.candidate.document
    if document.syntax == "yaml":
        message = f"{document.origin} is YAML, and registries take JSON"
        raise UsageError(message)
    known = client.find(plan.subject, document.text or "", kind=plan.format.registry_type, references=references)
    return _Step(plan, known.version if known is not None else None)


def _outlook(step: _Step) -> str:
    """What becomes of a schema, as one sentence."""
    origin, subject = step.plan.candidate.document.origin, step.plan.subject
    if step.known is None:
        return f"{origin} becomes a new version of {subject}"
    return f"{origin} is registered already, as version {step.known} of {subject}"


def _checked(plans: list[Plan], context: RunContext) -> int:
    """The exit code of the check; its report is printed when it is not 0."""
    report = check_run(plans, context.run_settings(plan.subject for plan in plans))
    code = exit_code(report, undecided=context.config.undecided)
    if code:
        write(report, outputs_of(("text",), None))
    return code


def _need_consent(question: str, *, yes: bool) -> None:
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
