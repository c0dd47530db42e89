"""Whether a decoder may diverge from the rules is foreseen: where it is not, the decoder's model finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.compatibility import confirm, decide
from evtcompat.formats.avro.decoders.models import divergences
from evtcompat.formats.avro.decoders.screening import EVERY, may_diverge
from formats.avro.comparing import parsed
from formats.avro.random_pairs import pair
from reference_data import reference_rows


def overlooked(reader: Any, writer: Any) -> list[str]:  # noqa: ANN401 - any JSON values
    """The divergences in a compatible pair, of decoders that are foreseen to resolve it by the rules."""
    try:
        ours, theirs = parsed(reader), parsed(writer)
    except SchemaError:
        return []
    found = []
    for one, other in ((ours, theirs), (theirs, ours)):
        compatibility = confirm(one, other, decide(one, other))
        if compatibility.compatible and not compatibility.harmful:
            found += [
                divergence.what
                for divergence in divergences(one, other, EVERY - may_diverge(one, other, compatibility))
            ]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz"])
def test_no_divergence_is_overlooked_in_the_reference_data(name: str) -> None:
    wrong = {case["id"]: overlooked(case["reader"], case["writer"]) for case in reference_rows(name)}
    assert {key: what for key, what in wrong.items() if what} == {}


@pytest.mark.slow
@settings(max_examples=examples(1500), deadline=None)
@given(st.integers(0, 10**9))
def test_no_divergence_is_overlooked_in_random_pairs(seed: int) -> None:
    assert overlooked(*pair(seed)) == []


@pytest.mark.slow
def test_most_pairs_need_no_model_and_some_do() -> None:
    """Otherwise the laws above would hold for want of cases, or decoders would be asked about everything."""
    seen = {True: 0, False: 0}
    for seed in range(1000):
        try:
            reader, writer = (parsed(side) for side in pair(seed))
        except SchemaError:
            continue
        compatibility = confirm(reader, writer, decide(reader, writer))
        if compatibility.compatible:
            seen[bool(may_diverge(reader, writer, compatibility))] += 1
    assert seen[False] > seen[True] > 20
