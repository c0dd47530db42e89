"""The text of a report in any of the formats."""

from __future__ import annotations

from evtcompat.model.reports import Report
from evtcompat.reporters.available import reporter
from evtcompat.reporters.terminal import Terminal
from evtcompat.syntax import deep


def rendered(name: str, report: Report, terminal: Terminal) -> str:
    """The text of a report in a format; a payload nests as deep as a schema may.

    Raises:
        ImportError: There is no such format.
    """
    render = reporter(name)
    return deep.retried(lambda: render(report, terminal))
