"""Who deploys first over the subjects of a run: each subject once, those that need care before those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.checking.rollout import RolloutOrder, deploys, directions_of_subject, expand_and_contract, order
from evtcompat.model.reports import Report

#: More subjects than this are counted, and of those that may go in any order fewer.
_LISTED, _LISTED_OF_ANY = 20, 8
#: What is done first, and then.
_WORDS = {
    RolloutOrder.NONE: "neither side can go first, expand and contract",
    RolloutOrder.PRODUCERS_FIRST: "producers, then consumers when no older event is left",
    RolloutOrder.CONSUMERS_FIRST: "consumers, then producers",
    RolloutOrder.UNKNOWN: "the order is not known",
    RolloutOrder.ANY: "any order",
}


def deploying(report: Report, names: Sequence[str], *, how: bool = True) -> Iterator[tuple[str, str]]:
    """Rows of a word and a text; none for a single subject, which says so itself.

    Args:
        report: Of the run.
        names: How each of its subjects is called.
        how: Say how one gets out where no side can go first; not where each of the subjects says it.
    """
    if len(report.subjects) < 2:  # noqa: PLR2004 - its own report has the sentence
        return
    groups: dict[RolloutOrder, list[str]] = {kind: [] for kind in _WORDS}
    for subject, name in zip(report.subjects, names, strict=True):
        if subject.consumer is None and deploys(subject):
            groups[order(directions_of_subject(subject))].append(name)
    for kind, found in groups.items():
        if found:
            limit = _LISTED_OF_ANY if kind is RolloutOrder.ANY else _LISTED
            more = f" and {len(found) - limit} more" if len(found) > limit else ""
            yield "Deploy", f"{_WORDS[kind]}: {', '.join(found[:limit])}{more}."
    if how and groups[RolloutOrder.NONE]:
        text = expand_and_contract("the older version")
        yield "Deploy", text[:1].upper() + text[1:]
    if report.services:
        yield "Deploy", report.services
