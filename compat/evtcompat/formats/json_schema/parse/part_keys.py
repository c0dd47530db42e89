"""The content of a part of a schema together with that of all that it leads to: what its meaning depends on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.keywords.table import REFERRING
from evtcompat.formats.json_schema.parse.content_keys import ContentKey, content_key
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.formats.json_schema.parse.simple_documents import may_refer

#: References that a part leads through, beyond which it has no key.
_MOST_REFERENCES: Final = 64


class PartKeys:
    """The keys of the parts of one schema's own document."""

    def __init__(self, library: Library) -> None:
        """Nothing is looked at yet; `library` is where the schema's references lead."""
        self._library = library
        #: By the identities of parts, which are those of the schema.
        self._keys: dict[int, ContentKey | None] = {}
        self._refers: dict[int, bool] = {}

    def refers(self, part: Value) -> bool:
        """Whether there may be a reference in a part."""
        if not self._library.may_refer():
            return False
        found = self._refers.get(id(part))
        if found is None:
            key = content_key(part)
            found = self._refers[id(part)] = key is None or may_refer(key)
        return found

    def key(self, part: Value) -> ContentKey | None:
        """The key of a part.

        In another schema of the same dialect, what has an equal key means the same. ``None`` where the meaning is not
        known to depend on nothing else: the part leads to the root, to another document, or too far.
        """
        if id(part) not in self._keys:
            self._keys[id(part)] = self._found(part)
        return self._keys[id(part)]

    def _found(self, part: Value) -> ContentKey | None:
        if not self._library.simple:
            return None
        own = content_key(part)
        if own is None or not self.refers(part):
            return own
        keys: dict[str, bytes] = {}
        pending = list(_references(part))
        while pending:
            reference = pending.pop()
            if reference in keys:
                continue
            key = self._target(reference, part, pending) if len(keys) < _MOST_REFERENCES else None
            if key is None:
                return None
            keys[reference] = key
        return own, *(piece for reference in sorted(keys) for piece in (reference, keys[reference]))

    def _target(self, reference: str, part: Value, pending: list[str]) -> bytes | None:
        """The content key of what a reference leads to; its own references are put to those that are pending."""
        if not reference.startswith("#/"):
            return None
        try:
            target = self._library.lookup(reference, None, part).contents
        except ReferenceMissingError:
            return None
        pending.extend(_references(target))
        return content_key(target)


def _references(part: Value) -> Iterator[str]:
    """Every text in a part that may be a reference; for what stands in such a place and is none, one to nowhere."""
    pending = [part]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            yield from (one[word] if isinstance(one[word], str) else "" for word in REFERRING if word in one)
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
