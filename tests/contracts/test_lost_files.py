"""What consumers need is never passed over: links that lead nowhere, and what pacts say that nobody can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli_harness import Run
from laws.projects import copied, made_once


@pytest.fixture
def shop(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A healthy project of its own."""
    return copied(made_once(tmp_path_factory.getbasetemp() / "healthy", run), tmp_path / "shop")


@pytest.mark.parametrize("link", ["contracts/cherry/post.toml", "contracts/pear", "contracts/cherry/folder"])
@pytest.mark.parametrize("target", ["gone", "/", "post.toml"])
@pytest.mark.parametrize("command", [("verify", "cherry"), ("list",), ("usage", "cherry")], ids=" ".join)
def test_a_link_that_leads_to_no_contract_is_told(
    link: str, target: str, command: tuple[str, ...], shop: Path, run: Run
) -> None:
    (shop / link).symlink_to(target)
    result = run("contract", *command, cwd=shop)
    assert result.code == 3, result.out
    assert link in result.out + result.err


def test_a_contract_is_one_whatever_the_case_of_its_suffix(shop: Path, run: Run) -> None:
    (shop / "contracts" / "cherry" / "post.TOML").write_text('needs = ["nothing"]\nwritten-against = "1"\n')
    assert run("contract", "verify", "cherry", cwd=shop).code == 3


def _pact(**words: Any) -> str:  # noqa: ANN401 - any JSON
    message = {"description": "d", "contents": {"id": "x", "l": [1]}, "matchingRules": {"body": {}}}
    rules = {"$.id": {"matchers": [{"match": "type"}]}, **words.pop("rules", {})}
    message["matchingRules"] = {"body": rules}
    return json.dumps({"consumer": {"name": "c"}, "provider": {"name": "p"}, "messages": [message], **words})


@pytest.mark.parametrize("length", ["x", True, -1, [], 1.5])
def test_a_length_that_is_none_is_undecided(length: Any, shop: Path, run: Run) -> None:  # noqa: ANN401 - any JSON
    said = _verified(_pact(rules={"$.l": {"matchers": [{"match": "type", "min": length}]}}), shop, run)
    assert "which is no length" in said


def test_an_index_that_no_list_has_is_undecided(shop: Path, run: Run) -> None:
    assert "cannot be read" in _verified(_pact(rules={f"$[{'9' * 5000}]": {"match": "type"}}), shop, run)


@pytest.mark.parametrize(
    ("metadata", "known"),
    [
        ({"pactSpecification": {"version": "4.0"}}, True),
        ({"pactSpecification": {"version": 3}}, True),
        ({"pactSpecification": "3.0.0"}, True),
        ({"pact-specification": {"version": "2.0.0"}}, True),
        ({"pactSpecificationVersion": "2.0.0"}, True),
        ({}, True),
        (None, True),
        ({"pactSpecification": {"version": "99"}}, False),
        ({"pactSpecification": {"version": "10.0"}}, False),
        ({"pactSpecification": {"version": [3]}}, False),
    ],
)
def test_a_version_of_the_specification_that_nobody_knows_is_unchecked(
    metadata: Any,  # noqa: ANN401 - any JSON
    known: bool,  # noqa: FBT001 - of the table
    shop: Path,
    run: Run,
) -> None:
    assert ("specification, which is not known" in _verified(_pact(metadata=metadata), shop, run)) is not known


def _verified(pact: str, shop: Path, run: Run) -> str:
    folder = shop / "contracts" / "berry"
    (folder / "pact.json").write_text(pact)
    (folder / "post.toml").write_text('pact = "pact.json"\n')
    result = run("contract", "verify", "berry", "--consumer", "post", cwd=shop)
    assert result.code in (1, 3, 4), result.out
    return " ".join(result.out.split())


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e300", "-1", "0"])
def test_a_deadline_is_a_time_that_comes(seconds: str, shop: Path, run: Run) -> None:
    words = ("--produced", "json:loads", "--deadline", seconds)
    assert run("contract", "verify", "berry", *words, cwd=shop).code == 2


@pytest.mark.parametrize("name", ["../x", "a" * 300, "a:b", ""])
@pytest.mark.parametrize("words", [("NAME", "9", "--env", "dev"), ("a", "9", "--env", "NAME")], ids=["service", "env"])
def test_a_wrong_name_of_what_runs_leaves_nothing_behind(
    name: str, words: tuple[str, ...], shop: Path, run: Run
) -> None:
    if not name and "NAME" in words[-1]:
        pytest.skip("no environment: it was built")
    before = sorted(shop.rglob("*"))
    said = [name if word == "NAME" else word for word in words]
    assert run("deploy", "record", *said, "--writes", "cherry@2", cwd=shop).code == 2
    assert sorted(shop.rglob("*")) == before


def test_fixtures_that_are_a_link_to_nothing_are_told(shop: Path, run: Run) -> None:
    (shop / "made" / "apple").rename(shop / "moved")
    (shop / "made" / "apple").symlink_to("gone")
    result = run("fixtures", "verify", "made", "--schemas", "schemas", cwd=shop)
    assert result.code == 3
    assert "made/apple" in result.out + result.err


@pytest.mark.parametrize("lost", ["deployments/dev/cherry-reader.jsonl", "deployments/dev", "deployments"])
def test_a_record_of_what_runs_that_is_a_link_to_nothing_is_told(lost: str, shop: Path, run: Run) -> None:
    (shop / lost).rename(shop / "moved")
    (shop / lost).symlink_to("gone")
    for command in (("can-i-deploy", "cherry-writer", "2", "--to", "dev"), ("contract", "verify", "cherry")):
        result = run(*command, cwd=shop)
        assert result.code == 3, (command, result.out)


@pytest.mark.parametrize(
    ("settings", "command", "said"),
    [
        ('deployments = "gone"', ("contract", "verify", "cherry"), "evtcompat.toml:1:1 `deployments` names gone"),
        ('deployments = "post"', ("contract", "verify", "cherry"), "evtcompat.toml:1:1 `deployments` names post"),
        ('contracts = "gone"', ("contract", "verify"), "evtcompat.toml:1:1 `contracts` names gone"),
        ('contracts = "gone"', ("contract", "list"), "evtcompat.toml:1:1 `contracts` names gone"),
        ('contracts = "gone"', ("contract", "usage"), "evtcompat.toml:1:1 `contracts` names gone"),
        ('contracts = "gone"', ("deploy", "record", "mail", "7", "--writes", "cherry"), "`contracts` names gone"),
        ('paths = ["schemas", "gone"]', ("contract", "verify", "cherry"), "there is no such file or folder"),
        ('paths = ["schemas", "gone"]', ("contract", "usage", "cherry"), "there is no such file or folder"),
        ('paths = ["schemas", "gone"]', ("contract", "init", "cherry", "tea"), "there is no such file or folder"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else one,
)
def test_a_folder_that_the_configuration_names_is_there_or_told(
    settings: str, command: tuple[str, ...], said: str, shop: Path, run: Run
) -> None:
    """What it would hold, nobody knows: a version that runs, a contract, a newer version."""
    known = run("contract", "verify", "cherry", cwd=shop)
    assert known.code == 0, known.out
    (shop / "post").write_text("a file")
    (shop / "evtcompat.toml").write_text(f"{settings}\n")
    result = run(*command, cwd=shop)
    told = " ".join((result.out + result.err).replace(" unchecked", "").split())
    assert (result.code, said in told) == (3, True), told


def test_a_folder_that_nobody_named_need_not_be_there(shop: Path, run: Run) -> None:
    (shop / "evtcompat.toml").write_text('paths = ["schemas"]\n')
    assert run("contract", "verify", "cherry", cwd=shop).code == 0
    (shop / "contracts").rename(shop / "elsewhere")
    assert run("deploy", "record", "mail", "7", "--writes", "cherry", cwd=shop).code == 0


def test_a_folder_that_is_named_is_begun_by_what_writes_into_it(shop: Path, run: Run) -> None:
    (shop / "evtcompat.toml").write_text('paths = ["schemas"]\ncontracts = "new/contracts"\ndeployments = "new/runs"\n')
    assert run("contract", "init", "cherry", "mail", cwd=shop).code == 0
    assert run("deploy", "record", "mail", "7", "--writes", "cherry", cwd=shop).code == 0
    assert run("contract", "verify", cwd=shop).code == 0
