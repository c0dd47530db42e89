"""How deep things may nest, and how recursion is kept inside that.

Hostile documents nest deeply to overflow a stack. A document is measured without recursion before anything walks it.
Inside the limit the walks of this package are plain Python recursion; where they meet the interpreter's limit they run
again under `headroom`, which is safe because a Python call uses no C stack since 3.11.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

from evtcompat.errors import UnsupportedError
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place

#: The deepest JSON nesting of a schema document, in arrays and objects.
MAX_NESTING: Final = 1_100
#: The most arrays and objects that a schema document may consist of.
MAX_CONTAINERS: Final = 5_000_000
#: Python frames allowed under `headroom`: enough for every pair of records of large schemas to be open at once.
_FRAMES: Final = 4_000_000

_lock = threading.Lock()
_users: list[int] = []


def nesting(value: JSON, origin: str | None = None, *, most: int = MAX_NESTING) -> int:
    """The depth of nested arrays and objects of a JSON value; a scalar has 0. Uses no recursion.

    Raises:
        UnsupportedError: The value nests deeper than `most`, or has more than `MAX_CONTAINERS` arrays and
            objects.
    """
    level: list[JSON] = [value] if type(value) is dict or type(value) is list else []
    depth = 0
    seen = 0
    while level:
        depth += 1
        seen += len(level)
        if depth > most:
            message = f"the schema nests deeper than {most} arrays and objects"
            raise UnsupportedError(
                message, place=Place(origin=origin), hint="Flatten the schema, or name the inner types"
            )
        if seen > MAX_CONTAINERS:
            message = f"the schema consists of more than {MAX_CONTAINERS} arrays and objects"
            raise UnsupportedError(message, place=Place(origin=origin))
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)  # type: ignore[union-attr]  # by the filter below
            if type(inner) is dict or type(inner) is list
        ]
    return depth


@contextmanager
def headroom() -> Iterator[None]:
    """Python recursion may go deep inside this context; the interpreter's limit is restored after the last user."""
    with _lock:
        _users.append(sys.getrecursionlimit())
        sys.setrecursionlimit(_FRAMES)
    try:
        yield
    finally:
        with _lock:
            before = _users.pop()
            if not _users:
                sys.setrecursionlimit(before)


_Result = TypeVar("_Result")
_Arguments = ParamSpec("_Arguments")


def recursing(
    function: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs
) -> _Result:
    """What `function` returns, run again with more stack when it meets the interpreter's limit; it must be pure."""
    try:
        return function(*arguments, **named)
    except RecursionError:
        pass
    with headroom():
        return function(*arguments, **named)
