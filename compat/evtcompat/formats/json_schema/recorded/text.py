"""Parsing the text of an event: by orjson where it is installed, and exactly where that cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final

from evtcompat.formats.recorded import DamagedError

#: As many digits as Python reads of a whole number.
_LARGEST_EXPONENT: Final = 4300


def parsed(payload: bytes) -> Any:  # noqa: ANN401 - what was written
    """The value of a text, its numbers with a fraction as `Decimal`.

    Raises:
        DamagedError: It is not JSON, not UTF-8, nests too deep, or has a number beyond what is compared exactly.
    """
    try:
        return json.loads(payload.decode(), parse_float=_number)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise DamagedError(message) from error


def _number(text: str) -> Decimal:
    """A number with a fraction or an exponent; the digits of ``1e999999`` would take minutes to compare.

    Raises:
        ValueError: Its exponent is too large.
    """
    found = Decimal(text)
    if abs(found.adjusted()) > _LARGEST_EXPONENT:
        message = f"a number of more than {_LARGEST_EXPONENT} digits"
        raise ValueError(message)
    return found


@cache
def quick_parser() -> Callable[[bytes], Any]:
    """A parser that is quick, knows numbers as precisely as `float` does, and raises a `ValueError` where it cannot."""
    try:
        import orjson
    except ModuleNotFoundError:
        return json.loads
    return orjson.loads
