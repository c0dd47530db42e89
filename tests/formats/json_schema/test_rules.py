"""The catalogue of JSON Schema rules: each is raised by a case, tells what it promises, has a mirror or a reason."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evtcompat.formats.json_schema.dialects import DRAFT7
from evtcompat.formats.json_schema.lint import lint
from evtcompat.formats.json_schema.rules import JSON_SCHEMA_RULES
from evtcompat.formats.json_schema.rules.lint import LINT_RULES
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Format, Severity
from evtcompat.rules.catalogue import catalogue

CASES = Path(__file__).parent / "cases"

#: What the exchanged pair shows where this rule is raised; each pair is listed once.
MIRRORS = {
    ("required-property-added", "property-removed"),
    ("type-changed", "type-changed"),
    ("const-changed", "const-changed"),
    ("format-changed", "format-changed"),
    ("pattern-changed", "pattern-changed"),
    ("multiple-of-changed", "multiple-of-changed"),
    ("branch-removed", "branches-overlap"),
}

_WIDER = "the exchanged reader is the wider one and refuses nothing"
#: Rules without a mirror, and why.
ONE_WAY = {
    **dict.fromkeys(
        (
            "property-became-required", "content-model-closed", "map-values-constrained", "items-constrained",
            "property-forbidden",
            "property-names-narrowed", "dependency-added", "items-removed", "no-branch-accepts", "not-widened",
            "type-narrowed", "enum-value-removed", "enum-added", "const-added", "minimum-raised", "maximum-lowered",
            "min-length-raised", "max-length-lowered", "min-items-raised", "max-items-lowered",
            "min-properties-raised", "max-properties-lowered", "format-refused", "contains-changed",
            "unique-items-added",
        ),
        _WIDER,
    ),
    "property-added": "where the writer is open to the name, so is the exchanged reader",
    "instance-refused": "it stands for whatever has no name of its own",
    "writer-unsatisfiable": "as a reader it refuses everything, which the contradiction's own rule tells",
    **dict.fromkeys((rule.id for rule in LINT_RULES), "it speaks of one schema"),
}  # fmt: skip


def raised() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for file in CASES.glob("*/expected.json"):
        for result in json.loads(file.read_text()).values():
            for one in result["findings"]:
                found.setdefault(one["rule"], []).append(one)
    return found


def lint_facts(rule_id: str) -> dict[str, Any]:
    schema: Any = {
        "mexLength": 3,
        "prefixItems": [True],
        "then": {},
        "properties": {"a": {"$ref": "#", "maxLength": 3}},
    }
    return next(dict(one.facts) for one in lint(schema, DRAFT7) if one.rule == rule_id)


@pytest.mark.parametrize("rule", JSON_SCHEMA_RULES, ids=lambda rule: rule.id)
def test_a_rule_is_raised_by_a_case_and_tells_what_it_promises(rule: Rule) -> None:
    """Each rule has a case that raises it, all of its texts, and a sentence that its facts fill."""
    assert rule.format is Format.JSON_SCHEMA
    assert all((rule.what, rule.why, rule.example, rule.remedy))
    places = set(re.findall(r"{(\w+)}", rule.sentence)) - {"reader", "writer"}
    if rule in LINT_RULES:
        facts = [lint_facts(rule.id)]
    elif rule.id in UNRAISED:
        return
    else:
        facts = [one["facts"] for one in raised()[rule.id]]
    for one in facts:
        assert places <= set(one), rule.id
        assert not re.search(r"{[a-z_]+}", rule.sentence.format(**{**one, "reader": "v2", "writer": "v1"}))


#: Rules that no pair of documents raises with default options, each with the test that does.
UNRAISED = {
    "format-refused": "test_explanation.py::test_an_asserted_format_is_an_error",
    "instance-refused": "test_explanation.py::test_what_has_no_name_is_still_an_error",
}


def test_cases_raise_known_rules_only() -> None:
    """Every kind of finding that a case shows is in the catalogue; the exceptions above are no cases."""
    assert set(raised()) <= set(catalogue())
    assert not set(raised()) & set(UNRAISED)


def test_every_rule_has_a_mirror_or_a_reason_for_none() -> None:
    """Nothing is listed twice, nothing is missing, and no listed rule is stale."""
    mirrored = {rule for pair in MIRRORS for rule in pair}
    assert not mirrored & set(ONE_WAY)
    assert mirrored | set(ONE_WAY) == {rule.id for rule in JSON_SCHEMA_RULES}


def test_mirrors_are_seen_in_the_cases() -> None:
    """For each pair of mirrors some case shows one in one direction and the other in the other direction."""
    seen = set()
    for file in CASES.glob("*/expected.json"):
        results = json.loads(file.read_text())
        forth, back = (
            {one["rule"] for policy in ("strict", "lenient") for one in results[f"{way}, {policy}"]["findings"]}
            for way in ("v2 reads v1", "v1 reads v2")
        )
        seen |= {(one, other) for one in forth for other in back} | {(other, one) for one in forth for other in back}
    assert {pair for pair in MIRRORS if pair not in seen} == set()


def test_one_way_rules_do_not_mirror_themselves() -> None:
    """A rule without a mirror because the other direction is wider never stands alone in both directions."""
    for file in CASES.glob("*/expected.json"):
        results = json.loads(file.read_text())
        for policy in ("strict", "lenient"):
            forth = [one["rule"] for one in results[f"v2 reads v1, {policy}"]["findings"]]
            back = [one["rule"] for one in results[f"v1 reads v2, {policy}"]["findings"]]
            if len(forth) == 1 and forth == back:
                assert ONE_WAY.get(forth[0]) != _WIDER, (file.parent.name, forth)


def test_severities() -> None:
    """What refuses an event is an error; what merely deserves a look is less."""
    less = {rule.id: rule.severity for rule in JSON_SCHEMA_RULES if rule.severity is not Severity.ERROR}
    assert less == {
        "writer-unsatisfiable": Severity.WARNING,
        "format-changed": Severity.WARNING,
        "unknown-keyword": Severity.WARNING,
        "keyword-of-another-draft": Severity.WARNING,
        "keyword-beside-ref": Severity.WARNING,
        "keyword-without-effect": Severity.NOTE,
    }
