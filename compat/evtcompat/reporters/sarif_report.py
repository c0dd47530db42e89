"""SARIF 2.1.0 (OASIS): one run, results with both places, fingerprints, suppressions for waivers."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from evtcompat import __version__
from evtcompat.dataclasses import asdict
from evtcompat.model.places import Place
from evtcompat.model.reports import Report
from evtcompat.model.rules import page_of_rule
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.entries import NO_FILE, PSEUDO_RULES, Entry, Kind, entries, file_of
from evtcompat.reporters.escape import printable
from evtcompat.reporters.terminal import Terminal, inert_json
from evtcompat.rules.catalogue import catalogue

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
#: The name of the fingerprint; a new version of how it is made would get a new number.
_FINGERPRINT = "evtcompat/v1"
#: What paths of the report begin with; where that lies is the reader's to know.
_ROOT = "%SRCROOT%"
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run as a SARIF log. Byte-stable; ends with a newline.

    What could not be checked is a tool notification *and* a result: consumers that read only one of them see it.

    Args:
        report: Of the run.
        terminal: What every reporter takes; a log does not depend on it.
    """
    found = entries(report)
    ids = sorted({entry.rule for entry in found})
    invocation: dict[str, object] = {"executionSuccessful": not report.errors}
    unchecked = [entry for entry in found if entry.kind is Kind.UNCHECKED]
    if unchecked:
        invocation["toolExecutionNotifications"] = [_notification(entry) for entry in unchecked]
    if not report.subjects and not found:
        text = "No schema was found: nothing was compared."
        invocation["toolExecutionNotifications"] = [{"level": "note", "message": {"text": text}}]
    driver = {
        "name": "evtcompat",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule_id, report.rule_pages) for rule_id in ids],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The folder in which evtcompat ran: paths of the report begin there."}}
        },
        "invocations": [invocation],
        "results": [_result(entry, ids.index(entry.rule)) for entry in found],
        "properties": {
            "verdict": report.verdict.value,
            "rollout": printable(report.rollout),
            "counts": asdict(report.counts),
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return inert_json(json.dumps(log, indent=2, ensure_ascii=True, allow_nan=False)) + "\n"


def _rule(rule_id: str, pages: str) -> dict[str, object]:
    if rule_id in PSEUDO_RULES:
        text = PSEUDO_RULES[rule_id]
        level = "error" if rule_id == Kind.UNCHECKED.value else "warning"
        return {
            "id": rule_id,
            "shortDescription": {"text": text},
            "fullDescription": {"text": text},
            "help": {"text": "The message tells the reason and the next step."},
            "defaultConfiguration": {"level": level},
        }
    rule = catalogue()[rule_id]
    parts = {"Why": rule.why, "Example": rule.example, "Remedy": rule.remedy, "Limits": rule.limits}
    known = {title: text for title, text in parts.items() if text}
    known["More"] = f"`evtcompat explain {rule.id}` tells the same on the command line."
    address = page_of_rule(rule.id, pages)
    return {
        "id": rule.id,
        **({} if address is None else {"helpUri": address}),
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": "\n\n".join(f"{title}: {text}" for title, text in known.items()),
            "markdown": "\n\n".join(f"**{title}.** {text}" for title, text in known.items()),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["compatibility", rule.format or "history"]},
    }


def _result(entry: Entry, rule_index: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": entry.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[entry.severity],
        "message": {"text": _message(entry)},
        "locations": [_location(entry.place)],
        "partialFingerprints": {_FINGERPRINT: entry.fingerprint},
    }
    if entry.other is not None:
        words, place = entry.other
        related = _location(place) | {"id": 1, "message": {"text": printable(words.removesuffix(" at"))}}
        result["relatedLocations"] = [related]
    if entry.waived is not None:
        waived = entry.waived
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": printable(f"{waived.reason} ({waived.owner}, until {waived.expires})"),
            }
        ]
    properties = {"subject": entry.subject, "direction": entry.direction or None}
    result["properties"] = {key: printable(value) for key, value in properties.items() if value}
    return result


def _message(entry: Entry) -> str:
    heading = [f"{entry.title}."] if entry.title != entry.rule else []
    lines = [printable(" ".join([*heading, entry.message]))]
    lines += [printable(f"{word}: {text}") for word, text in entry.details()]
    return _without_links("\n".join(lines))


def _without_links(text: str) -> str:
    """The text without what viewers take for an embedded link (section 3.11.6: ``[text](target)``)."""
    return text.replace("](", "] (")


def _notification(entry: Entry) -> dict[str, object]:
    return {
        "level": "error",
        "descriptor": {"id": entry.rule},
        "message": {"text": _message(entry)},
        "locations": [_location(entry.place)],
    }


def _location(place: Place) -> dict[str, object]:
    """A location with a file and a region where they are known, and the place by names in any case."""
    location: dict[str, object] = {}
    path = file_of(place.origin)
    if path is not None or place.origin is None:
        physical: dict[str, object] = {"artifactLocation": _artifact(path or NO_FILE)}
        if place.line is not None:
            physical["region"] = _region(place)
        location["physicalLocation"] = physical
    names = [("fullyQualifiedName", place.names or place.pointer)]
    names += [("name", place.origin)] if path is None and place.origin is not None else []
    logical = {key: printable(text) for key, text in names if text}
    if logical:
        location["logicalLocations"] = [logical]
    return location


def _region(place: Place) -> dict[str, object]:
    region: dict[str, object] = {"startLine": place.line}
    if place.column is not None:
        region["startColumn"] = place.column
        if place.end_column is not None and place.end_column >= place.column:
            region["endColumn"] = place.end_column
    return region


def _artifact(path: str) -> dict[str, object]:
    """A URI reference below the root of the sources, or an absolute file URI."""
    path = path.replace("\\", "/") if _DRIVE.match(path) else path
    encoded = quote(path, safe="/!$&'()*+,;=@~-._", errors="backslashreplace")
    if path.startswith("/") or _DRIVE.match(path):
        return {"uri": f"file:///{encoded.lstrip('/')}"}
    return {"uri": encoded, "uriBaseId": _ROOT}
