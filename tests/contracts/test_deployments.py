"""`evtcompat deploy`, `can-i-deploy` and `plan`: never a yes where something goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run, commit, git
from contracts.folders import contract, json_object, order, write, write_versions

V1 = order(("orderId", "string"))
RENAMED = order(("orderId", "string"), line=[("articleId", "string")])
BOTH = order(("orderId", "string"), line=[("sku", "string"), ("articleId", "string")])
OLD = 'needs = ["lines[].sku"]\nwritten-against = "1"\n'
NEW = 'needs = ["lines[].articleId"]\nwritten-against = "2"\n'


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Path:
    """Orders 1 and shipping 1 run in prod; orders 2 writes a renamed field, orders 3 both, shipping 2 reads the new."""
    write_versions(tmp_path, V1, RENAMED, BOTH)
    contract(tmp_path, "shipping", OLD)
    for version, label in (("1", "1"), ("2", "2"), ("3", "3")):
        assert run("deploy", "record", "orders", version, "--writes", f"order@{label}", cwd=tmp_path).code == 0
    assert run("deploy", "record", "orders", "1", "--env", "prod", cwd=tmp_path).code == 0
    assert run("deploy", "record", "shipping", "1", "--env", "prod", cwd=tmp_path).code == 0
    contract(tmp_path, "shipping", NEW)
    assert run("deploy", "record", "shipping", "2", cwd=tmp_path).code == 0
    return tmp_path


@pytest.mark.slow
def test_a_version_that_breaks_what_runs_is_refused_with_the_event(run: Run, shop: Path) -> None:
    result = run("can-i-deploy", "orders", "2", "--to", "prod", cwd=shop)
    assert result.code == 1
    assert "shipping 1 reads order of orders 2  incompatible" in result.out
    assert "Breaks shipping 1: it needs lines[].sku." in result.out
    assert '"lines": [{"articleId": ""}]' in result.out
    assert "orders 2 to prod: no (2 pairs side by side, 1 not compatible)." in result.out
    told = json.loads(run("can-i-deploy", "orders", "2", "--to", "prod", "--format", "json", cwd=shop).out)
    assert (told["answer"], [pair["verdict"] for pair in told["pairs"]]) == ("no", ["compatible", "incompatible"])


@pytest.mark.slow
def test_a_version_is_recorded_with_the_schemas_of_its_day(run: Run, shop: Path) -> None:
    """Neither a schema that is edited afterwards nor a contract that moves on changes what runs."""
    write(shop / "order-v1.avsc", RENAMED)
    contract(shop, "shipping", 'needs = ["orderId"]\nwritten-against = "1"\n')
    assert run("can-i-deploy", "orders", "3", "--to", "prod", cwd=shop).code == 0
    assert run("can-i-deploy", "orders", "2", "--to", "prod", cwd=shop).code == 1


@pytest.mark.slow
def test_what_if(run: Run, shop: Path) -> None:
    assert run("can-i-deploy", "shipping", "2", "--to", "prod", cwd=shop).code == 1
    assert run("can-i-deploy", "shipping", "2", "--to", "prod", "--assume", "orders=3", cwd=shop).code == 0


@pytest.mark.slow
def test_what_is_still_written_is_held_against_contracts(run: Run, shop: Path) -> None:
    """Version 3 has what shipping needs; what orders 1 writes in prod has not."""
    result = run("contract", "verify", cwd=shop)
    assert result.code == 1
    assert "order  v1 breaks shipping (1 error)." in result.out
    assert "order  v3 has all that shipping needs." in result.out
    assert "order v1 of orders 1 in prod" in result.out
    assert run("contract", "verify", "--writers", "newest", cwd=shop).code == 0
    (shop / "deployments" / "prod" / "orders.jsonl").write_text("{\n", encoding="utf-8")
    assert run("contract", "verify", cwd=shop).code == 3


@pytest.mark.slow
def test_old_instances_count_while_they_are_up(run: Run, tmp_path: Path) -> None:
    """A service that reads its own events meets its old instances' during the roll-out."""
    write_versions(tmp_path, V1, RENAMED)
    both = ("--writes", "order@{0}", "--reads", "order@{0}")
    for version in "12":
        words = [word.format(version) for word in both]
        assert run("deploy", "record", "orders", version, *words, cwd=tmp_path).code == 0
    assert run("deploy", "record", "orders", "1", "--env", "prod", cwd=tmp_path).code == 0
    result = run("can-i-deploy", "orders", "2", "--to", "prod", cwd=tmp_path)
    assert (result.code, "orders 2 reads order of orders 1  incompatible" in result.out) == (1, True)
    planned = run("plan", "--to", "prod", "orders=2", cwd=tmp_path)
    assert (planned.code, "Build a version of orders in between" in " ".join(planned.out.split())) == (1, True)


@pytest.mark.slow
def test_consumers_that_replay_meet_what_was_written_before(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1, RENAMED)
    write(
        tmp_path / "evtcompat.toml",
        '[owners.order]\nproducers = ["orders"]\nconsumers = ["audit"]\nreplays = ["audit"]\n',
    )
    assert run("deploy", "record", "orders", "1", "--env", "prod", "--writes", "order@1", cwd=tmp_path).code == 0
    assert run("deploy", "record", "orders", "1", "--env", "prod", "--remove", cwd=tmp_path).code == 0
    assert run("deploy", "record", "orders", "2", "--env", "prod", cwd=tmp_path).code == 0
    assert "replays order" in run("deploy", "record", "audit", "1", cwd=tmp_path).out
    result = run("can-i-deploy", "audit", "1", "--to", "prod", cwd=tmp_path)
    assert (result.code, "audit 1 reads order of orders 1  incompatible" in result.out) == (1, True)
    assert "replayed" in result.out
    assert run("deploy", "record", "search", "1", "--reads", "order@2", cwd=tmp_path).code == 0
    assert run("can-i-deploy", "search", "1", "--to", "prod", cwd=tmp_path).code == 0


@pytest.mark.slow
def test_a_plan_is_an_order_of_steps(run: Run, shop: Path) -> None:
    result = run("plan", "--to", "prod", "shipping=2", "orders=3", cwd=shop)
    assert result.code == 0
    assert result.out.startswith("1. orders 3  (now 1)\n   before shipping: shipping 2 cannot read order of orders 1")
    assert "2. shipping 2  (now 1)\n" in result.out
    told = json.loads(run("plan", "--to", "prod", "shipping=2", "orders=3", "--format", "json", cwd=shop).out)
    assert [(step["service"], step["to"], step["during"]["orders"]) for step in told["steps"]] == [
        ("orders", "3", ["1", "3"]),
        ("shipping", "2", ["3"]),
    ]
    picture = run("plan", "--to", "prod", "shipping=2", "orders=3", "--format", "mermaid", cwd=shop).out
    assert picture.startswith("flowchart TD\n")
    assert '    s1["1. orders: 1 to 3"]\n    s0 --> s1\n' in picture
    assert '    s1 -. "order" .-> s2\n' in picture


@pytest.mark.slow
def test_where_there_is_no_order_the_pair_is_named_with_what_helps(run: Run, shop: Path) -> None:
    result = run("plan", "--to", "prod", "shipping=2", "orders=2", cwd=shop)
    assert result.code == 1
    text = " ".join(result.out.split())
    assert "No order of orders and shipping avoids this:" in text
    assert "Breaks shipping 1: it needs lines[].sku." in text
    assert "Breaks shipping 2: it needs lines[].articleId." in text
    assert "Expand: build a version of orders whose order has what shipping 1 needs beside what is new" in text
    told = json.loads(run("plan", "--to", "prod", "shipping=2", "orders=2", "--format", "json", cwd=shop).out)
    assert (told["exists"], told["steps"], told["obstacles"][0]["services"]) == (False, [], ["orders", "shipping"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("can-i-deploy", "orders", "9", "--to", "prod"), 3, "orders 9 was never recorded"),
        (("can-i-deploy", "orders", "2", "--to", "prd"), 3, "Environments: prod."),
        (("can-i-deploy", "orders", "2", "--to", "prod", "--assume", "shipping=9"), 3, "shipping 9 was never recorded"),
        (("can-i-deploy", "orders", "2", "--to", "prod", "--assume", "shipping"), 2, "not SERVICE=VERSION"),
        (("plan", "--to", "prod", "orders=9"), 3, "orders 9 was never recorded"),
        (("plan", "--to", "prod", "orders=2", "orders=3"), 2, "at once"),
        (("plan", "--to", "prod", "orders=2", "--format", "svg"), 2, "no such format"),
        (("deploy", "record", "orders", "1", "--remove"), 2, "--env"),
        (("deploy", "record", "orders", "9", "--env", "prod", "--remove"), 3, "was not recorded in prod"),
        (
            ("deploy", "record", "orders", "1", "--env", "prod", "--remove", "--reads", "order"),
            2,
            "--reads has no effect",
        ),
        (("deploy", "record", "x", "1"), 2, "nothing says what x writes or reads"),
        (("deploy", "record", "x", "1", "--writes", "ordr"), 2, "Did you mean order?"),
        (("deploy", "record", "x", "1", "--writes", "order@9"), 2, "order has no version 9"),
        (("deploy", "record", "../x", "1", "--writes", "order"), 2, "no name of a service"),
        (("deploy", "record", "x", "1", "--reads", "order", "--replays", "other"), 2, "Add --reads other."),
        (("deploy", "record", "orders", "1", "--writes", "order@2"), 2, "with other schemas in prod"),
        (("deploy", "record", "orders", "1", "--env", "x", "--writes", "order@2"), 2, "with other schemas in built"),
    ],
)
def test_wrong_words_are_clear_and_never_green(
    run: Run, shop: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    result = run(*words, cwd=shop)
    assert result.code == code
    assert said in " ".join((result.out + result.err).split())


@pytest.mark.slow
def test_a_version_is_recorded_once_and_what_was_wrong_can_be_mended(run: Run, shop: Path) -> None:
    """What can be recorded can be asked about; a refused record leaves nothing behind, neither folder nor schema."""
    write_versions(shop, V1, RENAMED, BOTH, order(("orderId", "string"), ("unheard", "string")))
    before = {path: path.read_bytes() for path in shop.glob("deployments/**/*") if path.is_file()}
    again = ("deploy", "record", "orders", "1", "--writes", "order@4")
    refused = run(*again, cwd=shop)
    assert "if deployments/prod/orders.jsonl is wrong, take the line of 1 out of it first" in refused.err
    assert run("deploy", "record", "orders", "1", "--env", "nix", "--remove", cwd=shop).code == 3
    assert {path: path.read_bytes() for path in shop.glob("deployments/**/*") if path.is_file()} == before
    assert not (shop / "deployments" / "nix").exists()
    (shop / "deployments" / "prod" / "orders.jsonl").unlink()
    assert run(*again, cwd=shop).code == 0
    assert run("can-i-deploy", "orders", "1", "--to", "prod", cwd=shop).code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("<<<<<<< HEAD\n", "marks of a merge"),
        ("{\n", "is no line of a version"),
        ('{"version": "1"}\n', "is no line of a version"),
        (
            '{"version": "1", "runs": true, "at": "", "writes": {}, "reads": {}}\n',
            "stands there twice, with other schemas",
        ),
    ],
)
def test_a_damaged_record_is_clear_and_never_green(run: Run, shop: Path, damage: str, said: str) -> None:
    path = shop / "deployments" / "prod" / "orders.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + damage, encoding="utf-8")
    result = run("can-i-deploy", "orders", "3", "--to", "prod", cwd=shop)
    assert (result.code, said in result.err) == (3, True)
    assert "deployments/prod/orders.jsonl:2:1" in result.err


@pytest.mark.slow
def test_a_schema_that_is_gone_or_damaged_is_not_green(run: Run, shop: Path) -> None:
    for path in (shop / "deployments" / "schemas").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("sku", "skuu"), encoding="utf-8")
    result = run("can-i-deploy", "orders", "3", "--to", "prod", cwd=shop)
    assert (result.code, "is not what was recorded" in result.out) == (3, True)
    for path in (shop / "deployments" / "schemas").iterdir():
        path.unlink()
    result = run("can-i-deploy", "orders", "3", "--to", "prod", cwd=shop)
    assert (result.code, "is not there" in result.out) == (3, True)


@pytest.mark.slow
def test_records_of_two_branches_merge_line_by_line(run: Run, repository: Path) -> None:
    write_versions(repository, V1, RENAMED)
    record = ("deploy", "record", "orders")
    run(*record, "1", "--env", "prod", "--writes", "order@1", cwd=repository)
    commit(repository, "one")
    git(repository, "checkout", "--quiet", "-b", "other")
    run(*record, "2", "--env", "prod", "--writes", "order@2", cwd=repository)
    commit(repository, "two")
    git(repository, "checkout", "--quiet", "main")
    run(*record, "1.1", "--env", "prod", "--writes", "order@1", cwd=repository)
    run(*record, "1", "--env", "prod", "--remove", cwd=repository)
    commit(repository, "one and a bit")
    git(repository, "merge", "--quiet", "--no-edit", "other")
    listed = run("deploy", "list", "--env", "prod", cwd=repository).out
    assert [line.split()[1] for line in listed.splitlines()[1:] if "no longer" not in line] == ["1.1", "2"]


@pytest.mark.slow
def test_two_records_at_once_lose_nothing(tmp_path: Path) -> None:
    write_versions(tmp_path, V1)
    command = [sys.executable, "-m", "evtcompat", "deploy", "record", "orders"]
    rest = ["--env", "prod", "--writes", "order"]
    environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin"}
    started = [subprocess.Popen([*command, str(number), *rest], cwd=tmp_path, env=environment) for number in range(4)]
    assert [one.wait(timeout=60) for one in started] == [0] * 4
    lines = (tmp_path / "deployments" / "prod" / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["version"] for line in lines] == ["0", "1", "2", "3"]


@pytest.mark.slow
def test_what_was_recorded_once_is_recorded_elsewhere_without_its_schemas(run: Run, shop: Path) -> None:
    """The environment's repository need not hold the schemas: the version was built with what was kept."""
    for path in shop.glob("*.avsc"):
        path.unlink()
    assert run("deploy", "record", "orders", "3", "--env", "staging", cwd=shop).code == 0
    listed = run("deploy", "list", "--env", "staging", cwd=shop).out
    assert listed == "staging\n  orders 3  writes order (v3)\n"


def test_schemas_that_refer_to_others_are_kept_whole(run: Run, tmp_path: Path) -> None:
    customer = json_object("id", id={"type": "string"}) | {"$id": "https://shop.example/customer.json"}
    ordered = json_object("customer", customer={"$ref": "https://shop.example/customer.json"})
    write(tmp_path / "customer.json", customer)
    write(tmp_path / "order-v1.json", ordered | {"$id": "https://shop.example/order.json"})
    contract(tmp_path, "shipping", 'schema = "../../reader.json"\n')
    write(tmp_path / "reader.json", json_object("customer", customer=json_object("id", id={"type": "string"})))
    assert run("deploy", "record", "orders", "1", "--env", "prod", "--writes", "order", cwd=tmp_path).code == 0
    assert run("deploy", "record", "shipping", "1", cwd=tmp_path).code == 0
    for path in tmp_path.glob("*.json"):
        path.unlink()
    assert run("can-i-deploy", "shipping", "1", "--to", "prod", cwd=tmp_path).code == 0
