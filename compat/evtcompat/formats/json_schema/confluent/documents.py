"""A schema document as Confluent's checker loads it: which reader its draft takes, and where its references lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import unquote, urldefrag, urljoin

from evtcompat.formats.json_schema.confluent.modern import modern_shape
from evtcompat.formats.json_schema.confluent.older import DRAFT_4, DRAFT_6, DRAFT_7, older_shape
from evtcompat.formats.json_schema.confluent.shapes import Shape, UnreadableError
from evtcompat.model.json_types import JSON
from evtcompat.model.places import unescape
from evtcompat.model.pointers import resolved

#: The document that a URI without fragment names, or ``None`` (which is no schema).
Lookup = Callable[[str], JSON]

_Reader = Callable[[JSON], Shape]

_SEVEN: _Reader = partial(older_shape, draft=DRAFT_7)
#: Readers by what `$schema` contains; a schema that names none of them is read as draft 7.
_READERS: Mapping[str, _Reader] = {
    "json-schema.org/draft-04/": partial(older_shape, draft=DRAFT_4),
    "json-schema.org/draft-06/": partial(older_shape, draft=DRAFT_6),
    "json-schema.org/draft-07/": _SEVEN,
    "json-schema.org/draft/2019-09/": modern_shape,
    "json-schema.org/draft/2020-12/": modern_shape,
}


def nowhere(_: str) -> JSON:
    """The lookup of a schema that stands alone."""
    return None


class RegistryDocument:
    """One document with the parts that its references lead to. The same reference always gives the same part."""

    def __init__(self, value: JSON, lookup: Lookup = nowhere) -> None:
        self._value = value
        self._lookup = lookup
        declared = value.get("$schema") if isinstance(value, dict) else None
        uri = declared if isinstance(declared, str) else ""
        self._read = next((read for mark, read in _READERS.items() if mark in uri), _SEVEN)
        self._known: dict[str, Shape] = {}
        self._root: Shape | None = None
        #: By the identity of a document, which is kept with them: its anchors.
        self._anchors: dict[int, tuple[JSON, Mapping[str, JSON]]] = {}
        self._embedded: Mapping[str, JSON] | None = None

    def root(self) -> Shape:
        """The part that the whole document makes; always the same one.

        Raises:
            UnreadableError: The loader would refuse the document.
        """
        if self._root is None:
            self._root = self._read(self._value)
        return self._root

    def follow(self, reference: Shape) -> Shape:
        """The part that a reference names.

        Raises:
            UnreadableError: Nothing known has that name.
        """
        target = str(reference.facets["target"])
        if target not in self._known:
            self._known[target] = self._read(self._find(target))
        return self._known[target]

    def _find(self, target: str) -> JSON:
        base = _identity(self._value)
        document, fragment = urldefrag(urljoin(base, target) if base else target)
        own = urldefrag(base)[0]
        if target.startswith("#") or document in ("", own):
            return self._within(self._value, fragment or urldefrag(target)[1], target)
        if self._embedded is None:
            self._embedded = _embedded(self._value, base)
        if document in self._embedded:
            return self._within(self._embedded[document], fragment, target)
        for name in (document, urldefrag(target)[0]):
            found = self._lookup(name)
            if found is not None:
                return self._within(found, fragment, target)
        message = f"{target} leads to a document that is not known here"
        raise UnreadableError(message)

    def _within(self, document: JSON, fragment: str, target: str) -> JSON:
        if not fragment:
            return document
        fragment = unquote(fragment)
        if not fragment.startswith("/"):
            if id(document) not in self._anchors:
                self._anchors[id(document)] = document, _anchors(document)
            anchors = self._anchors[id(document)][1]
            if fragment in anchors:
                return anchors[fragment]
            message = f"{target} names an anchor that does not exist"
            raise UnreadableError(message)
        steps = [unescape(token) for token in fragment[1:].split("/")]
        if steps[0] == "$defs" and isinstance(document, dict) and len(steps) > 1:
            # The registry copies `definitions` into `$defs` at the top level, so that either spelling finds it.
            home = document.get("$defs")
            if not (isinstance(home, dict) and steps[1] in home):
                steps[0] = "definitions"
        try:
            return resolved(document, steps)
        except LookupError:
            message = f"{target} points to nothing"
            raise UnreadableError(message) from None


def _identity(value: JSON) -> str:
    if isinstance(value, dict):
        for keyword in ("$id", "id"):
            written = value.get(keyword)
            if isinstance(written, str):
                return written
    return ""


def _anchors(value: JSON) -> Mapping[str, JSON]:
    """The objects in a document that have a name of their own in it, the first of each name."""
    found: dict[str, JSON] = {}
    for part in _objects(value):
        named = [part.get(keyword) for keyword in ("$anchor", "$dynamicAnchor")]
        own = [part.get(keyword) for keyword in ("$id", "id")]
        for name in (*named, *[one[1:] for one in own if isinstance(one, str) and one.startswith("#")]):
            if isinstance(name, str):
                found.setdefault(name, part)
    return found


def _embedded(value: JSON, base: str) -> Mapping[str, JSON]:
    """The objects inside a document that are documents of their own, by their addresses, the first of each address."""
    found: dict[str, JSON] = {}
    for part in _objects(value):
        identity = _identity(part)
        if identity and part is not value:
            found.setdefault(urldefrag(urljoin(base, identity))[0], part)
    return found


def _objects(value: JSON) -> list[dict[str, JSON]]:
    """Every object in the document, the outer ones first."""
    found: list[dict[str, JSON]] = []
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            found.append(part)
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
    return found
