"""How a format's payloads are written to topics and files. Light: every run imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Encoding(NamedTuple):
    """One way in which a payload is written to a topic or a file."""

    #: The word of ``--encoding``: ``confluent``.
    name: str
    #: Of files that hold it: ``.wire``.
    suffix: str
    #: What the header of a message says.
    content_type: str
    #: What stands before the payload, in words (``schema id``); ``""`` when the bytes are the payload and nothing else.
    mark: str = ""


def bare(encodings: Sequence[Encoding]) -> Encoding:
    """The encoding whose bytes are the payload and nothing else: every format has one."""
    return next(encoding for encoding in encodings if not encoding.mark)
