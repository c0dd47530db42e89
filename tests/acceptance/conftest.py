"""The hook of this checkout, installed once by pre-commit, and repositories that it guards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.team import Team, copied_checkout, with_pre_commit, with_script
from sources.conftest import Repo, make_repo


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """This checkout as a repository of its own, edits included: what a team names in its configuration."""
    repo = make_repo(tmp_path_factory.mktemp("hook") / "evtcompat")
    copied_checkout(repo.path)
    repo.commit("evtcompat")
    return repo


@pytest.fixture(scope="session")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment is installed by the first commit that needs it, and kept for the session."""
    return {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit-home")), "NO_COLOR": "1"}


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
def team(unguarded: Team, request: pytest.FixtureRequest) -> Team:
    """An empty repository, guarded in turn by pre-commit and by a script.

    pre-commit names files and puts aside what is not staged; with the script evtcompat has to tell it apart itself.
    """
    if request.param == "pre-commit":
        with_pre_commit(unguarded, request.getfixturevalue("source"))
    else:
        with_script(unguarded)
    return unguarded
