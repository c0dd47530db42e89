"""An integer that is rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.differences import EarlierBranch, ValueConverted
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import earlier_branch, kinds
from evtcompat.formats.avro.types import DOUBLE, FLOAT, INT, LONG
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Type


#: The largest number up to which a floating-point kind holds every integer.
_EXACT_TO: Final = {FLOAT: 2**24, DOUBLE: 2**53}
#: The writer's and the reader's kind of the promotions that round.
_ROUNDING: Final = frozenset({(INT, FLOAT), (LONG, FLOAT), (LONG, DOUBLE)})


def _converted(difference: ValueConverted) -> Breach | None:
    if difference.kinds not in _ROUNDING:
        return None
    return Breach(kinds(difference) | {"exact_to": _EXACT_TO[difference.reader.kind]})


def _taken_early(difference: EarlierBranch) -> Breach | None:
    reader, writer, _, _ = difference
    if (writer.kind, reader.kind) not in _ROUNDING:
        return None
    return Breach(earlier_branch(difference, _EXACT_TO[reader.kind]))


def _sample(_: Type, writer: Type) -> int:
    """The first number that is rounded."""
    return _EXACT_TO[FLOAT if writer.kind == INT else DOUBLE] + 1


RULE = AvroRule(
    text=Rule(
        id="number-precision-lost",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: {reader} reads the {writer_type} of {writer} as {reader_type}, which is exact only up "
        "to {exact_to}.",
        cases={
            "first": "`{path}`: fastavro reads the {writer_type} of {writer} as branch {first} ({reader_type}) of "
            "{reader}, which is exact only up to {exact_to}, although branch {own} is of its own kind.",
        },
        what="An integer is promoted to a floating-point type that cannot hold all of its values.",
        why="Large numbers are rounded without a word; identifiers suffer most.",
        example='v1 "type": "long"\nv2 "type": "double": 9007199254740993 is read as 9007199254740992',
        remedy="Keep the integer type, or make sure that the numbers stay small.",
        limits="fastavro keeps 53 bits for float too; Avro Java keeps 24. Of a union fastavro takes the first branch "
        "that the number can be promoted to, also before one of its own kind, which Avro Java takes.",
    ),
    judges=(Judge(ValueConverted, _converted), Judge(EarlierBranch, _taken_early)),
    fix=keep_writer_type,
    evidence=Evidence.ALTERED,
    sample=_sample,
    isolate=types_alone,
)
