"""What the gate that stands refuses behind a weaker one is in every report, and can be waived like any finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.gate import BREAK, TOML, Files, Turn, begun, said, write
from acceptance.team import RULE
from cli_harness import Run
from sources.conftest import Repo

#: The level is turned down in the change that breaks something.
LEVEL = Turn("", {TOML: 'level = "FULL"'}, {TOML: 'level = "NONE"'})


def break_behind(repository: Path) -> Repo:
    repo = begun(repository, LEVEL)
    write(repo, {**LEVEL.now, **BREAK})
    return repo


def errors(run: Run, repo: Repo) -> list[dict[str, str]]:
    value = json.loads(run("check", "--format", "json", cwd=repo.path).out)
    (order,) = [one for one in value["subjects"] if one["subject"] == "order"]
    assert (value["verdict"], order["verdict"], order["level"]) == ("incompatible", "incompatible", "FULL")
    assert value["counts"]["compared"] == 1
    return [found for one in order["comparisons"] for found in one["findings"] if found["severity"] == "error"]


@pytest.mark.slow
def test_every_report_shows_what_the_gate_that_stands_refuses(run: Run, repository: Path) -> None:
    repo = break_behind(repository)
    assert [found["rule"] for found in errors(run, repo)] == [RULE]
    for report in ("sarif", "junit", "github", "gitlab", "markdown"):
        assert RULE in run("check", "--format", report, cwd=repo.path).out


@pytest.mark.slow
def test_a_waiver_takes_effect_at_once_also_for_what_the_gate_that_stands_refuses(run: Run, repository: Path) -> None:
    repo = break_behind(repository)
    words = ("--reason", "r", "--owner", "ann", "--expires", "2999-01-01")
    for found in errors(run, repo):
        assert run("waive", found["fingerprint"], *words, cwd=repo.path).code == 0
    result = run("check", cwd=repo.path)
    assert result.code == 0, said(result)
    assert "is added, until 2999-01-01; its owner is ann" in said(result)
    assert f"waived {RULE}" in said(result)


@pytest.mark.slow
def test_a_waiver_that_is_turned_to_another_finding_is_told(run: Run, repository: Path) -> None:
    """Its fingerprint stood, and accepted nothing."""
    repo = break_behind(repository)
    (found,) = errors(run, repo)

    def entry(rule: str) -> Files:
        words = {"fingerprint": found["fingerprint"], "rule": rule, "subject": "order", "reason": "r", "owner": "ann"}
        lines = [f'{name} = "{word}"' for name, word in words.items()]
        return {"evtcompat-waivers.toml": "\n".join(["[[waivers]]", *lines, "expires = 2999-01-01", ""])}

    repo.git("stash", "--quiet")
    write(repo, entry("subject-removed"))
    repo.commit()
    repo.git("stash", "pop", "--quiet")
    assert run("check", cwd=repo.path).code == 1
    write(repo, entry(RULE))
    result = run("check", cwd=repo.path)
    assert result.code == 0, said(result)
    assert "its owner is ann" in said(result)
