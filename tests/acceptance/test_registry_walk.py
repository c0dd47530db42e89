"""A team's life over HTTP: two services, a shared type, five versions, dev and prod, a drift, an outage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.testing import Fault, RegistryServer


def _record(name: str, **fields: JSON) -> str:
    listed: list[JSON] = []
    for field, kind in fields.items():
        default: dict[str, JSON] = {"default": None} if isinstance(kind, list) else {}
        listed.append({"name": field, "type": kind, **default})
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": listed})


#: The order as its service changes it, each version compatible with those before.
ORDERS = [
    _record("Order", id="long", to="Address"),
    _record("Order", id="long", to="Address", note=["null", "string"]),
    _record("Order", id="long", to="Address", note=["null", "string"], sum=["null", "double"]),
    _record("Order", id="long", to="Address", sum=["null", "double"]),
    _record("Order", id="long", to="Address", sum=["null", "double"], by=["null", "string"]),
]
BREAK = _record("Order", id="long", to="Address", sum="double", by=["null", "string"])


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RegistryServer, RegistryServer]]:
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "config"))
    with RegistryServer(level=Level.BACKWARD_TRANSITIVE) as dev, RegistryServer(level=Level.FULL_TRANSITIVE) as prod:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", dev.url)
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_DEV_URL", dev.url)
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_PROD_URL", prod.url)
        yield dev, prod


@pytest.mark.slow
def test_a_team_and_its_registries(run: Run, team: tuple[RegistryServer, RegistryServer], tmp_path: Path) -> None:
    dev, prod = team
    repository = tmp_path / "events"
    repository.mkdir()
    (repository / "evtcompat.toml").write_text('[registry]\nsubject-name-strategy = "topic"\n')
    (repository / "address.avsc").write_text(_record("Address", street="string"))
    (repository / "shipment.avsc").write_text(_record("Shipment", order="long", to="Address"))

    def does(code: int, *command: str) -> str:
        done = run(*command, cwd=repository)
        assert done.code == code, done
        return done.out + done.err

    # two services register what they write; the type that they share is registered once, and before both
    for number, order in enumerate(ORDERS, 1):
        (repository / "order.avsc").write_text(order)
        does(0, "check", "--against", "registry", "--ask")
        does(0, "registry", "register", "order.avsc", "shipment.avsc", "--yes")
        assert [row.version for row in dev.store.rows["order-value"]] == [*range(1, number + 1)]
    assert len(dev.store.rows["address-value"]) == len(dev.store.rows["shipment-value"]) == 1

    # all of it goes to prod, where more is asked; then both hold the same
    does(0, "registry", "promote", "*", "--from", "dev", "--to", "prod", "--yes")
    assert len(prod.store.rows["order-value"]) == len(ORDERS)
    said = does(1, "registry", "diff", "dev", "prod")
    assert [line.partition(":")[2].partition(" in ")[0] for line in said.splitlines()] == [
        " level BACKWARD_TRANSITIVE"
    ] * 3
    does(0, "lock", "--registry", "prod")

    # a break is refused in CI, with a payload, before any registry has seen it
    (repository / "order.avsc").write_text(BREAK)
    seen = len(prod.seen)
    assert "order-value  FULL_TRANSITIVE" in does(1, "check", "--against", "lock")
    assert seen == len(prod.seen)
    asked = sum(one.method == "POST" and one.path.endswith("/versions") for one in dev.seen)
    refused = does(1, "registry", "register", "order.avsc", "--yes")
    assert "Nothing was registered." in refused
    assert asked == sum(one.method == "POST" and one.path.endswith("/versions") for one in dev.seen)
    (repository / "order.avsc").write_text(ORDERS[-1])

    # somebody changes prod by hand: the lock has drifted, and says how
    with ConfluentRegistry(find_target(prod.url, environ={})) as client:
        client.set_level(Level.NONE, "order-value")
        client.register("order-value", BREAK, references=client.version("order-value").references)
    drifted = does(5, "lock", "--check", "--registry", "prod")
    assert "order-value has the level NONE" in drifted
    assert "order-value has a version 6 that the lock has not seen" in drifted
    does(0, "lock", "--check", "shipment", "--registry", "prod")

    # an outage is never green; the lock works without any registry
    dev.faults.add(Fault(status=503, times=None, headers={"Retry-After": "3600"}))
    assert "HTTP 503" in does(3, "check", "--against", "registry")
    assert "HTTP 503" in does(3, "registry", "promote", "order", "--from", "dev", "--to", "prod", "--yes")
    does(0, "check", "--against", "lock")
    dev.faults.clear()
    does(0, "check", "--against", "registry")

    # what prod holds can be read in a folder of its own, and nothing of it is new to prod
    does(0, "registry", "pull", "pulled", "--registry", "prod")
    does(0, "registry", "diff", "pulled", "prod")
