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


def moved(document: dict[str, object]) -> dict[str, object]:
    """The document with another address for each channel; their keys stay."""
    text = json.dumps(document).replace('"address": "shop.', '"address": "eu.shop.')
    found: dict[str, object] = json.loads(text)
    return found


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
    "every channel gets another address": (third({}, a=WAS, orders=WAS), moved(third({}, a=WAS, orders=NOW))),
    "in 2.x": (second(orders=WAS), second(parcels=WAS, orders=NOW)),
    "a third one": (second(a=WAS, orders=WAS), second(a=WAS, b=WAS, orders=NOW)),
    "one that was kept for use leaves": (third({"Changed": NOW}, orders=WAS), third({}, orders=NOW)),
}
OWN = (
    "Changed",
    "shop.orders.Changed",
    "eu.shop.orders.Changed",
    "orders.Changed",
    f"Changed.post.{JSON.replace('/', '.')}",
    "Changed.post",
)

#: Where the document lies at first and now, what is committed of the two, and what is asked.
PLACES = {
    "in folders of versions": ("v1/shop.json", "v2/shop.json", "nothing", ["."]),
    "in files of versions": ("shop-v1.json", "shop-v2.json", "nothing", ["."]),
    "the newest named alone": ("v1/shop.json", "v2/shop.json", "nothing", ["v2/shop.json"]),
    "the newest added": ("v1/shop.json", "v2/shop.json", "first", ["."]),
    "the newest in the place of the one before": ("v1/shop.json", "v2/shop.json", "first alone", ["."]),
    "the same, named alone": ("v1/shop.json", "v2/shop.json", "first alone", ["v2/shop.json"]),
    "the newest edited in place": ("v1/shop.json", "v2/shop.json", "both", ["v2/shop.json"]),
    "moved": ("a/shop.json", "b/shop.json", "first alone", ["."]),
    "against a folder": ("old/shop.json", "new/shop.json", "nothing", ["new", "--against", "old"]),
    "named, against a folder": ("old/shop.json", "new/shop.json", "nothing", ["new/shop.json", "--against", "old"]),
    "the next version, against a folder": ("a/v1/s.json", "b/v2/s.json", "nothing", ["b", "--against", "a"]),
    "against a commit": ("shop.json", "shop.json", "first", [".", "--against", "git:HEAD"]),
    "the next version, against a commit": ("v1/s.json", "v2/s.json", "first", ["v2", "--against", "git:HEAD"]),
    "against a folder of a commit": ("a/shop.json", "b/shop.json", "first", ["b", "--against", "git:HEAD:a"]),
}


def judged(run: Run, folder: Path, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code, and what became of each event that was compared with an older version that differs."""
    result = run("check", *arguments, "--format", "json", cwd=folder)
    subjects = json.loads(result.out)["subjects"]
    return result.code, [(one["subject"], one["verdict"]) for one in subjects if one["state"] == "compared"]


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_compared_with_its_own_past(case: str, run: Run, repository: Path) -> None:
    """What is not unique any more, or is unique from now on, has another name and the same past."""
    before, after = CASES[case]
    repo = Repo(repository)
    repo.save({"document.json": json.dumps(before)})
    (repo.path / "document.json").write_text(json.dumps(after), encoding="utf-8")
    code, [(subject, verdict)] = judged(run, repo.path, "document.json")
    assert (code, verdict) == (1, "incompatible")
    assert subject.rpartition("/")[2] in OWN


def laid_out(place: str, case: str, repo: Repo) -> list[str]:
    """Writes and commits both states of a document, and tells what is asked then."""
    (before, after), (first, second, committed, arguments) = CASES[case], PLACES[place]
    if committed != "nothing":
        repo.save({first: json.dumps(before)} | ({second: json.dumps(before)} if committed == "both" else {}))
    repo.write(first, json.dumps(before))
    if committed == "first alone":
        (repo.path / first).unlink()
    repo.write(second, json.dumps(after))
    return arguments


@pytest.mark.parametrize("case", ["another channel gets a message of that name", "one that was kept for use leaves"])
@pytest.mark.parametrize("place", PLACES)
def test_an_event_has_its_own_past_wherever_that_lies(place: str, case: str, run: Run, repository: Path) -> None:
    """Beside the document, in git or in a folder: the same is compared as where the document is edited in place."""
    repo = Repo(repository)
    code, [(subject, verdict)] = judged(run, repo.path, *laid_out(place, case, repo))
    assert (code, verdict) == (1, "incompatible")
    assert subject.rpartition("/")[2] in OWN


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("place", PLACES)
def test_every_case_holds_everywhere(place: str, case: str, run: Run, repository: Path) -> None:
    """Each way in which names come to be others, at each place of an older version."""
    repo = Repo(repository)
    code, [(subject, verdict)] = judged(run, repo.path, *laid_out(place, case, repo))
    assert (code, verdict) == (1, "incompatible")
    assert subject.rpartition("/")[2] in OWN


def test_an_event_named_alone_has_its_own_past(run: Run, repository: Path) -> None:
    before, after = CASES["another channel gets a message of that name"]
    repo = Repo(repository)
    repo.save({"shop.json": json.dumps(before)})
    repo.write("shop.json", json.dumps(after))
    event = "shop.json#shop.orders.Changed"
    assert judged(run, repo.path, event) == (1, [("shop.orders.Changed", "incompatible")])


def test_a_version_that_is_gone_is_no_new_name_of_another_event(run: Run, repository: Path) -> None:
    """What is new in v2 and has the content that something had in v1 is new, with v1 there or not."""
    repo = Repo(repository)
    arguments = laid_out("the newest in the place of the one before", "a message of that name is kept for use", repo)
    subjects = json.loads(run("check", *arguments, "--format", "json", cwd=repo.path).out)["subjects"]
    assert ("Changed", "new") in [(one["subject"], one["state"]) for one in subjects]


def test_what_is_kept_in_another_file_has_its_past_in_the_next_version(run: Run, tmp_path: Path) -> None:
    """A place in a file beside a document is the same place in its next version."""
    for version, channels in (("v1", {"orders": "a"}), ("v2", {"parcels": "b", "orders": "a"})):
        document = third({})
        document["channels"] = {
            name: {"address": name, "messages": {"M": {"$ref": f"{file}/changed.json"}}}
            for name, file in channels.items()
        }
        contents = {"a": WAS if version == "v1" else NOW, "b": WAS}
        for file in channels.values():
            (tmp_path / version / file).mkdir(parents=True)
            (tmp_path / version / file / "changed.json").write_text(json.dumps(payload(contents[file])))
        (tmp_path / version / "asyncapi.json").write_text(json.dumps(document))
    assert judged(run, tmp_path, ".") == (1, [("orders.changed", "incompatible")])


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


@pytest.mark.parametrize("channels", [{"orders": NOW}, {"parcels": WAS, "orders": NOW}], ids=["same", "longer"])
def test_an_older_version_that_cannot_be_read_is_told_whatever_it_is_called(
    channels: dict[str, object], run: Run, tmp_path: Path
) -> None:
    """What an event has to get on with is not known then: the run is not green, though only the newest is named."""
    unread = json.dumps(third({}, orders=WAS)).replace('{"payload"', '{"schemaFormat": "text/other", "payload"')
    for version, text in (("v1", unread), ("v2", json.dumps(third({}, **channels)))):
        (tmp_path / version).mkdir()
        (tmp_path / version / "asyncapi.json").write_text(text)
    assert run("check", "v2/asyncapi.json", cwd=tmp_path).code == 3
