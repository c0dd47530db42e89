"""Documents that are damaged at random, byte by byte or in their structure: every command ends in words of its own.

What is not an error that evtcompat raises on purpose is a fault, which says so; none is met here.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from amounts import examples
from cli_harness import Run
from laws.projects import copied, ended, made_once

#: By the files that they read, commands.
READERS: Final = {
    "schemas/*": (
        ("check", "schemas", "--format", "json"),
        ("check", "schemas", "--format", "html"),
        ("check", "schemas", "--level", "FULL_TRANSITIVE", "--policy", "strict", "--fail-on", "warning"),
        ("matrix", "apple", "--schemas", "schemas"),
        ("fixtures", "generate", "berry", "--schemas", "schemas", "--output", "new"),
        ("diff", "schemas/apple-v1.avsc", "schemas/apple-v2.avsc"),
        ("diff", "schemas/berry-v1.json", "schemas/berry-v2.json", "--policy", "strict"),
        ("contract", "verify"),
        ("waive", "--all", "--reason", "r", "--owner", "ann", "--expires", "2999-01-01"),
        ("init", "--dry-run"),
        ("report", "--schemas", "schemas", "-o", "page.html"),
        ("report", "apple", "Date", "--schemas", "schemas", "--policy", "strict", "--site", "site"),
        ("diff", "schemas/apple-v2.avsc", "lock:apple"),
    ),
    "contracts/*/*": (("contract", "verify"), ("contract", "list"), ("contract", "usage")),
    "made/*/manifest.json": (
        ("fixtures", "verify", "made"),
        ("check", ".", "--skipped", "fail"),
        ("exercise", "apple", "--new", "json:loads", "--fixtures", "made/apple", "--delivery", "once"),
    ),
    "deployments/*/*": (
        ("can-i-deploy", "apple-writer", "2", "--to", "dev"),
        ("plan", "apple-writer=2", "berry-writer=2", "--to", "dev"),
        ("deploy", "record", "apple-writer", "3", "--writes", "apple@1"),
        ("contract", "verify"),
    ),
    "evtcompat.toml": (
        ("check", "schemas"),
        ("contract", "verify"),
        ("init", "--dry-run"),
        ("report", "-o", "page.html"),
        ("exercise", "apple", "--service", "shop", "--transport", "redis:", "--fixtures", "made/apple"),
    ),
    "evtcompat-waivers.toml": (
        ("check", "schemas"),
        ("waive", "--all", "--reason", "r", "--owner", "ann", "--expires", "2999-01-01"),
    ),
    "evtcompat.lock": (
        ("check", "schemas", "--against", "lock"),
        ("report", "--from", "lock", "-o", "page.html"),
        ("diff", "lock:apple@1", "schemas/apple-v1.avsc", "--policy", "strict"),
        ("lock", "--check", "--registry", "http://127.0.0.1:1"),
    ),
}
_TOML: Final = """level = "FULL"
fail-on = "error"
paths = ["schemas"]
[severity]
type-changed = "warning"
[[overrides]]
subjects = ["apple*"]
level = "BACKWARD"
[subjects]
pear = ["schemas/apple-v1.avsc", "schemas/apple-v2.avsc"]
[owners]
apple = { producers = ["a"], consumers = ["b"] }
"""
_WAIVERS: Final = """[[waivers]]
fingerprint = "0123456789abcdef01234567"
rule = "type-mismatch"
subject = "apple"
reason = "r"
owner = "ann"
expires = 2999-01-01
"""
_LOCK: Final = """version = 1
registry = "http://one.example"
level = "BACKWARD"
[[subject]]
name = "apple"
level = "FULL"
[[subject.version]]
version = 1
id = 1
type = "AVRO"
schema = '{"type": "record", "name": "Apple", "fields": []}'
"""
#: What may stand in the place of any value.
STRANGE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**400), 1e308, "", " ", "null", "\x00", "\ud800", "a" * 5_000, "."),
    *("../../etc/passwd", "://", "http://[", "#/", "#", "%", "^(a|a)*$", "(?<=a)b", "[", "\\", "{{ x }}", "é" * 40),
    *([], {}, [[]], [None], [{}], {"": None}, {"type": {}}, {"$ref": "#"}, {"$ref": 5}, {"type": ["null", "null"]}),
    *({"name": "A", "type": "record"}, ["int", ["int"]], {"type": "map"}, {"type": "array", "items": 5}, {"allOf": 1}),
)
_SPLICED: Final = (b"{", b"}", b"[", b"]", b'"', b"\\", b"\x00", b"\xff", b"\xed\xa0\x80", b"0", b"-", b"e9", b"\n")


def damaged(text: str, name: str, rng: random.Random) -> bytes:
    """The document with something wrong in it."""
    if rng.random() < 0.4 or name.endswith((".toml", ".lock")):
        return _in_bytes(text.encode(), rng)
    lines = text.splitlines() if name.endswith(".jsonl") else [text]
    at = rng.randrange(len(lines))
    value = yaml.safe_load(lines[at]) if name.endswith((".yaml", ".yml")) else json.loads(lines[at])
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        value = _in_structure(value, rng)
    lines[at] = json.dumps(value)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _in_bytes(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 6))):
        at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        match rng.randrange(5):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + rng.choice(_SPLICED) + data[at:]
            case 2:
                data = data[:at] + data[to:]
            case 3:
                data = data[:at] + data[at:to] * 2 + data[to:]
            case _:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data


def _in_structure(value: Any, rng: random.Random) -> Any:  # noqa: ANN401 - any JSON
    """The value with one part replaced, doubled, renamed or left out."""
    if rng.random() < 0.2 or not isinstance(value, (dict, list)) or not value:
        return rng.choice(STRANGE)
    if isinstance(value, list):
        at = rng.randrange(len(value))
        turned = rng.randrange(4)
        if turned == 0:
            return [*value[:at], *value[at + 1 :]]
        if turned == 1:
            return [*value, value[at]]
        return [*value[:at], _in_structure(value[at], rng), *value[at + 1 :]]
    name = rng.choice(sorted(value))
    turned = rng.randrange(5)
    if turned == 0:
        return {other: one for other, one in value.items() if other != name}
    if turned == 1:
        return {
            (rng.choice(("", "type", "$ref", "\x00", "é")) if one == name else one): part for one, part in value.items()
        }
    return {**value, name: _in_structure(value[name], rng)}


@pytest.fixture
def master(built: Path, run: Run) -> Path:
    """The healthy project with every kind of file, made once."""
    return made_once(built, run, {"evtcompat.toml": _TOML, "evtcompat-waivers.toml": _WAIVERS, "evtcompat.lock": _LOCK})


def ends_in_words(seed: int, run: Run, master: Path, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same documents in every run
    pattern = rng.choice(list(READERS))
    folder = copied(master, tmp_path / "project")
    file = rng.choice(sorted(folder.glob(pattern)))
    file.write_bytes(damaged(file.read_text(encoding="utf-8"), file.name, rng))
    words = rng.choice(READERS[pattern])
    ended(run(*words, cwd=folder), (f"seed {seed}", file.name, *words))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 40, 10))
def test_a_damaged_document_ends_no_command_in_a_fault(first: int, run: Run, master: Path, tmp_path: Path) -> None:
    for seed in range(first, first + 10):
        ends_in_words(seed, run, master, tmp_path)


@pytest.mark.long
def test_a_damaged_document_ends_no_command_in_a_fault_at_length(run: Run, master: Path, tmp_path: Path) -> None:
    for seed in range(1_000, 1_000 + examples(2_000)):
        ends_in_words(seed, run, master, tmp_path)
