"""Where there is no room, every command leaves its files as they were, and ends with one message and 3."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.registries.base import Registered
from evtcompat.registries.layout import write_files
from evtcompat.testing import RegistryServer
from evtcompat.writing import write_all_whole

#: Bytes that a file may have while the disk is full: the first part of everything fits.
ROOM = 64


@contextmanager
def full() -> Iterator[None]:
    """The system writes no more than `ROOM` bytes into any file of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def record(**kinds: str) -> str:
    fields = [{"name": name, "type": kind} for name, kind in kinds.items()]
    return json.dumps({"type": "record", "name": "Order", "fields": fields})


def contents(top: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(top)): path.read_bytes() if path.is_file() else b""
        for path in sorted(top.rglob("*"))
        if ".git" not in path.parts
    }


#: By what they write, the commands.
COMMANDS = {
    "a report": ("check", "schemas", "--format", "text", "--format", "json:report.json"),
    "a report over an older one": ("check", "schemas", "--format", "html:old.html"),
    "witnesses": ("check", "schemas", "--save-witnesses", "witnesses"),
    "a fix": ("check", "schemas/order-v2.avsc", "--fix", "--yes"),
    "a matrix": ("matrix", "order", "--schemas", "schemas", "--format", "json", "--output", "matrix.json"),
    "a site": ("report", "--schemas", "schemas", "--site", "site"),
    "fixtures": ("fixtures", "generate", "order", "--schemas", "schemas", "--output", "fixtures"),
    "a configuration": ("init", "--ci", "github"),
    "waivers": ("waive", "--all", "--reason", "r", "--owner", "ann", "--expires", "2999-01-01"),
    "a contract": ("contract", "init", "order", "mail", "--needs", "id", "--schemas", "schemas"),
    "a record of what runs": ("deploy", "record", "mail", "1.0", "--env", "dev", "--writes", "order@1"),
    "a lock": ("lock",),
    "what was registered": ("registry", "pull", "pulled"),
    "models": ("export", "shop:Order", "--output", "exported"),
    "an answer about recorded events": (
        *("replay", "events.jsonl", "--reader", "schemas/plain.json", "--writer", "1=schemas/plain.json"),
        *("--output", "replay.txt"),
    ),
}
#: What a report says on standard output all the same.
TOLD = ("a report", "witnesses")
#: What is tried, and needs room, before anything of the person's is touched; and what names the file that it edits.
ELSEWHERE = ("models", "a fix")


@pytest.fixture
def project(registry: RegistryServer, tmp_path: Path) -> Path:
    """A folder with a subject that breaks, a model, recorded events, and a registry."""
    del registry
    here = tmp_path / "project"
    (here / "schemas").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=here, check=True)
    (here / "schemas" / "order-v1.avsc").write_text(record(id="string"))
    (here / "schemas" / "order-v2.avsc").write_text(record(id="string", total="int"))
    (here / "schemas" / "plain.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#"}')
    (here / "events.jsonl").write_text('{"a": 1}\n')
    (here / "old.html").write_text('<!DOCTYPE html><meta name="generator" content="evtcompat">')
    (here / "shop.py").write_text("from dataclasses import dataclass\n\n\n@dataclass\nclass Order:\n    id: str\n")
    return here


def registered(run: Run, project: Path) -> None:
    assert run("registry", "register", "schemas/order-v1.avsc", "--yes", cwd=project).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("what", COMMANDS)
def test_it_is_written_whole_or_not_at_all(what: str, run: Run, project: Path) -> None:
    registered(run, project)
    before = contents(project)
    with full():
        result = run(*COMMANDS[what], cwd=project)
    assert result.code == 3, (result.out, result.err)
    assert contents(project) == before
    assert "File too large" in result.err
    assert "nothing was changed" in result.err or what in ELSEWHERE
    assert "fault in evtcompat" not in result.err
    assert ("breaks consumers" in result.out) == (what in TOLD)


@pytest.mark.slow
@pytest.mark.parametrize("what", COMMANDS)
def test_with_room_it_is_written(what: str, run: Run, project: Path) -> None:
    """Otherwise the law above would hold for want of anything to write."""
    registered(run, project)
    before = contents(project)
    result = run(*COMMANDS[what], cwd=project)
    assert result.code in (0, 1), (result.out, result.err)
    assert contents(project) != before


def test_of_several_files_none_is_written_where_one_cannot_be(tmp_path: Path) -> None:
    """Whichever of them it is: the last of many, one that is a folder, one in a folder that cannot be made."""
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    for last, data in (("new/deep/x", b"x" * 2 * ROOM), ("folder", b"x"), ("old/x", b"x")):
        before = contents(tmp_path)
        with full(), pytest.raises(OSError, match=r"too large|directory|File exists"):
            write_all_whole({tmp_path / "old": b"new", tmp_path / "made" / "y": b"y", tmp_path / last: data})
        assert contents(tmp_path) == before


def test_what_is_pulled_is_pulled_as_a_whole(tmp_path: Path) -> None:
    from evtcompat.errors import UncheckedError

    small, large = '{"type": "int"}', record(id="string")
    versions = [Registered("a", 1, 1, small, "AVRO"), Registered("b", 1, 2, large, "AVRO")]
    with full(), pytest.raises(UncheckedError):
        write_files(tmp_path, versions)
    assert contents(tmp_path) == {}
    write_files(tmp_path, versions)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(versions)
