"""A finding: one mismatch under one rule, ready to be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass, field, fields
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
class Cause:
    """One edit at one place of a definition: what findings of several places, directions and versions come from."""

    #: Identity of the edit, whatever it is met through: 24 hexadecimal digits.
    id: str
    #: What a person did, in words: ```total`: scale 2 -> 3``; ``""`` where no edit was found that explains it.
    change: str = ""


@dataclass(frozen=True, slots=True)
class FoundAt:
    """One place where a finding is met."""

    rule: str
    reader: Place
    writer: Place
    #: Identity of the finding at this place.
    fingerprint: str


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
    #: The edit that it comes from, where a check or a comparison has looked for it.
    cause: Cause | None = None
    #: The other places at which the same cause has the same effect; its own is the first of them and not listed.
    also: tuple[FoundAt, ...] = ()
    #: It is a cause, and what it comes from in turn is told before, in the same finding.
    repeats: bool = False
    #: How to find the cause where that was left open; ``None`` where it was not. The last of the fields, so that
    #: whoever copies them one after the other finds it so.
    _late: Callable[[], Cause | None] | None = field(default=None, init=False, repr=False, compare=False)

    def caused_later(self, find: Callable[[], Cause | None]) -> Finding:
        """The same finding, whose cause is found when it is first read; `find` is called once, unless it raises."""
        finding = object.__new__(Finding)
        assign = object.__setattr__
        for name in _KEPT:
            assign(finding, name, getattr(self, name))
        assign(finding, "_late", find)
        return finding

    if not TYPE_CHECKING:  # so that type checkers still know every attribute there is

        def __getattr__(self, name: str) -> object:
            """The cause, where `caused_later` left it open; called for attributes without a value only."""
            find = self._late if name == "cause" else None
            if find is not None:
                object.__setattr__(self, "cause", find())
                object.__setattr__(self, "_late", None)
            return object.__getattribute__(self, name)

    @property
    def places(self) -> tuple[FoundAt, ...]:
        """Every place where it is met, its own first."""
        return (FoundAt(self.rule, self.reader, self.writer, self.fingerprint), *self.also)


#: What a finding whose cause is left open has of its own.
_KEPT = tuple(one.name for one in fields(Finding) if one.name not in ("cause", "_late"))
