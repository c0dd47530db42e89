"""Turns of the gate: what a change makes weaker and what it breaks, the ways to check it, and the laws that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.team import BREAKING, DEPLOYED, ORDER
from cli_harness import Result, Run
from sources.conftest import Repo

Files = Mapping[str, str | None]

OTHER = "more/other.avsc"
TOML = "evtcompat.toml"
BREAK: Files = {ORDER: BREAKING}


@dataclass(frozen=True)
class Turn:
    """A part of the gate that is turned.

    Attributes:
        says: What the finding says.
        then: The files at the baseline, besides the deployed schema.
        now: The files of the gate that the change writes; ``None`` deletes one.
        edit: The other files of the change, which break something.
        code: What the break is answered with.
        passes: Whether the break alone passes once the weaker gate stands.
    """

    says: str
    then: Files
    now: Files
    edit: Files = field(default_factory=lambda: BREAK)
    code: int = 1
    passes: bool = True


def write(repo: Repo, files: Files) -> None:
    for path, content in files.items():
        if content is None:
            (repo.path / path).unlink()
        else:
            repo.write(path, content)


def begun(repository: Path, turn: Turn) -> Repo:
    repo = Repo(repository)
    write(repo, {ORDER: DEPLOYED, OTHER: DEPLOYED, **turn.then})
    repo.commit()
    repo.commit()  # without an edited schema, the commit before the last is compared with
    return repo


#: Words of the check, and what happens to the change before it.
WAYS: dict[str, tuple[str, ...]] = {
    "in the work tree": (),
    "on a branch": (),
    "by the hook": ("--staged",),
    "what changed": ("--changed",),
    "against a commit": ("--against", "git:main"),
    "against a merge base": ("--against", "git:merge-base:main"),
}


def checked(run: Run, repo: Repo, way: str) -> Result:
    if way in ("on a branch", "against a commit", "against a merge base"):
        repo.git("checkout", "--quiet", "-B", "topic")
        repo.commit()
        repo.save({"README": "more\n"})
    elif way == "by the hook":
        repo.git("add", "--all")
    return run("check", *WAYS.get(way, ("--against", "lock")), cwd=repo.path)


def said(result: Result) -> str:
    return " ".join((result.out + result.err).split())


def hold_weaker_and_break(turn: Turn, way: str, run: Run, repository: Path) -> None:
    """The weaker gate and a break are refused together."""
    repo = begun(repository, turn)
    write(repo, turn.now)
    write(repo, turn.edit)
    result = checked(run, repo, way)
    assert result.code == turn.code, said(result)
    assert "gate-weakened" in result.out, said(result)
    assert turn.says in said(result), said(result)


def hold_weaker_alone(turn: Turn, way: str, run: Run, repository: Path) -> None:
    """The weaker gate alone passes with the warning, and counts from then on."""
    repo = begun(repository, turn)
    write(repo, turn.now)
    result = checked(run, repo, way)
    assert turn.says in said(result), said(result)
    weighs = "error" if "fail-on" in str(turn.then) else "warning"  # the baseline's setting counts for this rule, too
    assert f"{weighs} gate-weakened" in said(result), said(result)
    assert result.code == (1 if weighs == "error" else 0), said(result)
    repo.git("checkout", "--quiet", "-B", "main")
    repo.commit()
    write(repo, turn.edit)
    later = checked(run, repo, way)
    assert "gate-weakened" not in later.out, said(later)
    assert (later.code == 0) is turn.passes, said(later)


def hold_stronger(turn: Turn, way: str, run: Run, repository: Path) -> None:
    """The gate that is turned back, which is the stronger one, is no finding."""
    repo = Repo(repository)
    write(repo, {ORDER: DEPLOYED, OTHER: DEPLOYED, **turn.then})
    write(repo, turn.now)
    repo.commit()
    repo.commit()
    for path in turn.now.keys() - turn.then.keys():
        (repo.path / path).unlink()
    write(repo, {path: content for path, content in turn.then.items() if path in turn.now})
    result = checked(run, repo, way)
    assert "gate-weakened" not in result.out, result.out
    assert result.code == 0, said(result)
