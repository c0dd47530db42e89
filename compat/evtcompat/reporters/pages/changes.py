"""One change of a person on a page: where, whom it hits, the payload that shows it, and what mends it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evtcompat.checking.grouping import Change, Effect
from evtcompat.errors import DocumentError
from evtcompat.model.jsonable import jsonable
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.reports import SubjectReport
from evtcompat.model.timelines import Stop
from evtcompat.model.witnesses import Witness
from evtcompat.reporters.entries import Entry, Kind
from evtcompat.reporters.escape import html, printable
from evtcompat.reporters.pages.texts import patch
from evtcompat.reporters.pages.words import lines, rule, spoken, unseen, word
from evtcompat.reporters.payload_excerpt import excerpt, parted
from evtcompat.reporters.periods import seen
from evtcompat.reporters.sentences import ends, explained, sides, title
from evtcompat.reporters.terminal import width_of
from evtcompat.syntax.editing import rewritten

#: A longer payload is shown by the way to the point.
_LONGEST_PAYLOAD = 4_000
#: Of a longer line that much is shown, from so many characters before the place on.
_LONGEST_LINE, _AROUND = 400, 16
#: Characters of the longest patch of lines that is shown; a longer one is shown as operations.
_LONGEST_PATCH = 8_000
#: Characters of a text that are written anew for all fixes together, each of which is a patch of the whole text.
_MOST_REWRITTEN = 10_000_000


class Setting(NamedTuple):
    """What a change stands in."""

    subject: SubjectReport
    #: Where the pages of rules are.
    rule_pages: str = ""
    #: Whether fixes are shown as patches of lines where they can be.
    lined: bool = True

    @classmethod
    def of(cls, subject: SubjectReport, rule_pages: str, changes: Sequence[Change]) -> Setting:
        """The setting of the changes of a subject, of which not too much text is written anew for their fixes."""
        stop = _candidate(subject)
        fixes = sum(len(effect.fixes) for found in changes for effect in found.effects)
        return cls(subject, rule_pages, lined=stop is not None and fixes * len(stop.text) <= _MOST_REWRITTEN)


def change(found: Change, setting: Setting, anchor: str) -> str:
    """A change as an article of its own, whose address is its id."""
    severity = "waived" if found.waived else found.finding.severity.value
    first = found.effects[0]
    own = found.id if found.waived is None and found.id else anchor
    harm = {"error": " class=bad", "warning": " class=mild"}.get(severity, "")
    parts = [f'<article id="{html(own)}" data-severity="{severity}"{harm}>']
    parts.append(f"{word(severity)} <h3>{spoken(title(found))}</h3>")
    if first.direction is not None:
        now, before = ends(setting.subject)
        places = _source(now, first.place) + _source(before, first.other)
        parts.append(f'<div class="beside">{places}</div>' if places else "")
    for number, effect in enumerate(found.effects):
        parts += _effect(effect, setting, f"{anchor}-{number}")
    if found.waived is not None:
        waived = found.waived
        text = f"Waived until {waived.expires} by {waived.owner}: {waived.reason}"
        parts.append(f'<p class="soft">{html(text)}</p>')
    parts.append(_places(found))
    parts.append(f'<p class="soft">id <a href="#{html(own)}"><code>{html(found.id)}</code></a></p></article>')
    return "\n".join(part for part in parts if part)


def _source(when: str, place: Place) -> str:
    """The line of a document, with the part that a finding is about marked, and carets below it."""
    if not place.origin and not place.pointer:
        return ""
    whole = place.source or ""
    start = min((place.column or 1) - 1, len(whole))
    end = min(max((place.end_column or start + 1) - 1, start), len(whole))
    # A document may be one line, and have a thousand changes in it.
    first = max(0, start - _AROUND) if len(whole) > _LONGEST_LINE else 0
    text = whole[first : first + _LONGEST_LINE]
    start, end = start - first, min(end - first, len(text))
    lead, tail = "... " * (first > 0), " ..." * (first + len(text) < len(whole))
    line = f"{lead}{html(text[:start])}<mark>{html(text[start:end])}</mark>{html(text[end:])}{tail}"
    caret = " " * (len(lead) + width_of(printable(text[:start]))) + "^" * max(1, width_of(printable(text[start:end])))
    shown = (
        f'<pre class="source" tabindex="0">{line}\n<span class="caret" aria-hidden="true">{caret}</span></pre>'
        if text
        else ""
    )
    return f"<figure><figcaption>{when}: {html(str(place))}</figcaption>{shown}</figure>"


def _effect(effect: Effect, setting: Setting, anchor: str) -> Iterator[str]:
    finding = effect.finding
    where = ""
    if effect.direction is not None:
        where = f", {effect.direction.value}: {html(sides(effect, setting.subject).words)}"
    severity = "waived" if finding.waived else finding.severity.value
    head = f"{word(severity)} {rule(finding.rule, setting.rule_pages)}{where}"
    yield f'<div class="effect"><p>{head}<br>{spoken(explained(effect, setting.subject))}</p>'
    if finding.because:
        causes = "".join(f"<li>{spoken(cause.message)}</li>" for cause in finding.because)
        yield f'<ul class="plain">{causes}</ul>'
    if finding.observed is not None:
        yield f"<p>Seen in recorded events: {html(seen(finding.observed))}</p>"
    if finding.witness is not None:
        yield _payload(finding.witness, finding.writer.names or finding.reader.names)
    for number, fix in enumerate(effect.fixes):
        yield _fix(fix, setting, effect, f"{anchor}-{number}" if number else anchor)
    yield "</div>"


def _payload(witness: Witness, names: str) -> str:
    """The payload with the member that goes wrong marked, and what was seen."""
    value = jsonable(witness.value)
    if len(json.dumps(value)) > _LONGEST_PAYLOAD:
        before, point, after = excerpt(witness.value, names, _LONGEST_PAYLOAD // 10), "", ""
    else:
        before, point, after = parted(value, names, witness.lacks)
    shown = f"{lines(before)}<mark>{lines(point)}</mark>{lines(after)}"
    by = f" by {witness.confirmed_by}" if witness.confirmed_by else ""
    said = html(f"{witness.kind.value}{by}: {witness.observed}")
    return f"<figure><figcaption>proof, {said}</figcaption><pre>{shown}</pre></figure>"


def _fix(fix: Fix, setting: Setting, effect: Effect, anchor: str) -> str:
    text = f"<p>Fix: {spoken(fix.text)}</p>"
    if not fix.patch:
        return text
    lined = _lined_patch(fix, setting.subject) if setting.lined and _mends_candidate(fix, effect) else ""
    if lined:
        summary, shown = "As a patch: <code>git apply</code> takes it", lines(lined)
    else:
        summary = "As a patch (RFC 6902)"
        shown = lines(json.dumps(jsonable(fix.patch), indent=2, ensure_ascii=False))
    name = f"p{anchor}"
    button = f'<button type="button" hidden data-copies="{name}">Copy{unseen(" the patch")}</button>'
    return (
        f"{text}<details open><summary>{summary}</summary>"
        f'<figure>{button}<pre id="{name}">{shown}</pre></figure></details>'
    )


def _mends_candidate(fix: Fix, effect: Effect) -> bool:
    return effect.direction is None or fix.side == ("writer" if effect.direction is Direction.FORWARD else "reader")


def _lined_patch(fix: Fix, subject: SubjectReport) -> str:
    """The fix as a unified diff of the candidate's file.

    ``""`` where its text is not at hand or has no such place, or where long lines would make the diff long.
    """
    stop = _candidate(subject)
    if stop is None or stop.origin is None:
        return ""
    try:
        lined = patch(stop.text, rewritten(stop.text, fix.patch, stop.origin), stop.origin)
    except DocumentError:
        return ""  # neither JSON nor YAML
    except LookupError:
        return ""  # another document than the candidate's own, or one in which it stands at several places
    return lined if len(lined) <= _LONGEST_PATCH else ""


def _candidate(subject: SubjectReport) -> Stop | None:
    """The candidate with its text, where that is at hand."""
    stops = subject.timeline.stops if subject.timeline is not None else ()
    return stops[-1] if stops and stops[-1].text else None


def _places(found: Change) -> str:
    names: Iterable[str] = dict.fromkeys(
        place.reader.names or place.reader.pointer for effect in found.effects for place in effect.places
    )
    shown = [name for name in names if name]
    if found.places < 2 or not shown:  # noqa: PLR2004 - one place is told above
        return ""
    listed = "".join(f"<li><code>{html(name)}</code></li>" for name in shown)
    return f"<details><summary>{found.places} places</summary><ul>{listed}</ul></details>"


def entry(found: Entry) -> str:
    """What is no change: an open question, what could not be checked, the gate."""
    severity = found.severity.value if found.kind is Kind.FINDING else found.kind.value
    details = "".join(f"<li>{html(name)}: {html(text)}</li>" for name, text in found.details())
    where = f" at {html(str(found.place))}" if str(found.place) else ""
    named = "" if found.title == severity else f" <h3>{html(found.title)}</h3>"
    head = f"{word(severity)}{named}{where}" if named else f"<h3>{word(severity)}</h3>{where}"
    return (
        f'<article data-severity="{found.severity.value}">{head}<p>{spoken(found.message)}</p>'
        f"{f'<ul>{details}</ul>' if details else ''}</article>"
    )
