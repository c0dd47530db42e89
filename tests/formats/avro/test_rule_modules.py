"""A rule is one module: its name tells the rule, and every kind of difference has a rule that judges it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from evtcompat.formats.avro import differences, rules
from evtcompat.formats.avro.rule import AvroRule, Evidence
from evtcompat.formats.avro.rules import RULES
from evtcompat.model.verdicts import Severity


def test_every_module_makes_the_rule_of_its_name() -> None:
    modules = {path.stem for path in Path(rules.__path__[0]).glob("[a-z]*.py")}
    assert {rule.replace("-", "_") for rule in RULES} == modules


def test_every_kind_of_difference_is_judged() -> None:
    kinds = {kind for kind in vars(differences).values() if isinstance(kind, type) and kind is not NamedTuple}
    assert {judge.difference for rule in RULES.values() for judge in rule.judges} == kinds


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_consistent(rule: AvroRule) -> None:
    if rule.refused_by_registry:
        assert rule.text.severity is Severity.ERROR, "a registry refuses what the check lets pass"
    if rule.acceptable_after_fix:
        assert rule.text.severity is not Severity.ERROR, "a fix would bring an error with it"
    if rule.evidence is Evidence.NONE:
        assert (rule.sample, rule.isolate) == (None, None), "without a payload nothing is sampled or isolated"
        assert rule.text.severity is not Severity.ERROR, "an error without a payload proves nothing"
