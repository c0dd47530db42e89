"""The canonical content of a document: equal for documents that differ in layout, key order or syntax alone."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Final

#: Bits of the largest integers that are written in decimal; Python refuses 4,300 digits by default.
_LONGEST_INTEGER: Final = 10_000


def _number(value: object) -> object:
    """Decimals as the shortest exact number; anything else that JSON has no word for is refused."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.adjusted() < 400 else str(value.normalize())  # noqa: PLR2004 - a longer integer is kept as text
    if isinstance(value, bytes):
        return value.decode("latin-1")
    message = f"not a JSON value: {type(value).__name__}"
    raise TypeError(message)


#: Made once: every fingerprint and every cause is a hash of such a text.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_number)


def canonical_text(value: object) -> str:
    """The value as JSON with sorted keys and without white space; ASCII only."""
    try:
        return _ENCODER.encode(value)
    except ValueError:  # Python's limit on the digits of one integer; nothing that was read from a text has more
        return _ENCODER.encode(in_hexadecimal(value))


def in_hexadecimal(value: object) -> object:
    """The value with every integer that has very many digits as a text in hexadecimal."""
    if isinstance(value, dict):
        return {key: in_hexadecimal(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_hexadecimal(inner) for inner in value]
    return hex(value) if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER else value


def content_hash(value: object) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text(value).encode("ascii")).hexdigest()
