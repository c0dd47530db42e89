"""A folder that nobody can list is unchecked, and hides nothing that lies beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli_harness import Run
from laws.projects import ended, record

_NAME = "d" * 250


def bury(folder: Path) -> None:
    """Make folders in each other until the path is longer than the system takes, whatever rights one has."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(_NAME, dir_fd=at)
        inner = os.open(_NAME, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)


@pytest.fixture
def buried(repository: Path) -> Path:
    """A repository in which one subject breaks, and a folder cannot be listed."""
    (repository / "s").mkdir()
    (repository / "s/apple-v1.avsc").write_text(record("Apple", n="int"), encoding="utf-8")
    (repository / "s/apple-v2.avsc").write_text(record("Apple", n="string"), encoding="utf-8")
    (repository / "s/deep").mkdir()
    bury(repository / "s/deep")
    return repository


@pytest.mark.slow
def test_a_check_answers_about_the_others_and_tells_of_the_folder(run: Run, buried: Path) -> None:
    result = ended(run("check", "s", "--format", "json", cwd=buried), ("check",))
    report = json.loads(result.out)
    assert [(one["subject"], one["verdict"]) for one in report["subjects"]] == [("apple", "incompatible")]
    (error,) = report["errors"]
    assert (error["place"].startswith("s/deep/"), "cannot be read" in error["message"]) == (True, True)
    assert result.code == 1
    (buried / "s/apple-v2.avsc").unlink()
    assert run("check", "s", cwd=buried).code == 3


@pytest.mark.slow
def test_a_baseline_that_cannot_be_listed_is_none(run: Run, buried: Path) -> None:
    """What lies in the folder could be removed, and nobody would know."""
    (buried / "now").mkdir()
    (buried / "now/apple-v2.avsc").write_text(record("Apple", n="string"), encoding="utf-8")
    result = ended(run("check", "now", "--against", "s", cwd=buried), ("check",))
    assert (result.code, "cannot be read" in result.out) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("report", "--schemas", "s", "-o", "page.html"),
        ("waive", "--all", "--reason", "r", "--owner", "o", "--expires", "2999-01-01", "--path", "s"),
    ],
    ids=lambda words: words[0],
)
def test_other_commands_answer_about_the_others_and_end_with_3(run: Run, buried: Path, words: tuple[str, ...]) -> None:
    result = ended(run(*words, cwd=buried), words)
    written = (buried / ("page.html" if words[0] == "report" else "evtcompat-waivers.toml")).read_text(encoding="utf-8")
    assert (result.code, "cannot be read" in result.err, "apple" in written) == (3, True, True)
