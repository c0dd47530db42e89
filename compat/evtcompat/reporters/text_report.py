"""The text report: the answer first, then each change with whom it breaks, the payload that proves it and the fix.

Then who deploys first. What did not change is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evtcompat.checking.grouping import Change, Effect, changes_of
from evtcompat.model.counts import counted
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import ProofStep, Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import DirectedComparison, Problem, Report, SubjectReport
from evtcompat.model.rules import page_of_rule
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.deploying import deploying
from evtcompat.reporters.periods import seen
from evtcompat.reporters.sentences import ends, explained, headline, label, names_of, proof, sides, title
from evtcompat.reporters.subject_line import against, contract_line, registry_sentence, tally, worth_telling
from evtcompat.reporters.terminal import Detail, Terminal, fitting, printable, width_of

#: More skipped files than this are counted, not listed.
_LISTED = 10
#: As many of the registry's reasons are listed.
_REFUSALS = 3
#: Columns beside a subject's name in which the level begins on the same line.
_ROOM = 12
#: More names of places than this are counted.
_PLACES = 5
_SEVERITY_STYLE = {Severity.ERROR: ("bold", "red"), Severity.WARNING: ("bold", "yellow"), Severity.NOTE: ("cyan",)}
_VERDICT_STYLE = {
    Verdict.COMPATIBLE: ("bold", "green"),
    Verdict.INCOMPATIBLE: ("bold", "red"),
    Verdict.UNDECIDED: ("bold", "yellow"),
    Verdict.UNCHECKED: ("bold", "red"),
    Verdict.NOT_JUDGED: ("dim",),
}
#: What hurts most first.
_HARM = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE, Verdict.NOT_JUDGED)


def _rank(subject: SubjectReport) -> tuple[int, bool]:
    """Where a subject is told among others: what the change did comes before what was not checked without it either."""
    left_over = _is_left_over(subject)
    return _HARM.index(Verdict.COMPATIBLE if left_over else subject.verdict), left_over


def _is_left_over(subject: SubjectReport) -> bool:
    """Whether a subject could not be checked, and the change did nothing about it."""
    return subject.verdict is Verdict.UNCHECKED and subject.state == "unchanged"


#: So many remarks of one rule about a schema by itself are shown; of the others it is said where they are.
_REMARKS = 3
#: How many of the subjects that the change did not touch say why they cannot be checked; others are named or counted.
_LEFT_OVER = 5
#: How deep nested causes are shown.
_DEEPEST_CAUSE = 6
#: How many times the room of a line is looked at on both sides of a place.
_NEAR = 10
#: What to do about a comparison that is neither proved nor refuted.
_OPEN_QUESTION = "Look at this part in both schemas: neither a proof nor a counterexample was found."


def render(report: Report, terminal: Terminal | None = None) -> str:
    """The whole run for a person. Ends with a newline; byte-stable for a given width."""
    return "\n".join(_Text(terminal or Terminal(), report.rule_pages).report(report)).rstrip("\n") + "\n"


#: Where something could not be checked, and why.
_Trouble = tuple["str | None", str]


class _Text:
    """The report as lines."""

    def __init__(self, terminal: Terminal, rule_pages: str = "") -> None:
        self._terminal = terminal
        self._rule_pages = rule_pages
        #: The subject of which an edit of a shared document was told, by what it does and where.
        self._told: dict[object, str] = {}
        #: How many subjects each document holds.
        self._subjects_in: Counter[str | None] = Counter()
        #: The problems that were told.
        self._troubles: set[_Trouble] = set()

    def report(self, report: Report) -> Iterator[str]:
        if self._terminal.detail is Detail.ANSWER:
            yield self._terminal.style(printable(headline(report, self._terminal.width)), "bold")
            return
        for line in self._terminal.wrap(printable(headline(report)), "", ""):
            yield self._terminal.style(line, "bold")
        yield ""
        names = names_of(report.subjects)
        self._subjects_in = Counter(subject.candidate.origin for subject in report.subjects)
        alone = len(report.subjects) == 1
        ranked = sorted(zip(report.subjects, names, strict=True), key=lambda each: _rank(each[0]))
        shared = self._shared(ranked)
        yield from self._told_of_each(ranked, shared, alone=alone)
        known = {problem for subject in report.subjects for problem in subject.problems}
        for problem in report.errors:
            if problem not in known:
                yield from self._problem(problem)
                yield ""
        for finding in report.findings:
            change = Change(finding.fingerprint, "", (Effect(finding),))
            yield from self._change(change, None)
            yield ""
        for word, text in deploying(report, names):
            yield from self._row(word, printable(text))
        yield from self._end(report)

    # subjects

    def _shared(self, ranked: Iterable[tuple[SubjectReport, str]]) -> Mapping[_Trouble, Sequence[str]]:
        """The subjects that each problem keeps from being checked."""
        found: dict[_Trouble, list[str]] = {}
        for subject, name in ranked:
            for problem in subject.problems:
                found.setdefault((problem.place, problem.message), []).append(name)
        return found

    def _told_of_each(
        self,
        ranked: Sequence[tuple[SubjectReport, str]],
        shared: Mapping[_Trouble, Sequence[str]],
        *,
        alone: bool,
    ) -> Iterator[str]:
        everything = self._terminal.detail is Detail.ALL
        left: list[str] = []
        for subject, name in ranked:
            if self._told_already(subject):
                continue
            if _is_left_over(subject) and not everything:
                left.append(name)
                if len(left) > _LEFT_OVER:
                    continue
            if alone or everything or worth_telling(subject):
                yield from self._subject(subject, name, alone=alone, shared=shared)
        yield from self._left(left[_LEFT_OVER:])

    def _left(self, names: Sequence[str]) -> Iterator[str]:
        """Those of which the report says no more than that they are not checked."""
        if not names:
            return
        rest = f" and {len(names) - _LEFT_OVER} more" if len(names) > _LEFT_OVER else ""
        some = ", ".join(names[:_LEFT_OVER])
        text = f"Unchecked and unchanged, too: {some}{rest}. `-v` tells why."
        yield from self._terminal.wrap(printable(text), "", "  ")
        yield ""

    def _told_already(self, subject: SubjectReport) -> bool:
        """Whether there is nothing to tell of a subject but problems that were told of another."""
        if self._terminal.detail is Detail.ALL or not subject.problems or subject.comparisons or subject.findings:
            return False
        return all((problem.place, problem.message) in self._troubles for problem in subject.problems)

    def _subject(
        self, subject: SubjectReport, name: str, *, alone: bool, shared: Mapping[_Trouble, Sequence[str]]
    ) -> Iterator[str]:
        yield from self._summary(subject, name)
        yield ""
        remarks: dict[str, list[Change]] = {}
        for change in changes_of(subject):
            if _is_remark(change):
                alike = remarks.setdefault(change.finding.rule, [])
                alike.append(change)
                if len(alike) > _REMARKS and self._terminal.detail is not Detail.ALL:
                    continue
            before = self._told_of(change, subject, name)
            if before is None:
                yield from self._change(change, subject)
            else:
                where = _where(change.effects[0].place)
                text = f"{title(change) or change.finding.rule}, at {where}: the same as told of {before} above."
                yield from self._terminal.wrap(printable(text), "", "  ")
                yield from self._row("id", change.id, indent="  ", style="dim")
            yield ""
        for rule, alike in remarks.items():
            yield from self._more_remarks(rule, alike[_REMARKS:])
        for comparison in subject.comparisons:
            yield from self._open_and_proved(comparison, subject)
        for problem in subject.problems:
            self._troubles.add((problem.place, problem.message))
            yield from self._problem(problem)
            also = [one for one in shared[problem.place, problem.message] if one != name]
            if also and self._terminal.detail is not Detail.ALL:
                rest = f" and {len(also) - _PLACES} more" if len(also) > _PLACES else ""
                yield from self._row("also", printable(", ".join(also[:_PLACES]) + rest), indent="  ")
            yield ""
        rows = list(self._rows(subject, alone=alone))
        yield from rows
        if rows:
            yield ""

    def _more_remarks(self, rule: str, alike: Sequence[Change]) -> Iterator[str]:
        """Where one rule remarks something besides, in a line: generated schemas repeat themselves by the hundred."""
        if not alike or self._terminal.detail is Detail.ALL:
            return
        some = ", ".join(_where(change.effects[0].place) for change in alike[:_PLACES])
        more = f" and {len(alike) - _PLACES} more" if len(alike) > _PLACES else ""
        text = f"{rule}, {counted(len(alike), 'more time')}: {some}{more}. `-v` shows each."
        yield from self._terminal.wrap(text, "", "  ")
        yield ""

    def _told_of(self, change: Change, subject: SubjectReport, name: str) -> str | None:
        """The subject of which the same edit of what both refer to was told, with the same effects.

        A document that is one subject tells of its own edits itself.
        """
        places = [effect.place for effect in change.effects]
        own = subject.candidate.origin if self._subjects_in[subject.candidate.origin] == 1 else None
        if change.waived or any(place.line is None or place.origin == own for place in places):
            return None
        effects = [(effect.direction, effect.finding.rule, effect.finding.severity) for effect in change.effects]
        key = (*effects, *map(str, places))
        if self._terminal.detail is Detail.ALL or key not in self._told:
            self._told[key] = name
            return None
        return self._told[key]

    def _summary(self, subject: SubjectReport, name: str) -> Iterator[str]:
        style = self._terminal.style
        name = subject.subject if subject.consumer is not None else name
        level = subject.level.value + (f" ({subject.policy.value})" if subject.policy else "")
        if subject.state == "new" and not subject.problems:
            text = f"{level}: new, nothing to compare with; the schema itself is valid."
        elif subject.state == "repaired" and not subject.problems:
            text = f"{level}: repaired, compared with nothing; the schema itself is valid."
        elif subject.consumer is not None:
            text = contract_line(subject)
        elif subject.state == "skipped" and not subject.problems:
            text = f"level {level} asks for no comparison; the schema itself is valid."
        elif subject.verdict is Verdict.NOT_JUDGED:
            text = f"{level}: unchanged, not judged in this run (`--history` compares it all the same)."
        else:
            detail = tally(subject)
            beside = f" against {against(subject)}" if subject.comparisons else ""
            unchanged = ", unchanged" if subject.state == "unchanged" else ""
            unchanged += ", declared by its new major version" if subject.declared else ""
            verdict = f"{subject.verdict.value}{unchanged}{f' ({detail})' if detail else ''}."
            text = f"{level}{beside}: {verdict}"
        head = printable(name)
        if width_of(head) > self._terminal.width - _ROOM:
            lines = [style(line, "bold") for line in self._terminal.wrap(head, "", "  ")]
            lines += self._terminal.wrap(text, "  ")
        else:
            first, *rest = self._terminal.wrap(text, f"{head}  ", "  ")
            lines = [style(head, "bold") + first[len(head) :], *rest]
        word = f": {subject.verdict.value}"
        coloured = style(subject.verdict.value, *_VERDICT_STYLE[subject.verdict])
        yield from (line.replace(word, f": {coloured}", 1) for line in lines)
        registry = registry_sentence(subject) if subject.consumer is None else ""
        if registry:
            yield from self._terminal.wrap(registry, "  ")

    def _rows(self, subject: SubjectReport, *, alone: bool) -> Iterator[str]:
        if subject.link is not None:
            yield from self._row("Link", f"{printable(subject.link)} leads to it, and led elsewhere at the baseline.")
        if subject.renamed_from is not None:
            yield from self._row("Renamed", f"from {printable(subject.renamed_from)}.")
        if subject.registry_rejection:
            one = "would" if subject.unpredicted_registry is None else "of Confluent's would"
            yield from self._row("Registry", f"{one} refuse to register it: {printable(subject.registry_rejection)}")
        if subject.registry_mode not in (None, "READWRITE"):
            mode = printable(subject.registry_mode or "")
            yield from self._row("Registry", f"takes no new version of it: its mode is {mode}.")
        if subject.registry_refusals and subject.unpredicted_registry is None:
            some = ", ".join(map(printable, subject.registry_refusals[:_REFUSALS]))
            more = len(subject.registry_refusals) - _REFUSALS
            policy = f" under its {subject.registry_policy.value} policy" if subject.registry_policy else ""
            yield from self._row("Registry", f"refuses{policy}: {some}{f' and {more} more' if more > 0 else ''}.")
        policies = [
            f"under the {other[0].value} policy the {comparison.direction.value} direction is {other[1].value}."
            for comparison in subject.comparisons
            if (other := comparison.result.other_policy) is not None and other[1] is not comparison.result.verdict
        ]
        for text in dict.fromkeys(policies):
            yield from self._row("Policy", text)
        if alone and subject.rollout:
            yield from self._row("Deploy", printable(subject.rollout))

    def _open_and_proved(self, comparison: DirectedComparison, subject: SubjectReport) -> Iterator[str]:
        """What is left open of a comparison, and the proof of what is settled."""
        new = printable(label(subject.candidate, "your change"))
        old = printable(subject.consumer or label(comparison.baseline, "what is deployed"))
        reader, writer = (new, old) if comparison.direction is Direction.BACKWARD else (old, new)
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

    # changes

    def _change(self, change: Change, subject: SubjectReport | None) -> Iterator[str]:
        first = change.effects[0]
        # of a part that was removed the place where it was tells more than the whole that it was in
        place, other = first.place, first.other
        if not place.pointer and other.pointer and other.line is not None:
            place, other = other, place
        if change.words:
            yield from (
                self._terminal.style(line, "bold") for line in self._terminal.wrap(printable(title(change)), "", "  ")
            )
        shown: Place | None = None
        for effect in change.effects:
            here = place if effect is first or effect.place == first.place else effect.place
            yield from self._effect(effect, subject, here, source=here != shown)
            shown = here
        if first.direction is not None and other != place and other.pointer:
            now, before = ends(subject)
            yield from self._row(before if other is first.other else now, _where(other), indent="  ", style="dim")
        yield from self._details(change)

    def _head(self, where: str, word: str, styles: Sequence[str], text: str) -> Iterator[str]:
        """A place, what is to say of it in a word, and more."""
        style = self._terminal.style
        first, *rest = self._terminal.wrap(f"{word}  {text}".strip(), f"{where}  ", "    ")
        line = style(where, "bold") + first[len(where) :]
        yield line.replace(f"  {word}", f"  {style(word, *styles)}", 1)
        yield from rest

    def _effect(self, effect: Effect, subject: SubjectReport | None, place: Place, *, source: bool) -> Iterator[str]:
        """What a change does in one direction, to a subject or to the run."""
        finding, direction = effect.finding, ""
        severity = "waived" if finding.waived else finding.severity.value
        styles = ("dim",) if finding.waived else _SEVERITY_STYLE[finding.severity]
        text = finding.message if subject is None else explained(effect, subject)
        if subject is not None and effect.direction is not None:
            direction = printable(f"  ({effect.direction.value}: {sides(effect, subject).words})")
        address = page_of_rule(finding.rule, self._rule_pages)
        link = f"  {self._terminal.link(finding.rule, address)}"
        for line in self._head(_where(place), severity, styles, f"{finding.rule}{direction}"):
            yield line.replace(f"  {finding.rule}", link, 1)
        yield from self._terminal.wrap(printable(text), "  ")
        if source:
            yield from self._source(place)
        yield from self._causes(finding.because, 1)
        if finding.witness is not None:
            names = finding.writer.names or finding.reader.names
            yield from self._row("proof", printable(proof(finding.witness, names)), indent="  ", style="dim")

    def _details(self, change: Change) -> Iterator[str]:
        names = dict.fromkeys(
            place.reader.names or place.writer.names for effect in change.effects for place in effect.places
        )
        if change.places > 1 and len(names) > 1:
            more = f" and {change.places - _PLACES} more" if change.places > _PLACES else ""
            yield from self._row("places", printable(", ".join(list(names)[:_PLACES])) + more, indent="  ")
        for effect in change.effects:
            also = effect.also
            if also:
                more = f" and {len(also) - _PLACES} more" if len(also) > _PLACES else ""
                some = ", ".join(_where(place) for place in also[:_PLACES])
                yield from self._row("also at", some + more, indent="  ")
        fixes = [*dict.fromkeys(fix.text for effect in change.effects for fix in effect.fixes)]
        for number, fix in enumerate(fixes[:_PLACES], 1):
            more = f" (and {len(fixes) - _PLACES} more fixes)" if number == _PLACES < len(fixes) else ""
            yield from self._row("fix", printable(fix) + more, indent="  ", style="green")
        for observed in dict.fromkeys(one.finding.observed for one in change.effects if one.finding.observed):
            yield from self._row("seen", seen(observed), indent="  ")
        if change.waived is not None:
            text = f"until {change.waived.expires} by {change.waived.owner}: {change.waived.reason}"
            yield from self._row("waived", printable(text), indent="  ")
        elif change.finding.severity is not Severity.NOTE and change.id:
            yield from self._row("id", change.id, indent="  ", style="dim")

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
        length = max(1, (place.end_column or place.column + 1) - place.column)
        room = max(20, self._terminal.width - 12)
        # A whole document may be one line: what is far from the place is not shown, and not looked at.
        ahead = place.source[max(0, place.column - 1 - _NEAR * room) : place.column - 1].replace("\t", " ")
        behind = place.source[place.column - 1 : place.column - 1 + _NEAR * room].replace("\t", " ")
        source, column = printable(ahead + behind), len(printable(ahead)) + 1
        start = 0
        if width_of(source[: column - 1]) + min(length, 20) > room:
            start = max(0, column - 20)
        shown = fitting(source[start:], room)
        before = width_of(source[start : column - 1])
        marked = width_of(source[column - 1 : column - 1 + length]) or 1
        caret = " " * before + "^" * max(1, min(marked, room - before))
        yield f"  {place.line:>6} | {shown.rstrip()}"
        yield f"  {'':>6} | {self._terminal.style(caret, 'red')}"

    def _undecided(self, undecided: Undecided, direction: Direction, reader: str, writer: str) -> Iterator[str]:
        backward = direction is Direction.BACKWARD
        place, other = (undecided.reader, undecided.writer) if backward else (undecided.writer, undecided.reader)
        words = f"({direction.value}: {reader} reads {writer})"
        yield from self._head(_where(place), "undecided", ("bold", "yellow"), words)
        names = f"`{printable(undecided.path)}`: " if undecided.path else ""
        yield from self._terminal.wrap(f"{names}{printable(undecided.reason)}", "  ")
        yield from self._source(place)
        if other.pointer and other.line is not None:
            beside = f"written with {writer}" if backward else f"read with {reader}"
            yield from self._terminal.wrap(f"{beside} at {_where(other)}", "  ")
        hint = f"{undecided.hint or _OPEN_QUESTION} `--undecided warn` lets the run pass."
        yield from self._row("next", hint, indent="  ", style="green")

    def _problem(self, problem: Problem) -> Iterator[str]:
        where = printable(problem.place or problem.subject or "evtcompat")
        yield from self._head(where, "unchecked", ("bold", "red"), "")
        yield from self._terminal.wrap(printable(problem.message), "  ")
        if problem.hint:
            yield from self._row("next", printable(problem.hint), indent="  ", style="green")

    # parts

    def _row(self, word: str, text: str, *, indent: str = "", style: str = "bold") -> Iterator[str]:
        first, *rest = self._terminal.wrap(text, f"{indent}{word}  ")
        yield indent + self._terminal.style(word, style) + first[len(indent) + len(word) :]
        yield from rest

    def _end(self, report: Report) -> Iterator[str]:
        everything = self._terminal.detail is Detail.ALL
        plain = [path for path in report.skipped if path not in report.lookalikes]
        if plain and (everything or not report.subjects):
            yield "Skipped, no schemas:"
            for path in plain if everything else plain[:_LISTED]:
                yield from self._terminal.wrap(printable(path), "  ", "    ")
        if report.lookalikes:
            yield self._terminal.style("Not checked, though they look like schemas:", "bold", "yellow")
            for path in report.lookalikes if everything else report.lookalikes[:_LISTED]:
                yield from self._terminal.wrap(printable(path), "  ", "    ")
            rest = len(report.lookalikes) - _LISTED
            more = f" and {rest} more (`-v` lists all)" if rest > 0 and not everything else ""
            yield from self._terminal.wrap(f"`--skipped fail` makes the run fail for them{more}.", "  ")
        if report.baselines:
            yield from self._terminal.wrap(f"Compared with {printable(', '.join(report.baselines))}.", "", "  ")


def _is_remark(change: Change) -> bool:
    """Whether it is a warning or a note about a schema by itself, which no edit brought about."""
    return change.effects[0].direction is None and not change.waived and change.finding.severity is not Severity.ERROR


def _where(place: Place) -> str:
    return printable(str(place)) or "the schema"
