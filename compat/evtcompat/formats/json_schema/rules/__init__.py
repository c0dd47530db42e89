"""Rules about pairs of JSON Schemas, and about one of them.

Every error below is raised only where an event was found that the writer may produce and the reader refuses; a
difference that refuses nothing is no finding.
"""

from __future__ import annotations

from evtcompat.formats.json_schema.rules.lint import LINT_RULES
from evtcompat.formats.json_schema.rules.members import MEMBER_RULES
from evtcompat.formats.json_schema.rules.values import VALUE_RULES
from evtcompat.model.rules import Rule

JSON_SCHEMA_RULES: tuple[Rule, ...] = (*MEMBER_RULES, *VALUE_RULES, *LINT_RULES)
