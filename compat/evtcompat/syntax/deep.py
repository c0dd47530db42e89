"""Running recursive code over deeply nested documents without overflowing a stack."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Final, TypeVar

_T = TypeVar("_T")

#: Nesting up to which the caller's own stack is enough.
SHALLOW: Final = 24
#: Reserved, not used: a system gives a thread the pages of its stack that it touches.
_STACK_BYTES: Final = 256 * 1024 * 1024
_RECURSION_LIMIT: Final = 60_000
_LOCK = threading.Lock()
_NAME: Final = "evtcompat deep schema"


def run(nesting: int, function: Callable[[], _T]) -> _T:
    """What ``function`` returns or raises, on a stack that is large enough for ``nesting`` levels of schemas."""
    if nesting <= SHALLOW or threading.current_thread().name == _NAME:
        return function()
    results: list[_T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - handed to the caller below, whatever it is
            errors.append(error)

    with _LOCK:
        limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
        sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
        try:
            thread = threading.Thread(target=work, name=_NAME, daemon=True)
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def retried(function: Callable[[], _T]) -> _T:
    """What ``function`` returns or raises, called again on a large stack where it meets the interpreter's limit.

    It must do nothing that cannot be done twice.
    """
    try:
        return function()
    except RecursionError:
        pass
    return run(SHALLOW + 1, function)
