"""Numbers and texts at and around the limits of a place."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm

from evtcompat.formats.json_schema.exact import number_value
from evtcompat.formats.json_schema.values.made_before import Draws, Made
from evtcompat.formats.json_schema.values.merged import Merged
from evtcompat.model.json_types import JSON
from evtcompat.regular import ecma, languages
from evtcompat.regular.steps import BudgetExceededError, Steps

_STEPS = 20_000
#: Longer texts are not made, even where the schema admits them.
_LONGEST = 10_000
_NON_ASCII = "Zoë Łódź 漢字 🙂"

#: One valid text per format that programs check.
_FORMATS = {
    "date-time": "2026-02-28T23:59:59Z",
    "date": "2026-02-28",
    "time": "23:59:59Z",
    "duration": "P3DT4H",
    "email": "zoe@example.com",
    "idn-email": "zoë@example.com",
    "hostname": "shop.example.com",
    "idn-hostname": "żółw.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/orders/1",
    "uri-reference": "/orders/1",
    "iri": "https://example.com/bestellung/1",
    "iri-reference": "/bestellung/1",
    "uri-template": "/orders/{id}",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "/a/0",
    "relative-json-pointer": "1/a",
    "regex": "^a$",
}


def plain(value: Fraction) -> JSON:
    """A number as JSON readers make it: an integer, a float where that is exact, else a `Decimal`."""
    number = number_value(value)
    if isinstance(number, Decimal) and Decimal(repr(float(number))) == number:
        return float(number)
    return number


def numbers(place: Merged, *, whole: bool, rng: Draws) -> Iterator[Made]:
    """Numbers that the limits speak of; the first is meant to be valid."""
    step = _step(place, whole=whole)
    if not whole and not place.multiples:
        low = _tighter(place.lowest, None if place.above is None else place.above + step)
        high = _minus(_tighter(_minus(place.highest), None if place.below is None else step - place.below))
    else:
        low = _up(place.lowest, place.above, step)
        high = _minus(_up(_minus(place.highest), _minus(place.below), step))
    start = low if low is not None else min(high, Fraction(0)) if high is not None else Fraction(0)
    room = min(high - start, 100 * step) if high is not None else 100 * step
    inner = start + step * rng.up_to(max(0, int(room / step)))
    yield "", plain(inner)
    if low is not None:
        yield "at its minimum", plain(low)
        yield "below its minimum", plain(low - step)
    if high is not None:
        yield "at its maximum", plain(high)
        yield "above its maximum", plain(high + step)
    if low is None or low < 0:
        yield "negative", plain(-step if high is None or high >= -step else high)
    if low is None or low <= 0:
        yield "zero", 0
    if high is None:
        yield "beyond 64-bit floats' integers", plain(step * (2**53 + 1))
    if whole:
        yield "with a fraction", plain(inner + Fraction(1, 2))
    elif place.multiples:
        yield "between two multiples", plain(inner + step / 2)
    else:
        yield "with a fraction", plain(start + step / 4)


def _step(place: Merged, *, whole: bool) -> Fraction:
    """The least common multiple of what a number must be a multiple of; a small part of the room where it need not."""
    wanted = [*place.multiples, Fraction(1)] if whole else place.multiples
    if not wanted:
        lows = [one for one in (place.lowest, place.above) if one is not None]
        highs = [one for one in (place.highest, place.below) if one is not None]
        room = min(highs) - max(lows) if lows and highs else Fraction(4)
        step = Fraction(1)
        while room > 0 and step * 4 > room:
            step /= 10
        return step
    step = wanted[0]
    for other in wanted[1:]:
        scale = lcm(step.denominator, other.denominator)
        step = Fraction(lcm(int(step * scale), int(other * scale)), scale)
    return step


def _tighter(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    return max((one for one in (first, second) if one is not None), default=None)


def _up(closed: Fraction | None, excluded: Fraction | None, step: Fraction) -> Fraction | None:
    """The least multiple of `step` that both lower limits admit."""
    found = [-(-closed // step) * step] if closed is not None else []
    if excluded is not None:
        found.append((excluded // step + 1) * step)
    return max(found, default=None)


def _minus(value: Fraction | None) -> Fraction | None:
    return None if value is None else -value


def texts(place: Merged, *, word: str = "text") -> Iterator[Made]:
    """Texts that the limits, patterns and format speak of; the first is meant to be valid.

    Args:
        place: What is demanded.
        word: What stands where anything goes, cut or repeated to the length that is demanded.
    """
    least, most = place.counts.get("minLength", 0), place.counts.get("maxLength")
    if place.patterns:
        yield from _matching(tuple(place.patterns), least, most)
    elif _fits(_FORMATS.get(str(place.format)), least, most):
        yield "", _FORMATS[str(place.format)]
        yield "not of its format", "not " + str(place.format)
    else:
        word = word if len(word) >= least else (word * (min(least, _LONGEST) // len(word) + 1))[: min(least, _LONGEST)]
        yield "", word[:most]
    filler = "x" if not place.patterns else "\x00"
    if least > 0:
        yield f"of {least} characters (its least)", filler * min(least, _LONGEST)
        yield f"of {least - 1} characters (too short)", filler * min(least - 1, _LONGEST)
    else:
        yield "empty", ""
    if most is not None and most < _LONGEST:
        yield f"of {most} characters (its most)", filler * most
        yield f"of {most + 1} characters (too long)", filler * (most + 1)
    short = _NON_ASCII[:most] if most is not None else _NON_ASCII
    yield "in non-ASCII letters", short + "é" * max(0, min(least, _LONGEST) - len(short))


def _fits(text: str | None, least: int, most: int | None) -> bool:
    return text is not None and least <= len(text) and (most is None or len(text) <= most)


@lru_cache(maxsize=1_000)  # the same few patterns stand in many schemas
def _matching(patterns: tuple[str, ...], least: int, most: int | None) -> tuple[Made, ...]:
    """Texts that match all patterns: a shortest, a few more, a longest; and one that does not match."""
    steps = Steps(_STEPS)
    language = languages.of_length(least, most)
    found: list[Made] = []
    try:
        for pattern in patterns:
            language &= ecma.parse(pattern)
        for index, word in enumerate(language.examples(3, steps)):
            found.append((("", f"matching ({index + 1})")[index > 0], word))
        longest = language.longest_length(steps)
        if longest is not None and longest < _LONGEST:
            found += [("at its longest match", word) for word in language.examples(1, steps, min_length=longest)]
        outside = (languages.of_length(least, most) - language).shortest(steps)
        if outside is not None:
            found.append(("not matching its pattern", outside))
    except (ecma.PatternError, BudgetExceededError):
        pass  # what was found until then is worth trying
    return tuple(found)
