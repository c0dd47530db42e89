"""A timeline as a part of a page: which versions can live together, when each part came, what the newest changed."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.model.counts import counted
from evtcompat.model.histories import version_name
from evtcompat.model.timelines import Timeline
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.exercises import exercises
from evtcompat.reporters.pages.lives import lives
from evtcompat.reporters.pages.matrices import matrix
from evtcompat.reporters.pages.texts import side_by_side
from evtcompat.syntax import deep


def timeline_parts(timeline: Timeline, anchor: str, *, brief: bool = False) -> list[str]:
    """Everything that there is to see of a timeline; payloads nest as deep as schemas may.

    Args:
        timeline: What is shown.
        anchor: What the ids of its elements begin with.
        brief: It is one of many in the page.
    """
    return deep.retried(lambda: list(_parts(timeline, anchor, brief=brief)))


def _parts(timeline: Timeline, anchor: str, *, brief: bool) -> Iterator[str]:
    said = (*timeline.unread, *timeline.remarks)
    if said:
        yield f'<ul class="plain soft">{"".join(f"<li>{html(one)}</li>" for one in said)}</ul>'
    if timeline.lifelines:
        yield "<h3>What came, changed and went</h3>"
        yield from lives(timeline, brief=brief)
    if timeline.grid is not None:
        yield "<h3>Who reads whom</h3>"
        yield from matrix(timeline, timeline.grid, f"{anchor}m", brief=brief)
    yield from exercises(timeline.exercised, f"{anchor}e")
    yield from _texts(timeline)


def summed(timeline: Timeline) -> str:
    """What a list says of a timeline, as text: ``4 versions, 12 parts, 1 of 3 steps breaks somebody``."""
    versions, parts, steps, breaks = len(timeline.stops), len(timeline.lifelines), len(timeline.steps), timeline.breaks
    said = [counted(versions, "version"), counted(parts, "part")]
    if steps == 1:
        said.append(f"the step between them breaks {'somebody' if breaks else 'nobody'}")
    elif steps:
        said.append(
            f"{breaks} of {steps} steps break{'s' if breaks == 1 else ''} somebody"
            if breaks
            else f"none of {steps} steps breaks anybody"
        )
    first = next((stop.date for stop in timeline.stops if stop.date), None)
    return ", ".join(said) + (f", since {first}" if first else "")


def _texts(timeline: Timeline) -> Iterator[str]:
    """The newest version beside the one before it."""
    if len(timeline.stops) < 2:  # noqa: PLR2004 - a pair
        return
    old, new = timeline.stops[-2:]
    heads = (version_name(old.label), version_name(new.label))
    table = side_by_side(old.shown, new.shown, heads) if old.shown and new.shown else ""
    if table:
        yield f"<details><summary>{html(heads[0])} and {html(heads[1])} side by side</summary>{table}</details>"
