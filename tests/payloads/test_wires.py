"""Wire formats that name a schema by a UUID: on disk, verified, and sent to a consumer that knows nothing of us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run

ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63"
#: A consumer as a team writes it, by the documents of AWS and Confluent.
CONSUMER = """
import io, json, uuid, zlib
import fastavro

SCHEMAS = {}
for version in json.load(open("fx/manifest.json"))["versions"]:
    schema = json.load(open(f"order-v{version['version']}.avsc"))
    SCHEMAS[uuid.UUID(version["uuid"])] = fastavro.parse_schema(schema)
READER = list(SCHEMAS.values())[-1]
SEEN = []


def of_header(message):
    value = message.headers["__value_schema_id"].encode("utf-8", "surrogateescape")
    assert value[0] == 1
    return uuid.UUID(bytes=value[1:]), message.body


def of_body(message):
    body = message.body
    assert body[0] == 3
    payload = {0: bytes, 5: zlib.decompress}[body[1]](body[18:])
    return uuid.UUID(bytes=body[2:18]), payload


def take(message, dead_letter):
    try:
        named, payload = (of_header if "__value_schema_id" in message.headers else of_body)(message)
        left = io.BytesIO(payload)
        event = fastavro.schemaless_reader(left, SCHEMAS[named], READER)
        assert not left.read()
    except Exception as error:
        dead_letter(message, str(error))
        return
    if event not in SEEN:
        SEEN.append(event)
    return event
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    first = {"name": "id", "type": "string"}
    for number, fields in enumerate(([first], [first, {"name": "n", "type": "int", "default": 0}]), 1):
        record = {"type": "record", "name": "Order", "fields": fields}
        (tmp_path / f"order-v{number}.avsc").write_text(json.dumps(record))
    (tmp_path / "consumer.py").write_text(CONSUMER)
    return tmp_path


WIRES = ("glue", "glue-zlib", "confluent-header")
GENERATE = ("fixtures", "generate", "order", "-o", "fx", "--schema-id", f"1={ID}")


@pytest.mark.slow
def test_they_are_written_and_verified(run: Run, folder: Path) -> None:
    """With the UUID that a person named, else one that the schema determines; and a wrong one is told."""
    asked = [word for wire in WIRES for word in ("--wire", wire)]
    made = run(*GENERATE, *asked, cwd=folder)
    assert made.code == 0, made
    manifest = json.loads((folder / "fx/manifest.json").read_text())
    assert manifest["wires"] == [*WIRES]
    first, second = (version["uuid"] for version in manifest["versions"])
    assert first == ID
    assert second != ID
    glue = folder / "fx/v1/01-smallest.glue"
    assert glue.read_bytes()[:2] == b"\x03\x00"
    assert glue.read_bytes()[18:] == (folder / "fx/v1/01-smallest.bin").read_bytes()
    assert "0 written" in run(*GENERATE, *asked, cwd=folder).out
    assert run("fixtures", "verify", "fx", cwd=folder).code == 0

    without = run("fixtures", "generate", "order", "-o", "plain", cwd=folder)
    assert without.code == 0
    assert not list((folder / "plain").rglob("*.glue*"))
    assert "uuid" not in (folder / "plain/manifest.json").read_text()
    refused = run(
        "exercise", "order", "--new", "consumer:take", "--fixtures", "plain", "--encoding", "glue", cwd=folder
    )
    assert refused.code == 3
    assert "--wire glue" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--wire", "nosuch"), "--wire nosuch: one of confluent-header, glue, glue-zlib"),
        (("--schema-id", "1=7g"), "not VERSION=ID or VERSION=UUID"),
        (("--schema-id", f"2={ID}"), "two versions would have one UUID"),
    ],
)
def test_what_cannot_be_written_is_refused(run: Run, folder: Path, words: tuple[str, ...], said: str) -> None:
    result = run(*GENERATE, *words, cwd=folder)

    assert (result.code, said in result.err) == (2, True), result
    assert not (folder / "fx").exists()


@pytest.mark.long
@pytest.mark.parametrize("wire", WIRES)
def test_a_consumer_is_sent_what_its_registry_writes(run: Run, folder: Path, wire: str) -> None:
    assert run(*GENERATE, "--wire", wire, cwd=folder).code == 0
    exercise = ("exercise", "order", "--new", "consumer:take", "--fixtures", "fx", "--encoding", wire)
    result = run(*exercise, "--observe", "consumer:SEEN", cwd=folder)

    assert result.code == 0, result.out
    other = run(*exercise[:-1], "confluent", "--observe", "consumer:SEEN", cwd=folder)
    assert other.code == 1


def test_a_header_of_bytes_needs_kafka(run: Run, folder: Path) -> None:
    assert run(*GENERATE, "--wire", "confluent-header", cwd=folder).code == 0
    result = run(
        *("exercise", "order", "--new", "consumer:take", "--fixtures", "fx", "--encoding", "confluent-header"),
        *("--transport", "redis://127.0.0.1:1"),
        cwd=folder,
    )
    assert result.code == 2
    assert "only Kafka has" in result.err
