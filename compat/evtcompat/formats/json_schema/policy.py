"""The compatibility policies: which instances a writer may produce, and which a reader accepts.

``strict`` takes both schemas as written.

``lenient``, precisely:

- The writer produces instances of its schema in which every member of every object is *declared*: seen by
  ``properties``, ``patternProperties`` or ``additionalProperties`` as a real schema (``true`` and ``{}`` declare
  nothing), or named in ``required`` or ``dependentRequired``, of any schema that applies to that object (through
  ``$ref``, ``allOf`` and the branches taken, as ``unevaluatedProperties`` would see it). Where no schema that
  applies declares anything, the object stays open.
- The reader accepts what its schema accepts as written or with ``false`` for unknown members
  (``additionalProperties`` and ``unevaluatedProperties``) lifted in positive positions: not under ``not`` and
  ``if``, and not in a ``oneOf`` whose branches may overlap once it is lifted. Lifting only ever accepts more, so the
  lifted schema alone stands for both readings.

What one consumer needs is compared with the reader as written under either policy (`Options.reader_as_written`): its
own form says what it refuses.

A schema is a subset of itself under both policies: what the closed writer produces is valid as written, and the
lifted reader accepts what is valid as written.
"""

from __future__ import annotations

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.compile.compiled import compiled
from evtcompat.formats.json_schema.keywords.scope import Reading
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.verdicts import Policy

#: How a policy reads the writer's and the reader's schema.
READINGS = {
    Policy.STRICT: (Reading.WRITTEN, Reading.WRITTEN),
    Policy.LENIENT: (Reading.CLOSED, Reading.LIFTED),
}


def read_by(schema: Schema, options: Options, pointer: str = "") -> Node:
    """What a reader with this schema accepts (at a part of it) in a comparison with these options.

    Raises:
        SchemaError: The part does not exist or is no schema.
    """
    policy = options.policy if options.lifted else Policy.STRICT
    return accepted(schema, policy, pointer, asserted=options.assert_formats)


def produced(schema: Schema, policy: Policy, pointer: str = "", *, asserted: bool = False) -> Node:
    """What a writer with this schema may produce (at a part of it).

    Raises:
        SchemaError: The part does not exist or is no schema.
    """
    return compiled(schema, asserted=asserted).at(pointer, READINGS[policy][0])


def accepted(schema: Schema, policy: Policy, pointer: str = "", *, asserted: bool = False) -> Node:
    """What a reader with this schema accepts (at a part of it).

    Raises:
        SchemaError: The part does not exist or is no schema.
    """
    return compiled(schema, asserted=asserted).at(pointer, READINGS[policy][1])
