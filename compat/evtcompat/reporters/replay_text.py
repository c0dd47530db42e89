"""What recorded events say, for a person. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from evtcompat.model.counts import counted
from evtcompat.model.histories import version_name
from evtcompat.model.levels import Level
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Severity
from evtcompat.replay.answer import Answer, FindingSeen, Needs, ReaderSeen, Shown
from evtcompat.reporters.periods import events, period
from evtcompat.reporters.terminal import Terminal, printable

_COLOURS: Final = {Outcome.LOSSY: "yellow", Outcome.MISREAD: "red", Outcome.REFUSED: "red"}
_SEVERITIES: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
#: Damaged parts, files and names that are listed; the rest is counted.
_MOST: Final = 10


def replay_text(answer: Answer, terminal: Terminal | None = None) -> str:
    """The whole answer."""
    terminal = terminal or Terminal()
    lines = [*_head(answer, terminal), ""]
    for reader in answer.readers:
        lines += [*_reader(reader, terminal), ""]
    lines += _needs(answer, terminal)
    lines += _profile(answer)
    lines += _unread(answer, terminal)
    return "\n".join(lines).rstrip() + "\n"


def _head(answer: Answer, terminal: Terminal) -> Iterator[str]:
    when = period(answer.first, answer.last)
    part = f", one in {answer.every}" if answer.every > 1 else ""
    title = terminal.style(printable(answer.subject), "bold")
    yield f"{title}  {events(answer.events)}{part}{', ' if when else ''}{when}"
    if not answer.events:
        yield "There is no recorded event: nothing was checked."
    for writer in answer.writers:
        span = period(writer.span.first, writer.span.last)
        yield f"  {writer.span.count:>14,}  written with {printable(writer.name)}{'  ' if span else ''}{span}"
    if answer.tombstones:
        yield f"  {answer.tombstones:>14,}  tombstones"
    if answer.outside:
        yield f"  {answer.outside:>14,}  outside the time that was asked for"
    if answer.untimed:
        yield f"  {answer.untimed:>14,}  without a time"
    for name, count in sorted(answer.aside.items()):
        yield f"  {count:>14,}  of {printable(name)}, left aside"


def _reader(reader: ReaderSeen, terminal: Terminal) -> Iterator[str]:
    origin = f" ({printable(reader.origin)})" if reader.origin and reader.origin != reader.name else ""
    counts = ", ".join(
        terminal.style(f"{count:,} {outcome.value}", _COLOURS[outcome])
        if outcome in _COLOURS
        else f"{count:,} {outcome.value}"
        for outcome, count in reader.outcomes.items()
    )
    yield f"{terminal.style(printable(reader.name), 'bold')}{origin} reads  {counts or 'nothing'}"
    how = ", ".join(f"{count:,} {word}" for word, count in sorted(reader.how.items(), reverse=True))
    if how:
        yield f"  {how}"
    for outcome, shown in reader.examples.items():
        if not any(seen.example is not None and seen.example.position == shown.position for seen in reader.findings):
            yield from _shown(shown, f"  {outcome.value}  ", terminal)
    for seen in reader.findings:
        yield from _finding(seen, terminal)


def _finding(seen: FindingSeen, terminal: Terminal) -> Iterator[str]:
    finding = seen.finding
    severity = terminal.style(finding.severity.value, _SEVERITIES[finding.severity])
    where = f"{printable(str(finding.reader))}  " if str(finding.reader) else ""
    yield f"  {where}{severity}  {finding.rule}  (written with {printable(seen.writer)})"
    yield f"    hits {seen.hits:,} of {events(seen.events)}"
    yield from terminal.wrap(printable(finding.message), "    ")
    if seen.example is not None:
        yield from _shown(seen.example, "    example  ", terminal)


def _shown(shown: Shown, first: str, terminal: Terminal) -> Iterator[str]:
    value = "" if shown.value is None else f"  {_short(shown.value)}"
    said = f"  {printable(shown.said)}" if shown.said else ""
    yield from terminal.wrap(f"{printable(shown.position)}{value}{said}", first)


def _short(value: object) -> str:
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 300 else f"{text[:297]}..."  # noqa: PLR2004 - a few lines


def _needs(answer: Answer, terminal: Terminal) -> list[str]:
    if answer.needs is None:
        return []
    return [line for text in sentences(answer.needs) for line in terminal.wrap(printable(text), "")] + [""]


def sentences(needs: Needs) -> Iterator[str]:
    """What the recorded events need, in sentences."""
    written, unseen = _listed(needs.written), " and ".join(needs.unseen)
    looked = "The recorded events that were looked at" if unseen else "The recorded events"
    yield f"Level  {looked} were written with {written}: {_level(needs)}."
    it = "it" if len(needs.unmet) == 1 else "them"
    if needs.unmet and unseen:
        yield (
            f"Needed  Whether a recorded event was written with {_listed(needs.unmet, 'or')} is not known, and nothing "
            f"that readers keep for {it} may go yet: {unseen}."
        )
    elif needs.unmet:
        yield (
            f"Needed  No recorded event was written with {_listed(needs.unmet)}. What readers keep for {it} alone may "
            "go: the last step of expand and contract is due."
        )
    else:
        newest = version_name(needs.written[-1])
        yield f"Needed  Every version of the history up to {newest} has recorded events; none may be forgotten yet."


def _level(needs: Needs) -> str:
    if needs.level is None:
        return (
            f"they require BACKWARD of a new version, and others may require more, since {' and '.join(needs.unseen)}"
        )
    if needs.level is Level.BACKWARD:
        return "BACKWARD is all that they require of a new version"
    return f"they require BACKWARD_TRANSITIVE against {_listed(needs.written)}{' at least' if needs.unseen else ''}"


def _listed(labels: tuple[str, ...], last: str = "and") -> str:
    names = [version_name(label) for label in labels]
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"{len(names) - _MOST + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _profile(answer: Answer) -> Iterator[str]:
    if not answer.profile:
        return
    yield "Occurs in"
    for label, span in answer.profile.items():
        when = period(span.first, span.last)
        yield f"  {span.count:>14,}  {printable(label)}{'  ' if when else ''}{when}"
    yield ""


def _unread(answer: Answer, terminal: Terminal) -> Iterator[str]:
    if answer.corrupt:
        allowed = f" ({answer.allowed:,} allowed)" if answer.allowed else ""
        parts = counted(answer.corrupt, "part")
        yield terminal.style(f"{parts} could not be read{allowed}:", "red")
        for one in answer.damaged[:_MOST]:
            lost = f" ({events(one.events)} lost)" if one.events else ""
            yield from terminal.wrap(f"{printable(str(one.position))}: {printable(one.reason)}{lost}", "  ")
        if sum(answer.damages.values()) > _MOST:
            yield f"  and {sum(answer.damages.values()) - _MOST:,} more"
        for key, count, position in answer.unknown:
            text = f"{events(count)} of an unknown writer, {printable(key)}; the first is {printable(position)}"
            yield from terminal.wrap(text, "  ")
    for path, reason in answer.files_aside[:_MOST]:
        yield from terminal.wrap(f"{printable(path)}: left aside: {printable(reason)}", "")
    if len(answer.files_aside) > _MOST:
        more = len(answer.files_aside) - _MOST
        yield f"and {counted(more, 'more file is', 'more files are')} left aside"
    if answer.sampled:
        yield f"Of what was proved, {events(answer.sampled)} {'was' if answer.sampled == 1 else 'were'} decoded to see."
    yield from answer.notes
