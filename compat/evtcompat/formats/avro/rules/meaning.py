"""Avro rules about data that is read without complaint and means something else, or less."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_TRUST = (
    "Decoders that trust the reader's schema (Avro Java) give the wrong value; "
    "fastavro applies the writer's logical type."
)

MEANING_RULES: tuple[Rule, ...] = (
    Rule(
        id="decimal-scale-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}`: {writer} writes decimals with {writer_scale} digits after the point, and {reader} "
        "takes them to have "
        "{reader_scale}: every amount is off by a power of ten.",
        what="The scale of a decimal differs.",
        why="The bytes hold the unscaled number only; the scale comes from the schema. Registries do not look at it.",
        example='v1 "scale": 2 writes 12.34 as 1234\nv2 "scale": 3 reads 1.234',
        remedy="Add a field with the new scale and a default; leave the scale of a published field alone.",
        limits=_TRUST,
    ),
    Rule(
        id="time-unit-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}`: {writer} counts {writer_unit}, and {reader} reads the number as {reader_unit}.",
        what="A time or timestamp changed its unit.",
        why="The number is read as it stands: a date in 2024 in milliseconds is a day in January 1970 in microseconds. "
        "Registries do not look at it.",
        example='v1 "logicalType": "timestamp-millis"\nv2 "logicalType": "timestamp-micros"',
        remedy="Add a field with the new unit and a default.",
        limits=_TRUST,
    ),
    Rule(
        id="logical-type-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}` is {writer_logical} in {writer} and {reader_logical} in {reader}; the same number means "
        "something else.",
        what="A logical type was replaced by one of another kind, such as date by timestamp, or an instant by a "
        "local time.",
        why="The number is carried over without conversion. Registries do not look at it.",
        example='v1 {"type": "int", "logicalType": "date"}\nv2 {"type": "long", "logicalType": "timestamp-millis"}',
        remedy="Add a field of the new kind with a default.",
        limits=_TRUST,
    ),
    Rule(
        id="logical-type-added",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}` is a plain {writer_type} in {writer}, and {reader} reads it as {reader_logical}.",
        what="The reader gives a logical type to what the writer writes as a plain number or as plain bytes.",
        why="Nothing in the writer's schema promises that its values are such dates, times or amounts.",
        example='v1 "type": "long"\nv2 {"type": "long", "logicalType": "timestamp-millis"}: seconds become '
        "milliseconds",
        remedy="If the values have always had this meaning, accept the finding with that reason; otherwise add a "
        "field.",
        limits=_TRUST,
    ),
    Rule(
        id="string-read-as-uuid",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is any string in {writer}, and {reader} expects a UUID.",
        what="The reader's string carries the logical type uuid, the writer's does not.",
        why="A string that is no UUID makes decoders that convert it raise.",
        example='v1 "type": "string"\nv2 {"type": "string", "logicalType": "uuid"}',
        remedy="Add a field of type uuid with a default; or accept the finding if only UUIDs were ever written.",
        limits=_TRUST,
    ),
    Rule(
        id="bytes-read-as-string",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is bytes in {writer} and a string in {reader}; bytes that are not UTF-8 do not survive.",
        what="Bytes are promoted to string.",
        why="fastavro raises on bytes that are not UTF-8; Avro Java replaces them, so the data is silently damaged.",
        example='v1 "type": "bytes"\nv2 "type": "string": b"\\xff" is refused or becomes U+FFFD',
        remedy="Keep bytes, or add a string field with a default.",
        limits="Harmless if only UTF-8 was ever written.",
    ),
    Rule(
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
    Rule(
        id="string-read-as-bytes",
        severity=Severity.WARNING,
        format="avro",
        misreads=True,
        sentence="`{path}`: fastavro reads the string of {writer} as branch {first} (bytes) of {reader}, although "
        "branch {own} is a string.",
        what="A union of the reader lists bytes before string, and the writer writes a string.",
        why="fastavro takes the first branch that a string can be promoted to and hands over bytes: code that expects "
        "text fails on them, or takes them for another value.",
        example='v1 "type": ["null", "string"]\nv2 "type": ["null", "bytes", "string"]: "a" is read as b"a"',
        remedy="Put string before bytes only where no bytes are written; better, use two fields.",
        limits="Avro Java takes the branch of the writer's own kind. Equal schemas are not resolved, and so not "
        "affected.",
    ),
    Rule(
        id="enum-symbol-defaulted",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: {reader} does not know the {word} {symbols} of {enum} and reads {default} instead.",
        what="Symbols that the reader does not know are absorbed by the default of its enum.",
        why="The events pass, and consumers cannot tell the new symbols from the default.",
        example='v1 "symbols": ["NEW", "OTHER"], "default": "OTHER"\nv2 adds LOST: v1 reads OTHER',
        remedy="Make sure that consumers treat the default as unknown.",
        limits="",
    ),
    Rule(
        id="decimal-precision-narrowed",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: decimals have up to {writer_precision} digits in {writer} and {reader_precision} in "
        "{reader}.",
        what="The reader declares fewer digits for a decimal than the writer.",
        why="Decoders do not check the digits; databases and generated code further on may.",
        example='v1 "precision": 18\nv2 "precision": 9',
        remedy="Keep the larger precision.",
        limits="",
    ),
    Rule(
        id="logical-type-dropped",
        severity=Severity.NOTE,
        format="avro",
        sentence="`{path}` is {writer_logical} in {writer} and a plain {reader_type} in {reader}.",
        what="The reader ignores the logical type of the writer.",
        why="Nothing is lost, but consumers see the bare number or bytes.",
        example='v1 {"type": "int", "logicalType": "date"}\nv2 "type": "int"',
        remedy="Keep the logical type.",
        limits="fastavro, which applies the writer's logical type, hands over the converted value.",
    ),
)
