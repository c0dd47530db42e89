"""How the rules of this package are written down."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_REFUSED = "{where} must {accepts} for {reader}, which refuses all other events; in {writer} it {sends}."


def error(
    rule_id: str, sentence: str, *, what: str, why: str, example: str, remedy: str, limits: str = "", lacking: str = ""
) -> Rule:
    """A rule about events that the reader refuses."""
    return Rule(rule_id, Severity.ERROR, "json-schema", sentence, what, why, example, remedy, limits, lacking=lacking)


def limit(rule_id: str, thing: str, before: str, after: str, *, remedy: str = "") -> Rule:
    """The rule about a limit that became tighter, or was added."""
    return error(
        rule_id,
        _REFUSED,
        what=f"The reader limits {thing} more tightly than the writer, or limits it and the writer does not.",
        why="Events between the two limits are valid for producers and refused by consumers.",
        example=f"before  {before}\nafter   {after}",
        remedy=remedy
        or "Keep the wider limit in the reader until no event beyond the new one is left; tighten the producers first.",
    )
