"""From schemas to nodes, which know no dialects."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Final

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.inclusions import AROUND, INSIDE
from evtcompat.formats.json_schema.algebra.kinds import Binding, Contribution, Node, Reference
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, conjunction, opaque, reference
from evtcompat.formats.json_schema.algebra.property_names import Pattern, named
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems
from evtcompat.formats.json_schema.compile.annotations import MOST, items_evaluated, members_evaluated
from evtcompat.formats.json_schema.compile.cache import CompileCache
from evtcompat.formats.json_schema.compile.dependencies import Cached, Dependencies, DependencyTracker, ReferenceEdge
from evtcompat.formats.json_schema.compile.infinite_recursion import leading_back_to_itself
from evtcompat.formats.json_schema.compile.patterns import pattern_of
from evtcompat.formats.json_schema.compile.scopes import Scopes, led_to
from evtcompat.formats.json_schema.keywords.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.keywords.shorthand import has
from evtcompat.formats.json_schema.keywords.table import CLOSING, COMPILE, DECLARING, REFERRING, SCALAR, SELF_CONTAINED
from evtcompat.formats.json_schema.parse.content_keys import (
    CacheKind,
    ContentCache,
    ContentKey,
    content_key,
    fragment_of,
)
from evtcompat.formats.json_schema.parse.fast_path import ContentKeys
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.formats.json_schema.solve.overlap import may_overlap
from evtcompat.regular.steps import Steps

#: Schemas of `SCALAR` keywords, by dialect and content. Most schemas in a document are such, and the same few.
_SCALARS: dict[object, Node] = {}
_REMEMBERED = 20_000
_FORMAT = frozenset(("format",))
#: What reads the annotations of its schema, and so does not count among them there.
_UNEVALUATED: Final = frozenset(("unevaluatedItems", "unevaluatedProperties"))
#: Pieces of content keys without which a schema means the same in a reading as it does as written.
_READ_OTHERWISE = {
    Reading.LIFTED: tuple(map(fragment_of, (*REFERRING, *CLOSING))),
    Reading.CLOSED: tuple(map(fragment_of, (*REFERRING, *CLOSING, *DECLARING))),
}

_PARTS: Final[CacheKind[Node]] = CacheKind()
_MEMBERS: Final[CacheKind[Node]] = CacheKind()


class _InProgress:
    """A schema whose compilation is under way."""

    __slots__ = ("depth", "node", "order")

    def __init__(self, depth: int, order: int) -> None:
        self.depth = depth
        #: How many schemas began before it.
        self.order = order
        self.node: Reference | None = None


class Compiler:
    """Compiles one schema and what its references reach, in any reading.

    Attributes:
        library: Where its references lead.
        asserted: Formats are assertions.
        depth: How many steps into members and items lie between the root and the schema that is being compiled.
        collecting: The schemas whose annotations are being collected, to notice infinite recursion.
        collected: What the annotations of the part that is being compiled have cost so far.
    """

    def __init__(
        self,
        library: Library,
        cache: CompileCache,
        content_cache: ContentCache,
        content_keys: ContentKeys,
        *,
        asserted: bool,
    ) -> None:
        """Nothing is compiled yet.

        Args:
            library: That of the schema.
            cache: What is compiled of it and of the documents that are changed from it.
            content_cache: What is known of parts by their content.
            content_keys: The keys of its parts that were met.
            asserted: Formats are assertions.
        """
        self.asserted = asserted
        self.library = library
        self._refers_nowhere = library.refers_nowhere
        self._content_cache = content_cache
        self._cache = cache
        self._parts_done, self._leaves = cache.parts, cache.leaves
        self._content_keys = content_keys
        #: Part of labels that outlive the compiler, so no identity that may be used again.
        self._token = object()
        self._done: dict[object, tuple[object, Node, Dependencies]] = {}
        self._tracker = DependencyTracker(cache.referring, partial(led_to, library))
        self._scopes = Scopes(library)
        #: The scope inside a schema (`Scopes.entered`).
        self.entered: Final = self._scopes.entered
        self._in_progress: dict[object, _InProgress] = {}
        self.depth = 0
        #: How often a reference was followed, or a part was met again that depends on one.
        self._referred = 0
        #: How often an origin was noted, or a part was met again that has one: such parts are not cached by content.
        self._noted = 0
        #: Which schemas (by identity) a schema applies to the value that it is applied to.
        self._applies: dict[object, dict[object, None]] = {}
        self._schemas: dict[object, object] = {}
        self._stack: list[tuple[object, int]] = []
        self.collecting: set[object] = set()
        self.collected = Steps(MOST)

    def part(self, pointer: str, reading: Reading) -> tuple[Node, bool]:
        """The values that the schema at a pointer allows, in a reading; and whether that follows from its content.

        Raises:
            SchemaError: There is no schema at the pointer, a pattern is no regular expression, references go in a
                circle without reaching a keyword, or lead nowhere.
            BudgetExceededError: More annotations would have to be collected than `annotations.MOST`.
        """
        before = self._referred + self._noted
        contents, scope = self._scopes.at(pointer, reading)
        self.collected = Steps(MOST)
        found = self._value(contents, scope)
        self._check_recursion()
        return found, self._referred + self._noted == before

    def _check_recursion(self) -> None:
        """Refuse schemas that apply themselves to the same value, so that no validator would come to an end.

        Raises:
            SchemaError: One does.
        """
        if not self._referred:
            return
        found = leading_back_to_itself(self._applies)
        if found is not None:
            raise self.infinite_recursion(self._schemas[found])
        self._applies.clear()

    def infinite_recursion(self, contents: object) -> SchemaError:
        """The error for a schema that validation would never leave."""
        message = "references go in a circle that reaches no keyword, so that validation would never end"
        return SchemaError(message, place=self.library.located(contents).place)

    @property
    def levels(self) -> int:
        """How deep what was compiled leads by way of references: a reference and its target are one level."""
        return self._tracker.deepest // 2

    # ---- one schema ----

    def _value(self, contents: Value, scope: Scope, *, enter: bool = True) -> Node:
        """The values that a schema allows where it stands for a whole value."""
        core = self.node(contents, scope, enter=enter)
        if scope.reading is not Reading.CLOSED or not isinstance(contents, dict) or core is FALSE:
            return core
        if id(contents) in self._leaves:
            return core
        declared = tuple(members_evaluated(self, contents, self.entered(contents, scope, enter=enter), declaring=True))
        return conjunction((core, nodes.declared(declared))) if declared else core

    def child(self, contents: Value, scope: Scope) -> Node:
        """What a schema allows for a member or an item; a part that was met before is found by its content key."""
        if contents is True:
            return TRUE
        nodes = scope.nodes
        if nodes is None:
            nodes = scope.nodes = self._table(_PARTS, scope)
        met = self._content_keys.get(id(contents))
        if met is None:
            met = self._content_keys[id(contents)] = contents, content_key(contents)
        key = met[1]
        known = None if key is None else nodes.get(key)
        if known is not None:
            return known
        before = self._referred + self._noted
        self.depth += 1
        try:
            if scope.reading is Reading.WRITTEN:
                found = self.node(contents, scope)
            else:
                found = self._read_otherwise(contents, scope, key)
        finally:
            self.depth -= 1
        if self._referred + self._noted == before:
            self._content_cache.keep(nodes, key, found)
        return found

    def _read_otherwise(self, contents: Value, scope: Scope, key: ContentKey | None) -> Node:
        """What a schema allows in another reading, by way of what it allows as written."""
        if not isinstance(contents, dict):
            return self._value(contents, scope)
        written = self.node(contents, scope.read(Reading.WRITTEN))
        if isinstance(key, tuple) or (
            key is not None and not any(map(key.__contains__, _READ_OTHERWISE[scope.reading]))
        ):
            # Without these keywords, and with no reference to others, every reading is the same.
            return written
        found = self._value(contents, scope)
        if found is not written:
            # What a closed writer produces is valid as written, and what is valid as written a lifted reader accepts.
            if scope.reading is Reading.CLOSED:
                AROUND.note(found, written)
            else:
                INSIDE.note(found, written)
        return found

    def members(self, declared: Contents, scope: Scope) -> list[Node]:
        """What schemas by name allow of an object, each for the member of its name; in the order of the names."""
        known = scope.members
        if known is None:
            known = scope.members = self._table(_MEMBERS, scope)
        content_keys, found = self._content_keys, []
        for name in sorted(declared):
            contents = declared[name]
            # Most members of a version are those of the version before it.
            met = content_keys.get(id(contents))
            node = None if met is None or met[1] is None else known.get((name, met[1]))
            if node is None:
                node = nodes.members(named(name), self.child(contents, scope))
                met = content_keys.get(id(contents))
                if met is not None and met[1] is not None and met[1] in (scope.nodes or ()):
                    known[name, met[1]] = node
                    self._content_cache.grow(len(name))
            found.append(node)
        return found

    def _table(self, kind: CacheKind[Node], scope: Scope) -> dict[ContentKey, Node]:
        return self._content_cache.table(kind, scope.dialect.name, scope.reading, self.asserted)

    def node(self, contents: Value, scope: Scope, *, enter: bool = True) -> Node:
        """What a schema allows for the value that it is applied to, beside others."""
        if isinstance(contents, bool):
            return TRUE if contents else FALSE
        if not isinstance(contents, dict):
            located = self.library.located(contents)
            message = f"a reference leads to {exact.type_of(contents)}, which is no schema"
            raise SchemaError(message, place=located.place)
        leaf = self._leaves.get(id(contents))
        if leaf is not None and leaf[1] is scope.dialect:
            self._noted += not leaf[3]
            return leaf[2]
        noted = self._noted
        keywords = scope.dialect.active.intersection(contents)
        if SELF_CONTAINED.issuperset(keywords):
            found = self._leaf(contents, keywords if self.asserted else keywords - _FORMAT, scope)
            self._leaves[id(contents)] = (contents, scope.dialect, found, self._noted == noted)
            return found
        identity = (id(contents), scope.reading, scope.dialect.name, scope.key)
        if self._refers_nowhere:
            return self._without_references(identity, contents, scope, enter=enter)
        if enter and len(contents) == 1 and isinstance(contents.get("$ref"), str) and "$ref" in scope.dialect.active:
            # It means what its target means, of which is kept all that there is to keep.
            with self._tracker.passing():
                return self.referred(contents, scope, "$ref")
        return self._with_references(identity, contents, scope, enter=enter)

    def _with_references(self, identity: object, contents: Contents, scope: Scope, *, enter: bool) -> Node:
        """The node of a schema that references may lead to, or out of."""
        if self._stack and self._stack[-1][1] == self.depth:
            self._applies.setdefault(self._stack[-1][0], {})[identity] = None
            self._schemas[identity] = contents
        done = self._met_again(identity, contents)
        if done is not None:
            return done
        referred, noted = self._referred, self._noted
        mine = self._in_progress[identity] = _InProgress(self.depth, self._tracker.begun)
        self._stack.append((identity, self.depth))
        entered = self._tracker.enter()
        try:
            # All of them, so that infinite recursion is found whatever stands beside it.
            found = conjunction(self._parts(contents, self.entered(contents, scope, enter=enter)))
        except BaseException:
            self._tracker.abandon()
            raise
        finally:
            del self._in_progress[identity]
            self._stack.pop()
        if mine.node is not None:
            mine.node.binding.tie(found)
        cacheable = self._noted == noted
        dependencies, component = self._tracker.leave(entered, identity, contents, found, cacheable=cacheable)
        if self._referred == referred:
            # Without references, what a schema object means does not depend on the document that it stands in.
            self._parts_done[identity] = (contents, found, cacheable)
            return found
        self._done[identity] = (contents, found, dependencies)
        return self._shared(component, found)

    def _shared(self, component: list[tuple[object, Cached]], found: Node) -> Node:
        """The node of a part; where it completes a component, the shared one, which all parts of the component get."""
        for identity, cached in component:
            found = cached[1]
            if identity in self._done:
                self._done[identity] = cached
        return found

    def _without_references(self, identity: object, contents: Contents, scope: Scope, *, enter: bool) -> Node:
        """The node of a schema in a document without references: nothing leads back, and nothing elsewhere."""
        part = self._parts_done.get(identity)
        if part is None:
            noted = self._noted
            found = conjunction(self._parts(contents, self.entered(contents, scope, enter=enter)))
            part = self._parts_done[identity] = (contents, found, self._noted == noted)
        else:
            self._noted += not part[2]
        return part[1]

    def _met_again(self, identity: object, contents: Contents) -> Node | None:
        """The node of a schema that was compiled before, or whose compilation is under way."""
        part = self._parts_done.get(identity)
        if part is not None:
            self._noted += not part[2]
            return part[1]
        done = self._done.get(identity)
        if done is not None:
            self._referred += 1
            self._tracker.met(done[2])
            return done[1]
        under_way = self._in_progress.get(identity)
        if under_way is None:
            again = self._tracker.again(identity)
            if again is None:
                return None
            self._referred += 1
            self._done[identity] = again
            self._tracker.met(again[2])
            return again[1]
        self._referred += 1
        self._tracker.back(under_way.order)
        if under_way.depth == self.depth:
            raise self.infinite_recursion(contents)
        if under_way.node is None:
            under_way.node = reference(Binding())
            self._cache.recursive = True
        return under_way.node

    def _leaf(self, contents: Contents, keywords: frozenset[str], scope: Scope) -> Node:
        """The same for a schema without schemas in it: one of scalar keywords only is looked up by these."""
        if not SCALAR.issuperset(keywords):
            return conjunction(self._parts(contents, scope))
        entry: tuple[str, Hashable]
        if len(keywords) == 1 and "type" in keywords and isinstance(contents["type"], str):
            # By far the most.
            entry = (scope.dialect.name, contents["type"])
        else:
            said = [(name, contents[name]) for name in sorted(keywords)]
            entry = (
                scope.dialect.name,
                tuple([(name, tuple(one) if type(one) is list else one) for name, one in said]),
            )
        found = _SCALARS.get(entry)
        if found is None:
            found = conjunction(self._parts(contents, scope))
            if len(_SCALARS) >= _REMEMBERED:
                _SCALARS.clear()
            _SCALARS[entry] = found
        return found

    def _parts(self, contents: Contents, scope: Scope) -> list[Node]:
        dialect = scope.dialect
        if dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
            return [self.referred(contents, scope, "$ref")]
        keywords = dialect.active
        found: list[Node] = []
        for keyword in sorted(contents):
            compiled = COMPILE.get(keyword)
            if compiled is not None and keyword in keywords:
                node = compiled(self, contents, scope)
                if isinstance(node, list):
                    found += node
                elif node is not TRUE:
                    found.append(node)
        return found

    def referred(self, contents: Contents, scope: Scope, keyword: str) -> Node:
        """What the target of a reference allows."""
        target, inner = self.target(contents, scope, keyword)
        return self.node(target, inner, enter=False)

    def target(self, contents: Contents, scope: Scope, keyword: str) -> tuple[Value, Scope]:
        """Where a reference leads, and the scope there."""
        self._referred += 1
        target, inner = found = self._scopes.target(contents, scope, keyword)
        edge = ReferenceEdge(contents[keyword], scope.key, inner.key, target) if keyword == "$ref" else None
        self._tracker.follow(edge)
        return found

    def items_evaluated(self, contents: Contents, scope: Scope) -> list[EvaluatedItems]:
        """The items that a schema evaluates, its own ``unevaluatedItems`` left aside."""
        return items_evaluated(self, contents, scope, _UNEVALUATED)

    def members_evaluated(self, contents: Contents, scope: Scope) -> list[Contribution]:
        """The members that a schema evaluates, its own ``unevaluatedProperties`` left aside.

        Raises:
            UnmodelledPatternError: They are not known.
        """
        return members_evaluated(self, contents, scope, but=_UNEVALUATED)

    def may_overlap(self, left: Node, right: Node) -> bool:
        """Whether a value may be in both nodes; ``False`` is a proof that none is."""
        return may_overlap(left, right)

    def demanded(self, names: list[str]) -> list[Node]:
        """Objects with all these members, and all that are no objects; a list is looked at once."""
        known = self._cache.demanded.get(id(names))
        if known is None:
            known = self._cache.demanded[id(names)] = names, [has(name) for name in sorted(names)]
        return known[1]

    def opaque(
        self,
        label: Hashable,
        of_type: str | None,
        contents: object,
        keyword: str,
        check: Callable[[object], bool | None] | None = None,
    ) -> Node:
        """A node for what is not modelled; it remembers where it comes from."""
        self._noted += 1
        node = opaque(label, of_type, check)
        self._cache.origins.setdefault(node, (contents, keyword))
        return node

    def own_label(self, keyword: str, contents: Contents, scope: Scope) -> Hashable:
        """A label for what depends on more than its own schema object: equal within this compilation only."""
        return (keyword, self._token, id(contents), scope.dialect.name, scope.reading, scope.key)

    def pattern(self, source: str, contents: object, *path: str) -> Pattern | None:
        """The language of a pattern; ``None`` where it is not modelled.

        Raises:
            SchemaError: No engine accepts it; ``path`` leads from ``contents`` to it.
        """
        return pattern_of(self.library, source, contents, path)
