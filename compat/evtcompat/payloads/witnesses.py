"""The payloads of a check's findings as files: a refused payload is a regression test for a consumer.

manifest.json                                             what each payload proves
order-placed/backward-2-missing-default-3f2a1b0c.bin      the bytes, in the encoding that the manifest names
order-placed/backward-2-missing-default-3f2a1b0c.json     the value, for people
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evtcompat import __version__
from evtcompat.model.findings import Finding
from evtcompat.model.json_texts import document
from evtcompat.model.jsonable import jsonable
from evtcompat.model.reports import DirectedComparison, Report, SubjectReport
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.payloads.contents import Contents, sealed
from evtcompat.payloads.folder import FORM
from evtcompat.payloads.matrix import slug
from evtcompat.payloads.writing import Written, write_folder

#: What a consumer is held to, by what was seen of the payload.
_EXPECTED: Final = {
    WitnessKind.REFUSED: "reject",
    WitnessKind.MISREAD: "misread",
    WitnessKind.RULE_ONLY: "reject by rule",
}


def save_witnesses(report: Report, folder: Path) -> Written:
    """Write the payload of every finding of a report, those of nested causes included.

    The folder is kept like one of `fixtures generate`: files of earlier runs that no finding proves any more go, files
    that evtcompat did not write stay.

    Raises:
        UsageError: The folder is not empty and not ours, or cannot be written.
    """
    return write_folder(folder, witness_contents(report))


def witness_contents(report: Report) -> Contents:
    """The files of `save_witnesses`; the same report gives the same bytes."""
    files: dict[str, bytes] = {}
    entries = []
    for subject in report.subjects:
        for comparison in subject.comparisons:
            for finding, witness in _witnesses(comparison.result.findings):
                stem = _stem(subject, comparison, finding)
                while f"{stem}.bin" in files:
                    stem += "-"
                files[f"{stem}.bin"] = witness.payload
                files[f"{stem}.json"] = document(jsonable(witness.value))
                entries.append({"payload": stem, **_entry(subject, comparison, finding, witness)})
    manifest = {
        "evtcompat_fixtures": FORM,
        "kind": "witnesses",
        "made_by": f"evtcompat {__version__}",
        "witnesses": entries,
    }
    return Contents(files, sealed(manifest, files))


def _witnesses(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, Witness]]:
    for finding in findings:
        if finding.witness is not None:
            yield finding, finding.witness
        yield from _witnesses(finding.because)


def _stem(subject: SubjectReport, comparison: DirectedComparison, finding: Finding) -> str:
    words = (
        comparison.direction.value,
        slug(comparison.baseline.version or "baseline"),
        slug(finding.rule),
        finding.fingerprint[:8],
    )
    return f"{slug(subject.subject)}/{'-'.join(word for word in words if word)}"


def _entry(
    subject: SubjectReport, comparison: DirectedComparison, finding: Finding, witness: Witness
) -> dict[str, object]:
    sides = [{"version": name.version, "origin": name.origin} for name in (subject.candidate, comparison.baseline)]
    reader, writer = sides if comparison.direction.value == "backward" else reversed(sides)
    return {
        "subject": subject.subject,
        "format": subject.format,
        "direction": comparison.direction.value,
        "reader": reader,
        "writer": writer,
        "rule": finding.rule,
        "fingerprint": finding.fingerprint,
        "message": finding.message,
        "path": finding.reader.names or finding.reader.pointer,
        "encoding": witness.encoding,
        "expected": _EXPECTED[witness.kind],
        "confirmed_by": witness.confirmed_by,
        "observed": witness.observed,
    }
