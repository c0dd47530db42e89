"""A configuration or a lock that can be meant in two ways is refused with its place; it never makes a subject new."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.model.levels import Level
from evtcompat.registries.base import Registered
from evtcompat.registries.lockfile import Lock, LockedSubject, render_lock


def record(kind: str) -> str:
    return json.dumps({"type": "record", "name": "X", "fields": [{"name": "a", "type": kind}]})


FILES = {
    "o-v1.avsc": "int",
    "o-v2.avsc": "string",
    "p-v1.avsc": "int",
    "deep/q-v1.avsc": "int",
    "deep/q-v2.avsc": "string",
}


def laid(folder: Path) -> Path:
    for name, kind in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(record(kind))
    return folder


@pytest.mark.parametrize(
    ("subjects", "says"),
    [
        ('o = ["o-v1.avsc", "o-v1.avsc"]', "lists o-v1.avsc twice"),
        ('o = ["o-v1.avsc", "./o-v1.avsc", "o-v2.avsc"]', "lists o-v1.avsc twice"),
        ('o = ["o-v1.avsc", "link.avsc", "o-v2.avsc"]', "lists o-v1.avsc twice"),
        ('o = ["o-*.avsc", "o-v1.avsc"]', "lists o-v1.avsc twice"),
        ('o = ["o-*.avsc", "o-v?.avsc"]', "lists o-v1.avsc twice"),
        ('q = ["deep", "deep/*.avsc"]', "lists deep/q-v1.avsc twice"),
        ('o = ["o-v1.avsc", "o-v2.avsc"]\nother = ["o-v2.avsc"]', "o-v2.avsc belongs to two subjects: o and other"),
        ('o = ["o-*.avsc"]\nall = ["*-v1.avsc"]', "o-v1.avsc belongs to two subjects: o and all"),
        ('o = ["o-v1.avsc"]', "o-v2.avsc is named as a version of o-v1.avsc"),
        ('another-name = ["o-v1.avsc"]', "o-v2.avsc is named as a version of o-v1.avsc"),
        ('o = ["o-v2.avsc"]', "o-v1.avsc is named as a version of o-v2.avsc"),
        ('q = ["deep/q-v1.avsc"]', "deep/q-v2.avsc is named as a version of deep/q-v1.avsc"),
    ],
)
@pytest.mark.parametrize("command", [("check",), ("check", "p-v1.avsc"), ("matrix", "o")])
def test_an_unclear_table_of_subjects_is_refused_with_its_line(
    command: tuple[str, ...], subjects: str, says: str, run: Run, tmp_path: Path
) -> None:
    here = laid(tmp_path)
    (here / "link.avsc").symlink_to("o-v1.avsc")
    (here / "evtcompat.toml").write_text(f"[subjects]\n{subjects}\n")
    result = run(*command, cwd=here)
    assert result.code == 2, result.out
    assert re.match(rf"evtcompat: evtcompat\.toml:[23]:1: .*{re.escape(says)}", result.err), result.err


@pytest.mark.parametrize(
    "subjects",
    [
        'o = ["o-v1.avsc", "o-v2.avsc"]',
        'o = ["o-v2.avsc", "o-v1.avsc"]',
        'o = ["o-*.avsc"]\np = "p-v1.avsc"',
        'one = ["o-v1.avsc"]\ntwo = ["o-v2.avsc"]',
    ],
)
def test_a_clear_one_is_not(subjects: str, run: Run, tmp_path: Path) -> None:
    (laid(tmp_path) / "evtcompat.toml").write_text(f"[subjects]\n{subjects}\n")
    assert run("check", cwd=tmp_path).code == 1


def test_what_is_excluded_need_not_be_listed(run: Run, tmp_path: Path) -> None:
    (laid(tmp_path) / "evtcompat.toml").write_text('exclude = ["o-v2.avsc", "deep"]\n[subjects]\no = ["o-v1.avsc"]\n')
    assert run("check", cwd=tmp_path).code == 0


def test_patterns_that_match_nothing_are_told(run: Run, tmp_path: Path) -> None:
    (laid(tmp_path) / "evtcompat.toml").write_text('[subjects]\nq = ["deep/*.avcs"]\n')
    result = run("check", cwd=tmp_path)
    assert "the configuration lists deep/*.avcs for the subject q, and there is no such file" in result.out
    assert result.code == 1, "q is compared all the same, by its names"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('paths = "x"', 1),
        ('\nexclude = "x"', 2),
        ('include = "*.json"', 1),
        ('reference-roots = "x"', 1),
        ('formats = "json"', 1),
        ('[owners.order]\nproducers = "x"', 2),
        ('[owners.order]\nconsumers = "x"', 2),
        ('[[overrides]]\nsubjects = "x"\nlevel = "NONE"', 2),
        ('[[overrides]]\nlevel = "NONE"\npaths = "x"', 3),
        ("\ufefflevel = 'NONE'", 1),  # after the mark that is dropped
        ("paths = [1]", 1),
    ],
)
@pytest.mark.parametrize("file", ["evtcompat.toml", "pyproject.toml"])
def test_a_value_of_another_type_is_refused_with_its_line(
    file: str, text: str, line: int, run: Run, tmp_path: Path
) -> None:
    offset = 0
    if file == "pyproject.toml":
        text = re.sub(r"^(\[+)", r"\1tool.evtcompat.", f"[tool.evtcompat]\n{text}", flags=re.MULTILINE)
        text = text.replace("tool.evtcompat.tool", "tool")
        offset = 1
    (laid(tmp_path) / file).write_bytes(b"\xef\xbb\xbf" + text.encode())
    result = run("check", cwd=tmp_path)
    assert result.code == 2, result.out
    assert result.err.startswith(f"evtcompat: {file}:{line + offset}:"), result.err


def test_a_folder_of_references_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    (laid(tmp_path) / "evtcompat.toml").write_text('reference-roots = ["deep", "nope"]\n')
    result = run("check", cwd=tmp_path)
    assert result.code == 2
    assert "`reference-roots` names nope, and there is no such folder" in result.err


def test_a_schema_with_two_byte_order_marks_is_not_read(run: Run, tmp_path: Path) -> None:
    (laid(tmp_path) / "p-v1.avsc").write_bytes(b"\xef\xbb\xbf" * 2 + record("int").encode())
    result = run("check", "p-v1.avsc", cwd=tmp_path)
    assert result.code == 3
    assert "p-v1.avsc:1:1" in result.out
    assert "two byte order marks" in result.out


def lock(*subjects: LockedSubject) -> str:
    return render_lock(Lock("http://r", Level.BACKWARD, (), subjects))


def versions(*numbers: int) -> tuple[Registered, ...]:
    return tuple(Registered("o", number, 7, record("int")) for number in numbers)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (lock(LockedSubject("o", versions(-1))), "o cannot have a version -1"),
        (lock(LockedSubject("o", versions(0, 1))), "o cannot have a version 0"),
        (lock(LockedSubject("o", versions(1, 1))), "o has two versions 1"),
        (lock(LockedSubject("o", versions(1)), LockedSubject("o", versions(2))), "two subjects called o"),
    ],
)
def test_a_lock_that_no_registry_can_have_filled_is_refused_with_its_line(
    text: str, says: str, run: Run, tmp_path: Path
) -> None:
    (laid(tmp_path) / "evtcompat.lock").write_text(text)
    result = run("check", "--against", "lock", cwd=tmp_path)
    assert result.code == 2, result.out
    assert says in result.err
    assert re.match(r"evtcompat: evtcompat\.lock:\d+:1: ", result.err)
    at = int(result.err.split(":")[2])
    assert text.splitlines()[at - 1].startswith("[[subject")
