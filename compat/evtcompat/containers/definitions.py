"""Documents that do nothing but define schemas: each that others of the document do not use is an event.

Such a document accepts everything, so that no change of it as a whole is ever a break.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote

from evtcompat.containers.loading import declared_notation, defining
from evtcompat.errors import UncheckedError
from evtcompat.formats.containers import Contained, Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.containers.located import Located
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

#: Members whose values are data, in which no reference is meant.
_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})

_ABOUT: Final = (
    rb"(?:\$(?:anchor|comment|id|schema|vocabulary)|default|deprecated|description|examples?|id|readOnly|self|title"
    rb"|version|writeOnly|x-[\w.-]*+)"
)
_PLACES: Final = rb"(?:\$defs|definitions|components)"
_TEXT: Final = rb'"(?:[^"\\]|\\.)*+"'
#: Definitions come before anything that constrains, as in documents that have nothing else. In JSON, what else there is
#: holds no objects in objects; a mark that went further would have to parse.
_MARK: Final = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?+(?:\s*+\{\s*+"""
    rb"""(?:"%(about)b"\s*+:\s*+(?:%(text)b|\[[^\[\]]*+\]|\{[^{}]*+\}|[-+.\w]++)\s*+,\s*+)*+"%(places)b"\s*+:"""
    rb"""|(?:\n|(?:[#%%\s-]|["']?%(about)b["']?\s*+:)[^\n]*+\n)*+["']?%(places)b["']?\s*+:)"""
    % {b"about": _ABOUT, b"text": _TEXT, b"places": _PLACES}
)


class Definitions(SchemaContainer):
    """A document with nothing but definitions."""

    name = "definitions"
    noun = "a document of definitions"
    holds = "schemas"
    mark = _MARK

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`: it has the shape of a schema, defines some, and says nothing else."""
        return defining(cast("JSON", value)) is not None

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`."""
        from evtcompat.containers.bundling import bundled, unread
        from evtcompat.containers.located import File, Files

        schema_format = defining(document.value)
        if schema_format is None:
            return Contents()
        told = declared_notation(document.value)
        files = Files(File(path, document), beside)
        found = schema_format.definitions(document.value)
        members = {name: at for name, pointer in found.items() if (at := files.at(pointer)) is not None}
        parts = _parts({at.pointer: at for at in members.values()})
        problems: dict[str, UncheckedError] = {}
        schemas: list[Contained] = []
        for name, schema in members.items():
            try:
                if not isinstance(schema.value, (dict, bool)):
                    message = "a definition is no schema: neither an object nor true or false"
                    raise unread(schema, message, "Write the schema, or take the definition out.")
                made = bundled(files, schema, None if told is None else told.dialect, name)
            except UncheckedError as error:
                problems[name] = error
            else:
                schemas.append(Contained(name, schema_format, made, part=schema.pointer in parts))
        return Contents(tuple(schemas), problems, declared=told is not None)


def _parts(members: Mapping[str, Located]) -> frozenset[str]:
    """The pointers of what others contain, through others too, and do not lie in themselves.

    What describes an object stays an event where only a choice of several has it, which is none itself.
    """
    uses = {pointer: _used(one.value) & members.keys() for pointer, one in members.items()}
    messages = {pointer for pointer, one in members.items() if _is_message(one.value)}
    of_all = _reach(uses)
    of_messages = _reach({pointer: uses[pointer] & messages for pointer in messages})
    return frozenset(
        pointer for pointer in members if _is_part(pointer, of_messages if pointer in messages else of_all)
    )


def _is_message(value: object) -> bool:
    return isinstance(value, Mapping) and ("properties" in value or "allOf" in value)


def _reach(uses: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """What each contains, through others too."""
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
    """Whether another contains it that it does not contain itself."""
    return any(name in inner and other not in reach[name] for other, inner in reach.items() if other != name)


def _used(value: object) -> frozenset[str]:
    """The pointers of what a part of the document refers to in it as a whole."""
    found: set[str] = set()
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, Mapping):
            reference = part.get("$ref")
            if isinstance(reference, str) and reference.startswith("#"):
                found.add(unquote(reference[1:]))
            pending += (inner for word, inner in part.items() if word not in _DATA)
        elif isinstance(part, list):
            pending += part
    return frozenset(found)


DEFINITIONS: Final = Definitions()
