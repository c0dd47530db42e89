"""A report takes the place of a report, and of nothing else that is there; what it may not replace is said at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli_harness import ROOT, Run
from evtcompat.errors import UsageError
from evtcompat.reporters.available import names
from evtcompat.testing import RegistryServer
from evtcompat.writing import check_report

RECORD = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}
#: By the names of their files, what people keep beside schemas.
KEPT: Mapping[str, bytes] = {
    "asyncapi.yaml": b"asyncapi: 3.0.0\ninfo: {title: a, version: '1'}\n",
    "asyncapi.json": b'{"asyncapi": "3.0.0"}',
    "openapi.json": b'{"openapi": "3.1.0"}',
    "order.avpr": b'{"protocol": "P", "types": []}',
    "order.avdl": b"protocol P { record Order { string id; } }",
    "avro.json": json.dumps(RECORD).encode(),
    "schema.json": b'{"type": "object", "properties": {"evtcompat": {"type": "string"}}}',
    "sarif-schema.json": b'{"properties": {"version": {"const": "2.1.0"}, "runs": {"type": "array"}}}',
    "anything.json": b"{}",
    "consumer.py": b"def handle(event):\n    return event\n",
    "run": b"#!/bin/sh\nevtcompat check\n",
    "run.txt": b"#!/bin/sh\nevtcompat check\n",
    "Makefile": b"all:\n\techo\n",
    "requirements.txt": b"evtcompat\n",
    "exercise.json": b'{"payloads": []}',
    "mail.jsonl": b'{"id": "1"}\n{"id": "2"}\n',
    "events.log": b'{"id": "1"}\n',
    "mail.avro": b"Obj\x01\x04\x14avro.codec\x08null\x00",
    "bytes.out": b"\x00\x00\x00\x00\x01\x02a",
    "contract.toml": b'needs = ["id"]\n',
    "evtcompat.yaml": b"evtcompat: {level: FULL}\n",
    "README.md": b"# Orders\n\nWhat we send.\n",
    "index.html": b"<!DOCTYPE html>\n<html><head><title>Shop</title></head></html>\n",
    "pom.xml": b'<?xml version="1.0"?>\n<project/>\n',
    "state": b'{"evtcompat_replay": 1, "job": "a"}\n',
}
#: By the names of their files, what may go: nothing yet, and what others write in the formats of reports.
REPLACED: Mapping[str, bytes] = {
    "tmp.x3Gh": b"",
    "blank.json": b"\n",
    "results.sarif": b'{"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": []}',
    "sorted.sarif": b'{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [' + b" " * 100_000 + b"]}",
    "results.xml": b"<?xml version='1.0' encoding='utf-8'?><testsuites><testsuite name='pytest'/></testsuites>",
    "gl-code-quality-report.json": b"[]\n",
    "codeclimate.json": b'[{"description": "d", "check_name": "E501", "fingerprint": "f", "location": {}}]',
    "notes.txt": b"No consumer breaks.\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a subject that breaks."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "order-v1.avsc").write_text(json.dumps(RECORD))
    more = {**RECORD, "fields": [{"name": "id", "type": "string"}, {"name": "total", "type": "int"}]}
    (tmp_path / "schemas" / "order-v2.avsc").write_text(json.dumps(more))
    return tmp_path


@pytest.mark.parametrize("name", KEPT)
def test_what_is_no_report_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(KEPT[name])
    with pytest.raises(UsageError, match=r"holds no report|is a configuration"):
        check_report(tmp_path / name)


@pytest.mark.parametrize("name", REPLACED)
def test_what_is_a_report_or_nothing_yet_may_go(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(REPLACED[name])
    check_report(tmp_path / name)


@pytest.mark.slow
def test_every_report_of_a_check_replaces_its_like_and_every_other(run: Run, shop: Path) -> None:
    words = [part for name in names() for part in ("--format", f"{name}:{name}.txt")]
    assert run("check", "schemas", *words, cwd=shop).code == 1
    for made in names():
        written = (shop / f"{made}.txt").read_bytes()
        (shop / f"old.{made}").write_bytes(written)
        if made != "text":  # which is known by the name of its file alone
            assert run("check", "schemas", "--format", f"html:old.{made}", cwd=shop).code == 1
        assert run("check", "schemas", "--format", f"{made}:{made}.txt", cwd=shop).code == 1
        assert (shop / f"{made}.txt").read_bytes() == written


#: What other commands write, without the option that names the file.
COMMANDS = {
    "matrix.json": ("matrix", "order", "--schemas", "schemas", "--format", "json"),
    "matrix.html": ("matrix", "order", "--schemas", "schemas", "--format", "html"),
    "matrix.txt": ("matrix", "order", "--schemas", "schemas"),
    "history.html": ("report", "order", "--schemas", "schemas"),
    "usage.json": ("contract", "usage", "--schemas", "schemas", "--format", "json"),
    "usage.md": ("contract", "usage", "--schemas", "schemas", "--format", "markdown"),
    "usage.html": ("contract", "usage", "--schemas", "schemas", "--format", "html"),
    "contracts.json": ("contract", "list", "--schemas", "schemas", "--format", "json"),
    "plan.json": ("plan", "mail=1.0", "--to", "dev", "--format", "json"),
    "plan.mmd": ("plan", "mail=1.0", "--to", "dev", "--format", "mermaid"),
    "answer.json": ("can-i-deploy", "mail", "1.0", "--to", "dev", "--format", "json"),
    "replay.json": ("replay", "events.jsonl", "--reader", "plain.json", "--format", "json"),
    "replay.md": ("replay", "events.jsonl", "--reader", "plain.json", "--format", "markdown"),
    "observed.json": ("replay", "events.jsonl", "--reader", "plain.json", "--format", "json", "--save"),
}


@pytest.fixture
def busy(run: Run, shop: Path) -> Path:
    """The same with a contract, a record of what runs and recorded events."""
    (shop / "plain.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#"}')
    (shop / "events.jsonl").write_text('{"a": 1}\n')
    run("contract", "init", "order", "mail", "--needs", "id", "--schemas", "schemas", cwd=shop)
    assert run("deploy", "record", "mail", "1.0", "--env", "dev", "--writes", "order@1", cwd=shop).code == 0
    return shop


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_other_report_replaces_its_like_and_nothing_else(name: str, run: Run, busy: Path) -> None:
    words = COMMANDS[name] if COMMANDS[name][-1] == "--save" else (*COMMANDS[name], "--output")
    assert run(*words, name, cwd=busy).code in (0, 1)
    written = (busy / name).read_bytes()
    assert run(*words, name, cwd=busy).code in (0, 1)
    assert (busy / name).read_bytes() == written != b""
    (busy / "asyncapi.yaml").write_bytes(KEPT["asyncapi.yaml"])
    for place, said in (
        ("asyncapi.yaml", "holds no report"),
        ("nodir/x", "does not exist"),
        ("schemas", "is a folder"),
    ):
        done = run(*words, place, cwd=busy)
        assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert (busy / "asyncapi.yaml").read_bytes() == KEPT["asyncapi.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--output", "shipping.py"), "holds no report"),
        (("--output", "exercise.json"), "holds no report"),
        (("--format", "json", "--output", "nodir/x.json"), "the folder nodir does not exist"),
    ],
)
def test_no_consumer_is_run_for_a_report_that_cannot_be_written(
    words: tuple[str, ...], said: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "exercise.json").write_text('{"payloads": [{"version": "1", "label": "a", "value": {"id": "1"}}]}')
    (tmp_path / "shipping.py").write_text("open('ran', 'w').close()\n\n\ndef handle(event):\n    return event\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = run("exercise", "order", "--new", "shipping:handle", "--fixtures", ".", *words, cwd=tmp_path)
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_format_without_the_name_of_its_file_is_wrong_usage(run: Run, shop: Path) -> None:
    done = run("check", "schemas", "--format", "json:", cwd=shop)
    assert (done.code, done.out) == (2, "")
    assert "json: names no file" in done.err.replace("::", ":")
    (shop / "evtcompat.toml").write_text('formats = ["json:"]\n')
    done = run("check", "schemas", cwd=shop)
    assert (done.code, done.out, "names no file" in done.err) == (2, "", True)


def test_a_pipe_is_written_to(run: Run, shop: Path) -> None:
    os.mkfifo(shop / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((shop / "pipe").read_text()), daemon=True)
    reader.start()
    assert run("check", "schemas", "--format", "json:pipe", cwd=shop).code == 1
    reader.join(10)
    assert json.loads(read[0])["report_version"] == 1


def test_a_device_is_written_to(run: Run, shop: Path) -> None:
    assert run("check", "schemas", "--format", "json:/dev/null", cwd=shop).code == 1
    assert Path("/dev/null").is_char_device()


@pytest.mark.slow
def test_what_an_output_of_the_process_leads_to_is_written_on(shop: Path) -> None:
    """By the one of its names beside which no file can be made, whatever goes wrong and whoever runs the test."""
    with (shop / "log").open("w") as log:
        log.write("before\n")
        log.flush()
        words = ("check", "schemas", "--format", "json:/proc/self/fd/1")
        command = [sys.executable, "-m", "evtcompat", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
        done = subprocess.run(command, cwd=shop, stdout=log, env=environment, check=False)
    assert done.returncode == 1
    head, text = (shop / "log").read_text().split("\n", 1)
    assert (head, json.loads(text)["report_version"]) == ("before", 1)


def test_a_lock_replaces_a_lock_and_nothing_else(run: Run, registry: RegistryServer, shop: Path) -> None:
    del registry
    assert run("lock", "--output", "evtcompat.lock", cwd=shop).code == 0
    merged = f"<<<<<<< ours\n{(shop / 'evtcompat.lock').read_text()}=======\n"
    (shop / "evtcompat.lock").write_text(merged)
    assert run("lock", "--output", "evtcompat.lock", cwd=shop).code == 0
    assert (shop / "evtcompat.lock").read_text() != merged
    (shop / "shop.py").write_bytes(KEPT["consumer.py"])
    done = run("lock", "--output", "shop.py", cwd=shop)
    assert (done.code, "evtcompat did not write it" in done.err) == (2, True)
    assert (shop / "shop.py").read_bytes() == KEPT["consumer.py"]
