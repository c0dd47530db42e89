"""What of an event says to which flow it belongs: a trace id, another header, or a field of its body."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import UncheckedError
from evtcompat.exercise.probes import parsed
from evtcompat.exercise.transports.base import Record

#: W3C Trace Context: version, trace id, the id of the span, flags.
TRACEPARENT = "traceparent"


def new_id() -> str:
    """An id of a flow that nobody else has: 32 hexadecimal digits, as a trace id is."""
    return uuid.uuid4().hex


def traceparent(flow: str) -> str:
    """The header of an event that begins a flow, or of a further step of it."""
    return f"00-{flow}-{uuid.uuid4().hex[:16]}-01"


@dataclass(frozen=True, slots=True)
class Correlation:
    """Where the id of a flow stands."""

    #: ``traceparent``, the name of a header (``ce_id``), or the place of a field (``/order_id``).
    where: str = TRACEPARENT

    def of(self, record: Record) -> str:
        """The id that an event carries; ``""`` for none."""
        if self.where.startswith("/"):
            value = _at(parsed(record.body), self.where)
            return "" if value is None or isinstance(value, dict | list) else str(value)
        found = _header(record.headers, self.where)
        if self.where != TRACEPARENT:
            return found
        parts = found.split("-")
        return parts[1] if len(parts) > 1 else ""

    def given(self, record: Record, flow: str) -> Record:
        """The event as a part of a flow.

        Raises:
            UncheckedError: Its body has no text at that place, and so nothing would tell its flow from others.
        """
        if not self.where.startswith("/"):
            value = traceparent(flow) if self.where == TRACEPARENT else flow
            return replace(record, headers={**record.headers, self.where: value})
        body = parsed(record.body)
        *steps, last = self.where[1:].split("/")
        inner = _at(body, "/" + "/".join(steps)) if steps else body
        if not isinstance(inner, dict) or not isinstance(inner.get(last), str):
            said = "is no JSON" if isinstance(body, str) else f"has no text at {self.where}"
            message = f"a payload {said}: nothing in it can say to which flow an event belongs"
            raise UncheckedError(message, hint='Name a header that services pass on: correlation = "traceparent".')
        inner[last] = flow
        return replace(record, body=json.dumps(body, ensure_ascii=False).encode())


def _header(headers: Mapping[str, str], name: str) -> str:
    """Some protocols do not keep the case of a name."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _at(value: object, pointer: str) -> object:
    for step in pointer[1:].split("/"):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
