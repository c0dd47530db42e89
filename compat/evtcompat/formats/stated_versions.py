"""The version that a document states of itself, wherever its file lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

_NUMBERS: Final = r"\d+(?:\.\d+){1,3}(?:-[0-9A-Za-z.-]+)?|\d+-\d+-\d+"
#: A version: two numbers or more. A single one may be anything, unless a `v` stands before it.
_VERSION: Final = re.compile(rf"v?(?P<marked>{_NUMBERS})|v(?P<number>\d+)", re.IGNORECASE)
#: A version with the words of a pre-release after it, in lower case.
_MARK: Final = re.compile(r"v?(?P<version>\d[0-9a-z]*(?:[-._+][0-9a-z]+)*)")
_PARTS: Final = re.compile(r"\d+|[a-z]+")
#: Members in which a schema states its version, annotations to every tool.
_WORDS: Final = ("x-version", "version")


class Mark(NamedTuple):
    """A place at which two versions of a schema each name themselves."""

    pointer: str
    #: What a sentence that begins with it calls the place.
    name: str
    old: str
    new: str


def stated(value: object) -> str | None:
    """What a member of the document says is its version; ``None`` where none does.

    >>> stated({"x-version": "1.2.0"}), stated({"version": 3}), stated({"self": {"version": "1-0-2"}})
    ('1.2.0', None, '1-0-2')
    """
    if not isinstance(value, Mapping):
        return None
    for word in _WORDS:
        found = _version(value.get(word))
        if found is not None:
            return found
    described = value.get("self")
    return _version(described.get("version")) if isinstance(described, Mapping) else None


def in_address(address: str) -> str | None:
    """The last part of an address that is a version; ``None`` where none is.

    >>> in_address("https://example.org/spec/1-2-0/Order.json"), in_address("/order/1.0.0"), in_address("/a/2/b")
    ('1-2-0', '1.0.0', None)
    """
    path = address.partition("#")[0].partition("://")[2] or address.partition("#")[0]
    for part in reversed(path.split("/")):
        found = _version(part) or _version(part.rpartition(".")[0])
        if found is not None:
            return found
    return None


def names_version(word: object, label: str) -> bool:
    """Whether a word is another way to write a version label.

    >>> names_version("1.2.0", "1-2-0"), names_version("v10_0", "10.0"), names_version("3", "3.0")
    (True, True, False)
    >>> names_version("3.1-RC3", "3.1-rc.3"), names_version("3.1", "3.1-RC3")
    (True, False)
    """
    marks = [_MARK.fullmatch(one.lower()) for one in (word, label) if isinstance(one, str)]
    said = [_PARTS.findall(one["version"]) for one in marks if one is not None]
    return len(said) == len((word, label)) and said[0] == said[1]


def _version(word: object) -> str | None:
    found = _VERSION.fullmatch(word) if isinstance(word, str) else None
    return None if found is None else found["marked"] or found["number"]
