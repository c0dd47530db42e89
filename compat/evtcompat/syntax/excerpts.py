"""Parts of a document as documents of their own, whose places are those of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.model.documents import Document, Within
from evtcompat.model.json_types import JSON
from evtcompat.syntax.documents import span

#: The `syntax` of an excerpt: its text does not write its value.
EXCERPT: Final = "excerpt"


def excerpt(whole: Document, value: JSON, places: Mapping[str, str], *, base_uri: str | None = None) -> Document:
    """A document with a value that was taken out of another one.

    Args:
        whole: Where it was taken from.
        value: What it is worth.
        places: Where the part at a pointer of `value`, and all below it, stands in `whole`; ``""`` is among them.
        base_uri: The URI that relative references start from; that of `whole` by default.
    """

    def span_of(pointer: str) -> tuple[int, int]:
        return span(whole, place_in(places, pointer)) or (0, 0)

    spanned = None if whole.text is None else span_of
    within = Within(whole, places)
    return Document(value, whole.origin, whole.text, EXCERPT, base_uri or whole.base_uri, spanned, within)


def place_in(places: Mapping[str, str], pointer: str) -> str:
    """The pointer of the whole that a pointer of an excerpt stands for."""
    known = pointer
    while known and known not in places:
        known = known.rpartition("/")[0]
    return places[known] + pointer[len(known) :]
