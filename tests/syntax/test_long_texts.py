"""A text of a stranger, whatever it repeats: read or refused in time that grows with its length.

The square of this length is minutes at best, the cube is for ever: such a reader does not end while the tests run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from evtcompat.config.find import find_config
from evtcompat.containers.loading import marked_in
from evtcompat.errors import EvtcompatError
from evtcompat.formats.avro.containers.idl_tokens import Tokens
from evtcompat.sources.git.stand_ins import conflict_in
from evtcompat.sources.models.recognition import declares_models
from evtcompat.syntax.json_text import end_of, parse_json

LENGTH: Final = 300_000
#: What a text repeats, and what it ends with.
REPEATED: Final = {
    "strings-without-end": ('"\\', ""),
    "strings-without-end-before-a-slash": ('"\\', "/"),
    "comments-without-end": ("/*", ""),
    "docs-without-end": ("/**", ""),
    "brackets": ("[", ""),
    "pairs-of-brackets": ("[]", ""),
    "objects": ('{"a":', ""),
    "empty-lines": ("\n", "x"),
    "blank-lines": (" \n", "x"),
    "spaces": (" ", "x"),
    "words": ("tool", "="),
    "quotes": ("'", '"'),
    "commas": (", ", "x"),
    "digits": ("1", "!"),
    "sides-of-a-merge": ("<<<<<<< a\n=======\n", ""),
}


def _marks(text: str) -> None:
    for name in ("a.json", "a.yaml", "a.avsc"):
        marked_in(name, text.encode())


def _tokens(text: str) -> None:
    tokens = Tokens(text, "a.avdl")
    while tokens.next.text:
        tokens.take()


def _configuration(text: str) -> None:
    find_config(Path("/nowhere/at/all"), read=lambda path: text if path.name == "pyproject.toml" else None)


READERS: Final[dict[str, Callable[[str], object]]] = {
    "json": lambda text: parse_json(text, None),
    "json-with-comments": lambda text: parse_json(text, None, comments=True),
    "places-around-a-json-string": lambda text: end_of(json.dumps(text), 0),
    "avro-idl": _tokens,
    "containers": _marks,
    "models": declares_models,
    "merges": lambda text: conflict_in(text.encode(), "a.avsc"),
    "configuration": _configuration,
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("reader", READERS)
def test_a_text_is_read_or_refused_however_it_goes_on(reader: str, shape: str) -> None:
    part, end = REPEATED[shape]
    with suppress(EvtcompatError):
        READERS[reader](part * (LENGTH // len(part)) + end)
