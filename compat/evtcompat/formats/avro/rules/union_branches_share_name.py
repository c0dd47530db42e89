"""Branches of a union that differ in their namespaces only."""

from __future__ import annotations

from evtcompat.formats.avro.differences import BranchesShareName
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: BranchesShareName) -> Breach:
    names = ", ".join([branch.full for branch in difference.branches])
    return Breach({"names": names, "short": difference.short})


RULE = AvroRule(
    text=Rule(
        id="union-branches-share-name",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: the branches {names} of the union share the short name {short}.",
        what="Two branches of a union differ only in their namespace.",
        why="fastavro and registries compare short names, so the first of them is taken for both; fields may be "
        "filled from "
        "defaults without a word.",
        example='["a.Item", "b.Item"]',
        remedy="Give one of them another short name.",
    ),
    judges=(Judge(BranchesShareName, _breach),),
    evidence=Evidence.NONE,
)
