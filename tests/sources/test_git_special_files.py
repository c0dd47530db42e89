"""What git would wait for is named at once; links of the index that turn in circles lead nowhere, as on disk."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run, commit, git
from evtcompat.sources.git import safety
from laws.projects import record

OLD: Final = record("X", a="int")
FILES: Final = (".gitignore", ".gitattributes", ".git/info/exclude", ".git/info/attributes", ".git/index", ".git/HEAD")
COMMANDS: Final = (("check", "."), ("check", "--staged"))


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", [*FILES, ".git/config"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_where_git_reads_a_file(
    kind: str, name: str, words: tuple[str, ...], run: Run, repository: Path
) -> None:
    """Without waiting for git's time-out, and without reading a device."""
    (repository / "o.avsc").write_text(OLD)
    commit(repository, "first")
    file = repository / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    began = time.monotonic()
    result = run(*words, cwd=repository)
    assert time.monotonic() - began < 10
    assert result.code == 3, result.out
    words_told = (result.out + result.err).split()  # where lines break rests on how long the folder's name is
    assert name in "".join(words_told)
    assert ("named pipe" if kind == "pipe" else "device") in " ".join(words_told)


@pytest.mark.long
@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_a_pipe_in_a_folder_below_is_named_long_before_the_time_is_over(
    name: str, run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for when git has not answered for a while; git may also never come to it.

    Were the time over, it would be said that git did not answer.
    """
    monkeypatch.setattr(safety, "SUSPICIOUS", 1.0)
    (repository / "deep" / "below").mkdir(parents=True)
    (repository / "deep" / "below" / "o.avsc").write_text(OLD)
    commit(repository, "first")
    (repository / "deep" / "below" / "o.avsc").write_text(record("X", a="string"))
    os.mkfifo(repository / "deep" / "below" / name)
    result = run("check", ".", cwd=repository)
    assert result.code in (1, 3), result.out
    if result.code == 3:
        assert "git would wait for" in result.out
        assert name in "".join(result.out.split())


@pytest.mark.slow
def test_the_null_device_is_an_empty_file(run: Run, repository: Path) -> None:
    (repository / "o.avsc").write_text(OLD)
    commit(repository, "first")
    (repository / ".git/info/exclude").unlink(missing_ok=True)
    (repository / ".git/info").mkdir(exist_ok=True)
    (repository / ".git/info/exclude").symlink_to("/dev/null")
    assert run("check", ".", cwd=repository).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_links_in_a_circle_lead_nowhere_in_every_tree(words: tuple[str, ...], run: Run, repository: Path) -> None:
    """In the index they were said to lead out of the repository."""
    (repository / "o-v1.avsc").write_text(OLD)
    (repository / "o-v2.avsc").write_text(record("X", a="int", b=("int", 0)))
    commit(repository, "first")
    (repository / "o-v2.avsc").unlink()
    (repository / "o-v2.avsc").symlink_to("o-v3.avsc")
    (repository / "o-v3.avsc").symlink_to("o-v2.avsc")
    git(repository, "add", "--all")
    result = run(*words, cwd=repository)
    assert result.code == 3, result.out
    assert "is a link that leads nowhere" in result.out
    assert "leads out" not in result.out
