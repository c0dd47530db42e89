"""Which registry an address means: Confluent's API, a kind of another distribution, or one that is not spoken here."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import EntryPoint

import pytest

from cli_harness import Run
from evtcompat.errors import UsageError
from evtcompat.registries import errors
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import Target, find_target
from evtcompat.registries.opening import open_registry
from evtcompat.testing import RegistryServer
from registries.aws import aws_environment, needs

Serve = Callable[[Mapping[str, tuple[int, str]]], AbstractContextManager[str]]


@pytest.fixture
def serving() -> Serve:
    """Serves answers by path, and a login page for everything else."""

    @contextmanager
    def serve(answers: Mapping[str, tuple[int, str]]) -> Iterator[str]:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers.get(self.path.partition("?")[0], (404, "<!DOCTYPE html><p>Log in</p>"))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()

    return serve


FOREIGN = {
    "https://registry.example.com/apis/registry/v3": ("Apicurio Registry's own API", "/apis/ccompat/v7"),
    "http://127.0.0.1:8080/apis/registry/v2/groups": (
        "Apicurio Registry's own API",
        "http://127.0.0.1:8080/apis/ccompat",
    ),
    "https://ann:secret@a.example.com/apis/registry/v2": ("Apicurio", "https://a.example.com/apis/ccompat/v7"),
    "https://shop.servicebus.windows.net": ("Azure Schema Registry", "evtcompat check FOLDER"),
    "https://pubsub.googleapis.com/v1/projects/shop/schemas": ("Google Pub/Sub", "evtcompat check FOLDER"),
    "https://glue.eu-west-1.amazonaws.com": ("AWS Glue Schema Registry", "glue://REGION/REGISTRY"),
    "arn:aws:glue:eu-west-1:123456789012:schema/shop/order": ("AWS Glue Schema Registry", "glue://REGION/REGISTRY"),
}


@pytest.mark.parametrize("address", FOREIGN)
def test_another_api_is_named_with_what_to_do(run: Run, address: str) -> None:
    product, advice = FOREIGN[address]
    result = run("registry", "subjects", "--registry", address)

    assert result.code == 2
    assert product in result.err
    assert advice in result.err
    assert "secret" not in result.err
    with pytest.raises(UsageError, match=r"EVTCOMPAT_REGISTRY_URL leads to"):
        find_target(None, environ={"EVTCOMPAT_REGISTRY_URL": address})


#: What another product answers, by path: status and body; and what is said then.
ANSWERS: dict[str, tuple[dict[str, tuple[int, str]], str]] = {
    "Apicurio 3 at its root": (
        {"/apis/registry/v3/system/info": (200, '{"name": "Apicurio Registry (In Memory)", "version": "3.0.4"}')},
        "/apis/ccompat/v7",
    ),
    "Apicurio 2 at its root": (
        {"/apis/registry/v2/system/info": (200, '{"name": "Apicurio Registry (SQL)", "version": "2.6.2"}')},
        "/apis/ccompat/v7",
    ),
    "Apicurio 2": (
        {"/subjects": (404, '{"error_code": 404, "message": "No", "name": "NotFoundException", "detail": "..."}')},
        "/apis/ccompat/v7",
    ),
    "Azure": (
        {"/subjects": (401, '{"error": {"code": "Unauthorized", "message": "No. TrackingId:1, SystemTracker:x"}}')},
        "Azure Schema Registry answers there",
    ),
    "Google": (
        {"/subjects": (404, '{"error": {"code": 404, "message": "Not found.", "status": "NOT_FOUND"}}')},
        "Google Cloud answers there",
    ),
    "AWS": (
        {"/subjects": (400, '{"__type": "com.amazon.coral.service#UnknownOperationException"}')},
        "glue://REGION/REGISTRY",
    ),
}


@pytest.mark.parametrize("product", ANSWERS)
def test_another_api_is_known_by_its_answer(run: Run, product: str, serving: Serve) -> None:
    answers, words = ANSWERS[product]
    with serving(answers) as url:
        result = run("registry", "subjects", "--registry", url)

    assert result.code == 3
    assert words in result.err
    assert "answers there, in another API" in result.err


def test_a_page_of_nobody_is_taken_for_no_product(run: Run, serving: Serve) -> None:
    with serving({}) as url:
        result = run("registry", "subjects", "--registry", url)

    assert result.code == 3
    assert "HTTP 404" in result.err
    assert "in another API" not in result.err


@pytest.mark.slow
def test_confluents_api_given_as_glue_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("boto3")
    with RegistryServer() as server:
        aws_environment(monkeypatch, server.url)
        with (
            open_registry("glue://eu-west-1/shop", None, {"EVTCOMPAT_CACHE": "off"}) as client,
            pytest.raises(errors.RegistryUnsupportedError, match="as a registry with Confluent's API does") as caught,
        ):
            client.subjects()
    assert "Its address is its URL" in (caught.value.hint or "")


def test_a_registry_without_contexts_is_told_so() -> None:
    with (
        RegistryServer("karapace") as server,
        open_registry(f"{server.url}/contexts/.dev", None, {"EVTCOMPAT_CACHE": "off"}) as client,
        pytest.raises(errors.RegistryUnsupportedError) as caught,
    ):
        client.subjects()
    assert "may have no contexts" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "address",
    ["https://r.example.com/apis/ccompat/v7", "https://r.example.com:8081", "http://127.0.0.1:8081/contexts/.dev"],
)
def test_confluents_api_is_spoken_below_any_path(address: str) -> None:
    with open_registry(address, None, {"EVTCOMPAT_CACHE": "off"}) as registry:
        assert isinstance(registry, ConfluentRegistry)
        assert str(registry.address) == address


def opened(target: Target, cache: VersionCache | None) -> SchemaRegistry:
    """What a distribution names in the entry point group."""
    assert cache is None
    return ConfluentRegistry(target)


def test_a_kind_of_another_distribution_is_found_by_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is asked for only where no built-in kind fits."""
    asked: list[str | None] = []

    def entries(*, group: str, name: str | None = None) -> tuple[EntryPoint, ...]:
        assert group == "evtcompat.registries"
        asked.append(name)
        return (EntryPoint("mine", f"{__name__}:opened", group),) if name in {"mine", None} else ()

    monkeypatch.setattr("importlib.metadata.entry_points", entries)
    monkeypatch.setattr(EntryPoint, "load", lambda _: opened)
    open_registry("http://127.0.0.1:8081", None, {"EVTCOMPAT_CACHE": "off"})
    assert asked == []

    with open_registry("mine://host/path", None, {"EVTCOMPAT_CACHE": "off"}) as registry:
        assert str(registry.address) == "mine://host/path"
    with pytest.raises(UsageError, match="must be a URL that begins with"):
        open_registry("yours://host", None, {})
