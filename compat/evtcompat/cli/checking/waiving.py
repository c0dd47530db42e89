"""Writing a waiver for a finding that a check has just found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from evtcompat.checking.waivers import failing_ids, waiver_for
from evtcompat.cli.checking.run import checked
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces, shown
from evtcompat.config.waivers import Waiver, append_waiver, parse_waivers
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.counts import counted
from evtcompat.model.findings import Finding
from evtcompat.model.reports import Problem, Report
from evtcompat.reading import LARGEST_CONFIGURATION, read_file
from evtcompat.writing import write_own


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """The words of the command line."""

    #: The id of a finding; ``None`` for all that fail the check.
    fingerprint: str | None
    reason: str
    owner: str
    expires: date
    paths: tuple[str, ...] = ()
    against: str | None = None
    config: Path | None = None


class Waived(NamedTuple):
    """What was done."""

    sentence: str
    #: What could not be checked, so that nobody knows whether it has findings; none where one finding was named.
    unchecked: tuple[Problem, ...] = ()


def write_waiver(request: WaiverRequest, environment: Environment | None = None) -> Waived:
    """Add the waiver, or one for each finding, to the waiver file; the answer says what was done.

    Raises:
        UsageError: There is no such finding, or it cannot be waived.
        UncheckedError: The schemas could not be checked, so it is not known whether there is one.
        ConfigError: The waiver file is wrong.
    """
    environment = environment or Environment()
    check = CheckRequest(paths=request.paths, against=request.against, config=request.config)
    with open_workspaces(environment) as workspaces:
        context = RunContext.of(check, environment, workspaces)
        report = checked(context).report
    chosen = failing_ids(report) if request.fingerprint is None else (request.fingerprint,)
    made = [_made(one, request, report, environment) for one in chosen]
    file = environment.folder / context.config.folder / context.config.waivers
    name = shown(file, environment.folder)
    try:
        before = read_file(file, LARGEST_CONFIGURATION).decode("utf-8")
    except FileNotFoundError:
        before = ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"{name}: the waivers cannot be read: {reason}"
        raise UsageError(message) from error
    known = {entry.fingerprint: entry for entry in parse_waivers(before, name)}
    for waiver, _ in made:
        entry = known.get(waiver.fingerprint)
        if entry is not None and not set(waiver.places) <= set(entry.places):
            # the cause is waived already, and was met at new places since: those get an entry of their own
            waiver = replace(waiver, fingerprint=waiver.places[0])  # noqa: PLW2901 - the same, under another name
        before = append_waiver(before, waiver, name)
    if made:
        write_own(file, before.encode("utf-8"))
    if request.fingerprint is None:
        return Waived(_in_bulk(name, request, [waiver for waiver, _ in made], report), report.errors)
    ((waiver, finding),) = made
    return Waived(f"{name}: waived until {waiver.expires}, by {waiver.owner}: {waiver.subject}: {finding.message}")


def _in_bulk(name: str, request: WaiverRequest, made: Sequence[Waiver], report: Report) -> str:
    left = f" {counted(len(report.errors), 'schema')} could not be checked." if report.errors else ""
    if not made:
        return f"Nothing to waive: no finding fails the check.{left}"
    subjects = len({waiver.subject for waiver in made})
    until = f"waived until {request.expires}, by {request.owner}"
    return f"{name}: {until}: {counted(len(made), 'finding')} of {counted(subjects, 'subject')}.{left}"


def _made(fingerprint: str, request: WaiverRequest, report: Report, environment: Environment) -> tuple[Waiver, Finding]:
    """The waiver for a finding of a report.

    Raises:
        UsageError: There is no such finding, or it cannot be waived.
        UncheckedError: The schemas could not be checked, so it is not known whether there is one.
    """
    try:
        return waiver_for(
            report,
            fingerprint,
            reason=request.reason,
            owner=request.owner,
            expires=request.expires,
            today=environment.today,
        )
    except UsageError:
        if report.errors:
            first = report.errors[0]
            where = f"{first.place}: " if first.place else ""
            message = f"{where}{first.message}; so it cannot be told whether there is a finding {fingerprint}"
            hint = "Mend that first, or name the schema with --path."
            raise UncheckedError(message, hint=hint) from None
        raise
