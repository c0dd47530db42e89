"""What is to say of a JSON pointer that leads to nothing in a document that is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import reduce
from typing import Final

from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, unescape
from evtcompat.model.pointers import stepped

CORRECT_IT: Final = "Correct it, or define what it names"
#: Names that are listed where none is near.
_LISTED: Final = 5


def lacking(value: JSON, pointer: str) -> str:
    """The shortest beginning of a pointer that leads to nothing in a value."""
    steps = _steps(pointer)
    return _written(steps[: len(_followed(value, steps))])


def correction(value: JSON, pointer: str) -> str:
    """What to do about a pointer that leads to nothing in a value: the one probably meant, or the names there are."""
    steps = _steps(pointer)
    met = _followed(value, steps)
    meant = _written(steps) if len(met) > len(steps) else _meant(met, steps)
    if meant is not None:
        slash = " A slash in a name is ~1 there." if "~1" in meant and "~1" not in pointer else ""
        return f"{CORRECT_IT}: did you mean #{meant}?{slash}"
    where, above = _written(steps[: len(met) - 1]), met[-1]
    # at the top of a document there is more than parts to refer to
    names = above if where and isinstance(above, dict) else ()
    return f"{CORRECT_IT}{listed(f'#{where}', names)}."


def listed(where: str, names: Iterable[str]) -> str:
    """The names that there are somewhere, as the end of a sentence; ``""`` for none."""
    known = list(names)
    more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
    return f"; {where} has {', '.join(known[:_LISTED])}{more}" if known else ""


def near_name(name: str, names: Iterable[str]) -> str | None:
    """The name that another one resembles most; ``None`` where it resembles none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(names), n=1)), None)


def _meant(met: Sequence[JSON], steps: Sequence[str]) -> str | None:
    """The pointer that was probably meant by one whose steps lead to `met` and no further."""
    for at, one in enumerate(met):
        whole = "/".join(steps[at:])
        if len(steps) - at > 1 and isinstance(one, dict) and whole in one:
            return _written([*steps[:at], whole])
    above, at = met[-1], len(met) - 1
    if not isinstance(above, dict):
        return None
    rest = steps[at + 1 :]
    candidates = [name for name, inner in above.items() if len(_followed(inner, rest)) > len(rest)]
    # under another keyword, as `definitions` and `$defs` are
    name = candidates[0] if rest and len(candidates) == 1 else near_name(steps[at], candidates)
    return None if name is None else _written([*steps[:at], name, *rest])


def _followed(value: JSON, steps: Sequence[str]) -> list[JSON]:
    """The value, and what each step leads to up to the first that leads to nothing."""
    met = [value]
    with suppress(LookupError):
        for step in steps:
            met.append(stepped(met[-1], step))
    return met


def _steps(pointer: str) -> list[str]:
    """Those of a pointer, also where it lacks the slash that it begins with."""
    return [unescape(step) for step in pointer.removeprefix("/").split("/")]


def _written(steps: Iterable[str]) -> str:
    return reduce(child, steps, "")
