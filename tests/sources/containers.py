"""Documents that hold several schemas, as the tests of containers write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

#: Short names of types, and the fields of records.
Fields = Mapping[str, object]


def protocol(records: Mapping[str, Fields], others: Sequence[object] = (), namespace: str = "com.shop") -> str:
    """An Avro protocol with these records after the other types."""
    types = [
        *others,
        *(
            {"type": "record", "name": name, "fields": [{"name": one, "type": kind} for one, kind in fields.items()]}
            for name, fields in records.items()
        ),
    ]
    return json.dumps({"protocol": "Shop", "namespace": namespace, "types": types}, indent=2)
