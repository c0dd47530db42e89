"""Names that look like versions of one subject, and are none, are said with the line that makes them so."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.subjects.near_misses import near_misses
from evtcompat.sources.subjects.schema_tree import SchemaTree
from sources.conftest import Repo


def order(*more: str) -> str:
    fields = [{"name": name, "type": "string", "default": ""} for name in ("id", "total", "customer", *more)]
    return json.dumps({"type": "record", "name": "Order", "namespace": "com.shop", "fields": fields})


#: What lies in a folder, and which of it looks like versions of one subject.
TOLD = {
    "numbers": ["order-1.avsc", "order-2.avsc", "order-3.avsc"],
    "from zero": ["order0.avsc", "order1.avsc"],
    "the first without a number": ["order.avsc", "order-2.avsc"],
    "in the middle": ["orders-v1-value.avsc", "orders-v2-value.avsc"],
    "small v without a mark": ["orderv1.avsc", "orderv2.avsc"],
    "a p for a point": ["order_0p1.avsc", "order_0p2.avsc"],
    "a name that TOML quotes": ["größe 1.avsc", "größe 2.avsc"],
}
#: The same in a folder each.
SEVERAL = ["shop/order-1.avsc", "shop/order-2.avsc", "store/order-1.avsc", "store/order-2.avsc"]
QUIET = {
    "a version is understood": ["order-v1.avsc", "order-v2.avsc"],
    "no sequence": ["sha-256.avsc", "sha-512.avsc"],
    "one file": ["order-1.avsc"],
    "a year": ["order-2025.avsc", "order-2026.avsc"],
    "late numbers": ["mp3.avsc", "mp4.avsc"],
}


def test_a_subject_is_not_called_by_a_part_of_its_version(tmp_path: Path) -> None:
    for name in TOLD["a p for a point"]:
        (tmp_path / name).write_text(order(name), encoding="utf-8")
    tree = SchemaTree(disk(tmp_path, tmp_path), Layout())
    found = [current for name in TOLD["a p for a point"] if (current := tree.current(name)) is not None]
    assert [one.line.partition(" = ")[0] for one in near_misses(tree, found)] == ["order"]


def told(run: Run, folder: Path) -> list[str]:
    report = json.loads(run("check", ".", "--format", "json", cwd=folder).out)
    return [one["message"] for one in report["findings"] if one["rule"] == "version-not-recognised"]


def write(folder: Path, names: list[str]) -> None:
    for index, name in enumerate(names):
        (folder / name).write_text(order(*(f"extra{number}" for number in range(index))), encoding="utf-8")


@pytest.mark.parametrize("case", TOLD)
def test_they_are_said_once_and_the_line_makes_them_versions(case: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path, TOLD[case])
    (message,) = told(run, tmp_path)
    line = message.partition("of the configuration: ")[2].removesuffix(".")
    ((_, listed),) = tomllib.loads(line).items()
    assert listed == TOLD[case]
    assert f"under [subjects]: {line}" in " ".join(run("init", "--dry-run", cwd=tmp_path).out.split())
    (tmp_path / "evtcompat.toml").write_text(f"[subjects]\n{line}\n", encoding="utf-8")
    assert told(run, tmp_path) == []
    report = json.loads(run("check", ".", "--format", "json", cwd=tmp_path).out)
    assert {one["subject"] for one in report["subjects"]} == set(tomllib.loads(line))
    assert any(one["comparisons"] for one in report["subjects"])


@pytest.mark.parametrize("case", QUIET)
def test_what_is_no_near_miss_is_not_said(case: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path, QUIET[case])
    assert told(run, tmp_path) == []


def test_each_folder_is_a_group_of_its_own(run: Run, tmp_path: Path) -> None:
    for folder in ("shop", "store"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, TOLD["numbers"][:2])
    messages = told(run, tmp_path)
    assert [[one for one in SEVERAL if one in message] for message in messages] == [SEVERAL[:2], SEVERAL[2:]]


@pytest.mark.slow
def test_history_is_not_told_again(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"s/order-1.avsc": order(), "s/order-2.avsc": order("more")})
    repo.git("checkout", "--quiet", "-b", "topic")
    assert told(run, repo.path) == []
    assert "look like versions of one subject" in " ".join(run("init", "--dry-run", cwd=repo.path).out.split())
    repo.save({"s/order-3.avsc": order("more", "most")})
    assert len(told(run, repo.path)) == 1


def test_the_note_can_be_ended(run: Run, tmp_path: Path) -> None:
    write(tmp_path, TOLD["numbers"])
    (tmp_path / "evtcompat.toml").write_text('[severity]\nversion-not-recognised = "off"\n', encoding="utf-8")
    assert told(run, tmp_path) == []


def asyncapi(orders: str, users: str, total: str) -> str:
    """Two messages of one name in channels of AsyncAPI 2, which have nothing but their addresses."""

    def channel(**types: str) -> object:
        properties = {name: {"type": kind} for name, kind in types.items()}
        return {"publish": {"message": {"name": "Changed", "payload": {"type": "object", "properties": properties}}}}

    channels = {orders: channel(id="string", total=total), users: channel(name="string", mail="string")}
    head = {"asyncapi": "2.6.0", "info": {"title": "Shop", "version": "1.0.0"}}
    return json.dumps({**head, "channels": channels}, indent=2)


def test_events_of_a_document_that_lose_name_and_channel_are_said_and_the_lines_make_them_versions(
    run: Run, tmp_path: Path
) -> None:
    for folder, text in (
        ("v1", asyncapi("shop.orders", "shop.users", "integer")),
        ("v2", asyncapi("eu.orders", "eu.users", "string")),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "asyncapi.json").write_text(text, encoding="utf-8")
    lines = [message.partition("of the configuration: ")[2].removesuffix(".") for message in told(run, tmp_path)]
    listed = tomllib.loads("\n".join(lines))
    assert listed == {
        f"eu.{name}.Changed": [f"v1/asyncapi.json#shop.{name}.Changed", f"v2/asyncapi.json#eu.{name}.Changed"]
        for name in ("orders", "users")
    }
    (tmp_path / "evtcompat.toml").write_text("\n".join(["[subjects]", *lines]), encoding="utf-8")
    assert told(run, tmp_path) == []
    report = json.loads(run("check", ".", "--format", "json", cwd=tmp_path).out)
    assert {one["subject"]: one["verdict"] for one in report["subjects"]} == {
        "eu.orders.Changed": "incompatible",
        "eu.users.Changed": "compatible",
    }
