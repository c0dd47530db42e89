"""Consumers of `order-placed`: an old and a new one that are right, and ones that are each wrong in one way.

Version 1 of the event: order_id, status (NEW or PAID). Version 2 adds `currency` and the status REFUNDED.
Every consumer keeps what it did in a file of its own scenario, as a service keeps it in its database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

DeadLetter = Callable[..., None]


def _book() -> Path:
    return Path(os.environ["EVTCOMPAT_CELL_DIR"]) / "shipments.json"


def state() -> list[Any]:
    """What has been shipped so far."""
    book = _book()
    shipped: list[Any] = json.loads(book.read_text()) if book.exists() else []
    return shipped


def _ship(entry: dict[str, Any]) -> None:
    _book().write_text(json.dumps([*state(), entry]))


def _done(event: str) -> bool:
    return any(entry["event"] == event for entry in state())


def _once(message: Any, dead_letter: DeadLetter, entry: Callable[[Any], dict[str, Any]]) -> None:
    try:
        value = message.json()
        value["order_id"]
    except (ValueError, KeyError, TypeError) as error:
        dead_letter(message, str(error))
        return
    if not _done(message.id):
        _ship({"event": message.id, "order": value["order_id"], **entry(value)})


def old(message: Any, dead_letter: DeadLetter) -> None:
    """Right: ignores fields it does not know, and takes any status that it does not know for a later one."""
    _once(message, dead_letter, lambda value: {"fresh": value["status"] == "NEW"})


async def new(message: Any, dead_letter: DeadLetter) -> None:
    """Right: events of version 1 carry no currency."""
    _once(
        message,
        dead_letter,
        lambda value: {"fresh": value["status"] == "NEW", "currency": value.get("currency", "EUR")},
    )


def not_idempotent(message: Any, dead_letter: DeadLetter) -> None:
    """Wrong: ships again on every delivery."""
    try:
        value = message.json()
        _ship({"event": message.id, "order": value["order_id"]})
    except (ValueError, KeyError, TypeError) as error:
        dead_letter(message, str(error))


def needs_order(message: Any, dead_letter: DeadLetter) -> None:
    """Wrong: takes for granted that an order was seen in version 1 before it is seen in version 2."""

    def entry(value: Any) -> dict[str, Any]:
        if "currency" in value and value.get("amends") and not any(e["order"] == value["amends"] for e in state()):
            raise LookupError(value["amends"])
        return {}

    _once(message, dead_letter, entry)


def field_absent(message: Any, dead_letter: DeadLetter) -> None:
    """Wrong: the new consumer takes a field for granted that version 1 does not have."""
    _once(message, dead_letter, lambda value: {"currency": value["currency"]})


def enum_symbol(message: Any, dead_letter: DeadLetter) -> None:
    """Wrong: the old consumer knows two statuses and no others."""
    _once(message, dead_letter, lambda value: {"fresh": {"NEW": True, "PAID": False}[value["status"]]})


def dies_on_poison(message: Any) -> None:
    """Wrong: has no dead letters, so that a poison pill is delivered for ever."""
    value = message.json()
    if not _done(message.id):
        _ship({"event": message.id, "order": value["order_id"]})


def swallows_poison(message: Any) -> None:
    """Wrong: what it cannot read is lost."""
    try:
        value = message.json()
        entry = {"event": message.id, "order": value["order_id"]}
    except (ValueError, KeyError, TypeError):
        return
    if not _done(message.id):
        _ship(entry)
