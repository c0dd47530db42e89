"""Logical types: which count, which are ignored and told, and which keep fastavro from reading; held against it."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import io
from itertools import product
from typing import Any

import fastavro
import pytest

from evtcompat import check, compare
from evtcompat.formats.avro.annotations import refused_by_fastavro, spelling, unreadable_by_fastavro
from evtcompat.formats.avro.logical import CARRIERS
from evtcompat.model.verdicts import Severity, Verdict
from formats.avro.comparing import ENGINE, parsed, related, rules

DIGITS: tuple[Any, ...] = ("absent", None, 0, 1, 2, 4, 5, 9, -1, "4", "", 4.0, 0.0, True, False, [], [1], 10**19)
CARRIERS_TRIED: tuple[tuple[dict[str, Any], bytes], ...] = (
    ({"type": "bytes"}, b"\x02\x01"),
    ({"type": "fixed", "name": "F", "size": 2}, b"\x00\x01"),
    ({"type": "long"}, b"\x02"),
    ({"type": "string"}, b"\x02a"),
    ({"type": "enum", "name": "E", "symbols": ["A"]}, b"\x00"),
    ({"type": "array", "items": "int"}, b"\x00"),
    ({"type": "record", "name": "R", "fields": []}, b""),
)


def decimals() -> list[tuple[dict[str, Any], bytes]]:
    """Every carrier with every precision and scale that is tried, and a value of the carrier."""
    made = []
    for (carrier, body), precision, scale in product(CARRIERS_TRIED, DIGITS, DIGITS):
        attributes = {"precision": precision, "scale": scale}
        said = {key: value for key, value in attributes.items() if value != "absent"}
        made.append(({**carrier, "logicalType": "decimal", **said}, body))
    return made


def test_the_decimals_that_fastavro_refuses_are_foreseen() -> None:
    """As it parses the schema, or as it reads a value: for every carrier, precision and scale."""
    seen = set()
    for raw, body in decimals():
        refused = unreadable = False
        try:
            ready = fastavro.parse_schema(raw)
            fastavro.schemaless_reader(io.BytesIO(body), ready, None)
        except fastavro.schema.SchemaParseException:
            refused = True
        except Exception:  # noqa: BLE001 - whatever it raises, it does not read
            unreadable = True
        assert (refused_by_fastavro(raw), unreadable_by_fastavro(raw)) == (refused, unreadable), raw
        seen.add((refused, unreadable))
    assert len(seen) == 3


@pytest.mark.slow
def test_what_fastavro_refuses_is_never_compatible() -> None:
    """Neither for those who read with it nor for those who read what it writes; a missing precision only for these."""
    plain: Any = {"type": "record", "name": "Outer", "fields": [{"name": "a", "type": "string"}]}
    for raw, _ in decimals():
        field = {"name": "x", "type": raw, "default": None}
        schema = {**plain, "fields": [*plain["fields"], {**field, "type": ["null", raw]}]}
        refused, unreadable = refused_by_fastavro(raw), unreadable_by_fastavro(raw)
        for reader, writer, bad in ((schema, plain, refused), (plain, schema, refused or unreadable)):
            found = compare(reader=reader, writer=writer, format="avro", witnesses=False)
            assert (found.verdict is Verdict.INCOMPATIBLE) == bad, raw
            assert ("logical-type-refused" in {one.rule for one in found.findings}) == bad


def record(*fields: dict[str, Any]) -> dict[str, Any]:
    """A record."""
    return {"type": "record", "name": "R", "fields": list(fields)}


def field(type_: Any, **more: Any) -> dict[str, Any]:
    """A field called ``a``."""
    return {"name": "a", "type": type_, **more}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[(name.upper(), name) for name in CARRIERS],
        *[(name.replace("-", "_"), name) for name in CARRIERS if "-" in name],
        *[(name.replace("-", ""), name) for name in CARRIERS if "-" in name],
        ("Timestamp-Millis", "timestamp-millis"),
        ("timestampMillis", "timestamp-millis"),
        ("timestamp-milis", "timestamp-millis"),
        ("timestamp-millies", "timestamp-millis"),
        ("timestamp", "timestamp-millis"),
        ("local timestamp micros", "local-timestamp-micros"),
        ("guid", "uuid"),
        ("decimal ", "decimal"),
    ],
)
def test_a_misspelt_logical_type_is_told_with_the_one_that_is_meant(written: str, meant: str) -> None:
    assert spelling(written) == meant
    (one,) = ENGINE.lint(parsed(record(field({"type": "long", "logicalType": written}))))
    assert one.rule == "logical-type-ignored"
    assert str(one.facts["reason"]).endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    "written", [*CARRIERS, "varchar", "map", "datetime", "money", "json", "x" * 10_000, "", "iso-date", "geo-point"]
)
def test_other_names_are_not_taken_for_slips(written: str) -> None:
    assert spelling(written) is None


@pytest.mark.parametrize(
    ("name", "carrier"), [(name, one) for name in CARRIERS for one in ("boolean", "double", "null")]
)
def test_a_logical_type_on_a_base_that_cannot_carry_it_is_told(name: str, carrier: str) -> None:
    raw = {"type": carrier, "logicalType": name, "precision": 4, "scale": 2}
    for schema in (raw, record(field(raw)), record(field(["string", raw])), {"type": "map", "values": raw}):
        (one,) = ENGINE.lint(parsed(schema))
        assert one.rule == "logical-type-ignored"
        assert f"not by {carrier}" in str(one.facts["reason"])


@pytest.mark.parametrize("type_", ["long", ["null", "long"], {"type": "long"}, {"type": "array", "items": "long"}])
def test_a_logical_type_beside_the_type_of_a_field_is_told_and_so_is_its_change(type_: Any) -> None:
    old = record(field(type_, logicalType="timestamp-millis"))
    new = record(field(type_, logicalType="timestamp-micros"))
    (one,) = ENGINE.lint(parsed(new))
    assert (one.rule, one.reader.pointer) == ("logical-type-ignored", "/fields/0")
    for reader, writer in ((old, new), (new, old), (record(field(type_)), new), (new, record(field(type_)))):
        assert rules(related(reader, writer)) == ["ignored-logical-type-changed"]
        assert compare(reader=reader, writer=writer, format="avro").verdict is Verdict.COMPATIBLE
    assert related(old, old).mismatches == ()
    assert related(record(field(type_)), record(field(type_, doc="No logical type."))).mismatches == ()


def test_the_same_label_in_another_place_is_no_drift() -> None:
    """Whoever goes by what is written reads the same unit."""
    beside, inside = field("string", logicalType="date"), field({"type": "string", "logicalType": "date"})
    assert related(record(beside), record(inside)).mismatches == ()
    misspelt = field({"type": "long", "logicalType": "timestamp_millis"})
    assert related(record(misspelt), record(field("long", logicalType="timestamp-millis"))).mismatches == ()


def test_where_the_logical_type_counts_on_one_side_the_rules_about_it_say_so() -> None:
    counts, ignored = field({"type": "long", "logicalType": "timestamp-millis"}), field("long", logicalType="date")
    assert rules(related(record(counts), record(ignored))) == ["plain-read-as-logical-type"]
    assert rules(related(record(ignored), record(counts))) == ["logical-type-read-as-plain"]


def test_drift_is_found_wherever_types_meet() -> None:
    """In arrays, maps, branches of unions, records that contain themselves, and fields renamed by an alias."""

    def tree(unit: str, name: str = "a", **more: Any) -> dict[str, Any]:
        leaf = {"type": "string", "logicalType": f"timestamp-{unit}"}
        fields = [{"name": name, "type": {"type": "map", "values": ["null", "int", leaf]}, **more}]
        return {"type": "record", "name": "T", "fields": [*fields, {"name": "next", "type": ["null", "T"]}]}

    (one,) = related(tree("micros"), tree("millis")).mismatches
    assert (one.rule, one.reader.pointer) == ("ignored-logical-type-changed", "/fields/0/type/values/2")
    renamed = related(tree("micros", "b", aliases=["a"]), tree("millis"))
    assert rules(renamed) == ["alias-bridges-rename", "ignored-logical-type-changed"]


NAMES = "io.debezium.time."


@pytest.mark.parametrize(
    ("old", "new", "factor"),
    [
        ("Timestamp", "MicroTimestamp", "1,000"),
        ("NanoTimestamp", "Timestamp", "1,000,000"),
        ("MicroTime", "Time", "1,000"),
        ("Date", "Timestamp", None),
        ("Timestamp", "Time", None),
    ],
)
def test_another_connect_name_is_a_warning_that_knows_the_factor(old: str, new: str, factor: str | None) -> None:
    def schema(name: str) -> Any:
        return record(field(["null", {"type": "long", "connect.version": 1, "connect.name": NAMES + name}]))

    for reader, writer in ((old, new), (new, old)):
        found = compare(reader=schema(reader), writer=schema(writer), format="avro")
        assert [(one.rule, one.severity) for one in found.findings] == [("connect-name-changed", Severity.WARNING)]
        assert found.verdict is Verdict.COMPATIBLE
        assert ("factor" in found.findings[0].message) == (factor is not None)
        assert factor is None or f"factor of {factor} " in found.findings[0].message
    assert compare(reader=schema(old), writer=schema(old), format="avro").findings == ()


def test_no_new_rule_but_of_refused_schemas_makes_an_unchanged_check_fail() -> None:
    flawed = record(
        field("long", logicalType="timestamp-millis"),
        {"name": "b", "type": {"type": "string", "logicalType": "decimal", "precision": 4}},
        {"name": "c", "type": {"type": "long", "connect.name": "x"}, "default": "0"},
    )
    for history in ([flawed], [], [flawed, flawed]):
        report = check(candidate=flawed, history=history, format="avro", level="FULL_TRANSITIVE")
        assert report.verdict is Verdict.COMPATIBLE
        found = [one.rule for one in report.subjects[0].findings]
        assert found == ["logical-type-ignored", "logical-type-ignored", "invalid-default"]
        assert not any(one.result.findings for one in report.subjects[0].comparisons)


BIG: Any = {"type": "bytes", "logicalType": "big-decimal"}
DECIMAL: Any = {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}


@pytest.mark.parametrize(
    ("reader", "writer", "rule"),
    [
        (BIG, DECIMAL, "logical-type-changed"),
        (DECIMAL, BIG, "logical-type-changed"),
        (BIG, "bytes", "plain-read-as-logical-type"),
        ("bytes", BIG, "logical-type-read-as-plain"),
        (["null", BIG], DECIMAL, "logical-type-changed"),
        ({"type": "array", "items": BIG}, {"type": "array", "items": DECIMAL}, "logical-type-changed"),
    ],
)
def test_a_big_decimal_is_no_decimal(reader: Any, writer: Any, rule: str) -> None:
    assert rules(related(record(field(reader)), record(field(writer)))) == [rule]


def test_payloads_of_every_logical_type_are_written_and_read() -> None:
    sizes = {"duration": 12, "uuid": 16, "decimal": 8}
    for name, carriers in CARRIERS.items():
        for kind in carriers:
            raw: dict[str, Any] = {"type": ENGINE_KINDS[kind], "logicalType": name}
            raw |= {"precision": 9, "scale": 2} if name == "decimal" else {}
            raw |= {"name": "F", "size": sizes[name]} if raw["type"] == "fixed" else {}
            payloads = ENGINE.payloads(parsed(record(field(raw))))
            bodies = [one.body for one in payloads.generate(0)]
            assert bodies
            assert all(payloads.read(payloads, body).outcome.value == "ok" for body in bodies)


ENGINE_KINDS = {2: "int", 3: "long", 6: "bytes", 7: "string", 10: "fixed"}
