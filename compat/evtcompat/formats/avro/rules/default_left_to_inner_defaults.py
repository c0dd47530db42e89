"""A default that leaves fields of a record to their own defaults."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.differences import DefaultIncomplete
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

#: Fields that a message lists before it says how many more there are.
_LISTED: Final = 10


def _breach(difference: DefaultIncomplete) -> Breach:
    names = difference.left_out
    rest = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return Breach({"field": difference.field.name, "left_out": ", ".join(names[:_LISTED]) + rest})


RULE = AvroRule(
    text=Rule(
        id="default-left-to-inner-defaults",
        severity=Severity.WARNING,
        format="avro",
        sentence="The default of `{path}.{field}` leaves out {left_out}: Avro Java fills that from its own default, "
        "and fastavro gives a value without it.",
        what="A default is a record, or holds one, without fields that have defaults of their own.",
        why="A consumer in Python gets a value that lacks a field of its type, where one in Java gets the inner "
        "default; nothing is raised.",
        example='{"name": "price", "default": {}, "type": {"type": "record", "name": "Price", "fields": '
        '[{"name": "currency", "type": "string", "default": "EUR"}]}}',
        remedy='Write the default in full, such as "default": {"currency": "EUR"}.',
        limits="It matters where the writer has no such field, so that the reader falls back on its default.",
    ),
    judges=(Judge(DefaultIncomplete, _breach),),
    evidence=Evidence.NONE,
)
