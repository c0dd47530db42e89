"""Key and headers of a record as headers of a protocol that takes printable ASCII alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from evtcompat.exercise.transports.base import Record
from evtcompat.model.json_texts import loads

#: The record's key.
KEY = "evtcompat-key"
#: A JSON object with what the protocol's own headers cannot carry: empty values, other characters.
REST = "evtcompat-headers"


#: What a name of a header may be made of (RFC 9110, section 5.6.2).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def carried(record: Record, reserved: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """Headers in printable ASCII without empty values, from which `record_of` makes the record again.

    Args:
        record: What is sent.
        reserved: Names in lower case that mean something to the protocol itself.
    """
    named = dict(record.headers) if record.key is None else {**record.headers, KEY: record.key}
    times = Counter(name.lower() for name in named)
    plain = {
        name: value
        for name, value in named.items()
        if value
        and value.isascii()
        and value.isprintable()
        and value == value.strip()
        and _NAME.fullmatch(name)
        and name.lower() not in {REST, *reserved}
        and times[name.lower()] == 1  # names that differ in case alone are one to many protocols
    }
    rest = {name: value for name, value in named.items() if name not in plain}
    return {**plain, REST: json.dumps(rest)} if rest else plain


def record_of(headers: Mapping[str, str], body: bytes) -> Record:
    """The record that was sent with what `carried` made."""
    named = dict(headers)
    named.update(loads(named.pop(REST, "{}")))
    return Record(named.pop(KEY, None), body, named)
