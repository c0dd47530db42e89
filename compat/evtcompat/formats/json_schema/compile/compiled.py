"""A schema with what it means in each reading, compiled when that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.compile.annotations import MOST
from evtcompat.formats.json_schema.compile.cache import CompileCache
from evtcompat.formats.json_schema.compile.compiler import Compiler
from evtcompat.formats.json_schema.keywords.scope import Reading
from evtcompat.formats.json_schema.parse.content_keys import CacheKind
from evtcompat.formats.json_schema.parse.derived import derived, derived_before
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.regular.steps import BudgetExceededError

_TOO_MUCH: Final = f"which members and items are evaluated is not settled within {MOST} steps of reasoning"
_FEWER: Final = "Below `unevaluatedProperties` and `unevaluatedItems`, have fewer choices inside one another."

_DOCUMENTS: Final[CacheKind[Node]] = CacheKind()


class CompiledSchema:
    """What one schema and its parts allow. A document that was met before, in any schema, is not compiled again."""

    __slots__ = ("_asked", "_asserted", "_cache", "_compiler", "_content_cache", "_content_key", "_keys", "_library")

    def __init__(self, schema: Schema, asserted: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        # Not the schema, which remembers this: both go at once when the schema does, without a collection.
        self._library = schema.library
        self._content_key = schema.content_key
        self._content_cache = schema.content_cache
        self._keys = schema.content_keys
        self._asserted = asserted
        changed_from = schema.changed_from
        self._cache = None if changed_from is None else compiled(changed_from, asserted=asserted).cache
        self._compiler: Compiler | None = None
        #: ``None`` for what takes too much; it is tried once.
        self._asked: dict[tuple[str, Reading], Node | None] = {}

    @property
    def cache(self) -> CompileCache:
        """The compiled parts, also of the documents that are changed from this one."""
        if self._cache is None:
            self._cache = CompileCache()
        return self._cache

    @property
    def origins(self) -> Mapping[Node, tuple[object, str]]:
        """Where a node that is not modelled comes from: the schema object and the keyword."""
        return self.cache.origins

    @property
    def recursive(self) -> bool:
        """Whether a part was compiled that leads back to itself, here or in a document that is changed from this."""
        return self._cache is not None and self._cache.recursive

    @property
    def levels(self) -> int:
        """How deep what was compiled leads by way of references: a reference and its target are one level."""
        return 0 if self._compiler is None else self._compiler.levels

    def at(self, pointer: str, reading: Reading) -> Node:
        """The values that the schema at a pointer allows, in a reading.

        Raises:
            SchemaError: There is no schema at the pointer, a pattern is no regular expression, references go in a
                circle without reaching a keyword, or lead nowhere.
            BudgetExceededError: More annotations would have to be collected than `annotations.MOST`.
        """
        asked = pointer, reading
        if asked not in self._asked:
            try:
                self._asked[asked] = self._part(pointer, reading) if pointer else self._whole(reading)
            except BudgetExceededError:
                self._asked[asked] = None
        found = self._asked[asked]
        if found is None:
            raise BudgetExceededError(_TOO_MUCH, hint=_FEWER)
        return found

    def _whole(self, reading: Reading) -> Node:
        """The same for the whole document, which may have been compiled before."""
        documents = self._content_cache.table(_DOCUMENTS, self._library.dialect.name, reading, self._asserted)
        known = None if self._content_key is None else documents.get(self._content_key)
        if known is not None:
            return known
        found, of_its_content = self._compiled("", reading)
        if of_its_content:
            self._content_cache.keep(documents, self._content_key, found)
        return found

    def _part(self, pointer: str, reading: Reading) -> Node:
        return self._compiled(pointer, reading)[0]

    def _compiled(self, pointer: str, reading: Reading) -> tuple[Node, bool]:
        if self._compiler is None:
            self._compiler = Compiler(
                self._library, self.cache, self._content_cache, self._keys, asserted=self._asserted
            )
        return self._compiler.part(pointer, reading)


def compiled(schema: Schema, *, asserted: bool = False) -> CompiledSchema:
    """The schema compiled, with formats asserted or not; always the same object."""
    return derived(schema, CompiledSchema, asserted)


def is_recursive(schema: Schema) -> bool:
    """Whether a part was compiled that leads back to itself, of the schema or of one that is changed from it."""
    known = (derived_before(schema.original, CompiledSchema, asserted) for asserted in (False, True))
    return any(one is not None and one.recursive for one in known)
