"""Rules come in mirrors: what the exchanged pair shows where a rule is raised. A rule without a mirror says why.

`tests/cases/<rule-id>/mirror.txt` names the mirror, or says in a sentence why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from evtcompat.rules.catalogue import catalogue
from rule_cases import CASES, Case, all_cases
from source_files import report

SAID = {path.parent.name: path.read_text(encoding="utf-8").strip() for path in CASES.glob("*/mirror.txt")}
#: For each some case raises the rule in one direction and its mirror in the other.
MIRRORS = {(rule, said) for rule, said in SAID.items() if said in catalogue()}
#: The reason of a rule that the exchanged pair, whose reader is the wider one, has no counterpart for.
WIDER = "The exchanged reader is the wider one: it refuses and loses nothing."
PAIRS = [case for case in all_cases() if len(case.expected["results"]) > 1]


def directions(case: Case) -> Iterator[tuple[set[str], set[str]]]:
    """The rules of "new reads old" and of "old reads new", for each policy that the case is compared under."""
    raised = case.raised()
    for name, rules in raised.items():
        if name.startswith("new reads old"):
            yield rules, raised[name.replace("new reads old", "old reads new")]


def test_every_rule_has_a_mirror_or_a_reason_for_none() -> None:
    unsaid = {path.name for path in CASES.iterdir() if not SAID.get(path.name)}
    report(
        (f"tests/cases/{rule}/mirror.txt" for rule in unsaid),
        "Name the rule that the exchanged pair raises, or say in a sentence why it raises none.",
    )
    report(
        (
            f"tests/cases/{rule}/mirror.txt: {said}"
            for rule, said in SAID.items()
            if not (" " in said or said in catalogue())
        ),
        "There is no such rule.",
    )


def test_mirrors_are_seen_in_the_cases() -> None:
    """Some case shows one in one direction and the other in the other, under one policy or another."""
    seen = set()
    for case in PAIRS:
        forth = {rule for rules, _ in directions(case) for rule in rules}
        back = {rule for _, rules in directions(case) for rule in rules}
        seen |= {*product(forth, back), *product(back, forth)}
    report(
        (f"{rule} and {mirror}" for rule, mirror in MIRRORS - seen),
        "No case raises one of these in one direction and the other in the other: add one, or mend mirror.txt.",
    )


def test_what_is_wider_one_way_is_not_narrower_the_other() -> None:
    """A rule without a mirror never stands alone in both directions."""
    one_way = {rule for rule, said in SAID.items() if said == WIDER}
    assert one_way
    for case in PAIRS:
        for forth, back in directions(case):
            assert not (len(forth) == 1 and forth == back and forth <= one_way), case.id


def test_limits_come_in_pairs() -> None:
    """A rule about a limit from below has one about the limit from above, and the other way round."""
    below = {rule.removesuffix("-not-met") for rule in catalogue() if rule.endswith("-not-met")}
    above = {rule.removesuffix("-exceeded") for rule in catalogue() if rule.endswith("-exceeded")}
    assert {"minimum", "min-length"} <= below
    assert {limit.replace("min", "max", 1) for limit in below} == {limit for limit in above if limit.startswith("max")}
