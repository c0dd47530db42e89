"""The catalogue finds each rule where it is written, and asks no further than it has to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evtcompat.config.waivers import parse_waivers
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.rules.catalogue import catalogue
from evtcompat.rules.history import HISTORY_RULES

WAIVER = """
[[waivers]]
fingerprint = "0123456789abcdef01234567"
rule = "{rule}"
subject = "s"
reason = "r"
owner = "o"
expires = 2027-01-01
"""
#: Prints which modules with rules are there once the format's own rule and one about histories were asked for.
ASK = """
import sys
from evtcompat.formats.loading import by_name
from evtcompat.rules.catalogue import catalogue
assert catalogue().rule("subject-removed").format is None
assert catalogue().rule("{rule}", by_name("{name}")).format == "{name}"
print(*(name for name in sys.modules if name.startswith("evtcompat.formats.") and name.endswith(".rules")))
print("importlib.metadata" in sys.modules)
"""


def test_it_holds_what_every_format_and_the_histories_bring() -> None:
    brought = [*HISTORY_RULES, *AVRO.rules, *JSON_SCHEMA.rules]
    assert len({rule.id for rule in brought}) == len(brought)
    assert dict(catalogue()) == {rule.id: rule for rule in brought}
    assert list(catalogue()) == sorted(rule.id for rule in brought)


@pytest.mark.parametrize(
    ("name", "rule", "module"),
    [
        ("avro", "reader-field-missing-default-value", "avro.rules"),
        ("json-schema", "required-property-not-sent", "json_schema.rules"),
    ],
)
def test_a_rule_of_one_format_loads_no_other_and_reads_no_metadata(name: str, rule: str, module: str) -> None:
    script = ASK.format(name=name, rule=rule)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [f"evtcompat.formats.{module}", "False"]


def test_a_rule_is_known_by_the_id_that_it_had_first() -> None:
    renamed = [rule for rule in catalogue().values() if rule.formerly]
    assert renamed
    for rule in renamed:
        assert catalogue()[rule.formerly] is rule
        assert rule.formerly not in list(catalogue())
        read = parse_waivers(WAIVER.format(rule=rule.formerly), "w.toml")[0]
        assert read.rule == rule.id


def test_no_id_tells_an_edit_that_only_one_side_can_have_made() -> None:
    """A rule about a pair is met in both directions: what one side added, the other one lacks."""
    told = ("-added", "-removed", "-lowered", "-raised", "-narrowed", "-widened", "-dropped")
    about_pairs = [rule for rule in catalogue().values() if rule.format is not None]
    assert [rule.id for rule in about_pairs if rule.id.endswith(told)] == []


def test_an_id_that_nobody_has_is_none() -> None:
    assert "no-such-rule" not in catalogue()
    with pytest.raises(KeyError, match="no-such-rule"):
        catalogue().rule("no-such-rule", AVRO)
