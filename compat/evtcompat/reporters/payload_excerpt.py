"""The part of a payload that a finding is about, with the way to it; the rest is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evtcompat.model.jsonable import jsonable

#: What stands for what is left out.
_REST: Final = "..."
#: With less room than this, nothing of what is inside an object or an array is shown.
_ANY: Final = 2
#: A step of a place's name: a member, the items of a list, the values of a map.
_STEP: Final = re.compile(r"\[\]|\{\}|\*|[^.\[\]{}]+")


def excerpt(value: object, names: str, room: int) -> str:
    """A payload as one line of JSON; of a longer one than `room` what leads to the place and what stands there.

    Args:
        value: The payload.
        names: The place by names, as `Place.names` has it; it may begin with the name of the schema's own type.
        room: How many characters a payload may have that is shown whole.
    """
    whole = None if _holds_more(value, room) else _json(jsonable(value))
    return whole if whole is not None and len(whole) <= room else _led(value, _STEP.findall(names), room)


def _holds_more(value: object, room: int) -> bool:
    """Whether a value is made of more parts than there is room for, so that nobody need write it out to see it."""
    pending = [value]
    while pending:
        one = pending.pop()
        room -= 1
        if isinstance(one, Mapping | list | tuple):
            if len(one) > room:
                return True
            room -= len(one)
            pending.extend(one.values() if isinstance(one, Mapping) else one)
    return room < 0


def parted(value: object, names: str, lacks: str = "") -> tuple[str, str, str]:
    """A payload as indented JSON in three parts: what stands before the place, the place, and what stands after it.

    Args:
        value: The payload, in terms of JSON's types.
        names: The place by names; of one that the payload lacks the nearest part around it is told.
        lacks: The member that an object at the place lacks: a line that says so is the place then. Where there is no
            such object, or it has such a member, nothing is said of it.
    """
    before, after, depth, steps = "", "", 0, _STEP.findall(names)
    while isinstance(value, dict | list) and (inner := _stepped(value, steps)) is not None:
        key, child, steps, _ = inner
        pad = "  " * (depth + 1)
        parts: list[tuple[str, object]] = (
            [(f"{pad}{_json(name)}: ", member) for name, member in value.items()]
            if isinstance(value, dict)
            else [(pad, item) for item in value]
        )
        at = (
            list(value).index(key)
            if isinstance(value, dict)
            else next(i for i, item in enumerate(value) if item is child)
        )
        opened, closed = "{}" if isinstance(value, dict) else "[]"
        lines = [head + _nested(part, depth + 1) for head, part in parts]
        before += f"{opened}\n" + "".join(f"{line},\n" for line in lines[:at]) + parts[at][0]
        after = "".join(f",\n{line}" for line in lines[at + 1 :]) + f"\n{'  ' * depth}{closed}{after}"
        value, depth = child, depth + 1
    whole = _nested(value, depth)
    if not lacks or not isinstance(value, dict) or lacks in value:
        return before, whole, after
    end = "\n" + "  " * depth
    members = f"{whole.removesuffix('}').rstrip()}," if value else "{"
    return f"{before}{members}{end}  ", f"{_json(lacks)}: missing", f"{end}}}{after}"


def _nested(value: object, depth: int) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return text.replace("\n", "\n" + "  " * depth)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _led(value: object, steps: Sequence[str], room: int) -> str:
    """What leads to the place: one member or item of each level."""
    before, after, rest = "", "", list(steps)
    while True:
        # Only what is passed on the way is put in terms of JSON's types.
        value = dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value
        inner = _stepped(value, rest)
        if inner is None:
            return before + _cut(value, room) + after
        key, value, rest, alone = inner
        more = "" if alone else f", {_REST}"
        before, after = (
            (f"{before}[", f"{more}]{after}")
            if key is None
            else (
                f"{before}{{{_json(key)}: ",
                f"{more}}}{after}",
            )
        )


def _stepped(value: object, steps: list[str]) -> tuple[str | None, object, list[str], bool] | None:
    """The next member or item on the way, with what is left of the way; ``None`` at its end."""
    if isinstance(value, list) and value:
        item = value[-1] if steps[:1] != ["[]"] else value[0]
        return (None, item, steps[1:], len(value) == 1) if "[]" in steps[:1] or steps[:1] == ["*"] else None
    if not isinstance(value, dict) or not value:
        return None
    for index, step in enumerate(steps):
        if step in value:
            return step, value[step], steps[index + 1 :], len(value) == 1
        if step in ("{}", "*"):
            key = next(iter(value))
            return key, value[key], steps[index + 1 :], len(value) == 1
    if steps and len(value) == 1:  # the branch of a union, by its name
        ((key, member),) = value.items()
        return (key, member, steps, True) if isinstance(member, dict) else None
    return None


def _cut(value: object, room: int) -> str:
    """What stands at the end of the way: as many of its members as there is room for."""
    whole = "" if _holds_more(value, room) else _json(jsonable(value))
    if whole and len(whole) <= room:
        return whole
    if room < _ANY and isinstance(value, Mapping | list | tuple):
        return f"{{{_REST}}}" if isinstance(value, Mapping) else f"[{_REST}]"
    if isinstance(value, Mapping):
        return f"{{{_some((f'{_json(str(key))}: {_cut(member, room // 3)}' for key, member in value.items()), room)}}}"
    if isinstance(value, list | tuple):
        return f"[{_some((_cut(item, room // 3) for item in value[:10]), room)}]"
    return f"{whole[: max(room - len(_REST), 1)]}{_REST} ({len(whole)} characters)"


def _some(parts: Iterable[str], room: int) -> str:
    shown: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if shown and room < 0:
            return f"{', '.join(shown)}, {_REST}"
        shown.append(part)
    return ", ".join(shown)
