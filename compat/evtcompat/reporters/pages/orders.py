"""Who deploys first, drawn: the steps of one subject as boxes in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from evtcompat.checking.rollout import RolloutOrder, deploys, directions_of_subject, order
from evtcompat.model.owners import Owners
from evtcompat.model.reports import SubjectReport
from evtcompat.reporters.escape import html
from evtcompat.reporters.sentences import label

_CONSUMERS: Final = ("consumers", "read")
_PRODUCERS: Final = ("producers", "write")
#: Who moves, in their order; empty where there is none.
_STEPS: Final[Mapping[RolloutOrder, Sequence[tuple[str, str]]]] = {
    RolloutOrder.CONSUMERS_FIRST: (_CONSUMERS, _PRODUCERS),
    RolloutOrder.PRODUCERS_FIRST: (_PRODUCERS, _CONSUMERS),
    RolloutOrder.ANY: (_CONSUMERS, _PRODUCERS),
}
_HEADS: Final = {
    RolloutOrder.CONSUMERS_FIRST: "Consumers first",
    RolloutOrder.PRODUCERS_FIRST: "Producers first",
    RolloutOrder.ANY: "In any order",
    RolloutOrder.NONE: "Neither side can go first",
    RolloutOrder.UNKNOWN: "The order is not known",
}


def deployment(subject: SubjectReport) -> Iterator[str]:
    """The order for a subject, with its sentence; nothing where nothing is deployed."""
    if subject.consumer is not None or not deploys(subject) or not subject.rollout:
        return
    found = order(directions_of_subject(subject))
    new = label(subject.candidate, "your change")
    boxes = [_box(who, does, new, subject.owners or Owners()) for who, does in _STEPS.get(found, ())]
    if found is RolloutOrder.PRODUCERS_FIRST:
        boxes.insert(1, '<li class="wait">wait until no older event is left, replays included</li>')
    yield f"<h3>Who deploys first: {_HEADS[found].lower()}</h3>"
    if boxes:
        tag = "ul" if found is RolloutOrder.ANY else "ol"
        yield f'<{tag} class="order">{"".join(boxes)}</{tag}>'
    yield f"<p>{html(subject.rollout[:1].upper() + subject.rollout[1:])}</p>"


def _box(who: str, does: str, new: str, owners: Owners) -> str:
    names = owners.consumers if who == "consumers" else owners.producers
    named = f'<span class="soft">{html(", ".join(names))}</span>' if names else ""
    return f"<li><b>{who}</b> {does} {html(new)}{named}</li>"
