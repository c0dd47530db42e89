"""The registry verdict is Avro Java's, and no pair is called compatible that a decoder was seen to fail on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evtcompat.errors import SchemaError
from evtcompat.model.verdicts import Verdict
from evtcompat.rules.catalogue import catalogue
from formats.avro.comparing import ENGINE, errors, parsed, registry_verdict, related
from reference_data import reference_rows

DISAGREEMENTS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "disagreements.json").read_text(encoding="utf-8")
)


def java(case: dict[str, Any]) -> str:
    verdict = str(case["avro_java"]["verdict"])
    return "incompatible" if verdict == "error" else verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", ["avro_generated.jsonl.gz", "avro_real.jsonl.gz"])
def test_registry_verdict_equals_java_on_every_pair(name: str) -> None:
    wrong = [
        case["id"]
        for case in reference_rows(name)
        if registry_verdict(case["reader"], case["writer"]).value != java(case)
    ]
    assert wrong == []


def test_edge_cases_agree_with_java_except_where_listed() -> None:
    """Each disagreement is listed with its reason; an entry that no longer disagrees fails."""
    found = {}
    for case in reference_rows("avro_cases.jsonl"):
        try:
            verdict = registry_verdict(case["reader"], case["writer"]).value
        except SchemaError:
            # Java's parser refuses these as well; they have no verdict on either side.
            assert case["avro_java"]["verdict"] == "error", case["id"]
            continue
        if verdict != java(case):
            found[case["id"]] = {"java": case["avro_java"]["verdict"], "ours": verdict}
    listed = {name: {"java": entry["java"], "ours": entry["ours"]} for name, entry in DISAGREEMENTS.items()}
    assert found == listed


#: Cases that Java refuses for another reason, and why that is none of ours.
OTHER_REASONS = {
    "enum-missing-field-enum-default": "Java holds an enum with a default against the record that lacks the field",
}


def test_findings_have_the_name_that_java_has_for_them() -> None:
    others = {}
    for case in reference_rows("avro_cases.jsonl"):
        theirs = {one["type"] for one in case["avro_java"].get("incompatibilities", ())}
        if theirs:
            found = errors(related(case["reader"], case["writer"], witnesses=False))
            ours = {catalogue()[one.rule].registry_name for one in found}
            if ours != theirs:
                others[case["id"]] = (ours, theirs)
    assert others.keys() == OTHER_REASONS.keys(), others


def test_a_listed_disagreement_is_told_as_a_rejection() -> None:
    for case in reference_rows("avro_cases.jsonl"):
        if case["id"] in DISAGREEMENTS:
            assert ENGINE.rejection(parsed(case["reader"])) is not None


def test_no_edge_case_is_compatible_that_a_decoder_failed_on() -> None:
    unsound = []
    for case in reference_rows("avro_cases.jsonl"):
        failed = case["java_decode"].get("failed") or case["fastavro_decode"].get("failed")
        if not failed:
            continue
        try:
            explanation = related(case["reader"], case["writer"], witnesses=False)
        except SchemaError:
            continue
        if not errors(explanation):
            unsound.append(case["id"])
    assert unsound == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz"])
def test_every_incompatible_verdict_is_explained_and_witnessed(name: str) -> None:
    """A registry's no has an error of ours; every error has a witness, and every sentence can be written."""
    for case in reference_rows(name):
        try:
            explanation = related(case["reader"], case["writer"])
        except SchemaError:
            continue
        found = errors(explanation)
        if registry_verdict(case["reader"], case["writer"]) is Verdict.INCOMPATIBLE:
            assert found, case["id"]
        assert all(one.witness is not None for one in found), case["id"]
        for one in explanation.mismatches:
            pending = [one]
            while pending:
                here = pending.pop()
                sentence = catalogue()[here.rule].sentence.format(reader="v2", writer="v1", **here.facts)
                assert "{" not in sentence.replace("{}", ""), sentence
                pending += here.because


@pytest.mark.slow
def test_classic_mismatches_of_real_pairs_are_seen_to_be_refused() -> None:
    """On real pairs a decoder confirms every error by refusing the payload.

    A wrong default of a union that fits another branch is used as it stands; Avro Java refuses those.
    """
    seen = {
        (one.rule, one.witness.kind.value)
        for case in reference_rows("avro_real.jsonl.gz")
        for one in errors(related(case["reader"], case["writer"]))
        if one.witness is not None
    }
    assert {rule for rule, kind in seen if kind != "refused"} == {"invalid-reader-default"}
