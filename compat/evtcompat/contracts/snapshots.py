"""Schemas as they were when a version was recorded: files by their content, which never change and never conflict.

A version that runs keeps reading and writing what it was built with, whatever becomes of the files since.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import DocumentError, UncheckedError
from evtcompat.formats.loading import by_name
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document, FunctionReferences, References
from evtcompat.model.histories import Version
from evtcompat.model.json_texts import document, one_line
from evtcompat.model.json_texts import parse as parse_exact
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place
from evtcompat.reading import read_file
from evtcompat.writing import write_own

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.json_types import JSON

#: The folder of the files, and the end of their names: nobody takes them for schemas of the repository.
FOLDER: Final = "schemas"
_SUFFIX: Final = ".snapshot"
_DIGITS: Final = 24


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One schema with what it refers to."""

    format: SchemaFormat
    version: Version
    #: Whether a reader's own form says what it refuses of what it does not mention.
    forbids: bool = False
    #: Parts of what a consumer needs that the schema does not say.
    undecided: tuple[Undecided, ...] = ()
    #: The documents that it refers to, by name.
    references: Mapping[str, JSON] = field(default_factory=dict)
    #: Whether a reader makes values of texts: `contracts.model.Contract.converts`.
    converts: bool = False

    @property
    def key(self) -> str:
        """24 hexadecimal digits of its content."""
        return content_hash(self._content)[:_DIGITS]

    @property
    def _content(self) -> dict[str, JSON]:
        converts: dict[str, JSON] = {"converts": True} if self.converts else {}
        return converts | {
            "format": self.format.name,
            "schema": self.version.document.value,
            "references": dict(self.references),
            "forbids": self.forbids,
            "undecided": [{"path": part.path, "reason": part.reason} for part in self.undecided],
        }


def snapshot_of(
    schema_format: SchemaFormat,
    version: Version,
    *,
    forbids: bool = False,
    undecided: tuple[Undecided, ...] = (),
    converts: bool = False,
) -> Snapshot:
    """The snapshot of a version.

    Raises:
        SchemaError: It is no schema.
    """
    found: dict[str, JSON] = {}

    def lookup(name: str) -> Document | None:
        known = version.references.lookup(name)
        if known is not None:
            found[name] = known.value
        return known

    schema_format.parse(version.document, FunctionReferences(lookup))
    return Snapshot(schema_format, version, forbids, undecided, dict(sorted(found.items())), converts)


def keep(folder: Path, snapshot: Snapshot) -> None:
    """The snapshot lies in the folder of deployments.

    Raises:
        UsageError: It cannot be written.
    """
    path = folder / FOLDER / f"{snapshot.key}{_SUFFIX}"
    if not path.exists():
        write_own(path, document(snapshot._content))  # noqa: SLF001 - of this module


def kept(folder: Path, key: str, origin: str) -> Snapshot:
    """The snapshot of a key.

    Args:
        folder: Of deployments.
        key: Of the snapshot.
        origin: What messages call the schema.

    Raises:
        UncheckedError: There is none, or it is not what was written.
    """
    path = folder / FOLDER / f"{key}{_SUFFIX}"
    place = Place(origin=str(path))
    try:
        content = parse_exact(read_file(path))
    except OSError as error:
        message = f"the schema of {origin} is not there: {error.strerror or error}"
        raise DocumentError(
            message, place=place, hint="Commit and pull the folder of deployments as a whole."
        ) from error
    except ValueError as error:
        message = f"the schema of {origin} is damaged: {error}"
        raise DocumentError(message, place=place, hint="Take the file from git again.") from error
    if not isinstance(content, dict) or content_hash(content)[:_DIGITS] != key:
        message = f"the schema of {origin} is not what was recorded"
        raise DocumentError(message, place=place, hint="Take the file from git again.")
    return _snapshot(content, origin)


def _snapshot(content: dict[str, JSON], origin: str) -> Snapshot:
    schema_format = by_name(str(content["format"]))
    references = content["references"]
    undecided = content["undecided"]
    if not isinstance(references, dict) or not isinstance(undecided, list):
        message = f"the schema of {origin} is not what was recorded"
        raise UncheckedError(message)
    read = {
        name: Document(
            schema_format.read(one_line(value), None, base_uri=_uri(schema_format, name)).value,
            name,
            base_uri=_uri(schema_format, name),
        )
        for name, value in references.items()
    }
    known: References = FunctionReferences(read.get)
    value = schema_format.read(one_line(content["schema"]), None).value
    return Snapshot(
        schema_format,
        Version(Document(value, origin), None, known),
        forbids=content["forbids"] is True,
        undecided=tuple(_undecided(part, origin) for part in undecided),
        references=references,
        converts=content.get("converts") is True,
    )


def _uri(schema_format: SchemaFormat, name: str) -> str | None:
    return name if schema_format.names_are_uris else None


def _undecided(part: JSON, origin: str) -> Undecided:
    told = part if isinstance(part, dict) else {}
    return Undecided(Place(names=str(told.get("path", "")), origin=origin), Place(), str(told.get("reason", "")))
