"""Which strings are easy to read in a report."""

from __future__ import annotations

from evtcompat.formats.json_schema.exact import Value
from evtcompat.regular.ecma import parse
from evtcompat.regular.languages import Language
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Steps to look for a readable word where the shortest one is not readable.
_READABLE_STEPS = 1_000
#: Words that are preferred where the shortest one is not readable, the best first: printable ASCII, then what holds no
#: line terminator but the line feed.
_AS_NAMES = ("^[!-~]([ -~]*[!-~])?$", "^[ -~]*$", r"^[^\r\u2028\u2029]*$")
_AS_TEXTS = _AS_NAMES[1:]


def is_readable(value: Value) -> bool:
    """Whether all texts and names in a value are printable ASCII."""
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    if isinstance(value, dict):
        return all(is_readable(name) and is_readable(member) for name, member in value.items())
    return not isinstance(value, list) or all(is_readable(item) for item in value)


def most_readable(language: Language, steps: Steps, *, name: bool = False) -> str | None:
    """A shortest of the readable words of a language, else a shortest of all; ``None`` proves that there is none.

    Control characters, unusual line terminators and letters beyond ASCII are hard to read in a report, and engines for
    regular expressions differ over them. A name is not readable either when it is empty or ends in a space.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    word = language.shortest(steps)
    if word is None or (is_readable(word) and not (name and (not word or word != word.strip()))):
        return word
    left = _READABLE_STEPS if steps.left is None else min(_READABLE_STEPS, steps.left // 2)
    for better in _AS_NAMES if name else _AS_TEXTS:
        own = Steps(left)
        try:
            found = (language & parse(better)).shortest(own)
        except BudgetExceededError:
            found = None
        steps.spend(own.used)
        left -= own.used
        if found is not None:
            return found
    return word
