"""Fixes that hold together: what a report suggests for one schema can be applied all at once.

Every fix was tried when it was found, by itself or with others of its pair. Two of them may still undo each other: both
set one member, or one takes away what the other changes; and one may break another pair of the candidate, which held.
Here they are put together and tried again on all pairs; where that fails, those that do not hold are withheld.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from evtcompat.dataclasses import dataclass, replace
from evtcompat.model.combined_patches import agree, as_combined, by_place, combined
from evtcompat.model.findings import Finding
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import Operation, apply_patch
from evtcompat.model.reports import Comparison, DirectedComparison, name_of
from evtcompat.model.verdicts import Severity

#: How often a combination is tried for one schema; what is left then is withheld.
MOST_TRIALS: Final = 40
#: Values that are compared anew in all trials of one schema, and what an error takes beside them: each is explained.
_MOST_VALUES: Final = 50_000
_VALUES_AN_ERROR: Final = 600
#: What tells the errors of a subject apart, whatever their facts: direction, baseline, rule, both paths.
_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A patch that some findings suggest."""

    operations: tuple[Operation, ...]
    #: The errors that are gone with it.
    errors: frozenset[_Key]


def with_fixes_that_compose(
    comparisons: Sequence[DirectedComparison],
    document: JSON,
    again: Callable[[JSON], Iterable[DirectedComparison | None]],
) -> tuple[DirectedComparison, ...]:
    """The comparisons with fixes of which all can be applied together, and that break nothing that holds.

    Args:
        comparisons: Of one candidate, whose fixes all change `document`.
        document: The candidate as it stands.
        again: The same comparisons of a changed candidate, without evidence, made one by one as they are read; ``None``
            in place of one that could not be made, as when the changed candidate is no schema.
    """
    wanted = _wanted(comparisons)
    if not wanted or len(wanted) == len(comparisons) == 1:  # one fix of one pair was tried by itself
        return tuple(comparisons)
    search = _Search(document, frozenset(_errors(comparisons)), again)
    accepted = search.largest(wanted)
    operations = combined([one.operations for one in accepted], document) or ()
    kept = {_spelled(one.operations): as_combined(one.operations, operations) for one in accepted}

    def settled(finding: Finding) -> Finding:
        fixes = [_settled(fix, kept, search) for fix in (finding.fix, *finding.alternatives) if fix is not None]
        fixes.sort(key=lambda fix: not fix.patch and fix.text.startswith(_WITHHELD))
        return replace(finding, fix=fixes[0] if fixes else None, alternatives=tuple(fixes[1:]))

    return tuple(
        replace(one, result=replace(one.result, findings=tuple(settled(finding) for finding in one.result.findings)))
        for one in comparisons
    )


_WITHHELD: Final = "Withheld, as it "


def _settled(fix: Fix, kept: Mapping[str, tuple[Operation, ...]], search: _Search) -> Fix:
    """The fix as it stands among all of them and all pairs."""
    if not fix.patch:
        return fix
    name = _spelled(fix.patch)
    patch = kept.get(name)
    if patch is None:
        why = "does not go together with the other fixes"
        if name in search.untried:
            why = "was not tried with the other fixes, of which there are many"
        if pair := search.broken.get(name):
            against = name_of(pair.baseline, pair.baseline.origin or "the baseline")
            why = f"would break {pair.direction.value} against {against}, which holds"
        return Fix(f"{_WITHHELD}{why}: {fix.text[:1].lower()}{fix.text[1:]}", fix.side)
    return fix if patch == fix.patch else replace(fix, patch=patch)


class _Search:
    """The largest set of patches that hold together, as far as a number of trials finds it."""

    def __init__(
        self, document: JSON, before: frozenset[_Key], again: Callable[[JSON], Iterable[DirectedComparison | None]]
    ) -> None:
        self._document = document
        self._before = before
        self._again = again
        #: There is one fix, which goes with all others that there are.
        self._alone = False
        self._trials = 0
        self._left = _MOST_VALUES
        #: The pair that held and would not any more, by the patch that would break it by itself.
        self.broken: dict[str, DirectedComparison] = {}
        #: The patches that were not tried with those that are accepted, as there were too many.
        self.untried: set[str] = set()

    def largest(self, wanted: Sequence[_Wanted]) -> list[_Wanted]:
        """All of them where that holds; else halves, and halves of these, each tried with what is accepted already.

        Of those that contradict one another the first are tried, and the others where that does not hold.
        """
        accepted: list[_Wanted] = []
        self._alone = len(wanted) == 1
        pending = [list(wanted)]
        while pending:
            some, contradicting = self._without_contradiction(accepted, pending.pop())
            if not some:
                continue
            if self._spent:
                self.untried |= {_spelled(one.operations) for one in some}
            if self._holds([*accepted, *some]):
                accepted += some
                continue
            if len(some) == 1 and accepted:
                self._holds(some)  # only to tell what it breaks by itself
            middle = len(some) // 2
            pending += [one for one in (contradicting, some[middle:], some[:middle]) if one and one != some]
        return accepted

    def _without_contradiction(
        self, accepted: Iterable[_Wanted], some: Iterable[_Wanted]
    ) -> tuple[list[_Wanted], list[_Wanted]]:
        """Those that set no place otherwise than what is accepted and those before them, and those that do."""
        fitting: list[_Wanted] = []
        contradicting: list[_Wanted] = []
        known = by_place((operation for one in accepted for operation in one.operations), self._document)
        for one in some:
            mine = by_place(one.operations, self._document)
            apart = agree(known, mine, self._document)
            (fitting if apart else contradicting).append(one)
            if apart:
                known = {**mine, **known}
        return fitting, contradicting

    def _holds(self, chosen: Sequence[_Wanted]) -> bool:
        """Whether the errors of all are gone with one patch, and no others are there."""
        if self._spent:
            return False
        self._left -= self._size
        self._trials += 1
        operations = combined([one.operations for one in chosen], self._document)
        if operations is None:
            return False
        try:
            changed = apply_patch(self._document, operations)
        except (LookupError, ValueError):
            return False
        promised = frozenset().union(*(one.errors for one in chosen))
        # The first that speaks against it ends the trial: a long history is compared whole only where it holds.
        for one in self._again(changed):
            errors = [] if one is None else [*_errors([one])]
            self._left -= _VALUES_AN_ERROR * len(errors)
            if one is None or any(error in promised or self._is_new(error, promised) for error in errors):
                if one is not None and len(chosen) == 1 and errors[0][:2] not in self._failing:
                    self.broken[_spelled(chosen[0].operations)] = one
                return False
        return True

    @property
    def _spent(self) -> bool:
        """Whether no more is tried; one trial is made in any case."""
        return self._trials > 0 and (self._trials >= MOST_TRIALS or self._left < self._size)

    def _is_new(self, error: _Key, promised: frozenset[_Key]) -> bool:
        """Whether an error speaks against fixes that it is not there without.

        A pair that fails anyway may fail otherwise with the one fix of another pair.
        """
        otherwise = self._alone and error[:2] in self._failing and error[:2] not in {one[:2] for one in promised}
        return error not in self._before and not otherwise

    @cached_property
    def _failing(self) -> frozenset[tuple[str, str]]:
        """Direction and baseline of the pairs that have errors as it is."""
        return frozenset((direction, baseline) for direction, baseline, *_ in self._before)

    @cached_property
    def _size(self) -> int:
        """Values in the document."""
        count, pending = 0, [self._document]
        while pending:
            one = pending.pop()
            count += 1
            pending.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        return count


def _wanted(comparisons: Sequence[DirectedComparison]) -> list[_Wanted]:
    """The patches that findings show first, each once, with the errors that it is for."""
    found: dict[str, _Wanted] = {}
    for one in comparisons:
        for finding in one.result.findings:
            if finding.fix is not None and finding.fix.patch:
                name = _spelled(finding.fix.patch)
                known = found.get(name)
                error = {_key(one, finding)} if finding.severity is Severity.ERROR else set()
                errors = (known.errors if known else frozenset()) | error
                found[name] = _Wanted(tuple(finding.fix.patch), frozenset(errors))
    return list(found.values())


def _errors(comparisons: Sequence[DirectedComparison]) -> Iterator[_Key]:
    for one in comparisons:
        for finding in one.result.findings:
            if finding.severity is Severity.ERROR:
                yield _key(one, finding)


def _key(comparison: DirectedComparison, finding: Finding) -> _Key:
    reader = finding.reader.names or finding.reader.pointer
    writer = finding.writer.names or finding.writer.pointer
    baseline = f"{comparison.baseline.origin}@{comparison.baseline.version}"
    return comparison.direction.value, baseline, finding.rule, reader, writer


def _spelled(operations: Sequence[Operation]) -> str:
    return json.dumps([dict(operation) for operation in operations], sort_keys=True, default=str)


def changeable(direction: Direction) -> str:
    """The side of the candidate, as `Fix.side` calls it: the other one is deployed and cannot be changed any more."""
    return "reader" if direction is Direction.BACKWARD else "writer"


def without_fixes_of_the_past(result: Comparison, direction: Direction) -> Comparison:
    """The comparison with fixes of the candidate only."""
    candidate = changeable(direction)
    findings = tuple(_with_fixes_of(finding, candidate) for finding in result.findings)
    return result if findings == result.findings else replace(result, findings=findings)


def _with_fixes_of(finding: Finding, side: str) -> Finding:
    """The finding with those of its fixes that change one side; the first of them is the one shown."""
    fixes = [fix for fix in (finding.fix, *finding.alternatives) if fix is not None and fix.side == side]
    return replace(finding, fix=fixes[0] if fixes else None, alternatives=tuple(fixes[1:]))
