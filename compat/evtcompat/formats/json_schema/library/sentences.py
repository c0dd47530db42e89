"""What the validator says, in the words of JSON.

The library quotes values as Python writes them: ``None is not of type 'string'``. Nobody who writes schemas need know
that; what it says stays the same.
"""

from __future__ import annotations

import json
import re
from ast import literal_eval
from typing import Final

#: A string as Python shows it, one of its words for JSON's, or an exact number. Each begins with a letter of its own,
#: for which `re` looks first; only there does it look back whether a word begins.
_PYTHON: Final = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"|D(?<!\wD)ecimal\('(?P<number>[^']*)'\)|(?P<word>T(?<!\wT)rue|F(?<!\wF)alse|N(?<!\wN)one(?!\ of\ ))\b",
    re.DOTALL,
)
#: As `json.dumps`, which makes an encoder for each text.
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
_WORDS: Final = {"True": "true", "False": "false", "None": "null"}
_FALSE_SCHEMA: Final = "False schema does not allow "


def in_json_words(message: str) -> str:
    """A sentence of the library with its values as JSON writes them; one that has them so already stays as it is."""
    if message.startswith(_FALSE_SCHEMA):
        return f"the schema false does not allow {in_json_words(message.removeprefix(_FALSE_SCHEMA))}"
    return _PYTHON.sub(_as_json, message)


def _as_json(found: re.Match[str]) -> str:
    if found["word"] is not None:
        return _WORDS[found["word"]]
    if found["number"] is not None:
        return found["number"]
    text = found["text"]
    if "\\" not in text and text.isprintable():  # as most are: a literal that says what it holds
        return _ENCODE(text[1:-1])
    try:
        return _ENCODE(literal_eval(text))
    except (SyntaxError, ValueError):  # cut in the middle, so that it is no literal
        return text
