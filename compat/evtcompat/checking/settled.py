"""What a run need not judge again: pairs of which nothing changed, under a gate that asks for no more than before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from evtcompat.checking.majors import declares_more
from evtcompat.config import Config
from evtcompat.config.values import DEFAULT_LEVEL, DEFAULT_POLICY, UndecidedAction
from evtcompat.config.waivers import Waiver
from evtcompat.dataclasses import dataclass
from evtcompat.model.levels import Level
from evtcompat.model.subjects import forms
from evtcompat.model.verdicts import Severity

_ORDER = (None, Severity.NOTE, Severity.WARNING, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Settled:
    """Tells of which subjects the past was judged, and stays so."""

    before: Config
    now: Config
    #: Subjects of which a waiver has ended since: what it accepted is to be judged.
    reopened: Collection[str] = frozenset()

    def __call__(self, subject: str, path: str | None) -> bool:
        """Whether the gate asks for no more of a subject (its whole name) than it did at the baseline.

        Args:
            subject: See `SubjectReport.identity`.
            path: Where its candidate lies, as the configuration sees it.
        """
        if any(form in self.reopened for form in forms(subject)) or self._asks_more_of_all():
            return False
        old, new = self.before.settings(subject, path), self.now.settings(subject, path)
        if (old.policy or DEFAULT_POLICY) is not (new.policy or DEFAULT_POLICY):
            return False
        if declares_more(new.across_majors, old.across_majors):
            return False
        if _asks_more(old.level or DEFAULT_LEVEL, new.level or DEFAULT_LEVEL):
            return False
        return not _weighs_more(old.severities, new.severities)

    def _asks_more_of_all(self) -> bool:
        before, now = self.before, self.now
        if _ORDER.index(now.fail_on) < _ORDER.index(before.fail_on) or before.format_settings != now.format_settings:
            return True
        return before.undecided is UndecidedAction.WARN and now.undecided is not UndecidedAction.WARN


def _asks_more(old: Level, new: Level) -> bool:
    return not set(new.directions) <= set(old.directions) or (new.transitive and not old.transitive)


def _weighs_more(old: Mapping[str, Severity | None], new: Mapping[str, Severity | None]) -> bool:
    """Whether a rule may weigh more than it did; of one that is named on one side only it is not asked what it was."""
    for rule in old.keys() | new.keys():
        if rule not in old:
            more = new[rule] is Severity.ERROR
        elif rule not in new:
            more = old[rule] is not Severity.ERROR
        else:
            more = _ORDER.index(new[rule]) > _ORDER.index(old[rule])
        if more:
            return True
    return False


def reopened(before: Iterable[Waiver], now: Iterable[Waiver], today: date) -> frozenset[str]:
    """The subjects of waivers that are over, or not there any more."""
    left = {waiver.fingerprint: waiver for waiver in now}
    over = [waiver.subject for waiver in before if waiver.fingerprint not in left]
    return frozenset([*over, *(waiver.subject for waiver in left.values() if waiver.expires < today)])
