"""What an editor sends is in step or at its end: nothing is waited for without end, or taken for what it is not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from evtcompat.lsp.frames import Frames


def framed(body: bytes, field: str = "Content-Length") -> bytes:
    return f"{field}: {len(body)}\r\n\r\n".encode() + body


def message(**words: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **words}).encode()


ONE, TWO = message(id=1, method="one"), message(method="two", params={"text": "half a character: \ud800"})


def read(data: bytes) -> tuple[list[bytes], str | None, list[str]]:
    """The messages that a reader of lines and bytes gets, why the input ended, and what was told."""
    told: list[str] = []
    frames = Frames(io.BytesIO(data), told.append)
    found = []
    while head := frames.readline():
        name, _, length = head.strip().partition(b": ")
        assert name == b"Content-Length"
        assert frames.readline() == b"\r\n"
        found.append(frames.read(int(length)))
    return found, frames.fault, told


#: Heads after which nobody can tell where the next message begins.
WRONG_HEADS = {
    "a length that is too small": b"Content-Length: 5\r\n\r\n" + ONE,
    "no length": b"Content-Type: x\r\n\r\n" + ONE,
    "no head": ONE + b"\r\n",
    "a length beyond everything": b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "a length of 5,000 digits": b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "a negative length": b"Content-Length: -1\r\n\r\n{}",
    "a word for a length": b"Content-Length: many\r\n\r\n{}",
    "digits of another script": "Content-Length: \u0662\r\n\r\n{}".encode(),
    "no word for a length": b"Content-Length:\r\n\r\n{}",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a line without end": b"X: " + b"a" * 100_000,
    "fields without end": b"X: y\r\n" * 100_000,
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "every byte": bytes(range(256)),
}
#: Heads that are right, with what is no message.
NO_MESSAGES = {
    "no UTF-8": b"\xff\xfe",
    "no JSON": b"hello",
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "an empty object": b"{}",
    "another version": b'{"jsonrpc": "1.0", "id": 1, "method": "x"}',
    "lists without end": b"[" * 100_000 + b"]" * 100_000,
    "an id that is an object": message(id={}, method="x"),
    "an id that is no number": message(id=float("nan"), method="x"),
    "an id of half a character": message(id="\ud800", method="x"),
    "a method that is a number": message(id=1, method=5),
}


@pytest.mark.parametrize("name", WRONG_HEADS)
def test_a_head_that_is_wrong_ends_the_input_with_the_reason(name: str) -> None:
    found, fault, _ = read(framed(ONE) + WRONG_HEADS[name] + framed(TWO))
    assert found == [ONE]
    assert fault is not None
    assert "nobody can tell where the next one begins" in fault


@pytest.mark.parametrize("name", NO_MESSAGES)
def test_what_is_no_message_is_left_out_and_told(name: str) -> None:
    found, fault, told = read(framed(ONE) + framed(NO_MESSAGES[name]) + framed(TWO))
    assert found == [ONE, TWO]
    assert fault is None
    assert len(told) == 1


@pytest.mark.parametrize("cut", range(1, len(framed(TWO))))
def test_half_a_message_is_none(cut: int) -> None:
    found, fault, _ = read(framed(ONE) + framed(TWO)[:cut])
    assert found == [ONE]
    assert fault is not None


def test_the_whole_is_left_as_it_is() -> None:
    assert read(framed(ONE) + framed(TWO)) == ([ONE, TWO], None, [])
    assert read(b"\r\n" + framed(ONE, "content-length") + b"\n\n" + framed(TWO)) == ([ONE, TWO], None, [])
    assert read(b"") == ([], None, [])


@pytest.mark.slow
def test_the_server_ends_though_the_editor_keeps_the_line_open(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evtcompat", "lsp"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdin is not None
        assert server.stderr is not None
        assert server.stdout is not None
        server.stdin.write(framed(b"[]") + framed(message(method="nobody/knows")) + WRONG_HEADS["a negative length"])
        server.stdin.flush()
        said = server.stderr.read().decode()
        assert server.wait() == 3
        assert b"Traceback" not in server.stdout.read()
    assert "is left out: it is no object of JSON-RPC 2.0" in said
    assert "names a length that is none" in said
    assert "Traceback" not in said
    assert "fault in evtcompat" not in said
