"""One HTML file that opens from disk and loads nothing: the answer, each change with its proof, who deploys first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from evtcompat.checking.grouping import Change, Effect, changes_of
from evtcompat.model.jsonable import jsonable
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.model.witnesses import Witness
from evtcompat.reporters.deploying import deploying
from evtcompat.reporters.entries import Entry, Kind, entries_of, entries_of_run
from evtcompat.reporters.escape import html
from evtcompat.reporters.html_page import page
from evtcompat.reporters.payload_excerpt import excerpt, parted
from evtcompat.reporters.telling import ends, headline, label, names_of, sides, title, told
from evtcompat.reporters.terminal import Terminal

#: A longer payload is shown by the way to the point.
_LONGEST_PAYLOAD = 4_000
#: Of more versions than this the oldest are left out of a grid.
_VERSIONS = 50


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run as one page. Byte-stable; ends with a newline."""
    answer = headline(report)
    names = names_of(report.subjects)
    body = [f"<h1>Event schemas: {_word(report.verdict.value)}</h1>", f"<p>{html(answer)}</p>"]
    body += _deploy(report, names)
    body.append('<label>Search <input class="search" id="search" type="search"></label>')
    numbered = list(enumerate(zip(report.subjects, names, strict=True)))
    for number, (subject, name) in sorted(numbered, key=lambda one: _HARM.index(one[1][0].verdict)):
        if len(report.subjects) == 1 or subject.state != "unchanged" or not subject.verdict.passes:
            body += _subject(subject, name, number)
    about = [_entry(entry) for entry in entries_of_run(report)]
    body += ["<h2>The run</h2>", *about] if about else []
    if report.baselines:
        body.append(f'<p class="soft">Compared with {html(", ".join(report.baselines))}.</p>')
    return page(html(answer), "\n".join(body))


_HARM = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE, Verdict.NOT_JUDGED)


def _deploy(report: Report, names: tuple[str, ...]) -> Iterator[str]:
    rows = list(deploying(report, names)) or [("Deploy", one.rollout) for one in report.subjects if one.rollout]
    if rows:
        yield "<h2>Who deploys first</h2>"
        yield "<ul>"
        yield from (f"<li>{html(text)}</li>" for _, text in rows)
        yield "</ul>"


def _word(word: str) -> str:
    return f'<span class="word {html(word)}">{html(word)}</span>'


# subjects


def _subject(subject: SubjectReport, name: str, number: int) -> Iterator[str]:
    level = subject.level.value + (f" ({subject.policy.value})" if subject.policy else "")
    state = "" if subject.state == "compared" else f", {subject.state}"
    yield f'<section id="s{number}">'
    yield f"<h2>{html(name)}</h2>"
    yield f"<p>{html(level)}: {_word(subject.verdict.value)}{html(state)}</p>"
    yield from _grid(subject)
    for index, change in enumerate(changes_of(subject)):
        yield _change(change, subject, f"s{number}-{index}")
    yield from (_entry(entry) for entry in entries_of(subject) if entry.kind is not Kind.FINDING)
    yield "</section>"


def _grid(subject: SubjectReport) -> Iterator[str]:
    """The versions that it was compared with, and what becomes of the events in each direction."""
    verdicts = {(one.baseline, one.direction): one.result.verdict.value for one in subject.comparisons}
    history = list(dict.fromkeys(one.baseline for one in subject.comparisons))
    if not history:
        return
    new = html(label(subject.candidate, "your change"))
    yield '<div class="scroll"><table>'
    heads = [html(label(one, one.origin or "what is deployed")) for one in history[-_VERSIONS:]]
    yield f"<tr><th>against</th>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"
    for direction, words in ((Direction.BACKWARD, f"{new} reads it"), (Direction.FORWARD, f"it reads {new}")):
        cells = [verdicts.get((one, direction)) for one in history[-_VERSIONS:]]
        if any(cells):
            row = "".join(f"<td>{_word(cell) if cell else 'not asked'}</td>" for cell in cells)
            yield f"<tr><th>{direction.value}: {words}</th>{row}</tr>"
    yield "</table></div>"


# changes


def _change(change: Change, subject: SubjectReport, anchor: str) -> str:
    severity = "waived" if change.waived else change.finding.severity.value
    first = change.effects[0]
    own = change.id if change.waived is None and change.id else anchor
    parts = [f'<article id="{html(own)}">']
    parts.append(f"{_word(severity)} <h3>{_spoken(title(change))}</h3>")
    parts.append('<div class="beside">')
    if first.direction is not None:
        now, before = ends(subject)
        parts += [_source(now, first.place), _source(before, first.other)]
    parts.append("</div>")
    for number, effect in enumerate(change.effects):
        parts += _effect(effect, subject, f"{anchor}-{number}")
    if change.waived is not None:
        waived = change.waived
        text = f"Waived until {waived.expires} by {waived.owner}: {waived.reason}"
        parts.append(f'<p class="soft">{html(text)}</p>')
    parts.append(_places(change))
    parts.append(f'<p class="soft">id <a href="#{html(own)}"><code>{html(change.id)}</code></a></p></article>')
    return "\n".join(part for part in parts if part)


def _spoken(text: str) -> str:
    """A phrase whose names stand between backticks."""
    pieces = html(text).split("`")
    if len(pieces) % 2 == 0:
        return html(text)
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def _source(word: str, place: Place) -> str:
    """The line of a document, with the part that a finding is about marked."""
    if not place.origin and not place.pointer:
        return ""
    text = place.source or ""
    start = min((place.column or 1) - 1, len(text))
    end = min(max((place.end_column or start + 1) - 1, start), len(text))
    line = f"{html(text[:start])}<mark>{html(text[start:end])}</mark>{html(text[end:])}"
    shown = f"<pre>{line}</pre>" if text else ""
    return f"<figure><figcaption>{word}: {html(str(place))}</figcaption>{shown}</figure>"


def _effect(effect: Effect, subject: SubjectReport, anchor: str) -> Iterator[str]:
    finding = effect.finding
    where = ""
    if effect.direction is not None:
        reader, writer = sides(effect, subject)
        where = f", {effect.direction.value}: {html(reader)} reads {html(writer)}"
    severity = "waived" if finding.waived else finding.severity.value
    head = f"{_word(severity)} {html(finding.rule)}{where}"
    yield f'<div class="effect"><p>{head}<br>{_spoken(told(effect, subject))}</p>'
    if finding.witness is not None:
        yield _payload(finding.witness, finding.writer.names or finding.reader.names)
    if finding.fix is not None:
        yield _fix(finding.fix, anchor)
    yield "</div>"


def _payload(witness: Witness, names: str) -> str:
    """The payload with the member that goes wrong marked, and what was seen."""
    value = jsonable(witness.value)
    if len(json.dumps(value)) > _LONGEST_PAYLOAD:
        before, point, after = excerpt(witness.value, names, _LONGEST_PAYLOAD // 10), "", ""
    else:
        before, point, after = parted(value, names)
    shown = f"{html_lines(before)}<mark>{html_lines(point)}</mark>{html_lines(after)}"
    by = f" by {witness.confirmed_by}" if witness.confirmed_by else ""
    seen = html(f"{witness.kind.value}{by}: {witness.observed}")
    return f"<figure><figcaption>proof, {seen}</figcaption><pre>{shown}</pre></figure>"


def html_lines(text: str) -> str:
    """A text of several lines as HTML."""
    return "\n".join(map(html, text.split("\n")))


def _fix(fix: Fix, anchor: str) -> str:
    text = f"<p>Fix: {_spoken(fix.text)}</p>"
    if not fix.patch:
        return text
    patch = html_lines(json.dumps(jsonable(fix.patch), indent=2, ensure_ascii=False))
    button = f'<button hidden data-copies="p{anchor}">Copy</button>'
    return (
        f"{text}<details><summary>As a patch (RFC 6902)</summary>"
        f'<figure>{button}<pre id="p{anchor}">{patch}</pre></figure></details>'
    )


def _places(change: Change) -> str:
    names: Iterable[str] = dict.fromkeys(
        place.reader.names or place.reader.pointer for effect in change.effects for place in effect.finding.places
    )
    shown = [name for name in names if name]
    if change.places < 2 or not shown:  # noqa: PLR2004 - one place is told above
        return ""
    listed = "".join(f"<li><code>{html(name)}</code></li>" for name in shown)
    return f"<details><summary>{change.places} places</summary><ul>{listed}</ul></details>"


def _entry(entry: Entry) -> str:
    """What is no change: an open question, what could not be checked, the gate."""
    word = entry.severity.value if entry.kind is Kind.FINDING else entry.kind.value
    details = "".join(f"<li>{html(name)}: {html(text)}</li>" for name, text in entry.details())
    where = f" at {html(str(entry.place))}" if str(entry.place) else ""
    head = f"{_word(word)} <h3>{html(entry.title)}</h3>{where}"
    return f"<article>{head}<p>{_spoken(entry.message)}</p>{f'<ul>{details}</ul>' if details else ''}</article>"
