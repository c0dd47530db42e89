"""A change of the lock cannot let itself pass: what weakens it is told, and the lock that stands counts.

Law: a weaker gate together with a break is refused, whichever part of the gate is turned and however the check is run.
The weaker gate alone passes, with the warning, and counts from then on. A stronger gate is no finding.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from acceptance.gate import (
    Turn,
    begun,
    checked,
    hold_stronger,
    hold_weaker_alone,
    hold_weaker_and_break,
    said,
    write,
)
from acceptance.team import BREAKING, DEPLOYED, ORDER
from cli_harness import Run
from evtcompat.model.levels import Level
from evtcompat.registries.base import Registered
from evtcompat.registries.lockfile import Lock, LockedSubject, render_lock
from evtcompat.testing import RegistryServer

LOCK = "evtcompat.lock"


def lock(
    *subjects: LockedSubject, registry: str = "http://one.example", level: Level = Level.BACKWARD
) -> dict[str, str]:
    return {LOCK: render_lock(Lock(registry, level, (), subjects))}


def locked(*texts: str, level: Level | None = None) -> LockedSubject:
    versions = tuple(Registered("order", number, number, text, "AVRO") for number, text in enumerate(texts, 1))
    return LockedSubject("order", versions, level)


TURNS = {
    "level": Turn(
        "the lock's `level` goes from BACKWARD to NONE",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED), level=Level.NONE),
    ),
    "a subject's level": Turn(
        "the level of `order` in the lock goes from BACKWARD to FORWARD",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED, level=Level.FORWARD)),
    ),
    "a subject's own level is dropped": Turn(
        "the level of `order` in the lock goes from BACKWARD to NONE",
        lock(locked(DEPLOYED, level=Level.BACKWARD), level=Level.NONE),
        lock(locked(DEPLOYED), level=Level.NONE),
    ),
    "a subject is deleted": Turn("the lock loses the subject `order`", lock(locked(DEPLOYED)), lock()),
    "a version is deleted": Turn(
        "the lock loses version 2 of `order`", lock(locked(BREAKING, DEPLOYED)), lock(locked(BREAKING))
    ),
    "a version is replaced": Turn(
        "version 1 of `order` in the lock is another schema", lock(locked(DEPLOYED)), lock(locked(BREAKING))
    ),
    "transitive no more": Turn(
        "the lock's `level` goes from BACKWARD_TRANSITIVE to BACKWARD",
        lock(locked(DEPLOYED, BREAKING), level=Level.BACKWARD_TRANSITIVE),
        lock(locked(DEPLOYED, BREAKING)),
    ),
    "another registry": Turn(
        "the lock's `registry` goes from http://one.example to http://two.example",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED), registry="http://two.example"),
        passes=False,
    ),
}
WAY = "against a lock"
CASES = {name: pytest.param(WAY, turn, id=name) for name, turn in TURNS.items()}


@pytest.mark.parametrize(("way", "turn"), CASES.values())
def test_a_weaker_gate_and_a_break_are_refused(way: str, turn: Turn, run: Run, repository: Path) -> None:
    hold_weaker_and_break(turn, way, run, repository)


@pytest.mark.slow
@pytest.mark.parametrize(("way", "turn"), CASES.values())
def test_a_weaker_gate_alone_passes_with_the_warning_and_counts_from_then_on(
    way: str, turn: Turn, run: Run, repository: Path
) -> None:
    hold_weaker_alone(turn, way, run, repository)


#: Turned back, the lock asks for something else, not for more.
NO_WAY_BACK = {"another registry", "a version is replaced", "a subject's level"}
TURNED_BACK = [case for name, case in CASES.items() if name not in NO_WAY_BACK]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "turn"), TURNED_BACK)
def test_a_stronger_gate_is_no_finding(way: str, turn: Turn, run: Run, repository: Path) -> None:
    hold_stronger(turn, way, run, repository)


@pytest.mark.slow
def test_a_version_that_is_added_to_the_lock_is_no_finding_and_lets_nothing_pass(run: Run, repository: Path) -> None:
    """It could be forged, and would be compared with in place of the one that is deployed."""
    turn = Turn("", lock(locked(DEPLOYED)), lock(locked(DEPLOYED, BREAKING)))
    repo = begun(repository, turn)
    write(repo, turn.now)
    alone = checked(run, repo, "against a lock")
    assert "gate-weakened" not in alone.out
    write(repo, turn.edit)
    result = checked(run, repo, "against a lock")
    assert result.code == 1
    assert "counts too, until this one stands there, and does not let `order` pass" in said(result)
    repo.commit()
    repo.save({"README": "more\n"})
    assert checked(run, repo, "against a lock").code == 0, "it stands"


@pytest.mark.slow
@pytest.mark.parametrize("against", ["lock", "registry"])
def test_where_the_gate_that_stood_is_not_known_nothing_is_green(
    against: str, run: Run, repository: Path, tmp_path: Path
) -> None:
    """A check against a registry or a lock rests on files of the repository, which the change may have turned."""
    repo = begun(repository, Turn("", lock(locked(DEPLOYED)), {}))
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({**lock(locked(DEPLOYED), level=Level.NONE), ORDER: BREAKING})
    repo.save({"README": "more\n"})
    clone = repo.clone(tmp_path / "shallow", "--depth=1", "--branch=topic", "--no-single-branch")
    with RegistryServer() as registry:
        body = {"schema": DEPLOYED}
        requests.post(f"{registry.url}/subjects/order/versions", json=body, timeout=30).raise_for_status()
        environment = {"EVTCOMPAT_REGISTRY_URL": registry.url}
        result = run("check", "--against", against, cwd=clone.path, environment=environment)
    assert result.code == (1 if against == "registry" else 3), said(result)
    assert "it is not known whether this change weakens its own gate" in said(result)
    assert "git fetch --deepen" in said(result)
