"""Single values of effects: numbers and instants, and by which factor two of them are apart. Pure."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal, InvalidOperation

#: Two numbers are one when they are this close: a consumer may keep a decimal as a float.
CLOSE = 1e-9
_FACTORS = range(-12, 13)


def is_number(value: object) -> bool:
    """Whether it is a finite number, or text that is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def number(value: object) -> Decimal:
    """The number that `is_number` saw."""
    return Decimal(str(value))


def instant(value: object) -> dt.datetime | None:
    """The instant that a text in ISO 8601 is, in UTC where it does not say; ``None`` for anything else."""
    if not isinstance(value, str) or len(value) < len("2026-01-01"):
        return None
    try:
        found = dt.datetime.fromisoformat(value)
        found.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def suspicion(expected: object, value: object) -> str:
    """What the ratio of two numbers, or of two instants, suggests."""
    if is_number(expected) and is_number(value):
        one, other = number(expected), number(value)
    else:
        instants = (instant(expected), instant(value))
        if instants[0] is None or instants[1] is None:
            return ""
        one, other = (Decimal(str(one.timestamp())) for one in instants if one is not None)
    if not one or not other:
        return ""
    for power in _FACTORS:
        if power and math.isclose(other / one, Decimal(10) ** power, rel_tol=CLOSE):
            return f": {'too large' if power > 0 else 'too small'} by a factor of {10 ** abs(power):,}"
    return ""
