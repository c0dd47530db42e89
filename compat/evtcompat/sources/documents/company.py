"""What stands around a document that has the shape of a schema and does not say that it is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Final

from evtcompat.errors import UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import built_in, declared_by
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.names.other_kinds import kind_of
from evtcompat.sources.tree import Tree, folder_of, inside
from evtcompat.syntax.documents import decode_text, parse_document

#: What describes a web interface refers to what is no event.
_WEB: Final = re.compile(rb"""(?:^|\{\s*)["']?(?:openapi|swagger)["']?\s*:""", re.MULTILINE)
#: Larger files are data.
_LARGEST: Final = 1_000_000


class Company:
    """Tells whether a document stands among schemas. Owned by whoever reads the tree; answers are kept."""

    def __init__(self, tree: Tree, layout: Layout) -> None:
        """Nothing is read yet."""
        self._tree = tree
        self._layout = layout
        self._folders: dict[str, tuple[str, ...]] = {}
        self._referred: frozenset[str] | None = None
        #: The format of which the baseline has a schema at a path: it is one still, whatever has moved around it.
        self.before: Callable[[str], SchemaFormat | None] = lambda _: None

    def keeps(self, path: str) -> bool:
        """Whether a schema lies in the folder of a document besides it, or one refers to it."""
        return any(one != path for one in self._schemas(folder_of(path))) or path in self._referred_to()

    def _schemas(self, folder: str) -> tuple[str, ...]:
        """The first two documents right in a folder that say that they are schemas, or are taken for nothing else.

        One of them is another one than whatever document is asked about.
        """
        if folder not in self._folders:
            beside = self._tree.siblings(folder)
            found = (path for path in beside if _may_be_schema(path) and self._is_schema(path))
            self._folders[folder] = tuple(islice(found, 2))
        return self._folders[folder]

    def _is_schema(self, path: str) -> bool:
        if self._layout.excluded(path) or self._layout.is_sample(path):
            return False
        data = self._read(path)
        if not any(mark.search(data) for mark in _marks()):
            return False
        try:
            value = parse_document(decode_text(data, None), None, name=path).value
        except UncheckedError:  # told where the file itself is looked at
            return False
        if kind_of(value) is not None:
            return False
        found = declared_by(value)
        return (found is not None and found.names_are_uris) or any(
            seen is not None and seen.in_company and seen.alone
            for seen in (one.resemblance(value) for one in _told_by_shape())
        )

    def _referred_to(self) -> frozenset[str]:
        """The files that documents of the tree refer to by where they lie."""
        if self._referred is None:
            found: set[str] = set()
            for path in self._tree.walk().files:
                if _may_be_schema(path) and not self._layout.is_sample(path):
                    data = self._read(path)
                    targets = _targets(folder_of(path), data)
                    if targets and _WEB.search(data) is None:
                        found |= targets
            self._referred = frozenset(found)
        return self._referred

    def _read(self, path: str) -> bytes:
        try:
            data = self._tree.read(path) or b""
        except UncheckedError:  # told where the file itself is looked at
            return b""
        return data if len(data) <= _LARGEST else b""


def _targets(folder: str, data: bytes) -> set[str]:
    """The files that a document in a folder refers to, without fragments."""
    patterns = (one.reference_pattern for one in _told_by_shape() if one.reference_pattern is not None)
    named = (found.decode("utf-8", "replace") for pattern in patterns for found in pattern.findall(data))
    return {target for name in named if (target := inside(f"{folder}/{name}"))}


def _told_by_shape() -> tuple[SchemaFormat, ...]:
    return tuple(one for one in built_in() if one.document_suffixes)


def _marks() -> tuple[re.Pattern[bytes], ...]:
    return tuple(
        mark for one in _told_by_shape() for mark in (one.declaration, one.resemblance_mark) if mark is not None
    )


def _may_be_schema(path: str) -> bool:
    return path.lower().endswith(tuple(suffix for one in _told_by_shape() for suffix in one.document_suffixes))
