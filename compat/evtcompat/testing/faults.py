"""Faults that a test registry commits on request."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from evtcompat.dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, how often, and for which requests.

    Several kinds may be combined: a delay before a status, say.
    """

    #: A pattern searched for in ``GET /subjects/x/versions``.
    where: str = ""
    #: How many requests it hits; ``None`` is all.
    times: int | None = 1
    #: Seconds of silence before the answer.
    delay: float = 0.0
    #: Answer with this status instead of the real one.
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The body to answer with, as text.
    body: str | None = None
    media_type: str = "application/vnd.schemaregistry.v1+json"
    #: Send only so many bytes of the body, then close the connection.
    cut_after: int | None = None
    #: Send this many bytes of the body, then reset the connection.
    reset_after: int | None = None
    #: Seconds between two bytes of the body.
    drip: float = 0.0


class Faults:
    """The faults still to be committed. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Commit this fault from now on; those added first come first."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._waiting.clear()

    def take(self, request: str) -> Fault | None:
        """The fault to commit for a request."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if re.search(fault.where, request):
                    if fault.times is not None:
                        left = fault.times - 1
                        self._waiting[index : index + 1] = [replace(fault, times=left)] if left else []
                    return fault
        return None
