"""Marks of a version in the names of its types: ``shop.v2_0.Placed`` in the schema that is version 2.0."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass, replace
from evtcompat.formats.stated_versions import Mark, names_version
from evtcompat.model.documents import Document, References
from evtcompat.model.histories import Version
from evtcompat.model.json_types import JSON

#: Keys under which names stand, or types that may be names.
_NAMING = frozenset({"name", "namespace", "type", "items", "values", "aliases"})


def aligned(old: Version, new: Version) -> Version:
    """The old version with names that bear the version of the new one in place of its own."""
    marks = _mark(old), _mark(new)
    if marks[0] is None or marks[1] is None or marks[0] == marks[1]:
        return old
    mark = (marks[0], marks[1])
    return replace(old, document=_document(old.document, mark), references=_Aligned(old.references, mark))


def marks(old: Version, new: Version) -> tuple[Mark, ...]:
    """What `aligned` replaces: decoders that compare full names refuse the other version's."""
    before, after = _mark(old), _mark(new)
    if before is None or after is None or before == after:
        return ()
    value = new.document.value
    word = "namespace" if isinstance(value, dict) and after in str(value.get("namespace")).split(".") else "name"
    return (Mark(f"/{word}", f"The {word}", before, after),)


@dataclass(frozen=True, slots=True)
class _Aligned:
    """References of the old version, by the names of the new one."""

    inner: References
    mark: tuple[str, str]

    def lookup(self, name: str) -> Document | None:
        """See `References`."""
        old, new = self.mark
        found = self.inner.lookup(_renamed(name, (new, old)))
        return None if found is None else _document(found, self.mark)


def _mark(version: Version) -> str | None:
    """The part of the schema's own namespace that names its version."""
    value = version.document.value
    if version.label is None or not isinstance(value, dict):
        return None
    words = (value.get(key) for key in ("namespace", "name"))
    parts = (part for word in words if isinstance(word, str) for part in word.split("."))
    return next((part for part in parts if part[:1] in "vV" and names_version(part, version.label)), None)


def _document(document: Document, mark: tuple[str, str]) -> Document:
    return replace(document, value=_value(document.value, mark))


def _value(value: JSON, mark: tuple[str, str], key: str = "type") -> JSON:
    if isinstance(value, dict):
        return {inner: _value(one, mark, inner) if _may_name(inner, one) else one for inner, one in value.items()}
    if isinstance(value, list):
        return [_value(one, mark, key) for one in value]
    return _renamed(value, mark) if isinstance(value, str) and key in _NAMING else value


def _may_name(key: str, value: JSON) -> bool:
    return key in _NAMING or (key == "fields" and isinstance(value, list))


def _renamed(name: str, mark: tuple[str, str]) -> str:
    return ".".join(mark[1] if part == mark[0] else part for part in name.split("."))
