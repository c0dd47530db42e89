"""What a registry asks of new versions (level, policy, compatibility group, mode), and what is predicted from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.errors import BaselineError, UsageError
from evtcompat.model.levels import Level
from evtcompat.registries.choosing import asked_for
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.lockfile import parse_lock, render_lock
from evtcompat.sources.published.lock_gate import lock_changes
from evtcompat.testing import RegistryServer

DRAFT = "http://json-schema.org/draft-07/schema#"
CLICK = {"$schema": DRAFT, "type": "object", "properties": {"id": {}}}
WITH_MAIL = {**CLICK, "properties": {"id": {}, "email": {"type": "string"}}}


@pytest.fixture
def click(registry: RegistryServer, tmp_path: Path) -> Path:
    """A file with an optional property more than what is registered."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("click-value", json.dumps(CLICK), kind="JSON")
    file = tmp_path / "click-v2.json"
    file.write_text(json.dumps(WITH_MAIL))
    return file


@pytest.mark.slow
def test_a_registry_without_a_policy_is_strict(run: Run, click: Path) -> None:
    """Whatever our own policy is: the registry's answer rests on its own."""
    lenient = run("check", click.name, "--against", "registry", "--ask", cwd=click.parent)
    strict = run("check", click.name, "--against", "registry", "--policy", "strict", cwd=click.parent)

    assert lenient.code == 0
    assert "BACKWARD (lenient) against v1" in lenient.out
    assert "A Confluent registry would refuse it, though." in lenient.out
    assert "refuses under its strict policy: OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" in lenient.out
    assert "answers incompatible, as predicted" in lenient.err
    assert strict.code == 1
    assert "A Confluent registry would refuse it too." in strict.out


def test_names_and_patterns_mean_what_check_means() -> None:
    known = frozenset({"order-value", "order-key", "click-value", "x[1]"})

    assert asked_for(["click", "order-*", "x[1]"], known, "R") == ("click-value", "order-*", "x[1]")
    with pytest.raises(BaselineError, match="R has no subject nosuch"):
        asked_for(["nosuch"], known, "R")
    with pytest.raises(BaselineError, match=r"R has no subject nosuch-\*"):
        asked_for(["nosuch-*"], known, "R")
    with pytest.raises(UsageError, match="order may be order-key or order-value"):
        asked_for(["order"], known, "R")


@pytest.mark.parametrize(
    "command",
    [
        ("lock", "nosuch"),
        ("registry", "pull", "pulled", "--subject", "nosuch"),
        ("registry", "diff", ".", "--subject", "nosuch"),
    ],
)
def test_what_is_not_there_is_never_green(run: Run, click: Path, command: tuple[str, ...]) -> None:
    result = run(*command, cwd=click.parent)

    assert result.code == 3
    assert "has no subject nosuch" in result.err


@pytest.mark.slow
def test_lock_and_pull_take_the_name_that_check_takes(run: Run, click: Path) -> None:
    assert run("lock", "click", cwd=click.parent).code == 0
    assert 'only = ["click-value"]' in (click.parent / "evtcompat.lock").read_text()
    assert run("registry", "pull", "pulled", "--subject", "click", cwd=click.parent).code == 0
    assert (click.parent / "pulled" / "click-value" / "1.json").is_file()


def _lock_of(folder: Path, run: Run, *subjects: str) -> str:
    assert run("lock", *subjects, cwd=folder).code == 0
    return (folder / "evtcompat.lock").read_text()


@pytest.mark.slow
def test_a_check_of_the_lock_asks_the_registry_that_the_person_names(
    run: Run, click: Path, registry: RegistryServer
) -> None:
    """The lock is a file of the repository: what it names is compared, and never asked."""
    with RegistryServer() as stranger:
        text = _lock_of(click.parent, run)
        (click.parent / "evtcompat.lock").write_text(text.replace(registry.url, stranger.url))

        result = run("lock", "--check", cwd=click.parent)

        assert result.code == 5
        assert f"the lock was taken from {stranger.url}, and this is {registry.url}" in result.out
        assert stranger.seen == []


@pytest.mark.slow
def test_a_check_of_the_lock_looks_at_the_subjects_that_are_named(
    run: Run, click: Path, registry: RegistryServer
) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order-value", json.dumps("int"))
        _lock_of(click.parent, run)
        client.set_level(Level.NONE, "order-value")

    assert run("lock", "--check", "click", cwd=click.parent).code == 0
    changed = run("lock", "--check", "order-*", cwd=click.parent)
    assert (changed.code, "order-value has the level NONE" in changed.out) == (5, True)
    assert run("lock", "--check", cwd=click.parent).code == 5
    assert run("lock", "--check", "nosuch", cwd=click.parent).code == 3


@pytest.mark.slow
def test_a_lock_of_subjects_that_are_all_gone_has_drifted(run: Run, click: Path, registry: RegistryServer) -> None:
    _lock_of(click.parent, run, "click")
    registry.store.rows.clear()

    gone = run("lock", "--check", cwd=click.parent)

    assert (gone.code, "click-value is gone from the registry" in gone.out) == (5, True)


@pytest.mark.slow
def test_policy_and_group_are_locked_and_their_weakening_is_told(
    run: Run, click: Path, registry: RegistryServer
) -> None:
    """A check against the lock predicts with what the registry asked; metadata goes with the versions."""
    before = parse_lock(_lock_of(click.parent, run), "lock")
    registry.store.settings.configs["click-value"] = {"compatibilityPolicy": "LENIENT", "compatibilityGroup": "major"}
    drifted = run("lock", "--check", cwd=click.parent)
    assert drifted.out.splitlines() == [
        "click-value has the policy lenient, and the global policy in the lock",
        "click-value has the compatibility group major, and none in the lock",
    ]

    text = _lock_of(click.parent, run)
    after = parse_lock(text, "lock")
    assert render_lock(after) == text
    assert [change.text for change in lock_changes(before, after)] == [
        "the policy of `click-value` in the lock goes from strict to lenient",
        "the lock compares versions of `click-value` only within the compatibility group `major`",
    ]
    assert [*lock_changes(after, before)] == []
    registry.stop()
    offline = run("check", click.name, "--against", "lock", cwd=click.parent)
    assert (offline.code, "A Confluent registry would accept it." in offline.out) == (0, True), offline


@pytest.mark.slow
def test_a_version_of_the_lock_is_named_as_one_of_the_registry_is(
    run: Run, click: Path, registry: RegistryServer
) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.set_level(Level.NONE)
        client.register("click-value", json.dumps(WITH_MAIL), kind="JSON")
    _lock_of(click.parent, run)
    registry.stop()

    assert "properties.email" in run("diff", "lock:click-value@1", "lock:click-value", cwd=click.parent).out
    against = run("check", click.name, "--against", "lock:click-value@1", "--level", "FULL", cwd=click.parent)
    assert "lock:click-value@1" in against.out
    for word, code in (("lock:click-value@9", 3), ("lock:nosuch", 3), ("lock:", 2), ("lock:click-value@x", 2)):
        assert run("check", click.name, "--against", word, cwd=click.parent).code == code, word
        assert run("diff", word, click.name, cwd=click.parent).code == code, word


@pytest.mark.slow
def test_a_deleted_version_is_shown_when_it_is_asked_for(run: Run, click: Path, registry: RegistryServer) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.delete("click-value")

    assert run("registry", "show", "click-value@1", cwd=click.parent).code == 3
    assert '"properties"' in run("registry", "show", "click-value@1", "--deleted", cwd=click.parent).out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "named"), [("glue://eu-west-1/shop", "AWS Glue"), ("mine://host/path", "the registry at mine://")]
)
def test_nothing_is_foretold_of_a_registry_with_rules_of_its_own(
    run: Run, click: Path, registry: RegistryServer, address: str, named: str
) -> None:
    """It is named, and what Confluent's would say is said to be Confluent's."""
    lock = click.parent / "evtcompat.lock"
    lock.write_text(_lock_of(click.parent, run).replace(f'"{registry.url}"', f'"{address}"'))
    said = run("check", click.name, "--against", "lock", cwd=click.parent)

    assert said.code == 0
    words = " ".join(said.out.split())
    assert f"A Confluent registry would refuse it, though; what {named} would say is not predicted." in words
    assert "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" not in words
