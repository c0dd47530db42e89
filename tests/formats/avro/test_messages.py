"""What a person reads: messages that are true of both schemas, and places that lead to what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evtcompat import compare
from evtcompat.model.findings import Finding


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"name": name, "type": type_, **more}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "enum", "name": "E", "symbols": list(symbols), **more}


def findings(reader: Any, writer: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - any JSON value
    return compare(reader=reader, writer=writer, format="avro").findings


LINE = record(field("price", "int"), name="Line")
OTHER_LINE = record(field("price", "string"), name="Line")

#: reader, writer, what the one finding says
SENTENCES: tuple[tuple[Any, Any, str], ...] = (
    (
        record(field("a", "string")),
        record(field("a", ["null", "string"])),
        "`R.a`: the writer may write null there, and the reader takes string only.",
    ),
    (
        record(field("a", "string")),
        record(field("a", "int")),
        "`R.a` is string in the reader and int in the writer; Avro does not read one as the other.",
    ),
    (
        ["null", "string"],
        ["null", "int"],
        "`(root)`: the writer may write int there, and no branch of the reader reads it (null, string).",
    ),
    (
        record(field("l", ["null", LINE])),
        record(field("l", ["null", OTHER_LINE])),
        (
            "`R.l`: the writer may write record Line there, and branch 1 (Line) of the reader does not read it: "
            "`R.l.price` is int in the reader and string in the writer; Avro does not read one as the other."
        ),
    ),
    (
        enum("A"),
        enum("A", "TILTING"),
        "`E` in the reader does not know the symbol TILTING of E, and the enum has no default to fall back on.",
    ),
    (
        enum("A", default="A"),
        enum("A", "B", "C"),
        "`E`: the reader does not know the symbols B, C of E and reads A instead.",
    ),
    (
        record(field("a", "int", default="0")),
        record(field("a", "int")),
        (
            "The schema of the reader is refused by fastavro whatever the event is: the default of `R.a` is wrong: "
            '"0" is not an integer.'
        ),
    ),
    (
        record(field("h", "int", aliases=["f"]), name="x.D"),
        record(field("h", "int"), field("f", "int"), name="y.D"),
        (
            "`D.h` in the reader matches h and f of y.D in the writer, by name and aliases at once. Registries refuse "
            "that, although Avro Java applies no alias to a record of another full name."
        ),
    ),
    (
        ["string", "bytes"],
        ["bytes"],
        (
            "`(string)`: fastavro goes wrong at the union of the reader when it reads events written with the "
            "writer: branch 0 (string) is taken for bytes, and bytes that are not UTF-8 are refused."
        ),
    ),
)


@pytest.mark.parametrize(("reader", "writer", "message"), SENTENCES)
def test_sentences(reader: Any, writer: Any, message: str) -> None:  # noqa: ANN401 - any JSON values
    (one,) = findings(reader, writer)
    assert one.message == message


def test_of_several_branches_of_other_names_none_is_blamed() -> None:
    """A record that the reader dropped was not meant for whichever of its other records comes first."""
    (one,) = findings([record(name="A"), record(name="B")], [record(name="A"), record(name="C")])
    assert one.because == ()
    (one,) = findings(["null", record(name="A")], ["null", record(name="C")])
    assert [cause.rule for cause in one.because] == ["name-mismatch"]


def test_what_is_wrong_with_the_writer_has_its_place_there(tmp_path: Path) -> None:
    """Also where both have such a field, the message and both places are about the schema that is wrong."""
    reader, writer = tmp_path / "reader.avsc", tmp_path / "writer.avsc"
    reader.write_text('{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}')
    writer.write_text('{"type": "record", "name": "R",\n "fields": [{"name": "a", "type": "int", "default": "1"}]}')
    (one,) = findings(reader, writer)
    assert one.rule == "invalid-default"
    assert one.reader == one.writer
    assert (one.reader.pointer, one.reader.line) == ("/fields/0/default", 2)
    assert str(one.reader.origin).endswith("writer.avsc")


def test_a_default_that_is_used_is_told_once() -> None:
    (one,) = findings(record(field("a", "int", default="1")), record())
    assert one.rule == "invalid-reader-default"
