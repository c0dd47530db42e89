"""An event of a document is compared with its own past, whatever else comes into the document or leaves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from sources.conftest import Repo

pytestmark = pytest.mark.slow

#: Payloads by their one property; `was` has an integer where `is` has a string.
WAS, NOW = {"id": {"type": "integer"}}, {"id": {"type": "string"}}


def payload(properties: object) -> dict[str, object]:
    return {"payload": {"type": "object", "required": ["id"], "properties": properties}}


def third(kept: dict[str, object], **channels: object) -> dict[str, object]:
    """A document of AsyncAPI 3 whose channels carry one message called Changed each."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "channels": {
            name: {"address": f"shop.{name}", "messages": {"Changed": payload(properties)}}
            for name, properties in channels.items()
        },
        "components": {"messages": {name: payload(properties) for name, properties in kept.items()}},
    }


def second(**channels: object) -> dict[str, object]:
    """The same of AsyncAPI 2."""
    return {
        "asyncapi": "2.6.0",
        "info": {"title": "Shop", "version": "1"},
        "channels": {
            name: {"publish": {"message": {"name": "Changed", **payload(properties)}}}
            for name, properties in channels.items()
        },
    }


def webhook(**methods: dict[str, object]) -> dict[str, object]:
    """A document of OpenAPI with a webhook called Changed, by method and media type."""
    bodies = {
        method: {
            "requestBody": {
                "content": {
                    media: {"schema": {"type": "object", "required": ["id"], "properties": properties}}
                    for media, properties in content.items()
                }
            }
        }
        for method, content in methods.items()
    }
    return {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "webhooks": {"Changed": bodies}}


JSON, OTHER = "application/json", "application/vnd.shop+json"

#: The document at the baseline and now: the orders have another payload, and something else has the one that they had.
CASES = {
    "another channel gets a message of that name": (third({}, orders=WAS), third({}, parcels=WAS, orders=NOW)),
    "the other way round": (third({}, orders=WAS), third({}, orders=NOW, parcels=WAS)),
    "a channel leaves": (third({}, parcels=NOW, orders=WAS), third({}, orders=NOW)),
    "a message of that name is kept for use": (third({}, orders=WAS), third({"Changed": WAS}, orders=NOW)),
    "a webhook gets a media type": (webhook(post={JSON: WAS}), webhook(post={OTHER: WAS, JSON: NOW})),
    "a webhook gets a method": (webhook(post={JSON: WAS}), webhook(put={JSON: WAS}, post={JSON: NOW})),
    "a webhook loses a method": (webhook(put={JSON: NOW}, post={JSON: WAS}), webhook(post={JSON: NOW})),
    "in 2.x": (second(orders=WAS), second(parcels=WAS, orders=NOW)),
    "a third one": (second(a=WAS, orders=WAS), second(a=WAS, b=WAS, orders=NOW)),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_compared_with_its_own_past(case: str, run: Run, repository: Path) -> None:
    """What is not unique any more, or is unique from now on, has another name and the same past."""
    before, after = CASES[case]
    repo = Repo(repository)
    repo.save({"document.json": json.dumps(before)})
    (repo.path / "document.json").write_text(json.dumps(after), encoding="utf-8")
    result = run("check", "document.json", "--format", "json", cwd=repo.path)
    report = json.loads(result.out)
    (broken,) = [one for one in report["subjects"] if one["state"] == "compared"]
    assert (result.code, broken["verdict"]) == (1, "incompatible")
    own = ("Changed", "shop.orders.Changed", "orders.Changed", f"Changed.post.{JSON.replace('/', '.')}", "Changed.post")
    assert broken["subject"] in own


def test_a_message_that_moves_to_the_components_keeps_its_past(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"asyncapi.json": json.dumps(third({}, orders=WAS))})
    moved = third({"Changed": NOW})
    moved["channels"] = {
        "o": {"address": "shop.orders", "messages": {"Changed": {"$ref": "#/components/messages/Changed"}}}
    }
    (repo.path / "asyncapi.json").write_text(json.dumps(moved), encoding="utf-8")
    (only,) = json.loads(run("check", ".", "--format", "json", cwd=repo.path).out)["subjects"]
    assert (only["subject"], only["state"], only["verdict"]) == ("Changed", "compared", "incompatible")
