"""The causes of an incompatible pair, as the search finds and shows them."""

from __future__ import annotations

from dataclasses import dataclass

from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import Operation


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, with an event that shows it, alone where there is such an event, and the fixes that were proven."""

    diagnosis: Diagnosis
    event: JSON
    reader_fix: Fix | None = None
    writer_fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class FoundCause:
    """A cause, with what the search did about it."""

    cause: Cause
    #: What took it out of the way.
    patch: tuple[Operation, ...]
    #: The suggested fix that the patch is; ``None`` where it is none.
    fix: SuggestedFix | None
    #: Whether it was diagnosed in the reader as it was written, with nothing patched.
    as_written: bool
