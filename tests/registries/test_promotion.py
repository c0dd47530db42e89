"""Promotion from a dev to a prod registry: checked there, references first, begun again, ids kept by an import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.testing import Fault, RegistryServer


def _record(name: str, *fields: dict[str, JSON]) -> str:
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": fields})


STREET: dict[str, JSON] = {"name": "street", "type": "string"}
TO: dict[str, JSON] = {"name": "to", "type": "shop.Address"}
NOTE: dict[str, JSON] = {"name": "note", "type": "string", "default": ""}
PROTO = 'syntax = "proto3";'


def _client(server: RegistryServer) -> ConfluentRegistry:
    return ConfluentRegistry(find_target(server.url, environ={}))


@pytest.fixture
def dev(registry: RegistryServer, monkeypatch: pytest.MonkeyPatch) -> RegistryServer:
    """An order in two versions that refers to an address, metadata and all, and a Protobuf subject."""
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_DEV_URL", registry.url)
    refers = [Reference("shop.Address", "address", 2)]
    with _client(registry) as client:
        client.register("address", _record("Address"))
        client.register("address", _record("Address", {**STREET, "default": ""}))
        client.register("order", _record("Order", TO), references=refers)
        newer = Registered("order", 0, 0, _record("Order", TO, NOTE), metadata={"properties": {"owner": "shop"}})
        client.copy(newer, references=refers, keep_id=False)
        client.register("proto", PROTO, kind="PROTOBUF")
    return registry


@pytest.fixture
def prod(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    with RegistryServer() as server:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_PROD_URL", server.url)
        yield server


WAY = ("--from", "dev", "--to", "prod")


@pytest.mark.slow
@pytest.mark.usefixtures("dev")
def test_promotion(run: Run, prod: RegistryServer, tmp_path: Path) -> None:
    """The plan first; what is referred to goes before; again there is nothing to do; then both hold the same."""
    plan = run("registry", "promote", "order", "proto", *WAY, "--dry-run", cwd=tmp_path)
    assert plan.code == 0, plan
    assert [line.split()[:2] for line in plan.out.splitlines()] == [
        ["SUBJECT", "VERSION"],
        ["address", "2"],
        ["order", "1"],
        ["order", "2"],
        ["proto", "1"],
    ]
    assert "PROTOBUF is carried unchecked" in plan.out
    assert prod.store.rows == {}

    done = run("registry", "promote", "order", "proto", *WAY, "--yes", cwd=tmp_path)
    assert done.code == 0, done
    assert "order@2: promoted as version 2" in done.out
    with _client(prod) as client:
        newest = client.version("order")
        assert newest.references == (Reference("shop.Address", "address", 1),)
        assert newest.metadata == {"properties": {"owner": "shop"}}
        assert client.version("proto").text == PROTO
    again = run("registry", "promote", "order", "proto", *WAY, cwd=tmp_path)
    assert (again.code, again.out.count("is there already")) == (0, 4), again
    differs = run("registry", "diff", "dev", "prod", cwd=tmp_path)
    assert differs.code == 1
    assert [line for line in differs.out.splitlines() if not line.startswith("address: version 1 of ")] == []
    assert run("registry", "promote", "address", *WAY, "--yes", cwd=tmp_path).code == 0
    assert run("registry", "diff", "dev", "prod", cwd=tmp_path).code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("dev")
def test_what_prod_asks_for_counts(run: Run, prod: RegistryServer, tmp_path: Path) -> None:
    """A version that is compatible in dev is refused where prod holds another, and nothing is promoted."""
    with _client(prod) as client:
        client.register("address", _record("Address", STREET))
        client.set_level(Level.FORWARD, "address")

    result = run("registry", "promote", "address@1", *WAY, "--yes", cwd=tmp_path)

    assert result.code == 1
    assert "reader-field-missing-default-value" in result.out
    assert "Nothing was promoted." in result.err
    assert len(prod.store.rows["address"]) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("dev")
def test_a_failure_in_the_middle_is_told_and_the_next_run_does_the_rest(
    run: Run, prod: RegistryServer, tmp_path: Path
) -> None:
    prod.faults.add(Fault(where="POST /subjects/order/versions", status=403, times=None))

    failed = run("registry", "promote", "order", *WAY, "--yes", cwd=tmp_path)

    assert failed.code == 3
    assert "Promoted: address@2. Not promoted: order@1, order@2." in failed.err
    prod.faults.clear()
    again = run("registry", "promote", "order", *WAY, "--yes", cwd=tmp_path)
    assert again.code == 0, again
    assert "is there already, as version 1" in again.out


@pytest.mark.slow
def test_an_import_keeps_ids_and_numbers(run: Run, dev: RegistryServer, prod: RegistryServer, tmp_path: Path) -> None:
    prod.store.settings.modes[""] = "IMPORT"

    done = run("registry", "promote", "order", *WAY, "--yes", cwd=tmp_path)

    assert done.code == 0, done
    with _client(dev) as here, _client(prod) as there:
        assert there.history("order").versions == here.history("order").versions
        assert there.version("address").version == 2
    assert "is there already" in run("registry", "promote", "order", *WAY, cwd=tmp_path).out


@pytest.mark.slow
@pytest.mark.usefixtures("dev")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nosuch", *WAY), 3, "has no subject nosuch"),
        (("order@9", *WAY), 3, "order has no version 9"),
        (("order", "--from", "dev", "--to", "dev"), 2, "--from and --to are both"),
        (("order", *WAY), 2, "there is no terminal to ask at"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run,
    prod: RegistryServer,
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    result = run("registry", "promote", *arguments, cwd=tmp_path)

    assert (result.code, words in result.err) == (code, True), result
    assert prod.store.rows == {}


@pytest.mark.slow
@pytest.mark.usefixtures("dev")
def test_a_closed_registry_takes_nothing(run: Run, prod: RegistryServer, tmp_path: Path) -> None:
    prod.store.settings.modes[""] = "READONLY"

    result = run("registry", "promote", "order", *WAY, "--yes", cwd=tmp_path)

    assert result.code == 3
    assert "takes no new version of order: its mode is READONLY" in result.out
