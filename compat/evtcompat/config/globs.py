"""File and subject patterns of the configuration.

``*`` and ``?`` stay within one folder, ``**`` crosses folders, ``[...]`` is a set. A pattern that names a folder means
everything below it. Matching is by whole path, case counts, and separators are always ``/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^\]]+\]|.", re.DOTALL)


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether any of the file patterns names `path` (relative, with ``/``) or a folder above it."""
    return _paths(tuple(patterns)).fullmatch(path) is not None


def names(patterns: Iterable[str], subject: str) -> bool:
    """Whether any of the patterns names the subject; here ``*`` crosses every character."""
    return _subjects(tuple(patterns)).fullmatch(subject) is not None


def is_pattern(text: str) -> bool:
    """Whether the text has wildcards, and is not simply a path or a name."""
    return any(character in text for character in "*?[")


@lru_cache(maxsize=256)
def _paths(patterns: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = [f"(?:{_translated(_trimmed(pattern), inside='[^/]')})(?:/.*)?" for pattern in patterns]
    return re.compile("|".join(alternatives) or r"(?!)", re.DOTALL)


@lru_cache(maxsize=256)
def _subjects(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_translated(pattern, inside=".") for pattern in patterns) or r"(?!)", re.DOTALL)


def _trimmed(pattern: str) -> str:
    pattern = pattern.removeprefix("./").rstrip("/")
    return "**" if pattern in {"", "."} else pattern


def _translated(pattern: str, *, inside: str) -> str:
    parts: list[str] = []
    for piece in _TOKEN.findall(pattern):
        if piece == "**/":
            parts.append("(?:.*/)?")
        elif piece == "/**":
            parts.append("/.*")
        elif piece == "**":
            parts.append(".*")
        elif piece == "*":
            parts.append(f"{inside}*")
        elif piece == "?":
            parts.append(inside)
        elif len(piece) > 1:
            body = re.sub(r"([\\\[&~|])", r"\\\1", piece[1:-1])
            parts.append(f"[^{body[1:]}]" if body.startswith("!") else f"[{body.replace('^', chr(92) + '^')}]")
        else:
            parts.append(re.escape(piece))
    return "".join(parts)
