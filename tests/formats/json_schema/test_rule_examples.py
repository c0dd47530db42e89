"""`evtcompat explain RULE`: the example of every rule raises the rule, when it is checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.rules.catalogue import JSON_SCHEMA_RULES
from evtcompat.formats.json_schema.rules.lint import RULES as LINT_RULES
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Policy, Severity

#: Rules that speak of one schema, the writer's.
OF_THE_WRITER = ("writer-unsatisfiable",)


def versions(rule: Rule) -> dict[str, Any]:
    """The schemas of the example by their words, ``before`` and ``after``; one alone is ``after``."""
    found = {}
    for line in rule.example.splitlines():
        word, _, text = line.partition(" ") if not line.startswith("{") else ("after", "", line)
        found[word] = json.loads(text)
    return found


def raised(reader: Any, writer: Any, options: Options) -> set[str]:  # noqa: ANN401 - any JSON
    parsed = [JSON_SCHEMA.parse(Document(one), NoReferences()) for one in (reader, writer)]
    return {one.rule for one in decision.compare(parsed[0], parsed[1], options).explanation().mismatches}


@pytest.mark.parametrize("rule", JSON_SCHEMA_RULES, ids=lambda rule: rule.id)
def test_the_example_raises_the_rule(rule: Rule) -> None:
    """From before to after, the consumer first; under the policy under which the rule exists."""
    schemas = versions(rule)
    if rule in LINT_RULES:
        schema = JSON_SCHEMA.parse(Document(schemas["after"]), NoReferences())
        assert rule.id in {one.rule for one in JSON_SCHEMA.lint(schema)}
        return
    reader, writer = ({}, schemas["after"]) if rule.id in OF_THE_WRITER else (schemas["after"], schemas["before"])
    found = set()
    for policy in Policy:
        found |= raised(reader, writer, Options(policy=policy, assert_formats=rule.id == "format-refused", strict=True))
    assert rule.id in found


def test_severities() -> None:
    """What refuses an event is an error; what merely deserves a look is less."""
    less = {rule.id: rule.severity for rule in JSON_SCHEMA_RULES if rule.severity is not Severity.ERROR}
    assert less == {
        "writer-unsatisfiable": Severity.WARNING,
        "format-changed": Severity.WARNING,
        "unknown-keyword": Severity.WARNING,
        "keyword-of-another-draft": Severity.WARNING,
        "keyword-of-another-language": Severity.WARNING,
        "keyword-beside-ref": Severity.WARNING,
        "keyword-without-effect": Severity.NOTE,
        "metaschema-address": Severity.NOTE,
        "unknown-format": Severity.NOTE,
    }
