"""Errors of a decoder, and their messages without the schemas that it prints whole, its own marks included."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Final

from evtcompat.formats.payloads import PayloadError

#: What is said instead of schemas that are not quoted.
TOO_LARGE: Final = "(the schemas are too large to quote)"
#: A longer message is not worth the time; its schemas are left out.
_LONGEST: Final = 50_000
#: So many messages, and so many schemas that they quote, are kept with what is made of them.
_KEPT: Final = 64
#: Quoted text, or a bracket outside of it.
_PARTS: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\[\]{}]""", re.DOTALL)
_NAMED: Final = ("record", "error", "enum", "fixed")


class CodecError(PayloadError):
    """fastavro, or the coder beside it, cannot write or read a payload under a schema; the message is its own."""


class NotAskedError(CodecError):
    """The decoder was not called: it does not take the schemas so, or they nest deeper than its C stack can bear."""

    refused = False


# A decoder says the same of every payload that meets one difference, and quotes both schemas each time.
@lru_cache(maxsize=_KEPT)
def with_names(message: str) -> str:
    """The message with each schema that it quotes as a person would call it: ``record a.Order``, ``[null, int]``."""
    if len(message) > _LONGEST:
        head, colon, _ = message[:_LONGEST].partition(": ")
        return f"{head} {TOO_LARGE}" if colon else message
    said: list[str] = []
    rest = message
    while rest:
        start = min((at for at in (rest.find("{'"), rest.find("[")) if at >= 0), default=-1)
        end = _end(rest, start) if start >= 0 else -1
        if end < 0:
            said.append(rest)
            break
        said += [rest[:start], _word(rest[start:end])]
        rest = rest[end:]
    return "".join(said)


def _end(text: str, start: int) -> int:
    """Where the value that begins at `start` ends, its brackets counted outside of quotes; -1 where it does not."""
    depth = 0
    for part in _PARTS.finditer(text, start):
        bracket = part[0]
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth -= 1
            if depth == 0:
                return part.end()
    return -1


# Messages that differ still quote the same unions.
@lru_cache(maxsize=_KEPT)
def _word(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return _name(value) or text


def _name(value: object) -> str:
    """What a person calls a schema; empty where the value is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        names = [_name(branch) for branch in value]
        return f"[{', '.join(names)}]" if all(names) else ""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return ""
    kind = value["type"]
    if kind in _NAMED:
        return f"{kind} {value.get('name', '')}".strip()
    for key in ("items", "values"):
        if key in value:
            inner = _name(value[key])
            return f"{kind} of {inner}" if inner else ""
    return kind if "logicalType" not in value else f"{kind} ({value['logicalType']})"
