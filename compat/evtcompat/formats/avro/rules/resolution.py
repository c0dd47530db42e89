"""Avro rules about what a decoder refuses: the specification's "Schema Resolution", in Apache's words."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RESOLUTION_RULES: tuple[Rule, ...] = (
    Rule(
        id="reader-field-missing-default-value",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` has no default, and {writer} events do not carry it.",
        what="A field of the reader is absent from the writer and has no default.",
        why="The decoder has nothing to put into the field and raises on every such event.",
        example='v1 {"fields": [{"name": "id", "type": "string"}]}\n'
        'v2 adds {"name": "currency", "type": "string"}: v2 consumers fail on every v1 event, old ones in the log '
        "included.",
        remedy="Give the new field a default. A default helps readers only, so it has to be there when the field "
        "is first published.",
        limits="A default of the enum type does not count; the field itself needs one.",
    ),
    Rule(
        id="missing-union-branch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: {writer} may write {writer_type} there, and no branch of {reader} reads it ({branches}).",
        cases={
            "cause": "`{path}`: {writer} may write {writer_type} there, and branch {branch} ({branch_name}) of "
            "{reader} does not read it.",
        },
        tells_cause=True,
        what="The writer may write a union branch, or a type, that no branch of the reader's union reads.",
        why="Every event that carries such a value is refused; events that do not carry one still pass, so tests "
        "easily miss it.",
        example='v1 "type": ["null", "string", "long"]\nv2 "type": ["null", "string"]: a v1 event with a long is '
        "refused.",
        remedy="Keep the branch for as long as such events can be read, or mend what keeps the branch that was "
        "meant from matching.",
        limits="The deeper reasons are those of the branch that comes nearest to the writer's type.",
    ),
    Rule(
        id="missing-enum-symbols",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` in {reader} does not know the {word} {symbols} of {enum}, and the enum has no default "
        "to fall back on.",
        what="The writer's enum has symbols that the reader's has not, and the reader's enum declares no default.",
        why="The decoder raises on an event with one of these symbols.",
        example='v1 "symbols": ["NEW", "PAID"]\nv2 "symbols": ["NEW", "PAID", "LOST"]: v1 consumers fail on the '
        "first LOST.",
        remedy="Give the enum a default symbol before the first new symbol is published, and deploy consumers first.",
        limits="A default of the field does not help: it stands in for an absent field, not for an unknown symbol.",
    ),
    Rule(
        id="type-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is {reader_type} in {reader} and {writer_type} in {writer}; Avro does not read one as "
        "the other.",
        cases={"branch": "`{path}`: {writer} may write {writer_type} there, and {reader} takes {reader_type} only."},
        what="The writer's type is not the reader's, and cannot be promoted to it.",
        why="The decoder raises. Avro only widens: int to long, float, double; long to float, double; float to double; "
        "string and bytes to each other.",
        example='v1 "type": "string"\nv2 "type": "int": neither reads the other.',
        remedy="Add a field with the new type and a default, and retire the old one later.",
        limits="",
    ),
    Rule(
        id="fixed-size-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: the fixed {fixed} has {reader_size} bytes in {reader} and {writer_size} in {writer}.",
        what="A fixed type has another size.",
        why="The decoder raises; read regardless, everything after it would be shifted.",
        example='v1 {"type": "fixed", "name": "Hash", "size": 16}\nv2 "size": 32',
        remedy="Define a new fixed type under another name, in a new field with a default.",
        limits="",
    ),
    Rule(
        id="invalid-reader-default",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` in {reader} is filled from its default when reading {writer} events, "
        "and that default is wrong: {reason}.",
        what="The reader falls back on a default that is no value of the field's type.",
        why="Avro Java raises or writes something else (a cut number, padded bytes), fastavro refuses the schema "
        "or hands the "
        "value over as it stands. A registry that was asked leniently lets it pass.",
        example='{"name": "count", "type": "int", "default": "0"}: a string is no int.',
        remedy="Correct the default. For a union, make it fit the first branch.",
        limits="A default for a union is judged by the branch that Avro Java takes for it.",
    ),
    Rule(
        id="reader-schema-refused",
        severity=Severity.ERROR,
        format="avro",
        sentence="The schema of {reader} is refused by fastavro whatever the event is: "
        "the default of `{path}.{field}` is wrong: {reason}.",
        what="A default that this pair does not even use is so wrong that a decoder refuses the reader's schema.",
        why="Consumers with fastavro stop at start-up; strict parsers and registries refuse the schema as well.",
        example='{"name": "count", "type": "int", "default": "0"}',
        remedy="Correct the default.",
        limits="Avro Java, asked leniently, reads events that carry the field.",
    ),
    Rule(
        id="empty-array-default-in-union",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` in {reader} falls back on an empty array when reading {writer} events, "
        "and {decoder} fails to build it because the field is a union.",
        what="A field that the writer lacks is filled with the default `[]`, and its type is a union with an array.",
        why='Avro Java 1.12.1 raises "Not an array" on every event that has the record: the fast reader, which is on '
        "by default since that release, takes the union for an array (AVRO-4238). Registries answer compatible.",
        example='v1 {"name": "Order", "fields": []}\n'
        'v2 adds {"name": "tags", "type": [{"type": "array", "items": "string"}, "null"], "default": []}: v2 '
        "consumers on Avro Java 1.12.1 fail on every v1 event.",
        remedy="Make the field a plain array, which may have the default [], or put null first in the union with "
        '"default": null; a default that is not empty works as well.',
        limits="Releases before 1.12.1 fail only where the fast reader was switched on, later ones have it mended, and "
        "fastavro reads it. Where no consumer uses Avro Java 1.12.1, turn the rule off or wait it out with a waiver.",
    ),
    Rule(
        id="writer-default-refused",
        severity=Severity.ERROR,
        format="avro",
        sentence="A wrong default in {writer} keeps events from being read with the aliases of {reader}: {observed}.",
        what="The writer has a wrong default, and the reader has aliases.",
        why="To apply aliases Avro Java copies the writer's schema and checks its defaults, "
        "which its lenient parser let pass; "
        "it raises on every event. Registries answer compatible.",
        example='writer {"name": "n", "type": "int", "default": "0"}\n'
        'reader {"name": "m", "type": "int", "aliases": ["n"]}',
        remedy="Readers cannot mend it: remove the aliases, or read with a corrected copy of the writer's schema.",
        limits="fastavro is not affected.",
    ),
    Rule(
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
        limits="",
    ),
    Rule(
        id="default-of-later-branch",
        severity=Severity.NOTE,
        format="avro",
        sentence="The default of `{path}.{field}` belongs to branch {branch} of its union, not to the first.",
        what="The default of a union field does not fit the first branch.",
        why="The specification asked for the first branch until 1.12; older decoders and generators refuse the schema.",
        example='{"name": "note", "type": ["string", "null"], "default": null}',
        remedy="Put the branch of the default first.",
        limits="",
    ),
    Rule(
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
)
