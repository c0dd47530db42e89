"""File and subject patterns of the configuration.

``*`` and ``?`` stay within one folder, ``**`` crosses folders, ``[...]`` is a set. A pattern that names a folder means
everything below it. Matching is by whole path, case counts, and separators are always ``/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from evtcompat.model.subjects import forms

_PIECE = re.compile(r"\*+|\?|\[!?[^\]]+\]|.", re.DOTALL)


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether any of the file patterns names `path` (relative, with ``/``) or a folder above it."""
    return _paths(tuple(patterns)).fullmatch(path) is not None


def names(patterns: Iterable[str], subject: str) -> bool:
    """Whether any of the patterns names the subject, whole or by its last parts; ``*`` crosses every character."""
    pattern = _subjects(tuple(patterns))
    return any(pattern.fullmatch(form) for form in forms(subject))


def is_pattern(text: str) -> bool:
    """Whether the text has wildcards, and is not simply a path or a name."""
    return any(character in text for character in "*?[")


def fault(pattern: str) -> str | None:
    """Why the text is no pattern (a set like ``[z-a]``), or ``None`` when it is one."""
    try:
        re.compile(_path(pattern))
        re.compile(_name(pattern, any_of=".", end=r"\Z"))
    except re.error as error:
        return error.msg
    return None


@lru_cache(maxsize=256)
def _paths(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_path(pattern)})(?:/.*)?" for pattern in patterns) or r"(?!)", re.DOTALL)


@lru_cache(maxsize=256)
def _subjects(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_name(pattern, any_of=".", end=r"\Z") for pattern in patterns) or r"(?!)", re.DOTALL)


def _path(pattern: str) -> str:
    """A regular expression for a path and what lies below it.

    The folders between two ``**`` are taken where they come first, and that choice is final (an atomic group): what
    follows begins with ``**``, which passes over the rest as well. So no pattern makes the search go back and forth.
    """
    runs: list[list[str]] = [[]]
    for segment in pattern.split("/"):
        if segment == "**":
            runs.append([])
        elif segment not in {"", "."}:
            runs[-1].append(_name(segment, any_of="[^/]", end="(?=/|\\Z)"))
    first, *others = ("/".join(run) for run in runs)
    if not others:
        return first or ".+"
    parts = [f"{first}/" if first else ""]
    parts += [f"(?>(?:[^/]+/)*?{run}/)" for run in others[:-1] if run]
    parts.append(f"(?>(?:[^/]+/)*?{others[-1]}(?=/|\\Z))" if others[-1] else "[^/]+")
    return "".join(parts)


def _name(pattern: str, *, any_of: str, end: str) -> str:
    """A regular expression for one name that ends at `end`; each ``*`` but the last is final, as above."""
    chunks: list[str] = [""]
    for piece in _PIECE.findall(pattern):
        if piece[0] == "*":
            chunks.append("")
        elif piece == "?":
            chunks[-1] += any_of
        elif len(piece) > 1:
            body = re.sub(r"([\\\[&~|^])", r"\\\1", piece[1:-1])
            chunks[-1] += f"(?!/)[^{body[1:]}]" if body.startswith("!") else f"(?!/)[{body}]"
        else:
            chunks[-1] += re.escape(piece)
    if len(chunks) == 1:
        return chunks[0] + end
    middle = "".join(f"(?>{any_of}*?{chunk})" for chunk in chunks[1:-1])
    return f"{chunks[0]}{middle}{any_of}*{chunks[-1]}{end}"
