"""Which registry is meant, what it is shown, and what two processes do to one cache."""

from __future__ import annotations

import http.server
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from evtcompat.errors import ConfigError, UsageError
from evtcompat.registries import errors
from evtcompat.registries.base import Registered
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.testing import Account, RegistryServer

SECRET = "hunter2-secret"  # noqa: S105 - of these tests
_TOKEN = "the-token"  # noqa: S105 - idem
P = "EVTCOMPAT_REGISTRY_"


@pytest.mark.parametrize(
    ("wanted", "environ", "url", "bound"),
    [
        (None, {f"{P}URL": "https://A.example/x/", f"{P}TOKEN": SECRET}, "https://a.example/x", True),
        (None, {f"{P}URL": f"https://u:{SECRET}@a.example"}, "https://a.example", True),
        ("prod", {f"{P}PROD_URL": "https://p.example", f"{P}PROD_TOKEN": SECRET}, "https://p.example", True),
        ("https://p.example:443/y", {f"{P}PROD_URL": "https://p.example"}, "https://p.example:443/y", True),
        ("http://p.example", {f"{P}PROD_URL": "https://p.example"}, "http://p.example", False),
        ("https://q.example", {f"{P}URL": "https://p.example", f"{P}TOKEN": SECRET}, "https://q.example", False),
    ],
)
def test_the_registry_that_is_meant(wanted: str | None, environ: dict[str, str], url: str, bound: bool) -> None:  # noqa: FBT001 - a table
    """Credentials belong to scheme, host and port; no printed form shows them."""
    target = find_target(wanted, environ=environ)

    assert str(target.address) == url
    assert (target.credentials.host == target.address.host) is bound
    assert bound or not target.credentials.secrets
    assert SECRET not in repr(target)


@pytest.mark.parametrize(
    ("wanted", "environ", "kind"),
    [
        (None, {}, UsageError),
        ("prod", {f"{P}URL": "https://a.example"}, UsageError),
        (f"https://u:{SECRET}@a.example", {}, UsageError),
        ("ftp://a.example", {}, UsageError),
        (None, {f"{P}URL": f"https://u:{SECRET}@[a"}, UsageError),
        (None, {f"{P}URL": "https://a.example", f"{P}TOKEN": SECRET, f"{P}USERNAME": "u"}, ConfigError),
        (None, {f"{P}URL": "https://a.example", f"{P}OAUTH_TOKEN_URL": "https://b.example"}, ConfigError),
        (None, {f"{P}URL": "https://a.example", f"{P}TIMEOUT": "soon"}, ConfigError),
    ],
)
def test_what_is_refused(wanted: str | None, environ: dict[str, str], kind: type[UsageError]) -> None:
    with pytest.raises(kind) as caught:
        find_target(wanted, environ=environ)

    assert caught.value.exit_code == 2
    assert SECRET not in str(caught.value)


def test_names_of_the_users_own_folder(tmp_path: Path) -> None:
    (tmp_path / "registries.toml").write_text('[prod]\nurl = "https://p.example"\n')
    target = find_target("prod", environ={f"{P}PROD_TOKEN": SECRET}, user_folder=tmp_path)

    assert target.credentials.host == "https://p.example:443"
    (tmp_path / "registries.toml").write_text('[prod]\nurl = "https://p.example"\npassword = "x"\n')
    with pytest.raises(ConfigError, match="must hold `url` and nothing else"):
        find_target("prod", environ={}, user_folder=tmp_path)


class _Tokens(http.server.BaseHTTPRequestHandler):
    """An authorization server."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        good = self.headers["Authorization"] == Account("me", SECRET).header
        body = json.dumps({"access_token": "the-token", "expires_in": 3600} if good else {"error": "no"}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.slow
def test_oauth_client_credentials() -> None:
    """One token serves many requests; a refusal is typed and shows no secret."""
    _Tokens.bodies.clear()
    with (
        http.server.HTTPServer(("127.0.0.1", 0), _Tokens) as tokens,
        RegistryServer(accounts=[Account("me", token=_TOKEN)]) as server,
    ):
        threading.Thread(target=tokens.serve_forever, args=(0.05,), daemon=True).start()
        environ = {
            f"{P}URL": server.url,
            f"{P}OAUTH_TOKEN_URL": f"http://127.0.0.1:{tokens.server_port}/token",
            f"{P}OAUTH_CLIENT_ID": "me",
            f"{P}OAUTH_CLIENT_SECRET": SECRET,
            f"{P}OAUTH_SCOPE": "schemas",
        }
        with ConfluentRegistry(find_target(None, environ=environ)) as client:
            assert client.subjects() == client.subjects() == ()
        assert _Tokens.bodies == [b"grant_type=client_credentials&scope=schemas"]
        wrong = {**environ, f"{P}OAUTH_CLIENT_SECRET": f"{SECRET}-old"}
        with (
            ConfluentRegistry(find_target(None, environ=wrong)) as client,
            pytest.raises(errors.RegistryUnauthorizedError) as caught,
        ):
            client.subjects()
        tokens.shutdown()

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("profile", "kind"), [("confluent", errors.RegistryForbiddenError), ("karapace", errors.SubjectNotFoundError)]
)
def test_what_is_forbidden(profile: str, kind: type[errors.RegistryCallError]) -> None:
    with RegistryServer(profile, accounts=[Account("ann", SECRET, read="a.*")]) as server:
        environ = {f"{P}URL": server.url, f"{P}USERNAME": "ann", f"{P}PASSWORD": SECRET}
        with ConfluentRegistry(find_target(None, environ=environ)) as client, pytest.raises(kind):
            client.register("a", '"string"')


def test_contexts_have_ids_of_their_own() -> None:
    with RegistryServer() as server, ConfluentRegistry(find_target(server.url, environ={})) as client:
        assert client.register("a", '"string"') == client.register(":.eu:a", '"int"') == 1
        assert client.contexts() == (".", ".eu")
        assert client.schema(1).text == '"string"'
        assert client.schema(1, subject=":.eu:").text == '"int"'
        assert client.subjects(prefix=":.eu:") == (":.eu:a",)


@pytest.mark.slow
def test_many_writers_of_one_cache_leave_whole_entries(tmp_path: Path) -> None:
    """Whoever reads meanwhile sees a whole entry or none."""
    versions = [Registered("s", number, number, '"' + "x" * 20_000 + '"') for number in (1, 2)]

    def work(_: int) -> bool:
        cache = VersionCache(tmp_path, "http://r")
        for found in versions:
            cache.put(found)
        return all(cache.get("s", found.version) in (found, None) for found in versions)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))
    assert VersionCache(tmp_path, "http://r").get("s", 1) == versions[0]
    assert VersionCache(tmp_path, "http://other").get("s", 1) is None
    assert not [file for file in tmp_path.rglob(".*") if file.is_file()]
