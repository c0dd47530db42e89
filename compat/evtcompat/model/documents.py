"""A schema document: its name, its text, its parsed value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.json_types import JSON


@dataclass(slots=True)  # never changed; not frozen, as that makes it three times as slow to make
class Document:
    """A parsed schema document.

    `text` is ``None`` for a value that a caller handed over already parsed; it then has no lines.
    """

    value: JSON
    #: What the document is called in messages; ``None`` when the caller gave it no name.
    origin: str | None = None
    text: str | None = None
    #: ``json``, ``json-with-comments`` or ``yaml``.
    syntax: str = "json"
    #: The URI that relative references start from, when it differs from `origin`.
    base_uri: str | None = None
    #: The offsets in `text` at which the part at a path begins and ends, for a `syntax` that is not one of the above: a
    #: path (`Place.pointer`) is what the format that read the document makes of it.
    span_of: Callable[[str], tuple[int, int]] | None = None

    #: Where it was taken out of another document, as an author wrote it.
    within: Within | None = field(default=None, compare=False, repr=False)

    def __hash__(self) -> int:
        """Documents are compared by identity of their origin and text; values need not be hashable."""
        return hash((self.origin, self.text))


@dataclass(frozen=True, slots=True)
class Within:
    """What a document was taken out of."""

    whole: Document
    #: Where the part at a pointer of the document, and all below it, stands in the whole; ``""`` is among them.
    places: Mapping[str, str]


@runtime_checkable
class References(Protocol):
    """Where a schema finds what it does not define itself. Never the network unless the caller put it there."""

    def lookup(self, name: str) -> Document | None:
        """The document that defines `name` (an Avro full name, or an absolute URI), or ``None``."""
        ...


@dataclass(frozen=True, slots=True)
class NoReferences:
    """References of a schema that stands alone."""

    def lookup(self, name: str) -> Document | None:  # noqa: ARG002 - the protocol's parameter
        """Nothing is known."""
        return None


@dataclass(frozen=True, slots=True)
class FunctionReferences:
    """References answered by a function."""

    function: Callable[[str], Document | None]

    def lookup(self, name: str) -> Document | None:
        """What the function answers for `name`."""
        return self.function(name)


@dataclass(frozen=True, slots=True)
class EitherReferences:
    """References found in one place, else in another."""

    first: References
    second: References

    def lookup(self, name: str) -> Document | None:
        """The first definition."""
        return self.first.lookup(name) or self.second.lookup(name)
