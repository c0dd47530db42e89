"""Messages name their schemas by ids, and a registry tells what those are."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.testing import RegistryServer
from replay import orders

MADE = [order for made in orders.each_version(100) for order in made]


def _registered(server: RegistryServer, subject: str, schema: object) -> int:
    import requests

    body = {"schema": json.dumps(schema)}
    answer = requests.post(f"{server.url}/subjects/{subject}/versions", json=body, timeout=10)
    answer.raise_for_status()
    return int(answer.json()["id"])


@pytest.fixture
def topic(registry: RegistryServer, tmp_path: Path) -> Path:
    """A file of messages with the registry's ids: orders, and others of another subject."""
    ids = {version: _registered(registry, "order-value", orders.AVRO[version]) for version in ("1", "2")}
    customer = {"type": "record", "name": "Customer", "fields": [{"name": "id", "type": "string"}]}
    other = _registered(registry, "customer-value", customer)
    messages = [b"\0" + struct.pack(">I", ids[order.version]) + orders.encoded(order) for order in MADE]
    messages += [b"\0" + struct.pack(">I", other) + b"\x02c"] * 3
    (tmp_path / "topic.bin").write_bytes(orders.prefixed(messages))
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("registry")
def test_the_registry_tells_readers_writers_and_history(topic: Path, run: Run) -> None:
    done = run("replay", "topic.bin", "-r", "registry:order-value@2", "-f", "json", cwd=topic)
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert report["subject"] == "order-value"
    assert report["readers"][0]["outcomes"] == {"ok": 50, "defaulted": 100}
    assert [(one["name"], one["events"]) for one in report["writers"]] == [("v1", 100), ("v2", 50)]
    assert report["aside"]["events"] == {"Customer": 3}
    assert report["corrupt"]["count"] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("registry")
def test_an_id_that_the_registry_does_not_know_is_told(topic: Path, run: Run) -> None:
    with (topic / "topic.bin").open("ab") as file:
        file.write(orders.prefixed([b"\0\0\0\x03\xe7" + orders.encoded(MADE[0])]))
    done = run("replay", "topic.bin", "-r", "registry:order-value@1", "-f", "json", cwd=topic)
    assert done.code == 3
    assert [one["key"] for one in json.loads(done.out)["corrupt"]["unknown_writers"]] == ["confluent:999"]


@pytest.mark.slow
def test_a_file_reads_what_the_registry_knows(topic: Path, registry: RegistryServer, run: Run) -> None:
    orders.write_schemas(topic / "schemas")
    words = ["-r", "schemas/strict.avsc", "--registry", registry.url]
    report = json.loads(run("replay", "topic.bin", *words, "-f", "json", cwd=topic).out)
    assert report["readers"][0]["outcomes"] == orders.outcomes(MADE, "strict")
