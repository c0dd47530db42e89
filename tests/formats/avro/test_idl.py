"""Avro IDL is read as the protocol that it stands for, and each record of a protocol stands alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.errors import DocumentError
from evtcompat.formats.avro.containers.idl import parse_idl
from evtcompat.formats.avro.containers.idl_values import value_at
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import disk, read_document
from evtcompat.sources.documents.opened import opened
from evtcompat.syntax.documents import locate

#: Types as they are written, and what they stand for (Avro 1.12, "IDL Language").
TYPES: dict[str, object] = {
    "string": "string",
    "array<map<long>>": {"type": "array", "items": {"type": "map", "values": "long"}},
    "union { null, string, Other }": ["null", "string", "Other"],
    "string?": ["null", "string"],
    "array<int?>": {"type": "array", "items": ["null", "int"]},
    "decimal(12, 2)": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    "decimal(9)": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 0},
    "date": {"type": "int", "logicalType": "date"},
    "time_ms": {"type": "int", "logicalType": "time-millis"},
    "timestamp_ms": {"type": "long", "logicalType": "timestamp-millis"},
    "local_timestamp_ms": {"type": "long", "logicalType": "local-timestamp-millis"},
    "uuid": {"type": "string", "logicalType": "uuid"},
    '@logicalType("timestamp-micros") long': {"type": "long", "logicalType": "timestamp-micros"},
    '@avro.java.string("String") string': {"type": "string", "avro.java.string": "String"},
    '@avro.java.`string`("String") string': {"type": "string", "avro.java.string": "String"},
    "com.`union`.Money": "com.union.Money",
    "decimal(0x0c, 02)": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    "com.shop.Money": "com.shop.Money",
    "`error`": "error",
}


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON says
    return json.loads(json.dumps(value))


def schema(path: Path) -> Any:  # noqa: ANN401 - as above
    return plain(read_document(path).value)


def fields(body: str) -> list[dict[str, object]]:
    (record,) = plain(parse_idl(f"protocol P {{ record R {{ {body}\n }} }}", "p.avdl").protocol["types"])
    found: list[dict[str, object]] = record["fields"]
    return found


@pytest.mark.parametrize("written", TYPES)
def test_a_type_stands_for_one_of_json(written: str) -> None:
    assert fields(f"{written} x;") == [{"name": "x", "type": TYPES[written]}]


#: Fields as they are written, and what they stand for.
FIELDS: dict[str, list[dict[str, object]]] = {
    'string? x = "a";': [{"name": "x", "type": ["string", "null"], "default": "a"}],
    "string? x = null;": [{"name": "x", "type": ["null", "string"], "default": None}],
    "int a, b = 1;": [{"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 1}],
    'string @order("ignore") @aliases(["y"]) x;': [
        {"name": "x", "type": "string", "order": "ignore", "aliases": ["y"]}
    ],
    'map<int> x = {"a": 1 /* one */};': [{"name": "x", "type": {"type": "map", "values": "int"}, "default": {"a": 1}}],
    "/** One. */ int x; // no doc": [{"name": "x", "type": "int", "doc": "One."}],
    "/* no doc */ int x;": [{"name": "x", "type": "int"}],
    "/**\n * One,\n * and more.\n */\nint x;": [{"name": "x", "type": "int", "doc": "One,\nand more."}],
    "int `record` = -1;": [{"name": "record", "type": "int", "default": -1}],
    'string x = "/* no comment */ // nor this";': [
        {"name": "x", "type": "string", "default": "/* no comment */ // nor this"}
    ],
}


#: Literals of Java, and the values that they are written for (`Idl.g4`).
LITERALS: Final[dict[str, object]] = {
    "0x10": 16,
    "-0XfFL": -255,
    "010": 8,
    "7L": 7,
    "1.5f": 1.5,
    "2d": 2.0,
    ".5": 0.5,
    "1e3": 1000.0,
    "0x1.8p1": 3.0,
    "-Infinity": -math.inf,
    r'"it\'s \101 \u00e9 \n"': "it's A \u00e9 \n",
    '[0x10, {"a": [1L, []], "b": {}}]': [16, {"a": [1, []], "b": {}}],
}


@pytest.mark.parametrize("written", LITERALS)
def test_a_literal_of_java_is_a_value(written: str) -> None:
    assert fields(f"int x = {written};")[0]["default"] == LITERALS[written]


@pytest.mark.parametrize("written", ["09", "[1,]", "[1 2]", '{"a" 1}', "{1: 2}", '"\\q"', "nul", "0x", "[", "--1"])
def test_what_is_no_literal_is_refused(written: str) -> None:
    with pytest.raises(DocumentError, match="not valid Avro IDL"):
        fields(f"int x = {written};")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_value_of_json_is_one_of_the_language(value: object) -> None:
    text = json.dumps(value)
    assert value_at(f"{text};", 0) == (value, len(text))


@pytest.mark.parametrize("written", FIELDS)
def test_a_field_stands_for_one_of_json(written: str) -> None:
    assert fields(written) == FIELDS[written]


def test_named_types_annotations_and_documentation_of_a_protocol_are_read() -> None:
    text = """
    /** The shop. */
    @namespace("com.shop") protocol Shop {
      @aliases(["Coin"]) enum Currency { EUR, USD } = EUR;
      enum Side { LEFT, RIGHT, }
      fixed Hash(16);
      /** A call. */ Currency rate(string of, int? days = 3) throws Oops;
      void ping() oneway;
      error Oops { string what; }
    }"""
    assert parse_idl(text, "x").protocol == {
        "protocol": "Shop",
        "namespace": "com.shop",
        "doc": "The shop.",
        "types": [
            {"type": "enum", "name": "Currency", "aliases": ["Coin"], "symbols": ["EUR", "USD"], "default": "EUR"},
            {"type": "enum", "name": "Side", "symbols": ["LEFT", "RIGHT"]},
            {"type": "fixed", "name": "Hash", "size": 16},
            {"type": "error", "name": "Oops", "fields": [{"name": "what", "type": "string"}]},
        ],
    }


def test_schemas_without_a_protocol_are_read() -> None:
    found = plain(parse_idl("namespace com.shop; schema array<A>; record A { int a; }", "x").protocol)
    assert (found["namespace"], [one["name"] for one in found["types"]]) == ("com.shop", ["A"])


#: What is not IDL, with the place and a word of what is said.
WRONG = {
    "protocol P { record A { string a; }": ("1:36", "the end of the file"),
    "protocol P { record A { string a } }": ("1:34", "';' is expected"),
    "protocol P { record A { int a = [1,; } }": ("1:33", "JSON"),
    "protocol P { record A { array<int a; } }": ("1:35", "'>' is expected"),
    "protocol P { fixed F(x); }": ("1:22", "a number"),
    'protocol P { import xml "a"; }': ("1:14", "cannot be imported"),
    "protocol P {} }": ("1:15", "after the end"),
    "protocol P { record A { int a; \u00a7 } }": ("1:32", "no meaning"),
    "protocol P { record A { " + "array<" * 200 + "int" + ">" * 200 + " a; } }": ("1:625", "nested deeper"),
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_not_idl_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_idl(text, "p.avdl")
    place, word = WRONG[text]
    assert str(refused.value.place) == f"p.avdl:{place}"
    assert word in refused.value.message


def lay(folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def test_imported_types_are_part_of_the_events_and_no_events(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "shop.avdl": '@namespace("shop") protocol S {\n import idl "x/money.avdl"; import schema "side.avsc";\n'
            ' import protocol "old.avpr";\n record Order { money.Money total; Side side; old.Tag tag; } }',
            "x/money.avdl": '@namespace("money") protocol M {\n'
            ' import idl "../shop.avdl"; record Money { long cents; } }',
            "side.avsc": '{"type": "enum", "name": "Side", "namespace": "shop", "symbols": ["LEFT"]}',
            "old.avpr": json.dumps(
                {"protocol": "O", "namespace": "old", "types": [{"type": "fixed", "name": "Tag", "size": 2}]}
            ),
        },
    )
    assert opened(disk(tmp_path)).events("shop.avdl") == ("shop.avdl#Order",)
    order = read_document(tmp_path / "shop.avdl#Order")
    total, side, tag = (field["type"] for field in plain(order.value)["fields"])
    assert (total["fields"][0]["name"], side["symbols"], tag["size"]) == ("cents", ["LEFT"], 2)
    place = locate(order, Place(pointer="/fields/0/type/fields/0"))
    assert (place.line, place.source) == (2, ' import idl "x/money.avdl"; import schema "side.avsc";')
    assert locate(order, Place(pointer="/fields/1/name")).column == 41


@pytest.mark.parametrize("target", ["gone.avdl", "../../outside.avdl", "https://example.com/a.avdl", "/etc/passwd"])
def test_what_is_imported_from_elsewhere_is_named(tmp_path: Path, target: str) -> None:
    lay(tmp_path, {"a/shop.avdl": f'protocol S {{ import idl "{target}"; record A {{}} }}'})
    with pytest.raises(DocumentError, match="which is imported here"):
        opened(disk(tmp_path)).container("a/shop.avdl")


def test_an_import_is_looked_up_as_on_a_class_path(tmp_path: Path) -> None:
    """Beside the file, then below the reference roots, then wherever one file of the repository is called so."""
    note = "protocol N {{ record Note {{ {} a; }} }}"
    shop = 'protocol S { import idl "vo/note.avdl"; record Order { Note note; } }'
    lay(
        tmp_path,
        {"b/shop.avdl": shop, "a/main/vo/note.avdl": note.format("int"), "build/vo/note.avdl": note.format("int")},
    )

    def kind(*roots: str) -> object:
        found = opened(disk(tmp_path), roots=roots).container("b/shop.avdl")
        assert found is not None
        return plain(found.schemas["b/shop.avdl#Order"].document.value)["fields"][0]["type"]["fields"][0]["type"]

    assert kind() == "int", "copies of one file"
    lay(tmp_path, {"c/vo/note.avdl": note.format("long")})
    with pytest.raises(DocumentError, match=r"may be \S+/a/main/vo/note\.avdl or \S+/c/vo/note\.avdl"):
        kind()
    assert (kind("x", "c"), kind("a/main", "c")) == ("long", "int")
    lay(tmp_path, {"b/vo/note.avdl": note.format("string")})
    assert kind("c") == "string"


def test_a_type_that_is_used_twice_is_written_once(tmp_path: Path) -> None:
    text = "protocol P { record Node { array<Node> next; Money a; Money b; } record Money { int cents; } }"
    lay(tmp_path, {"p.avdl": text})
    assert opened(disk(tmp_path)).events("p.avdl") == ("p.avdl#Node",)
    (_, a, b) = schema(tmp_path / "p.avdl#Node")["fields"]
    assert (a["type"]["name"], b["type"]) == ("Money", "Money")


def test_a_type_defined_within_another_is_known_by_its_name_everywhere(tmp_path: Path) -> None:
    inner = {"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "int"}]}
    types = [
        {"type": "record", "name": "Order", "fields": [{"name": "total", "type": inner}]},
        {
            "type": "record",
            "name": "Bill",
            "fields": [{"name": "sum", "type": "Money"}, {"name": "o", "type": "Order"}],
        },
    ]
    lay(tmp_path, {"p.avpr": json.dumps({"protocol": "P", "namespace": "n", "types": types})})
    money, order = (field["type"] for field in schema(tmp_path / "p.avpr#Bill")["fields"])
    assert (money["name"], order["fields"][0]["type"]) == ("Money", "n.Money")
