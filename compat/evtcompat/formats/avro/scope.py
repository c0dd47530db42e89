"""The names of one parse: what is defined so far, and where a name that is not may be defined."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NoReturn

from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.avro.names import absolute, bare, definitions
from evtcompat.formats.avro.types import NULL, PLAIN, AvroSchema, Named, Record, Type
from evtcompat.formats.avro.violations import ViolationError, shown, undefined

if TYPE_CHECKING:
    from evtcompat.model.documents import Document, References
    from evtcompat.model.json_types import JSON


#: Types that may be open at once because each is used ahead of its definition inside the one before.
MOST_HOPS: Final = 500
#: The types of parsed JSON that names are made of.
TEXT: Final = frozenset({str})


class Scope:
    """The schema that is being parsed, and what its names mean so far."""

    __slots__ = ("ahead", "document", "hops", "names", "references", "schema", "sought", "upcoming")

    def __init__(self, document: Document, references: References) -> None:
        #: The document that is being parsed: the one asked for, or one that it refers to.
        self.document = document
        self.references = references
        self.names: dict[str, Named] = {}
        self.schema = AvroSchema(document, PLAIN[NULL], self.names)
        #: How many names were known when a document was last opened for a name that it has not defined yet.
        self.sought: dict[str, int] | None = None
        #: The identities of definitions that were read ahead of their place, which is still to come.
        self.ahead: set[int] | None = None
        #: How many types are open that were used ahead of their definition.
        self.hops = 0
        #: The definitions of the current document by full name, once a name was used ahead of its definition.
        self.upcoming: dict[str, tuple[dict[str, JSON], str]] | None = None

    def any(self, value: JSON, space: str, depth: int) -> Type:
        """The type that a value writes inside the namespace `space`; the parser's part."""
        raise NotImplementedError

    def whole(self, document: Document) -> Type:
        """The type that a document writes; the parser's part."""
        raise NotImplementedError

    def qualified(self, value: dict[str, JSON], space: str) -> tuple[str, str, str]:
        """The full name, the short name, and the namespace of a definition."""
        name = value.get("name")
        if type(name) is not str:
            message = f'the {value["type"]} has no "name"' if name is None else f"a name is a string, not {shown(name)}"
            raise ViolationError(message, hint="Every record, enum and fixed has a name of its own")
        if "." in name:
            full, space = absolute(name, "")
            return full, full[len(space) + 1 :] if space else full, space
        own = value.get("namespace")
        if own is not None:
            if type(own) is not str:
                message = f"a namespace is a string, not {shown(own)}"
                raise ViolationError(message, "namespace", hint="Leave it out for none")
            space = own
        if not name:
            message = "a name is empty"
            raise ViolationError(message, "name", hint="Every record, enum and fixed has a name of its own")
        return (f"{space}.{name}" if space else name), name, space

    def known(self, full: str, value: dict[str, JSON]) -> Named:
        """The type that an identical definition of `full`, which is in `names`, has already made."""
        before = self.names[full]
        self.schema.refers = True
        if before.raw is value and (is_open(before) or (self.ahead is not None and id(value) in self.ahead)):
            # It was read ahead of its place, which is here.
            if self.ahead is not None:
                self.ahead.discard(id(value))
            return before
        # A definition has no equal inside itself: it is another copy of its document that repeats one still open.
        if bare(before.raw) == bare(value) or (not is_open(before) and self._equal(full, value)):
            self.repeat(before, value)
            return before
        message = f"the name {full} is defined twice, differently: {self._first(before)} is another definition"
        raise ViolationError(message, "name", hint="Rename one of the two, or refer to the first by its name")

    def repeat(self, before: Named, value: dict[str, JSON]) -> None:
        """Keep in mind that a definition repeats an earlier one."""
        schema = self.schema
        schema.annotated = True
        if not schema.repeated:
            schema.repeated = []
        schema.repeated.append((before, value, self.document))  # type: ignore[attr-defined]  # a list of its own by now

    def _first(self, named: Named) -> str:
        """Where the first definition of a name is, for a message."""
        # Most definitions are the only ones, and a short run is mostly start-up.
        from evtcompat.formats.avro.paths import chart, way

        for document in (self.document, self.schema.document, *self.schema.sources.values()):
            pointer = next((one for identity, one in chart(document.value) if identity == id(named.raw)), None)
            if pointer is not None:
                elsewhere = "" if document is self.document else f" in {document.origin or 'another document'}"
                return f"`{way(document.value, pointer)}` ({pointer or 'the whole document'}){elsewhere}"
        return "an earlier one"

    def _equal(self, full: str, value: dict[str, JSON]) -> bool:
        """Whether a definition of `full`, which is in `names`, means the same as the first, though not written so.

        It may say its namespace otherwise, or define inside what the first refers to.
        """
        from evtcompat.formats.avro.equality import Equality

        again = type(self)(self.document, self.references)
        again.names.update(self.names)
        again.upcoming, again.hops, again.ahead = self.upcoming, self.hops, self.ahead and {*self.ahead}
        before = again.names.pop(full)
        absolute_name: dict[str, JSON] = {"name": full} if "." in full else {"name": full, "namespace": ""}
        return Equality().holds(before, again.any(value | absolute_name, "", 1), None, None)

    def aliases(self, value: dict[str, JSON], space: str | None) -> tuple[str, ...]:
        """The aliases of a type inside its namespace, or of a field (`space` is ``None``)."""
        raw = value["aliases"]
        if type(raw) is not list or not TEXT.issuperset(map(type, raw)):
            message = f"aliases are an array of names, not {shown(raw)}"
            raise ViolationError(message, "aliases", hint='Write a list, such as "aliases": ["Old"]')
        names: list[str] = raw  # type: ignore[assignment]  # as seen
        if space is not None:
            names = [absolute(alias, space)[0] for alias in names]
        schema = self.schema
        if not schema.aliased:
            schema.aliased = set()
        schema.aliased.update(names)  # type: ignore[attr-defined]  # a set of its own by now
        return tuple(names) if len(names) == 1 else tuple(dict.fromkeys(names))

    def leave_unchecked(self, record: Record, name: str) -> None:
        """Keep a field in mind whose default needs a close look."""
        schema = self.schema
        if not schema.unchecked_defaults:
            schema.unchecked_defaults = []
        schema.unchecked_defaults.append((record, name))  # type: ignore[attr-defined]  # a list of its own by now

    def named(self, name: str, space: str) -> Type:
        """The type that `name` means inside the namespace `space`."""
        full = f"{space}.{name}" if space and "." not in name else name
        self.schema.refers = True
        found = self.names.get(full)
        if found is None and full != name and name in self.names:
            # The name of no namespace is only meant where no document defines the other one.
            document = self.looked_up(full)
            if document is not None:
                return self.referenced(document, full)
            found = self.names[name]
        if found is not None:
            if is_open(found):
                self.schema.recursive = True
            return found
        if self.upcoming is None:
            self.upcoming = dict(definitions(self.document.value, ""))
        for candidate in (full, name) if full != name else (name,):
            ahead = self.upcoming.get(candidate)
            if ahead is not None:
                # The type may be used inside itself by way of the place it is defined in.
                self.schema.recursive = True
                return self.defined_ahead(ahead)
            document = self.looked_up(candidate)
            if document is not None:
                return self.referenced(document, candidate)
        raise undefined(name, full, {**self.names, **self.upcoming})

    def looked_up(self, full: str) -> Document | None:
        """The document that defines a name; why there is none is told where the name stands."""
        try:
            return self.references.lookup(full)
        except ReferenceMissingError as error:
            if error.place is not None:
                raise
            raise ViolationError(error.message, hint=error.hint, kind=ReferenceMissingError) from error

    def defined_ahead(self, ahead: tuple[dict[str, JSON], str]) -> Type:
        """The type of a definition that the parser has not come to; how deep its use nests is no matter."""
        if self.hops == MOST_HOPS:
            message = f"a chain of more than {MOST_HOPS} types, each used ahead of its definition by the one before"
            raise ViolationError(message, hint="Put definitions before their uses")
        self.hops += 1
        if self.ahead is None:
            self.ahead = set()
        self.ahead.add(id(ahead[0]))
        try:
            return self.any(*ahead, 1)
        finally:
            self.hops -= 1

    def no_definition(self, document: Document, full: str) -> NoReturn:
        """Refuse a document that was found for a name and does not define it."""
        message = f"the document {document.origin or 'given'} for the name {full} does not define it"
        raise ViolationError(message, kind=ReferenceMissingError)

    def referenced(self, document: Document, full: str) -> Type:
        """The type `full` as another document defines it."""
        before = len(self.names)
        if self.sought is None:
            self.sought = {}
        if self.sought.get(full) == before:
            # It was opened for the same name, and has come to nothing but this name since.
            self.no_definition(document, full)
        outer, self.upcoming, outer_document = self.upcoming, None, self.document
        self.document = document
        self.sought[full] = before
        try:
            self.whole(document)
        finally:
            self.document, self.upcoming = outer_document, outer
        schema = self.schema
        if document.origin is not None:
            schema.documents = {**schema.documents, document.origin: document}
        known = schema.sources
        # What a document refers to comes before what it defines.
        added = {name: document for name in islice(self.names, before, None) if name not in known}
        schema.sources = {**known, **added}
        found = self.names.get(full)
        if found is None:
            self.no_definition(document, full)
        # Mutual references make types recursive in ways that only the whole graph shows; assuming it is always safe.
        self.schema.recursive = True
        return found


def is_open(named: Named) -> bool:
    """Whether a type is a record that is still being parsed."""
    return type(named) is Record and named.open
