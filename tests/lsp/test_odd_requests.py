"""A request that cannot be understood, or comes at the wrong time, is answered; how the server ends.

A name that no file has keeps no other document unchecked.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import FIELDS, order

WRONG: dict[str, Any] = {
    "none": None,
    "a list": [1],
    "a place before the first line": {
        "textDocument": {"uri": "file:///a"},
        "position": {"line": -1, "character": -1},
    },
}


def _frame(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


START = {"id": 0, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
COMMAND = [sys.executable, "-m", "evtcompat", "lsp"]


def _said(folder: Path, *messages: dict[str, Any], until: str) -> bytes:
    """What the server answers to messages, up to a text."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in messages:
            process.stdin.write(_frame({"jsonrpc": "2.0", **message}))
        process.stdin.flush()
        found = b""
        while until.encode() not in found and (piece := os.read(process.stdout.fileno(), 1 << 16)):
            found += piece
        process.kill()
    return found


@pytest.mark.parametrize("name", WRONG)
def test_every_request_is_answered(name: str, tmp_path: Path) -> None:
    asked = {"id": 7, "method": "textDocument/hover", "params": WRONG[name]}
    said = _said(tmp_path, START, asked, {"id": 8, "method": "shutdown"}, until='"id": 8')
    assert b'"code": -32602' in said
    assert b'"id": 7' in said


HOVER = {"textDocument": {"uri": "file:///a.avsc"}, "position": {"line": 0, "character": 0}}


@pytest.mark.slow
@pytest.mark.parametrize(("first", "code"), [((), -32002), ((START, {"id": 1, "method": "shutdown"}), -32600)])
def test_a_request_before_the_start_or_after_the_end_is_refused(
    first: tuple[dict[str, Any], ...], code: int, tmp_path: Path
) -> None:
    asked = {"id": 7, "method": "textDocument/hover", "params": HOVER}
    assert b'"code": %d' % code in _said(tmp_path, *first, asked, until='"id": 7')


@pytest.mark.slow
@pytest.mark.parametrize(("first", "code"), [((START,), 1), ((START, {"id": 1, "method": "shutdown"}), 0)])
def test_an_exit_that_nobody_announced_ends_with_1(
    first: tuple[dict[str, Any], ...], code: int, tmp_path: Path
) -> None:
    said = b"".join(_frame({"jsonrpc": "2.0", **message}) for message in (*first, {"method": "exit"}))
    assert subprocess.run(COMMAND, cwd=tmp_path, input=said, capture_output=True, check=False).returncode == code


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
@pytest.mark.parametrize("first", [(), (START,)])
def test_the_first_interrupt_ends_the_server(first: tuple[dict[str, Any], ...], tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for message in first:
            process.stdin.write(_frame({"jsonrpc": "2.0", **message}))
        process.stdin.write(_frame("no message"))
        process.stdin.flush()
        assert b"is left out" in process.stderr.readline()
        time.sleep(0.3)  # it waits for what comes next
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 128 + signal.SIGINT
        assert process.stderr.read() == b""


@pytest.mark.parametrize("uri", ["file:///tmp/\ud800.json", "file:///a%00b.json", "untitled:1", ""])
def test_a_name_that_no_file_has_changes_nothing_about_the_others(uri: str, schema: Path) -> None:
    def opened(name: str, text: str) -> dict[str, Any]:
        item = {"uri": name, "languageId": "json", "version": 1, "text": text}
        return {"method": "textDocument/didOpen", "params": {"textDocument": item}}

    broken = order(FIELDS[0], {"name": "total", "type": "string"})
    good = opened(schema.as_uri(), broken)
    alone = _said(schema.parent, START, good, until="type-mismatch")
    said = _said(schema.parent, START, opened(uri, broken), good, until="type-mismatch")
    assert b"type-mismatch" in alone
    assert b"type-mismatch" in said
    assert b"fault in evtcompat" not in said
