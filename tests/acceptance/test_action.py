"""The GitHub Action and the GitLab component: their scripts run, with the options that the command has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, ROOT
from sources.conftest import Repo

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step.get("id") or step.get("name"): step for step in ACTION["runs"]["steps"]}


def script(folder: Path, step: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a step's shell script does where evtcompat is installed."""
    program = folder.parent / "temp" / "evtcompat" / "bin" / "evtcompat"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT / 'compat'}' exec '{sys.executable}' -m evtcompat \"$@\"\n")
    program.chmod(0o755)
    outside = {"RUNNER_TEMP": str(folder.parent / "temp"), "GITHUB_OUTPUT": str(folder.parent / "output")}
    command = ["bash", "-e", "-o", "pipefail", "-c", STEPS[step]["run"]]
    environment = {**os.environ, **outside, **variables}
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize(("change", "code"), [(BREAKING, "1"), (HARMLESS, "0"), ("{", "3")])
def test_the_check_hands_on_its_exit_code_and_leaves_its_reports(change: str, code: str, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"a folder/order.avsc": DEPLOYED, "order.avsc": DEPLOYED})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("order.avsc", change)
    done = script(repo.path, "check", PATHS="order.avsc", ARGUMENTS="--level FULL")
    assert done.returncode == 0, done.stderr
    assert (repo.path.parent / "output").read_text(encoding="utf-8") == f"exit-code={code}\n"
    assert (repo.path / "evtcompat.sarif").exists()
    assert (repo.path / "evtcompat.md").exists()
    assert script(repo.path, "Say how it ended", CODE=code).returncode == int(code)


def test_no_input_reaches_a_shell_but_through_a_variable() -> None:
    for name, step in STEPS.items():
        assert "${{" not in step.get("run", ""), name


def test_the_component_is_two_documents_of_which_the_second_is_the_job() -> None:
    text = (ROOT / "templates" / "evtcompat.yml").read_text(encoding="utf-8")
    spec, job = yaml.safe_load_all(text)
    inputs = spec["spec"]["inputs"]
    for name in inputs:
        assert f"$[[ inputs.{name} ]]" in text
    assert job["evtcompat"]["variables"]["GIT_DEPTH"] == "0"
