"""One subject that a registry does not give, or one file that cannot be read, hides none of the others."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.testing import Fault, RegistryServer
from laws.projects import WAYS, ended, record

SCHEMA: Final = record("A", a="int")
#: What a registry may answer for the versions of a subject, or for one of them.
ANSWERS: Final = {
    "no such subject": Fault(status=404, body='{"error_code": 40401, "message": "Subject not found."}', times=None),
    "forbidden": Fault(status=403, body='{"error_code": 40301, "message": "no"}', times=None),
    "no JSON": Fault(body="<html>", times=None),
    "half of it": Fault(body='{"subject": "bad", "version": 1, "id"', times=None),
    "of another shape": Fault(body='{"a": 1}', times=None),
    "null": Fault(body="null", times=None),
    "no longer known who asks": Fault(status=401, body='{"error_code": 40101, "message": "no"}', times=None),
    "come again in an hour": Fault(status=429, headers={"Retry-After": "3600"}, body="{}", times=None),
    "somewhere else": Fault(status=302, headers={"Location": "http://127.0.0.2:1/"}, body="", times=None),
    "in another encoding": Fault(headers={"Content-Encoding": "gzip"}, body="[1]", times=None),
    "too deep": Fault(body="[" * 100_000, times=None),
    "of another subject": Fault(
        body=json.dumps({"subject": "zzz", "version": 1, "id": 7, "schema": SCHEMA}), times=None
    ),
}


@pytest.fixture
def filled(run: Run, registry: RegistryServer, tmp_path: Path) -> Path:
    """Three subjects that are registered, and pulled once."""
    here = tmp_path / "project"
    here.mkdir()
    for name in ("good", "bad", "other"):
        (here / f"{name}.avsc").write_text(SCHEMA)
    assert run("registry", "register", "good.avsc", "bad.avsc", "other.avsc", "--yes", cwd=here).code == 0
    assert run("registry", "pull", "pulled", cwd=here).code == 0
    del registry
    return here


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in files}


@pytest.mark.slow
@pytest.mark.parametrize("where", [r"GET /subjects/bad/versions(\?|$)", r"GET /subjects/bad/versions/"])
@pytest.mark.parametrize("what", ANSWERS)
def test_a_subject_that_the_registry_does_not_give(
    what: str, where: str, run: Run, registry: RegistryServer, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(filled / "another-cache"))
    whole = contents(filled / "pulled")
    assert run("lock", cwd=filled).code == 0
    lock = (filled / "evtcompat.lock").read_text()
    (filled / "evtcompat.lock").unlink()
    (filled / "good.avsc").write_text(record("A", a="long"))
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(filled / "one-more-cache"))
    registry.faults.add(replace(ANSWERS[what], where=where))
    result = ended(run("registry", "pull", "again", cwd=filled), ("pull",))
    assert (result.code, "bad" in result.err) == (3, True)
    assert contents(filled / "again") == {name: text for name, text in whole.items() if not name.startswith("bad")}
    assert ended(run("registry", "pull", "pulled", "--prune", cwd=filled), ("pull",)).code == 3
    assert contents(filled / "pulled") == whole, "what is not known is not pruned"
    (filled / "pulled" / "good" / "1.avsc").unlink()
    (filled / "pulled" / "good" / "1.avsc").write_text(record("A", b="int"))
    differing = ended(run("registry", "diff", "pulled", cwd=filled), ("diff",))
    assert (differing.code, "bad" in differing.err) == (1, True)
    assert all(line.startswith("good: ") for line in differing.out.splitlines())
    (filled / "evtcompat.lock").write_text(lock)
    assert run("registry", "register", "good.avsc", "--yes", cwd=filled).code == 0
    drifted = ended(run("lock", "--check", cwd=filled), ("lock", "--check"))
    assert (drifted.code, drifted.out) == (3, "good has a version 2 that the lock has not seen\n")
    assert "bad: " in drifted.err
    (filled / "evtcompat.lock").unlink()
    locked = ended(run("lock", cwd=filled), ("lock",))
    assert (locked.code, (filled / "evtcompat.lock").exists()) == (3, False), "half a lock is none"


#: A subject may be called anything.
NAMES: Final = ("", " ", "\ud800x", "a" * 500, "../../x", "a/b", "x\0y", ".", "..", "CON", "é", "%2e%2e", ":.x:y")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_subject_with_any_name(
    name: str, run: Run, registry: RegistryServer, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(filled / "another-cache"))
    whole = contents(filled / "pulled")
    listed = json.dumps(["good", name, "bad", "other"])
    registry.faults.add(Fault(r"GET /subjects/?(\?|$)", None, body=listed))
    registry.faults.add(Fault(r"GET /subjects/(?!good/|bad/|other/).*/versions(\?|$)", None, body="[1]"))
    version = {"subject": name, "version": 1, "id": 77, "schema": SCHEMA}
    registry.faults.add(Fault(r"GET /subjects/(?!good/|bad/|other/).*/versions/", None, body=json.dumps(version)))
    result = ended(run("registry", "pull", "again", cwd=filled), ("pull",))
    assert result.code in (0, 3)
    again = contents(filled / "again")
    assert {path: text for path, text in again.items() if path in whole} == whole
    assert len(again) == len(whole) + (result.code == 0)
    assert sorted(path.name for path in filled.parent.iterdir()) == sorted(
        {"project", "cache", "config"} & {path.name for path in filled.parent.iterdir()}
    )
    for words in (("registry", "subjects"), ("registry", "diff", "again"), ("lock",), ("lock", "--check")):
        ended(run(*words, cwd=filled), words)


@pytest.mark.slow
@pytest.mark.parametrize("way", list(WAYS)[::4])
def test_a_file_that_cannot_be_read(way: str, run: Run, filled: Path) -> None:
    (filled / "pulled" / "good" / "1.avsc").write_text(record("A", b="int"))
    before = run("registry", "diff", "pulled", cwd=filled)
    WAYS[way](filled / "pulled" / "bad" / "1.avsc")
    result = ended(run("registry", "diff", "pulled", cwd=filled), ("diff", way))
    assert result.code == 1
    about = [line for line in result.out.splitlines() if line.startswith("good")]
    assert about == [line for line in before.out.splitlines() if line.startswith("good")]
    assert "bad" in result.out + result.err


@pytest.mark.slow
@pytest.mark.parametrize("first", range(4))
def test_a_lock_that_cannot_be_read_is_no_lock(first: int, run: Run, filled: Path, tmp_path: Path) -> None:
    """Nothing is compared with it, and it is replaced by a whole one or left as it is."""
    lock = filled / "evtcompat.lock"
    assert run("lock", cwd=filled).code == 0
    whole = lock.read_bytes()
    for way in list(WAYS)[first::4]:
        for words in (("lock", "--check"), ("check", "good.avsc", "--against", "lock"), ("lock",)):
            if lock.is_dir():
                lock.rmdir()
            lock.unlink(missing_ok=True)
            lock.write_bytes(whole)
            WAYS[way](lock)
            before = contents(tmp_path)
            result = ended(run(*words, cwd=filled), (way, *words))
            if words != ("lock",):
                assert result.code in (2, 3), (way, words, result.out, result.err)
                assert contents(tmp_path) == before, (way, words)
            elif result.code == 0:
                assert lock.read_bytes() == whole, way


TOKENS: Final = {
    "too deep": b"[" * 200_000,
    "objects without end": b'{"access_token": ' * 50_000,
    "a number": b'{"access_token": 5}',
    "half a character": b'{"access_token": "\\ud800"}',
    "two lines": b'{"access_token": "x\\r\\ny"}',
    "no ASCII": '{"access_token": "é"}'.encode(),
    "null": b"null",
    "nothing": b"",
    "no UTF-8": b"\xff",
    "400 digits": b'{"access_token": "t", "expires_in": 1' + b"0" * 400 + b"}",
    "no end": b'{"access_token": "t", "expires_in": 1e999}',
    "not a number": b'{"access_token": "t", "expires_in": NaN}',
    "words": b'{"access_token": "t", "expires_in": "x"}',
}
#: Those that are a token all the same.
GOOD: Final = ("400 digits", "no end", "not a number", "words")


@contextmanager
def authorizing(body: bytes) -> Iterator[str]:
    """A server that gives a token, and is the registry as well."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(body)

        def do_GET(self) -> None:
            self._answer(b'["a"]')

        def _answer(self, data: bytes) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("what", TOKENS)
def test_an_authorization_server_may_answer_anything(
    what: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with authorizing(TOKENS[what]) as url:
        for word, value in (("URL", url), ("OAUTH_TOKEN_URL", f"{url}/token"), ("OAUTH_CLIENT_ID", "i")):
            monkeypatch.setenv(f"EVTCOMPAT_REGISTRY_{word}", value)
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_OAUTH_CLIENT_SECRET", "s")
        result = ended(run("registry", "subjects", cwd=tmp_path), (what,))
    assert result.code == (0 if what in GOOD else 3), result.err
    assert what in GOOD or "gives no token" in result.err
