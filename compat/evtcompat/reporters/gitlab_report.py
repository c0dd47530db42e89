"""GitLab's code quality report: one JSON array, every issue with all the fields that GitLab asks for."""

from __future__ import annotations

import json

from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.entries import Entry, Kind, entries
from evtcompat.reporters.escape import printable
from evtcompat.reporters.terminal import Terminal, inert_json

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}
_KINDS = {Kind.UNDECIDED: "major", Kind.UNCHECKED: "blocker"}


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run. Byte-stable; ends with a newline. Waived findings are there as ``info``: GitLab has no waivers."""
    issues: list[dict[str, object]] = []
    seen: dict[str, int] = {}
    for entry in entries(report):
        number = seen[entry.fingerprint] = seen.get(entry.fingerprint, 0) + 1
        # GitLab shows one issue per fingerprint: a repeated one must not hide the others
        unique = entry.fingerprint if number == 1 else f"{entry.fingerprint}-{number}"
        issues.append(
            {
                "type": "issue",
                "description": _description(entry),
                "check_name": entry.rule,
                "fingerprint": unique,
                "severity": _severity(entry),
                "categories": ["Compatibility"],
                "location": {"path": entry.path, "lines": {"begin": entry.place.line or 1}},
            }
        )
    return inert_json(json.dumps(issues, indent=2, ensure_ascii=True, allow_nan=False)) + "\n"


def _severity(entry: Entry) -> str:
    if entry.waived is not None:
        return "info"
    return _KINDS.get(entry.kind) or _SEVERITIES[entry.severity]


def _description(entry: Entry) -> str:
    direction = f" ({entry.direction})" if entry.direction else ""
    waived = "Waived. " if entry.waived is not None else ""
    details = "; ".join(f"{word}: {text}" for word, text in entry.details())
    heading = f"{entry.title}. " if entry.title != entry.rule else ""
    return printable(f"{waived}{heading}{entry.message}{direction} {details}".rstrip())
