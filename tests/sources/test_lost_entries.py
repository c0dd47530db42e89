"""Channels, messages on them and operations that an AsyncAPI document has lost are findings of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evtcompat.checking.removals import removal_report
from evtcompat.model.verdicts import Verdict

from .conftest import Repo
from .selecting import run

PAYLOAD = {"payload": {"type": "object"}}


def three(channels: dict[str, tuple[str, list[str]]], operations: dict[str, str]) -> str:
    """A document: channels by key with address and messages, operations by name with their channel's key."""
    names = {name for _, listed in channels.values() for name in listed} | {"Kept"}
    value: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "channels": {
            key: {
                "address": address,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in listed},
            }
            for key, (address, listed) in channels.items()
        },
        "operations": {
            name: {"action": "send", "channel": {"$ref": f"#/channels/{key}"}} for name, key in operations.items()
        },
        "components": {"messages": dict.fromkeys(sorted(names), PAYLOAD)},
    }
    return json.dumps(value, indent=1)


def two(channels: dict[str, str]) -> str:
    """A document with one message a channel, and an operation of its name."""
    value = {
        "asyncapi": "2.6.0",
        "channels": {
            address: {"publish": {"operationId": f"on{name}", "message": {"$ref": f"#/components/messages/{name}"}}}
            for address, name in channels.items()
        },
        "components": {"messages": dict.fromkeys([*channels.values(), "Kept"], PAYLOAD)},
    }
    return json.dumps(value, indent=1)


def lost(repo: Repo, old: str, new: str | None, path: str = "shop.json") -> list[tuple[str, str]]:
    """The rules and sentences of what is gone."""
    repo.save({"shop.json": old})
    if path != "shop.json":
        repo.git("mv", "shop.json", path)
    if new is None:
        repo.git("rm", "-q", "-f", path)
    else:
        repo.write(path, new)
    selection = run(against="git:HEAD")
    found = [removal_report(removal).findings[0] for removal in selection.removals]
    return [(one.rule, one.message) for one in found]


ORDERS = {"orders": ("shop.orders", ["Placed", "Kept"])}
WAITING = "who listens there gets no event any more"
GONE = "its schema stands at the baseline, and no file holds it under that name any more"
CASES = {
    "a channel is gone": (
        three({**ORDERS, "b": ("shop.b", ["Kept"])}, {}),
        three(ORDERS, {}),
        [("channel-removed", f"Channel shop.b is removed: {WAITING}.")],
    ),
    "a channel has another address": (
        three(ORDERS, {}),
        three({"orders": ("shop.orders.v2", ["Placed", "Kept"])}, {}),
        [("channel-removed", f"Channel shop.orders is now called shop.orders.v2: {WAITING}.")],
    ),
    "a key alone is another": (three(ORDERS, {}), three({"all": ("shop.orders", ["Placed", "Kept"])}, {}), []),
    "a message leaves a channel": (
        three({**ORDERS, "b": ("b", ["Placed"])}, {}),
        three({"orders": ("shop.orders", ["Kept"]), "b": ("b", ["Placed"])}, {}),
        [("channel-message-removed", "Channel shop.orders does not carry the message Placed any more.")],
    ),
    "a message is gone from the document": (
        three(ORDERS, {}),
        three({"orders": ("shop.orders", ["Kept"])}, {}),
        [("subject-removed", f"Subject Placed is removed: {GONE}.")],
    ),
    "an operation is gone": (
        three(ORDERS, {"send": "orders"}), three(ORDERS, {}), [("operation-removed", "Operation send is removed.")]
    ),
    "an operation has another name": (
        three(ORDERS, {"send": "orders"}),
        three(ORDERS, {"sendOrders": "orders"}),
        [("operation-removed", "Operation send is now called sendOrders.")],
    ),
    "a channel of version 2 has another address": (
        two({"a": "Placed"}),
        two({"b": "Placed"}),
        [
            ("channel-removed", f"Channel a is now called b: {WAITING}."),
        ],
    ),
    "nothing but new things": (three(ORDERS, {}), three({**ORDERS, "b": ("b", ["New"])}, {"send": "b"}), []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_gone_is_told(repo: Repo, case: str) -> None:
    old, new, expected = CASES[case]
    assert lost(repo, old, new) == expected


def test_a_document_that_moves_keeps_its_channels(repo: Repo) -> None:
    old = three(ORDERS, {"send": "orders"})
    assert lost(repo, old, three(ORDERS, {}), "events.json") == [("operation-removed", "Operation send is removed.")]


def test_a_document_that_is_gone_is_told_by_its_events(repo: Repo) -> None:
    repo.write("other.avsc", '{"type": "record", "name": "A", "fields": []}')
    assert {rule for rule, _ in lost(repo, three(ORDERS, {"send": "orders"}), None)} == {"subject-removed"}


def test_a_lost_channel_fails_the_check_at_its_line(repo: Repo) -> None:
    old = three({**ORDERS, "b": ("shop.b", ["Kept"])}, {})
    repo.save({"shop.json": old})
    repo.write("shop.json", three(ORDERS, {}))
    (removal,) = run(against="git:HEAD").removals
    report = removal_report(removal)
    assert (report.subject, report.verdict) == ("shop.b", Verdict.INCOMPATIBLE)
    place = report.findings[0].reader
    assert (place.origin, place.line) == ("HEAD:shop.json", old[: old.index('"shop.b"')].count("\n"))
