"""A file that is edited in place has its history in git as versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import fastavro
import pytest

from acceptance.team import event
from cli_harness import Run
from sources.conftest import Repo


@pytest.fixture
def repo(repository: Path) -> Repo:
    found = Repo(repository)
    for fields in (["id"], ["id", "a"], ["id", "a"], ["id", "a", "b"]):
        text = event("id", optional=tuple(fields[1:]))
        found.save({"s/order.avsc": text, "README": str(found.path) + text + str(len(fields))})
        found.git("commit", "--allow-empty", "--quiet", "-m", "nothing")
    return found


def writers(run: Run, repo: Repo, *arguments: str) -> list[str]:
    result = run("matrix", "order", "--format", "json", *arguments, cwd=repo.path)
    assert result.code == 0, result.err
    return list(dict.fromkeys(cell["writer"] for cell in json.loads(result.out)["cells"]))


@pytest.mark.slow
def test_the_matrix_has_a_row_for_every_content_that_was_committed(run: Run, repo: Repo) -> None:
    found = writers(run, repo)
    assert len(found) == 3
    assert all(re.fullmatch(r"git-[0-9a-f]{7}", label) for label in found)
    assert writers(run, repo, "--past", "2") == found[1:]
    assert writers(run, repo, "--past", "0") == ["1"]
    repo.write("s/order.avsc", event("id", "x"))
    assert writers(run, repo) == [*found, "now"]


@pytest.mark.slow
def test_a_file_that_was_renamed_keeps_its_past(run: Run, repo: Repo) -> None:
    before = writers(run, repo)
    repo.git("mv", "s", "events")
    repo.commit("moved")
    assert writers(run, repo)[: len(before) - 1] == before[:-1]
    assert len(writers(run, repo)) == 3


@pytest.mark.slow
def test_what_a_document_states_of_itself_is_the_name_of_its_version(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    for version in ("1.0.0", "1.1.0"):
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", "version": version, "type": "object"}
        repo.save({"order.json": json.dumps(schema)})
    assert writers(run, repo) == ["1.0.0", "1.1.0"]


@pytest.mark.slow
def test_an_old_version_that_cannot_be_read_is_left_out_and_told(run: Run, repo: Repo) -> None:
    repo.save({"s/order.avsc": "{"})
    repo.save({"s/order.avsc": event("id", "y")})
    result = run("matrix", "order", cwd=repo.path)
    assert result.code == 3
    assert "left out" in result.err
    assert "git-" in result.out


@pytest.mark.slow
def test_fixtures_of_the_past_hold_until_the_file_has_a_new_content(run: Run, repo: Repo, tmp_path: Path) -> None:
    folder = str(tmp_path / "fixtures")
    assert run("fixtures", "generate", "order", "-o", folder, cwd=repo.path).code == 0
    first = {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
    assert run("fixtures", "generate", "order", "-o", folder, cwd=repo.path).code == 0
    assert first == {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
    assert run("fixtures", "verify", folder, cwd=repo.path).out == ""
    repo.save({"s/order.avsc": event("id", optional=("z",))})
    assert run("fixtures", "verify", folder, cwd=repo.path).code == 1


def _document(**events: list[str]) -> str:
    """An AsyncAPI document of events with the members that each has."""
    messages = [
        {
            "name": name,
            "payload": {"type": "object", "properties": {member: {"type": "string"} for member in members}},
        }
        for name, members in events.items()
    ]
    channels = {f"c{at}": {"publish": {"message": one}} for at, one in enumerate(messages)}
    return json.dumps({"asyncapi": "2.6.0", "info": {"title": "Shop", "version": "1"}, "channels": channels})


def _members(run: Run, repo: Repo, subject: str) -> list[str]:
    """The versions that the payloads of a subject are written with."""
    result = run("matrix", subject, "--format", "json", cwd=repo.path)
    assert result.code in (0, 1), result.err
    return list(dict.fromkeys(cell["writer"] for cell in json.loads(result.out)["cells"]))


@pytest.mark.slow
def test_an_event_of_a_document_has_the_contents_that_it_had_there(run: Run, repository: Path) -> None:
    """One that came later has no version before, and the change of another event is none of it."""
    repo = Repo(repository)
    repo.save({"api.json": _document(placed=["id"])})
    repo.save({"api.json": _document(placed=["id", "at"])})
    repo.save({"api.json": _document(placed=["id", "at"], paid=["id"])})
    repo.git("mv", "api.json", "events.json")
    repo.commit("moved")
    repo.save({"events.json": _document(placed=["id", "at"], paid=["id", "by"])})
    assert len(_members(run, repo, "placed")) == 2
    assert len(_members(run, repo, "paid")) == 2
    repo.write("events.json", _document(placed=["id", "at", "of"], paid=["id", "by"]))
    assert _members(run, repo, "placed")[2:] == ["now"]


@pytest.mark.slow
def test_a_document_that_could_not_be_read_once_leaves_that_version_out(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"api.json": _document(placed=["id"])})
    repo.save({"api.json": _document(placed=["id"])[:-1]})
    repo.save({"api.json": _document(placed=["id", "at"])})
    result = run("matrix", "placed", cwd=repo.path)
    assert result.code == 3
    assert "left out" in result.err
    assert "2 versions" in result.out


@pytest.mark.slow
def test_recorded_events_were_written_with_what_the_file_was(run: Run, repository: Path) -> None:
    """Each is told with its commit, and a check tells its findings with the events that hit them."""
    repo = Repo(repository)
    for fields in ([], ["a"], ["a", "b"]):
        text = event("id", optional=tuple(fields))
        repo.save({"s/order.avsc": text})
        with (repo.path / f"{len(fields)}.avro").open("wb") as file:
            fastavro.writer(file, json.loads(text), [{"id": "1"}] * (len(fields) + 1))
    repo.write("s/order.avsc", event("id", "new", optional=("a", "b")))
    told = run("replay", "*.avro", "--reader", "s/order.avsc", "--format", "json", "--save", "seen.json", cwd=repo.path)
    assert told.code == 1, told.err
    written = json.loads(told.out)["writers"]
    assert sorted(one["events"] for one in written) == [1, 2, 3]
    commits = repo.git("log", "--format=git-%h", "--abbrev=7").split()
    assert {one["version"] for one in written} == {*commits}
    checked = run("check", "s/order.avsc", "--observed", "seen.json", "--format", "json", cwd=repo.path)
    findings = [
        finding
        for one in json.loads(checked.out)["subjects"]
        for comparison in one["comparisons"]
        for finding in comparison["findings"]
    ]
    assert {one["rule"]: one["observed"]["hits"] for one in findings if one["severity"] == "error"} == {
        "reader-field-missing-default-value": 3
    }
