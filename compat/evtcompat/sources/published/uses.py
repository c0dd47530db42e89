"""What a schema file refers to, as a registry wants it to be told: names, and the files that define them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document
from evtcompat.registries.base import Reference
from evtcompat.sources.documents.pulled import pulled_references
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import folder_of


class Uses(NamedTuple):
    """What one schema refers to."""

    #: By the name of the reference: the file that defines it, from the root of the tree.
    files: Mapping[str, str]
    #: As the file was registered, where `registry pull` wrote it.
    registered: tuple[Reference, ...] = ()
    #: Names that it uses and no file defines; some may mean nothing.
    open: frozenset[str] = frozenset()


def uses_of(schemas: SchemaTree, path: str, schema_format: SchemaFormat) -> Uses:
    """What the schema at a path refers to, not through others.

    Raises:
        UncheckedError: It cannot be read, or several files define a name, and differently.
    """
    registered = pulled_references(schemas.tree, path)
    if registered:
        return Uses({}, registered)
    files: dict[str, str] = {}
    unknown: set[str] = set()
    for name in sorted(schemas.library.names(path, schema_format).used):
        target = schemas.library.locate(name, path, schema_format)
        if target is None:
            unknown.add(name)
        elif target != path:
            files[_reference_name(name, path)] = target
    return Uses(files, (), frozenset(unknown))


def takes(name: str, defining: Document, used: frozenset[str], schema_format: SchemaFormat, base: Document) -> bool:
    """Whether a registered reference of this name, to a document, defines one of the names that a schema uses."""
    if not schema_format.names_are_uris:
        return name in used or bool(schema_format.names(defining).defined & used)
    starts = (base.base_uri, *schema_format.identifiers(base.value))
    absolute = {urljoin(start, name).partition("#")[0] for start in starts if start is not None}
    return bool({name, *absolute, *schema_format.names(defining).defined} & used)


def _reference_name(name: str, path: str) -> str:
    """What a registry knows a used name by: files by their way from the file that refers to them."""
    if not name.startswith("file:"):
        return name
    target = unquote(urlsplit(name).path).lstrip("/")
    return posixpath.relpath(target, folder_of(path) or ".")
