"""Values that services and chains have in common."""

from __future__ import annotations

import re

from evtcompat.config.toml_table import Table

#: No service takes a day.
_LONGEST = 86_400


def correlation(table: Table) -> str:
    """What of an event says to which flow it belongs: a header, or with a slash a field of its body."""
    text = table.string("correlation") or "traceparent"
    if not re.fullmatch(r"[\w-]+|(/[^/\s]+)+", text):
        hint = 'For example "traceparent", "ce_id", or "/order_id" for a field.'
        table.fail(
            f"`{table.called('correlation')}` must name a header or the place of a field", "correlation", hint=hint
        )
    return text


def seconds(table: Table, key: str) -> float | None:
    """A number of seconds, where there is one."""
    value = table.values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LONGEST:
        table.fail(f"`{table.called(key)}` must be a number of seconds above 0", key)
    return float(value)
