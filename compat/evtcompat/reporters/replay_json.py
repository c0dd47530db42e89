"""What recorded events say, as JSON. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evtcompat import __version__
from evtcompat.reporters.terminal import inert_json

if TYPE_CHECKING:
    from evtcompat.replay.answer import Answer, FindingSeen, ReaderSeen, Shown
    from evtcompat.replay.summary import Span

#: The form of the report.
FORM = 1


def replay_json(answer: Answer) -> str:
    """The whole answer, one object; `docs/replay.md` tells what its members mean."""
    return inert_json(json.dumps(as_json(answer), indent=2, ensure_ascii=True, default=str)) + "\n"


def as_json(answer: Answer) -> dict[str, Any]:
    """The same as a JSON value."""
    return {
        "evtcompat": __version__,
        "replay_version": FORM,
        "subject": answer.subject,
        "format": answer.format,
        "sources": list(answer.sources),
        "exit_code": answer.exit_code,
        "events": answer.events,
        "one_in": answer.every,
        "first": answer.first,
        "last": answer.last,
        "tombstones": answer.tombstones,
        "outside": answer.outside,
        "untimed": answer.untimed,
        "sampled": answer.sampled,
        "writers": [
            {"name": writer.name, "version": writer.version, **_span(writer.span)} for writer in answer.writers
        ],
        "readers": [_reader(reader) for reader in answer.readers],
        "needs": None
        if answer.needs is None
        else {
            "written": list(answer.needs.written),
            "unneeded": list(answer.needs.unneeded),
            "level": None if answer.needs.level is None else answer.needs.level.value,
            "unseen": list(answer.needs.unseen),
        },
        "corrupt": {
            "count": answer.corrupt,
            "allowed": answer.allowed,
            "reasons": dict(answer.damages),
            "parts": [
                {"position": str(one.position), "reason": one.reason, "events": one.events} for one in answer.damaged
            ],
            "unknown_writers": [
                {"key": key, "events": count, "first": position} for key, count, position in answer.unknown
            ],
        },
        "aside": {
            "events": dict(answer.aside),
            "files": [{"file": path, "reason": reason} for path, reason in answer.files_aside],
        },
        "profile": {label: _span(span) for label, span in answer.profile.items()},
    }


def _span(span: Span) -> dict[str, Any]:
    return {"events": span.count, "first": span.first, "last": span.last}


def _reader(reader: ReaderSeen) -> dict[str, Any]:
    return {
        "name": reader.name,
        "origin": reader.origin,
        "outcomes": {outcome.value: count for outcome, count in reader.outcomes.items()},
        "how": dict(reader.how),
        "examples": {outcome.value: _shown(shown) for outcome, shown in reader.examples.items()},
        "findings": [_finding(seen) for seen in reader.findings],
    }


def _finding(seen: FindingSeen) -> dict[str, Any]:
    finding = seen.finding
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "reader": str(finding.reader),
        "writer": str(finding.writer),
        "written_with": seen.writer,
        "hits": seen.hits,
        "events": seen.events,
        "example": None if seen.example is None else _shown(seen.example),
    }


def _shown(shown: Shown) -> dict[str, Any]:
    return {"position": shown.position, "value": shown.value, "said": shown.said}
