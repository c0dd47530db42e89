"""Payloads as JSON on one line: exact where JSON can be, and never a character that JSON does not allow."""

from __future__ import annotations

import json

from evtcompat.model.jsonable import jsonable


def payload_text(value: object) -> str:
    """A payload as one line of JSON."""
    return json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)
