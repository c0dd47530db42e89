"""Asking the engine in tests: an unconfirmed witness raises, and every answer is looked at with other eyes."""

from __future__ import annotations

import json

import pytest

from evtcompat.formats.base import Options
from evtcompat.formats.json_schema import decide as deciding
from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.schemas import load_schema
from evtcompat.model.documents import Document, References
from evtcompat.model.verdicts import Policy, Verdict

COMPATIBLE, INCOMPATIBLE, UNDECIDED = Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNDECIDED


@pytest.fixture(autouse=True)
def unconfirmed_witnesses_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "RAISE_UNCONFIRMED", True)


def document(value: Value | str) -> Document:
    """A document of a value, or of a JSON text where exact numbers matter."""
    return Document(json.loads(value), text=value) if isinstance(value, str) else Document(value)


def answer(
    reader: Value | str,
    writer: Value | str,
    policy: Policy = Policy.STRICT,
    references: References | None = None,
    budget: int | None = None,
) -> Answer:
    """What the engine says of "reader reads writer"."""
    one, other = load_schema(document(reader), references), load_schema(document(writer), references)
    return deciding.decide(one, other, Options(policy=policy, budget=budget))


def shown(found: Answer) -> str:
    """The instance as JSON text."""
    return exact.dump(found.instance)
