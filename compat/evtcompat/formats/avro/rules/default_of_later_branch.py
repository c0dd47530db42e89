"""A default that does not fit the first branch of its union."""

from __future__ import annotations

from evtcompat.formats.avro.differences import DefaultOfLaterBranch
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: DefaultOfLaterBranch) -> Breach:
    return Breach({"field": difference.field.name, "branch": difference.branch})


RULE = AvroRule(
    text=Rule(
        id="default-of-later-branch",
        severity=Severity.NOTE,
        format="avro",
        sentence="The default of `{path}.{field}` belongs to branch {branch} of its union, not to the first.",
        what="The default of a union field does not fit the first branch.",
        why="The specification asked for the first branch until 1.12; older decoders and generators refuse the schema.",
        example='{"name": "note", "type": ["string", "null"], "default": null}',
        remedy="Put the branch of the default first.",
    ),
    judges=(Judge(DefaultOfLaterBranch, _breach),),
    evidence=Evidence.NONE,
    acceptable_after_fix=True,
)
