"""A change that lets more pass than the baseline did is told, whatever setting it turns."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from evtcompat.checking.gate import unreadable, weakened, weaker_level
from evtcompat.config import Config, load_config_text
from evtcompat.config.waivers import Waiver
from evtcompat.errors import ConfigError
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Severity

RICH = """
paths = ["schemas", "events"]
include = ["a/*.json"]
exclude = ["old/**"]
level = "FULL_TRANSITIVE"
policy = "strict"
fail-on = "warning"
undecided = "exit"
skipped = "fail"
default-branch = "main"
[severity]
waiver-unused = "error"
[subjects]
order = ["o/1.avsc", "o/2.avsc"]
[[overrides]]
subjects = ["billing-*"]
level = "FULL"
[registry]
url = "https://one.example"
subject-name-strategy = "topic"
[json-schema]
assert-formats = true
"""


def read(text: str) -> Config:
    config = load_config_text(text, "evtcompat.toml")
    assert config is not None
    return config


def changes(before: str, after: str) -> list[str]:
    findings = weakened(read(before), read(after))
    assert all(finding.rule == "gate-weakened" for finding in findings)
    return [finding.message.removeprefix("This change weakens its own gate: ").rstrip(".") for finding in findings]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"schemas", "events"', '"schemas"', ["`paths` no longer covers `events`"]),
        ('["schemas", "events"]', '["."]', []),
        ('["a/*.json"]', "[]", ["`include` no longer has `a/*.json`"]),
        ('["a/*.json"]', '["a"]', []),
        ('["old/**"]', '["old/**", "schemas/x"]', ["`exclude` gets `schemas/x`"]),
        ('["old/**"]', '["old/a/*"]', []),
        ('level = "FULL_TRANSITIVE"', 'level = "FULL"', ["`level` goes from FULL_TRANSITIVE to FULL"]),
        (
            'level = "FULL_TRANSITIVE"',
            'level = "BACKWARD_TRANSITIVE"',
            ["`level` goes from FULL_TRANSITIVE to BACKWARD_TRANSITIVE"],
        ),
        ('level = "FULL"\n', 'level = "NONE"\n', ["`level` goes from FULL to NONE for `billing-*`"]),
        ('["billing-*"]', '["bill*"]', ["`level` goes from FULL_TRANSITIVE to FULL for `bill*`"]),
        ('["billing-*"]', '["billing-eu"]', []),
        ('policy = "strict"', 'policy = "lenient"', ["`policy` goes from strict to lenient"]),
        ('fail-on = "warning"', 'fail-on = "error"', ["`fail-on` goes from warning to error"]),
        ('fail-on = "warning"', 'fail-on = "note"', []),
        ('undecided = "exit"', 'undecided = "warn"', ["`undecided` goes from exit to warn"]),
        ('undecided = "exit"', 'undecided = "error"', []),
        ('skipped = "fail"', 'skipped = "list"', ["`skipped` goes from fail to list"]),
        ('skipped = "fail"\n', "", ["`skipped` goes from fail to list"]),
        (
            'strategy = "topic"',
            'strategy = "record"',
            ["`registry.subject-name-strategy`, and with it the subjects compared, goes from topic to record"],
        ),
        (
            'default-branch = "main"',
            'default-branch = "mine"',
            ["`default-branch`, and with it the baseline, goes from main to mine"],
        ),
        (
            'waiver-unused = "error"',
            'waiver-unused = "off"',
            ["the severity of waiver-unused goes from error to off"],
        ),
        ('waiver-unused = "error"', "", ["the severity of waiver-unused goes from error to warning"]),
        ('order = ["o/1.avsc", "o/2.avsc"]', "", ["subject `order` is no longer mapped to its files"]),
        ('"o/1.avsc", ', "", ["subject `order` loses `o/1.avsc`"]),
        ('["o/1.avsc", "o/2.avsc"]', '"o/*.avsc"', []),
        (
            "one.example",
            "two.example",
            ["`registry.url`, and with it that baseline, goes from https://one.example to https://two.example"],
        ),
        ("assert-formats = true", "", ["`json-schema.assert-formats` goes from true to false"]),
        ("[registry]", "# no matter\n[registry]", []),
    ],
)
def test_what_weakens_and_what_does_not(old: str, new: str, expected: list[str]) -> None:
    assert old in RICH
    assert changes(RICH, RICH.replace(old, new)) == expected


def test_the_lattice_of_levels() -> None:
    """Weaker means that something the baseline asks for is missing; sideways is weaker too."""
    order = {
        level: {(direction, step) for direction in level.directions for step in range(1 + level.transitive)}
        for level in Level
    }
    for candidate, baseline in product(Level, Level):
        assert weaker_level(candidate, baseline) == (not order[baseline] <= order[candidate])


def test_a_new_override_for_a_subject_is_seen_by_its_name_and_by_its_path() -> None:
    override = "[[overrides]]\n{} = ['{}']\nlevel = 'NONE'\n"
    assert changes("", override.format("subjects", "billing-*")) == ["`level` goes from FULL to NONE for `billing-*`"]
    assert changes("", override.format("paths", "a/**")) == ["`level` goes from FULL to NONE for `a/**`"]


def test_overrides_that_change_places_are_seen_through_the_subjects_of_the_run() -> None:
    """Neither pattern holds the other; only a subject that both name shows which one wins."""
    first = "[[overrides]]\nsubjects = ['billing-*']\nlevel = 'NONE'\n"
    second = "[[overrides]]\nsubjects = ['*-eu']\nlevel = 'FULL'\n"
    before, after = read(first + second), read(second + first)
    messages = [finding.message for finding in weakened(before, after, subjects=[("billing-eu", None), ("x", None)])]
    assert messages == ["This change weakens its own gate: `level` goes from FULL to NONE for `billing-eu`."]


def test_the_severity_is_the_baselines() -> None:
    """The candidate cannot silence the rule that tells of it."""
    off = "level = 'NONE'\n[severity]\ngate-weakened = 'off'\n"
    by_default = weakened(read(""), read(off))
    assert {finding.severity for finding in by_default} == {Severity.WARNING}
    assert len(by_default) == 2
    error = weakened(read("[severity]\ngate-weakened = 'error'\n"), read(off))
    assert {finding.severity for finding in error} == {Severity.ERROR}
    assert weakened(read("[severity]\ngate-weakened = 'off'\n"), read("level = 'NONE'\n")) == ()


def test_a_removed_configuration_is_told_and_so_is_what_the_defaults_lose() -> None:
    messages = [finding.message for finding in weakened(read('level = "FULL_TRANSITIVE"'), None)]
    assert messages == [
        "This change weakens its own gate: the whole configuration is removed; the defaults hold.",
        "This change weakens its own gate: `level` goes from FULL_TRANSITIVE to FULL.",
    ]


def test_without_a_configuration_at_the_baseline_the_defaults_are_what_is_weakened() -> None:
    assert [finding.message for finding in weakened(None, read('level = "BACKWARD"'))] == [
        "This change weakens its own gate: `level` goes from FULL to BACKWARD."
    ]
    assert weakened(None, None) == ()
    assert weakened(None, read('level = "FULL_TRANSITIVE"')) == ()


def test_waivers_that_are_added_or_prolonged() -> None:
    old = Waiver("a" * 24, "subject-removed", "order", "why", "ann", date(2027, 1, 1))
    later = Waiver("a" * 24, "subject-removed", "order", "why", "ann", date(2027, 2, 1))
    new = Waiver("b" * 24, "subject-removed", "pay", "why", "bob", date(2027, 1, 1))
    assert weakened(None, None, waivers_before=[old, new], waivers_after=[old]) == ()
    assert weakened(None, None, waivers_before=[later], waivers_after=[old]) == ()
    messages = [f.message for f in weakened(None, None, waivers_before=[old], waivers_after=[later, new])]
    assert [message.removeprefix("This change weakens its own gate: ") for message in messages] == [
        f"the waiver of {'a' * 24} (subject-removed, order) is prolonged from 2027-01-01 to 2027-02-01.",
        f"a waiver of {'b' * 24} (subject-removed, pay) is added, until 2027-01-01; its owner is bob.",
    ]


def test_the_finding_points_at_both_files() -> None:
    (finding,) = weakened(read("\nlevel = 'FULL'"), read("level = 'NONE'"))
    assert (finding.reader.line, finding.writer.line) == (1, 2)
    assert len(finding.fingerprint) == 24


def test_a_baseline_that_cannot_be_read_is_told_and_does_not_block_its_own_repair() -> None:
    with pytest.raises(ConfigError) as caught:
        read("level = 3")
    (finding,) = unreadable(caught.value, read(""))
    assert finding.severity is Severity.WARNING
    assert "the baseline's file is broken (`level` must be a string; found an integer)" in finding.message
    assert finding.writer.line == 1
