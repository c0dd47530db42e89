"""Whatever a schema holds: an answer, or an error of evtcompat that says what is wrong; and always the same one."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import fastavro
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat import check, compare
from evtcompat.errors import EvtcompatError, FaultError
from evtcompat.model.verdicts import Verdict
from formats.avro.comparing import ENGINE, ROOT, parsed
from formats.avro.hostile_pairs import hostile_pair

#: Pairs that two processes are asked about.
ASKED = 150


def compared(reader: Any, writer: Any) -> Any:
    """Everything that a comparison says."""
    found = compare(reader=reader, writer=writer, format="avro")
    findings = [
        (one.rule, one.severity.value, one.message, one.reader, one.writer, one.fingerprint, one.fix, one.witness)
        for one in found.findings
    ]
    return found.verdict.value, found.registry_verdict.value, findings, found.undecided


def checked(candidate: Any, before: Any) -> Any:
    """What a report says as a whole."""
    report = check(candidate=candidate, history=[before], format="avro")
    return report.verdict.value, [one.message for one in report.errors]


def looked_at(schema: Any, _: Any) -> Any:
    """What is said of one schema."""
    found = parsed(schema)
    return ENGINE.lint(found), ENGINE.rejection(found)


def written(writer: Any, reader: Any) -> Any:
    """The payloads of a schema, and what another reads of the first few."""
    ours, theirs = ENGINE.payloads(parsed(reader)), ENGINE.payloads(parsed(writer))
    said = [theirs.content]
    for one in theirs.generate(0)[:8]:
        said += [one.label, one.body.hex(), answer(lambda body, _: ours.read(theirs, body), one.body, None)]
    return said


def answer(ask: Callable[[Any, Any], Any], first: Any, second: Any) -> str:
    """What is said, or the error that evtcompat gives; a fault of its own is none."""
    try:
        return repr(ask(first, second))
    except FaultError:
        raise
    except EvtcompatError as error:
        return str(error)


def answers(seed: int) -> list[str]:
    """Everything that is said of one pair."""
    reader, writer = hostile_pair(seed)
    return [
        answer(compared, reader, writer),
        answer(compared, writer, reader),
        answer(checked, reader, writer),
        answer(looked_at, reader, None),
        answer(written, writer, reader),
    ]


@pytest.mark.slow
@settings(max_examples=examples(2000), deadline=None)
@example(5)
@example(3367427)  # a union of a record that is called bytes
@given(st.integers(0, 10**9))
def test_nothing_but_errors_of_evtcompat_is_raised(seed: int) -> None:
    assert all(answers(seed))


def digest() -> str:
    """One word for what is said of many pairs."""
    said = json.dumps([answers(seed) for seed in range(ASKED)])
    return hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.slow
def test_answers_do_not_depend_on_the_seed_of_hashes() -> None:
    program = "from formats.avro.test_hostile_values import digest; print(digest())"
    path = os.pathsep.join([str(ROOT / "compat"), str(ROOT / "tests")])
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    said = [run.communicate()[0].strip() for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert said[0] == said[1] != ""


def field(type_: Any, default: Any) -> dict[str, Any]:
    """A record with one field."""
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": type_, "default": default}]}


EMPTY: Any = {"type": "record", "name": "R", "fields": []}


@pytest.mark.parametrize("type_", ["float", "double"])
@pytest.mark.parametrize("default", [10**400, -(10**400)])
def test_a_number_that_no_double_holds_is_a_wrong_default(type_: str, default: int) -> None:
    """The Python decoder refuses the schema for it; Avro Java takes it for infinity."""
    found = compare(reader=field(type_, default), writer=EMPTY, format="avro")
    assert found.verdict is Verdict.INCOMPATIBLE
    assert f"outside the range of {type_}" in found.findings[0].message
    with pytest.raises(OverflowError):
        fastavro.parse_schema(field(type_, default))


@pytest.mark.parametrize(
    ("type_", "default"),
    [("double", 10**308), ("double", 1e308), ("double", 2**1023), ("float", 10**38), ("double", -1), ("float", 0)],
)
def test_a_number_that_a_double_holds_is_a_default(type_: str, default: float) -> None:
    assert compare(reader=field(type_, default), writer=EMPTY, format="avro").findings == ()
    fastavro.schemaless_reader(io.BytesIO(b""), EMPTY, field(type_, default))


def test_no_default_of_two_gigabytes_is_suggested() -> None:
    huge = {"type": "fixed", "name": "F", "size": 2**31 - 1}
    (one,) = compare(reader={**EMPTY, "fields": [{"name": "a", "type": huge}]}, writer=EMPTY, format="avro").findings
    assert one.fix is None


@pytest.mark.parametrize("type_", ["double", "float", "boolean"])
def test_what_a_decoder_said_has_no_addresses(type_: str) -> None:
    """The decoder shows the stream that it reads from; its address is another one in every process."""
    ours = ENGINE.payloads(parsed(type_))
    with pytest.raises(EvtcompatError, match=f"cannot read {type_} from the payload$"):
        ours.decode(b"")
