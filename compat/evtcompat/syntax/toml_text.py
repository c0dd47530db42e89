"""Reading TOML that somebody else wrote, in a time that grows as its length does."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

#: Parts of one key; `tomllib` takes a time that grows with their square, and people write three or four.
_MOST_PARTS: Final = 20
_QUOTED: Final = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_LONG_KEY: Final = re.compile(rf"(?<![\w.-])(?:[\w-]+[ \t]*\.[ \t]*){{{_MOST_PARTS}}}", re.ASCII)


class UnreadableTomlError(ValueError):
    """It is TOML, perhaps, and cannot be read in any time. The message says why."""


def loads(text: str) -> dict[str, Any]:
    """The document of a text without a byte order mark.

    Raises:
        tomllib.TOMLDecodeError: It is not TOML.
        UnreadableTomlError: It nests too deep, or has a number or a key that is too long.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= _MOST_PARTS and _LONG_KEY.search(_QUOTED.sub("q", line)):
            message = f"line {number} has a key of more than {_MOST_PARTS} parts"
            raise UnreadableTomlError(message)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:
        message = "it nests too deep"
        raise UnreadableTomlError(message) from error
    except ValueError as error:  # a whole number that is too long
        raise UnreadableTomlError(str(error)) from error
