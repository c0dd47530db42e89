"""Where a `$ref` leads: `referencing` over the document, what the caller supplies, and the bundled metaschemas.

Never the network.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import suppress
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urldefrag, urljoin

from evtcompat.dataclasses import dataclass
from evtcompat.errors import ReferenceMissingError, UncheckedError
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.identifiers import standing_at
from evtcompat.formats.json_schema.parse.content_keys import content_key
from evtcompat.formats.json_schema.parse.located import LoadedDocument, LoadedDocuments, Located
from evtcompat.formats.json_schema.parse.simple_documents import is_simple, may_refer
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, tokens, unescape
from evtcompat.model.pointers import resolved

if TYPE_CHECKING:
    from referencing._core import Resolver
    from referencing.jsonschema import Schema as Contents

    from evtcompat.formats.json_schema.parse.missing import Lacking

#: What the addresses of metaschemas have in them.
_METASCHEMAS: Final = "://json-schema.org/"


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to."""

    contents: JSON
    resolver: Resolver[Contents] | None


def _reason(error: BaseException | None) -> UncheckedError | None:
    """Why the document that a reference leads to could not be had, which the library wraps in an error of its own."""
    while error is not None and not isinstance(error, UncheckedError):
        error = error.__cause__
    return error


def _json(contents: object) -> JSON:
    """What the library calls contents, under the name that it has here."""
    value: JSON = contents  # type: ignore[assignment]  # it was JSON when it was handed over
    return value


def _metaschemas() -> Value:
    """Those that are bundled, by address."""
    import jsonschema_specifications  # type: ignore[import-untyped]  # ships no types

    return jsonschema_specifications.REGISTRY


@cache
def specification(dialect: Dialect) -> Value:
    """The dialect as `referencing` knows it."""
    from referencing.jsonschema import specification_with

    return specification_with(dialect.uri)


class Retrieved:
    """The documents that references have reached, by address."""

    def __init__(self) -> None:
        """None yet."""
        self.documents: dict[str, LoadedDocument] = {}
        #: All of them, with their identifiers looked for; ``None`` where there are none.
        self.registry: Value = None

    def add(self, uri: str, loaded: LoadedDocument) -> None:
        """One more."""
        self.documents[uri] = loaded
        one = _alone(uri, _Same(loaded.value), loaded.dialect)
        self.registry = one if self.registry is None else self.registry.combine(one)

    def without(self, origins: Container[str]) -> Retrieved:
        """Those of other origins."""
        rest = Retrieved()
        for uri, one in self.documents.items():
            if (one.document.origin or uri) not in origins:
                rest.add(uri, one)
        return rest


class Library:
    """The documents that one schema draws on, loaded as references reach them."""

    def __init__(
        self,
        document: Document,
        value: JSON,
        dialect: Dialect,
        references: References,
        load: Callable[[Document, Dialect | None, References], tuple[JSON, Dialect]],
        *,
        simple: bool | None = None,
        refers: bool | None = None,
        content_key: bytes | None = None,
        retrieved: Retrieved | None = None,
    ) -> None:
        self.document = document
        self.value = value
        self.dialect = dialect
        self.documents: dict[str, Document] = {}
        self.references = references
        #: What references have reached; a schema and those that are changed from it share it.
        self.retrieved = retrieved or Retrieved()
        self._load = load
        self._simple = simple
        self._content_key = content_key
        self._refers = refers
        #: It is known that there is no reference in the root document.
        self.refers_nowhere = refers is False
        self._root: Resolver[Contents] | None = None
        #: By the address of a resource: its dynamic anchors, and whether it has a recursive one.
        self._dynamic: dict[str, tuple[frozenset[str], bool]] = {}

    @cached_property
    def _loaded(self) -> LoadedDocuments:
        return LoadedDocuments(self.document, self.value, self.dialect)

    def value_of(self, origin: str) -> JSON:
        """The value of a document that a reference has reached.

        Raises:
            KeyError: None of that origin was reached.
        """
        return self._loaded.value_of(origin)

    def located(self, schema: object) -> Located:
        """Where a schema object (by identity) stands; the root document where that is unknown."""
        return self._loaded.located(schema)

    def dialect_of(self, schema: object) -> Dialect:
        """The dialect that holds for a schema object (by identity)."""
        return self._loaded.dialect_of(schema)

    @property
    def simple(self) -> bool:
        """The root document needs no resolver for its local references."""
        if self._simple is None:
            self._simple = is_simple(self.value, self.dialect)
        return self._simple

    def root(self) -> Resolver[Contents] | None:
        """The resolver that the root schema starts from; ``None`` where none is needed."""
        return None if self.simple else self.resolver()

    def resolver(self) -> Resolver[Contents]:
        """The resolver of the root document."""
        if self._root is None:
            from referencing import Registry

            resource = specification(self.dialect).create_resource(self.value)
            base = self.document.base_uri or ""
            registry: Any = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]  # made by attrs
            if self.retrieved.documents:
                registry = registry.combine(self.retrieved.registry)
                for uri, one in self.retrieved.documents.items():
                    self._draw_on(uri, one)
            if self.simple and not any(True for _ in resource.anchors()):
                registry = self._with_one_resource(registry, base, resource)
            else:
                registry = registry.with_resource(base, resource)
                registry = _crawled(registry) if self.may_refer() else registry
            self._root = registry.resolver(base)
        return self._root

    def _with_one_resource(self, registry: Value, base: str, resource: Value) -> Value:
        """The registry with a document that holds no resource but itself, which need not be looked for."""
        from referencing import Registry

        resources = {base: resource}
        identifier = resource.id()
        if identifier is not None:
            resources[urljoin(base, identifier)] = resource
        return registry.combine(Registry(resources))  # type: ignore[call-arg]  # made by attrs

    def may_refer(self) -> bool:
        """Whether there may be a reference in the document."""
        if self._refers is None:
            key = self._content_key or content_key(self.value)
            self._refers = key is None or may_refer(key)
        return self._refers

    def entered_root(self) -> Resolver[Contents]:
        """The resolver inside the root schema, after its identifier."""
        return self.resolver().in_subresource(specification(self.dialect).create_resource(self.value))

    def copied(self, made: Callable[[JSON], JSON]) -> tuple[JSON, Resolver[Contents]]:
        """What is made of the root document, and the resolver inside it; references lead to what is made likewise."""
        from referencing import Registry

        def retrieved(uri: str) -> Value:
            value, dialect = self._retrieved(uri)
            return specification(dialect).create_resource(made(value))

        value, base = made(self.value), self.document.base_uri or ""
        root = specification(self.dialect).create_resource(value)
        registry: Any = Registry(retrieve=retrieved)  # type: ignore[call-arg]  # made by attrs
        registry = registry.with_resources([*((uri, retrieved(uri)) for uri in self.retrieved.documents), (base, root)])
        return value, registry.resolver(base).in_subresource(root)

    def _retrieve(self, uri: str) -> Value:
        value, dialect = self._retrieved(uri)
        return specification(dialect).create_resource(value)

    def _retrieved(self, uri: str) -> tuple[JSON, Dialect]:
        """The document that an address leads to.

        Raises:
            UncheckedError: It is there, and cannot be read.
            LookupError: There is none.
        """
        known = self.retrieved.documents.get(uri)
        if known is None:
            known = self._read(uri)
            self.retrieved.add(uri, known)
        self._draw_on(uri, known)
        return known.value, known.dialect

    def _draw_on(self, uri: str, loaded: LoadedDocument) -> None:
        self.documents[loaded.document.origin or uri] = loaded.document
        self._loaded.add(loaded)

    def _read(self, uri: str) -> LoadedDocument:
        document = None if self._is_metaschema(uri) else self._supplied(uri)
        if document is None:
            # Raises the library's `NoSuchResource` for what it does not bundle.
            document = Document(value=_json(_metaschemas().contents(uri)), origin=uri)
        value, dialect = self._load(document, self.dialect, self.references)
        base = document.base_uri
        if base is not None and uri.startswith("file:") and urljoin(base, ".") != urljoin(uri, "."):
            value = standing_at(value, base)  # the library knows no other base than the address asked for
        return LoadedDocument(document, value, dialect)

    def _supplied(self, uri: str) -> Document | None:
        return self.references.lookup(uri) or self.references.lookup(uri.removesuffix("#"))

    def _is_metaschema(self, uri: str) -> bool:
        """Whether an address is that of a metaschema, of which documents hold copies that differ.

        Metaschemas themselves refer to the others beside them.
        """
        own = self.value.get(self.dialect.id_keyword) if isinstance(self.value, dict) else None
        return _METASCHEMAS in uri and uri in _metaschemas() and not (isinstance(own, str) and _METASCHEMAS in own)

    def enter(
        self, contents: dict[str, Any], resolver: Resolver[Contents] | None, dialect: Dialect
    ) -> Resolver[Contents] | None:
        """The resolver inside a subschema, which may be a resource of its own."""
        if resolver is None or not isinstance(contents.get(dialect.id_keyword), str):
            return resolver
        return resolver.in_subresource(specification(dialect).create_resource(contents))

    def lookup(self, ref: str, resolver: Resolver[Contents] | None, source: object) -> Target:
        """What ``ref`` leads to.

        Raises:
            ReferenceMissingError: Nothing that is known; the place is that of ``source``, the schema with the
            reference.
        """
        if resolver is None and (ref == "#" or ref.startswith("#/")):
            return Target(self._local(ref, source), None)
        from referencing.exceptions import Unresolvable

        reached = None
        try:
            reached = self._reaching(resolver or self.entered_root(), ref)
            found = reached.lookup(ref)
        except (Unresolvable, ValueError, LookupError, TypeError) as error:
            from evtcompat.formats.json_schema.parse.missing import reached_by

            lacks = None if reached is None else reached_by(ref, reached)
            raise self._missing(ref, source, _reason(error), lacks) from error
        if resolver is None and found.contents is self.value:
            return Target(self.value, None)
        return Target(_json(found.contents), found.resolver)

    def _reaching(self, resolver: Resolver[Contents], ref: str) -> Resolver[Contents]:
        """The resolver with the document in reach that a reference leads to.

        The library would look for identifiers in it anew for every schema that draws on it.

        Raises:
            Unresolvable: The document is there, and cannot be read.
            LookupError: There is none.
        """
        from referencing.exceptions import Unresolvable

        # the library shows none of the three, and has no way to give a resolver another registry
        base, registry, around = resolver._base_uri, resolver._registry, resolver._previous  # noqa: SLF001
        uri = base if ref.startswith("#") else urldefrag(urljoin(base, ref)).url
        if uri in registry:
            return resolver
        registry = _crawled(registry)
        if uri not in registry:
            try:
                value, dialect = self._retrieved(uri)
            except UncheckedError as error:
                raise Unresolvable(ref=ref) from error
            registry = registry.combine(_alone(uri, _Same(value), dialect))
        made: Any = type(resolver)  # by attrs
        return cast("Resolver[Contents]", made(base_uri=base, registry=registry, previous=around))

    def _local(self, ref: str, source: object) -> JSON:
        try:
            return resolved(self.value, map(unescape, unquote(ref[2:]).split("/")) if len(ref) > 1 else ())
        except LookupError:
            from evtcompat.formats.json_schema.parse.missing import Lacking

            raise self._missing(ref, source, lacks=Lacking(self.value, unquote(ref[1:]))) from None

    def located_target(self, ref: str, resolver: Resolver[Contents] | None, target: Target) -> Located:
        """Where a target stands that `lookup` found for this reference."""
        if resolver is not None or target.resolver is not None or not ref.startswith("#/"):
            return self.located(target.contents)
        pointer = ""
        for token in unquote(ref[2:]).split("/"):
            pointer = child(pointer, unescape(token))
        return Located(self.document, pointer, self.dialect)

    def recursive(self, ref: str, resolver: Resolver[Contents] | None, source: object) -> Target:
        """What a ``$recursiveRef`` leads to (2019-09, core 8.2.4.2.1)."""
        if ref != "#":
            raise self._missing(ref, source)
        found = recursive_target(resolver or self.entered_root())
        return Target(_json(found.contents), found.resolver)

    def scope_key(self, resolver: Resolver[Contents] | None) -> object:
        """What the meaning of a schema depends on beside itself: its base, and where dynamic references would lead.

        A dynamic reference leads to the outermost resource around that has its anchor, and a recursive one to the
        outermost of those that follow one another outwards and have theirs. Which others lie between is no matter:
        resources that refer to each other are entered in very many orders.
        """
        if resolver is None:
            return None
        anchors: dict[str, str] = {}
        recursive: str | None = None
        unbroken = True
        for uri, registry in resolver.dynamic_scope():
            known = self._dynamic.get(uri)
            if known is None:
                known = self._dynamic[uri] = _dynamic_anchors(uri, registry)
            names, is_recursive = known
            anchors.update(dict.fromkeys(names, uri))
            unbroken = unbroken and is_recursive
            recursive = uri if unbroken else recursive
        return (resolver._base_uri, frozenset(anchors.items()), recursive)  # noqa: SLF001 - the library shows it nowhere else

    def _missing(
        self,
        ref: str,
        source: object,
        reason: UncheckedError | None = None,
        lacks: Lacking | None = None,
    ) -> ReferenceMissingError:
        """The error for a reference that cannot be followed: as nothing has the name, or for the reason given."""
        located = self.located(source)
        place = located.in_text(("$ref",))
        with suppress(LookupError, TypeError):  # of a document that stands elsewhere it was made absolute
            ref = resolved(located.document.value, tokens(located.pointer))["$ref"]  # type: ignore[index, call-overload, assignment]
        if reason is None:
            from evtcompat.formats.json_schema.parse.missing import told

            what, hint = told(ref, lacks, located, self.located(None if lacks is None else lacks.contents))
            return ReferenceMissingError(f"the reference {ref!r} leads nowhere{what}", place=place, hint=hint)
        where = f"{reason.place}: " if reason.place is not None and reason.place.origin else ""
        message = f"the reference {ref!r} cannot be followed: {where}{reason.message}"
        return ReferenceMissingError(message, place=place, hint=reason.hint)

    def lookup_from(self, ref: str, key: object) -> Target | None:
        """What a plain reference leads to from a scope, given its `scope_key`; ``None`` where that is not known."""
        try:
            if key is None:
                local = self.simple and (ref == "#" or ref.startswith("#/"))
                return Target(self._local(ref, None), None) if local else None
            base = key[0]  # type: ignore[index]  # of that shape
            whole = base + ref if ref.startswith("#") else urljoin(base, ref)
            root = self.resolver()
            if "://" not in whole and base != root._base_uri:  # noqa: SLF001 - see `scope_key`
                return None
            return self.lookup(whole, root, None)
        except ReferenceMissingError:
            return None


def recursive_target(resolver: Value) -> Value:
    """What a ``$recursiveRef`` leads to from a resolver, as the library represents it."""
    from referencing.jsonschema import lookup_recursive_ref

    return lookup_recursive_ref(resolver)


def said_at(resolver: Value, reference: str) -> Value:
    """What a reference leads to from a resolver; ``None``, which is no schema, where that is nothing."""
    from referencing.exceptions import Unresolvable

    try:
        return resolver.lookup(reference).contents
    except Unresolvable:
        return None


class _Same:
    """A value by its identity."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


@lru_cache(maxsize=64)
def _alone(uri: str, same: _Same, dialect: Dialect) -> Value:
    """A registry of one document, with its identifiers looked for."""
    from referencing import Registry

    registry: Any = Registry()
    return _crawled(registry.with_resource(uri, specification(dialect).create_resource(same.value)))


def _crawled(registry: Value) -> Value:
    """The registry with its identifiers looked for: one that is not looks for them again at every reference."""
    try:
        return registry.crawl()
    except (AttributeError, TypeError):
        # The library takes a list under `dependencies` for a schema where a schema stands before it. References
        # without an identifier lead where they should all the same.
        return registry


def _dynamic_anchors(uri: str, registry: Value) -> tuple[frozenset[str], bool]:
    """The dynamic anchors of a resource, without those of resources within it, and whether it has a recursive one."""
    from referencing.exceptions import InvalidAnchor, NoSuchAnchor
    from referencing.jsonschema import DynamicAnchor

    contents = registry.contents(uri)
    found = set()
    for name in _anchor_names(contents):
        try:
            anchor = registry.anchor(uri, name).value
        except (InvalidAnchor, NoSuchAnchor, AttributeError, TypeError):
            # It has none of its own; or the library fails over it (see `_crawled`), as it does at a reference to it.
            continue
        if isinstance(anchor, DynamicAnchor):
            found.add(name)
    return frozenset(found), isinstance(contents, dict) and bool(contents.get("$recursiveAnchor"))


def _anchor_names(contents: object) -> set[str]:
    """Every dynamic anchor in a document."""
    found = set()
    stack = [contents]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            name = one.get("$dynamicAnchor")
            if isinstance(name, str):
                found.add(name)
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return found
