"""The committed fixtures, read by implementations that evtcompat does not use to write them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import avro.datafile
import avro.io
import avro.schema
import jsonschema_rs
import pytest

from evtcompat.model.json_texts import parse as parse_json
from evtcompat.model.json_values import same, view
from evtcompat.payloads.folder import Case, Folder, find_folders
from payloads.histories import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
FOLDERS = {path.name: Folder(path) for path in find_folders(FIXTURES)}
AVRO = ["order-placed", "payment-captured"]
JSON = ["shipment-dispatched"]


def schema_text(subject: str, version: str) -> str:
    """The schema in the repository, with the type that it refers to written in."""
    path = next((ROOT / "schemas").glob(f"{subject}-v{version}.*"))
    schema = json.loads(path.read_text(encoding="utf-8"))
    if subject == "payment-captured":
        money = json.loads((ROOT / "schemas" / "money.avsc").read_text(encoding="utf-8"))
        schema["fields"][2]["type"] = money
    return json.dumps(schema)


def own(subject: str) -> list[Case]:
    """Every payload once, as its own writer reads it."""
    return [case for case in FOLDERS[subject].cases() if case.reader == case.writer]


def shown(value: object) -> object:
    """A value of another library as the fixtures show it."""
    return parse_json(json.dumps(view(value)))


def simple(schema: object) -> object:
    """A canonical form with ``{"type": "string"}`` as ``"string"``."""
    if isinstance(schema, dict):
        if set(schema) == {"type"}:
            return schema["type"]
        return {key: simple(member) for key, member in schema.items()}
    return [simple(item) for item in schema] if isinstance(schema, list) else schema


def test_the_samples_have_fixtures() -> None:
    assert sorted(FOLDERS) == sorted(AVRO + JSON)


@pytest.mark.parametrize("subject", AVRO)
def test_pypi_avro_reads_the_container_files(subject: str) -> None:
    """Every value in order, with logical types converted."""
    for version in FOLDERS[subject].versions:
        cases = [case for case in own(subject) if case.writer == version]
        path = FIXTURES / subject / f"v{version}" / "all.avro"
        with path.open("rb") as file, avro.datafile.DataFileReader(file, avro.io.DatumReader()) as reader:
            values = list(reader)
        assert len(values) == len(cases)
        for value, case in zip(values, cases, strict=True):
            assert same(shown(value), case.value), case


@pytest.mark.parametrize("subject", AVRO)
def test_pypi_avro_reads_the_single_object_encoding(subject: str) -> None:
    """Marker, fingerprint of the schema, payload.

    The fingerprint is the library's own once primitives stand in their simple form: its canonical form leaves out the
    first rule of the specification's "Parsing Canonical Form" ([PRIMITIVES]) for primitives that had a logical type.
    """
    for case in own(subject):
        schema = avro.schema.parse(schema_text(subject, case.writer))
        message = case.bytes("single-object")
        assert message[:2] == b"\xc3\x01"
        assert message[2:10] == avro.schema.parse(json.dumps(simple(json.loads(schema.canonical_form)))).fingerprint()
        source = io.BytesIO(message[10:])
        value = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(source))
        assert source.read() == b""
        assert same(shown(value), case.value), case


@pytest.mark.parametrize("subject", AVRO)
def test_pypi_avro_sees_what_each_reader_must_see(subject: str) -> None:
    """The expectations are fastavro's; another resolver agrees with every one of them."""
    for case in FOLDERS[subject].cases():
        writer = avro.schema.parse(schema_text(subject, case.writer))
        reader = avro.schema.parse(schema_text(subject, case.reader))
        value = avro.io.DatumReader(writer, reader).read(avro.io.BinaryDecoder(io.BytesIO(case.bytes())))
        assert same(shown(value), case.expected), case


@pytest.mark.parametrize("subject", JSON)
def test_another_validator_accepts_every_instance(subject: str) -> None:
    for case in own(subject):
        validator = jsonschema_rs.validator_for(schema_text(subject, case.writer), validate_formats=False)
        assert validator.is_valid(json.loads(case.bytes("json"))), case


def _client(subject: str, kind: str) -> Any:  # noqa: ANN401 - an untyped library
    """A registry in memory that has given the sample's versions the ids 1, 2, ..."""
    registry = pytest.importorskip("confluent_kafka.schema_registry", reason="needs the dev extra: confluent-kafka")
    client = registry.SchemaRegistryClient.new_client({"url": "mock://"})
    for number, version in enumerate(FOLDERS[subject].versions, 1):
        registered = client.register_schema(f"{subject}-value", registry.Schema(schema_text(subject, version), kind))
        assert registered == number
    return client


@pytest.mark.slow
@pytest.mark.parametrize("subject", AVRO)
def test_confluents_deserializer_reads_the_wire_format(subject: str) -> None:
    """As a consumer of each version: what it sees is what the fixtures say."""
    client = _client(subject, "AVRO")
    from confluent_kafka.schema_registry.avro import AvroDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    context = SerializationContext(subject, MessageField.VALUE)
    for version in FOLDERS[subject].versions:
        deserialize = AvroDeserializer(client, schema_text(subject, version))
        for case in FOLDERS[subject].cases(reader=version):
            value = deserialize(case.bytes("confluent"), context)
            assert same(shown(value), case.expected), case


@pytest.mark.slow
@pytest.mark.parametrize("subject", JSON)
def test_confluents_deserializer_reads_json_with_its_header(subject: str) -> None:
    client = _client(subject, "JSON")
    from confluent_kafka.schema_registry.json_schema import JSONDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    context = SerializationContext(subject, MessageField.VALUE)
    for case in own(subject):
        deserialize = JSONDeserializer(schema_text(subject, case.writer), schema_registry_client=client)
        assert deserialize(case.bytes("confluent"), context) == json.loads(case.bytes("json"))


def test_confluents_deserializer_refuses_the_poison() -> None:
    """All of it but what only the content type tells, and what its reader does not look at."""
    client = _client("order-placed", "AVRO")
    from confluent_kafka.schema_registry.avro import AvroDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    context = SerializationContext("order-placed", MessageField.VALUE)
    deserialize = AvroDeserializer(client, schema_text("order-placed", "2"))
    lenient = set()
    for pill in FOLDERS["order-placed"].poison():
        if not _raises(deserialize, pill.body, context):
            lenient.add(pill.name)
    assert lenient == {"extra-bytes"}  # fastavro stops after the value; the fixtures hold consumers to look


def _raises(deserialize: Callable[[bytes, object], object], body: bytes, context: object) -> bool:
    try:
        return deserialize(body, context) is None
    except Exception:  # noqa: BLE001 - a deserializer may raise anything
        return True


def test_paths_of_the_committed_fixtures_are_portable() -> None:
    """No name that a file system or an archive may refuse."""
    for path in FIXTURES.rglob("*"):
        if path.parent.parent.parent == FIXTURES:
            assert len(path.name) < 60
            assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
    assert Path(FIXTURES / "order-placed" / ".gitattributes").read_bytes() == b"* -text\n"
