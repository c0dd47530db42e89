"""`contract verify --produced`: the events that a producer's own code makes, read by its schema and every contract."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest

from cli_harness import Run
from contracts.folders import contract, json_object, write, write_versions
from evtcompat.formats.loading import by_name
from evtcompat.model.documents import Document, NoReferences

SCHEMA = json_object("id", id={"type": "string"}, kind={"type": "string"})
CODE = """
import os
def events():
    print("hello")
    yield {"id": "1", "kind": "a"}
    yield '{"id": "2"}'
    yield b'{"id": "3", "kind": "b"}'
def wrong(): return [{"ID": "1"}]
def secret(): return [{"id": os.environ.get("REGISTRY_PASSWORD", "none")}]
def slow():
    import subprocess, sys, time
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).wait()
def none(): return []
def ends():
    yield {"id": "1", "kind": "a"}
    os._exit(0)
def leaves(): raise SystemExit(0)
def fails(): raise ValueError("no database")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_versions(tmp_path, SCHEMA, suffix=".json")
    write(tmp_path / "reader.json", json_object("id", "kind", id={"type": "string"}, kind={"enum": ["a", "b"]}))
    contract(tmp_path, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    (tmp_path / "shop_events.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def test_events_of_a_file_are_read_by_the_schema_and_every_contract(run: Run, shop: Path) -> None:
    write(shop / "events.jsonl", '{"id": "1"}\n\n{"id": 2}\n{"kind": "a"}\n')
    result = run("contract", "verify", "--produced", "events.jsonl", cwd=shop)
    assert result.code == 1
    assert (
        "events.jsonl:3:1  error  produced-event-refused\n  The producer's event 2 is refused by its own" in result.out
    )
    assert (
        "events.jsonl:4:1  error  produced-event-refused\n  The producer's event 3 is refused by its own" in result.out
    )
    assert "Compared with 3 events of events.jsonl." in result.out
    write(shop / "events.jsonl", '{"id": "1"}\n')
    assert run("contract", "verify", "--produced", "events.jsonl", cwd=shop).code == 0


def test_an_event_may_fit_the_schema_and_break_a_consumer(run: Run, shop: Path) -> None:
    contract(shop, "audit", 'schema = "../../reader.json"\n')
    write(shop / "events.jsonl", '{"id": "1", "kind": "c"}\n{"id": "1", "kind": "a"}\n')
    out = run("contract", "verify", "--produced", "events.jsonl", cwd=shop).out
    assert "The producer's event 1 is refused by audit: /kind" in out
    assert "event 2" not in out


def test_a_byte_order_mark_and_line_ends_are_no_part_of_an_event(run: Run, shop: Path) -> None:
    (shop / "events.jsonl").write_bytes(b'\xef\xbb\xbf{"id": "1"}\r\n{"id": "2"}\r\n\r\n')
    result = run("contract", "verify", "--produced", "events.jsonl", cwd=shop)
    assert (result.code, "Compared with 2 events" in result.out) == (0, True)


@pytest.mark.parametrize(("others", "code"), [("", 3), ('{"id": "1"}\n', 3), ('{"id": 1}\n', 1)])
def test_a_line_that_is_no_json_is_unchecked_and_hides_no_other(run: Run, shop: Path, others: str, code: int) -> None:
    (shop / "events.jsonl").write_bytes(others.encode() + b"id: 1\n\xff\n")
    result = run("contract", "verify", "--produced", "events.jsonl", cwd=shop)
    said = " ".join(result.out.split())
    assert (result.code, "is refused by its own" in said) == (code, code == 1)
    assert "the line is no JSON: Expecting value at column 1; 1 more are none either" in said
    assert f"events.jsonl:{2 if others else 1}:1" in said


@pytest.mark.parametrize(("function", "code"), [("events", 0), ("wrong", 1), ("secret", 0)])
def test_the_producers_own_code_is_run(
    run: Run, shop: Path, function: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_PASSWORD", "3")
    write(shop / "reader.json", json_object("id", id={"not": {"const": "3"}} if function == "secret" else {}))
    contract(shop, "audit", 'schema = "../../reader.json"\n')
    result = run("contract", "verify", "--consumer", "search", "--produced", f"shop_events:{function}", cwd=shop)
    assert result.code == code
    assert ("of shop_events:" in result.out, "refused by audit" in result.out) == (True, False)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("shop_events:none", "there is no event in it"),
        ("shop_events:fails", "no database"),
        ("shop_events:ends", "its process ended before it had returned all events"),
        ("shop_events:leaves", "its process ended before it had returned all events"),
        ("shop_events:gone", "has no attribute 'gone'"),
        ("no_such_module:events", "No module named 'no_such_module'"),
        ("no-such-file.jsonl", "the events cannot be read"),
        ("empty.jsonl", "there is no event in it"),
    ],
)
def test_what_cannot_be_had_is_clear_and_never_green(run: Run, shop: Path, word: str, said: str) -> None:
    write(shop / "empty.jsonl", "\n")
    result = run("contract", "verify", "--produced", word, cwd=shop)
    assert (result.code, said in " ".join(result.out.split())) == (3, True)


@pytest.mark.slow
def test_what_the_code_leaves_running_is_not_waited_for(run: Run, shop: Path) -> None:
    write(
        shop / "leaving.py", "import subprocess\ndef events():\n    subprocess.Popen(['sleep', '702'])\n    return []\n"
    )
    result = run("contract", "verify", "--produced", "leaving:events", "--deadline", "20", cwd=shop)
    assert (result.code, "there is no event in it" in result.out) == (3, True)


@pytest.mark.slow
def test_code_that_does_not_end_is_ended(run: Run, shop: Path) -> None:
    start = time.monotonic()
    result = run("contract", "verify", "--produced", "shop_events:slow", "--deadline", "1", cwd=shop)
    assert (result.code, "it was still running after 1 seconds" in result.out) == (3, True)
    assert time.monotonic() - start < 50


def test_binary_events_stand_in_base64(run: Run, tmp_path: Path) -> None:
    record = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
    write_versions(tmp_path, record)
    contract(tmp_path, "search", 'needs = ["a"]\nwritten-against = "1"\n')
    chosen = by_name("avro")
    made = chosen.payloads(chosen.parse(Document(json.loads(json.dumps(record))), NoReferences())).generate(0)
    lines = [json.dumps(base64.b64encode(one.body).decode()) for one in made]
    write(tmp_path / "events.jsonl", "\n".join(lines))
    assert run("contract", "verify", "--produced", "events.jsonl", cwd=tmp_path).code == 0
    write(tmp_path / "events.jsonl", '{"a": 1}\n')
    result = run("contract", "verify", "--produced", "events.jsonl", cwd=tmp_path)
    assert (result.code, "it is no JSON string with base64" in result.out) == (1, True)


def test_events_are_of_one_subject(run: Run, shop: Path) -> None:
    write_versions(shop, SCHEMA, subject="other", suffix=".json")
    contract(shop, "search", 'needs = ["id"]\nwritten-against = "1"\n', "other")
    write(shop / "events.jsonl", '{"id": "1"}\n')
    assert run("contract", "verify", "--produced", "events.jsonl", cwd=shop).code == 2
    assert run("contract", "verify", "order", "--produced", "events.jsonl", cwd=shop).code == 0
