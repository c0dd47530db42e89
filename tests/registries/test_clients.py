"""The clients that people use do with the test registry what they do with a real one."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evtcompat.testing import RegistryServer

#: The Python clients leave their connections to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
pytest_plugins = ["evtcompat.testing.fixture"]

SCRIPT = Path(__file__).parent / "clients" / "kafkajs_flow.mjs"
#: Where `.ci/run` installs the JavaScript client.
MODULES = Path(os.environ.get("EVTCOMPAT_NODE_MODULES", Path(__file__).parents[2] / ".node" / "node_modules"))


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a client leaves open is found here, and not in the next test."""
    yield
    gc.collect()


def _order(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": fields})


ID: dict[str, Any] = {"name": "id", "type": "long"}
SUM: dict[str, Any] = {"name": "sum", "type": "double"}
SUM_OR_ZERO: dict[str, Any] = {**SUM, "default": 0.0}


@pytest.mark.slow
def test_confluent_kafka(schema_registry: RegistryServer) -> None:
    """Register, serialize, deserialize with a newer reader, references, metadata, levels, modes, deletes."""
    client_module = pytest.importorskip("confluent_kafka.schema_registry")
    avro = pytest.importorskip("confluent_kafka.schema_registry.avro")
    serialization = pytest.importorskip("confluent_kafka.serialization")
    schema_of, reference = client_module.Schema, client_module.SchemaReference
    client = client_module.SchemaRegistryClient({"url": schema_registry.url})
    topic = serialization.SerializationContext("order", serialization.MessageField.VALUE)

    payload = avro.AvroSerializer(client, _order(ID))({"id": 7}, topic)
    assert avro.AvroDeserializer(client, _order(ID, SUM_OR_ZERO))(payload, topic) == {"id": 7, "sum": 0.0}
    assert payload[0] == 0
    assert int.from_bytes(payload[1:5]) == client.get_latest_version("order-value").schema_id

    assert client.get_subjects() == ["order-value"]
    assert client.get_compatibility() == "BACKWARD"
    assert not client.test_compatibility("order-value", schema_of(_order(ID, SUM), "AVRO"))
    with pytest.raises(client_module.error.SchemaRegistryError) as refused:
        client.register_schema("order-value", schema_of(_order(ID, SUM), "AVRO"))
    assert refused.value.http_status_code == 409

    line = _order({"name": "order", "type": "shop.Order"}).replace('"name": "Order"', '"name": "Line"', 1)
    refers = [reference("shop.Order", "order-value", 1)]
    properties = client_module.MetadataProperties({"owner": "shop"})
    metadata = client_module.Metadata(tags=None, properties=properties, sensitive=None)
    registered = client.register_schema_full_response(
        "line-value", schema_of(line, "AVRO", references=refers, metadata=metadata)
    )
    found = client.get_latest_with_metadata("line-value", {"owner": "shop"})
    assert found.schema.references == refers
    assert found.schema.metadata.properties == properties
    assert registered.guid
    assert client.get_schema_by_guid(registered.guid).schema_str == found.schema.schema_str
    assert client.lookup_schema("line-value", schema_of(line, "AVRO", references=refers)).version == 1

    config = client_module.ServerConfig(compatibility=client_module.ConfigCompatibilityLevel.FULL)
    client.set_config("order-value", config)
    assert client.get_config("order-value").compatibility_level == client_module.ConfigCompatibilityLevel.FULL
    client.delete_subject("line-value")
    assert client.delete_subject("line-value", permanent=True) == [1]
    assert client.delete_version("order-value", 1) == 1


@pytest.mark.slow
def test_python_schema_registry_client(schema_registry: RegistryServer) -> None:
    """Register, check, look up, encode and decode, levels, deletes."""
    module = pytest.importorskip("schema_registry.client")
    serializers = pytest.importorskip("schema_registry.serializers")
    client = module.SchemaRegistryClient(url=schema_registry.url)
    first = module.schema.AvroSchema(_order(ID))
    schema_id = client.register("order-value", first)

    assert client.register("order-value", first) == schema_id
    assert client.check_version("order-value", first).version == 1
    assert client.get_by_id(schema_id).name == "shop.Order"
    assert not client.test_compatibility("order-value", module.schema.AvroSchema(_order(ID, SUM)))
    assert client.test_compatibility("order-value", module.schema.AvroSchema(_order(ID, SUM_OR_ZERO)))
    serializer = serializers.AvroMessageSerializer(client)
    assert serializer.decode_message(serializer.encode_record_with_schema("order", first, {"id": 7})) == {"id": 7}
    assert client.update_compatibility("FULL", "order-value")
    assert client.get_compatibility("order-value") == "FULL"
    assert client.get_versions("order-value") == [1]
    assert client.get_schema_subject_versions(schema_id)[0].subject == "order-value"
    assert client.delete_version("order-value", 1) == 1


@pytest.mark.skipif(
    shutil.which("node") is None or not MODULES.is_dir(), reason="no node, or .ci/run has not installed the client"
)
def test_kafkajs(schema_registry: RegistryServer) -> None:
    """Register, encode and decode Avro and JSON, look up, and be refused."""
    done = subprocess.run(
        ["node", SCRIPT, MODULES, schema_registry.url], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "again": True,
        "framed": True,
        "decoded": {"id": 7},
        "latest": True,
        "found": True,
        "click": {"id": 1},
        "refused": True,
    }
