"""What goes wrong around a service in one scenario: when it strikes, and when it is over."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from enum import Enum

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.probes import Answering
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.servers import free_port

#: Seconds for which something stays away.
AWAY = 0.5
#: Seconds that whatever is sent to a slow broker takes longer, in each direction, and how much that varies.
_SLOW, _JITTER = 0.05, 0.04
#: Bytes a second of a narrow line.
_NARROW = 8192
#: A commit as databases are told it in plain text, and how many seconds longer it takes: what is published before it is
#: handled before it.
_COMMIT, _LATE = re.compile(rb"\bcommit", re.IGNORECASE), 0.5
#: Seconds that a slow registry takes longer, in each direction.
_LOOKUP = 0.5
#: How a registry of Confluent's kind answers for an id that it does not have.
_UNKNOWN = (404, b'{"error_code": 40403, "message": "Schema not found"}')


class Place(Enum):
    """What of a service's surroundings it reaches through a proxy. ``value`` is its placeholder."""

    BROKER = "broker"
    DATABASE = "database"
    REGISTRY = "registry"


#: Where the faults strike that need a proxy.
PLACES = {
    Fault.CUT: Place.BROKER,
    Fault.RESET: Place.BROKER,
    Fault.SLOW: Place.BROKER,
    Fault.NARROW: Place.BROKER,
    Fault.HANG: Place.BROKER,
    Fault.DATABASE: Place.DATABASE,
    Fault.COMMIT: Place.DATABASE,
    Fault.REGISTRY: Place.REGISTRY,
    Fault.REGISTRY_SLOW: Place.REGISTRY,
    Fault.REGISTRY_UNKNOWN: Place.REGISTRY,
}
#: These are over a while after the service has met them, however slow it is.
_UNTIL_MET = (Fault.DATABASE, Fault.REGISTRY, Fault.REGISTRY_UNKNOWN)
#: These strike as soon as the first effect is seen.
AFTER_THE_FIRST_EFFECT = (Fault.CRASH, Fault.CUT, Fault.RESET, Fault.SECOND, Fault.HANG, Fault.RESTART)
#: These break the service's connection. An event that comes afterwards tells whether it has connected again, however
#: quickly it had handled what came before.
BREAKS_THE_CONNECTION = (Fault.CUT, Fault.RESET, Fault.HANG, Fault.RESTART)


@dataclass(slots=True)
class Trouble:
    """The fault of one scenario. Without a proxy it does nothing."""

    fault: Fault
    proxy: Proxy | None = None
    #: Where the proxy leads to.
    upstream: tuple[str, int] | None = None
    #: Seconds after which something that the service never met is there again.
    patience: float = 5.0
    _stack: ExitStack = field(default_factory=ExitStack)

    def before_events(self) -> None:
        """What is wrong while the events come has begun."""
        proxy = self.proxy
        if proxy is None:
            return
        if self.fault is Fault.DATABASE:
            proxy.cut()
        elif self.fault is Fault.REGISTRY:  # refused at once: a client that waits long enough would notice nothing
            proxy.lead(("127.0.0.1", free_port()))
        elif self.fault is Fault.REGISTRY_UNKNOWN:
            proxy.lead(self._stack.enter_context(closing(Answering(*_UNKNOWN))).address)
        slow = {Fault.SLOW: (_SLOW, _JITTER), Fault.REGISTRY_SLOW: (_LOOKUP, 0.0)}
        if self.fault in slow:
            proxy.delay(*slow[self.fault])
        if self.fault is Fault.COMMIT:
            proxy.hold(_COMMIT, _LATE)
        if self.fault is Fault.NARROW:
            proxy.narrow(_NARROW)
        if self.fault in _UNTIL_MET:
            threading.Thread(target=self._over_once_met, args=(proxy,), daemon=True).start()

    def _over_once_met(self, proxy: Proxy) -> None:
        proxy.knocked.wait(self.patience)
        time.sleep(AWAY)
        if self.upstream is not None and self.fault in (Fault.REGISTRY, Fault.REGISTRY_UNKNOWN):
            met = proxy.knocked.is_set()
            proxy.lead(self.upstream)
            if met:  # `lead` has forgotten it
                proxy.knocked.set()
        proxy.heal()

    def strike(self) -> None:
        """The connection to the broker was broken and is whole again."""
        proxy = self.proxy
        if proxy is not None:
            goes: dict[Fault, Callable[[], None]] = {Fault.HANG: proxy.hang, Fault.RESET: proxy.reset}
            goes.get(self.fault, proxy.cut)()
            time.sleep(AWAY)
            proxy.heal()

    def unmet(self) -> str:
        """Why nothing was seen of the fault; ``""`` where the service met it."""
        if self.fault in _UNTIL_MET and self.proxy is not None and not self.proxy.knocked.is_set():
            return f"never turned to {{{PLACES[self.fault].value}}} while it was away: nothing was seen of the fault"
        if self.fault is Fault.COMMIT and self.proxy is not None and not self.proxy.held.is_set():
            return "said no COMMIT to {database} in plain text: nothing was seen of the fault"
        return ""

    def close(self) -> None:
        """What stood in for something else is gone."""
        self._stack.close()
