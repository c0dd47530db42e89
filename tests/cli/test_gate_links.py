"""A link says nothing about a commit in which a file stands: the gate of the baseline is read as it was committed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run, commit, git
from laws.projects import record

OLD: Final = record("X", a="int")
BROKEN: Final = record("X", a="string")
NONE: Final = 'level = "NONE"\n'
COMMANDS: Final = (("check", "."), ("check", "--staged"), ("check", "o.avsc"))


@pytest.fixture
def gated(repository: Path) -> Path:
    """A repository with a schema, and a file that could be a weaker configuration."""
    (repository / "o.avsc").write_text(OLD)
    (repository / "none.toml").write_text(NONE)
    (repository / "evtcompat.toml").write_text('level = "FULL"\n')
    commit(repository, "first")
    (repository / "o.avsc").write_text(BROKEN)
    return repository


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_configuration_that_becomes_a_link_to_a_weaker_one(words: tuple[str, ...], run: Run, gated: Path) -> None:
    """Where the link leads, the baseline has the weaker one as well; where it lies, it has not."""
    (gated / "evtcompat.toml").unlink()
    (gated / "evtcompat.toml").symlink_to("none.toml")
    git(gated, "add", "--all")
    result = run(*words, cwd=gated)
    assert result.code == 1, result.out
    assert "gate-weakened" in result.out


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_configuration_that_is_replaced_by_a_link_out_of_the_repository(
    words: tuple[str, ...], run: Run, gated: Path, tmp_path: Path
) -> None:
    """On disk it is read; no commit holds what it leads to."""
    outside = tmp_path / "outside.toml"
    outside.write_text(NONE)
    (gated / "evtcompat.toml").unlink()
    (gated / "evtcompat.toml").symlink_to(outside)
    git(gated, "add", "--all")
    result = run(*words, cwd=gated)
    assert result.code in (1, 2), result.out
    assert "evtcompat.toml" in result.out + result.err


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["evtcompat.toml", "evtcompat-waivers.toml"])
def test_a_file_of_the_gate_that_is_a_link_to_nothing(name: str, words: tuple[str, ...], run: Run, gated: Path) -> None:
    """It is not taken for absent, in the work tree and in the index."""
    (gated / "o.avsc").write_text(record("X", a="int", b=("int", 0)))
    (gated / name).unlink(missing_ok=True)
    (gated / name).symlink_to("nowhere")
    git(gated, "add", "--all")
    result = run(*words, cwd=gated)
    assert result.code == 2, result.out
    assert name in result.err
    assert "a link that leads to no" in result.err


@pytest.mark.slow
def test_a_link_that_stays_weakens_nothing(run: Run, gated: Path) -> None:
    """A configuration may be a link: what it leads to is compared with what it led to."""
    (gated / "evtcompat.toml").unlink()
    (gated / "full.toml").write_text('level = "FULL"\n')
    (gated / "evtcompat.toml").symlink_to("full.toml")
    (gated / "o.avsc").write_text(OLD)
    commit(gated, "second")
    (gated / "o.avsc").write_text(BROKEN)
    assert "gate-weakened" not in run("check", ".", cwd=gated).out
    (gated / "full.toml").write_text(NONE)
    result = run("check", ".", cwd=gated)
    assert result.code == 1
    assert "gate-weakened" in result.out
