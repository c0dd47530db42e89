"""`SchemaContainer`: a kind of document that holds the schemas of several events.

A container says which schemas are in a document and where each of them stands in it. Everything else (histories,
removals, renames, what refers to what) is the same as for a schema that has a file of its own: its path is that of the
document, ``#`` and its name. `evtcompat.containers.loading` finds the installed ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from evtcompat.errors import UncheckedError
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.documents import Document
    from evtcompat.model.event_models import EventModel
    from evtcompat.model.owners import Owners


def headers_of(name: str) -> str:
    """What the schema of the headers of an event is called, in a container that describes both."""
    return f"{name}.headers"


class Contained(NamedTuple):
    """A schema in a container."""

    #: What a person calls the event: unique in the container, and the same as long as its author leaves it.
    name: str
    format: SchemaFormat
    #: Its `value` stands alone, with all of the container that it refers to; places are those of the container's text.
    document: Document
    #: Another schema of the container contains it and is checked with it: it is no event by itself.
    part: bool = False
    #: What is written with it, where that is another schema than `document`, which says what is read.
    written: Document | None = None
    #: Who writes and who reads the event, as far as the container says so.
    owners: Owners | None = None
    #: What tells it from every other schema that there may ever be in the container, where `name` rests on which others
    #: there are; two schemas with one sign are one event under two names. ``""``: its name does that.
    sign: str = ""
    #: The class that reads the event, where one does that may be asked.
    model: EventModel | None = None


class Entry(NamedTuple):
    """What others rely on in a container beside its schemas: that it is gone is a finding of its own."""

    #: The rule of that finding.
    rule: str
    #: What it is called; unique among those of a rule.
    name: str
    #: The facts of that finding; the rule's words also have ``became``, what has become of it.
    facts: Mapping[str, str]
    #: Where it stands.
    pointer: str
    #: One that is new and has the same sign is this one under another name; ``""``: no other is.
    sign: str = ""


class Contents(NamedTuple):
    """What is in a container."""

    #: In the order of the document.
    schemas: tuple[Contained, ...] = ()
    #: What is there and cannot be read, by name.
    problems: Mapping[str, UncheckedError] = {}
    entries: tuple[Entry, ...] = ()
    #: What it holds instead of a schema that can be checked, and why that is left aside.
    skipped: tuple[str, ...] = ()
    #: Documents in it that are containers themselves, by name.
    documents: Mapping[str, Inside] = {}
    #: The signs of what cannot be read, by name, as far as it has one (`Contained.sign`).
    signs: Mapping[str, str] = {}
    #: It says by itself what it is; otherwise it counts where it would be taken for a schema of its own.
    declared: bool = True


class Inside(NamedTuple):
    """A document in a container, which is a container itself."""

    kind: SchemaContainer
    document: Document
    contents: Contents


class SourceText(NamedTuple):
    """The text of a file."""

    text: str
    #: What messages call it.
    origin: str
    #: From the root of its tree.
    path: str
    base_uri: str


class Beside(Protocol):
    """The files that a container refers to: of the same tree, never of the network."""

    def text(self, path: str, reference: str) -> SourceText | None:
        """What a relative reference in the file at a path leads to; ``None`` where nothing is, or out of the tree.

        Raises:
            DocumentError: It is there and cannot be read.
        """
        ...

    def elsewhere(self, reference: str) -> Sequence[SourceText]:  # noqa: ARG002 - a document without a tree around it
        """What a path means that tools look up in several folders: in the first of the reference roots that has it.

        Else what files of the tree are called so, each content once: several may be meant.

        Raises:
            DocumentError: One of them is there and cannot be read.
        """
        return ()


class SchemaContainer(Protocol):
    """A kind of container. A class that inherits from this one need not say what has a value or a body here.

    Every run asks whether a file is one, and few have any: what reads one is imported where that happens.
    """

    #: The word of the documentation: ``avro-protocol``.
    name: str
    #: With its article: ``an Avro protocol``.
    noun: str
    #: What is in it, in the plural: ``records``.
    holds: str
    #: Suffixes, in lower case, of files that are containers of this kind and of nothing else.
    suffixes: tuple[str, ...] = ()
    #: Suffixes of schema files of which some are containers of this kind, as their mark and their content say; without
    #: any, a file is one whose suffix is that of no schema format.
    among: tuple[str, ...] = ()
    #: Bytes that a JSON or YAML file has which is one; ``None`` where no such file is.
    mark: re.Pattern[bytes] | None = None
    #: What stands in all that `mark` matches: a file without it is not searched for the mark, which takes longer.
    word: bytes = b""
    #: Whether nothing else has the mark: then a document that has it and cannot be read is a problem.
    unmistakable: bool = False
    #: Whether documents of this kind are made to be part of others: one that another under check is made of is checked
    #: there, and an example or test data is left aside.
    part_of_others: bool = False
    #: Whether a document of this kind may be meant as one schema: then that is told where its schemas change.
    may_be_one_schema: bool = False

    def recognise(self, value: object) -> bool:  # noqa: ARG002 - a kind that its suffix tells
        """Whether a parsed JSON or YAML document is one."""
        return False

    def read(self, source: SourceText, beside: Beside) -> Document:  # noqa: ARG002 - one document is one file
        """The document that a text writes.

        Raises:
            DocumentError: It cannot be read, with the place.
        """
        from evtcompat.syntax.documents import parse_document

        name, base_uri = source.path, source.base_uri
        return parse_document(source.text, source.origin, name=name, merge_keys=True, base_uri=base_uri)

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """What is in a document. What cannot be read hides nothing else.

        Raises:
            DocumentError: The document as a whole cannot be read.
        """
        ...
