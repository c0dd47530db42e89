"""Parts of documents that refer to each other with ``$ref``: where a reference leads, in this file or another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from posixpath import relpath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urldefrag

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.model.missing_parts import correction, lacking
from evtcompat.model.places import Place, child, tokens
from evtcompat.syntax.documents import locate, parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.containers import Beside, SourceText
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON


class File(NamedTuple):
    """A document and where it lies."""

    path: str
    document: Document


class Located(NamedTuple):
    """A part of a document."""

    file: File
    pointer: str
    value: JSON

    def member(self, name: str) -> Located | None:
        """The member of an object, or ``None`` where it has none of this name."""
        if not isinstance(self.value, dict) or name not in self.value:
            return None
        return Located(self.file, child(self.pointer, name), self.value[name])

    def members(self) -> Iterator[tuple[str, Located]]:
        """The members of an object; none of anything else."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                yield name, Located(self.file, child(self.pointer, name), value)

    def items(self) -> Iterator[Located]:
        """The items of an array; none of anything else."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Located(self.file, child(self.pointer, index), value)

    def text(self, name: str) -> str | None:
        """The member of an object that is a string, or ``None``."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        return found if isinstance(found, str) and found else None

    @property
    def reference(self) -> str | None:
        """What it refers to, where it is a reference."""
        return self.text("$ref")

    @property
    def last(self) -> str:
        """The name of the part: the last token of its pointer, or the file's name without suffixes."""
        if self.pointer:
            return tokens(self.pointer)[-1]
        return self.file.path.rpartition("/")[2].partition(".")[0]

    def seen_from(self, file: File) -> str:
        """A reference to it in a file: the same as long as neither is moved without the other."""
        folder = file.path.rpartition("/")[0]
        return f"{'' if file.path == self.file.path else relpath(self.file.path, folder or '.')}#{self.pointer}"

    def place(self, name: str | None = None) -> Place:
        """Where it stands, or its member does."""
        pointer = self.pointer if name is None else child(self.pointer, name)
        return locate(self.file.document, Place(pointer=pointer))


def other_version(value: object, word: str) -> str | None:
    """The version of an API description, as its member `word` says it; ``None`` for any other document."""
    version = value.get(word) if isinstance(value, Mapping) and "info" in value else None
    text = str(version) if isinstance(version, (str, int, float, Decimal)) else ""
    return text if text[:1].isdigit() else None


def refuse_version(document: Document, word: str, title: str, known: str) -> None:
    """Refuse an API description of a version that is not read.

    Args:
        document: Whatever it holds.
        word: The member that says the version.
        title: What the language is called.
        known: The versions of it that are read.

    Raises:
        UnsupportedError: It is one; left aside, everything in it would be taken for removed.
    """
    version = other_version(document.value, word)
    if version is not None:
        place = locate(document, Place(pointer=child("", word)))
        message = f"is written in {title} {version}, which evtcompat does not read"
        raise UnsupportedError(message, place=place, hint=f"It reads {title} {known}. `exclude` leaves the file aside.")


class Files:
    """The documents that a container is made of; each is read once."""

    def __init__(self, root: File, beside: Beside) -> None:
        """Only the container itself is read yet."""
        self.root = root
        self._beside = beside
        self._files = {root.path: root}

    def at(self, pointer: str) -> Located | None:
        """The part of the container at a pointer."""
        return part(self.root, pointer)

    def resolved(self, start: Located) -> Located:
        """What a part is once all references at its top are followed; places are those of what is found.

        Raises:
            DocumentError: A reference leads nowhere, out of the repository, to the network, or in a circle.
        """
        at = start
        met: set[tuple[str, str]] = set()
        while (at.file.path, at.pointer) not in met:
            met.add((at.file.path, at.pointer))
            reference = at.reference
            if reference is None:
                return at
            at = self.target(at, reference)
        message = "the references turn in a circle"
        raise DocumentError(message, place=start.place("$ref"), hint="Let one of them be what is meant.")

    def target(self, at: Located, reference: str) -> Located:
        """What a reference that stands in a part leads to.

        Raises:
            DocumentError: See `resolved`.
        """
        address, fragment = urldefrag(reference)
        file = self.file(at, address) if address else at.file
        pointer = unquote(fragment)
        if file is None:
            message = f"the reference {reference} leads to no file of this repository"
            hint = "Keep a copy beside the document and refer to that: the network is never asked."
            raise UnsupportedError(message, place=at.place("$ref"), hint=hint)
        found = part(file, pointer) if not pointer or pointer.startswith("/") else None
        if found is None:
            lacked = f"{file.path} has no {lacking(file.document.value, pointer)}"
            reason = lacked if pointer.startswith("/") else f"{pointer} is no JSON pointer into {file.path}"
            message = f"the reference {reference} leads to nothing: {reason}"
            hint = correction(file.document.value, pointer)
            raise DocumentError(message, place=at.place("$ref"), hint=hint)
        return found

    def source(self, at: Located, address: str) -> SourceText | None:
        """The text of the file that an address in a part leads to; ``None`` where there is none in the repository.

        Raises:
            UnsupportedError: It is in the repository, and not at hand.
        """
        try:
            return self._beside.text(at.file.path, address)
        except UnsupportedError as error:
            where = f"{error.place.origin}: " if error.place is not None else ""
            message = f"the reference {address} cannot be followed: {where}{error.message}"
            raise UnsupportedError(message, place=at.place("$ref"), hint=error.hint) from error

    def file(self, at: Located, address: str) -> File | None:
        """The JSON or YAML document that an address in a part leads to; ``None`` as for `source`.

        Raises:
            DocumentError: It is there, and cannot be read.
        """
        source = self.source(at, address)
        if source is None:
            return None
        if source.path not in self._files:
            document = parse_document(
                source.text, source.origin, name=source.path, merge_keys=True, base_uri=source.base_uri
            )
            self._files[source.path] = File(source.path, document)
        return self._files[source.path]


def part(file: File, pointer: str) -> Located | None:
    """The part of a document at a pointer, or ``None``."""
    value = file.document.value
    for token in tokens(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return Located(file, pointer, value)
