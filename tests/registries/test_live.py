"""A round over the API: of the test registry always, of a real one when EVTCOMPAT_TEST_REGISTRY_URL is set."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest

from evtcompat.errors import RegistryError
from evtcompat.formats.avro.format import AVRO
from evtcompat.model.levels import Level
from evtcompat.registries import errors
from evtcompat.registries.base import Reference
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.sources.published.registered import registry_history
from evtcompat.testing import RegistryServer

_LIVE = os.environ.get("EVTCOMPAT_TEST_REGISTRY_URL")


@pytest.fixture(params=["confluent", "karapace", *(["live"] if _LIVE else [])])
def client(request: pytest.FixtureRequest) -> Iterator[ConfluentRegistry]:
    """A client of each registry at hand."""
    if request.param == "live":
        environ = {**os.environ, "EVTCOMPAT_REGISTRY_URL": _LIVE or ""}
        with ConfluentRegistry(find_target(None, environ=environ)) as found:
            yield found
        return
    with RegistryServer(request.param) as server, ConfluentRegistry(find_target(server.url, environ={})) as found:
        yield found


@pytest.fixture
def prefix(client: ConfluentRegistry) -> Iterator[str]:
    """A prefix of this test's own, whose subjects are deleted afterwards."""
    mine = f"evtcompat-test-{uuid.uuid4().hex[:12]}-"
    yield mine
    for _ in range(3):  # those that are referred to only go after those that refer to them
        for permanent in (False, True):
            for subject in client.subjects(prefix=mine, deleted=True):
                with suppress(RegistryError):
                    client.delete(subject, permanent=permanent)
    assert client.subjects(prefix=mine, deleted=True) == ()


def _record(name: str, **fields: object) -> str:
    listed = [{"name": field, "type": kind} for field, kind in fields.items()]
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": listed})


def _object(**properties: str) -> str:
    shown = {name: {"type": kind} for name, kind in properties.items()}
    schema = "http://json-schema.org/draft-07/schema#"
    return json.dumps({"$schema": schema, "type": "object", "properties": shown, "additionalProperties": False})


@pytest.mark.slow
def test_avro(client: ConfluentRegistry, prefix: str) -> None:
    """Register, check, level, history, delete."""
    subject = f"{prefix}avro-value"
    old, new = _record("A", id="long"), _record("A", id="long", label="string")
    client.register(subject, old)
    client.set_level(Level.FULL, subject)

    assert client.register(subject, old) == client.version(subject).id
    assert client.find(subject, old) is not None
    assert client.find(subject, new) is None
    assert client.compatibility(subject)[0].level is Level.FULL
    assert client.ask(subject, old).compatible
    assert not client.ask(subject, new).compatible
    with pytest.raises(errors.IncompatibleSchemaError) as caught:
        client.register(subject, new)
    assert caught.value.exit_code == 1
    client.set_level(Level.FORWARD, subject)
    client.register(subject, new)
    assert [version.label for version in registry_history(client, subject).versions] == ["1", "2"]
    client.delete(subject, version=1)
    assert client.versions(subject) == (2,)
    assert client.versions(subject, deleted=True) == (1, 2)
    with pytest.raises(errors.VersionNotFoundError):
        client.version(subject, 1)
    assert client.version(subject, 1, deleted=True).version == 1


def test_json_schema(client: ConfluentRegistry, prefix: str) -> None:
    subject = f"{prefix}json-value"
    client.register(subject, _object(id="integer"), kind="JSON")

    assert client.version(subject).type == "JSON"
    assert client.ask(subject, _object(id="integer"), kind="JSON").compatible
    assert not client.ask(subject, _object(id="string"), kind="JSON").compatible


def test_references(client: ConfluentRegistry, prefix: str) -> None:
    """A referenced schema is found through the registry, and cannot be deleted before."""
    address, order = f"{prefix}address", f"{prefix}order"
    client.register(address, _record("Address", street="string"))
    refers = [Reference("shop.Address", address, 1)]
    client.register(order, _record("Order", to="shop.Address"), references=refers)

    latest = registry_history(client, order).latest
    assert latest is not None
    AVRO.parse(latest.document, latest.references)
    with pytest.raises(errors.ReferencedElsewhereError):
        client.delete(address)


def test_what_is_not_there(client: ConfluentRegistry, prefix: str) -> None:
    with pytest.raises(errors.SubjectNotFoundError):
        client.versions(f"{prefix}nothing")
    with pytest.raises(errors.InvalidSchemaError):
        client.register(f"{prefix}nonsense", '{"type": "recordx"}')
    assert client.compatibility(f"{prefix}nothing")[1] is False
