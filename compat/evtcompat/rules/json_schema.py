"""Rules about pairs of JSON Schemas, and about one of them."""

from __future__ import annotations

from evtcompat.rules.rule import Rule

JSON_SCHEMA_RULES: tuple[Rule, ...] = ()
