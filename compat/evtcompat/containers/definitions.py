"""Documents that do nothing but define schemas: each that others of the document do not use is an event.

Such a document accepts everything, so that no change of it as a whole is ever a break.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from evtcompat.containers.loading import declared_notation
from evtcompat.errors import UncheckedError
from evtcompat.formats.containers import Contained, Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document

_WORDS: Final = ("$defs", "definitions")
#: What a document may say about itself without constraining anything.
_ABOUT: Final = frozenset({"$schema", "$id", "id", "$comment", "title", "description", "version", *_WORDS})
_REFERENCE: Final = re.compile(r"#/(?:\$defs|definitions)/([^/]+)")

#: Definitions come before anything that constrains, as in documents that have nothing else.
_MARK: Final = re.compile(
    rb"""\A\s*\{\s*(?:"(?:\$schema|\$id|id|\$comment|title|description|version)"\s*:\s*"[^"]*"\s*,\s*)*"(?:\$defs|definitions)"\s*:"""
    rb"""|\A(?:(?:#|---|\$schema|\$id|id|\$comment|title|description|version)[^\n]*+\n|[^\S\n]*+\n)*+["']?(?:\$defs|definitions)["']?\s*:"""
)


class Definitions(SchemaContainer):
    """A document with nothing but definitions."""

    name = "definitions"
    noun = "a document of definitions"
    holds = "messages"
    mark = _MARK

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`: it declares its language, defines objects, and says nothing else."""
        if not isinstance(value, Mapping) or not value.keys() <= _ABOUT or declared_notation(value) is None:
            return False
        return any(_is_message(one) for word in _WORDS for one in _members(value.get(word)).values())

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`."""
        from evtcompat.containers.bundling import bundled
        from evtcompat.containers.located import File, Files

        files = Files(File(path, document), beside)
        told = declared_notation(document.value)
        problems: dict[str, UncheckedError] = {}
        schemas: list[Contained] = []
        parts = [part for word in _WORDS if (part := files.at(f"/{word}")) is not None]
        members = [member for part in parts for member in part.members()]
        reach = _reach({name: _used(one.value) for name, one in members if _is_message(one.value)})
        for name, schema in members:
            if told is None or not _is_message(schema.value):
                continue
            try:
                made = bundled(files, schema, told.dialect or "", name)
            except UncheckedError as error:
                problems[name] = error
            else:
                schemas.append(Contained(name, told.format, made, part=_is_part(name, reach)))
        return Contents(tuple(schemas), problems)


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _is_message(value: object) -> bool:
    return isinstance(value, Mapping) and ("properties" in value or "allOf" in value)


def _reach(uses: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The messages that each contains, through others too."""
    found = {}
    for name in uses:
        seen: set[str] = set()
        pending = list(uses[name])
        while pending:
            one = pending.pop()
            if one in uses and one not in seen:
                seen.add(one)
                pending += uses[one]
        found[name] = frozenset(seen)
    return found


def _is_part(name: str, reach: Mapping[str, frozenset[str]]) -> bool:
    """Whether another message contains it that it does not contain itself."""
    return any(name in inner and other not in reach[name] for other, inner in reach.items() if other != name)


def _used(value: object) -> frozenset[str]:
    """The definitions that a part of the document refers to."""
    found: set[str] = set()
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, Mapping):
            reference = part.get("$ref")
            if isinstance(reference, str):
                found.update(_REFERENCE.findall(reference))
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return frozenset(found)


DEFINITIONS: Final = Definitions()
