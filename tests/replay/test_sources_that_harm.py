"""Sources that cannot be read are counted and told in time, and what the others hold is told as without them."""

from __future__ import annotations

import base64
import gzip
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from cli_harness import Run, git
from evtcompat.checking.plans import RunSettings
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.replay.job import Job
from replay import replaying

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"id": {"type": "string"}},
}
RECORD: Final = {"type": "record", "name": "E", "fields": [{"name": "id", "type": "string"}]}
GOOD: Final = b'{"id": "a"}\n'
MESSAGE: Final = b"\0\0\0\0\x07\x02a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A reader in each language, and events that it reads."""
    (tmp_path / "e.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "e.avsc").write_text(json.dumps(RECORD))
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "good.jsonl").write_bytes(GOOD * 3)
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "good.msgs").write_bytes(_prefixed(MESSAGE))
    return tmp_path


def _prefixed(*messages: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(one)) + one for one in messages)


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


_GZIP: Final = gzip.compress(GOOD * 3)
HARMFUL: Final[dict[str, Callable[[Path], object]]] = {
    "a pipe that nobody writes to": os.mkfifo,
    "a link that leads nowhere": lambda path: path.symlink_to("gone"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a first line that is cut off": _bytes(b'{"id":\n' + GOOD * 3),
    "a first line without meaning": _bytes(b"\0\n" + GOOD * 3),
    "gzip that is cut off": _bytes(_GZIP[:-6]),
    "gzip of which the head alone is there": _bytes(b"\x1f\x8b"),
    "gzip with another checksum": _bytes(_GZIP[:-8] + b"abcdefgh"),
    "gzip with something behind it": _bytes(_GZIP + b"behind"),
    "zstd that is none": _bytes(b"\x28\xb5\x2f\xfd" + b"\xff" * 40),
}


def _readers(run: Run, folder: Path, *sources: str) -> tuple[int, Any]:
    result = run("replay", *sources, "--reader", "e.json", "--format", "json", cwd=folder)
    assert result.err == ""
    found = json.loads(result.out)
    return result.code, (found["readers"][0]["outcomes"], found["corrupt"]["count"])


@pytest.mark.parametrize("name", HARMFUL)
@pytest.mark.parametrize("sources", [("events/bad", "events/good.jsonl"), ("events",)], ids=["named", "in a folder"])
def test_what_cannot_be_read_is_counted_beside_what_can(
    name: str, sources: tuple[str, ...], folder: Path, run: Run
) -> None:
    HARMFUL[name](folder / "events" / "bad")
    code, (outcomes, corrupt) = _readers(run, folder, *sources)
    beside = 3 if "first line" in name else 0
    assert (code, outcomes["ok"], corrupt) == (3, 3 + beside, 1)


@pytest.mark.parametrize("content", [b"# Read me\n", "\ufeff[]".encode("utf-16"), b'[\n{"id": "a"},\n{"id": 1}\n]\n'])
def test_what_has_no_events_is_aside_in_a_folder_and_unread_where_it_is_named(
    content: bytes, folder: Path, run: Run
) -> None:
    (folder / "events" / "other").write_bytes(content)
    assert _readers(run, folder, "events") == (0, ({"ok": 3}, 0))
    assert _readers(run, folder, "events/other", "events/good.jsonl") == (3, ({"ok": 3}, 1))


def test_a_linked_folder_is_told_aside(folder: Path, run: Run) -> None:
    (folder / "events" / "more").symlink_to("../messages")
    result = run("replay", "events", "--reader", "e.json", cwd=folder)
    assert result.code == 0
    assert "events/more: left aside: a link to a folder" in result.out


def test_a_first_event_may_be_a_long_one(folder: Path, run: Run) -> None:
    (folder / "events" / "long").write_bytes(json.dumps({"id": "a" * 200_000}).encode() + b'\n{"id": 1}\n')
    assert _readers(run, folder, "events") == (1, ({"ok": 4, "refused": 1}, 0))


@pytest.mark.parametrize(
    "content",
    [
        b"!!!\n" + base64.b64encode(MESSAGE) + b"\n" + base64.b64encode(MESSAGE) + b"\n",
        _prefixed(b"\x01\0\0\0\x07\x02a", MESSAGE, MESSAGE),
    ],
    ids=["base64", "prefixed"],
)
def test_a_first_message_that_is_damaged_hides_none_of_the_others(content: bytes, folder: Path, run: Run) -> None:
    (folder / "messages" / "bad").write_bytes(content)
    result = run("replay", "messages", "--reader", "e.avsc", "--writer", "7=e.avsc", "--format", "json", cwd=folder)
    found = json.loads(result.out)
    assert (result.code, found["readers"][0]["outcomes"], found["corrupt"]["count"]) == (3, {"ok": 3}, 1)


def test_a_block_cannot_hold_more_events_than_its_bytes(folder: Path, run: Run) -> None:
    """A few bytes may speak of any number of events that have none."""
    schema = json.dumps({"type": "record", "name": "E", "fields": []}).encode()
    (folder / "e.avsc").write_bytes(schema)
    metadata = b"\x02" + _avro(b"avro.schema") + _avro(schema) + b"\0"
    marker = b"M" * 16
    for count, code in ((1000, 0), (10**12, 3)):
        (folder / "e.avro").write_bytes(b"Obj\x01" + metadata + marker + _long(count) + _long(0) + marker)
        result = run("replay", "e.avro", "--reader", "e.avsc", "--decode", "always", cwd=folder)
        assert result.code == code, result.out


def _long(value: int) -> bytes:
    rest, found = value << 1, bytearray()
    while rest > 0x7F:
        found.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*found, rest])


def _avro(data: bytes) -> bytes:
    return _long(len(data)) + data


@pytest.mark.parametrize("written", ["1e300", "9" * 400, '"9999-12-31T23:59:59-23:00"'])
def test_what_no_calendar_has_is_no_time(written: str, folder: Path, run: Run) -> None:
    (folder / "events" / "good.jsonl").write_text(f'{{"at": 1000}}\n{{"at": {written}}}\n')
    result = run("replay", "events", "--reader", "e.json", "--time-field", "at", "--format", "json", cwd=folder)
    found = json.loads(result.out)
    assert (result.code, found["last"], found["untimed"]) == (0, found["first"], 1)


@pytest.mark.parametrize(
    "words",
    [
        ("--kind", "blocks"),
        ("--sample", "1e-320"),
        ("--sample", "nan"),
        ("--allow-corrupt", "-1"),
        ("--writer", "7=e.json", "--writer", "7=e.json"),
        ("--resume", ".git/state"),
        ("--resume", "out/state"),
        ("--resume", "state.avsc"),
        ("--resume", "garbage"),
        ("--save", "events/good.jsonl"),
        ("--output", "events/good.jsonl"),
        ("--save", "one", "--output", "one"),
        ("--output", "mine.toml"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_changes_no_file(words: tuple[str, ...], folder: Path, run: Run, tmp_path_factory: Any) -> None:  # noqa: ANN401 - pytest's
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "out").symlink_to(elsewhere)
    git(folder, "init", "--quiet")
    (folder / "garbage").write_bytes(b"\0\xff")
    (folder / "mine.toml").write_text("needs = []\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run("replay", "events", "--reader", "e.json", *words, cwd=folder)
    assert result.code == 2, result.out + result.err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not list(elsewhere.iterdir())


def test_a_file_that_became_shorter_is_unread(folder: Path) -> None:
    """Also where it ends with a whole line, or has no byte left: nobody knows what it held."""
    job = Job("json-schema", "e", (("v1", Version(Document(SCHEMA), "1")),), RunSettings(Options(witnesses=False)))
    path = folder / "events" / "good.jsonl"
    for lines, lost in ((3, 0), (4, 0), (2, 1), (0, 1)):
        path.write_bytes(GOOD * 3)
        splits = replaying.splits(job, path)
        path.write_bytes(GOOD * lines)
        assert replaying.replayed(job, splits).corrupt == lost


@pytest.mark.parametrize("name", [b"\xff.jsonl", "\u202e.jsonl".encode(), b"a\n::error::b.jsonl"])
def test_a_report_in_json_is_plain_text_whatever_files_are_called(name: bytes, folder: Path, run: Run) -> None:
    (folder / os.fsdecode(name)).write_bytes(b'{"id": 1}\n')
    result = run("replay", os.fsdecode(name), "--reader", "e.json", "--format", "json", cwd=folder)
    assert result.out.isascii()
    assert not any(line.startswith("::") for line in result.out.splitlines())
    assert json.loads(result.out)["sources"] == [os.fsdecode(name)]
