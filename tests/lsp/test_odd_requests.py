"""A request that cannot be understood is answered, and a name that no file has keeps no other document unchecked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def _said(folder: Path, *messages: dict[str, Any], until: str) -> bytes:
    """What the server answers to messages, up to a text."""
    start = {"id": 0, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
    command = [sys.executable, "-m", "evtcompat", "lsp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in (start, *messages):
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
    said = _said(tmp_path, asked, {"id": 8, "method": "shutdown"}, until='"id": 8')
    assert b'"code": -32602' in said
    assert b'"id": 7' in said


@pytest.mark.parametrize("uri", ["file:///tmp/\ud800.json", "file:///a%00b.json", "untitled:1", ""])
def test_a_name_that_no_file_has_changes_nothing_about_the_others(uri: str, schema: Path) -> None:
    def opened(name: str, text: str) -> dict[str, Any]:
        item = {"uri": name, "languageId": "json", "version": 1, "text": text}
        return {"method": "textDocument/didOpen", "params": {"textDocument": item}}

    broken = order(FIELDS[0], {"name": "total", "type": "string"})
    good = opened(schema.as_uri(), broken)
    alone = _said(schema.parent, good, until="type-mismatch")
    said = _said(schema.parent, opened(uri, broken), good, until="type-mismatch")
    assert b"type-mismatch" in alone
    assert b"type-mismatch" in said
    assert b"fault in evtcompat" not in said
