"""What a registry leaves out, or says twice: a part of a history is no history, and what is not shown is asked for."""

from __future__ import annotations

import http.server
import json
import threading
from pathlib import Path
from typing import ClassVar, Final

import pytest

from cli_harness import Run
from evtcompat.model.levels import Level
from evtcompat.registries import errors
from evtcompat.registries.confluent import client as confluent
from evtcompat.registries.retries import Patience
from evtcompat.testing import Fault, RegistryServer
from laws.projects import ended, record
from registries.test_faults import client_of

OLD: Final = record("X", a="int")
BROKEN: Final = record("X", a="string")
LISTED: Final = r"GET /subjects/?(\?|$)"
VERSIONS: Final = r"GET /subjects/o/versions/?(\?|$)"


@pytest.fixture
def breaking(run: Run, registry: RegistryServer, tmp_path: Path) -> Path:
    """A folder with a schema that breaks what the registry has."""
    del registry
    (tmp_path / "o.avsc").write_text(OLD)
    assert run("registry", "register", "o.avsc", "--yes", cwd=tmp_path).code == 0
    (tmp_path / "o.avsc").write_text(BROKEN)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("listed", ["[]", "[2]", "[0]", "[-1]", "[1, 99999999999999999999]"])
def test_a_list_without_the_latest_version_is_not_a_history(
    listed: str, run: Run, registry: RegistryServer, breaking: Path
) -> None:
    """What is missing in it would pass as new: the subject is unchecked, for a check and for a lock."""
    registry.faults.add(Fault(VERSIONS, None, body=listed))
    for words in (("check", ".", "--against", "registry"), ("lock",), ("registry", "pull", "pulled")):
        result = ended(run(*words, cwd=breaking), words)
        assert result.code == 3, (words, result.out)
        assert "/subjects/o/versions" in result.out + result.err
    assert not (breaking / "evtcompat.lock").exists()


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check", ".", "--against", "registry"), ("lock",), ("registry", "pull", "pulled")])
def test_a_list_that_goes_on_after_the_latest_version_is_not_a_history(
    words: tuple[str, ...], run: Run, registry: RegistryServer, breaking: Path
) -> None:
    """One of the two answers is old: with which version to compare is not known."""
    registry.faults.add(Fault(VERSIONS, None, body="[1, 2]"))
    result = ended(run(*words, cwd=breaking), words)
    assert result.code == 3, (words, result.out)
    assert "calls version 1 of o the latest" in " ".join((result.out + result.err).split())


@pytest.mark.slow
@pytest.mark.parametrize("code", [409, 42201, 42202, 42203, 42204, 42205, 42206, 44302])
@pytest.mark.parametrize("where", [VERSIONS, r"GET /subjects/o/versions/", r"GET /config/o", r"GET /mode/o"])
def test_a_refusal_to_tell_of_a_subject_makes_it_unchecked(
    where: str, code: int, run: Run, registry: RegistryServer, breaking: Path
) -> None:
    """Whatever the registry calls it: nobody typed the request, and nothing was judged as incompatible."""
    (breaking / "o.avsc").write_text(OLD)
    body = json.dumps({"error_code": code, "message": "no"})
    registry.faults.add(Fault(where, None, status=409 if code == 409 else 422, body=body))
    result = run("check", ".", "--against", "registry", cwd=breaking)
    assert (result.code, "1 could not be checked" in result.out) == (3, True), result.out


@pytest.mark.slow
def test_two_levels_in_one_answer_are_none(run: Run, registry: RegistryServer, breaking: Path) -> None:
    registry.faults.add(Fault("GET /config/o", None, body='{"compatibilityLevel": "NONE", "compatibility": "FULL"}'))
    result = run("check", ".", "--against", "registry", cwd=breaking)
    assert result.code == 3, result.out
    registry.faults.clear()
    registry.faults.add(Fault("GET /config/o", None, body='{"compatibilityLevel": "FULL", "compatibility": "full"}'))
    assert run("check", ".", "--against", "registry", cwd=breaking).code == 1


@pytest.mark.slow
def test_a_version_that_comes_between_two_requests_is_seen(registry: RegistryServer, breaking: Path) -> None:
    """The list is asked for once more before it is called a part."""
    del breaking
    registry.faults.add(Fault(VERSIONS, 1, body="[]"))
    with client_of(registry.url) as client:
        assert [one.version for one in client.history("o").versions] == [1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("about", "code"),
    [
        (None, 1),
        (Fault("GET /subjects/o/", None, status=403, body='{"error_code": 40301, "message": "no"}'), 3),
        (Fault("GET /subjects/o/", None, status=500, body='{"error_code": 50001, "message": "no"}'), 3),
        (Fault("GET /subjects/o/", None, status=404, body='{"error_code": 40401, "message": "no"}'), 0),
    ],
    ids=["shown when asked", "forbidden", "failing", "not there"],
)
def test_a_subject_that_is_not_listed_is_asked_for(
    about: Fault | None, code: int, run: Run, registry: RegistryServer, breaking: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry lists what whoever asks may see; a subject is new when the registry says that it is not there."""
    monkeypatch.setattr(Patience, "within", lambda *_, **__: Patience(retries=0))
    registry.faults.add(Fault(LISTED, None, body="[]"))
    if about is not None:
        registry.faults.add(about)
    result = ended(run("check", ".", "--against", "registry", cwd=breaking), ("check",))
    assert result.code == code, result.out


@pytest.mark.slow
def test_an_answer_that_says_a_thing_twice_says_nothing(run: Run, registry: RegistryServer, breaking: Path) -> None:
    """One of two schemas would have been taken, and perhaps the one under check."""
    twice = json.dumps({"subject": "o", "version": 1, "id": 1, "schema": OLD})[:-1]
    registry.faults.add(Fault("GET /subjects/o/versions/", None, body=f'{twice}, "schema": {json.dumps(BROKEN)}}}'))
    result = ended(run("check", ".", "--against", "registry", cwd=breaking), ("check",))
    assert result.code == 3
    assert "'schema' twice" in " ".join(result.out.split())


@pytest.mark.slow
def test_pages_without_end_are_left(registry: RegistryServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that always has one more subject, or version, keeps nobody busy."""
    monkeypatch.setattr(confluent, "_MOST_PAGES", 5)
    for page in range(10):
        registry.faults.add(Fault(LISTED, 1, body=json.dumps([f"s{page}"])))
    with client_of(registry.url) as client, pytest.raises(errors.RegistryAnswerError, match="more than"):
        client.subjects()

    registry.faults.add(Fault(VERSIONS, None, body=json.dumps(list(range(1, 20_000)))))
    with client_of(registry.url) as client, pytest.raises(errors.RegistryAnswerError, match="more than 10,000 items"):
        client.versions("o")


@pytest.mark.slow
@pytest.mark.parametrize("pause", ["soon", "-5", "nan", "1e400", "Wed, 99 Foo 2026"])
def test_a_pause_that_is_none_is_passed_over(pause: str, registry: RegistryServer) -> None:
    """The error is about the answer, and not about how long to wait."""
    registry.faults.add(Fault(LISTED, None, status=429, body="{}", headers={"Retry-After": pause}))
    with client_of(registry.url) as client, pytest.raises(errors.RegistryThrottledError, match="HTTP 429"):
        client.subjects()


class _Redirecting(http.server.BaseHTTPRequestHandler):
    """Answers with a header as it is."""

    location: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.send_response(302)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "location",
    ["", "file:///etc/passwd", "http://[::1", "http://127.0.0.1:99999999/", "//a b", "x:", "http://a\x1b[m/"],
)
def test_a_redirect_to_no_host_is_named(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told from a registry that cannot be reached."""
    monkeypatch.setattr(_Redirecting, "location", location)
    with http.server.HTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with (
            client_of(f"http://127.0.0.1:{server.server_port}") as client,
            pytest.raises(errors.RegistryRedirectError, match="redirects") as caught,
        ):
            client.subjects()
        server.shutdown()
    assert caught.value.message.isprintable()


@pytest.mark.slow
def test_a_locked_subject_without_versions_is_refused(run: Run, registry: RegistryServer, breaking: Path) -> None:
    """With its versions taken out of the lock, a subject would be new."""
    del registry
    (breaking / "o.avsc").write_text(OLD)
    assert run("lock", cwd=breaking).code == 0
    (breaking / "o.avsc").write_text(BROKEN)
    assert run("check", ".", "--against", "lock", cwd=breaking).code == 1
    lock = breaking / "evtcompat.lock"
    lock.write_text(f"{lock.read_text().partition('[[subject.version]]')[0]}version = []\n")
    result = ended(run("check", ".", "--against", "lock", cwd=breaking), ("check",))
    assert result.code in (2, 3)
    assert "o has no version in the lock" in result.out + result.err


@pytest.mark.slow
@pytest.mark.parametrize("other", ["JSON", "AVRO"])
def test_what_is_registered_in_another_language_is_not_compared(
    other: str, run: Run, registry: RegistryServer, tmp_path: Path
) -> None:
    """A text may be a schema of both languages; consumers read it as the one that it is registered in."""
    text = '{"type": "string"}'
    with client_of(registry.url) as client:
        client.register("s", text, kind=other)
    if other == "JSON":
        (tmp_path / "s.avsc").write_text(text)
    else:
        (tmp_path / "s.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}')
    assert run("lock", cwd=tmp_path).code == 0
    for against in ("registry", "lock"):
        result = run("check", ".", "--against", against, cwd=tmp_path)
        assert result.code == 3, result.out
        assert "s@1 is registered as a" in " ".join(result.out.split())
    with client_of(registry.url) as client:
        client.set_level(Level.NONE, "s")
    assert run("check", ".", "--against", "registry", cwd=tmp_path).code == 0
