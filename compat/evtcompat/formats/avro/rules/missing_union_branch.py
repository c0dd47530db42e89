"""A type that no branch of the reader's union reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.differences import BranchMissing
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.patches import written
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge, Patch
from evtcompat.formats.avro.types import AvroSchema, Primitive, Union, branch_name, type_name
from evtcompat.model.documents import Document
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.model.json_types import JSON


#: Branches that a message lists before it says how many more there are.
_LISTED: Final = 20


def _breach(difference: BranchMissing) -> Breach:
    branches = difference.reader.branches
    more = f" and {len(branches) - _LISTED} more" if len(branches) > _LISTED else ""
    names = ", ".join([branch_name(branch) for branch in branches[:_LISTED]])
    facts: dict[str, object] = {
        "writer_type": type_name(difference.writer),
        "branches": f"{names}{more}" or "no branch",
    }
    meant = difference.meant
    if meant is not None:
        facts |= {"case": "cause", "branch": meant, "branch_name": branch_name(branches[meant])}
    return Breach(facts)


def _fix(occurrence: Occurrence) -> Patch | None:
    """Add the writer's type to the reader's union; what the reader defines already is referred to."""
    writer, union = occurrence.writer, occurrence.reader
    if not isinstance(union, Union):
        return None
    value: JSON
    if isinstance(writer, Primitive):
        value = written(writer)
    elif any(branch_name(branch) == branch_name(writer) for branch in union.branches):
        return None
    else:
        known = occurrence.here.index.schema.names
        value = written_out(AvroSchema(Document(None), writer, {}), known=known)
        if isinstance(value, dict) and not any(named.space for named in known.values()):
            value.pop("namespace", None)
    pointer = f"{occurrence.mismatch.reader.pointer}/-"
    return Patch(f"Add {type_name(writer)} to the union", [{"op": "add", "path": pointer, "value": value}])


RULE = AvroRule(
    text=Rule(
        id="missing-union-branch",
        severity=Severity.ERROR,
        format="avro",
        reflexive=True,
        sentence="`{path}`: {writer} may write {writer_type} there, and no branch of {reader} reads it ({branches}).",
        cases={
            "cause": "`{path}`: {writer} may write {writer_type} there, and branch {branch} ({branch_name}) of "
            "{reader} does not read it.",
        },
        explains_cause=True,
        what="The writer may write a union branch, or a type, that no branch of the reader's union reads.",
        why="Every event that carries such a value is refused; events that do not carry one still pass, so tests "
        "easily miss it.",
        example='v1 "type": ["null", "string", "long"]\nv2 "type": ["null", "string"]: a v1 event with a long is '
        "refused.",
        remedy="Keep the branch for as long as such events can be read, or mend what keeps the branch that was "
        "meant from matching.",
        limits="The deeper reasons are those of the branch that comes nearest to the writer's type.",
        registry_name="MISSING_UNION_BRANCH",
    ),
    judges=(Judge(BranchMissing, _breach),),
    fix=_fix,
    evidence=Evidence.REFUSED_OR_LOSSY,
    isolate=types_alone,
    refused_by_registry=True,
)
