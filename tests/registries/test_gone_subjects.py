"""Subjects of a registry or a lock that the files under check do not hold any more, and which subject a file has."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli_harness import Run, commit, git
from evtcompat.model.levels import Level
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.lockfile import Lock, LockedSubject, render_lock
from evtcompat.testing import RegistryServer

BOTH = pytest.mark.parametrize("against", ["registry", "lock"])


def record(name: str, **fields: str) -> str:
    listed = [{"name": field, "type": kind} for field, kind in fields.items()]
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": listed})


ORDER, PAYMENT, STRANGER = record("Order", id="long"), record("Payment", id="long"), record("Stranger", id="long")


def register(registry: RegistryServer, subjects: dict[str, str]) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        for subject, text in subjects.items():
            client.register(subject, text)


@pytest.fixture
def plain(tmp_path: Path, registry: RegistryServer) -> Path:
    """A folder outside git with two registered schemas, beside a subject of somebody else."""
    register(registry, {"order": ORDER, "payment": PAYMENT, "stranger": STRANGER})
    folder = tmp_path / "project"
    for path, text in {"shop/order.avsc": ORDER, "money/payment.avsc": PAYMENT}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def versioned(repository: Path, plain: Path, run: Run) -> Path:
    """The same in git, with a lock of everything."""
    for path in ("shop", "money"):
        (plain / path).rename(repository / path)
    assert run("lock", cwd=repository).code == 0
    commit(repository, "schemas")
    return repository


def report(run: Run, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code, and the subjects of the report by name."""
    result = run("check", *arguments, "--format", "json", cwd=folder)
    value = json.loads(result.out)
    return result.code, {subject["subject"]: subject for subject in value["subjects"]}


def removed(run: Run, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Exit code, and the subjects that the finding `subject-removed` names."""
    code, subjects = report(run, folder, *arguments)
    gone = [name for name, one in subjects.items() if any(f["rule"] == "subject-removed" for f in one["findings"])]
    return code, gone


@pytest.mark.slow
@BOTH
def test_a_deleted_schema_is_a_removed_subject(run: Run, versioned: Path, against: str) -> None:
    """Its newest version names the registry or the lock; one of somebody else was never here, and is not missed."""
    (versioned / "money/payment.avsc").unlink()
    code, subjects = report(run, versioned, "--against", against)
    assert code == 1
    assert sorted(subjects) == ["order", "payment"]
    assert subjects["payment"]["state"] == "removed"
    assert subjects["payment"]["candidate"] == {"origin": f"{against}:payment@1", "version": "1"}
    (finding,) = subjects["payment"]["findings"]
    assert finding["rule"] == "subject-removed"


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize(
    ("paths", "gone"),
    [
        ((), ["payment"]),
        ((".",), ["payment"]),
        (("money", "shop"), ["payment"]),
        (("money",), ["payment"]),
        (("shop",), []),
        (("shop/order.avsc",), []),
    ],
)
def test_what_was_not_looked_for_is_not_missed(
    run: Run, versioned: Path, against: str, paths: tuple[str, ...], gone: list[str]
) -> None:
    (versioned / "money/payment.avsc").unlink()
    (versioned / "money/other.avsc").write_text(record("Other", text="string"))
    assert removed(run, versioned, *paths, "--against", against) == (1 if gone else 0, gone)


@pytest.mark.slow
@BOTH
def test_a_subject_with_another_file_is_not_removed(run: Run, versioned: Path, against: str) -> None:
    """A version needs no file where the registry has it."""
    (versioned / "money/payment-v2.avsc").write_text(PAYMENT)
    commit(versioned, "a second version")
    (versioned / "money/payment.avsc").unlink()
    assert removed(run, versioned, "--against", against) == (0, [])


@pytest.mark.slow
@BOTH
def test_a_moved_schema_is_renamed_and_meets_what_it_was(run: Run, versioned: Path, against: str) -> None:
    git(versioned, "mv", "money/payment.avsc", "money/charge.avsc")
    code, subjects = report(run, versioned, "--against", against)
    assert (code, sorted(subjects)) == (0, ["charge", "order"])
    assert subjects["charge"]["renamed_from"] == "money/payment.avsc"
    (versioned / "money/charge.avsc").write_text(record("Payment", id="long", amount="long"))
    code, subjects = report(run, versioned, "--against", against)
    assert code == 1
    (comparison,) = subjects["charge"]["comparisons"]
    assert comparison["baseline"]["origin"] == f"{against}:payment@1"
    assert [finding["rule"] for finding in comparison["findings"]] == ["reader-field-missing-default-value"]


@pytest.mark.slow
@BOTH
def test_a_baseline_that_cannot_be_told_removes_nothing(
    run: Run, versioned: Path, tmp_path: Path, against: str
) -> None:
    """Nor is it green: in a shallow clone nobody knows what the change did to the configuration and the lock."""
    git(versioned, "checkout", "--quiet", "-b", "topic")
    (versioned / "money/payment.avsc").unlink()
    commit(versioned, "away with it")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=topic", versioned.as_uri(), "clone")
    assert removed(run, tmp_path / "clone", "--against", against) == (3, [])
    assert run("check", cwd=tmp_path / "clone").code == 3, "git alone could not be asked"
    assert removed(run, versioned, "--against", against) == (1, ["payment"])


@pytest.mark.slow
@BOTH
def test_outside_git_the_lock_tells_what_was_here(run: Run, plain: Path, against: str) -> None:
    """What it was asked for; all of it, when it was asked for everything."""
    (plain / "money/payment.avsc").unlink()
    (plain / "money").rmdir()
    assert removed(run, plain, "--against", "registry") == (0, []), "nothing tells"
    assert run("lock", cwd=plain).code == 0
    assert removed(run, plain, "--against", against) == (1, ["payment", "stranger"])
    assert run("lock", "order", "pay*", cwd=plain).code == 0
    assert removed(run, plain, "--against", against) == (1, ["payment"])
    assert removed(run, plain, "shop", "--against", against) == (0, [])


@pytest.mark.slow
@BOTH
def test_what_is_locked_for_another_is_not_missed(
    run: Run, plain: Path, registry: RegistryServer, against: str
) -> None:
    used = json.dumps({"type": "record", "name": "Basket", "fields": [{"name": "s", "type": "shop.Stranger"}]})
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("basket", used, references=[Reference("shop.Stranger", "stranger", 1)])
    (plain / "basket.avsc").write_text(used)
    assert run("lock", "order", "payment", "basket", cwd=plain).code == 0
    assert 'name = "stranger"' in (plain / "evtcompat.lock").read_text()
    assert removed(run, plain, "--against", against) == (0, [])


@pytest.mark.slow
@BOTH
def test_outside_git_the_schema_itself_tells_what_it_was(run: Run, plain: Path, against: str) -> None:
    assert run("lock", "order", "payment", cwd=plain).code == 0
    (plain / "money/payment.avsc").unlink()
    (plain / "money/charge.avsc").write_text(record("Payment", id="long", amount="long"))
    code, subjects = report(run, plain, "--against", against)
    assert (code, subjects["charge"]["renamed_from"]) == (1, f"{against}:payment@1")
    (plain / "money/charge.avsc").write_text(record("Charge", id="long"))
    assert removed(run, plain, "--against", against) == (1, ["payment"])


@pytest.mark.slow
@BOTH
def test_a_subject_that_the_configuration_lists_is_missed(run: Run, versioned: Path, against: str) -> None:
    """Though the baseline has no file of it either."""
    (versioned / "evtcompat.toml").write_text('[subjects]\nstranger = ["s/*.avsc"]\n')
    commit(versioned, "a configuration")
    assert removed(run, versioned, "--against", against) == (1, ["stranger"])


@pytest.mark.slow
@BOTH
def test_a_file_that_cannot_be_read_may_hold_the_subject(run: Run, plain: Path, against: str) -> None:
    """The run is unchecked; it is not said that something is gone."""
    assert run("lock", "order", "payment", cwd=plain).code == 0
    (plain / "money/payment.avsc").write_text("{")
    assert removed(run, plain, "--against", against) == (3, [])


@pytest.mark.slow
def test_a_language_that_is_not_read_is_not_missed(run: Run, plain: Path) -> None:
    """No file of ours could hold it."""
    kept = LockedSubject("order", (Registered("order", 1, 1, ORDER),))
    other = LockedSubject("proto", (Registered("proto", 1, 2, "syntax = 'proto3';", "PROTOBUF"),))
    for subjects, gone in (((kept, other), []), ((kept, other, replace(kept, name="old")), ["old"])):
        lock = Lock("http://registry", Level.FULL, (), subjects)
        (plain / "evtcompat.lock").write_text(render_lock(lock))
        assert removed(run, plain, "--against", "lock") == (1 if gone else 0, gone)


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["clicks-value", "shop.Click", "clicks-shop.Click"])
def test_register_check_and_diff_mean_the_same_subject(
    run: Run, registry: RegistryServer, tmp_path: Path, subject: str
) -> None:
    """The one that is there: a schema is never checked against one subject and registered as another."""
    old, new = record("Click", id="long"), record("Click", id="long", at="long")
    register(registry, {subject: old})
    folder = tmp_path / "clicks"
    folder.mkdir()
    (folder / "clicks-v1.avsc").write_text(old)
    same = run("registry", "diff", ".", cwd=folder)
    assert (same.code, "hold the same: 1 subject" in same.out) == (0, True), same
    (folder / "clicks-v2.avsc").write_text(new)
    checked = run("check", "clicks-v2.avsc", "--against", "registry", cwd=folder)
    assert (checked.code, f"{subject}  BACKWARD" in checked.out) == (1, True), checked
    refused = run("registry", "register", "clicks-v2.avsc", "--yes", cwd=folder)
    assert (refused.code, f"becomes a new version of {subject}" in refused.out) == (1, True), refused
    assert list(registry.store.rows) == [subject]


@pytest.mark.slow
def test_a_hook_passes_by_what_is_no_schema(run: Run, versioned: Path) -> None:
    """It is handed whatever is staged; a person who names such a file means it as a schema."""
    (versioned / "package.json").write_text('{"name": "shop"}')
    (versioned / "shop/order.avsc").write_text(record("Order", id="long", at="long"))
    git(versioned, "add", "--all")
    staged = ("--staged", "--against", "lock")
    assert run("check", "package.json", *staged, cwd=versioned).code == 0
    assert run("check", "package.json", "shop/order.avsc", *staged, cwd=versioned).code == 1
    assert run("check", "package.json", "--against", "lock", cwd=versioned).code == 3
