"""What a run judges: what is new since the git baseline, and what somebody names; the rest is history."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, event
from cli_harness import Result, Run
from evtcompat.reporters.json_report import report_schema
from sources.conftest import Repo

TOML = "evtcompat.toml"
LAST_YEAR = "2020-01-01"


@pytest.fixture
def team(repository: Path) -> Repo:
    """A repository with a pair of versions that break each other, and a schema that its branch changes."""
    repo = Repo(repository)
    repo.save(
        {"s/old-v1.avsc": DEPLOYED, "s/old-v2.avsc": BREAKING, "s/new.avsc": DEPLOYED, TOML: 'level = "BACKWARD"\n'}
    )
    repo.git("checkout", "--quiet", "-b", "topic")
    return repo


def check(run: Run, repo: Repo, *arguments: str) -> Result:
    return run("check", *arguments, cwd=repo.path)


@pytest.mark.slow
def test_a_pair_of_which_nothing_changed_fails_nothing(run: Run, team: Repo) -> None:
    assert check(run, team).code == 0
    team.save({"s/new.avsc": HARMLESS})
    result = check(run, team)
    assert result.code == 0
    assert BREAKING not in result.out
    shown = check(run, team, "--history")
    assert shown.code == 0
    assert "old-v2.avsc" in shown.out


@pytest.mark.parametrize("against", ["git:HEAD", "git:main", "git:merge-base:main"])
def test_a_commit_that_is_named_is_a_baseline_as_any(against: str, run: Run, team: Repo) -> None:
    assert check(run, team, "s", "--against", against).code == 0
    assert check(run, team, "s/old-v2.avsc", "--against", against).code == 1
    assert check(run, team, "s", "--against", f"{against}:s").code == 1


@pytest.mark.parametrize("changed", ["s/old-v1.avsc", "s/old-v2.avsc"])
def test_a_pair_of_which_one_changed_is_judged(changed: str, run: Run, team: Repo) -> None:
    before = DEPLOYED if changed.endswith("v1.avsc") else BREAKING
    team.write(changed, before.replace('"type": "record"', '"doc": "x", "type": "record"'))
    assert check(run, team).code == 1


@pytest.mark.slow
def test_no_report_calls_what_was_not_compared_compatible(run: Run, team: Repo) -> None:
    formats = ("json", "sarif", "junit")
    result = check(run, team, *(word for name in formats for word in ("--format", f"{name}:{name}.out")))
    assert result.code == 0
    texts = {name: (team.path / f"{name}.out").read_text(encoding="utf-8") for name in formats}
    told = json.loads(texts["json"])
    assert next(jsonschema.Draft202012Validator(report_schema()).iter_errors(told), None) is None
    assert {(one["subject"], one["verdict"], one["history"], len(one["comparisons"])) for one in told["subjects"]} == {
        ("new", "not-judged", True, 0),
        ("old", "not-judged", True, 0),
    }
    assert told["counts"]["history"] == 2
    assert json.loads(texts["sarif"])["runs"][0]["properties"]["counts"]["history"] == 2
    cases = ET.fromstring(texts["junit"]).findall(".//testcase")  # noqa: S314 - our own report
    assert [case.find("skipped") is not None for case in cases] == [True, True]

    shown = json.loads(check(run, team, "--history", "--format", "json").out)
    assert {(one["subject"], one["verdict"], one["history"]) for one in shown["subjects"]} == {
        ("new", "compatible", True),
        ("old", "incompatible", True),
    }
    assert shown["verdict"] == "compatible"


@pytest.mark.slow
def test_what_stood_there_and_cannot_be_checked_is_not_called_new(run: Run, team: Repo) -> None:
    far = DEPLOYED.replace('"string"', '"com.shop.Elsewhere"', 1)
    assert far != DEPLOYED
    team.save({"s/far.avsc": far})
    team.save({"s/new.avsc": HARMLESS})
    report = json.loads(check(run, team, "--against", "git:HEAD", "--format", "json").out)
    assert {one["subject"]: (one["state"], one["verdict"]) for one in report["subjects"]}["far"] == (
        "unchanged",
        "unchecked",
    )
    team.git("checkout", "--quiet", "main")
    team.git("merge", "--quiet", "topic")
    report = json.loads(check(run, team, "--format", "json").out)
    assert {one["subject"]: one["state"] for one in report["subjects"]}["far"] == "unchanged"


def test_what_is_judged_again_is_no_history(run: Run, team: Repo) -> None:
    report = json.loads(check(run, team, "s/old-v2.avsc", "--format", "json").out)
    assert [(one["verdict"], one["history"]) for one in report["subjects"]] == [("incompatible", False)]
    assert report["counts"]["history"] == 0


@pytest.mark.slow
def test_a_file_that_a_person_names_is_judged(run: Run, team: Repo) -> None:
    assert check(run, team, "s/old-v2.avsc").code == 1
    assert check(run, team, "s/old-v2.avsc", "--changed").code == 0
    assert check(run, team, "s/old-v2.avsc", "--staged").code == 0
    assert check(run, team, "s").code == 0


STRONGER = {
    "level": 'level = "FULL"\n',
    "transitive": 'level = "BACKWARD_TRANSITIVE"\n',
    "fail-on": 'level = "BACKWARD"\nfail-on = "warning"\n',
    "override": 'level = "BACKWARD"\n[[overrides]]\nsubjects = ["s/old"]\nlevel = "FULL"\n',
}
WEAKER = {
    "none": 'level = "NONE"\n',
    "the same": 'level = "BACKWARD"\n\n',
    "another": 'level = "BACKWARD"\npaths = ["s"]\n',
}


@pytest.mark.parametrize("how", STRONGER)
def test_a_stronger_gate_judges_again(how: str, run: Run, team: Repo) -> None:
    team.write(TOML, STRONGER[how])
    assert check(run, team).code == 1


@pytest.mark.parametrize("how", WEAKER)
def test_a_gate_that_asks_for_no_more_judges_nothing_again(how: str, run: Run, team: Repo) -> None:
    team.write(TOML, WEAKER[how])
    assert "old-v1" not in check(run, team).out


@pytest.mark.slow
def test_a_waiver_that_is_over_judges_again_and_one_in_force_is_not_unused(run: Run, team: Repo) -> None:
    words = ("--reason", "off in May", "--owner", "ann", "--expires", "2999-01-01")
    assert run("waive", "--all", "--path", "s/old-v2.avsc", *words, cwd=team.path).code == 0
    team.commit("waived")
    assert check(run, team, "s/old-v2.avsc").code == 0
    team.git("checkout", "--quiet", "-B", "next")
    team.git("branch", "--force", "main", "next")
    result = check(run, team)
    assert (result.code, "waiver-unused" in result.out) == (0, False)
    file = team.path / "evtcompat-waivers.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("2999-01-01", LAST_YEAR), encoding="utf-8")
    assert check(run, team).code == 1
    file.unlink()
    assert check(run, team).code == 1


def test_outside_git_everything_is_judged(run: Run, tmp_path: Path) -> None:
    for name, text in {"old-v1": DEPLOYED, "old-v2": BREAKING}.items():
        (tmp_path / f"{name}.avsc").write_text(text, encoding="utf-8")
    assert run("check", cwd=tmp_path).code == 1


@pytest.mark.slow
def test_all_of_todays_findings_are_waived_in_one_go(run: Run, team: Repo) -> None:
    team.write("s/new.avsc", event("other", name="Other"))
    team.write("s/old-v2.avsc", BREAKING.replace('"type": "record"', '"doc": "x", "type": "record"'))
    assert check(run, team).code == 1
    words = ("--reason", "as it is", "--owner", "ann", "--expires", "2999-01-01")
    told = run("waive", "--all", *words, cwd=team.path)
    assert told.code == 0
    assert "of 2 subjects" in told.out
    assert check(run, team).code == 0
    assert "Nothing to waive" in run("waive", "--all", *words, cwd=team.path).out
    assert run("waive", *words, cwd=team.path).code == 2
    assert run("waive", "0" * 24, "--all", *words, cwd=team.path).code == 2
