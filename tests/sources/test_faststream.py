"""Applications of FastStream are documents of AsyncAPI that only their module writes: each message is an event."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli_harness import Result, Run
from contracts.folders import contract, json_object, write_versions
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.opened import Container, OpenedTree
from evtcompat.sources.models.named import named_models
from evtcompat.sources.names.naming import member_path
from evtcompat.syntax.documents import locate

from .conftest import Repo, make_repo

pytest.importorskip("faststream")
pytestmark = pytest.mark.slow

APP = """
from pydantic import BaseModel, Field
from faststream import FastStream
from faststream.nats import NatsBroker
from far import Address

broker = NatsBroker("nats://nobody.invalid:4222")
app = FastStream(broker)

class Line(BaseModel):
    cents: int

class Order(BaseModel):
    id: str
    lines: list[Line] = []
    to: Address | None = None

class Done(BaseModel):
    id: str

@broker.subscriber("orders")
@broker.publisher("done")
async def on_order(order: Order) -> Done:
    return Done(id=order.id)

@broker.subscriber("pings")
async def on_ping(count: int) -> None: ...
"""
FAR = "from pydantic import BaseModel\nclass Address(BaseModel):\n    city: str\n"
ORDER, DONE, PING = "orders:OnOrder:SubscribeMessage", "done:Publisher:Message", "pings:OnPing:SubscribeMessage"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.delenv("EVTCOMPAT_ALLOW_IMPORTS", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    repo = make_repo(tmp_path / "shop")
    repo.save({"service.py": APP, "far.py": FAR})
    return repo


def container(shop: Repo, *words: str) -> Container:
    found = OpenedTree(disk(shop.path), named_models(words, shop.path, os.environ).models).container("service.py")
    assert found is not None
    return found


def changed(run: Run, shop: Repo, word: str, old: str, new: str) -> tuple[int, Mapping[str, list[tuple[str, int]]]]:
    """The exit code of a check after a change, and by subject the rules and lines of what is found."""
    for name in ("service.py", "far.py"):
        text = (shop.path / name).read_text()
        shop.write(name, text.replace(old, new))
    result = run("check", word, "--format", "json", cwd=shop.path)
    found = {}
    for subject in json.loads(result.out)["subjects"]:
        told = [*subject["findings"], *(one for each in subject["comparisons"] for one in each["findings"])]
        found[subject["subject"]] = [(one["rule"], one["reader"]["line"] or 0) for one in told]
    return result.code, found


def line_of(words: str) -> int:
    return APP[: APP.index(words)].count("\n") + 1


def test_each_message_is_an_event_with_a_schema_that_stands_alone(shop: Repo) -> None:
    events = container(shop, "service:app").inner["service.py#app"]
    assert set(events.events) == {member_path("service.py", f"app/{name}") for name in (PING, ORDER, DONE)}
    order = events.schemas[member_path("service.py", f"app/{ORDER}")]
    assert order.format.name == "json-schema"
    assert isinstance(order.document.value, dict)
    assert order.owners == Owners((), ("FastStream",))


def test_a_broker_says_the_same_as_its_application(shop: Repo) -> None:
    inner = container(shop, "service:app", "service:broker").inner
    names = [[one.name for one in inner[f"service.py#{word}"].contents.schemas] for word in ("app", "broker")]
    assert names[0] == names[1]


def test_a_place_is_that_of_the_class_and_the_field_or_of_the_application(shop: Repo) -> None:
    order = container(shop, "service:app").schemas[member_path("service.py", f"app/{ORDER}")].document
    assert isinstance(order.value, dict)
    text = json.dumps(order.value, default=str)
    assert "cents" in text
    assert locate(order, Place(pointer="/properties/id/type")).line == line_of("id: str")
    assert locate(order, Place(pointer="")).line == line_of("class Order")


def test_a_change_of_a_field_is_found_in_the_messages_that_have_it_and_in_no_other(run: Run, shop: Repo) -> None:
    code, found = changed(run, shop, "service:app", "cents: int", "cents: str")
    assert code == 1
    assert {subject for subject, told in found.items() if told} == {f"app.{ORDER}"}
    assert {("type-changed", line_of("cents: int"))} == set(found[f"app.{ORDER}"])


def test_a_change_of_a_class_of_another_module_is_found_at_the_application(run: Run, shop: Repo) -> None:
    code, found = changed(run, shop, "service:app", "city: str", "city: int")
    assert code == 1
    assert {line for _, line in found[f"app.{ORDER}"]} == {line_of("app = ")}


def test_a_channel_that_is_gone_is_found(run: Run, shop: Repo) -> None:
    code, found = changed(run, shop, "service:app", '@broker.subscriber("pings")\n', "")
    assert code == 1
    assert found[f"app.{PING}"][0][0] == "subject-removed"
    assert found["pings"][0][0] == "channel-removed"


def test_what_the_configuration_lists_is_read_with_its_applications(run: Run, shop: Repo) -> None:
    shop.write("evtcompat.toml", '[[models]]\nmodule = "service"\nnames = ["app"]\n')
    refused = run("check", cwd=shop.path)
    assert (refused.code, "nobody allowed that" in refused.out) == (3, True)
    shop.write("service.py", APP.replace("count: int", "count: str"))
    result = run("check", cwd=shop.path, environment={"EVTCOMPAT_ALLOW_IMPORTS": "1"})
    assert (result.code, f"app.{PING}" in result.out) == (1, True)


def test_nothing_of_a_module_is_an_event_where_only_the_application_is_named(run: Run, shop: Repo) -> None:
    """Its classes are seen as parts of the messages."""
    _, found = changed(run, shop, "service:app", "id: str", "id: int")
    assert set(found) == {f"app.{name}" for name in (ORDER, DONE, PING)}


def test_one_message_is_named_by_its_name(run: Run, shop: Repo) -> None:
    one = run("check", f"service:app/{PING}", "--against", "git:HEAD", "--format", "json", cwd=shop.path)
    assert [each["subject"] for each in json.loads(one.out)["subjects"]] == [f"app.{PING}"]
    (shop.path / "events.jsonl").write_text('{"id": "a"}\n{"id": 1}\n')
    read = run("replay", "events.jsonl", "--reader", f"service:app/{ORDER}", cwd=shop.path)
    assert (read.code, "1 ok, 1 refused" in " ".join(read.out.split())) == (1, True), read.out
    several = run("replay", "events.jsonl", "--reader", "service:app", cwd=shop.path)
    assert (several.code, "service.py: holds several schemas" in several.err) == (3, True)
    unknown = run("check", "service:app/gone", cwd=shop.path)
    assert (unknown.code, "service.py holds no schema called app/gone" in unknown.out) == (3, True)


def exported(run: Run, shop: Repo, *words: str) -> Result:
    return run("export", *words, "-o", "schemas", cwd=shop.path)


def test_the_messages_are_written_into_one_folder(run: Run, shop: Repo) -> None:
    shop.write("service.py", APP.replace('"pings"', '"../../pings"'))
    assert exported(run, shop, "service:app").code == 0
    files = sorted(path.name for path in (shop.path / "schemas").iterdir())
    assert (len(files), {name[:4] for name in files}) == (3, {"app."})


def test_an_application_that_has_no_message_is_unchecked(run: Run, shop: Repo) -> None:
    shop.write("empty.py", "from faststream import FastStream\napp = FastStream()\n")
    result = run("check", "empty:app", cwd=shop.path)
    assert (result.code, "without messages that have a payload" in result.out) == (3, True)


def test_an_application_that_cannot_describe_itself_hides_no_other(run: Run, shop: Repo) -> None:
    broken = '\nbad = FastStream(NatsBroker())\nbad.schema.schema_version = "9"\n'
    shop.write("service.py", APP.replace("cents: int", "cents: str") + broken)
    result = run("check", "service:app", "service:bad", cwd=shop.path)
    assert result.code == 1
    assert "no schema can be made of the model bad: NotImplementedError" in result.out
    assert "type-changed" in result.out


def test_a_contract_names_a_model_and_no_application(run: Run, shop: Repo) -> None:
    write_versions(shop.path, json_object("id", id={"type": "string"}), suffix=".json")
    contract(shop.path, "shipping", 'model = "service:app"\n')
    result = run("contract", "verify", "--model", "service:app", cwd=shop.path)
    assert (result.code, "is an application with many events" in " ".join(result.out.split())) == (3, True)
