"""What a service did under load, as numbers, and whether it keeps up. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import combinations
from statistics import median

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.results import CellState

#: Pairs of samples grow with their square; so many samples show a line as well as all of them.
_ENOUGH = 60
#: The part of a run in which a service warms up, and which says nothing of what it can keep up.
_WARM_UP = 0.25
#: A lag grows when it gets longer by this part of the rate in each second...
_SLOPE = 0.01
#: ... and in all by as much as comes in so many seconds: the lag of a service that keeps up goes up and down.
_MUCH = 0.25
#: Seconds after which a look is too old to speak for a moment.
_LOOKED = 0.5
#: Fewer events than this are no lag.
_FEW = 10


class Seen(Enum):
    """What latencies are measured by. ``value`` is how a report says it."""

    OUTPUT = "until its output was seen"
    ACKNOWLEDGED = "until it was acknowledged"
    NOTHING = "not seen"


@dataclass(frozen=True, slots=True)
class Load:
    """How much, and for how long."""

    #: Events a second.
    rate: float
    #: Seconds.
    seconds: float

    @property
    def events(self) -> int:
        """How many that are."""
        return max(1, round(self.rate * self.seconds))


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the broker."""

    #: Seconds since the first event.
    at: float
    published: int
    #: Published, and not done with.
    lag: int


@dataclass(frozen=True, slots=True)
class LoadRun:
    """One service under load, as it was observed."""

    role: str
    load: Load
    published: int = 0
    #: Seconds that it took to publish them.
    publishing: float = 0.0
    handled: int = 0
    #: Seconds from the first event until the last one was handled.
    handling: float = 0.0
    #: Seconds, sorted.
    latencies: tuple[float, ...] = ()
    seen: Seen = Seen.NOTHING
    samples: tuple[Sample, ...] = ()
    set_aside: int = 0
    #: What went wrong, as sentences: the service ended, the broker refused an event.
    errors: tuple[str, ...] = ()
    #: Why it could not be run at all.
    unchecked: str = ""
    output: str = ""

    @property
    def published_a_second(self) -> float:
        """Events that the broker confirmed a second."""
        return self.published / self.publishing if self.publishing else 0.0

    @property
    def handled_a_second(self) -> float:
        """Events that were handled a second."""
        return self.handled / self.handling if self.handling else 0.0

    @property
    def left(self) -> int:
        """Events that were published and never seen to be handled."""
        return self.published - self.handled if self.seen is not Seen.NOTHING else 0

    @property
    def longest_lag(self) -> int:
        """The most events that were waiting at once."""
        return max((sample.lag for sample in self.samples), default=0)

    def percentile(self, part: float) -> float | None:
        """The latency that this part of the events did not exceed (nearest rank); ``None`` where none was seen."""
        if not self.latencies:
            return None
        return self.latencies[max(0, math.ceil(part * len(self.latencies)) - 1)]

    def lag_at(self, moment: float) -> int | None:
        """The lag when it was last looked at before a moment; ``None`` where nobody looked any more."""
        if not self.samples or moment > self.samples[-1].at + _LOOKED:
            return None
        found = [sample.lag for sample in self.samples if sample.at <= moment]
        return found[-1] if found else None

    @property
    def growth(self) -> float:
        """Events by which the lag gets longer in each second; 0 where it does not grow without bound."""
        while_published = [sample for sample in self.samples if sample.at <= self.publishing]
        return growth(while_published, self.load.rate)


@dataclass(frozen=True, slots=True)
class LoadCell:
    """One service under load, judged."""

    run: LoadRun
    state: CellState
    #: Sentences.
    failures: tuple[str, ...] = ()
    reason: str = ""


def growth(samples: Sequence[Sample], rate: float) -> float:
    """Events a second by which the lag grows without bound, or 0.

    The median of the slopes between all pairs of samples (Theil and Sen) after a warm-up: neither a pause of the
    service nor a burst bends it.
    """
    if len(samples) < 3:  # noqa: PLR2004 - two samples are always on a line
        return 0.0
    begin = samples[0].at + (samples[-1].at - samples[0].at) * _WARM_UP
    warm = [sample for sample in samples if sample.at >= begin]
    step = max(1, len(warm) // _ENOUGH)
    chosen = warm[::step]
    slopes = [(b.lag - a.lag) / (b.at - a.at) for a, b in combinations(chosen, 2) if b.at > a.at]
    if not slopes:
        return 0.0
    slope = median(slopes)
    grown = slope * (chosen[-1].at - chosen[0].at)
    return slope if slope > _SLOPE * rate and grown > max(_FEW, _MUCH * rate) else 0.0


def judged(runs: Iterable[LoadRun]) -> tuple[LoadCell, ...]:
    """The services side by side, the old one first: what each did wrong, and what only the new one does."""
    cells: list[LoadCell] = []
    old: LoadRun | None = None
    for run in runs:
        cells.append(_judged(run, old))
        old = run if not run.unchecked else old
    return tuple(cells)


def _judged(run: LoadRun, old: LoadRun | None) -> LoadCell:
    if run.unchecked:
        return LoadCell(run, CellState.UNCHECKED, reason=run.unchecked)
    failures = [*run.errors]
    if failures:  # one that has ended falls behind, which says nothing
        return LoadCell(run, CellState.FAILED, tuple(failures))
    if run.growth:
        failures.append(
            f"falls behind: while {run.published_a_second:,.0f} events came a second, the lag grew by "
            f"{run.growth:,.0f} a second, up to {run.longest_lag:,}"
        )
    elif run.left > (old.left if old is not None and old.seen is run.seen else 0):
        beside = "" if old is None or old.seen is not run.seen else f"; of the old service's {old.left:,}"
        failures.append(f"of {run.published:,} events {run.left:,} were not seen to be handled{beside}")
    if failures:
        return LoadCell(run, CellState.FAILED, tuple(failures))
    if run.seen is Seen.NOTHING:
        reason = "the broker does not say what is left, and no event that the service sent could be told by its id"
        return LoadCell(run, CellState.UNOBSERVED, reason=f"{reason}: probe = {{ output = true }} and `correlation`")
    return LoadCell(run, CellState.OK)
