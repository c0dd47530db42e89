"""An event of a document is compared with what is registered of it, whatever it is called by now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from cli_harness import Run
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.testing import RegistryServer
from sources.conftest import Repo
from sources.test_names_in_containers import CASES, NOW, WAS, judged, payload, third

pytestmark = pytest.mark.slow

#: Where the document lies at first and now, and what is asked.
REGISTERED = {
    "edited in place": ("shop.json", "shop.json", ["."]),
    "edited in place, named alone": ("shop.json", "shop.json", ["shop.json"]),
    "versions beside each other": ("v1/shop.json", "v2/shop.json", ["."]),
    "the newest version named alone": ("v1/shop.json", "v2/shop.json", ["v2/shop.json"]),
}


@pytest.mark.parametrize(
    "case", ["another channel gets a message of that name", "a message of that name is kept for use"]
)
@pytest.mark.parametrize("place", REGISTERED)
@pytest.mark.parametrize("against", ["registry", "lock"])
def test_an_event_has_the_past_that_is_registered_under_its_older_name(
    against: str, place: str, case: str, run: Run, repository: Path, registry: RegistryServer
) -> None:
    """In git, what an event was called there, or is called in an older version, leads to its subject."""
    (before, after), (first, second, arguments) = CASES[case], REGISTERED[place]
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("Changed", json.dumps(payload(WAS)["payload"]), kind="JSON")
    repo = Repo(repository)
    repo.save({first: json.dumps(before)})
    assert run("lock", cwd=repo.path).code == 0
    repo.write(second, json.dumps(after))
    code, compared = judged(run, repo.path, *arguments, "--against", against)
    assert code == 1
    assert ("shop.orders.Changed", "incompatible") in compared
    assert len(compared) == 1 or ("Changed", "compatible") in compared  # what has that name now would be registered so


@pytest.mark.parametrize("against", ["registry", "lock"])
def test_outside_git_an_event_with_a_longer_name_is_said_with_the_line_that_gives_it_its_past(
    against: str, run: Run, tmp_path: Path, registry: RegistryServer
) -> None:
    """Neither a registry nor a lock knows which of two events of one name had it alone: both are said."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("Changed", json.dumps(payload(WAS)["payload"]), kind="JSON")
    (tmp_path / "shop.json").write_text(json.dumps(third({}, parcels=WAS, orders=NOW)), encoding="utf-8")
    assert run("lock", cwd=tmp_path).code == 0
    report = json.loads(run("check", "--against", against, "--format", "json", cwd=tmp_path).out)
    told = [one["message"] for one in report["findings"] if one["rule"] == "version-not-recognised"]
    lines = [message.partition("of the configuration: ")[2].removesuffix(".") for message in told]
    assert lines == [f'Changed = ["shop.json#shop.{name}.Changed"]' for name in ("orders", "parcels")]
    with (tmp_path / "evtcompat.toml").open("a", encoding="utf-8") as config:
        config.write(f"[subjects]\n{lines[0]}\n")
    _, compared = judged(run, tmp_path, "--against", against)
    assert compared == [("Changed", "incompatible")]


@pytest.mark.parametrize("against", ["registry", "lock"])
def test_a_message_that_a_document_takes_in_is_compared_with_what_is_registered_of_it(
    against: str, run: Run, repository: Path, registry: RegistryServer
) -> None:
    def message(kind: str) -> str:
        return json.dumps({"name": "shop.changed", "payload": {"type": "object", "properties": {"id": {"type": kind}}}})

    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("item.changed", json.dumps(json.loads(message("number"))["payload"]), kind="JSON")
    repo = Repo(repository)
    repo.save({"messages/item.changed.json": message("number")})
    assert run("lock", cwd=repo.path).code == 0
    channels = {"items": {"address": "items", "messages": {"Changed": {"$ref": "messages/item.changed.json"}}}}
    document = {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1.0.0"}, "channels": channels}
    repo.write("asyncapi.json", json.dumps(document))
    repo.write("messages/item.changed.json", message("string"))
    code, compared = judged(run, repo.path, "--against", against)
    assert (code, [verdict for _, verdict in compared]) == (1, ["incompatible"])


#: Documents that hold a schema, or write it otherwise than in JSON, and what the schema is.
HELD = {
    "asyncapi.json": (json.dumps(third({}, parcels=WAS)), "Changed", "JSON"),
    "asyncapi.yaml": (yaml.safe_dump(third({}, parcels=WAS)), "Changed", "JSON"),
    "shop.avpr": (
        '{"protocol": "Shop", "types": [{"type": "record", "name": "Changed", "fields": []}], "messages": {}}',
        "Changed",
        "AVRO",
    ),
    "shop.avdl": ("protocol Shop { record Changed { } }", "Changed", "AVRO"),
}


@pytest.mark.parametrize("name", HELD)
def test_a_registry_is_given_the_schema_and_not_the_document_that_holds_it(
    name: str, run: Run, tmp_path: Path, registry: RegistryServer
) -> None:
    text, subject, kind = HELD[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("registry", "register", name, "--yes", cwd=tmp_path).code == 0
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        registered = client.version(subject)
    value = json.loads(registered.text)
    assert (registered.type, value["type"]) == (kind, "object" if kind == "JSON" else "record")
    assert "is registered" in run("registry", "register", name, "--yes", cwd=tmp_path).out
    checked = run("check", "--against", "registry", cwd=tmp_path)
    assert (checked.code, "1 unchanged" in checked.out) == (0, True)
