"""What the parts of a selection share."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.rules.judge import Severities


class Terms(NamedTuple):
    """What the command line and the configuration ask of one subject; ``None`` leaves it to where its history is."""

    level: Level | None = None
    policy: Policy | None = None
    #: How much rules weigh.
    severities: Severities = Severities()


#: The terms of a subject, whose candidate lies at a path from the folder of the configuration (``None``: elsewhere).
TermsOf = Callable[[str, str | None], Terms]


def every_version(subject: str, path: str | None) -> Terms:
    """Terms under which every history is needed whole."""
    del subject, path
    return Terms(Level.FULL_TRANSITIVE)
