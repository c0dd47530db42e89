"""Pushes through pre-commit's pre-push hook, this repository's own hooks, and what a team pastes from the docs."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.team import (
    BREAKING,
    DEPLOYED,
    HARMLESS,
    ORDER,
    ROOT,
    RULE,
    Team,
    copied_checkout,
    event,
    pre_commit,
)
from sources.conftest import ENVIRONMENT, Repo, make_repo


@pytest.fixture
def remote(guarded: Team, tmp_path: Path) -> Team:
    """The guarded repository, with a remote that has its main branch."""
    guarded.base({ORDER: DEPLOYED})
    bare = tmp_path / "remote.git"
    guarded.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    guarded.git("remote", "add", "origin", bare.as_uri())
    guarded.git("push", "--quiet", "--no-verify", "origin", "main")
    return guarded


@pytest.mark.slow
def test_a_push_of_a_branch_that_is_not_checked_out(remote: Team) -> None:
    """What is pushed is checked, not what is checked out; the baseline is where the branch left the remote."""
    remote.git("checkout", "--quiet", "-b", "topic")
    remote.base({ORDER: BREAKING})
    remote.git("checkout", "--quiet", "main")
    refused = remote.run("git", "push", "origin", "topic")
    assert refused.refused
    assert refused.says(f"{ORDER}:3:3 error {RULE}")
    remote.git("checkout", "--quiet", "-B", "topic", "main")
    remote.base({ORDER: HARMLESS})
    remote.git("checkout", "--quiet", "main")
    remote.stage(ORDER, BREAKING)
    remote.write("schemas/untracked.avsc", "{")
    pushed = remote.run("git", "push", "origin", "topic")
    assert not pushed.refused
    assert pushed.says("1 changed")


@pytest.mark.slow
def test_a_push_over_commits_of_others_that_break(remote: Team) -> None:
    """The merge base is the baseline: what the remote's branch did since is not this push's doing."""
    remote.git("checkout", "--quiet", "-b", "topic")
    remote.base({ORDER: HARMLESS})
    remote.git("push", "--quiet", "--no-verify", "origin", "topic")
    remote.base({"README": "more\n"})
    pushed = remote.run("git", "push", "origin", "topic")
    assert not pushed.refused


@pytest.mark.slow
def test_a_deletion_in_a_push(remote: Team) -> None:
    remote.git("checkout", "--quiet", "-b", "topic")
    remote.git("rm", "--quiet", ORDER)
    remote.git("commit", "--quiet", "--no-verify", "-m", "gone")
    remote.git("checkout", "--quiet", "main")
    assert remote.run("git", "push", "origin", "topic").says("subject-removed")


@pytest.mark.slow
def test_both_refs_name_candidate_and_baseline(remote: Team) -> None:
    """`pre-commit run --from-ref --to-ref`, as CI runs it; the branch between is told from its merge base."""
    start = remote.git("rev-parse", "HEAD")
    remote.git("checkout", "--quiet", "-b", "topic")
    broken = remote.base({ORDER: BREAKING})
    remote.git("checkout", "--quiet", "main")
    main = remote.base({ORDER: HARMLESS})
    ranged = remote.run(*pre_commit("run", "--from-ref", main, "--to-ref", broken))
    assert ranged.refused
    assert ranged.says(RULE, start[:10])
    assert not remote.run(*pre_commit("run", "--from-ref", start, "--to-ref", main)).refused


@pytest.mark.slow
def test_run_all_files(guarded: Team) -> None:
    """A file that was committed broken is found; what did not change is not judged again, though it is named."""
    guarded.base({ORDER: DEPLOYED, "schemas/broken.avsc": "{", "package.json": "{}"})
    outcome = guarded.run(*pre_commit("run", "--all-files"))
    assert outcome.refused
    assert outcome.says("schemas/broken.avsc:1:2", "could not be checked")


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1], ids=["local", "from a repository"])
def test_the_snippets_of_the_docs_work_as_pasted(unguarded: Team, source: Repo, tmp_path: Path, which: int) -> None:
    """In the second one the two words are filled in; the first one needs no more than `evtcompat` on the path."""
    program = tmp_path / "bin" / "evtcompat"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT / 'compat'}' exec '{sys.executable}' -m evtcompat \"$@\"\n")
    program.chmod(0o755)
    search = {"PATH": f"{program.parent}:{ENVIRONMENT['PATH']}"} if which == 0 else {}
    team = Team(unguarded.path, {**unguarded.variables, **search})
    page = (ROOT / "docs" / "hook.md").read_text(encoding="utf-8")
    snippet = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[which]
    filled = snippet.replace("ADDRESS", str(source.path)).replace("REVISION", source.git("rev-parse", "HEAD"))
    assert (filled == snippet) == (which == 0)
    team.write(".pre-commit-config.yaml", filled)
    commands = re.findall(r"(?m)^\$ (pre-commit install.*)$", page)
    assert commands
    for command in commands:
        assert not team.run(*pre_commit(*command.split()[1:])).refused
    team.base({ORDER: DEPLOYED})
    team.stage(ORDER, BREAKING)
    assert team.checked_commit().says(RULE)
    team.stage(ORDER, event("id", optional=("x",)))
    assert not team.checked_commit().refused
    team.git("rm", "--quiet", ORDER)
    assert team.checked_commit().says("subject-removed")


@pytest.mark.long
def test_this_repository_passes_its_own_hook(variables: Mapping[str, str], tmp_path: Path) -> None:
    """`pre-commit run evtcompat --all-files` here, where nothing is staged; and a sample that breaks is refused."""
    own = Team(make_repo(tmp_path / "evtcompat").path, variables)
    copied_checkout(own.path)
    own.base({})
    passed = own.run(*pre_commit("run", "evtcompat", "--all-files", "--verbose"))
    assert not passed.refused, passed.out
    assert passed.says("No schema has changed: nothing was compared.")
    broken = (own.path / "schemas/rejected/order-placed-v3.avsc").read_text(encoding="utf-8")
    own.stage("schemas/order-placed-v3.avsc", broken)
    refused = own.run(*pre_commit("run", "evtcompat"))
    assert refused.says(RULE, "v3 reads v2")


@pytest.mark.long
def test_try_repo(source: Repo, unguarded: Team) -> None:
    """`pre-commit try-repo`: how somebody tries the hook before they adopt it."""
    unguarded.base({ORDER: DEPLOYED})
    shutil.rmtree(unguarded.path / ".git" / "hooks", ignore_errors=True)
    unguarded.stage(ORDER, BREAKING)
    tried = unguarded.run(*pre_commit("try-repo", str(source.path), "evtcompat", "--verbose"))
    assert tried.refused
    assert tried.says(RULE)
