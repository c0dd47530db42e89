"""Places, values and types as parts of an English sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from evtcompat.formats.json_schema.exact import dump
from evtcompat.model.json_types import JSON

#: How many values a message lists before it counts the rest.
_LISTED = 6
_LONGEST = 60
#: Whole numbers below are written without an exponent.
_WRITTEN_OUT = 10**21


def where(names: str) -> str:
    """The place as the subject of a sentence."""
    if not names:
        return "the event"
    if names.startswith("/"):
        return f"`{names}` (properties that match)"
    return f"`{names}`{_AT_THE_ROOT.get(names, '')}"


#: What paths without a name say by themselves.
_AT_THE_ROOT = {"*": " (any other property)", "[]": " (each item)"}


def quoted(word: str) -> str:
    """A name or a keyword in backticks."""
    return f"`{word}`"


def shown(value: JSON) -> str:
    """A value as JSON, cut where it is long."""
    whole = isinstance(value, (float, Decimal)) and -_WRITTEN_OUT < value < _WRITTEN_OUT and value == int(value)
    text = dump(int(value) if whole else _beginning(value))  # type: ignore[arg-type]  # a number
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _beginning(value: JSON) -> JSON:
    """Of a value with very many parts as many as fill what is shown."""
    if isinstance(value, dict) and len(value) > _LONGEST:
        return dict(islice(value.items(), _LONGEST))
    return value[:_LONGEST] if isinstance(value, list) else value


def listed(values: Sequence[JSON], word: str = "or") -> str:
    """Values, the first few of many: ``"A"``, ``"A" or "B"``, ``"A", "B" and 7 more``."""
    return joined([shown(value) for value in values[:_LISTED]], word, len(values) - _LISTED)


def joined(words: Sequence[str], word: str = "or", more: int = 0) -> str:
    """Words, the first few of many: ``string``, ``string or null``, ``a, b, c and 7 more``; some left out already."""
    if len(words) > _LISTED or more > 0:
        return f"{', '.join(words[:_LISTED])} and {max(more, 0) + max(len(words) - _LISTED, 0)} more"
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} {word} {words[-1]}"


def of_types(names: Iterable[str], word: str = "or") -> str:
    """Types in words: ``a string or null``."""
    return joined([_IN_WORDS.get(name, name) for name in names], word)


_IN_WORDS = {
    **{name: f"a {name}" for name in ("boolean", "number", "string")},
    **{name: f"an {name}" for name in ("integer", "array", "object")},
}
