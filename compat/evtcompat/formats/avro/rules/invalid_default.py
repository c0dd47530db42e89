"""A wrong default that no comparison falls back on."""

from __future__ import annotations

from evtcompat.formats.avro.differences import DefaultWrong
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import wrong_default
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: DefaultWrong) -> Breach | None:
    return None if difference.stops_decoder else wrong_default(difference)


RULE = AvroRule(
    text=Rule(
        id="invalid-default",
        severity=Severity.WARNING,
        format="avro",
        sentence="The default of `{path}.{field}` is wrong: {reason}. Strict parsers refuse the schema for it.",
        cases={
            side: f"The default of `{{path}}.{{field}}` in {{{side}}} is wrong: {{reason}}. Strict parsers refuse the "
            "schema for it."
            for side in ("reader", "writer")
        },
        what="A default is no value of its field's type. Where a comparison falls back on it, a finding of its own "
        "says so.",
        why="The next reader of older events will use it; strict parsers, fastavro and registries refuse the schema.",
        example='{"name": "state", "type": {"type": "enum", "name": "S", "symbols": ["A"]}, "default": "B"}',
        remedy="Correct the default.",
    ),
    judges=(Judge(DefaultWrong, _breach),),
    evidence=Evidence.NONE,
)
