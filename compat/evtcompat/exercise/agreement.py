"""Whether an effect shows what the reader's schema says was seen: fields are known by their names. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Ordered

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.differences import ABSENT, Path, shown, spoken_path
from evtcompat.exercise.single_values import CLOSE, instant, is_number, number, suspicion
from evtcompat.model.json_values import same


@dataclass(frozen=True, slots=True)
class Misread:
    """A field that an effect shows with another value than the schema gives it."""

    path: Path
    name: str
    expected: object
    shown: object

    def __str__(self) -> str:
        """In a sentence without a full stop, with what the numbers suggest."""
        text = f"{spoken_path(self.path)} is {shown(self.shown)}, and the schema reads {self.name} as"
        return f"{text} {shown(self.expected)}{suspicion(self.expected, self.shown)}"


def names_of(value: object) -> dict[str, list[object]]:
    """Every field of an event at any depth, by its name without case and punctuation, with all its values."""
    found: dict[str, list[object]] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for name, member in one.items():
                found.setdefault(plain_name(name), []).append(member)
                waiting.append(member)
        elif isinstance(one, list):
            waiting += one
    return found


def plain_name(name: object) -> str:
    """``orderId``, ``order_id`` and ``ORDER-ID`` are one name."""
    return "".join(character for character in str(name).casefold() if character.isalnum())


def added(before: object, after: object, at: Path = ()) -> Iterator[tuple[Path, object, object]]:
    """What one event added to an effect or changed in it: place, value before (`ABSENT` when none), value after."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, member in after.items():
            yield from added(before.get(name, ABSENT), member, (*at, name))
    elif isinstance(before, list) and isinstance(after, list) and len(after) > len(before) and _begins(after, before):
        for index in range(len(before), len(after)):
            yield (*at, index), ABSENT, after[index]
    elif isinstance(before, list) and isinstance(after, list) and len(after) == len(before):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from added(one, other, (*at, index))
    elif before is ABSENT or not same(before, after):
        yield at, before, after


def _begins(longer: list[object], shorter: list[object]) -> bool:
    return same(longer[: len(shorter)], shorter)


def misread(expected: object, before: object, after: object) -> tuple[Misread, ...]:
    """Fields that the event made the effect show with another value than `expected` has.

    A member of the effect whose name is a field's, whatever their case and punctuation, must show the value of one
    field of that name. A number that was there before may have grown by it. What has no such name, or another shape (a
    count where a list was read), is not judged.
    """
    names = names_of(expected)
    found = []
    for path, was, now in added(before, after):
        grown = number(now) - number(was) if is_number(now) and is_number(was) else None
        for place, value in _members(path, now):
            wanted = names.get(plain_name(place[-1]), []) if place and isinstance(place[-1], str) else []
            judged = [one for one in wanted if _comparable(one, value)]
            if not judged or len(judged) < len(wanted) or any(agrees(one, value) for one in judged):
                continue
            if grown is None or place != path or not any(agrees(one, str(grown)) for one in judged):
                found.append(Misread(place, str(place[-1]), judged[0], value))
    return tuple(found)


def ignored(expected: object, effect: object, others: Ordered[object]) -> bool:
    """Whether nothing in the effect reminds of the event: no text that is its own is seen there.

    Its own is a text of two characters or more that at most half of all events (`others`, itself included) have: so an
    event about something that the effect knows already, which may rightly change nothing, is not taken for a lost one.
    """
    seen = _texts(effect)
    counted = Counter(text for other in others for text in _texts(other))
    own = {text for text in _texts(expected) if len(text) > 1 and 2 * counted[text] <= len(others)}
    return bool(own) and own.isdisjoint(seen)


def _texts(value: object) -> set[str]:
    return {str(one).casefold() for path, one in _members((), value) if isinstance(one, str)} | {
        str(part).casefold() for path, _ in _members((), value) for part in path if isinstance(part, str)
    }


def _members(at: Path, value: object) -> Iterator[tuple[Path, object]]:
    """A value and everything in it, with places; what stands below a member that is a list is judged with it."""
    yield at, value
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _members((*at, name), member)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _members((*at, index), item)


def _comparable(expected: object, value: object) -> bool:
    """Whether a consumer that keeps the field as it is could show it in this shape."""
    if expected is None or value is None:
        return not isinstance(expected, list | Mapping) and not isinstance(value, list | Mapping)
    if isinstance(expected, bool) or isinstance(value, bool):
        return isinstance(expected, bool) and isinstance(value, bool)
    if isinstance(expected, Mapping) or isinstance(value, Mapping):
        return isinstance(expected, Mapping) and isinstance(value, Mapping)
    if isinstance(expected, list) or isinstance(value, list):
        return isinstance(expected, list) and isinstance(value, list)
    if is_number(expected) and is_number(value):
        return True
    if isinstance(expected, str) and isinstance(value, str):
        return True
    return instant(expected) is not None and is_number(value)


def agrees(expected: object, value: object) -> bool:
    """Whether a value of an effect is what was read, in one of the forms that a consumer may keep it in."""
    if isinstance(expected, Mapping) and isinstance(value, Mapping):
        names = {plain_name(name): member for name, member in expected.items()}
        shared = [(names[plain_name(name)], member) for name, member in value.items() if plain_name(name) in names]
        return all(not _comparable(one, other) or agrees(one, other) for one, other in shared)
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(map(agrees, expected, value))
    if isinstance(expected, bool) or isinstance(value, bool) or expected is None or value is None:
        return same(expected, value)
    if is_number(expected) and is_number(value):
        return math.isclose(number(expected), number(value), rel_tol=CLOSE)
    meant = instant(expected)
    if meant is not None:
        seconds = meant.timestamp()
        other = instant(value)
        if other is not None:
            return math.isclose(seconds, other.timestamp(), abs_tol=1e-6)
        # seconds, milliseconds and microseconds are all in use, and nothing here says which of them is meant
        return is_number(value) and any(
            math.isclose(seconds * unit, number(value), rel_tol=CLOSE, abs_tol=unit) for unit in (1, 1000, 1_000_000)
        )
    return str(expected).strip().casefold() == str(value).strip().casefold()
