"""Reading one document: a file of a tree or of the disk, or a schema in a container that a path names."""

from __future__ import annotations

from pathlib import Path

from evtcompat.config.values import near
from evtcompat.dataclasses import replace
from evtcompat.errors import DocumentError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.counts import counted
from evtcompat.model.documents import Document
from evtcompat.model.places import Place
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.git.stand_ins import conflict_in, refuse_pointer
from evtcompat.sources.names.naming import container_of, member_of
from evtcompat.sources.names.other_kinds import refused_by_name
from evtcompat.sources.tree import Tree, WorkTree, file_uri
from evtcompat.syntax.documents import decode_text, parse_document


def read_document(path: Path, schema_format: SchemaFormat | None = None) -> Document:
    """The document in a file of the disk.

    Args:
        path: What messages call it, too.
        schema_format: How it is read; as JSON or YAML when absent.

    Raises:
        DocumentError: It is missing, a folder, unreadable, not UTF-8, not JSON or YAML, or of a refused kind.
    """
    return document_at(OpenedTree(disk(path.parent)), path.name, schema_format, origin=str(path), start=path)


def document_at(
    tree: OpenedTree, path: str, schema_format: SchemaFormat | None = None, *, origin: str, start: Path | None = None
) -> Document:
    """The document in a file of a tree, or the schema in a container that the path names.

    Args:
        tree: Where it lies.
        path: From the root of the tree.
        schema_format: How it is read; as JSON or YAML when absent.
        origin: What messages call it.
        start: The file of the disk where relative references of the document start, if not at its path in the tree.

    Raises:
        DocumentError: It is missing, a folder, unreadable, not UTF-8, not JSON or YAML, or of a refused kind.
    """
    refused = refusal(path, origin)
    if refused is not None:
        raise refused
    contained = _contained_at(tree, path, origin)
    if contained is not None:
        return contained if start is None else replace(contained, base_uri=file_uri(_from_root(start)))
    data = tree.read(path)
    if data is None:
        if tree.is_folder(path):
            message = "is a folder; a schema file is meant here"
            raise DocumentError(message, place=Place(origin=origin))
        raise missing(origin, _meant_beside(tree, path, origin))
    # Resolved only now: of what could be read, and so of a path that the disk can have.
    return document_of(data, origin, path if start is None else _from_root(start), schema_format)


def _from_root(path: Path) -> str:
    """A path from the root of the disk, links followed."""
    return path.resolve().as_posix().lstrip("/")


def _meant_beside(tree: Tree, path: str, origin: str) -> str | None:
    """The file beside a missing one that was probably meant, named as that one was."""
    folder, _, name = path.rpartition("/")
    close = near(name, [one.rpartition("/")[2] for one in tree.siblings(folder)])
    return origin.removesuffix(name) + close if close is not None and origin.endswith(name) else None


def _contained_at(tree: OpenedTree, path: str, name: str) -> Document | None:
    """The schema in a container that a path names; ``None`` for any other file.

    Raises:
        DocumentError: The path is that of a container of several schemas, or it or its container cannot be read.
    """
    contained = tree.contained(path)
    if contained is not None:
        return contained.document
    events = tree.events(path)
    if not events:
        refuse_unknown(tree, path, name)
    if len(events) > 1:
        message = "holds several schemas"
        raise DocumentError(message, place=Place(origin=name), hint=name_one_of(events))
    return None if not events else _contained_at(tree, events[0], name)


def refuse_unknown(tree: OpenedTree, path: str, name: str) -> None:
    """Does nothing but for the path of a schema that its container does not hold.

    Raises:
        DocumentError: It is such a path.
    """
    around = container_of(path)
    if around is not None and not tree.is_file(path) and tree.events(around):
        message = f"{around} holds no schema called {member_of(path)}"
        raise DocumentError(message, place=Place(origin=name), hint=one_of(tree.events(around)))


def name_one_of(events: tuple[str, ...]) -> str:
    """What to do where one of the schemas in a container is meant."""
    return f"Write the name of one after the path: {events[0]}. {one_of(events)}"


def one_of(events: tuple[str, ...]) -> str:
    """What a message says of the schemas in a container, by their paths: the first few."""
    shown = 8
    more = f" and {counted(len(events) - shown, 'other')}" if len(events) > shown else ""
    return f"There are: {', '.join(events[:shown])}{more}."


def document_of(data: bytes, origin: str, path: str, schema_format: SchemaFormat | None = None) -> Document:
    """The document that a file's bytes write, as a format reads it or, without one, as JSON or YAML.

    Relative references start from its path in the tree.

    Raises:
        DocumentError: Not UTF-8, not JSON or YAML.
        UnsupportedError: It is kept elsewhere, or nests too deeply.
    """
    refuse_pointer(data, origin)
    text = decode_text(data, origin)
    if not text.strip():
        message = "the file is empty"
        raise DocumentError(message, place=Place(origin=origin), hint="Write a schema into it, or remove it.")
    try:
        if schema_format is None:
            return parse_document(text, origin, name=path, base_uri=file_uri(path))
        return schema_format.read(text, origin, name=path, base_uri=file_uri(path))
    except DocumentError as error:
        conflict = conflict_in(data, origin)
        if conflict is None:
            raise
        raise conflict from error


def missing(name: str, meant: str | None = None) -> DocumentError:
    """The error for a path that names nothing.

    Args:
        name: The path as messages show it.
        meant: The one that was probably meant.
    """
    hint = "Check the spelling; paths are relative to the folder that the command runs in."
    hint = hint if meant is None else f"Did you mean {meant}?"
    return DocumentError("there is no such file or folder", place=Place(origin=name), hint=hint)


def meant_by(tree: Tree, path: str) -> str | None:
    """The file or folder of a tree that a path which names none was probably meant to name, as messages call it.

    That is what is called nearly like it in its folder, else the one file of its name elsewhere.
    """
    folder, _, name = path.rpartition("/")
    beside = {one.rpartition("/")[2]: one for one in tree.siblings(folder)}
    beside |= {one: f"{folder}/{one}" if folder else one for one in tree.folders(folder)}
    close = near(name, beside)
    if close is not None:
        return tree.origin(beside[close])
    elsewhere = [one for one in tree.walk().files if one.rpartition("/")[2].casefold() == name.casefold()]
    return tree.origin(elsewhere[0]) if len(elsewhere) == 1 else None


def refusal(path: str, origin: str) -> DocumentError | None:
    """The error for a kind of file that is refused by name, or ``None``."""
    kind = refused_by_name(path)
    return None if kind is None else DocumentError(kind.noun, place=Place(origin=origin), hint=kind.hint)


def disk(folder: Path, shown_from: Path | None = None) -> WorkTree:
    """The files of a folder outside git."""
    import os

    return WorkTree(Path(os.path.realpath(folder)), Path(os.path.realpath(shown_from or Path.cwd())))
