"""Settings without effect are told where everything was looked at, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run, commit

SCHEMA = json.dumps({"type": "record", "name": "Order", "fields": []})


@pytest.fixture
def project(repository: Path) -> Path:
    """A repository with two folders of schemas, each with a configuration, and none above."""
    for name, level in (("a", "BACKWARD"), ("b", "NONE")):
        (repository / name / "schemas").mkdir(parents=True)
        (repository / name / "schemas" / f"order-{name}.avsc").write_text(SCHEMA)
        (repository / name / "evtcompat.toml").write_text(f'level = "{level}"\n')
    (repository / "c").mkdir()
    (repository / "c" / "evtcompat.toml").write_text("")
    commit(repository, "a")
    return repository


def told(run: Run, *words: str, cwd: Path) -> list[str]:
    report = json.loads(run("check", *words, "--format", "json", cwd=cwd).out)
    rules = ("configuration-not-used", "pattern-matches-nothing")
    return [one["message"] for one in report["findings"] if one["rule"] in rules]


def test_a_configuration_below_is_told_once_where_its_schemas_are_looked_at(run: Run, project: Path) -> None:
    (both,) = told(run, cwd=project)
    assert both.startswith("a/evtcompat.toml, b/evtcompat.toml are not used here"), "and not that of c, which has none"
    (one,) = told(run, "b/schemas/order-b.avsc", cwd=project)
    assert one.startswith("b/evtcompat.toml is not used here")
    (beside,) = told(run, "../b", cwd=project / "a")
    assert "../b/evtcompat.toml is not used here" in beside
    assert told(run, cwd=project / "a") == told(run, "schemas", cwd=project / "b") == []
    assert told(run, "b", "--config", "a/evtcompat.toml", cwd=project) == [], "a person has chosen"
    (project / "c" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (project / "evtcompat.toml").write_text('exclude = ["a"]\n')
    assert [one.partition(" ")[0] for one in told(run, cwd=project)] == ["b/evtcompat.toml"]


def test_init_tells_configurations_that_the_new_one_does_not_count_for(run: Run, project: Path) -> None:
    said = " ".join(run("init", "--dry-run", cwd=project).out.split())
    assert "a/evtcompat.toml, b/evtcompat.toml do not count in a check from here" in said


@pytest.mark.slow
def test_patterns_are_judged_where_everything_is_looked_at(run: Run, project: Path) -> None:
    text = '[[overrides]]\nsubjects = ["ordr"]\nlevel = "NONE"\n'
    (project / "evtcompat.toml").write_text(f'include = ["nowhere/*"]\nexclude = ["a", "b/evtcompat.toml"]\n{text}')
    file = "b/schemas/order-b.avsc"
    for words in ((), (".",)):
        assert len([one for one in told(run, *words, cwd=project) if "matches no" in one]) == 2
    for partly in ((file,), ("b",), ("--changed",), ("--staged",)):
        assert not any("matches no" in one for one in told(run, *partly, cwd=project))
    (project / file).write_text("{")
    assert [one for one in told(run, cwd=project) if "matches no" in one] == [
        "`nowhere/*` under `include` matches no file."
    ], "what cannot be read may be the subject"
