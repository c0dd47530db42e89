"""Each input of a check is broken in turn. None of it ends with 0, with 1, or with a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.broken_inputs import CASES, broken
from acceptance.team import BREAKING, DEPLOYED, ORDER, ROOT, event
from cli_harness import Run
from sources.conftest import ENVIRONMENT, Repo, make_repo


@pytest.mark.slow
def test_the_control(run: Run, healthy: Repo) -> None:
    """Nothing is broken: the same command is green."""
    assert run("check", cwd=healthy.path).code == 0
    assert run("check", "--staged", cwd=healthy.path).code == 0
    assert run("check", "--against", "git:HEAD", cwd=healthy.path).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_told(run: Run, healthy: Repo, name: str) -> None:
    case = CASES[name]
    broken(healthy, case)
    result = run("check", *case.arguments, cwd=healthy.path)
    said = result.out + result.err
    assert result.code == case.code, said
    assert "Traceback" not in said
    assert "fault in evtcompat" not in said
    assert case.says.replace("\n", " ") in " ".join(said.split()), said
    if case.code == 2:
        assert not result.out, "wrong words leave no report that could be taken for an answer"
        assert result.err.count("evtcompat: ") + result.err.count("Error") == 1


FORMATS: dict[str, Callable[[str], bool]] = {
    "text": lambda out: "unchecked" in out and "could not be checked" in out,
    "json": lambda out: json.loads(out)["verdict"] == "unchecked" and bool(json.loads(out)["errors"]),
    "sarif": lambda out: not json.loads(out)["runs"][0]["invocations"][0]["executionSuccessful"],
    "junit": lambda out: int(ET.fromstring(out).attrib["errors"]) > 0,  # noqa: S314 - our own report
    "github": lambda out: "::error " in out,
    "gitlab": lambda out: any(entry["severity"] == "blocker" for entry in json.loads(out)),
    "markdown": lambda out: "could not be checked" in out.lower(),
}


#: Takes seconds of trying again; the default run tells it once.
SLOW = {"registry: out of reach"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in SLOW else ())
        for name, case in CASES.items()
        if case.code == 3
    ],
)
def test_in_no_format_does_it_look_green(run: Run, healthy: Repo, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    broken(healthy, case)
    wanted = [word for report in FORMATS for word in ("--format", f"{report}:{tmp_path / report}")]
    assert run("check", *case.arguments, *wanted, cwd=healthy.path).code == 3
    for report, not_green in FORMATS.items():
        text = (tmp_path / report).read_text(encoding="utf-8")
        assert not_green(text), (report, text)


def test_one_bad_schema_hides_no_finding(run: Run, healthy: Repo) -> None:
    """A break beside something unreadable: 1 wins over 3, and both are told."""
    healthy.write(ORDER, event("id", "currency"))
    healthy.write("schemas/broken.avsc", "{")
    result = run("check", cwd=healthy.path)
    assert result.code == 1
    assert "schemas/broken.avsc:1:2" in result.out
    assert "reader-field-missing-default-value" in result.out
    assert "1 could not be checked" in result.out


@pytest.mark.slow
def test_a_baseline_whose_own_gate_is_broken_can_be_mended(run: Run, healthy: Repo) -> None:
    """The change that mends the file passes, and says that what it weakens is not known."""
    for name, wrong in (("evtcompat.toml", "level = \n"), ("evtcompat-waivers.toml", "[[waivers]\n")):
        healthy.save({name: wrong})
        healthy.write(name, "")
        healthy.git("add", "--all")
        result = run("check", "--staged", cwd=healthy.path)
        assert result.code == 0, result.out + result.err
        assert "gate-weakened" in result.out
        assert "is broken" in " ".join(result.out.split())
        healthy.git("rm", "--quiet", "--cached", "-f", name)
        (healthy.path / name).unlink()
        healthy.commit()


def test_without_git(run: Run, healthy: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A repository whose past cannot be asked for is not a folder without a past."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("check", cwd=healthy.path)
    assert result.code == 3
    assert "git is not installed" in result.out
    hooked = run("check", "--staged", cwd=healthy.path)
    assert hooked.code == 3


def check_without_rights(repo: Repo, *words: str) -> tuple[int, str]:
    """Exit code and output of a check that may read what permissions allow, also where the tests run as root."""
    drop: list[str] = []
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read everything, and there is no setpriv to take that right away")
        drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    done = subprocess.run(
        [*drop, sys.executable, "-m", "evtcompat", "check", *words],
        cwd=repo.path,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT / "compat")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("path", ["s", "api", "s/a.json"])
def test_what_may_not_be_read_hides_nothing_of_the_rest(path: str, tmp_path: Path) -> None:
    """Without a baseline that is named, too: whether something was edited is asked of every file that git tracks."""
    repo = make_repo(tmp_path / "repo")
    document = (
        'asyncapi: 2.6.0\ninfo: {title: A, version: "1"}\n'
        "channels: {c: {publish: {message: {name: M, payload: {type: object}}}}}\n"
    )
    plain = '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}'
    repo.save({ORDER: DEPLOYED, "s/other.avsc": DEPLOYED, "s/a.json": plain, "api/a.yaml": document})
    repo.write(ORDER, BREAKING)
    mode = (repo.path / path).stat().st_mode
    (repo.path / path).chmod(0)
    code, said = check_without_rights(repo)
    (repo.path / path).chmod(mode)
    assert code == 1, said
    assert "breaks consumers" in said
    assert f"1 could not be checked ({path})" in said


@pytest.mark.slow
def test_what_may_not_be_read(tmp_path: Path) -> None:
    """Permissions: the schema, the configuration, the waivers, a folder. Root is let in only by a right it can drop."""
    repo = make_repo(tmp_path / "repo")
    repo.save({ORDER: DEPLOYED, "evtcompat.toml": "", "evtcompat-waivers.toml": "", "schemas/x/a.avsc": DEPLOYED})

    def check() -> tuple[int, str]:
        return check_without_rights(repo, "--against", "git:HEAD")

    assert check()[0] == 0, check()[1]
    for path, expected in ((ORDER, 3), ("evtcompat.toml", 2), ("evtcompat-waivers.toml", 2), ("schemas/x", 3)):
        mode = (repo.path / path).stat().st_mode
        (repo.path / path).chmod(0)
        code, said = check()
        (repo.path / path).chmod(mode)
        assert code == expected, (path, said)
        assert path in said
        assert "Permission denied" in said
        assert "Traceback" not in said
