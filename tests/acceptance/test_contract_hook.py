"""The hook `evtcompat-contracts`, as pre-commit installs it: contracts and schemas as they are staged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED, Team, event, pre_commit
from sources.conftest import Repo, make_repo

ORDER, CONTRACT = "schemas/order.avsc", "contracts/order/shipping.toml"
READER = "contracts/order/reader.avsc"
NEEDS_ID = f"schema = {json.dumps('reader.avsc')}\n"
HOOK = "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: evtcompat-contracts\n"


@pytest.fixture
def team(unguarded: Team, source: Repo) -> Team:
    """A repository with an event that shipping reads, and the hook."""
    unguarded.write(".pre-commit-config.yaml", HOOK.format(source.path, source.git("rev-parse", "HEAD")))
    assert unguarded.run(*pre_commit("install")).code == 0
    unguarded.base({ORDER: DEPLOYED, CONTRACT: NEEDS_ID, READER: event("id")})
    return unguarded


@pytest.mark.slow
def test_what_breaks_a_consumer_is_not_committed_and_what_nobody_needs_is(team: Team) -> None:
    team.stage(ORDER, event("currency"))
    refused = team.checked_commit()
    assert refused.says("your change breaks shipping (1 error).", "Breaks shipping: it needs id."), refused.out
    team.stage(ORDER, BREAKING)  # for `check` with its level, and for no consumer
    assert not team.checked_commit().refused


@pytest.mark.slow
def test_what_is_staged_counts_and_not_what_lies_on_disk(team: Team) -> None:
    team.stage(ORDER, event("currency"))
    team.write(ORDER, DEPLOYED)
    assert team.checked_commit().says("Breaks shipping")
    team.stage(ORDER, DEPLOYED)
    team.write(ORDER, event("currency"))
    team.write(READER, event("nothing"))
    team.write("contracts/order/billing.toml", "needs = [1]")
    team.stage("notes.txt", "-")
    assert not team.checked_commit().refused


@pytest.mark.slow
def test_a_contract_that_is_staged_is_held_against_the_schema(team: Team) -> None:
    team.stage(READER, event("id", "total"))
    assert team.checked_commit().says("Breaks shipping: it needs total.")
    team.git("reset", "--quiet", "--hard")
    team.stage("contracts/order/billing.toml", "needs = ['total']\nwritten-against = '7'\n")
    assert team.checked_commit().says("contracts/order/billing.toml", "unchecked")


@pytest.mark.slow
def test_the_last_contract_that_goes_is_no_silent_pass(team: Team) -> None:
    team.git("rm", "--quiet", CONTRACT)
    assert team.checked_commit().says("there is no contract in it")


@pytest.mark.slow
def test_contracts_that_were_pulled_and_are_in_no_commit_count(team: Team) -> None:
    team.stage(".gitignore", "contracts/\n")
    team.git("rm", "--quiet", "--cached", "-r", "contracts")
    assert not team.checked_commit().refused
    team.stage(ORDER, event("currency"))
    assert team.checked_commit().says("Breaks shipping: it needs id.")


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code"), [(["--staged"], 0), ([], 1)])
def test_what_a_contract_refers_to_is_read_as_it_is_staged(words: list[str], code: int, tmp_path: Path) -> None:
    """A reader in another folder, which refers to a third file, both edited on disk afterwards."""
    team = Team(make_repo(tmp_path / "repo").path, {})
    line = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}
    fields = [{"name": "line", "type": "Line"}]
    reader = {"type": "record", "name": "Order", "fields": fields}
    team.base({
        "schemas/order.avsc": json.dumps({**reader, "fields": [{"name": "line", "type": line}]}),
        "shipping/order.avsc": json.dumps(reader),
        "shipping/line.avsc": json.dumps(line),
        CONTRACT: 'schema = "../../shipping/order.avsc"\n',
    })  # fmt: skip
    team.write("shipping/line.avsc", json.dumps({**line, "fields": [{"name": "article", "type": "string"}]}))
    outcome = team.evtcompat("contract", "verify", *words, "--schemas", "schemas")
    assert (outcome.code, outcome.says("it needs line.article")) == (code, code == 1), outcome.out
