"""Rules about pairs of Avro schemas, and about one of them."""

from __future__ import annotations

from evtcompat.rules.avro_meaning import MEANING_RULES
from evtcompat.rules.avro_names import NAME_RULES
from evtcompat.rules.avro_resolution import RESOLUTION_RULES
from evtcompat.rules.rule import Rule

AVRO_RULES: tuple[Rule, ...] = (*RESOLUTION_RULES, *NAME_RULES, *MEANING_RULES)
