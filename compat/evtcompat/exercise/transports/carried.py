"""Key and headers of a record as headers of a protocol that takes printable ASCII alone."""

from __future__ import annotations

import json
from collections.abc import Mapping

from evtcompat.exercise.transports.base import Record
from evtcompat.model.json_texts import loads

#: The record's key.
KEY = "evtcompat-key"
#: A JSON object with what the protocol's own headers cannot carry: empty values, other characters.
REST = "evtcompat-headers"


def carried(record: Record) -> dict[str, str]:
    """Headers in printable ASCII without empty values, from which `record_of` makes the record again."""
    named = dict(record.headers) if record.key is None else {**record.headers, KEY: record.key}
    plain = {name: value for name, value in named.items() if value and value.isascii() and value.isprintable()}
    plain = {name: value for name, value in plain.items() if value == value.strip()}
    rest = {name: value for name, value in named.items() if name not in plain}
    return {**plain, REST: json.dumps(rest)} if rest else plain


def record_of(headers: Mapping[str, str], body: bytes) -> Record:
    """The record that was sent with what `carried` made."""
    named = dict(headers)
    named.update(loads(named.pop(REST, "{}")))
    return Record(named.pop(KEY, None), body, named)
