"""What is written down twice stays the same."""

from __future__ import annotations

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
