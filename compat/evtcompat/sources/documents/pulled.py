"""References as `registry pull` writes them down beside versions, so that a folder can be read without its registry."""

from __future__ import annotations

import posixpath
from typing import TypeGuard
from urllib.parse import unquote, urljoin, urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError, DocumentError, UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.reading import PULLED_REFERENCES
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.references import BASE_URI, resolve
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.tree import Tree, folder_of, inside
from evtcompat.syntax.json_text import parse_json


def pulled_references(tree: Tree, path: str) -> tuple[Reference, ...]:
    """The references of the version at a path, as they are written down beside it; none where nothing is.

    Raises:
        DocumentError: What is written there cannot be read.
    """
    return tuple(reference for reference, _ in _entries(tree, path))


def holds_references(tree: Tree, path: str) -> bool:
    """Whether a file is what `registry pull` writes beside the versions of a subject, and no schema of anybody."""
    try:
        data = tree.read(path) if f"/{path}".endswith(f"/{PULLED_REFERENCES}") else None
        value = None if data is None else parse_json(data.decode("utf-8", "replace"), None)
    except UncheckedError:  # told where the file itself is looked at
        return False
    listed = list(value.values()) if isinstance(value, dict) else []
    return bool(listed) and all(isinstance(one, list) and all(map(_is_entry, one)) for one in listed)


def read_references(tree: Tree, path: str, schema_format: SchemaFormat) -> References | None:
    """What the schema at a path may refer to as it was registered; ``None`` where nothing is written down beside it.

    Raises:
        BaselineError: A file that it refers to is not there any more.
        DocumentError: What is written there, or what it refers to, cannot be read.
    """
    entries = _entries(tree, path)
    if not entries:
        return None
    reader = _Reader(tree, schema_format)
    reader.note(path, entries)
    found = resolve(
        [reference for reference, _ in entries],
        referring="",
        schema_format=schema_format,
        fetch=reader.fetch,
        base=reader.value(path),
        name_document=lambda one: tree.origin(reader.files[one.subject, one.version]),
    )
    return _Pulled(found, folder_of(path))


def pulled_files(tree: Tree, path: str) -> frozenset[str]:
    """The files that the schema at a path refers to as it was registered, through others too, whether they are there.

    Raises:
        DocumentError: What is written down cannot be read.
    """
    found: set[str] = set()
    pending = [path]
    while pending:
        one = pending.pop()
        led = {inside(f"{folder_of(one)}/{file}") for _, file in _entries(tree, one)} - {None, path} - found
        targets = [target for target in led if target is not None]
        found.update(targets)
        pending += targets
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Pulled:
    """References of a registered schema, looked up from where its file lies."""

    found: References
    folder: str

    def lookup(self, name: str) -> Document | None:
        """See `References`: relative references start at the file here, and nowhere in the registry."""
        known = self.found.lookup(name)
        if known is None and name.startswith("file:"):
            path = unquote(urlsplit(name).path).lstrip("/")
            known = self.found.lookup(urljoin(BASE_URI, posixpath.relpath(path, self.folder or ".")))
        return known


@dataclass(slots=True)
class _Reader:
    """Reads versions from a pulled folder as if it were the registry."""

    tree: Tree
    format: SchemaFormat
    files: dict[tuple[str, int], str] = field(default_factory=dict)

    def note(self, path: str, entries: tuple[tuple[Reference, str], ...]) -> None:
        """Remember where the versions lie that an entry of a file names."""
        for reference, file in entries:
            target = inside(f"{folder_of(path)}/{file}")
            if target is not None:
                self.files[reference.subject, reference.version] = target

    def value(self, path: str) -> JSON:
        """The parsed schema at a path; ``None`` when it cannot be parsed, a problem of its own."""
        try:
            return parse_json((self.tree.read(path) or b"").decode("utf-8", "replace"), None)
        except DocumentError:
            return None

    def fetch(self, subject: str, version: int | str) -> Registered:
        """The version in its file.

        Raises:
            BaselineError: There is no such file.
        """
        number = version if isinstance(version, int) else 0
        path = self.files.get((subject, number))
        data = None if path is None else self.tree.read(path)
        if path is None or data is None:
            message = f"{path or f'{subject} version {version}'} is not there, to which a pulled schema refers"
            raise BaselineError(message, hint="Pull the subjects again: `evtcompat registry pull FOLDER`.")
        entries = _entries(self.tree, path)
        self.note(path, entries)
        text = data.decode("utf-8", "replace")
        references = tuple(reference for reference, _ in entries)
        return Registered(subject, number, 0, text, self.format.registry_type, references)


def _entries(tree: Tree, path: str) -> tuple[tuple[Reference, str], ...]:
    """The references that are written down for a file, each with the file that it leads to."""
    beside = f"{folder_of(path)}/{PULLED_REFERENCES}".lstrip("/")
    data = tree.read(beside) if tree.is_file(beside) else None
    if data is None:
        return ()
    value = parse_json(data.decode("utf-8", "replace"), tree.origin(beside))
    listed = value.get(name_of(path).label or "") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        return ()
    return tuple(_entry(one) for one in listed if _is_entry(one))


def _is_entry(value: JSON) -> TypeGuard[dict[str, JSON]]:
    return isinstance(value, dict) and {"name", "subject", "version", "file"} <= value.keys()


def _entry(value: dict[str, JSON]) -> tuple[Reference, str]:
    version = value["version"]
    number = version if isinstance(version, int) else 0
    return Reference(str(value["name"]), str(value["subject"]), number), str(value["file"])
