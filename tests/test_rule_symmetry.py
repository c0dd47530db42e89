"""Rules come in mirrors: what the exchanged pair shows where a rule is raised. A rule without a mirror says why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from evtcompat.rules.catalogue import catalogue
from rule_cases import Case, all_cases

#: For each pair some case raises one rule in one direction and the other in the other direction.
MIRRORS = {
    # Avro
    ("connect-annotation-changed", "connect-annotation-changed"),
    ("connect-name-changed", "connect-name-changed"),
    ("decimal-scale-changed", "decimal-scale-changed"),
    ("fixed-size-mismatch", "fixed-size-mismatch"),
    ("ignored-logical-type-changed", "ignored-logical-type-changed"),
    ("invalid-default", "invalid-reader-default"),
    ("plain-read-as-logical-type", "logical-type-read-as-plain"),
    ("logical-type-changed", "logical-type-changed"),
    ("logical-type-refused", "logical-type-refused"),
    ("name-mismatch", "name-mismatch"),
    ("number-precision-lost", "type-mismatch"),
    ("string-read-as-bytes", "bytes-read-as-string"),
    ("string-read-as-uuid", "logical-type-read-as-plain"),
    ("time-unit-changed", "time-unit-changed"),
    ("type-defined-twice", "type-defined-twice"),
    ("type-mismatch", "type-mismatch"),
    # JSON Schema
    ("branch-not-accepted", "branches-overlap"),
    ("const-changed", "const-changed"),
    ("format-changed", "format-changed"),
    ("multiple-of-changed", "multiple-of-changed"),
    ("pattern-changed", "pattern-changed"),
    ("required-property-not-sent", "property-not-declared"),
    ("type-changed", "type-changed"),
}

WIDER = "the exchanged reader is the wider one: it refuses and loses nothing"
#: Why rules have no mirror.
ONE_WAY = {
    WIDER: {
        # Avro
        "decimal-precision-exceeded",
        "empty-array-default-in-union",
        "enum-symbol-defaulted",
        "missing-enum-symbols",
        "missing-union-branch",
        "reader-field-missing-default-value",
        # JSON Schema
        "value-fixed",
        "contains-changed",
        "content-model-closed",
        "dependency-demanded",
        "values-limited",
        "value-not-listed",
        "format-refused",
        "items-constrained",
        "items-not-admitted",
        "map-values-constrained",
        "max-items-exceeded",
        "max-length-exceeded",
        "max-properties-exceeded",
        "maximum-exceeded",
        "min-items-not-met",
        "min-length-not-met",
        "min-properties-not-met",
        "minimum-not-met",
        "no-branch-accepts",
        "excluded-by-not",
        "optional-property-required",
        "property-forbidden",
        "property-names-not-accepted",
        "type-not-accepted",
        "unique-items-demanded",
    },
    "decoders look at the aliases and the union of the reader only": {
        "alias-bridges-rename",
        "alias-renames-too-much",
        "ambiguous-field-alias",
        "dead-field-alias",
        "named-type-defined-elsewhere",
        "named-type-moved-in-union",
        "union-branches-share-name",
        "writer-default-refused",
        "wrong-union-branch",
    },
    "it speaks of one schema": {
        "default-of-later-branch",
        "invalid-name",
        "keyword-beside-ref",
        "keyword-of-another-draft",
        "keyword-of-another-language",
        "keyword-without-effect",
        "logical-type-ignored",
        "metaschema-address",
        "reader-schema-refused",
        "unknown-format",
        "unknown-keyword",
    },
    "where the writer is open to the name, so is the exchanged reader": {"property-constrained"},
    "it stands for whatever has no name of its own": {"instance-refused"},
    "as a reader it refuses everything, which the contradiction's own rule tells": {"writer-unsatisfiable"},
    "it speaks of a history or of the gate": {
        "array-read-as-types",
        "baseline-repaired",
        "gate-weakened",
        "published-version-edited",
        "registry-disagrees",
        "subject-removed",
        "version-not-recognised",
        "version-removed",
        "waiver-expired",
        "waiver-expiring",
        "waiver-unused",
        "channel-message-removed",
        "channel-removed",
        "operation-removed",
        "model-refuses-event",
        "produced-event-refused",
    },
}
PAIRS = [case for case in all_cases() if len(case.expected["results"]) > 1]


def directions(case: Case) -> Iterator[tuple[set[str], set[str]]]:
    """The rules of "new reads old" and of "old reads new", for each policy that the case is compared under."""
    raised = case.raised()
    for name, rules in raised.items():
        if name.startswith("new reads old"):
            yield rules, raised[name.replace("new reads old", "old reads new")]


def test_every_rule_has_a_mirror_or_a_reason_for_none() -> None:
    """Nothing is listed twice, nothing is missing, and no listed rule is stale."""
    mirrored = {rule for pair in MIRRORS for rule in pair}
    one_way = [rule for rules in ONE_WAY.values() for rule in rules]
    assert sorted({*mirrored, *one_way}) == sorted(catalogue())
    assert len(one_way) == len(set(one_way) - mirrored)


def test_mirrors_are_seen_in_the_cases() -> None:
    """Some case shows one in one direction and the other in the other, under one policy or another."""
    seen = set()
    for case in PAIRS:
        forth = {rule for rules, _ in directions(case) for rule in rules}
        back = {rule for _, rules in directions(case) for rule in rules}
        seen |= {*product(forth, back), *product(back, forth)}
    assert MIRRORS - seen == set()


def test_what_is_wider_one_way_is_not_narrower_the_other() -> None:
    """A rule without a mirror never stands alone in both directions."""
    for case in PAIRS:
        for forth, back in directions(case):
            assert not (len(forth) == 1 and forth == back and forth <= ONE_WAY[WIDER]), case.id


def test_limits_come_in_pairs() -> None:
    """A rule about a minimum that is raised has one about the maximum that is lowered, and the other way round."""
    raised = {rule.removesuffix("-raised") for rule in catalogue() if rule.endswith("-raised")}
    lowered = {rule.removesuffix("-lowered") for rule in catalogue() if rule.endswith("-lowered")}
    assert {rule.replace("min", "max", 1) for rule in raised} == lowered
