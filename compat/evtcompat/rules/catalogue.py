"""Every rule by its id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from evtcompat.model.rules import Rule


@cache
def catalogue() -> Mapping[str, Rule]:
    """All rules, sorted by id. Built once; the ids are unique (a test holds that)."""
    from evtcompat.formats.avro.rules import AVRO_RULES
    from evtcompat.formats.json_schema.rules.catalogue import JSON_SCHEMA_RULES
    from evtcompat.rules.history import HISTORY_RULES

    rules = (*AVRO_RULES, *HISTORY_RULES, *JSON_SCHEMA_RULES)
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
