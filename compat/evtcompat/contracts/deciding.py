"""Whether a version can be deployed now: every pair that would run side by side, and its verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from evtcompat.contracts.deployments import Build
from evtcompat.contracts.systems import Ask, Pair, System
from evtcompat.dataclasses import dataclass
from evtcompat.model.reports import Problem
from evtcompat.model.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its verdict."""

    pair: Pair
    verdict: Verdict
    #: It meets today already; the deployment does not make it.
    standing: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "can I deploy?"."""

    build: Build
    system: System
    pairs: tuple[Judged, ...]
    #: What stands already counts for nothing.
    accept_standing: bool = False
    #: What of the environment cannot be read: services of which nothing is known.
    unread: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """``compatible``, ``incompatible``, or ``undecided`` where a pair is not known to be either."""
        counted = {one.verdict for one in self.pairs if not (one.standing and self.accept_standing)}
        if Verdict.INCOMPATIBLE in counted:
            return Verdict.INCOMPATIBLE
        return Verdict.COMPATIBLE if counted <= {Verdict.COMPATIBLE} and not self.unread else Verdict.UNDECIDED


def can_deploy(
    system: System, build: Build, ask: Ask, *, accept_standing: bool = False, unread: Iterable[Problem] = ()
) -> Decision:
    """The decision on one version, while it is rolled out beside what runs.

    When the roll-out is over, fewer pairs meet than while it goes on; going back passes through it again.

    Args:
        system: What runs now.
        build: The version.
        ask: The verdict on two schemas.
        accept_standing: What is wrong today already may go on being wrong.
        unread: What of the environment cannot be read.
    """
    today = set(system.pairs())
    judged = tuple(Judged(pair, ask(*pair.schemas), pair in today) for pair in system.during(build).pairs())
    return Decision(build, system, judged, accept_standing, tuple(unread))
