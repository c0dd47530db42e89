"""A name with characters that Avro does not allow."""

from __future__ import annotations

from evtcompat.formats.avro.differences import NameIllegal
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: NameIllegal) -> Breach:
    return Breach({"name": difference.name, "reason": f"{difference.fault}, in {difference.owner}"})


RULE = AvroRule(
    text=Rule(
        id="invalid-name",
        severity=Severity.WARNING,
        format="avro",
        sentence="The name `{name}` is not a name in Avro's sense: {reason}.",
        what="A name has characters that Avro does not allow.",
        why="Registries and code generators refuse it; decoders mostly do not look.",
        example='{"name": "order-id", "type": "string"}',
        remedy="Use letters, digits and underscores, and begin with a letter or an underscore.",
        limits="Avro Java takes any Unicode letter, and so does this rule; the specification takes A to Z only, and so "
        "do Confluent registries since 8.0.3: a check says that the registry would refuse the schema.",
    ),
    judges=(Judge(NameIllegal, _breach),),
    evidence=Evidence.NONE,
)
