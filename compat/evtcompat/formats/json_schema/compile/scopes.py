"""The scopes in which the parts of one schema stand, and where its references lead."""

from __future__ import annotations

from collections.abc import Hashable

from evtcompat.dataclasses import replace
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.dialects import DEFAULT, by_uri
from evtcompat.formats.json_schema.keywords.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.parse.parsing import invalid_part
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.formats.json_schema.parse.shapes import stands_for_schema
from evtcompat.model.places import Place, child, tokens


class Scopes:
    """Finds and remembers scopes; the schema objects by whose identity it does are those of the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._inside: dict[object, tuple[object, Scope]] = {}
        self._targets: dict[object, tuple[Value, Scope]] = {}

    def at(self, pointer: str, reading: Reading) -> tuple[Value, Scope]:
        """The schema at a pointer, and the scope around it.

        Raises:
            SchemaError: There is nothing at the pointer.
        """
        library = self._library
        resolver = library.root()
        contents: Value = library.value
        scope = Scope(resolver, library.dialect, reading, library.scope_key(resolver))
        for token in tokens(pointer):
            if isinstance(contents, dict):
                scope = self.entered(contents, scope, enter=True)
            try:
                contents = contents[int(token)] if isinstance(contents, list) else contents[token]
            except (KeyError, IndexError, ValueError, TypeError):
                message = f"there is nothing at {pointer}"
                raise SchemaError(message, place=Place(pointer=pointer, origin=library.document.origin)) from None
        return contents, scope

    def entered(self, contents: Contents, scope: Scope, *, enter: bool) -> Scope:
        """The scope inside a schema, which may be a resource of its own or of another dialect.

        Args:
            contents: The schema.
            scope: The scope around it.
            enter: Whether its identifier is still to be followed; it is not where a reference has led to it.
        """
        dialect = scope.dialect
        if contents is not self._library.value and "$schema" in contents and isinstance(contents["$schema"], str):
            dialect = by_uri(contents["$schema"], DEFAULT) or dialect
        resolver = scope.resolver
        enters = enter and resolver is not None and isinstance(contents.get(dialect.id_keyword), str)
        if not enters and dialect is scope.dialect:
            return scope
        entry = (id(contents), enters, scope.dialect.name, scope.reading, scope.key)
        known = self._inside.get(entry)
        if known is None:
            if enters:
                resolver = self._library.enter(contents, resolver, dialect)
            inner = Scope(resolver, dialect, scope.reading, self._library.scope_key(resolver))
            known = self._inside[entry] = (contents, inner)
        return known[1]

    def target(self, contents: Contents, scope: Scope, keyword: str) -> tuple[Value, Scope]:
        """Where the reference under a keyword leads, and the scope there.

        Raises:
            ReferenceMissingError: It leads nowhere.
            SchemaError: It is no string, or what it leads to is no schema.
        """
        if not isinstance(contents[keyword], str):
            raise self._refused(contents, keyword, f"`{keyword}` must be a string")
        # A reference leads to the same in every reading.
        entry = (keyword, contents[keyword], scope.dialect.name, scope.key)
        known = self._targets.get(entry)
        if known is None:
            known = self._targets[entry] = self._look(contents, scope, keyword)
        target, inner = known
        return target, inner.read(scope.reading)

    def _look(self, contents: Contents, scope: Scope, keyword: str) -> tuple[Value, Scope]:
        library = self._library
        look = library.recursive if keyword == "$recursiveRef" else library.lookup
        found = look(contents[keyword], scope.resolver, contents)
        inner = scope
        if found.resolver is not None:
            dialect = library.dialect_of(found.contents) if isinstance(found.contents, dict) else scope.dialect
            inner = Scope(found.resolver, dialect, scope.reading, library.scope_key(found.resolver))
        if isinstance(found.contents, dict) and not stands_for_schema(contents[keyword], inner.dialect):
            error = invalid_part(found.contents, inner.dialect, library.located(found.contents))
            if error is not None:
                raise error
        return found.contents, inner

    def _refused(self, contents: Contents, keyword: str, message: str) -> SchemaError:
        place = self._library.located(contents).place
        return SchemaError(message, place=replace(place, pointer=child(place.pointer, keyword)))


def led_to(library: Library, ref: str, key: Hashable) -> tuple[object, Hashable] | None:
    """Where a ``$ref`` leads in a document from a scope with this key, and the key there; ``None`` if nowhere."""
    found = library.lookup_from(ref, key)
    return None if found is None else (found.contents, library.scope_key(found.resolver))
