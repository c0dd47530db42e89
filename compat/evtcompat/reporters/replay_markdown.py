"""What recorded events say, as Markdown. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from evtcompat.model.counts import counted
from evtcompat.reporters.escape import code, markdown
from evtcompat.reporters.periods import events, period
from evtcompat.reporters.replay_text import sentences

if TYPE_CHECKING:
    from evtcompat.replay.answer import Answer, ReaderSeen
    from evtcompat.replay.summary import Span

#: The first line, by which a later run knows that it may replace the file.
MARKER: Final = "<!-- evtcompat replay -->"


def replay_markdown(answer: Answer) -> str:
    """The whole answer."""
    return "\n".join(_lines(answer)).rstrip() + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    yield MARKER
    when = period(answer.first, answer.last)
    yield f"## {markdown(answer.subject)}: {events(answer.events)}{', ' if when else ''}{when}"
    yield ""
    yield from _spans("written with", {markdown(writer.name, in_table=True): writer.span for writer in answer.writers})
    for reader in answer.readers:
        yield from _reader(reader)
    if answer.needs is not None:
        for sentence in sentences(answer.needs):
            word, _, text = sentence.partition("  ")
            yield f"- **{word}** {markdown(text)}"
        yield ""
    if answer.profile:
        yield from _spans("occurs", {code(label, in_table=True): span for label, span in answer.profile.items()})
    yield from _unread(answer)


def _spans(title: str, spans: Mapping[str, Span]) -> Iterator[str]:
    yield from (f"| {title} | events | first to last |", "|---|---:|---|")
    for name, span in spans.items():
        yield f"| {name} | {span.count:,} | {period(span.first, span.last)} |"
    yield ""


def _unread(answer: Answer) -> Iterator[str]:
    if answer.corrupt:
        yield f"**{counted(answer.corrupt, 'part')} could not be read:**"
        yield ""
        for one in answer.damaged:
            yield f"- {code(str(one.position))}: {markdown(one.reason)}"
        for key, count, position in answer.unknown:
            yield f"- {events(count)} of an unknown writer, {code(key)}; the first is {code(position)}"
        yield ""
    for path, reason in answer.files_aside:
        yield f"- {code(path)} is left aside: {markdown(reason)}"


def _reader(reader: ReaderSeen) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {outcome.value}" for outcome, count in reader.outcomes.items())
    yield f"### {markdown(reader.name)} reads {counts or 'nothing'}"
    yield ""
    if not reader.findings:
        return
    yield from ("| finding | written with | hits | first |", "|---|---|---:|---|")
    for seen in reader.findings:
        first = ""
        if seen.example is not None:
            value = "" if seen.example.value is None else json.dumps(seen.example.value, default=str)[:200]
            first = f"{code(seen.example.position, in_table=True)} {code(value, in_table=True) if value else ''}"
        rule = (
            f"{seen.finding.severity.value} {code(seen.finding.rule)}: {markdown(seen.finding.message, in_table=True)}"
        )
        yield f"| {rule} | {markdown(seen.writer, in_table=True)} | {seen.hits:,} of {seen.events:,} | {first} |"
    yield ""
