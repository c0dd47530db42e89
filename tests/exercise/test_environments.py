"""Consumers from another interpreter, a virtual environment, a git ref and a wheel, side by side with the one here."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cli_harness import git
from evtcompat.errors import EvtcompatError, UncheckedError, UsageError
from evtcompat.exercise.consumers import ConsumerSpec, Origin, parse_consumer
from evtcompat.exercise.git_tree import export_with
from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.run import exercise
from exercise.samples import event, order

PAYLOADS = (event("1", "one"), event("2", "two"))


def source(answer: str) -> str:
    """A consumer whose return value tells which version of the code it is."""
    return f"import sys\n\ndef handle(body):\n    raise LookupError({answer!r} + ' on %d.%d' % sys.version_info[:2])\n"


def said(old: str, folder: Path, **settings: object) -> ExerciseReport:
    """The report of an old consumer from elsewhere and the new one in `folder`."""
    request = order(old=old, new="shipping:handle", payloads=PAYLOADS, sequences=(Sequence.ONCE,), observe="nothing")
    python = settings.get("python")
    if python is not None:
        consumers = (replace(request.consumers[0], python=str(python)), request.consumers[1])
        request = replace(request, consumers=consumers)
    return exercise(replace(request, here=folder), export=settings.get("export"))  # type: ignore[arg-type]  # a GitExport


def voices(report: ExerciseReport) -> dict[str, set[str]]:
    """Role -> what its consumer raised."""
    return {
        role: {
            failure.message.rpartition("LookupError: ")[2].partition(" (")[0]
            for cell in report.cells
            for failure in cell.failures
            if cell.scenario.consumer == role
        }
        for role in ("old", "new")
    }


HERE = f"on {sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The working folder, with the new code."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "shipping.py").write_text(source("new"))
    return folder


def wheel(folder: Path, answer: str) -> Path:
    """A wheel of the package `shipping`, made by hand."""
    path = folder / "shipping-1.0-py3-none-any.whl"
    files = {
        "shipping.py": source(answer),
        "shipping-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: shipping\nVersion: 1.0\nRequires-Dist: x\n",
        "shipping-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(text)}\n"
        archive.writestr("shipping-1.0.dist-info/RECORD", record + "shipping-1.0.dist-info/RECORD,,\n")
    return path


@pytest.mark.slow
def test_a_wheel_runs_beside_the_working_folder(project: Path, tmp_path: Path) -> None:
    """Without its dependencies, and without the index."""
    report = said(f"shipping:handle@wheel:{wheel(tmp_path, 'old')}", project)
    assert voices(report) == {"old": {f"old {HERE}"}, "new": {f"new {HERE}"}}
    assert report.notes == tuple(note for note in report.notes if "same code" not in note)


@pytest.mark.slow
def test_a_git_ref_runs_beside_the_working_folder(repository: Path) -> None:
    package = repository / "src" / "shipping.py"
    package.parent.mkdir()
    package.write_text(source("old"))
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "old")
    git(repository, "tag", "v1")
    package.write_text(source("new"))

    def archive(ref: str) -> bytes:
        return subprocess.run(["git", "archive", ref], cwd=repository, check=True, capture_output=True).stdout

    report = said("shipping:handle@git:v1", repository, export=export_with(archive))
    assert voices(report) == {"old": {f"old {HERE}"}, "new": {f"new {HERE}"}}
    assert report.consumers[0].file == "v1/src/shipping.py"
    assert report.consumers[1].file == "src/shipping.py"


@pytest.mark.slow
def test_a_virtual_environment_never_sees_the_working_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor what PYTHONPATH says here: both would put the new code in front of the old."""
    monkeypatch.setenv("PYTHONPATH", str(project))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    site = next((tmp_path / "venv").glob("lib*/python*/site-packages"))
    (site / "shipping.py").write_text(source("old"))
    report = said(f"shipping:handle@venv:{tmp_path / 'venv'}", project)
    assert voices(report) == {"old": {f"old {HERE}"}, "new": {f"new {HERE}"}}


def interpreter(version: str) -> str | None:
    """A Python of that version that really starts."""
    installed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for python in (shutil.which(f"python{version}"), *map(str, installed)):
        if python and not subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
            return python
    return None


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.8", "3.9", "3.13"])
def test_the_runner_works_on_other_pythons(version: str, project: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"needs python{version}, on the PATH or from pyenv")
    report = said("shipping:handle", project, python=python)
    assert voices(report)["old"] == {f"new on {version}"}
    assert report.consumers[0].python.startswith(version)


def test_the_runner_imports_nothing_but_the_standard_library() -> None:
    import ast

    from evtcompat.exercise.process import RUNNER

    tree = ast.parse(RUNNER.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)


@pytest.mark.slow
def test_old_and_new_that_are_the_same_code_are_noted(project: Path) -> None:
    report = said("shipping:handle", project)
    assert any("old and new are the same code" in note for note in report.notes)


NAMES = (
    ("a.b:c", Origin.HERE, ""),
    ("a:b.c@venv:/opt/old env", Origin.VENV, "/opt/old env"),
    ("a:b@git:release/1.4", Origin.GIT, "release/1.4"),
    ("a:b@git:HEAD@{1}", Origin.GIT, "HEAD@{1}"),
    ("a:b@wheel:dist/a-1.whl", Origin.WHEEL, "dist/a-1.whl"),
)


@pytest.mark.parametrize(("text", "origin", "where"), NAMES)
def test_a_consumer_is_named(text: str, origin: Origin, where: str) -> None:
    assert parse_consumer("old", text) == ConsumerSpec("old", text.partition("@")[0], origin, where)
    assert parse_consumer("old", text).name == text


@pytest.mark.parametrize(
    "text", ["", "a", "a:", ":b", "a.b.c", "a:b@", "a:b@v1", "a:b@git:", "a:b@svn:1", "a b:c", "a:b c"]
)
def test_a_name_that_is_none_says_what_is_expected(text: str) -> None:
    with pytest.raises(UsageError, match=r"expected package\.module:callable"):
        parse_consumer("old", text)


@pytest.mark.parametrize("source_", ["venv:/no/such/folder", "wheel:no.whl", "git:v1"])
def test_what_cannot_be_had_is_unchecked(source_: str, project: Path) -> None:
    with pytest.raises(UncheckedError) as told:
        said(f"shipping:handle@{source_}", project)
    assert told.value.exit_code == 3


@pytest.mark.slow
def test_a_wheel_that_is_none_is_told_in_pips_words(project: Path, tmp_path: Path) -> None:
    broken = tmp_path / "shipping-1.0-py3-none-any.whl"
    broken.write_bytes(b"no zip")
    with pytest.raises(EvtcompatError, match=r"pip could not install shipping-1\.0"):
        said(f"shipping:handle@wheel:{broken}", project)
