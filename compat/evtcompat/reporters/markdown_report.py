"""Markdown for a pull-request comment or a step summary: the answer first, a table, then the details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.model.counts import counted
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.rules import page_of_rule
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.entries import Entry, Kind, entries, entries_of
from evtcompat.reporters.escape import code, html, markdown
from evtcompat.reporters.sentences import headline
from evtcompat.reporters.terminal import Terminal, brief

#: The first line of every report: a job finds its own comment by it, to replace it.
MARKER = "<!-- evtcompat -->"
#: A comment on GitHub may have 65,536 characters.
LIMIT = 60_000
#: As many changes stand open; the others are folded.
_FIRST = 10
#: More subjects than this are counted, not listed.
_ROWS = 100

_SIGNS = {
    Verdict.COMPATIBLE: "✅",
    Verdict.INCOMPATIBLE: "❌",
    Verdict.UNDECIDED: "❔",
    Verdict.UNCHECKED: "⚠️",
    Verdict.NOT_JUDGED: "⚪",
}


def render(report: Report, terminal: Terminal | None = None, *, limit: int = LIMIT) -> str:  # noqa: ARG001 - of every reporter
    """The whole run, at most `limit` characters: what does not fit is counted, the answer is never cut."""
    found = entries(report)
    answer = f"{_SIGNS[report.verdict]} Event schemas: {report.verdict.value}"
    if not report.subjects and not found:
        answer = "⚪ Event schemas: none found"  # not a green sign: nothing was looked at
    head = [
        MARKER,
        f"### {answer}",
        "",
        markdown(headline(report)),
    ]
    if report.rollout:
        head += ["", f"**Deploy:** {markdown(report.rollout)}"]
    shown = [one for one in report.subjects if one.state != "unchanged" or not one.verdict.passes]
    head += ["", *_table(shown)] if shown else []
    text = "\n".join(head) + "\n"
    room = limit - len(text) - 200
    failing = [entry for entry in found if entry.fails]
    if len(failing) > _FIRST:
        # that something was not checked, or that the list may not be whole, is neither folded nor left out
        failing.sort(key=lambda entry: entry.kind is Kind.FINDING)
    others = sorted((entry for entry in found if not entry.fails), key=_weight)
    left = 0
    for index, entry in enumerate(failing + others):
        if index == _FIRST:
            rest = len(found) - _FIRST
            text += f"\n<details><summary>{rest} more {'change' if rest == 1 else 'changes'}</summary>\n"
        block = "\n" + "\n".join(_block(entry, report.rule_pages, opened=index < _FIRST)) + "\n"
        if left or len(block) > room:
            left += 1
            continue
        room -= len(block)
        text += block
    if len(found) > _FIRST:
        text += "\n</details>\n"
    if left:
        text += (
            f"\n*{left} more {'entry does' if left == 1 else 'entries do'} not fit here; the other reports have all.*\n"
        )
    return text


def _weight(entry: Entry) -> int:
    """Warnings, then notes, then what is waived."""
    return len(Severity) if entry.waived is not None else list(Severity).index(entry.severity)


def _table(subjects: Sequence[SubjectReport]) -> Iterator[str]:
    """The subjects, those that are not plainly compatible first; the rest is counted."""
    ranked = sorted(subjects, key=lambda subject: subject.verdict.passes)
    yield "| subject | level | verdict | errors | warnings | undecided |"
    yield "|---|---|---|---:|---:|---:|"
    for subject in ranked[:_ROWS]:
        found = [entry for entry in entries_of(subject) if entry.waived is None]
        errors = sum(entry.severity is Severity.ERROR and entry.kind is Kind.FINDING for entry in found)
        warnings = sum(entry.severity is Severity.WARNING and entry.kind is Kind.FINDING for entry in found)
        undecided = sum(entry.kind is Kind.UNDECIDED for entry in found)
        level = subject.level.value + (f" ({subject.policy.value})" if subject.policy else "")
        state = "" if subject.state == "compared" else f" ({subject.state})"
        verdict = f"{_SIGNS[subject.verdict]} {subject.verdict.value}{state}"
        name = code(subject.title, in_table=True)
        yield f"| {name} | {markdown(level, in_table=True)} | {verdict} | {errors} | {warnings} | {undecided} |"
    if len(ranked) > _ROWS:
        verdicts = [subject.verdict for subject in ranked[_ROWS:]]
        rest = ", ".join(f"{verdicts.count(verdict)} {verdict.value}" for verdict in Verdict if verdict in verdicts)
        yield ""
        yield f"And {counted(len(ranked) - _ROWS, 'more subject')}: {rest}."


def _block(entry: Entry, pages: str, *, opened: bool) -> Iterator[str]:
    word = "waived" if entry.waived is not None else entry.kind.value if entry.kind is not Kind.FINDING else ""
    word = word or entry.severity.value
    where = str(entry.place)
    # a code span of HTML needs no marks around the names in it
    what = (
        html(entry.rule) if entry.title == entry.rule else f"<code>{html(brief(entry.title.replace('`', '')))}</code>"
    )
    summary = f"<b>{word}</b> {what}" + (f" at <code>{html(brief(where))}</code>" if where else "")
    yield f"<details{' open' if entry.fails and opened else ''}><summary>{summary}</summary>"
    yield ""
    about = [code(entry.subject)] if entry.subject else []
    address = page_of_rule(entry.rule, pages) if entry.kind is Kind.FINDING else None
    if address is not None:
        about.append(f"[{markdown(entry.rule)}]({address})")
    elif entry.title != entry.rule:
        about.append(markdown(entry.rule))
    about += [markdown(entry.direction)] if entry.direction else []
    if about:
        yield f"{', '.join(about)}  "
    yield markdown(entry.message)
    details = entry.details()
    if details or entry.fingerprint:
        yield ""
    for name, text in details:
        yield f"- **{markdown(name)}** {code(text) if name == 'proof' else markdown(text)}"
    if entry.fingerprint:
        yield f"- **id** {code(entry.fingerprint)}"
    yield ""
    yield "</details>"
