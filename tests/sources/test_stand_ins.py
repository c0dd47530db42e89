"""What git leaves in the place of a schema is called by its name, and never taken for one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, RULE
from cli_harness import Run
from sources.conftest import Repo

AVRO, JSON = "schemas/order.avsc", "schemas/order.json"
SCHEMA = json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"})


def pointer(content: str) -> str:
    """What git keeps of a file that LFS has."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"


def fetch(repo: Repo, content: str, *, damaged: bool = False) -> None:
    """Put a content where `git lfs fetch` puts it."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    file = Path(repo.git("rev-parse", "--absolute-git-dir")) / "lfs/objects" / digest[:2] / digest[2:4] / digest
    file.parent.mkdir(parents=True)
    file.write_text(content + " " * damaged)


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_pointer_under_check_is_named(repo: Repo, run: Run, ends: str) -> None:
    repo.save({AVRO: DEPLOYED})
    repo.write(AVRO, pointer(BREAKING).replace("\n", ends).encode())
    for arguments in ((), (AVRO,), ("--staged",)):
        repo.git("add", "--all")
        found = run("check", *arguments, cwd=repo.path)
        assert (found.code, "git lfs pull" in found.out) == (3, True), found.out


def test_a_pointer_at_the_baseline_is_named_and_is_no_repair(repo: Repo, run: Run) -> None:
    repo.save({AVRO: pointer(DEPLOYED)})
    repo.write(AVRO, BREAKING)
    found = run("check", cwd=repo.path)
    assert (found.code, "git lfs fetch" in found.out) == (3, True), found.out
    assert "baseline-repaired" not in found.out


@pytest.mark.slow
def test_a_content_that_was_fetched_is_read(repo: Repo, run: Run) -> None:
    repo.save({AVRO: pointer(DEPLOYED)})
    fetch(repo, DEPLOYED)
    for now, code in ((DEPLOYED, 0), (HARMLESS, 0), (BREAKING, 1)):
        repo.write(AVRO, now)
        found = run("check", cwd=repo.path)
        assert (found.code, RULE in found.out) == (code, code == 1), found.out
    fetch(repo, BREAKING)
    repo.write(AVRO, pointer(BREAKING))
    repo.git("add", "--all")
    assert run("check", "--staged", cwd=repo.path).code == 1


def test_another_content_than_the_pointer_names_is_not_taken_for_it(repo: Repo, run: Run) -> None:
    repo.save({AVRO: pointer(DEPLOYED)})
    fetch(repo, DEPLOYED, damaged=True)
    repo.write(AVRO, HARMLESS)
    assert run("check", cwd=repo.path).code == 3


@pytest.mark.slow
def test_a_pointer_that_may_be_a_schema_is_never_passed_over_in_silence(repo: Repo, run: Run) -> None:
    """Whether JSON that is kept elsewhere is a schema cannot be told."""
    repo.save({AVRO: DEPLOYED, JSON: pointer(SCHEMA)})
    found = run("check", cwd=repo.path)
    assert (found.code, "1 skipped" in found.out) == (0, True), found.out
    strict = run("check", "--skipped", "fail", cwd=repo.path)
    assert (strict.code, "Git LFS" in strict.out) == (3, True), strict.out
    repo.save({JSON: SCHEMA})
    repo.write(JSON, pointer(SCHEMA))
    assert run("check", cwd=repo.path).code != 0


def conflicted(one: str, other: str) -> str:
    """Both sides of a merge in one file, as git leaves them."""
    return f"<<<<<<< HEAD\n{one}=======\n{other}>>>>>>> topic\n"


@pytest.mark.slow
@pytest.mark.parametrize(("path", "one"), [(AVRO, DEPLOYED), (JSON, SCHEMA + "\n")])
def test_marks_of_a_merge_are_named(repo: Repo, run: Run, path: str, one: str) -> None:
    repo.save({path: one})
    repo.write(path, conflicted(one, one))
    repo.git("add", "--all")
    for arguments in ((), (path,), ("--staged",)):
        found = run("check", *arguments, cwd=repo.path)
        assert (found.code, "merge conflict" in found.out, f"{path}:1:1" in found.out) == (3, True, True), found.out


@pytest.mark.slow
def test_a_conflict_that_was_committed_is_named_and_can_be_resolved(repo: Repo, run: Run) -> None:
    repo.save({AVRO: conflicted(DEPLOYED, HARMLESS)})
    repo.write(AVRO, DEPLOYED)
    found = run("check", cwd=repo.path)
    assert (found.code, "merge conflict" in found.out) == (0, True), found.out
    assert run("check", "--against", AVRO, AVRO, cwd=repo.path).code == 0
    repo.write("old.avsc", conflicted(DEPLOYED, HARMLESS))
    found = run("check", AVRO, "--against", "old.avsc", cwd=repo.path)
    assert (found.code, "merge conflict" in found.out) == (3, True), found.out
