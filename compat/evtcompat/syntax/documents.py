"""From the text of a file to a `Document`, and from a `Place` in a document to its line and column."""

from __future__ import annotations

import re
from functools import lru_cache

from evtcompat.dataclasses import replace
from evtcompat.errors import DocumentError
from evtcompat.model.documents import Document
from evtcompat.model.places import Place, tokens
from evtcompat.syntax.json_text import blank_comments, end_of, offset_of, parse_json
from evtcompat.syntax.positions import Position
from evtcompat.syntax.suffixes import is_yaml

_LINE = re.compile(r"[^\r\n]*")
_TWO_MARKS = b"\xef\xbb\xbf" * 2


def parse_document(
    text: str,
    origin: str | None,
    *,
    name: str | None = None,
    exact: bool = True,
    comments: bool = False,
    merge_keys: bool = False,
    base_uri: str | None = None,
) -> Document:
    """The document that a text writes.

    Args:
        text: The whole text; a leading byte order mark is dropped.
        origin: What the document is called in messages.
        name: The file name, whose suffix tells JSON from YAML; `origin` when absent.
        exact: Numbers with a fraction or exponent as `Decimal`, rather than `float`.
        comments: JSON may have C-style comments.
        merge_keys: YAML may have merge keys (``<<``).
        base_uri: The URI that relative references start from.

    Raises:
        DocumentError: See `parse_json` and `parse_yaml`.
    """
    text = text.removeprefix("\ufeff")
    if is_yaml(name or origin or ""):
        from evtcompat.syntax.yaml_text import parse_yaml

        value, _ = parse_yaml(text, origin, exact=exact, merge_keys=merge_keys, spans=False)
        return Document(value=value, origin=origin, text=text, syntax="yaml", base_uri=base_uri)
    value = parse_json(text, origin, comments=comments, exact=exact)
    syntax = "json-with-comments" if comments else "json"
    return Document(value, origin, text, syntax, base_uri)


def decode_text(data: bytes, origin: str | None) -> str:
    """The text of a file's bytes, without a byte order mark.

    Raises:
        DocumentError: They are not UTF-8, the place tells the line; or there is a second byte order mark.
    """
    if data.startswith(_TWO_MARKS):
        message = "begins with two byte order marks"
        raise DocumentError(message, place=Place(origin=origin, line=1, column=1), hint="Save the file without them.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position = Position.at(data[: error.start].decode("utf-8", "replace"), error.start)
        message = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        place = Place(origin=origin, line=position.line, column=max(1, position.column))
        raise DocumentError(message, place=place, hint="Save the file as UTF-8.") from error


def locate(document: Document, place: Place) -> Place:
    """The place with origin, line and column of `document`, as far as its text is known.

    A pointer that leads nowhere in the text keeps the position of its nearest parent.
    """
    if document.text is None:
        return place if place.origin or place.origin == document.origin else replace(place, origin=document.origin)
    text = document.text
    start, end = _span(document, place.pointer)
    if document.syntax == "yaml":
        start, end = _with_key(text, start, end, place.pointer)
    position = Position.at(text, start)
    line_start = start - position.column + 1
    source = _line_at(text, line_start)
    return replace(
        place,
        origin=document.origin,
        line=position.line,
        column=position.column,
        end_column=min(end - line_start, len(source)) + 1,
        source=source,
    )


def _with_key(text: str, start: int, end: int, pointer: str) -> tuple[int, int]:
    """What a person is shown of a part of YAML: its key where it begins on a line below that, as blocks do."""
    before = text[:start].rstrip()
    name = tokens(pointer)[-1] if pointer else ""
    for key in (name, f'"{name}"', f"'{name}'"):
        if pointer and before.endswith(f"{key}:") and "\n" in text[len(before) : start]:
            return len(before) - len(key) - 1, len(before) - 1
    return start, end


# A document on one line is asked for it by every finding.
@lru_cache(maxsize=8)
def _line_at(text: str, start: int) -> str:
    line = _LINE.match(text, start)
    return line.group() if line else ""


def span(document: Document, pointer: str) -> tuple[int, int] | None:
    """The offsets at which the part begins and ends, or ``None`` without a text."""
    return None if document.text is None else _span(document, pointer)


def _span(document: Document, pointer: str) -> tuple[int, int]:
    text = document.text or ""
    if document.span_of is not None:
        return document.span_of(pointer)
    if document.syntax == "yaml":
        spans = _yaml_spans(text)
        while pointer and pointer not in spans:
            pointer = pointer.rpartition("/")[0]
        start, last = spans.get(pointer, (0, None))
        end = text.find("\n", start) if last is None else last
        return start, len(text) if end < 0 else end
    if document.syntax == "json-with-comments":
        text = blank_comments(text)
    found = offset_of(text, pointer)
    while found is None and pointer:
        pointer = pointer.rpartition("/")[0]
        found = offset_of(text, pointer)
    start = found or 0
    return start, end_of(text, start)


@lru_cache(maxsize=8)
def _yaml_spans(text: str) -> dict[str, tuple[int, int | None]]:
    from evtcompat.syntax.yaml_text import parse_yaml

    try:
        return parse_yaml(text, None, merge_keys=True)[1]
    except DocumentError:  # the text was parsed before under the same rules; a caller made this document by hand
        return {}
