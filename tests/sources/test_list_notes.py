"""An array that may be meant as a union is told wherever its reading as a list of types makes a difference."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cli_harness import Run
from sources.conftest import Repo

pytestmark = pytest.mark.slow

RULE = "array-read-as-types"


def record(name: str, *fields: object) -> dict[str, object]:
    return {"type": "record", "name": name, "fields": [{"name": "id", "type": "string"}, *fields]}


PLACED, CANCELLED = record("Placed"), record("Cancelled")
BATCH = record("Batch", {"name": "orders", "type": {"type": "array", "items": "Placed"}})
LONGER = record("Cancelled", {"name": "why", "type": "string", "default": ""})

#: The array at the baseline and now, with what is told of it.
TOLD = {
    "a type is added": ([PLACED, BATCH], [PLACED, BATCH, CANCELLED], "and gained `Cancelled`"),
    "a type is removed": ([PLACED, BATCH, CANCELLED], [PLACED, BATCH], "and lost `Cancelled`"),
    "a type is renamed": (
        [PLACED, BATCH, CANCELLED],
        [PLACED, BATCH, record("Gone")],
        "gained `Gone` and lost `Cancelled`",
    ),
    "a union becomes a list": ([PLACED, CANCELLED], [PLACED, CANCELLED, BATCH], "it was read as one schema before"),
    "a list becomes a union": ([PLACED, CANCELLED, BATCH], [PLACED, CANCELLED], "is read as one schema, a union"),
}
QUIET: dict[str, tuple[list[object], list[object]]] = {
    "a field is added": ([PLACED, BATCH, CANCELLED], [PLACED, BATCH, LONGER]),
    "the order of the types": ([PLACED, BATCH, CANCELLED], [CANCELLED, PLACED, BATCH]),
    "a union gains a branch": ([PLACED], [PLACED, CANCELLED]),
    "nothing": ([PLACED, BATCH], [PLACED, BATCH]),
}


def told(run: Run, folder: Path, *options: str) -> list[str]:
    report = json.loads(run("check", ".", "--format", "json", *options, cwd=folder).out)
    return [one["message"] for one in report["findings"] if one["rule"] == RULE]


@pytest.mark.parametrize("case", TOLD)
def test_what_changes_with_the_reading_is_told_and_the_line_makes_it_a_union(
    case: str, run: Run, repository: Path
) -> None:
    """The line that the note names is taken by the configuration, ends the note, and gives one subject."""
    before, after, change = TOLD[case]
    repo = Repo(repository)
    repo.save({"s/orders.avsc": json.dumps(before)})
    (repo.path / "s/orders.avsc").write_text(json.dumps(after), encoding="utf-8")
    (message,) = told(run, repo.path)
    assert change in message
    assert message in " ".join(run("check", ".", cwd=repo.path).out.split())
    line = message.partition("of the configuration: ")[2].removesuffix(".")
    assert tomllib.loads(line) == {"orders": ["s/orders.avsc"]}
    repo.save({"s/orders.avsc": json.dumps(before), "evtcompat.toml": f"[subjects]\n{line}\n"})
    (repo.path / "s/orders.avsc").write_text(json.dumps(after), encoding="utf-8")
    assert told(run, repo.path) == []
    report = json.loads(run("check", ".", "--format", "json", cwd=repo.path).out)
    assert [one["subject"] for one in report["subjects"]] == ["orders"]
    assert [one["state"] for one in report["subjects"]] == ["compared"]


@pytest.mark.parametrize("case", QUIET)
def test_what_is_the_same_under_either_reading_is_not_told(case: str, run: Run, repository: Path) -> None:
    before, after = QUIET[case]
    repo = Repo(repository)
    repo.save({"s/orders.avsc": json.dumps(before)})
    (repo.path / "s/orders.avsc").write_text(json.dumps(after), encoding="utf-8")
    assert told(run, repo.path) == []


def test_the_version_before_counts_where_the_file_is_new(run: Run, repository: Path) -> None:
    """Versions in files of their own: the line lists them all, the oldest first."""
    repo = Repo(repository)
    repo.save({"s/orders-v1.avsc": json.dumps([PLACED, BATCH])})
    (repo.path / "s/orders-v2.avsc").write_text(json.dumps([PLACED, BATCH, CANCELLED]), encoding="utf-8")
    (message,) = told(run, repo.path)
    assert message.endswith('orders = ["s/orders-v1.avsc", "s/orders-v2.avsc"].')
    assert len(told(run, repo.path, "--changed")) == 1
