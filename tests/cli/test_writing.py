"""No command writes anywhere but where the person said, nor over what people wrote; what it writes is whole."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli_harness import Run

AVRO = json.dumps({"type": "record", "name": "X", "fields": [{"name": "a", "type": "int"}]})
JSON = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"})


def folder(tmp_path: Path) -> Path:
    """A repository with a schema of each kind, a link to a folder outside of it, and one to its own configuration."""
    here = tmp_path / "repo"
    here.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=here, check=True)
    (here / "o.avsc").write_text(AVRO)
    (here / "p.json").write_text(JSON)
    (here / "evtcompat.toml").write_text("")
    (here / "full").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept.json").write_text("kept")
    (here / "out").symlink_to(tmp_path / "elsewhere")
    (here / "link.json").symlink_to(tmp_path / "elsewhere" / "kept.json")
    (here / "git.json").symlink_to(".git/config")
    (here / "schema.sarif").symlink_to("p.json")
    return here


def contents(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


#: Where a report must not go, with what is said.
PLACES = {
    "out/r.json": "is a link that leads out of this folder",
    "link.json": "is a link that leads out of this folder",
    "git.json": "lies in .git, which belongs to git",
    ".git/config": "lies in .git, which belongs to git",
    ".git/hooks/pre-commit": "lies in .git, which belongs to git",
    "o.avsc": "is the name of an Avro schema",
    "new.avsc": "is the name of an Avro schema",
    "p.json": "holds no report",
    "schema.sarif": "holds no report",
    "nodir/r.json": "the folder nodir does not exist",
    "full": "is a folder",
    "evtcompat.toml": "is a configuration",
    "evtcompat-waivers.toml": "is a configuration",
    "pyproject.toml": "is a configuration",
}
#: Every command that writes a report, with the place of its file.
COMMANDS = {
    "check --format": ("check", "o.avsc", "--format", "json:{}"),
    "check --output": ("check", "o.avsc", "--output", "{}"),
    "matrix --output": ("matrix", "o", "--format", "json", "--output", "{}"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_report_goes_nowhere_else(command: str, place: str, run: Run, tmp_path: Path) -> None:
    here = folder(tmp_path)
    before = contents(tmp_path)
    result = run(*(word.format(place) for word in COMMANDS[command]), cwd=here)
    assert contents(tmp_path) == before
    assert result.code == 2, (result.out, result.err)
    assert PLACES[place] in result.err


@pytest.mark.parametrize("place", [place for place in PLACES if not place.startswith(".git/")])
def test_a_configuration_sends_no_report_there_either(place: str, run: Run, tmp_path: Path) -> None:
    here = folder(tmp_path)
    (here / "evtcompat.toml").write_text(f'formats = ["json:{place}"]\n')
    before = contents(tmp_path)
    result = run("check", "o.avsc", cwd=here)
    assert contents(tmp_path) == before
    assert result.code == 2
    assert PLACES[place] in result.err


@pytest.mark.parametrize(
    "command",
    [
        ("fixtures", "generate", "o", "--schemas", "o.avsc", "--output", "{}/o"),
        ("check", "o.avsc", "--save-witnesses", "{}/o"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("place", ["out", ".git"])
def test_a_folder_is_written_nowhere_else(command: tuple[str, ...], place: str, run: Run, tmp_path: Path) -> None:
    here = folder(tmp_path)
    before = contents(tmp_path)
    result = run(*(word.format(place) for word in command), cwd=here)
    assert contents(tmp_path) == before
    assert (result.code, place in result.err) == (2, True)


@pytest.mark.slow
def test_a_place_outside_that_a_person_names_is_written_to(run: Run, tmp_path: Path) -> None:
    here = folder(tmp_path)
    for place in (tmp_path / "elsewhere" / "r.json", here / "r.json", here / "r.json"):
        assert run("check", "o.avsc", "--format", f"json:{place}", cwd=here).code == 0
        assert json.loads(place.read_text())["report_version"] == 1
    assert [path.name for path in here.iterdir() if path.name.startswith(".r.json")] == []


def test_a_report_that_cannot_be_written_whole_leaves_the_old_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = folder(tmp_path)
    old = '{"evtcompat": "0"}'
    (here / "r.json").write_text(old)

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("check", "o.avsc", "--format", "json:r.json", cwd=here)
    assert (result.code, (here / "r.json").read_text()) == (3, old)
    assert "No space left on device" in result.err
    assert sorted(path.name for path in here.iterdir() if "r.json" in path.name) == ["r.json"]
