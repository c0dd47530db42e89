"""What goes wrong between here and a registry, over real sockets: a typed error each time, never an answer."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
import trustme

from cli_harness import Run
from evtcompat.errors import RegistryError
from evtcompat.registries import errors
from evtcompat.registries.base import Reference, SchemaRegistry
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.retries import Patience
from evtcompat.testing import Account, Fault, RegistryServer
from evtcompat.testing.store import Content
from registries.aws import SECRET, aws_environment, needs

HURRY = Patience(connect=2, read=0.4, whole=1.0, retries=2, backoff=0.01, longest_pause=2)
RECORD = '{"type":"record","name":"A","fields":[]}'


def client_of(url: str, **environ: str) -> ConfluentRegistry:
    """A client in a hurry, whose environment names the registry."""
    variables = {f"EVTCOMPAT_REGISTRY_{name}": value for name, value in {"URL": url, **environ}.items()}
    return ConfluentRegistry(find_target(None, environ=variables), patience=HURRY)


class Kind:
    """A kind of registry whose API is at a URL, whatever answers there."""

    #: How it asks for its subjects, and what messages call that.
    asked = "GET /subjects"
    #: What answers when there are none.
    none = "[]"

    def shown(self, url: str) -> str:
        """What messages call the registry."""
        return url

    def open(self, url: str, **environ: str) -> SchemaRegistry:
        """A client in a hurry that shows the secret."""
        return client_of(url, USERNAME="ann", PASSWORD=SECRET, **environ)


class Context(Kind):
    """Confluent's API below the URL of a context."""

    def shown(self, url: str) -> str:
        return f"{url}/contexts/.dev"

    def open(self, url: str, **environ: str) -> SchemaRegistry:
        return super().open(self.shown(url), **environ)


class Glue(Kind):
    """The API of AWS Glue."""

    asked = "ListSchemas"
    none = '{"Schemas": []}'

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def shown(self, url: str) -> str:
        del url
        return "glue://eu-west-1/shop"

    def open(self, url: str, **environ: str) -> SchemaRegistry:
        needs("boto3")
        from evtcompat.registries.glue.client import GlueRegistry

        aws_environment(self._patch, url)
        variables = {f"EVTCOMPAT_REGISTRY_{name}": value for name, value in {"URL": self.shown(url), **environ}.items()}
        return GlueRegistry(find_target(None, environ=variables), patience=replace(HURRY, retries=1))


@pytest.fixture(params=["confluent", "context", "glue"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    return {"confluent": Kind(), "context": Context(), "glue": Glue(monkeypatch)}[request.param]


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer(accounts=[Account("ann", SECRET, write=".*")]) as running:
        yield running


FAULTS: dict[str, tuple[Fault, type[RegistryError], str]] = {
    "time-out": (Fault(delay=0.8, times=None), errors.RegistryTimeoutError, "silent"),
    "drip": (Fault(body=f'["{"a" * 36}"]', drip=0.1, times=None), errors.RegistryTimeoutError, "did not finish"),
    "reset": (Fault(body='["aaaa"]', reset_after=3, times=None), errors.RegistryAnswerError, "broke off"),
    "cut": (Fault(body='["aaaa"]', cut_after=3, times=None), errors.RegistryAnswerError, "broke off"),
    "truncated JSON": (Fault(body='["a", "b'), errors.RegistryAnswerError, "breaks off or is malformed"),
    "empty": (Fault(body=""), errors.RegistryAnswerError, "empty body"),
    "login page": (
        Fault(body="<!DOCTYPE html><p>Log in</p>", media_type="text/html"),
        errors.RegistryAnswerError,
        "HTML page",
    ),
    "another shape": (Fault(body='{"subjects": []}'), errors.RegistryAnswerError, "JSON of another shape"),
    "429 with a long pause": (
        Fault(status=429, headers={"Retry-After": "3600"}),
        errors.RegistryThrottledError,
        "HTTP 429",
    ),
    "500 for ever": (Fault(status=500, times=None), errors.RegistryServerError, "HTTP 500"),
    "echoed password": (
        Fault(status=400, body=f'{{"message": "you are ann:{SECRET}"}}'),
        errors.RegistryRejectedError,
        "you are ann:***",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_becomes_a_typed_error(name: str, kind: Kind, server: RegistryServer) -> None:
    """It names registry, request and what to try, and never the password."""
    fault, error, words = FAULTS[name]
    if isinstance(kind, Glue):  # AWS's client decides itself what it asks for again, and releases of it differ
        fault = replace(fault, times=None)
    server.faults.add(fault)
    with kind.open(server.url) as client, pytest.raises(RegistryError) as caught:
        client.subjects()

    assert type(caught.value) is error
    assert words in caught.value.message
    assert kind.shown(server.url) in caught.value.message
    assert kind.asked in caught.value.message
    assert caught.value.exit_code == 3
    assert caught.value.hint or error is errors.RegistryRejectedError
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert SECRET not in f"{caught.value!s}{caught.value!r}{client.__dict__!r}"


@pytest.mark.slow
def test_a_short_trouble_is_overcome(kind: Kind, server: RegistryServer) -> None:
    """503, an answer that breaks off, and a registry that asks to be asked less: then success."""
    slower = Fault(status=400, body='{"__type": "ThrottlingException", "message": "Rate exceeded"}')
    for fault in (slower if kind.asked == "ListSchemas" else Fault(status=503), Fault(reset_after=1, body="[]")):
        server.faults.add(fault)
    server.faults.add(Fault(status=200, body=kind.none, times=None))
    with kind.open(server.url) as client:
        assert client.subjects() == ()
    server.faults.clear()
    throttled = Fault(status=429, headers={"Retry-After": "0"})
    server.faults.add(Fault(status=503) if kind.asked == "ListSchemas" else throttled)
    server.faults.add(Fault(status=200, body=kind.none, times=None))
    with kind.open(server.url) as client:
        assert client.subjects() == ()


@pytest.mark.slow
def test_connections_are_reused(kind: Kind, server: RegistryServer) -> None:
    server.faults.add(Fault(status=200, body=kind.none, times=None))
    with kind.open(server.url) as client:
        for _ in range(5):
            client.subjects()

    assert len({seen.port for seen in server.seen}) == 1


@pytest.mark.parametrize(("url", "words"), [("http://registry.invalid", "DNS"), (None, "refuses the connection")])
def test_no_connection(url: str | None, words: str, kind: Kind) -> None:
    if url is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with kind.open(url) as client, pytest.raises(errors.RegistryUnreachableError) as caught:
        client.subjects()

    assert words in caught.value.message
    assert "--against lock" in (caught.value.hint or "")


def test_a_redirect_to_another_host_is_not_followed(kind: Kind, server: RegistryServer) -> None:
    """Neither the request nor the credentials reach it."""
    with RegistryServer() as elsewhere:
        server.faults.add(Fault(status=302, headers={"Location": f"{elsewhere.url}/subjects"}))
        with kind.open(server.url) as client, pytest.raises(errors.RegistryRedirectError) as caught:
            client.subjects()

        assert elsewhere.url in caught.value.message
        assert elsewhere.seen == []


def test_a_redirect_on_the_same_host_is_followed(server: RegistryServer) -> None:
    server.faults.add(Fault(where="/subjects", status=307, headers={"Location": "/subjects?moved=1"}))
    with client_of(server.url, USERNAME="ann", PASSWORD=SECRET) as client:
        assert client.subjects() == ()


def test_credentials_go_to_their_host_only(
    server: RegistryServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither to a URL that a repository's configuration names, nor from ~/.netrc."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password anything\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    environ = {
        "EVTCOMPAT_REGISTRY_PROD_URL": "https://registry.example.com",
        "EVTCOMPAT_REGISTRY_PROD_USERNAME": "ann",
        "EVTCOMPAT_REGISTRY_PROD_PASSWORD": SECRET,
    }
    with (
        ConfluentRegistry(find_target(None, environ=environ, configured=server.url), patience=HURRY) as client,
        pytest.raises(errors.RegistryUnauthorizedError),
    ):
        client.subjects()

    assert [seen.authorized for seen in server.seen] == [False]


@pytest.mark.slow
def test_tls(tmp_path: Path, kind: Kind) -> None:
    """An unknown authority is refused; a named one is accepted; mutual TLS shows the client's certificate."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("client@example.com").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if mutual := not isinstance(kind, Glue):  # AWS knows its clients by signatures
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    with RegistryServer(tls=context) as server:
        server.faults.add(Fault(status=200, body=kind.none, times=None))
        with kind.open(server.url) as client, pytest.raises(errors.RegistryTlsError, match="TLS failed"):
            client.subjects()
        ca, cert = str(tmp_path / "ca.pem"), str(tmp_path / "client.pem")
        if mutual:
            with kind.open(server.url, CA=ca) as client, pytest.raises(errors.RegistryCallError):
                client.subjects()
        with kind.open(server.url, CA=ca, **({"CLIENT_CERT": cert} if mutual else {})) as client:
            assert client.subjects() == ()


def test_references_that_form_a_cycle() -> None:
    """A registry refuses to make one; a damaged one may have it all the same."""
    with RegistryServer() as server:
        server.store.add("a", Content(RECORD, "AVRO", (Reference("B", "b", 1),)))
        server.store.add("b", Content(RECORD, "AVRO", (Reference("A", "a", 1),)))
        from evtcompat.sources.published.registered import registry_history

        with client_of(server.url) as client, pytest.raises(errors.ReferenceCycleError, match="form a cycle"):
            registry_history(client, "a")


def test_a_subject_that_is_deleted_between_two_calls() -> None:
    with RegistryServer() as server:
        for symbol in "abc":
            server.store.add("a", Content(f'{{"type":"enum","name":"E","symbols":["{symbol}"]}}', "AVRO"))
        server.faults.add(
            Fault(where="versions/2", status=404, body='{"error_code": 40402, "message": "Version 2 not found."}')
        )
        with client_of(server.url) as client, pytest.raises(errors.VersionNotFoundError) as caught:
            client.history("a")

    assert "was listed a moment ago and is gone now" in caught.value.message


@pytest.mark.slow
def test_a_subject_that_looks_like_a_path(tmp_path: Path) -> None:
    """Nothing is written outside of the folder."""
    from evtcompat.registries.layout import write_files
    from evtcompat.registries.locking import read_states

    with RegistryServer() as server, client_of(server.url) as client:
        for subject in ("../../x", "..", "/etc/passwd", "a/b", "CON", ":.ctx:s"):
            client.register(subject, RECORD)
        states = read_states(client)
        written = write_files(
            tmp_path / "deep" / "folder", [one for state in states.values() for one in state.versions]
        )

    assert len(states) == len(written) == 6
    assert all(file.resolve().is_relative_to(tmp_path / "deep" / "folder") for file in written)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep"]


class _Proxy(http.server.BaseHTTPRequestHandler):
    """A proxy that answers for every registry."""

    asked: ClassVar[list[str]] = []

    none: ClassVar[bytes] = b""

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.none)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.slow
def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """Requests go through it; one that is down is told as such, without its password."""
    _Proxy.asked.clear()
    monkeypatch.setattr(_Proxy, "none", kind.none.encode())
    with http.server.HTTPServer(("127.0.0.1", 0), _Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        with kind.open("http://registry.example.com") as client:
            assert client.subjects() == ()
        proxy.shutdown()
    assert _Proxy.asked[0].startswith("http://registry.example.com/")
    monkeypatch.setenv("HTTP_PROXY", f"http://user:{SECRET}@127.0.0.1:{proxy.server_port}")
    with kind.open("http://registry.example.com") as client, pytest.raises(errors.RegistryUnreachableError) as caught:
        client.subjects()

    assert "proxy" in caught.value.message
    assert SECRET not in str(caught.value)


@contextmanager
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """Something that takes connections and never answers: its URL, and what it took."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken
        listener.shutdown(socket.SHUT_RDWR)
    for connection in taken:
        connection.close()


@pytest.mark.slow
def test_a_registry_that_does_not_speak_tls_is_told_with_the_url_to_try(kind: Kind) -> None:
    with (
        RegistryServer() as server,
        kind.open(server.url.replace("http://", "https://")) as client,
        pytest.raises(errors.RegistryTlsError) as found,
    ):
        client.subjects()
    assert "begin its URL with http:// instead of https://" in str(found.value)


@pytest.mark.slow
def test_a_registry_that_never_answered_is_asked_no_more(kind: Kind) -> None:
    with silent() as (url, taken), kind.open(url) as client:
        with pytest.raises(errors.RegistryTimeoutError) as first:
            client.subjects()
        attempts = len(taken)
        assert f" s, {attempts} times" in first.value.message, "how long it took in all can be told from it"
        with pytest.raises(errors.RegistryTimeoutError) as later:
            client.version("a")
        assert len(taken) == attempts
        assert later.value.message == first.value.message


@pytest.mark.slow
def test_a_subject_that_does_not_come_hides_none_of_the_others(server: RegistryServer) -> None:
    server.faults.add(Fault(delay=0.8, where="/bad/", times=None))
    with client_of(server.url, USERNAME="ann", PASSWORD=SECRET) as client:
        client.register("good", RECORD, kind="AVRO")
        with pytest.raises(errors.RegistryTimeoutError):
            client.versions("bad")
        assert client.versions("good") == (1,)


@pytest.mark.slow
@pytest.mark.parametrize("status", [None, 503])
def test_a_check_asks_once_for_the_subjects_of_a_registry_that_does_not_tell(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    monkeypatch.setattr(Patience, "within", lambda *_, **__: HURRY)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.avsc").write_text(RECORD)
    with silent() as (url, taken), RegistryServer() as failing:
        failing.faults.add(Fault(status=503, times=None))
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", url if status is None else failing.url)
        assert run("check", ".", "--against", "registry", cwd=tmp_path).code == 3
        assert len(taken if status is None else failing.seen) == HURRY.retries + 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [None, Fault(status=500, times=None), Fault(body="<html>", times=None)])
def test_an_outage_never_ends_with_0(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault | None, kind: Kind
) -> None:
    """And no command prints the password."""
    if isinstance(kind, Glue):
        needs("boto3")
    server = RegistryServer().start()
    if fault is not None:
        server.faults.add(fault)
    else:
        server.stop()
    (tmp_path / "a-v1.avsc").write_text(RECORD)
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", kind.shown(server.url))
    if isinstance(kind, Glue):
        aws_environment(monkeypatch, server.url)
    else:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_TOKEN", SECRET)
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    hurry = replace(HURRY, retries=0) if isinstance(kind, Glue) else HURRY
    monkeypatch.setattr(Patience, "within", lambda *_, **__: hurry)
    commands: list[tuple[str, ...]] = [
        ("check", "a-v1.avsc", "--against", "registry"),
        ("registry", "subjects"),
        ("registry", "register", "a-v1.avsc", "--yes"),
        ("registry", "pull", "out"),
        ("registry", "diff", "."),
        ("lock",),
    ]
    try:
        for command in commands:
            result = run(*command, cwd=tmp_path)
            assert result.code == 3, command
            assert kind.shown(server.url) in result.out + result.err
            assert SECRET not in result.out + result.err
    finally:
        server.stop()
    assert not (tmp_path / "evtcompat.lock").exists()
