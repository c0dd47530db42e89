"""The causes of an incompatible pair, as the search finds and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import Operation

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.diagnose import Refusals
    from evtcompat.formats.json_schema.explain.subschemas import PartAnswers


class Cause(NamedTuple):
    """One cause, with an event that shows it, alone where there is such an event, and the fixes that were proven."""

    diagnosis: Diagnosis
    event: JSON
    reader_fix: Fix | None = None
    writer_fix: Fix | None = None


class FoundCause(NamedTuple):
    """A cause, with what the search did about it."""

    cause: Cause
    #: What took it out of the way.
    patch: tuple[Operation, ...]
    #: The suggested fix that the patch is; ``None`` where it is none.
    fix: SuggestedFix | None
    #: Whether it was diagnosed in the reader as it was written, with nothing patched.
    as_written: bool


class KnownCauses(NamedTuple):
    """What the explanation of a pair leaves for that of the next one, which is much alike."""

    causes: tuple[Cause, ...]
    #: Why its reader refuses their events.
    refusals: Refusals
    #: What parts of its writer accept.
    answers: PartAnswers
