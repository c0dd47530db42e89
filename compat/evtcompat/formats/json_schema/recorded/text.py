"""Parsing the text of an event: by orjson where it is installed, and exactly where that cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from evtcompat.formats.recorded import DamagedError
from evtcompat.model.json_texts import FarNumberError, loads, number


def parsed(payload: bytes) -> Any:  # noqa: ANN401 - what was written
    """The value of a text, its numbers with a fraction as `Decimal`.

    Raises:
        DamagedError: It is not JSON, not UTF-8, nests too deep, or has a number beyond what is compared exactly.
    """
    try:
        return loads(payload.decode(), number, finite=True)
    except FarNumberError as error:
        raise DamagedError(str(error)) from error
    except ValueError as error:
        message = f"not JSON: {error}"
        raise DamagedError(message) from error


@cache
def quick_parser() -> Callable[[bytes], Any]:
    """A parser that is quick, knows numbers as precisely as `float` does, and raises a `ValueError` where it cannot."""
    try:
        import orjson
    except ModuleNotFoundError:
        return partial(loads, finite=True)
    return orjson.loads
