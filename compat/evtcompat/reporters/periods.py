"""Days, and what recorded events said of a finding between them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evtcompat.model.counts import counted

if TYPE_CHECKING:
    from evtcompat.model.findings import Observed


def day(milliseconds: int) -> str:
    """``3 May 2026``, in UTC."""
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return f"{milliseconds} ms"  # no day that Python knows
    return f"{moment.day} {moment:%B %Y}"


def period(first: int | None, last: int | None) -> str:
    """``3 May 2026 to 20 November 2026``, one day where it is one, or nothing where that is not known."""
    if first is None or last is None:
        return ""
    one, other = day(first), day(last)
    return one if one == other else f"{one} to {other}"


def events(count: int) -> str:
    """``1 event``, ``12,345 events``."""
    return counted(count, "event")


def seen(observed: Observed) -> str:
    """``in 0 of 12,345,678 events from 3 May 2026 to 20 November 2026``."""
    when = period(observed.first, observed.last)
    between = f" from {when}" if " to " in when else f" on {when}" if when else ""
    return f"in {observed.hits:,} of {events(observed.events)}{between}"
