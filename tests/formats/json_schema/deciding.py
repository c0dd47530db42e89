"""Asking the engine in tests, where an unconfirmed witness raises instead of leaving the question open."""

from __future__ import annotations

import json

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.options import Options
from evtcompat.model.documents import Document, References
from evtcompat.model.verdicts import Policy, Verdict

COMPATIBLE, INCOMPATIBLE, UNDECIDED = Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNDECIDED


def strict(policy: Policy = Policy.STRICT, *, budget: int | None = None, assert_formats: bool = False) -> Options:
    """Options for `decide` and what follows it."""
    return Options(policy=policy, budget=budget, assert_formats=assert_formats, strict=True)


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
    return decide(one, other, strict(policy, budget=budget))


def shown(found: Answer) -> str:
    """The instance as JSON text."""
    return exact.dump(found.instance)
