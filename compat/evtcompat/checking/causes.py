"""Findings by their cause: the one edit of a definition that they come from, whatever places, directions or versions.

A finding is led back to an edit by where it is. Of one comparison, findings of one rule with one cause become one
finding with its places; those of other directions and versions share the id of the cause, by which reports tell them
together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from itertools import takewhile
from typing import TypeAlias

from evtcompat.checking.edits import Edit, Edits, Kind, keys_to
from evtcompat.checking.trying import RULE
from evtcompat.checking.wording import change_of
from evtcompat.dataclasses import dataclass, replace
from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Cause, Finding
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Direction
from evtcompat.model.places import Place, tokens
from evtcompat.model.pointers import found_at
from evtcompat.model.reports import Comparison, DirectedComparison, SchemaName
from evtcompat.model.verdicts import Severity
from evtcompat.rules.judge import Side
from evtcompat.syntax import deep

#: The steps of a name, each with the dot before it.
_STEPS = re.compile(r"\.?[^.\[{]+|[\[{][^.\[{]*|\.")
#: The identity of an edit: its kind, the way to it and, of a changed part, what it is now.
_Key: TypeAlias = tuple[str, ...]
#: Edits, each with its identity: that of a large part takes its time.
_Keyed: TypeAlias = tuple[tuple[_Key, Edit], ...]
#: What a finding comes from, and how its place is called.
_Touched: TypeAlias = tuple[_Keyed, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with the documents that it is of."""

    comparison: DirectedComparison
    baseline: Side
    candidate: Side


def with_causes(compared: Sequence[Compared], subject: str, root: str = "") -> list[DirectedComparison]:
    """The comparisons of one candidate with the cause of each finding, and findings of one cause put together.

    Args:
        compared: The comparisons in the order of the history, the newest version last.
        subject: Whose schema it is: a part of the identity of each cause.
        root: What the names of places begin with where they are of the schema's own type; words leave it out.
    """
    search = _Search(subject, root)
    touched = [[search.touched(finding, one) for finding in one.comparison.result.findings] for one in compared]
    search.choose(edits for found in touched for edits, _ in found)
    for one, found in reversed(list(zip(compared, touched, strict=True))):
        # the place with the shortest name stands for the others
        by_name = sorted(zip(one.comparison.result.findings, found, strict=True), key=lambda each: _rank(each[1][1]))
        for finding, (edits, names) in by_name:
            search.word(finding, edits, names, one)
    return [
        _with(
            one.comparison,
            [
                replace(search.placed(finding, one), cause=search.cause(finding, edits))
                for finding, edits in zip(one.comparison.result.findings, found, strict=True)
            ],
        )
        for one, found in zip(compared, touched, strict=True)
    ]


def caused(result: Comparison, reader: Side, writer: Side) -> Comparison:
    """One comparison by itself, the reader as the one that changed, with its findings put together by cause."""
    if not result.findings:
        return result
    return with_causes([_by_itself(result, reader, writer)], "")[0].result


def _by_itself(result: Comparison, reader: Side, writer: Side) -> Compared:
    return Compared(DirectedComparison(Direction.BACKWARD, SchemaName(None), result), writer, reader)


def caused_later(result: Comparison, sides: Callable[[], tuple[Side, Side]]) -> Comparison:
    """The same, each cause found when it is first read: at once only where findings have to be put together.

    Args:
        result: The comparison.
        sides: The reader and the writer; called when causes are looked for.
    """
    findings = result.findings
    if not findings:
        return result
    later = _Later(result, sides)
    alike: dict[object, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_meaning(finding), []).append(finding)
    if len(alike) < len(findings) and later.share_edits(group for group in alike.values() if len(group) > 1):
        return replace(result, findings=later.findings)
    return replace(
        result,
        findings=tuple([one.caused_later(partial(later.cause_of, index)) for index, one in enumerate(findings)]),
    )


class _Later:
    """The causes of one comparison, once somebody asks for one."""

    def __init__(self, result: Comparison, sides: Callable[[], tuple[Side, Side]]) -> None:
        self._result = result
        self._sides = sides

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return deep.retried(lambda: caused(self._result, *self._sides()).findings)

    def cause_of(self, index: int) -> Cause | None:
        """The cause of a finding that stays by itself."""
        return self.findings[index].cause

    def share_edits(self, groups: Iterable[Sequence[Finding]]) -> bool:
        """Whether an edit explains two findings of one group; without such a one each has a cause of its own."""
        compared = _by_itself(self._result, *self._sides())
        search = _Search("", "")
        for group in groups:
            met: set[tuple[str, ...]] = set()
            for finding in group:
                keys = {edit.keys for edit, _ in search.edits_of(finding, compared)}
                if not met.isdisjoint(keys):
                    return True
                met |= keys
        return False


class _Search:
    """The causes of one subject's findings."""

    def __init__(self, subject: str, root: str) -> None:
        self._subject = subject
        self._root = root
        self._edits: dict[tuple[int, int], Edits] = {}
        #: The causes that some finding has for itself, in order of their number.
        self._single: set[_Key] = set()
        #: The edits of a cause, and what a person calls the place that they are at.
        self._named: dict[tuple[_Key, ...], tuple[tuple[Edit, ...], str]] = {}
        self._words: dict[tuple[_Key, ...], str] = {}
        #: Where references were edited that lead to the places of findings, in the candidate and in the baseline.
        self._referred: dict[int, tuple[Place, Place]] = {}

    def touched(self, finding: Finding, compared: Compared) -> _Touched:
        """The edits that a finding comes from, and how the place is called."""
        found = self.edits_of(finding, compared)
        names = found[0][1] if found else _name_of(finding, compared.comparison.direction)
        return tuple([(_key(edit), edit) for edit, _ in found]), names

    def edits_of(self, finding: Finding, compared: Compared) -> Sequence[tuple[Edit, str]]:
        """The edits that a finding comes from, each with what the place is called that leads to it."""
        if finding.rule == RULE:  # the code of a model decided, and no edit of a schema
            return ()
        for each in (_leaves(finding), [finding]):
            found = {edit.keys: (edit, names) for leaf in each for edit, names in self._at(leaf, compared)}
            if found:
                return tuple(found.values())
        return ()

    def _at(self, finding: Finding, compared: Compared) -> Iterable[tuple[Edit, str]]:
        new, old = _sides(finding, compared.comparison.direction)
        ours, theirs = _value(compared.candidate, new), _value(compared.baseline, old)
        names = _name_of(finding, compared.comparison.direction)
        between = self._between(theirs, ours)
        if finding.side is not None:  # both of its places are in one document, the first is what it is about
            in_new = (finding.side == "reader") is (compared.comparison.direction is Direction.BACKWARD)
            where = finding.reader.pointer
            return [(edit, names) for edit in (between.at(None, where) if in_new else between.at(where, None))]
        found = self._edited(new, old, compared)
        if not found or (_of_one_side(found) and len(new.through) != len(old.through)):
            ways = list(zip((*new.through, new), (*old.through, old), strict=False))
            for way in reversed(ways):
                edits = self._edited(*way, compared)
                if edits and edits != found:
                    found, self._referred[id(finding)] = edits, way
                    break
        if not found:
            here, there = (found_at(value, tokens(place.pointer)) for value, place in ((ours, new), (theirs, old)))
            alike = new.pointer.rpartition("/")[2] == old.pointer.rpartition("/")[2] != ""
            if here is not None and there is not None and alike:
                keys = keys_to(ours, new.pointer)
                found = tuple(edit.below(keys, old.pointer, new.pointer) for edit in Edits(there, here).at("", ""))
        return [(edit, names) for edit in found]

    def _edited(self, new: Place, old: Place, compared: Compared) -> tuple[Edit, ...]:
        """The edits that something at these places of the candidate and of the baseline comes from."""
        ours, theirs = _value(compared.candidate, new), _value(compared.baseline, old)
        root, root_before = compared.candidate.document.value, compared.baseline.document.value
        if (ours is root) is (theirs is root_before):
            return self._between(theirs, ours).at(old.pointer, new.pointer)
        # what refers to another document was edited where it refers
        at = (old.pointer, None) if theirs is root_before else (None, new.pointer)
        return self._between(root_before, root).at(*at)

    def placed(self, finding: Finding, compared: Compared) -> Finding:
        """The finding, whose edit was looked for, at the references that were edited and not at what they lead to."""
        referred = self._referred.get(id(finding))
        if referred is None:
            return finding
        backward = compared.comparison.direction is Direction.BACKWARD
        sides = zip(referred, _sides(finding, compared.comparison.direction), strict=True)
        at, of = (replace(where, names=place.names) for where, place in sides)
        new, old = compared.candidate.locate(at), compared.baseline.locate(of)
        return replace(finding, reader=new if backward else old, writer=old if backward else new)

    def _between(self, old: JSON, new: JSON) -> Edits:
        key = (id(old), id(new))
        if key not in self._edits:
            self._edits[key] = Edits(old, new)
        return self._edits[key]

    def choose(self, touched: Iterable[_Keyed]) -> None:
        """Note the edits that explain a finding alone: one that several edits explain is told with such a one."""
        self._single = {edits[0][0] for edits in touched if len(edits) == 1}

    def _chosen(self, edits: _Keyed) -> tuple[tuple[_Key, ...], tuple[Edit, ...]]:
        """The edits that a cause is made of, and what identifies them."""
        alone = [one for one in edits if one[0] in self._single]
        chosen = alone[:1] or edits
        return tuple(sorted(key for key, _ in chosen)), tuple(edit for _, edit in chosen)

    def word(self, finding: Finding, edits: _Keyed, names: str, compared: Compared) -> None:
        """Keep what the place of the change is called as the first finding of its cause tells it.

        What was added or removed whole, and is met at several places inside, is called by what they are in.
        """
        keys, chosen = self._chosen(edits)
        if not chosen:
            return
        new, old = _sides(finding, compared.comparison.direction)
        called = names.removeprefix(f"{self._root}.") if self._root else names
        known = self._named.get(keys)
        if known is None:
            self._named[keys] = chosen, called or (new.names and old.names)
        elif any(edit.holds(old.pointer, new.pointer) for edit in chosen):
            self._named[keys] = chosen, _in_common(known[1], called)

    def cause(self, finding: Finding, touched: _Touched) -> Cause:
        """The cause of a finding."""
        keys, _ = self._chosen(touched[0])
        if not keys:
            places = sorted((finding.reader.names or finding.reader.pointer, finding.writer.names))
            return Cause(content_hash([self._subject, "place", finding.rule, touched[1], *places])[:24])
        if keys not in self._words:
            self._words[keys] = change_of(*self._named[keys]) if keys in self._named else ""
        return Cause(content_hash([self._subject, "edit", *map(list, keys)])[:24], self._words[keys])


def _in_common(one: str, other: str) -> str:
    """The name of what two places are in; ``""`` for the whole schema."""
    pairs = zip(_STEPS.findall(one), _STEPS.findall(other), strict=False)
    return "".join(step for step, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _with(comparison: DirectedComparison, findings: Sequence[Finding]) -> DirectedComparison:
    return replace(comparison, result=replace(comparison.result, findings=_together(findings)))


def _together(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, those of one cause that say the same of several places as one, unless they need their own fixes."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        alone = finding.cause is None or not finding.cause.change
        key = (finding.cause, _meaning(finding))
        groups.setdefault(id(finding) if alone else key, []).append(finding)
    return tuple(one for group in groups.values() for one in _merged(group))


def _merged(group: Sequence[Finding]) -> Iterable[Finding]:
    patches = {json.dumps(one.fix.patch, default=str) for one in group if one.fix is not None}
    if len(group) == 1 or len(patches) > 1:
        return group
    group = sorted(group, key=lambda one: _rank(one.reader.names))
    fix = next((one.fix for one in group if one.fix is not None), None)
    also = (*group[0].also, *(place for one in group[1:] for place in one.places))
    return [replace(group[0], fix=fix, also=also)]


def _rank(names: str) -> tuple[int, str]:
    return len(names), names


def _meaning(finding: Finding) -> tuple[str, Severity, str | None, str]:
    """What a finding says but for where: findings that differ in it stay apart whatever their causes are.

    Of its message that is all but what the places are called.
    """
    message = finding.message
    for names in (finding.reader.names, finding.writer.names):
        if names:
            message = message.replace(f"`{names}`", "``")
    return finding.rule, finding.severity, finding.side, message


def _of_one_side(edits: Iterable[Edit]) -> bool:
    """Whether all that is known was added, or all was removed."""
    return {edit.kind for edit in edits} in ({Kind.ADDED}, {Kind.REMOVED})


def _leaves(finding: Finding) -> Iterable[Finding]:
    """What a finding comes down to, in the end; at most as much as it tells."""
    pending = [finding]
    while pending:
        one = pending.pop()
        if not one.because and not one.repeats:
            yield one
        pending += one.because[::-1]


def _sides(finding: Finding, direction: Direction) -> tuple[Place, Place]:
    """The places in the candidate and in the baseline."""
    backward = direction is Direction.BACKWARD
    return (finding.reader, finding.writer) if backward else (finding.writer, finding.reader)


def _name_of(finding: Finding, direction: Direction) -> str:
    """What a person calls the place: the longer of the names, as a part that one side lacks has none there."""
    new, old = _sides(finding, direction)
    return max(new.names, old.names, key=len)


def _value(side: Side, place: Place) -> JSON:
    document = side.documents.get(place.origin) if place.origin is not None else None
    return (document or side.document).value


def _key(edit: Edit) -> _Key:
    now = content_hash(edit.new) if edit.kind.value == "changed" else ""
    return (edit.kind.value, *edit.keys, now)
