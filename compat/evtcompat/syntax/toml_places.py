"""Where the keys of a TOML document stand: `tomllib` parses, and forgets the lines.

Findings about the gate and its waivers point into a configuration that somebody changes in a pull request. Code hosts
show an annotation only where it has a line, and a waiver is one of many entries that look alike; so a line is needed of
valid documents, too, of which `tomllib` names none. The libraries that keep lines are dependencies for this one use.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

#: A key path of a parsed document: member names, and indices of the items of an array of tables.
KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
#: Strings first, so that brackets, line breaks and number signs inside them do not count.
_VALUE = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""+|\'\'\'.*?\'\'\'+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\[{]|[\]}]|\n|[^"'#\[\]{}\n]+''',
    re.DOTALL,
)


def key_places(text: str) -> Mapping[KeyPath, tuple[int, int]]:
    """1-based line and column of every table header and key of a *valid* TOML document.

    Keys inside inline tables have no place of their own. Text that is not TOML gives a partial answer, no error.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: dict[KeyPath, tuple[int, int]] = {}
    arrays: dict[KeyPath, int] = {}
    table: KeyPath = ()
    position = 0
    while True:
        position = _end(_BLANK, text, position)
        if position >= len(text):
            return found
        line = bisect_right(starts, position)
        place = (line, position - starts[line - 1] + 1)
        if text[position] == "[":
            repeated = text.startswith("[[", position)
            keys, position = _keys(text, position + (2 if repeated else 1))
            table = _resolved(keys, arrays, repeated=repeated)
        else:
            keys, position = _keys(text, position)
            _note(found, (*table, *keys), place)
        if not keys:
            return found
        _note(found, table, place)
        position = _after_value(text, position)


def _note(found: dict[KeyPath, tuple[int, int]], path: KeyPath, place: tuple[int, int]) -> None:
    """The first place of the path, and of the tables that it opens on the way."""
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], place)


def _keys(text: str, position: int) -> tuple[tuple[str, ...], int]:
    keys: list[str] = []
    while match := _KEY.match(text, position):
        keys.append(_unquoted(match[1]))
        position = match.end()
        if not text.startswith(".", position):
            break
        position += 1
    return tuple(keys), position


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if not key.startswith('"'):
        return key
    if "\\" not in key:
        return key[1:-1]
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:  # the document is not TOML: no key of it is looked up
        return key


def _resolved(keys: tuple[str, ...], arrays: dict[KeyPath, int], *, repeated: bool) -> KeyPath:
    """The path that a header names: the last item of every array of tables on the way."""
    path: KeyPath = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        if repeated and index == len(keys) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _after_value(text: str, position: int) -> int:
    depth = 0
    while position < len(text) and (match := _VALUE.match(text, position)):
        position = match.end()
        piece = match[0]
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth = max(0, depth - 1)  # the end of a header
        elif piece == "\n" and depth == 0:
            break
    else:
        return len(text)
    return position


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
