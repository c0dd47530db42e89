"""A finding: one mismatch under one rule, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Severity
from evtcompat.model.witnesses import Witness


@dataclass(frozen=True, slots=True)
class WaivedBy:
    """The waiver that accepts a finding."""

    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True)
class Observed:
    """What recorded events say of a finding: evidence that changes no verdict."""

    #: The recorded events that it hits, of so many.
    hits: int
    events: int
    #: The first and the last of the events, in milliseconds since 1970, where they tell their time.
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One mismatch under one rule, with both places, fix and witness."""

    rule: str
    severity: Severity
    #: One or two sentences for a person.
    message: str
    reader: Place
    writer: Place
    because: tuple[Finding, ...] = ()
    fix: Fix | None = None
    #: Other changes that mend it, those of the other document among them.
    alternatives: tuple[Fix, ...] = ()
    witness: Witness | None = None
    #: Identity across reformatting and rebases: 24 hexadecimal digits.
    fingerprint: str = ""
    waived: WaivedBy | None = None
    #: ``reader`` or ``writer`` where it speaks of that schema alone; both places are there then.
    side: str | None = None
    observed: Observed | None = None
