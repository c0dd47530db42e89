"""What the documentation shows is what the program reads."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from evtcompat.checking.waivers import ANNOUNCED
from evtcompat.config import DEFAULT_LEVEL, DEFAULT_POLICY, Config, load_config_text
from evtcompat.config.read import _TOP_KEYS
from evtcompat.config.waivers import UNWAIVABLE, parse_waivers
from evtcompat.reporters.available import names
from evtcompat.rules.catalogue import catalogue

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def config(text: str) -> Config:
    loaded = load_config_text(text, text.partition("\n")[0].removeprefix("# "))
    assert loaded is not None
    return loaded


def test_the_configuration_shows_every_key() -> None:
    whole, example = blocks("configuration.md", "toml")
    config(whole)
    for key in _TOP_KEYS:
        assert re.search(rf"(?m)^(\[+tool\.evtcompat\.)?{key}\b", whole), key
    config(example)


def test_the_final_configuration_is_what_the_table_says() -> None:
    loaded = config(blocks("configuration.md", "toml")[1])
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| `(\S+)` \| (\w+) \| (\w+) \| (\w+) \|", page)
    assert len(rows) == 4
    for subject, path, level, policy, severity in rows:
        settings = loaded.settings(subject, path)
        assert (settings.level or DEFAULT_LEVEL).value == level
        assert (settings.policy or DEFAULT_POLICY).value == policy
        found = settings.severities["waiver-unused"]
        assert found is not None
        assert found.value == severity


def test_the_waiver_is_one() -> None:
    (example,) = blocks("waivers.md", "toml")
    (waiver,) = parse_waivers(example, "docs/waivers.md")
    (command,) = blocks("waivers.md", "console")
    assert shlex.split(command.removeprefix("$ ")) == [
        "evtcompat",
        "waive",
        waiver.fingerprint,
        "--reason",
        waiver.reason,
        "--owner",
        waiver.owner,
        "--expires",
        waiver.expires.isoformat(),
    ]
    page = (DOCS / "waivers.md").read_text(encoding="utf-8")
    assert f"within {ANNOUNCED.days} days" in page
    for rule in UNWAIVABLE:
        assert rule in catalogue()
        assert f"`{rule}`" in page


@pytest.mark.parametrize("job", blocks("ci.md", "yaml"))
def test_the_jobs_are_yaml_and_name_formats_that_exist(job: str) -> None:
    assert yaml.safe_load(job)
    for name in re.findall(r"--format \"?(\w+)", job):
        assert name in names()


def test_the_jobs_fetch_the_history_that_the_baseline_needs() -> None:
    jobs = [yaml.safe_load(job) for job in blocks("ci.md", "yaml")]
    github = next(job for job in jobs if "evtcompat" in job.get("jobs", ()))
    gitlab = next(job for job in jobs if "evtcompat" in job and "variables" in job["evtcompat"])
    checkout, *_ = github["jobs"]["evtcompat"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert gitlab["evtcompat"]["variables"]["GIT_DEPTH"] == "0"
    reports = gitlab["evtcompat"]["artifacts"]["reports"]
    script = " ".join(gitlab["evtcompat"]["script"])
    assert f"gitlab:{reports['codequality']}" in script
    assert f"junit:{reports['junit']}" in script


def test_every_exit_code_is_in_the_table() -> None:
    page = (DOCS / "ci.md").read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"(?m)^\| (\d) \|", page)] == [0, 1, 2, 3, 4, 5]
