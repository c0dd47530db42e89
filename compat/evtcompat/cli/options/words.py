"""Words of the command line that stand for the members of an enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

from evtcompat.errors import UsageError

_Member = TypeVar("_Member", bound=Enum)


def member(kind: type[_Member], word: str | None, option: str) -> _Member | None:
    """The member that a word names, however it is capitalised; ``None`` for an option that was not given.

    Raises:
        UsageError: It names none; the message has the option, the hint what was probably meant.
    """
    if word is None:
        return None
    known = {str(one.value): one for one in kind}
    folded = {value.casefold(): one for value, one in known.items()}
    asked = word.strip().casefold().replace("-", "_")
    if asked in folded:
        return folded[asked]
    from difflib import get_close_matches

    near = get_close_matches(asked, folded, n=1)
    meant = f"Did you mean {folded[near[0]].value}? " if near else ""
    message = f"unknown word {word!r} for {option}"
    raise UsageError(message, hint=f"{meant}Known: {', '.join(known)}.")


def day(text: str, option: str) -> date:
    """The day that a text names.

    Raises:
        UsageError: It names none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = f"{text!r} is no day for {option}"
        raise UsageError(message, hint="Write YYYY-MM-DD, for example 2027-06-30.") from error


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with columns that stand below one another."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
