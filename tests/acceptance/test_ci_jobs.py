"""The jobs of docs/ci.md: their commands are run as they stand, in a clone as the CI system makes it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, ORDER, ROOT, RULE, Outcome, Team

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
_BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
GITHUB = next(block for block in _BLOCKS if isinstance(block, dict) and "jobs" in block)
GITLAB = next(block for block in _BLOCKS if isinstance(block, dict) and "script" in block.get("evtcompat", {}))


def commands(lines: list[str]) -> list[list[str]]:
    """The commands of evtcompat; the installation is that of the tests."""
    split = [shlex.split(line) for line in lines]
    assert ["python", "-m", "pip", "install", "evtcompat"] in split
    return [words[1:] for words in split if words[0] == "evtcompat"]


GITHUB_COMMANDS = commands([step["run"] for step in GITHUB["jobs"]["evtcompat"]["steps"] if "run" in step])
GITLAB_COMMANDS = commands(GITLAB["evtcompat"]["script"])


@pytest.fixture
def upstream(unguarded: Team) -> Team:
    """A repository with a branch that breaks a schema, and main, which has moved on since."""
    unguarded.base({ORDER: DEPLOYED, "schemas/other.avsc": DEPLOYED})
    unguarded.git("checkout", "--quiet", "-b", "topic")
    unguarded.base({ORDER: BREAKING})
    unguarded.git("checkout", "--quiet", "main")
    unguarded.base({"schemas/other.avsc": HARMLESS})
    return unguarded


def checkout(upstream: Team, folder: Path, *depth: str) -> Team:
    """As CI systems do: the commit of the change, detached; branches of the remote only."""
    upstream.git("clone", "--quiet", "--no-single-branch", *depth, upstream.path.as_uri(), str(folder))
    clone = upstream.at(folder)
    clone.git("checkout", "--quiet", "--detach", "origin/topic")
    return clone


def on_github(clone: Team, event: str = "pull_request") -> Mapping[str, str]:
    variables = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_EVENT_NAME": event}
    variables["GITHUB_STEP_SUMMARY"] = str(clone.path / "summary.md")
    if event == "pull_request":
        return {**variables, "GITHUB_BASE_REF": "main", "GITHUB_REF_NAME": "17/merge"}
    return {**variables, "GITHUB_REF_NAME": "main", "GITHUB_EVENT_PATH": str(clone.path / "event.json")}


def run_all(clone: Team, lines: list[list[str]], variables: Mapping[str, str]) -> Outcome:
    (words,) = lines
    return clone.evtcompat(*words, env=variables)


@pytest.mark.slow
def test_github(upstream: Team, tmp_path: Path) -> None:
    clone = checkout(upstream, tmp_path / "clone")
    failed = run_all(clone, GITHUB_COMMANDS, on_github(clone))
    assert failed.code == 1
    assert f"::error file={ORDER},line=3,col=3" in failed.out
    assert "other" not in failed.out
    log: Any = json.loads((clone.path / "evtcompat.sarif").read_text(encoding="utf-8"))
    assert {result["ruleId"] for result in log["runs"][0]["results"]} == {RULE}
    assert RULE in (clone.path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_github_on_a_push_to_the_default_branch(upstream: Team, tmp_path: Path) -> None:
    """Compared with what the push replaced, however many commits it has."""
    before = upstream.git("rev-parse", "main")
    upstream.base({ORDER: BREAKING})
    upstream.base({"README": "one more\n"})
    clone = checkout(upstream, tmp_path / "clone")
    clone.git("checkout", "--quiet", "main")
    clone.write("event.json", json.dumps({"before": before}))
    failed = run_all(clone, GITHUB_COMMANDS, on_github(clone, "push"))
    assert failed.code == 1
    assert f"::error file={ORDER},line=3,col=3" in failed.out


@pytest.mark.slow
def test_gitlab(upstream: Team, tmp_path: Path) -> None:
    clone = checkout(upstream, tmp_path / "clone")
    base = upstream.git("merge-base", "main", "topic")
    variables = {"CI": "true", "GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    failed = run_all(clone, GITLAB_COMMANDS, variables)
    assert failed.code == 1
    assert failed.says(RULE, f"Compared with {base[:10]}")
    reports = GITLAB["evtcompat"]["artifacts"]["reports"]
    (entry,) = json.loads((clone.path / reports["codequality"]).read_text(encoding="utf-8"))
    assert entry["location"] == {"path": ORDER, "lines": {"begin": 3}}
    assert RULE in (clone.path / reports["junit"]).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("changed", [[], ["--changed"]])
def test_a_checkout_without_history_is_not_green(upstream: Team, tmp_path: Path, changed: list[str]) -> None:
    """The default depth of actions/checkout: told with the command that mends it, which does."""
    clone = checkout(upstream, tmp_path / "clone", "--depth=1")
    (words,) = GITHUB_COMMANDS
    unchecked = clone.evtcompat(*words, *changed, env=on_github(clone))
    assert unchecked.code == 3
    assert unchecked.says("::error", "fetch-depth: 0")
    (command,) = set(re.findall(r"git fetch --unshallow \S+", unchecked.out))
    clone.git(*command.split()[1:])
    assert clone.evtcompat(*words, *changed, env=on_github(clone)).code == 1


@pytest.mark.slow
def test_the_table_of_exit_codes_is_that_of_the_program(upstream: Team) -> None:
    shown = upstream.run(sys.executable, "-m", "evtcompat", "--help", env={"PYTHONPATH": str(ROOT / "compat")})
    for code, words in ((0, "compatible"), (1, "incompatible"), (2, "wrong usage"), (3, "could not be checked")):
        assert shown.says(f"{code} {words}")
        assert re.search(rf"\| {code} \| {words}", PAGE)
