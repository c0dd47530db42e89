"""How a signal ends a run: in order, so that nothing that the run started or wrote for itself is left."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Final

#: The end that others ask for: a CI system that cancels a job, `timeout`, a terminal that closes.
ASKED_TO_END: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def ended_in_order(*signals: signal.Signals, within: float | None = None) -> AbstractContextManager[None]:
    """One of the signals raises `SystemExit`, once, with the exit code that shells expect.

    Args:
        signals: Those.
        within: Seconds after which the process ends though something still runs: a thread may wait for a registry.
    """

    def leave(code: int) -> None:
        for name in signals:  # a second one must not stop the removal half-way
            signal.signal(name, signal.SIG_IGN)
        if within is not None:
            last = threading.Timer(within, os._exit, (code,))
            last.daemon = True
            last.start()
        raise SystemExit(code)

    return heard(signals, leave)


@contextmanager
def heard(signals: Sequence[signal.Signals], leave: Callable[[int], None]) -> Iterator[None]:
    """One of the signals calls `leave` with the exit code that shells expect.

    What was ignored stays so: `nohup` means that the end of the terminal is not to end the run. In any other thread
    than the main one nothing changes.
    """
    in_main = threading.current_thread() is threading.main_thread()
    told = [name for name in signals if in_main and signal.getsignal(name) is not signal.SIG_IGN]

    def call(number: int, frame: FrameType | None) -> None:
        del frame
        leave(128 + number)

    before = {name: signal.signal(name, call) for name in told}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
