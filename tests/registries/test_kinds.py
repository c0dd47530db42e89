"""Which registry an address means: Confluent's API, a kind of another distribution, or one that is not spoken here."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from cli_harness import Run
from evtcompat.errors import UsageError
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import Target, find_target
from evtcompat.registries.opening import open_registry

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
