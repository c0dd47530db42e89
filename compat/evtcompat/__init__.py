"""evtcompat tells whether an event schema change breaks a deployed consumer, and proves it with a payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evtcompat.api import check, compare
    from evtcompat.errors import EvtcompatError, SchemaError
    from evtcompat.model.findings import Finding
    from evtcompat.model.levels import Direction, Level
    from evtcompat.model.reports import Comparison, Report
    from evtcompat.model.verdicts import Policy, Severity, Verdict
    from evtcompat.model.witnesses import Witness

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Direction",
    "EvtcompatError",
    "Finding",
    "Level",
    "Policy",
    "Report",
    "SchemaError",
    "Severity",
    "Verdict",
    "Witness",
    "__version__",
    "check",
    "compare",
]

_HOMES = {
    "check": "evtcompat.api",
    "compare": "evtcompat.api",
    "EvtcompatError": "evtcompat.errors",
    "SchemaError": "evtcompat.errors",
    "Finding": "evtcompat.model.findings",
    "Direction": "evtcompat.model.levels",
    "Level": "evtcompat.model.levels",
    "Comparison": "evtcompat.model.reports",
    "Report": "evtcompat.model.reports",
    "Policy": "evtcompat.model.verdicts",
    "Severity": "evtcompat.model.verdicts",
    "Verdict": "evtcompat.model.verdicts",
    "Witness": "evtcompat.model.witnesses",
}


def __getattr__(name: str) -> object:
    """The public names, imported when first used: `import evtcompat` alone must cost next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        message = f"module 'evtcompat' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
