"""Rules about pairs of Avro schemas, and about one of them."""

from __future__ import annotations

from evtcompat.formats.avro.rules.meaning import MEANING_RULES
from evtcompat.formats.avro.rules.names import NAME_RULES
from evtcompat.formats.avro.rules.resolution import RESOLUTION_RULES
from evtcompat.model.rules import Rule

AVRO_RULES: tuple[Rule, ...] = (*RESOLUTION_RULES, *NAME_RULES, *MEANING_RULES)
