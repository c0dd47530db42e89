"""The payloads of `order-priced`, and which planted mistake shows in which way."""

from __future__ import annotations

import json

from evtcompat.exercise.payloads import Payload, Sequence

_FIRST = {
    "order": "o1", "revision": 2, "customer": "c1", "total": 12.75, "placed_at": 1_790_000_123_456, "weight_g": 1500,
    "note": "leave it at the door", "lines": ["pear", "apple", "pear"], "contact": {"email": "a@example.org"},
    "status": "NEW", "paid": False,
}  # fmt: skip
_REFUND = _FIRST | {"order": "o2", "total": -3.5, "note": None, "status": "PAID", "paid": True, "contact": "+49 30 1"}
_EMPTY = _FIRST | {"order": "o3", "note": "", "lines": [], "revision": 1}
_AMENDED = _FIRST | {
    "order": "o3",
    "revision": 3,
    "total": 8.0,
    "note": "über die Höfe",
    "currency": "CHF",
    "gift": True,
}
_DEFAULTS = {"currency": "EUR", "gift": False}


def _event(version: str, label: str, value: dict[str, object]) -> Payload:
    old = {name: member for name, member in value.items() if name not in _DEFAULTS}
    expected = {"1": old, "2": _DEFAULTS | value}
    return Payload(version, label, "k", value, json.dumps(value).encode(), "application/json", expected=expected)


def _pill(version: str) -> Payload:
    return Payload(version, "truncated", "k", None, b'{"order', "application/json", poison=True)


PAYLOADS = (
    _event("1", "first", _FIRST),
    _event("1", "corrected", _FIRST | {"revision": 3, "total": 99.25}),
    _event("1", "a refund", _REFUND),
    _event("1", "empty", _EMPTY),
    _pill("1"),
    _event("2", "amended", _AMENDED),
    _event("2", "first with currency", _FIRST | {"order": "o4", "currency": "USD", "gift": True}),
    _pill("2"),
)

_ONCE = Sequence.ONCE
#: The planted mistake -> the word in the table, and the delivery that shows it.
MISTAKES: dict[str, tuple[str, Sequence]] = {
    "wrong_default": ("misread", _ONCE),
    "wrong_default_of_a_flag": ("misread", _ONCE),
    "amount_off_by_ten": ("differs", _ONCE),
    "amount_off_by_a_hundred": ("differs", _ONCE),
    "amount_rounded": ("differs", _ONCE),
    "sign_lost": ("differs", _ONCE),
    "timestamp_off_by_a_thousand": ("differs", _ONCE),
    "timestamp_cut_to_the_day": ("differs", _ONCE),
    "wrong_unit": ("differs", _ONCE),
    "number_as_text": ("differs", _ONCE),
    "lost_null": ("differs", _ONCE),
    "null_for_empty": ("differs", _ONCE),
    "text_cut": ("differs", _ONCE),
    "letters_lost": ("differs", _ONCE),
    "list_reordered": ("differs", _ONCE),
    "list_cut": ("differs", _ONCE),
    "list_without_repeats": ("differs", _ONCE),
    "wrong_branch": ("differs", _ONCE),
    "symbol_in_lower_case": ("differs", _ONCE),
    "symbol_taken_for_another": ("differs", _ONCE),
    "flag_inverted": ("differs", _ONCE),
    "fields_swapped": ("differs", _ONCE),
    "field_forgotten": ("differs", _ONCE),
    "last_write_wins": ("differs", Sequence.REVERSED),
    "first_write_wins": ("differs", _ONCE),
    "half_dropped": ("differs", _ONCE),
    "counts_each_delivery": ("not idempotent", Sequence.TWICE),
    "swallows_poison": ("no dead letter", Sequence.POISON),
    "needs_the_new_field": ("raised", _ONCE),
}
