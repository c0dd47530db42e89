"""Pairs that the registry's rules allow and a real decoder does not read: each is incompatible, for the reason named.

What the decoders do was seen on Avro Java 1.12.0 and 1.12.1 (both of its readers) and on fastavro 1.13; beside most
rows stands a near miss that they read.
"""

from __future__ import annotations

from typing import Any

import pytest

from avro_support import ENGINE, errors, parsed, related
from evtcompat import Verdict
from evtcompat.contract import Options, Settled
from evtcompat.model.witnesses import WitnessKind


def record(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"name": name, "type": type_, **more}


def array(items: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "array", "items": items}


FIXED: Any = {"type": "fixed", "name": "b.T", "size": 2}

#: the law, the rule, the reader, the writer
ASTRAY: tuple[tuple[str, str, Any, Any], ...] = (
    (
        "fastavro compares a fixed with the type of the branch that it takes by short name",
        "wrong-union-branch",
        [
            record("E", field("old", array("string"))),
            record("a.E", field("old", FIXED), field("z", "int", default=1)),
        ],
        [record("E", field("old", array("string"))), record("a.E", field("old", FIXED))],
    ),
)

#: the law, the reader, the writer
READ: tuple[tuple[str, Any, Any], ...] = (
    (
        "a fixed of the same name reads a fixed in whichever branch is taken",
        [record("E", field("old", FIXED)), record("a.E", field("old", "b.T"), field("z", "int", default=1))],
        [record("E", field("old", FIXED)), record("a.E", field("old", "b.T"))],
    ),
)


@pytest.mark.parametrize(("rule", "reader", "writer"), [row[1:] for row in ASTRAY], ids=[row[0] for row in ASTRAY])
def test_what_a_decoder_refuses_is_incompatible(rule: str, reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON values
    relation = related(reader, writer)
    assert relation.registry_verdict is Verdict.COMPATIBLE
    assert {one.rule for one in errors(relation)} == {rule}
    for one in errors(relation):
        assert one.facts["observed"]
        assert one.witness is not None
        if one.facts["decoder"] == "fastavro":
            assert one.witness.kind is WitnessKind.REFUSED
    answer = ENGINE.answer(parsed(reader), parsed(writer), Options(witnesses=False))
    assert isinstance(answer, Settled)
    assert answer.verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize(("reader", "writer"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_near_miss_is_read(reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON values
    relation = related(reader, writer)
    assert relation.registry_verdict is Verdict.COMPATIBLE
    assert errors(relation) == []
