"""What is written down twice stays the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent


def test_our_own_hook_installs_the_dependencies_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = (hook for repo in config["repos"] for hook in repo["hooks"] if hook["id"] == "evtcompat")
    assert sorted(hook["additional_dependencies"]) == sorted(project["dependencies"])


def test_the_report_schema_ships_in_the_wheel() -> None:
    from evtcompat.reporters.json_report import report_schema

    assert report_schema()["$id"] == "urn:evtcompat:report:1"


def test_every_dependency_has_one_bound_and_that_is_the_lowest() -> None:
    """`.ci/run` tries exactly these releases; a bound from above would only keep people from installing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *extras["redis"], *extras["kafka"], *extras["testing"]]:
        assert re.fullmatch(r"[\w-]+>=[\d.]+", requirement), requirement


def test_what_the_dev_extra_repeats_of_other_extras_is_the_same() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    repeated = {*extras["hooks"], *extras["redis"], *extras["kafka"], *extras["testing"]}
    names = {re.split(r"[>=]", one)[0] for one in repeated}
    assert {one for one in extras["dev"] if re.split(r"[>=]", one)[0] in names} == repeated
