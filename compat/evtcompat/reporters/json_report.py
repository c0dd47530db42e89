"""The JSON report, version 1: one object, described by ``report.schema.json`` beside this file."""

from __future__ import annotations

import base64
import json
from importlib.resources import files

from evtcompat import __version__
from evtcompat.checking.grouping import Change, changes_of, versions
from evtcompat.dataclasses import asdict
from evtcompat.model.findings import Finding, FoundAt
from evtcompat.model.jsonable import jsonable
from evtcompat.model.mismatches import ProofStep, Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.witnesses import Witness
from evtcompat.reporters.terminal import Terminal, inert_json

#: Grows when a field is renamed, removed or changes its meaning; new fields do not raise it.
REPORT_VERSION = 1


def report_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) that every report is valid under."""
    text = files("evtcompat.reporters").joinpath("report.schema.json").read_text(encoding="utf-8")
    schema: dict[str, object] = json.loads(text)
    return schema


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run for a program. Byte-stable; ends with a newline."""
    return inert_json(json.dumps(report_value(report), indent=2, ensure_ascii=True, allow_nan=False)) + "\n"


def report_value(report: Report) -> dict[str, object]:
    """The report in terms of JSON's types."""
    counts = report.counts
    return {
        "evtcompat": __version__,
        "report_version": REPORT_VERSION,
        "verdict": report.verdict.value,
        "counts": {
            "compared": counts.compared,
            "unchanged": counts.unchanged,
            "new": counts.new,
            "removed": counts.removed,
            "skipped": counts.skipped,
            "history": counts.history,
        },
        "subjects": [_subject(subject) for subject in report.subjects],
        "findings": [finding_value(finding) for finding in report.findings],
        "skipped": list(report.skipped),
        "baselines": list(report.baselines),
        "rollout": report.rollout,
        "errors": [problem_value(problem) for problem in report.errors],
    }


def comparison_value(result: Comparison) -> dict[str, object]:
    """One comparison in terms of JSON's types."""
    value: dict[str, object] = {
        "verdict": result.verdict.value,
        "registry_verdict": result.registry_verdict.value,
        "findings": [finding_value(finding) for finding in result.findings],
        "undecided": [_undecided(part) for part in result.undecided],
    }
    if result.other_policy is not None:
        policy, verdict = result.other_policy
        value["other_policy"] = {"policy": policy.value, "verdict": verdict.value}
    if result.proof:
        value["proof"] = [_proof_step(step) for step in result.proof]
    return value


def finding_value(finding: Finding) -> dict[str, object]:
    """One finding in terms of JSON's types."""
    waived, observed = finding.waived, finding.observed
    value: dict[str, object] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "reader": _place(finding.reader),
        "writer": _place(finding.writer),
        "because": [finding_value(cause) for cause in finding.because],
        "fix": finding.fix.text if finding.fix is not None else None,
        "patch": jsonable(finding.fix.patch) if finding.fix is not None and finding.fix.patch else None,
        "fingerprint": finding.fingerprint,
        "waived": None
        if waived is None
        else {"reason": waived.reason, "owner": waived.owner, "expires": waived.expires.isoformat()},
        "witness": None if finding.witness is None else _witness(finding.witness),
    }
    if finding.cause is not None:
        value["cause"] = {"id": finding.cause.id, "change": finding.cause.change}
        value["places"] = [_found_at(place) for place in finding.places]
    if observed is not None:
        value["observed"] = asdict(observed)
    return value


def _found_at(found: FoundAt) -> dict[str, object]:
    return {
        "rule": found.rule,
        "reader": _place(found.reader),
        "writer": _place(found.writer),
        "fingerprint": found.fingerprint,
    }


def _subject(subject: SubjectReport) -> dict[str, object]:
    consumer = {} if subject.consumer is None else {"consumer": subject.consumer}
    link = {} if subject.link is None else {"link": subject.link}
    return {
        "subject": subject.subject,
        **consumer,
        **link,
        "format": subject.format,
        "level": subject.level.value,
        "policy": subject.policy.value if subject.policy else None,
        "state": subject.state,
        "history": subject.settled,
        "verdict": subject.verdict.value,
        "registry_verdict": subject.registry_verdict.value,
        "registry_policy": subject.registry_policy.value if subject.registry_policy else None,
        "registry_mode": subject.registry_mode,
        "registry_refusals": list(subject.registry_refusals),
        "registry_rejection": subject.registry_rejection,
        "candidate": _name(subject.candidate),
        "renamed_from": subject.renamed_from,
        "findings": [finding_value(finding) for finding in subject.findings],
        "comparisons": [_comparison(comparison) for comparison in subject.comparisons],
        "causes": [_change(change, subject) for change in changes_of(subject)],
        "rollout": subject.rollout,
    }


def _change(change: Change, subject: SubjectReport) -> dict[str, object]:
    history = list(dict.fromkeys(comparison.baseline for comparison in subject.comparisons))
    return {
        "id": change.id,
        "change": change.words,
        "severity": change.finding.severity.value,
        "waived": change.waived is not None,
        "places": change.places,
        "effects": [
            {
                "direction": effect.direction.value if effect.direction is not None else None,
                "rule": effect.finding.rule,
                "severity": effect.finding.severity.value,
                "versions": versions(effect.baselines, history),
                "finding": effect.finding.fingerprint,
            }
            for effect in change.effects
        ],
    }


def _comparison(comparison: DirectedComparison) -> dict[str, object]:
    head = {"direction": comparison.direction.value, "baseline": _name(comparison.baseline)}
    return head | comparison_value(comparison.result)


def _name(name: SchemaName) -> dict[str, object]:
    return {"origin": name.origin, "version": name.version}


def _place(place: Place) -> dict[str, object]:
    return {
        "pointer": place.pointer,
        "names": place.names,
        "origin": place.origin,
        "line": place.line,
        "column": place.column,
    }


def _witness(witness: Witness) -> dict[str, object]:
    return {
        "kind": witness.kind.value,
        "value": jsonable(witness.value),
        "encoding": witness.encoding,
        "payload_base64": base64.b64encode(witness.payload).decode("ascii"),
        "confirmed_by": witness.confirmed_by,
        "observed": witness.observed,
    }


def _undecided(part: Undecided) -> dict[str, object]:
    return {"reader": _place(part.reader), "writer": _place(part.writer), "path": part.path, "reason": part.reason}


def _proof_step(step: ProofStep) -> dict[str, object]:
    return {"reader": _place(step.reader), "writer": _place(step.writer), "argument": step.argument}


def problem_value(problem: Problem) -> dict[str, object]:
    """What went wrong, for a program."""
    return {
        "message": problem.message,
        "hint": problem.hint,
        "place": problem.place,
        "subject": problem.subject,
        "exit_code": problem.exit_code,
    }
