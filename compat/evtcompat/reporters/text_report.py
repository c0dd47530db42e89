"""The text report: what broke, where, for whom, the payload that proves it, who deploys first, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import ProofStep, Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import Counts, DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.reporters.periods import seen
from evtcompat.reporters.terminal import Terminal, printable
from evtcompat.reporters.values import payload_text
from evtcompat.rules.catalogue import catalogue

#: More skipped files than this are counted, not listed.
_LISTED = 10
#: As many of the registry's reasons are listed.
_REFUSALS = 3
_SEVERITY_STYLE = {Severity.ERROR: ("bold", "red"), Severity.WARNING: ("bold", "yellow"), Severity.NOTE: ("cyan",)}
_VERDICT_STYLE = {
    Verdict.COMPATIBLE: ("bold", "green"),
    Verdict.INCOMPATIBLE: ("bold", "red"),
    Verdict.UNDECIDED: ("bold", "yellow"),
    Verdict.UNCHECKED: ("bold", "red"),
}
#: A longer payload is cut in the text report; the JSON report has all of it.
_LONGEST_PAYLOAD = 300
#: How deep nested causes are shown.
_DEEPEST_CAUSE = 6
#: What to do about a comparison that is neither proved nor refuted.
_OPEN_QUESTION = (
    "Look at this part in both schemas: neither a proof nor a counterexample was found. "
    "`--undecided warn` lets the run pass."
)


def render(report: Report, terminal: Terminal | None = None) -> str:
    """The whole run for a person. Ends with a newline; byte-stable for a given width."""
    return "\n".join(_Text(terminal or Terminal()).report(report)) + "\n"


class _Text:
    """The report as lines."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def report(self, report: Report) -> Iterator[str]:
        for subject in report.subjects:
            yield from self._subject(subject)
        known = {problem for subject in report.subjects for problem in subject.problems}
        for problem in report.errors:
            if problem not in known:
                yield from self._problem(problem)
                yield ""
        for finding in report.findings:
            yield from self._finding(finding, finding.reader, None, None)
            yield ""
        if len(report.subjects) > 1 and report.rollout:
            yield from self._row("Deploy", printable(report.rollout))
        yield from self._counts(report)

    # subjects

    def _subject(self, subject: SubjectReport) -> Iterator[str]:
        for finding in subject.findings:
            yield from self._finding(finding, finding.reader, None, None)
            yield ""
        for comparison in subject.comparisons:
            yield from self._comparison(comparison, subject)
        for problem in subject.problems:
            yield from self._problem(problem)
            yield ""
        yield from self._summary(subject)
        yield ""

    def _comparison(self, comparison: DirectedComparison, subject: SubjectReport) -> Iterator[str]:
        new = printable(label(subject.candidate, "the candidate"))
        old = printable(subject.consumer or label(comparison.baseline, "the baseline"))
        backward = comparison.direction is Direction.BACKWARD
        reader, writer = (new, old) if backward else (old, new)
        for finding in comparison.result.findings:
            place, other = (finding.reader, finding.writer) if backward else (finding.writer, finding.reader)
            where = f"{'written' if backward else 'read'} with {old} at"
            whom = None if subject.consumer is not None else (comparison.direction, reader, writer)
            yield from self._finding(finding, place, (where, other), whom)
            yield ""
        for undecided in comparison.result.undecided:
            yield from self._undecided(undecided, comparison.direction, reader, writer)
            yield ""
        if comparison.result.proof:
            head = self._terminal.style(f"proof that {reader} reads {writer}", "bold")
            yield f"{head}  ({comparison.direction.value})"
            for step in comparison.result.proof:
                yield from self._proof_step(step)
            yield ""

    def _proof_step(self, step: ProofStep) -> Iterator[str]:
        place = printable(step.reader.names or step.reader.pointer or "the whole schema")
        where = f" ({_where(step.reader)})" if step.reader.line is not None else ""
        beside = f" (writer: {_where(step.writer)})" if step.writer.line is not None and step.writer.pointer else ""
        yield from self._terminal.wrap(f"{place}{where}: {printable(step.argument)}{beside}", "  ", "      ")

    def _summary(self, subject: SubjectReport) -> Iterator[str]:
        style = self._terminal.style
        name = style(printable(subject.subject), "bold")
        if subject.consumer is not None:
            yield from self._contract(subject, name)
            return
        level = subject.level.value + (f" ({subject.policy.value})" if subject.policy else "")
        if subject.state == "new" and not subject.problems:
            yield f"{name}  {level}: new, nothing to compare with; the schema itself is valid."
        elif subject.state == "repaired" and not subject.problems:
            yield f"{name}  {level}: repaired, compared with nothing; the schema itself is valid."
        elif subject.state == "skipped" and not subject.problems:
            yield f"{name}  level {level} asks for no comparison; the schema itself is valid."
        else:
            verdict = style(subject.verdict.value, *_VERDICT_STYLE[subject.verdict])
            detail = _tally(subject)
            against = f" against {_against(subject)}" if subject.comparisons else ""
            registry = _registry_sentence(subject)
            unchanged = ", unchanged" if subject.state == "unchanged" else ""
            unchanged += ", declared by its new major version" if subject.declared else ""
            line = f"{name}  {level}{against}: {verdict}{unchanged}{f' ({detail})' if detail else ''}."
            yield f"{line} {registry}".rstrip()
        if subject.renamed_from is not None:
            yield from self._row("Renamed", f"from {printable(subject.renamed_from)}.")
        if subject.registry_rejection:
            yield from self._row("Registry", f"would refuse to register it: {printable(subject.registry_rejection)}")
        if subject.registry_mode not in (None, "READWRITE"):
            mode = printable(subject.registry_mode or "")
            yield from self._row("Registry", f"takes no new version of it: its mode is {mode}.")
        if subject.registry_refusals:
            some = ", ".join(map(printable, subject.registry_refusals[:_REFUSALS]))
            more = len(subject.registry_refusals) - _REFUSALS
            policy = f" under its {subject.registry_policy.value} policy" if subject.registry_policy else ""
            yield from self._row("Registry", f"refuses{policy}: {some}{f' and {more} more' if more > 0 else ''}.")
        yield from self._other_policy(subject)
        if subject.rollout:
            yield from self._row("Deploy", printable(subject.rollout))

    def _contract(self, subject: SubjectReport, name: str) -> Iterator[str]:
        """The summary of one consumer and one version that is written."""
        new, consumer = printable(label(subject.candidate, "the candidate")), printable(subject.consumer or "")
        said = {
            Verdict.COMPATIBLE: "has all that",
            Verdict.INCOMPATIBLE: "breaks",
            Verdict.UNDECIDED: "may or may not break",
            Verdict.UNCHECKED: "was not compared with",
        }[subject.verdict]
        words = f"{consumer} needs" if subject.verdict is Verdict.COMPATIBLE else consumer
        detail = _tally(subject)
        verdict = self._terminal.style(f"{said} {words}", *_VERDICT_STYLE[subject.verdict])
        yield f"{name}  {new} {verdict}{f' ({detail})' if detail else ''}."

    def _other_policy(self, subject: SubjectReport) -> Iterator[str]:
        for comparison in subject.comparisons:
            other = comparison.result.other_policy
            if other is not None and other[1] is not comparison.result.verdict:
                text = (
                    f"under the {other[0].value} policy the {comparison.direction.value} direction is {other[1].value}"
                )
                yield from self._row("Policy", f"{text}.")

    # findings

    def _finding(
        self,
        finding: Finding,
        place: Place,
        other: tuple[str, Place] | None,
        direction: tuple[Direction, str, str] | None,
    ) -> Iterator[str]:
        style = self._terminal.style
        severity = "waived" if finding.waived else finding.severity.value
        colour = ("dim",) if finding.waived else _SEVERITY_STYLE[finding.severity]
        reads = f"  ({direction[0].value}: {direction[1]} reads {direction[2]})" if direction else ""
        yield f"{style(_where(place), 'bold')}  {style(severity, *colour)}  {finding.rule}{style(reads, 'dim')}"
        yield from self._terminal.wrap(lead(finding, direction) + printable(finding.message), "  ")
        yield from self._source(place)
        yield from self._causes(finding.because, 1)
        if other is not None and other[1] != place and (other[1].line is not None or other[1].pointer):
            yield from self._terminal.wrap(f"{other[0]} {_where(other[1])}", "  ")
        if finding.witness is not None:
            yield from self._row("proof", proof(finding.witness), indent="  ", style="dim")
        if finding.fix is not None:
            yield from self._row("fix", printable(finding.fix.text), indent="  ", style="green")
        if finding.observed is not None:
            yield from self._row("seen", seen(finding.observed), indent="  ")
        if finding.waived is not None:
            waived = finding.waived
            text = f"until {waived.expires} by {waived.owner}: {waived.reason}"
            yield from self._row("waived", printable(text), indent="  ")
        elif finding.severity is not Severity.NOTE and finding.fingerprint:
            yield from self._row("id", finding.fingerprint, indent="  ", style="dim")

    def _causes(self, because: Iterable[Finding], depth: int) -> Iterator[str]:
        for cause in because:
            indent = "  " * depth
            place = f" at {_where(cause.reader)}" if cause.reader.line is not None else ""
            message = printable(cause.message).rstrip(".")
            yield from self._terminal.wrap(f"because {message}{place}", f"  {indent}", f"  {indent}        ")
            if depth < _DEEPEST_CAUSE:
                yield from self._causes(cause.because, depth + 1)

    def _source(self, place: Place) -> Iterator[str]:
        if place.source is None or place.line is None or place.column is None:
            return
        # tabs as one column each, so that the caret stands below what it points at
        source = printable(place.source.replace("\t", " "))
        column = len(printable(place.source[: place.column - 1].replace("\t", " "))) + 1
        length = max(1, (place.end_column or place.column + 1) - place.column)
        room = max(20, self._terminal.width - 12)
        start = 0
        if column + min(length, 20) > room:
            start = max(0, column - 20)
        shown = source[start : start + room]
        caret = " " * (column - 1 - start) + "^" * max(1, min(length, room - (column - 1 - start)))
        yield f"  {place.line:>6} | {shown.rstrip()}"
        yield f"  {'':>6} | {self._terminal.style(caret, 'red')}"

    def _undecided(self, undecided: Undecided, direction: Direction, reader: str, writer: str) -> Iterator[str]:
        backward = direction is Direction.BACKWARD
        place, other = (undecided.reader, undecided.writer) if backward else (undecided.writer, undecided.reader)
        head = self._terminal.style(_where(place), "bold")
        word = self._terminal.style("undecided", "bold", "yellow")
        yield f"{head}  {word}  ({direction.value}: {reader} reads {writer})"
        names = f"`{printable(undecided.path)}`: " if undecided.path else ""
        yield from self._terminal.wrap(f"{names}{printable(undecided.reason)}", "  ")
        yield from self._source(place)
        if other.pointer and other.line is not None:
            beside = f"written with {writer}" if backward else f"read with {reader}"
            yield from self._terminal.wrap(f"{beside} at {_where(other)}", "  ")
        yield from self._row("next", _OPEN_QUESTION, indent="  ", style="green")

    def _problem(self, problem: Problem) -> Iterator[str]:
        style = self._terminal.style
        where = printable(problem.place or problem.subject or "evtcompat")
        yield f"{style(where, 'bold')}  {style('unchecked', 'bold', 'red')}"
        yield from self._terminal.wrap(printable(problem.message), "  ")
        if problem.hint:
            yield from self._row("next", printable(problem.hint), indent="  ", style="green")

    # parts

    def _row(self, word: str, text: str, *, indent: str = "", style: str = "bold") -> Iterator[str]:
        first, *rest = self._terminal.wrap(text, f"{indent}{word}  ")
        yield indent + self._terminal.style(word, style) + first[len(indent) + len(word) :]
        yield from rest

    def _counts(self, report: Report) -> Iterator[str]:
        plain = [path for path in report.skipped if path not in report.lookalikes]
        if plain:
            yield f"Skipped, no schemas: {', '.join(map(printable, plain[:_LISTED]))}{_rest_of(plain)}"
        if report.lookalikes:
            yield self._terminal.style("Not checked, though they look like schemas:", "bold", "yellow")
            for path in report.lookalikes[:_LISTED]:
                yield from self._terminal.wrap(printable(path), "  ", "    ")
            yield f"  `--skipped fail` makes the run fail for them{_rest_of(report.lookalikes)}."
        if report.baselines:
            yield from self._terminal.wrap(f"Compared with {printable(', '.join(report.baselines))}.", "")
        yield counts_sentence(report.counts, len(report.errors))


def _rest_of(paths: Sequence[str]) -> str:
    rest = len(paths) - _LISTED
    return f" and {rest} more (`--format json` lists all)" if rest > 0 else ""


def counts_sentence(counts: Counts, errors: int) -> str:
    """What the run did: ``1 compared, 2 unchanged; 1 could not be checked``."""
    words = [
        f"{number} {word}"
        for number, word in (
            (counts.compared, "compared"),
            (counts.unchanged, "unchanged"),
            (counts.new, "new"),
            (counts.removed, "removed"),
            (counts.skipped, "skipped"),
        )
        if number
    ]
    unchecked = f"; {errors} could not be checked" if errors else ""
    return f"{', '.join(words) or 'nothing was compared'}{unchecked}."


def label(name: SchemaName, otherwise: str) -> str:
    """How a person calls a version."""
    if name.version is None:
        return otherwise
    return f"v{name.version}" if name.version[:1].isdigit() else name.version


def _where(place: Place) -> str:
    return printable(str(place)) or "the schema"


def lead(finding: Finding, direction: tuple[Direction, str, str] | None) -> str:
    """Who is hit, for findings about a pair."""
    if direction is None or finding.severity is not Severity.ERROR:
        return ""
    _, reader, writer = direction
    misread = finding.witness is not None and finding.witness.kind is WitnessKind.MISREAD
    rule = catalogue().get(finding.rule)
    if misread or (rule is not None and rule.misreads):
        return f"Consumers on {reader} take events written with {writer} for something else: "
    return f"Consumers on {reader} cannot read events written with {writer}: "


def proof(witness: Witness) -> str:
    """The payload, and what was seen to happen to it, on one line without harmful characters."""
    payload = printable(payload_text(witness.value))
    if len(payload) > _LONGEST_PAYLOAD:
        payload = f"{payload[:_LONGEST_PAYLOAD]}... ({len(payload)} characters; `--format json` has all)"
    observed = printable(witness.observed)
    if witness.kind is WitnessKind.REFUSED:
        return f"{payload}  refused by {witness.confirmed_by}: {observed}"
    if witness.kind is WitnessKind.MISREAD:
        by = f" by {witness.confirmed_by}" if witness.confirmed_by else ""
        return f"{payload}  misread{by}: {observed}"
    if not witness.payload and witness.value is None:
        return observed
    return f"{payload}  refused by the rules, not seen to fail here: {observed}"


def _tally(subject: SubjectReport) -> str:
    findings = [finding for comparison in subject.comparisons for finding in comparison.result.findings]
    findings += subject.findings
    words = []
    for severity in Severity:
        number = sum(finding.severity is severity and finding.waived is None for finding in findings)
        if number:
            words.append(f"{number} {severity.value}{'s' if number > 1 else ''}")
    waived = sum(finding.waived is not None for finding in findings)
    if waived:
        words.append(f"{waived} waived")
    undecided = sum(len(comparison.result.undecided) for comparison in subject.comparisons)
    if undecided:
        words.append(f"{undecided} undecided")
    return ", ".join(words)


def _against(subject: SubjectReport) -> str:
    names: dict[str, None] = {}
    for comparison in subject.comparisons:
        baseline = comparison.baseline
        origin = printable(baseline.origin or "")
        named = printable(label(baseline, origin or "the baseline"))
        names[f"{named} ({origin})" if origin and named != origin else named] = None
    failed = {
        printable(label(comparison.baseline, comparison.baseline.origin or "the baseline"))
        for comparison in subject.comparisons
        if comparison.result.verdict is Verdict.INCOMPATIBLE
    }
    many = len(names) > 1
    return ", ".join(names) + (f"; fails against {', '.join(sorted(failed))}" if many and failed else "")


def _registry_sentence(subject: SubjectReport) -> str:
    if not subject.comparisons or subject.registry_rejection:
        return ""
    also = subject.verdict is Verdict.INCOMPATIBLE
    if subject.registry_verdict is Verdict.INCOMPATIBLE:
        return "A Confluent registry would refuse it too." if also else "A Confluent registry would refuse it, though."
    if subject.registry_verdict is Verdict.COMPATIBLE:
        return "A Confluent registry would accept it all the same." if also else "A Confluent registry would accept it."
    return "What a Confluent registry would say is not predicted." if subject.policy is not None else ""
