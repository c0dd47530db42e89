"""A subject's findings as the changes that a person made: one of them a cause, with all that comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evtcompat.dataclasses import dataclass
from evtcompat.model.findings import Cause, Finding, FoundAt, WaivedBy
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.reports import DirectedComparison, SchemaName, SubjectReport, name_of
from evtcompat.model.verdicts import Severity


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does in one direction, against one version or several alike."""

    #: As it is found against the newest of the versions.
    finding: Finding
    #: ``None`` for a finding about the subject itself.
    direction: Direction | None = None
    #: The versions against which it is found, in the order of the history.
    baselines: tuple[SchemaName, ...] = ()
    #: Findings of the newest version that say the same of other places, and need fixes of their own.
    others: tuple[Finding, ...] = ()

    @property
    def places(self) -> tuple[FoundAt, ...]:
        """Every place where it is found against the newest of the versions."""
        return tuple(place for one in (self.finding, *self.others) for place in one.places)

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What is suggested against it, each once."""
        fixes = (one.fix for one in (self.finding, *self.others) if one.fix is not None)
        return tuple({fix.text: fix for fix in fixes}.values())

    @property
    def place(self) -> Place:
        """Where it is in the candidate, or in whatever there is."""
        return self.finding.writer if self.direction is Direction.FORWARD else self.finding.reader

    @property
    def also(self) -> tuple[Place, ...]:
        """The other places in the document that say it of the same part of an event, each once."""
        places = [one.writer if self.direction is Direction.FORWARD else one.reader for one in self.places]
        alike = {(one.origin, one.pointer): one for one in places if one.names == self.place.names and one.names}
        alike.pop((self.place.origin, self.place.pointer), None)
        return tuple(alike.values())

    @property
    def other(self) -> Place:
        """Where it is on the other side."""
        return self.finding.reader if self.direction is Direction.FORWARD else self.finding.writer


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a person with what it brings about; findings of which no edit is known stand alone."""

    #: The id of the cause, or the fingerprint of the finding that stands alone.
    id: str
    #: What was done, in words; ``""`` where it is not known.
    words: str
    #: What hurts most first.
    effects: tuple[Effect, ...]
    #: At how many places of the candidate it shows.
    places: int = 1

    @property
    def finding(self) -> Finding:
        """What hurts most."""
        return self.effects[0].finding

    @property
    def waived(self) -> WaivedBy | None:
        """The waiver that accepts it. What is accepted of a cause and what is not are two changes."""
        return self.finding.waived

    @property
    def fails(self) -> bool:
        """Whether it keeps a run from being compatible."""
        return self.finding.severity is Severity.ERROR and self.waived is None


def changes_of(subject: SubjectReport) -> tuple[Change, ...]:
    """The changes behind the findings of a subject, by harm: errors, warnings, notes, what is waived."""
    order = {comparison.baseline: index for index, comparison in enumerate(subject.comparisons)}
    groups: dict[tuple[str, bool], list[tuple[DirectedComparison | None, Finding]]] = {}
    for comparison, finding in _findings(subject):
        key = finding.cause.id if finding.cause is not None else f"{finding.fingerprint} {len(groups)}"
        groups.setdefault((key, finding.waived is not None), []).append((comparison, finding))
    changes = [_change(group, order) for group in groups.values()]
    return tuple(sorted(changes, key=_harm))


def _harm(change: Change) -> tuple[bool, int, int]:
    """Sorts what hurts most first: what breaks both directions before what breaks one of them."""
    weights = [_weight(effect.finding) for effect in change.effects]
    return change.waived is not None, weights[0], -weights.count(weights[0])


def _findings(subject: SubjectReport) -> Iterator[tuple[DirectedComparison | None, Finding]]:
    yield from ((None, finding) for finding in subject.findings)
    for comparison in subject.comparisons:
        yield from ((comparison, finding) for finding in comparison.result.findings)


def _change(group: Sequence[tuple[DirectedComparison | None, Finding]], order: dict[SchemaName, int]) -> Change:
    effects: dict[object, list[tuple[DirectedComparison | None, Finding]]] = {}
    for comparison, finding in group:
        direction = None if comparison is None else comparison.direction
        alone = finding.cause is None or not finding.cause.change
        key = (direction, finding.rule, finding.severity, finding.side, _said(finding, comparison) if alone else "")
        effects.setdefault(key, []).append((comparison, finding))
    told = sorted((_effect(alike, order) for alike in effects.values()), key=lambda effect: _weight(effect.finding))
    first = group[0][1]
    cause = first.cause or Cause(first.fingerprint)
    places = {_called(effect, place) for effect in told for place in effect.places}
    return Change(cause.id, cause.change, tuple(told), len(places))


def _effect(alike: Sequence[tuple[DirectedComparison | None, Finding]], order: dict[SchemaName, int]) -> Effect:
    comparison, finding = alike[-1]
    if comparison is None:
        return Effect(finding)
    baselines = dict.fromkeys(one.baseline for one, _ in alike if one is not None)
    others = tuple(other for one, other in alike[:-1] if one is comparison)
    return Effect(finding, comparison.direction, tuple(sorted(baselines, key=order.__getitem__)), others)


def _said(finding: Finding, comparison: DirectedComparison | None) -> str:
    """The message whatever the version is called."""
    called = "" if comparison is None else name_of(comparison.baseline, "")
    return finding.message.replace(called, "") if called else finding.message


def _called(effect: Effect, place: FoundAt) -> tuple[str, str]:
    ours, theirs = place.reader, place.writer
    if effect.direction is Direction.FORWARD:
        ours, theirs = theirs, ours
    return (ours.names or ours.pointer, "") if ours.names or ours.pointer else ("", theirs.names or theirs.pointer)


def _weight(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def versions(baselines: Iterable[SchemaName], history: Sequence[SchemaName]) -> str:
    """The versions in words, runs of the history as such: ``v1``, ``versions 1 to 218``, ``v1, v3 to v7``.

    Args:
        baselines: Some of the history.
        history: What was compared, the oldest first, each once.
    """
    wanted = set(baselines)
    runs: list[list[SchemaName]] = []
    follows = False
    for name in history:
        if name in wanted:
            if follows:
                runs[-1].append(name)
            else:
                runs.append([name])
        follows = name in wanted
    if len(runs) == 1 and len(runs[0]) > 2 and all(name.version for name in runs[0]):  # noqa: PLR2004 - a pair is named
        return f"versions {runs[0][0].version} to {runs[0][-1].version}"
    return ", ".join(_run(run) for run in runs)


def _run(run: Sequence[SchemaName]) -> str:
    first, last = (name_of(name, name.origin or "what is deployed") for name in (run[0], run[-1]))
    return first if len(run) == 1 else f"{first} {'and' if len(run) == 2 else 'to'} {last}"  # noqa: PLR2004 - a pair
