"""Consumers of `order-priced` that keep a ledger: an old and a new one that are right, and ones that are wrong once.

Version 2 of the event adds `currency` and `gift`. A ledger has one entry an order, of the highest revision seen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
Kept = ("order", "revision", "customer", "total", "placed_at", "weight_g", "note", "lines", "contact", "status", "paid")


def _file() -> Path:
    return Path(os.environ["EVTCOMPAT_CELL_DIR"]) / "ledger.json"


def state() -> dict[str, Entry]:
    """The ledger."""
    found: dict[str, Entry] = json.loads(_file().read_text()) if _file().exists() else {}
    return found


def _write(book: dict[str, Entry]) -> None:
    """Whole or not at all, also for one that is killed meanwhile."""
    part = _file().with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(book))
    part.replace(_file())


def _keep(entry: Entry, *, newer: Callable[[Entry, Entry], bool]) -> None:
    book = state()
    known = book.get(entry["order"])
    if known is None or newer(entry, known):
        _write(book | {entry["order"]: entry})


def _by_revision(entry: Entry, known: Entry) -> bool:
    return bool(entry["revision"] > known["revision"])


def old(message: Any, dead_letter: Callable[..., None]) -> None:
    """Right: knows version 1, and ignores what it does not know."""
    try:
        value = message.json()
    except ValueError as error:
        dead_letter(message, str(error))
        return
    _keep({name: value[name] for name in Kept}, newer=_by_revision)


def _entry(value: Entry) -> Entry:
    fields = {name: value[name] for name in Kept}
    return {**fields, "currency": value.get("currency", "EUR"), "gift": value.get("gift", False)}


def _new(
    change: Callable[[Entry], Entry] = lambda entry: entry,
    read: Callable[[Any], Entry] = _entry,
    newer: Callable[[Entry, Entry], bool] = _by_revision,
) -> Callable[..., None]:
    def consumer(message: Any, dead_letter: Callable[..., None]) -> None:
        try:
            value = message.json()
        except ValueError as error:
            dead_letter(message, str(error))
            return
        _keep(change(read(value)), newer=newer)

    return consumer


#: Right: knows version 2, and fills in its defaults for version 1.
new = _new()


def _put(name: str, make: Callable[[Any], Any]) -> Callable[..., None]:
    return _new(lambda entry: entry | {name: make(entry[name])})


def _dropping() -> Callable[..., None]:
    seen: list[str] = []

    def consumer(message: Any, dead_letter: Callable[..., None]) -> None:
        seen.append(message.id)
        if len(seen) % 2:
            new(message, dead_letter)

    return consumer


def _counting(message: Any, dead_letter: Callable[..., None]) -> None:
    new(message, dead_letter)
    book = state()
    for entry in book.values():
        entry["handled"] = entry.get("handled", 0) + 1
    _write(book)


def _swallowing(message: Any) -> None:
    new(message, lambda *_: None)


wrong_default = _new(read=lambda value: _entry({"currency": "USD", **value}))
wrong_default_of_a_flag = _new(read=lambda value: _entry({"gift": True, **value}))
amount_off_by_ten = _put("total", lambda total: total * 10)
amount_off_by_a_hundred = _put("total", lambda total: round(total * 100))
amount_rounded = _put("total", lambda total: float(round(total)))
sign_lost = _put("total", abs)
timestamp_off_by_a_thousand = _put("placed_at", lambda at: at // 1000)
timestamp_cut_to_the_day = _put("placed_at", lambda at: at - at % 86_400_000)
wrong_unit = _put("weight_g", lambda weight: weight / 1000)
number_as_text = _put("weight_g", str)
lost_null = _put("note", lambda note: note or "")
null_for_empty = _put("note", lambda note: note or None)
text_cut = _put("note", lambda note: note and note[:8])
letters_lost = _put("note", lambda note: note and note.encode("ascii", "ignore").decode())
list_reordered = _put("lines", sorted)
list_cut = _put("lines", lambda lines: lines[:2])
list_without_repeats = _put("lines", lambda lines: list(dict.fromkeys(lines)))
wrong_branch = _put("contact", lambda contact: contact if isinstance(contact, str) else str(contact))
symbol_in_lower_case = _put("status", str.lower)
symbol_taken_for_another = _put("status", lambda status: "NEW" if status == "PAID" else status)
flag_inverted = _put("paid", lambda paid: not paid)
fields_swapped = _new(lambda entry: entry | {"order": entry["customer"], "customer": entry["order"]})
field_forgotten = _new(lambda entry: {name: entry[name] for name in entry if name != "customer"})
last_write_wins = _new(newer=lambda *_: True)
first_write_wins = _new(newer=lambda *_: False)
half_dropped = _dropping()
counts_each_delivery = _counting
swallows_poison = _swallowing
needs_the_new_field = _new(read=lambda value: _entry(value) | {"currency": value["currency"]})


def noisy_old(message: Any, dead_letter: Callable[..., None]) -> None:
    """Right: what it stamps on an entry is another word in each run."""
    old(message, dead_letter)
    _stamp()


def noisy_new(message: Any, dead_letter: Callable[..., None]) -> None:
    """Right, likewise."""
    new(message, dead_letter)
    _stamp()


def noisy_amount_off(message: Any, dead_letter: Callable[..., None]) -> None:
    """Wrong under the noise."""
    amount_off_by_ten(message, dead_letter)
    _stamp()


def _stamp() -> None:
    book = state()
    for entry in book.values():
        entry.setdefault("stamp", os.urandom(8).hex())
    _write(book)
