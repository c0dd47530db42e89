"""The canonical content of a document: equal for documents that differ in layout, key order or syntax alone."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal


def _number(value: object) -> object:
    """Decimals as the shortest exact number; anything else that JSON has no word for is refused."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.adjusted() < 400 else str(value.normalize())  # noqa: PLR2004 - a longer integer is kept as text
    if isinstance(value, bytes):
        return value.decode("latin-1")
    message = f"not a JSON value: {type(value).__name__}"
    raise TypeError(message)


def canonical_text(value: object) -> str:
    """The value as JSON with sorted keys and without white space; ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_number)


def content_hash(value: object) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text(value).encode("ascii")).hexdigest()
