"""How far a command has come, told to whoever waits for it at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

#: Seconds for which nobody needs to be told anything.
_PATIENCE: Final = 1.0
#: Seconds between two lines.
_PAUSE: Final = 0.2
_CLEAR: Final = "\r\x1b[K"

#: Is told how many of how many steps are done.
Tell = Callable[[int, int], None]
_Item = TypeVar("_Item")


def _silent(done: int, whole: int) -> None:
    """Nobody waits at a terminal."""
    del done, whole


@contextmanager
def waiting(what: str) -> Iterator[Tell]:
    """What tells of the steps of one piece of work, on standard error, where that is a terminal and it takes a second.

    The line is gone when the work ends, so that nothing of it stays among the output.

    Args:
        what: The work, as a participle: ``Checking``.
    """
    stream = sys.stderr
    if not stream.isatty():
        yield _silent
        return
    began = shown = time.monotonic()
    told = False

    def tell(done: int, whole: int) -> None:
        nonlocal shown, told
        now = time.monotonic()
        if now - began < _PATIENCE or now - shown < _PAUSE:
            return
        shown, told = now, True
        stream.write(f"{_CLEAR}{what}: {done:,} of {whole:,}")
        stream.flush()

    try:
        yield tell
    finally:
        if told:
            stream.write(_CLEAR)
            stream.flush()


def each(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """The items, while it is told how many of them are done."""
    with waiting(what) as tell:
        for number, item in enumerate(items):
            tell(number, len(items))
            yield item
