r"""The named character sets of ECMA-262: ``\d``, ``\w``, ``\s``, the dot, and the Unicode properties of ``\p{...}``."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

from evtcompat.regular.code_points import CodePoints

DIGITS: Final = CodePoints.of((0x30, 0x39))
WORD: Final = CodePoints.of((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
# WhiteSpace and LineTerminator of ECMA-262 sections 12.2 and 12.3.
SPACE: Final = CodePoints.of(
    (0x09, 0x0D),
    (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
DOT: Final = ~CodePoints.characters("\n\r\u2028\u2029")
BY_LETTER: Final = {"d": DIGITS, "D": ~DIGITS, "w": WORD, "W": ~WORD, "s": SPACE, "S": ~SPACE}
CONTROLS: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}


@cache
def _table() -> dict[str, str]:
    """The ranges of every property as they are written in the table, by each of its names."""
    # Few patterns name a property, and the library's reader of resources loads as much as a tenth of a start.
    from importlib.resources import files

    text = files(__package__).joinpath("unicode_properties.txt").read_text(encoding="ascii")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {name: ranges for names, ranges in lines for name in names.split(",")}


@cache
def unicode_property(name: str) -> CodePoints | None:
    r"""The code points of ``\p{name}``, or ``None`` for a property that is not known."""
    ranges = _table().get(name)
    if ranges is None:
        return None
    edge = 0
    edges = [edge := edge + int(distance, 36) for distance in ranges.split()]
    return CodePoints.half_open(pair for at, pair in enumerate(pairwise(edges)) if at % 2 == 0)
