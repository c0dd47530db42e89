"""The hook of this checkout, installed once by pre-commit, and repositories that it guards."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.team import DEPLOYED, HARMLESS, ORDER, Team, copied_checkout, with_pre_commit, with_script
from sources.conftest import Repo, make_repo


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "acceptance"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def source(shared: Path) -> Repo:
    """This checkout as a repository of its own, edits included: what a team names in its configuration.

    It is made once, so that pre-commit installs the hook once: it takes the address for the name of what it installed.
    """
    path = shared / "evtcompat"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            copied_checkout(path)
            make_repo(path).commit("evtcompat")
    return Repo(path)


@pytest.fixture(scope="session")
def variables(shared: Path) -> Mapping[str, str]:
    """The environment is installed by the first commit that needs it, and kept for the whole run."""
    return {"PRE_COMMIT_HOME": str(shared / "pre-commit-home"), "NO_COLOR": "1"}


@pytest.fixture
def unguarded(tmp_path: Path, variables: Mapping[str, str]) -> Team:
    """An empty repository without a hook."""
    return Team(make_repo(tmp_path / "repo").path, variables)


@pytest.fixture
def guarded(unguarded: Team, source: Repo) -> Team:
    """An empty repository that pre-commit guards."""
    with_pre_commit(unguarded, source)
    return unguarded


@pytest.fixture(params=["pre-commit", "script"])
def team(request: pytest.FixtureRequest) -> Team:
    """An empty repository, guarded in turn by pre-commit and by a script.

    pre-commit names files and puts aside what is not staged; with the script evtcompat has to tell it apart itself.
    """
    return _guarded(request)


@pytest.fixture(params=["script", pytest.param("pre-commit", marks=pytest.mark.long)])
def any_team(request: pytest.FixtureRequest) -> Team:
    """As `team`, where it matters less who calls evtcompat: by pre-commit in the long run only."""
    return _guarded(request)


def _guarded(request: pytest.FixtureRequest) -> Team:
    if request.param == "pre-commit":
        return request.getfixturevalue("guarded")  # type: ignore[no-any-return]  # a fixture's value is untyped
    team: Team = request.getfixturevalue("unguarded")
    with_script(team)
    return team


@pytest.fixture
def healthy(repository: Path) -> Repo:
    """A schema that is deployed, and a harmless change of it that is staged."""
    repo = Repo(repository)
    repo.save({"README": "\n"})
    repo.save({ORDER: DEPLOYED})
    repo.write(ORDER, HARMLESS)
    repo.git("add", "--all")
    return repo
