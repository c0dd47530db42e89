"""Many requests at the same time, where one that fails does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from evtcompat.errors import RegistryError

_A = TypeVar("_A")
_R = TypeVar("_R")


def each(function: Callable[[_A], _R], arguments: Sequence[_A], parallel: int) -> list[_R | RegistryError]:
    """The function's results in order, at most `parallel` at a time; a `RegistryError` is a result."""

    def guarded(argument: _A) -> _R | RegistryError:
        try:
            return function(argument)
        except RegistryError as error:
            return error

    if len(arguments) <= 1:
        return [guarded(argument) for argument in arguments]
    with ThreadPoolExecutor(min(parallel, len(arguments)), thread_name_prefix="evtcompat") as pool:
        return list(pool.map(guarded, arguments))
