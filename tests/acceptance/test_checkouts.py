"""However a repository is checked out, a change gets the same answer, and nothing is new or gone that is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS
from cli_harness import Run
from sources.conftest import Repo, make_repo

ORDER, CLICK, FAR = "schemas/order.avsc", "schemas/click.avsc", "elsewhere/far.avsc"


@pytest.fixture
def team(repository: Path) -> Repo:
    """A branch that breaks one of three subjects and leaves the others as they are."""
    repo = Repo(repository)
    repo.save({ORDER: DEPLOYED, CLICK: DEPLOYED, FAR: DEPLOYED, "README.md": "x\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({ORDER: BREAKING})
    return repo


def answer(run: Run, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    result = run("check", *arguments, "--format", "json", cwd=folder, environment=environment)
    report: dict[str, Any] = json.loads(result.out)
    return {"code": result.code, **{one["candidate"]["origin"]: one["state"] for one in report["subjects"]}}


#: What a plain checkout of the branch says.
PLAIN = {"code": 1, ORDER: "compared", CLICK: "unchanged", FAR: "unchanged"}


def detached(team: Repo, tmp_path: Path) -> Path:
    del tmp_path
    team.git("checkout", "--quiet", "--detach", "topic")
    return team.path


def cloned(team: Repo, tmp_path: Path) -> Path:
    return team.clone(tmp_path / "clone").path


def worktree(team: Repo, tmp_path: Path) -> Path:
    team.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "topic")
    return tmp_path / "tree"


def windows_line_ends(team: Repo, tmp_path: Path) -> Path:
    clone = team.clone(tmp_path / "clone", "--config", "core.autocrlf=true")
    assert b"\r\n" in (clone.path / "README.md").read_bytes()
    return clone.path


def windows_line_ends_by_attribute(team: Repo, tmp_path: Path) -> Path:
    team.git("checkout", "--quiet", "main")
    team.save({".gitattributes": "* text eol=crlf\n"})
    team.git("checkout", "--quiet", "topic")
    team.git("rebase", "--quiet", "main")
    return team.clone(tmp_path / "clone").path


CHECKOUTS: dict[str, Callable[[Repo, Path], Path]] = {
    "detached": detached,
    "a clone": cloned,
    "a second work tree": worktree,
    "Windows line ends": windows_line_ends,
    "Windows line ends by attribute": windows_line_ends_by_attribute,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHECKOUTS)
def test_every_kind_of_checkout_gives_the_same_answer(kind: str, run: Run, team: Repo, tmp_path: Path) -> None:
    assert answer(run, CHECKOUTS[kind](team, tmp_path)) == PLAIN


@pytest.mark.slow
def test_what_a_sparse_checkout_leaves_out_is_not_gone(run: Run, team: Repo) -> None:
    team.git("sparse-checkout", "set", "schemas")
    assert not (team.path / FAR).exists()
    found = answer(run, team.path)
    assert found == {**{path: state for path, state in PLAIN.items() if path != FAR}}
    team.git("rm", "--quiet", "--sparse", CLICK)
    team.commit()
    states = {path.rpartition(":")[2]: state for path, state in answer(run, team.path).items()}
    assert (states[CLICK], FAR in states) == ("removed", False)


@pytest.mark.slow
def test_what_a_schema_needs_and_a_sparse_checkout_leaves_out_is_told_with_the_command(
    run: Run, tmp_path: Path
) -> None:
    """By an address, by a name, and from a document of several events; with the files on disk all are checked."""
    repo = make_repo(tmp_path / "apart")
    modern = "https://json-schema.org/draft/2020-12/schema"
    payment = {"$schema": modern, "$id": "https://ex.org/a/payment.json", "$ref": "../b/money.json"}
    message = {"name": "paid", "payload": {"$ref": "../b/money.json"}}
    document = {"asyncapi": "2.6.0", "info": {"title": "a", "version": "1"}}
    files = {
        "a/payment.json": json.dumps(payment),
        "a/order.avsc": '{"type": "record", "name": "o.Order", "fields": [{"name": "of", "type": "o.OrderLine"}]}',
        "a/events.json": json.dumps({**document, "channels": {"c": {"publish": {"message": message}}}}),
        "b/money.json": json.dumps({"$schema": modern, "$id": "https://ex.org/b/money.json", "type": "object"}),
        "b/order-line.avsc": '{"type": "record", "name": "o.OrderLine", "fields": []}',
    }
    repo.save(files)
    whole = run("check", "a", cwd=repo.path)
    assert whole.code == 0, whole.out
    repo.git("sparse-checkout", "set", "a")
    found = json.loads(run("check", "a", "--format", "json", cwd=repo.path).out)
    assert [one["hint"] for one in found["errors"]] == ["Run: git sparse-checkout add b"] * 3


@pytest.mark.slow
def test_a_shallow_checkout_says_what_to_fetch_and_then_gives_the_answer(run: Run, team: Repo, tmp_path: Path) -> None:
    clone = team.clone(tmp_path / "clone", "--depth", "1", "--branch", "topic")
    result = run("check", cwd=clone.path)
    assert result.code == 3
    assert "git fetch" in result.out
    assert "new" not in result.out.splitlines()[0]
    clone.git("fetch", "--quiet", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert answer(run, clone.path) == PLAIN


@pytest.mark.slow
def test_a_merge_queue_is_compared_with_what_it_puts_the_change_on(run: Run, team: Repo, tmp_path: Path) -> None:
    base = team.git("rev-parse", "main")
    team.git("checkout", "--quiet", "--detach", "main")
    team.git("merge", "--quiet", "--no-ff", "-m", "queue", "topic")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"merge_group": {"base_sha": base, "base_ref": "refs/heads/main"}}), encoding="utf-8")
    queue = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(event)}
    assert answer(run, team.path, environment=queue) == PLAIN


@pytest.mark.slow
def test_a_submodule_is_compared_with_the_commit_that_the_baseline_has(run: Run, team: Repo, tmp_path: Path) -> None:
    whole = make_repo(tmp_path / "whole")
    whole.save({"own/event.avsc": DEPLOYED})
    whole.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(team.path), "events")
    whole.git("-C", "events", "checkout", "--quiet", team.git("merge-base", "main", "topic"))
    whole.commit()
    whole.git("checkout", "--quiet", "-b", "change")
    whole.save({"own/event.avsc": HARMLESS})
    found = run("check", "-v", cwd=whole.path)
    assert found.code == 0
    assert "events (a repository of its own; name it to check it)" in found.out
    whole.git("-C", "events", "checkout", "--quiet", team.git("rev-parse", "topic"))
    whole.commit()
    told = {f"events/{path}": state for path, state in PLAIN.items() if path != "code"}
    assert answer(run, whole.path, "events") == {"code": 1, **told}
    assert answer(run, whole.path).items() >= {"code": 1, **told}.items()
