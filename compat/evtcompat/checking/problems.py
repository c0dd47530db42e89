"""What could not be checked, as a part of the report."""

from __future__ import annotations

from evtcompat.errors import EvtcompatError, FaultError
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.model.reports import Problem
from evtcompat.syntax.documents import locate


def problem_of(error: EvtcompatError, subject: str | None = None, version: Version | None = None) -> Problem:
    """The problem that an error is, with the best place that is known."""
    place = error.place
    if (
        place is not None
        and version is not None
        and place.line is None
        and place.origin in (None, version.document.origin)
    ):
        place = locate(version.document, place)
    elif place is None and version is not None:
        place = Place(origin=version.document.origin)
    return Problem(
        message=error.message,
        hint=error.hint,
        place=str(place) if place is not None and str(place) else None,
        subject=subject,
        exit_code=error.exit_code,
        traceback=_traceback(error) if isinstance(error, FaultError) else None,
    )


def _traceback(error: FaultError) -> str:
    from traceback import format_exception

    return "".join(format_exception(error))
