"""Any value of a payload in terms of JSON's types. Light: every report has values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal


def jsonable(value: object) -> object:
    """The value in terms of JSON's types.

    Bytes become text by ISO 8859-1, as Avro's JSON encoding has them; decimals become numbers where a JSON reader that
    uses binary floating point gets the same number back, and text otherwise; NaN and the infinities become text.
    """
    if isinstance(value, Mapping):
        return {str(name): jsonable(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1")
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return str(value)


def _decimal(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    if value.adjusted() < 400 and value == value.to_integral_value():  # noqa: PLR2004 - beyond this an exponent reads better
        return int(value)
    binary = float(value)
    return binary if math.isfinite(binary) and Decimal(repr(binary)) == value else str(value)
