"""Rules about subjects, histories and the gate itself, the same for every format."""

from __future__ import annotations

from evtcompat.rules.rule import Rule

HISTORY_RULES: tuple[Rule, ...] = ()
