"""Nothing that a registry sends costs more than it may: bytes, values, time, or a walk without an end."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

from evtcompat.errors import RegistryError
from evtcompat.formats.avro.format import AVRO
from evtcompat.registries import errors
from evtcompat.registries.base import Reference, Registered, SchemaRegistry
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.locking import read_states
from evtcompat.registries.references import resolve
from evtcompat.registries.retries import Patience
from registries.aws import aws_environment, needs

HURRY = Patience(connect=2, read=1, whole=0.6, retries=0, largest_answer=1 << 20, most_values=10_000)


class _Hostile(http.server.BaseHTTPRequestHandler):
    """Answers as `way` says."""

    protocol_version = "HTTP/1.1"
    way: ClassVar[str] = ""

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.way == "headers that drip":
            self._drip()
            return
        body, zipped = _BODIES[self.way]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            for number in range(100):
                self.wfile.write(f"X-{number}: x\r\n".encode())
                time.sleep(0.05)
        except OSError:  # the client has gone, as it should
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing is logged."""


_BODIES: dict[str, tuple[bytes, bool]] = {
    "a small answer that unpacks to a large one": (gzip.compress(b"[" + b" " * (64 << 20) + b"]"), True),
    "many values": (b"[" + b"[]," * 20_000 + b"[]]", False),
    "deep": (b"[" * 9_000 + b"]" * 9_000, False),
}


def _opened(url: str, patch: pytest.MonkeyPatch, *, glue: bool) -> SchemaRegistry:
    if not glue:
        return ConfluentRegistry(find_target(url, environ={}), patience=HURRY)
    needs("boto3")
    from evtcompat.registries.glue.client import GlueRegistry

    aws_environment(patch, url)
    return GlueRegistry(find_target("glue://eu-west-1/shop", environ={}), patience=HURRY)


@contextmanager
def _serving(way: str) -> Iterator[str]:
    handler = type("_Handler", (_Hostile,), {"way": way})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        ("headers that drip", errors.RegistryTimeoutError, "did not begin its answer within 0.6 s"),
        ("a small answer that unpacks to a large one", errors.RegistryAnswerError, "more than a schema registry would"),
        ("many values", errors.RegistryAnswerError, "more than a schema registry would"),
        # how deep its parser goes is up to Python: what it reads is of another shape then
        ("deep", errors.RegistryAnswerError, "answers"),
    ],
)
@pytest.mark.parametrize("registry", ["confluent", "glue"])
def test_an_answer_is_bounded(
    way: str, kind: type[RegistryError], words: str, registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _serving(way) as url, _opened(url, monkeypatch, glue=registry == "glue") as client:
        began = time.monotonic()
        with pytest.raises(kind) as caught:
            client.subjects()

    assert words in caught.value.message
    assert time.monotonic() - began < 4


@pytest.mark.slow
@pytest.mark.parametrize("way", [*_BODIES, "headers that drip"])
def test_an_answer_of_the_authorization_server_is_bounded(way: str) -> None:
    with _serving(way) as url:
        variables = {"URL": url, "OAUTH_TOKEN_URL": f"{url}/token", "OAUTH_CLIENT_ID": "a", "OAUTH_CLIENT_SECRET": "b"}
        environ = {f"EVTCOMPAT_REGISTRY_{name}": value for name, value in variables.items()}
        client = ConfluentRegistry(find_target(None, environ=environ), patience=HURRY)
        with client, pytest.raises(RegistryError):
            client.subjects()


def _record(number: int) -> str:
    return json.dumps({"type": "record", "name": f"N{number}", "fields": []})


def test_an_endless_chain_of_references_ends() -> None:
    def fetch(subject: str, version: int | str) -> Registered:
        number = int(subject) + 1
        assert version == 1
        return Registered(subject, 1, 1, _record(number), references=(Reference(f"N{number}", str(number), 1),))

    with pytest.raises(RegistryError, match="0 refers to more than"):
        resolve([Reference("N0", "0", 1)], referring="0", schema_format=AVRO, fetch=fetch)


def test_what_is_referred_to_twice_is_followed_once() -> None:
    """Forty diamonds on top of one another would otherwise be two to the power of forty walks."""
    asked: list[str] = []

    def fetch(subject: str, version: int | str) -> Registered:
        assert version == 1
        asked.append(subject)
        number = int(subject)
        below = tuple(Reference(f"{side}{number}", str(number + 1), 1) for side in "ab") if number < 40 else ()
        return Registered(subject, 1, 1, _record(number), references=below)

    found = resolve([Reference("N0", "0", 1)], referring="x", schema_format=AVRO, fetch=fetch)

    assert found.lookup("N40") is not None
    assert len(asked) == 81


@pytest.mark.slow
def test_subjects_that_lead_on_and_on_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from evtcompat.registries import locking
    from evtcompat.testing import RegistryServer

    monkeypatch.setattr(locking, "_DEEPEST", 3)
    with RegistryServer() as server, ConfluentRegistry(find_target(server.url, environ={})) as client:
        client.register("0", _record(0))
        for number in range(1, 5):
            client.register(str(number), _record(number), references=[Reference(f"N{number - 1}", str(number - 1), 1)])
        assert len(read_states(client, ["2"])) == 3
        with pytest.raises(RegistryError, match="references lead on and on"):
            read_states(client, ["4"])
