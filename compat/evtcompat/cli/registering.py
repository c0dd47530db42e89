"""`evtcompat registry register`: check, plan, ask the person, register."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from evtcompat.checking.run import assemble, exit_code
from evtcompat.checking.subjects import check_subject
from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.output import outputs_of, write
from evtcompat.cli.registered import Found, candidates, configured_subject, plan_of
from evtcompat.cli.registry_work import split_version
from evtcompat.errors import UsageError
from evtcompat.registries.base import Reference, SchemaRegistry
from evtcompat.registries.errors import SubjectNotFoundError
from evtcompat.registries.opening import open_registry
from evtcompat.reporters.escape import printable
from evtcompat.sources.registry import Published, published


@dataclass(frozen=True, slots=True)
class _Step:
    """One schema to register."""

    subject: str
    found: Found
    text: str
    #: The version that holds it already.
    known: int | None
    there: Published | None


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
    request = CheckRequest(paths=paths, config=config, registry=registry)
    with open_workspaces(environment) as workspaces:
        context = RunContext.of(request, environment, workspaces)
        return _register(context, subject, references, yes=yes, dry_run=dry_run)


def _register(
    context: RunContext, subject: str | None, references: tuple[str, ...], *, yes: bool, dry_run: bool
) -> int:
    settings = context.config
    refers = tuple(_reference(text) for text in references)
    found, _, problems = candidates(context)
    if problems:
        raise problems[0]
    if subject is not None and len(found) != 1:
        message = f"--subject names one subject, but there are {len(found)} schemas"
        raise UsageError(message, hint="Register them one by one.")
    with open_registry(context.request.registry, settings.registry_url, context.environment.variables) as client:
        subjects = [subject or configured_subject(one, settings) or one.subject for one in found]
        steps = [_step(client, one, name, refers) for one, name in zip(found, subjects, strict=True)]
        code = _checked([step for step in steps if step.known is None], context)
        for step in steps:
            origin = step.found.version.document.origin
            what = "is registered already, as version" if step.known is not None else "becomes a new version of"
            target = f"{step.known} of {step.subject}" if step.known is not None else step.subject
            typer.echo(printable(f"{origin} {what} {target}"))
        new = [step for step in steps if step.known is None]
        if code or not new or dry_run:
            return code
        if not yes:
            if not sys.stdin.isatty():
                message = "nothing was registered: there is no terminal to ask at"
                raise UsageError(message, hint="Give --yes to register, or --dry-run to see the plan.")
            typer.confirm(f"Register {len(new)} at {client.address}?", abort=True)
        for step in new:
            schema_id = client.register(
                step.subject, step.text, kind=step.found.format.registry_type, references=refers
            )
            typer.echo(printable(f"{step.subject}: registered with id {schema_id}"))
    return 0


def _reference(text: str) -> Reference:
    name, equals, rest = text.partition("=")
    subject, version = split_version(rest)
    if not equals or not name or not isinstance(version, int):
        message = f"--reference {text} is not NAME=SUBJECT@VERSION"
        raise UsageError(message, hint="For example --reference shop.Address=address-value@2")
    return Reference(name, subject, version)


def _step(client: SchemaRegistry, found: Found, subject: str, references: tuple[Reference, ...]) -> _Step:
    text = found.version.document.text or ""
    if found.version.document.syntax == "yaml":
        message = f"{found.version.document.origin} is YAML, and registries take JSON"
        raise UsageError(message)
    known = client.find(subject, text, kind=found.format.registry_type, references=references)
    there = None
    if known is None:
        try:
            there = published(client, client.history(subject))
        except SubjectNotFoundError:
            there = None
    return _Step(subject, found, text, known.version if known is not None else None, there)


def _checked(steps: list[_Step], context: RunContext) -> int:
    """The exit code of the check; its report is printed when it is not 0."""
    settings = context.run_settings(step.subject for step in steps)
    reports = [check_subject(plan_of(step.found, step.subject, step.there, context), settings) for step in steps]
    report = assemble(reports, owners=settings.owners)
    code = exit_code(report, undecided=context.config.undecided.value)
    if code:
        write(report, outputs_of(("text",), None))
    return code
