"""Writing a waiver for a finding that a check has just found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from evtcompat.checking.waivers import waiver_for
from evtcompat.cli.checking import checked
from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces, shown
from evtcompat.config.waivers import append_waiver, parse_waivers
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.reading import LARGEST_CONFIGURATION, read_file
from evtcompat.writing import write_own


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """The words of the command line."""

    fingerprint: str
    reason: str
    owner: str
    expires: date
    paths: tuple[str, ...] = ()
    against: str | None = None
    config: Path | None = None


def write_waiver(request: WaiverRequest, environment: Environment | None = None) -> str:
    """Add the waiver to the waiver file; the answer says what was done.

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
    try:
        waiver, finding = waiver_for(
            report,
            request.fingerprint,
            reason=request.reason,
            owner=request.owner,
            expires=request.expires,
            today=environment.today,
        )
    except UsageError:
        if report.errors:
            first = report.errors[0]
            where = f"{first.place}: " if first.place else ""
            message = f"{where}{first.message}; so it cannot be told whether there is a finding {request.fingerprint}"
            hint = "Mend that first, or name the schema with --path."
            raise UncheckedError(message, hint=hint) from None
        raise
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
    if waiver.fingerprint in known and not set(waiver.places) <= set(known[waiver.fingerprint].places):
        # the cause is waived already, and was met at new places since: those get an entry of their own
        waiver = replace(waiver, fingerprint=waiver.places[0])
    write_own(file, append_waiver(before, waiver, name).encode("utf-8"))
    return f"{name}: waived until {waiver.expires}, by {waiver.owner}: {waiver.subject}: {finding.message}"
