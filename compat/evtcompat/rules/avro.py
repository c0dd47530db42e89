"""Rules about pairs of Avro schemas."""

from __future__ import annotations

from evtcompat.rules.rule import Rule

AVRO_RULES: tuple[Rule, ...] = ()
