"""Pairs of versions with known truth: none contradicted, all decided, every witness refused by a plain validator."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from evtcompat.model.verdicts import Policy
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, answer, shown
from reference_data import reference_rows

DIRECTIONS = (("old_in_new", "new", "old"), ("new_in_old", "old", "new"))
TRUTH = {"holds": COMPATIBLE, "refuted": INCOMPATIBLE}


def accepts(schema: dict[str, Any], instance: object) -> bool:
    """What the `jsonschema` library says when it is used as most people use it."""
    return bool(jsonschema.validators.validator_for(schema)(schema).is_valid(instance))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["json_cases.jsonl", "json_real.jsonl.gz"])
def test_every_direction_is_decided_as_it_is_known_to_be(name: str) -> None:
    contradictions, unconfirmed = [], []
    for row in reference_rows(name):
        for direction, reader, writer in DIRECTIONS:
            known = TRUTH.get(row.get(direction, {}).get("inclusion"))
            if known is None:
                continue
            found = answer(row[reader], row[writer])
            if found.verdict is not known:
                contradictions.append((row["id"], direction, found.verdict, shown(found)))
            elif known is INCOMPATIBLE:
                instance = json.loads(shown(found))
                if not accepts(row[writer], instance) or accepts(row[reader], instance):
                    unconfirmed.append((row["id"], direction, shown(found)))
    assert not contradictions
    assert not unconfirmed


def test_other_implementations_say_the_same_of_the_cases() -> None:
    """Of the pairs in `tests/data`: every counterexample is one, and only three inclusions are left to an argument."""
    open_ = []
    for row in reference_rows("json_cases.jsonl"):
        known = row["old_in_new"]
        if known["inclusion"] == "refuted":
            instance = known["counterexample"]
            assert accepts(row["old"], instance), row["id"]
            assert not accepts(row["new"], instance), row["id"]
            assert jsonschema_rs.is_valid(row["old"], instance, validate_formats=False), row["id"]
            assert not jsonschema_rs.is_valid(row["new"], instance, validate_formats=False), row["id"]
        else:
            old, new = (jsonschema_rs.canonicalize(row[side], validate_formats=False) for side in ("old", "new"))
            if new.covers(old) is not jsonschema_rs.canonical.Containment.YES:
                open_.append(row["id"])
    assert open_ == ["N11 pattern inclusion", "N12 pattern->length", "N16 recursion list widen"]


@pytest.mark.slow
def test_what_holds_strictly_holds_leniently() -> None:
    """The lenient writer produces less and the lenient reader accepts more."""
    for row in reference_rows("json_real.jsonl.gz"):
        for direction, reader, writer in DIRECTIONS:
            if row.get(direction, {}).get("inclusion") == "holds":
                assert answer(row[reader], row[writer], Policy.LENIENT).verdict is COMPATIBLE, row["id"]
