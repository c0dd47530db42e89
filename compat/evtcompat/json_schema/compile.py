"""From schemas to nodes: every difference between dialects ends here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING, Any

from evtcompat.algebra.ecma import InvalidPatternError, UnsupportedPatternError
from evtcompat.algebra.ecma import parse as parse_pattern
from evtcompat.errors import SchemaError
from evtcompat.json_schema import exact
from evtcompat.json_schema.dialects import DEFAULT, Dialect, by_uri
from evtcompat.json_schema.evaluated import Contribution, SeenItems, unseen_items, unseen_members
from evtcompat.json_schema.nodes import (
    FALSE,
    TRUE,
    Node,
    atom,
    conjunction,
    disjunction,
    enumeration,
    exactly_one,
    negation,
    opaque,
    reference,
    target_of,
    tie,
    types,
)
from evtcompat.json_schema.property_names import ALL, Names, PartitionError, Pattern, named
from evtcompat.model.places import Place, child, tokens

if TYPE_CHECKING:
    from referencing._core import Resolver

    from evtcompat.json_schema.parse import Schema


class Reading(Enum):
    """How a schema is read: as written, or as the lenient policy reads the writer's or the reader's side."""

    WRITTEN = "as written"
    #: Objects hold declared members only.
    CLOSED = "declared members only"
    #: ``false`` for unknown members is lifted.
    LIFTED = "unknown members ignored"


class _Open:
    """A schema whose compilation is under way."""

    __slots__ = ("depth", "node")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.node: Node | None = None


class _Scope:
    """Where a schema stands: what the meaning of its keywords depends on."""

    __slots__ = ("dialect", "key", "reading", "resolver")

    def __init__(self, resolver: Resolver[Any] | None, dialect: Dialect, reading: Reading, key: object) -> None:
        self.resolver = resolver
        self.dialect = dialect
        self.reading = reading
        self.key = key

    def read(self, reading: Reading) -> _Scope:
        return self if reading is self.reading else _Scope(self.resolver, self.dialect, reading, self.key)


class Compiler:
    """Compiles one schema and what its references reach."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.library = schema.library
        #: Where a node that is not modelled comes from: the schema object and the keyword.
        self.origins: dict[Node, tuple[object, str]] = {}
        self.overlap: Callable[[Node, Node], bool] | None = None
        self._at: dict[tuple[str, Reading], Node] = {}
        self._done: dict[object, Node] = {}
        self._open: dict[object, _Open] = {}
        self._depth = 0
        self._tied: list[tuple[Node, object]] = []
        self._placing: set[object] = set()

    def at(self, pointer: str, reading: Reading) -> Node:
        """The values that the schema at a pointer allows, in a reading.

        Raises:
            SchemaError: There is no schema at the pointer, a pattern is no regular expression, references go in a circle without
                reaching a keyword, or lead nowhere.
        """
        known = self._at.get((pointer, reading))
        if known is None:
            contents, scope = self._walk(pointer, self._root_scope(reading))
            known = self._value(contents, scope)
            self._check_circles()
            self._at[(pointer, reading)] = known
        return known

    def _check_circles(self) -> None:
        """Refuse references that lead back to themselves for the same value.

        Raises:
            SchemaError: One does.
        """
        while self._tied:
            node, contents = self._tied.pop()
            stack, seen = [target_of(node)], set()
            while stack:
                one = stack.pop()
                if one in seen:
                    continue
                seen.add(one)
                if one.kind == "ref":
                    if one is node or negation(one) is node:
                        raise self._circle(contents)
                    stack.append(target_of(one))
                elif one.kind in {"and", "or", "xone"}:
                    stack.extend(one.args)

    def _circle(self, contents: object) -> SchemaError:
        message = "references go in a circle that reaches no keyword, so that validation would never end"
        return SchemaError(message, place=self.library.located(contents).place)

    def _walk(self, pointer: str, scope: _Scope) -> tuple[Any, _Scope]:
        contents: Any = self.schema.value
        for token in tokens(pointer):
            if isinstance(contents, dict):
                scope = self._entered(contents, scope, enter=True)
            try:
                contents = contents[int(token)] if isinstance(contents, list) else contents[token]
            except (KeyError, IndexError, ValueError, TypeError):
                message = f"there is nothing at {pointer}"
                raise SchemaError(message, place=Place(pointer=pointer, origin=self.schema.document.origin)) from None
        return contents, scope

    def _root_scope(self, reading: Reading) -> _Scope:
        resolver = self.library.root()
        return _Scope(resolver, self.schema.dialect, reading, self.library.scope_key(resolver))

    # ---- one schema ----

    def _value(self, contents: Any, scope: _Scope, *, enter: bool = True) -> Node:
        """The values that a schema allows where it stands for a whole value."""
        core = self._node(contents, scope, enter=enter)
        if scope.reading is not Reading.CLOSED or not isinstance(contents, dict) or core is FALSE:
            return core
        declared = tuple(
            dict.fromkeys(self._members(contents, self._entered(contents, scope, enter=enter), declaring=True))
        )
        return conjunction((core, atom("declared", declared))) if declared else core

    def _child(self, contents: Any, scope: _Scope) -> Node:
        self._depth += 1
        try:
            return self._value(contents, scope)
        finally:
            self._depth -= 1

    def _entered(self, contents: dict[str, Any], scope: _Scope, *, enter: bool) -> _Scope:
        dialect = scope.dialect
        if contents is not self.schema.value and "$schema" in contents and isinstance(contents["$schema"], str):
            dialect = by_uri(contents["$schema"], DEFAULT) or dialect
        resolver = scope.resolver
        if enter:
            resolver = self.library.enter(contents, resolver, dialect)
        if resolver is scope.resolver and dialect is scope.dialect:
            return scope
        return _Scope(resolver, dialect, scope.reading, self.library.scope_key(resolver))

    def _node(self, contents: Any, scope: _Scope, *, enter: bool = True) -> Node:
        if isinstance(contents, bool):
            return TRUE if contents else FALSE
        if not isinstance(contents, dict):
            located = self.library.located(contents)
            message = f"a reference leads to {exact.type_of(contents)}, which is no schema"
            raise SchemaError(message, place=located.place)
        identity = (id(contents), scope.reading, scope.dialect.name, scope.key)
        done = self._done.get(identity)
        if done is not None:
            return done
        under_way = self._open.get(identity)
        if under_way is not None:
            if under_way.depth == self._depth:
                raise self._circle(contents)
            if under_way.node is None:
                under_way.node = reference(object())
            return under_way.node
        mine = self._open[identity] = _Open(self._depth)
        try:
            # All of them, so that a circle is found whatever stands beside it.
            found = conjunction(list(self._parts(contents, self._entered(contents, scope, enter=enter))))
        finally:
            del self._open[identity]
        if mine.node is not None:
            tie(mine.node, found)
            self._tied.append((mine.node, contents))
        self._done[identity] = found
        return found

    def _parts(self, contents: dict[str, Any], scope: _Scope) -> Iterator[Node]:
        dialect = scope.dialect
        if dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
            yield self._referred(contents, scope, "$ref")
            return
        keywords = dialect.active
        for keyword in sorted(contents):
            handler = _HANDLERS.get(keyword)
            if handler is not None and keyword in keywords:
                node = handler(self, contents, scope)
                if node is not TRUE:
                    yield node

    def _referred(self, contents: dict[str, Any], scope: _Scope, keyword: str) -> Node:
        target, inner = self._target(contents, scope, keyword)
        return self._node(target, inner, enter=False)

    def _target(self, contents: dict[str, Any], scope: _Scope, keyword: str) -> tuple[Any, _Scope]:
        look = self.library.recursive if keyword == "$recursiveRef" else self.library.lookup
        found = look(contents[keyword], scope.resolver, contents)
        if found.resolver is None:
            return found.contents, scope
        dialect = self.library.located(found.contents).dialect if isinstance(found.contents, dict) else scope.dialect
        return found.contents, _Scope(found.resolver, dialect, scope.reading, self.library.scope_key(found.resolver))

    def _opaque(self, label: object, of_type: str | None, contents: object, keyword: str) -> Node:
        node = opaque(label, of_type)  # type: ignore[arg-type]  # any hashable label
        self.origins.setdefault(node, (contents, keyword))
        return node

    # ---- keywords of all types ----

    def _type(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002 - one signature for all handlers
        value = contents["type"]
        wanted = {value} if isinstance(value, str) else set(value)
        if "integer" in wanted and "number" not in wanted:
            return conjunction((types(wanted | {"number"}), atom("multiple", 1)))
        return types(wanted)

    def _enum(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return enumeration({exact.key(value): value for value in contents["enum"]})

    def _const(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return enumeration({exact.key(contents["const"]): contents["const"]})

    def _all_of(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return conjunction([self._node(one, scope) for one in contents["allOf"]])

    def _any_of(self, contents: dict[str, Any], scope: _Scope) -> Node:
        branches = [self._node(one, scope) for one in contents["anyOf"]]
        if scope.reading is not Reading.CLOSED:
            return disjunction(branches)
        plain = [self._node(one, scope.read(Reading.WRITTEN)) for one in contents["anyOf"]]
        changed = [branch for branch, other in zip(branches, plain, strict=True) if branch is not other]
        # An instance of several branches may hold what either declares, at every depth.
        sizes = range(2, len(changed) + 1) if len(changed) <= _FEW_BRANCHES else (2, len(changed))
        together = [conjunction(chosen) for size in sizes for chosen in combinations(changed, size)]
        return disjunction((*branches, *together))

    def _one_of(self, contents: dict[str, Any], scope: _Scope) -> Node:
        branches = [self._node(one, scope) for one in contents["oneOf"]]
        if scope.reading is Reading.WRITTEN:
            return exactly_one(branches)
        plain = [self._node(one, scope.read(Reading.WRITTEN)) for one in contents["oneOf"]]
        if all(branch is other for branch, other in zip(branches, plain, strict=True)):
            return exactly_one(plain)
        if scope.reading is Reading.CLOSED:
            return disjunction(
                conjunction((branch, *(negation(other) for position, other in enumerate(plain) if position != index)))
                for index, branch in enumerate(branches)
            )
        return exactly_one(branches if self._stay_apart(branches, plain) else plain)

    def _stay_apart(self, branches: list[Node], plain: list[Node]) -> bool:
        """Whether lifting makes no two branches of a `oneOf` overlap."""
        overlap = self.overlap
        return overlap is not None and not any(
            overlap(branches[left], branches[right])
            for left, right in combinations(range(len(branches)), 2)
            if branches[left] is not plain[left] or branches[right] is not plain[right]
        )

    def _not(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return negation(self._node(contents["not"], scope.read(Reading.WRITTEN)))

    def _if(self, contents: dict[str, Any], scope: _Scope) -> Node:
        plain = self._node(contents["if"], scope.read(Reading.WRITTEN))
        then = self._node(contents.get("then", True), scope)
        other = self._node(contents.get("else", True), scope)
        if scope.reading is Reading.CLOSED:
            held = self._node(contents["if"], scope)
            if held is not plain:
                return disjunction((conjunction((held, then)), conjunction((negation(plain), other))))
        return conjunction((disjunction((negation(plain), then)), disjunction((plain, other))))

    # ---- numbers ----

    def _bound(self, contents: dict[str, Any], scope: _Scope, keyword: str, kind: str) -> Node:
        exclusive = scope.dialect.boolean_exclusive and contents.get(f"exclusive{keyword.capitalize()}") is True
        return atom(kind, _number(contents[keyword]), exclusive)

    def _minimum(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._bound(contents, scope, "minimum", "ge")

    def _maximum(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._bound(contents, scope, "maximum", "le")

    def _exclusive_minimum(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return TRUE if scope.dialect.boolean_exclusive else atom("ge", _number(contents["exclusiveMinimum"]), True)  # noqa: FBT003

    def _exclusive_maximum(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return TRUE if scope.dialect.boolean_exclusive else atom("le", _number(contents["exclusiveMaximum"]), True)  # noqa: FBT003

    def _multiple_of(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return atom("multiple", _number(contents["multipleOf"]))

    # ---- strings ----

    def _min_length(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return atom("length", int(contents["minLength"]))

    def _max_length(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return negation(conjunction((types(("string",)), atom("length", int(contents["maxLength"]) + 1))))

    def _pattern(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        found = self._language(contents["pattern"], contents, "pattern")
        if found is None:
            return self._opaque(f"pattern {contents['pattern']!r}", "string", contents, "pattern")
        return TRUE if found.language.is_everything else atom("string", found)

    def _language(self, source: str, contents: object, *path: str) -> Pattern | None:
        try:
            return Pattern(parse_pattern(source), source)
        except UnsupportedPatternError:
            return None
        except InvalidPatternError as error:
            try:
                re.compile(source)
            except (re.error, OverflowError, RecursionError):
                located = self.library.located(contents)
                pointer = located.pointer
                for token in path:
                    pointer = child(pointer, token)
                message = f"the pattern {source!r} is no regular expression: {error}"
                raise SchemaError(message, place=Place(pointer=pointer, origin=located.document.origin)) from error
            return None

    # ---- arrays ----

    def _prefix(self, contents: dict[str, Any], dialect: Dialect) -> tuple[list[Any], Any, bool]:
        """The tuple, the schema of the rest, and whether there is one."""
        tuple_ = contents.get(dialect.tuple_keyword, [])
        if dialect.tuple_keyword == "items":
            if isinstance(tuple_, list):
                return (
                    tuple_,
                    contents.get("additionalItems", True),
                    "items" in contents and "additionalItems" in contents,
                )
            return [], tuple_, True
        return tuple_, contents.get("items", True), "items" in contents

    def _items(self, contents: dict[str, Any], scope: _Scope) -> Node:
        prefix, rest, _ = self._prefix(contents, scope.dialect)
        parts = [atom("items", index, index + 1, self._child(one, scope)) for index, one in enumerate(prefix)]
        return conjunction((*parts, atom("items", len(prefix), None, self._child(rest, scope))))

    def _prefix_items(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return TRUE if "items" in contents else self._items(contents, scope)

    def _min_items(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return atom("count", TRUE, int(contents["minItems"]))

    def _max_items(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return _at_most("array", atom("count", TRUE, int(contents["maxItems"]) + 1))

    def _unique_items(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return atom("unique") if contents["uniqueItems"] is True else TRUE

    def _contains(self, contents: dict[str, Any], scope: _Scope) -> Node:
        bounded = "minContains" in scope.dialect.active
        least = int(contents.get("minContains", 1)) if bounded else 1
        parts = [atom("count", self._child(contents["contains"], scope), least)]
        if bounded and "maxContains" in contents:
            plain = self._child(contents["contains"], scope.read(Reading.WRITTEN))
            parts.append(_at_most("array", atom("count", plain, int(contents["maxContains"]) + 1)))
        return conjunction(parts)

    def _unevaluated_items(self, contents: dict[str, Any], scope: _Scope) -> Node:
        rest = self._child(contents["unevaluatedItems"], scope)
        found = unseen_items(list(self._items_seen(contents, scope, own=True)), rest)
        return (
            self._opaque(("unevaluatedItems", id(contents)), "array", contents, "unevaluatedItems")
            if found is None
            else found
        )

    def _items_seen(self, contents: Any, scope: _Scope, *, own: bool = False) -> Iterator[SeenItems]:
        if not isinstance(contents, dict):
            return
        keywords = scope.dialect.active
        prefix, _, has_rest = self._prefix(contents, scope.dialect)
        if has_rest or ("unevaluatedItems" in contents and not own and "unevaluatedItems" in keywords):
            yield SeenItems(TRUE, None)
        elif prefix:
            yield SeenItems(TRUE, len(prefix))
        if scope.dialect.contains_evaluates and "contains" in contents:
            yield SeenItems(TRUE, 0, self._child(contents["contains"], scope))
        for condition, part, inner in self._in_place(contents, scope):
            for seen in self._items_seen(part, inner):
                yield SeenItems(conjunction((condition, seen.condition)), seen.before, seen.matching)

    # ---- objects ----

    def _members_of(self, contents: dict[str, Any], scope: _Scope) -> Node:
        parts = []
        own = contents.get("properties", {})
        for name in sorted(own):
            parts.append(atom("members", named(name), self._child(own[name], scope)))
        patterns: list[Pattern] = []
        unmodelled: list[str] = []
        for source, inner in contents.get("patternProperties", {}).items():
            node = self._child(inner, scope)
            pattern = self._language(source, contents, "patternProperties", source)
            if pattern is None:
                unmodelled.append(source)
                if node is not TRUE:
                    parts.append(
                        self._opaque(("patternProperties", source, node), "object", contents, "patternProperties")
                    )
            else:
                patterns.append(pattern)
                parts.append(atom("members", Names(inside=frozenset((pattern,))), node))
        if "additionalProperties" in contents:
            rest = self._child(contents["additionalProperties"], scope)
            if rest is FALSE and scope.reading is Reading.LIFTED:
                rest = TRUE
            names = Names(outside=frozenset(patterns), but=frozenset(own))
            if not unmodelled:
                parts.append(atom("members", names, rest))
            elif rest is not TRUE:
                label = ("additionalProperties", names, tuple(sorted(unmodelled)), rest)
                parts.append(self._opaque(label, "object", contents, "additionalProperties"))
        return conjunction(parts)

    def _only_first(self, contents: dict[str, Any], scope: _Scope, keyword: str) -> Node:
        """Each of the three keywords is dispatched; the first one present compiles all of them."""
        for one in ("additionalProperties", "patternProperties", "properties"):
            if one in contents:
                return self._members_of(contents, scope) if one == keyword else TRUE
        return TRUE

    def _additional_first(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._only_first(contents, scope, "additionalProperties")

    def _pattern_first(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._only_first(contents, scope, "patternProperties")

    def _properties_first(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._only_first(contents, scope, "properties")

    def _property_names(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return atom("names", self._child(contents["propertyNames"], scope.read(Reading.WRITTEN)))

    def _required(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return conjunction(_has(name) for name in sorted(contents["required"]))

    def _min_properties(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return atom("size", int(contents["minProperties"]))

    def _max_properties(self, contents: dict[str, Any], scope: _Scope) -> Node:  # noqa: ARG002
        return _at_most("object", atom("size", int(contents["maxProperties"]) + 1))

    def _dependencies(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._dependent(contents["dependencies"], scope)

    def _dependent_required(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._dependent(contents["dependentRequired"], scope)

    def _dependent_schemas(self, contents: dict[str, Any], scope: _Scope) -> Node:
        return self._dependent(contents["dependentSchemas"], scope)

    def _dependent(self, dependencies: dict[str, Any], scope: _Scope) -> Node:
        parts = []
        for name in sorted(dependencies):
            one = dependencies[name]
            if isinstance(one, str):
                one = [one]
            then = (
                conjunction(_has(other) for other in sorted(one)) if isinstance(one, list) else self._node(one, scope)
            )
            parts.append(disjunction((atom("members", named(name), FALSE), then)))
        return conjunction(parts)

    def _unevaluated_properties(self, contents: dict[str, Any], scope: _Scope) -> Node:
        rest = self._child(contents["unevaluatedProperties"], scope)
        if rest is FALSE and scope.reading is Reading.LIFTED:
            return TRUE
        try:
            return unseen_members(list(self._members(contents, scope, own=True)), rest)
        except (PartitionError, _UnmodelledError):
            return self._opaque(("unevaluatedProperties", id(contents)), "object", contents, "unevaluatedProperties")

    def _members(
        self, contents: Any, scope: _Scope, *, declaring: bool = False, own: bool = False
    ) -> Iterator[Contribution]:
        """The members that a schema sees: as `unevaluatedProperties` means it, or as the lenient policy means "declared"."""
        if not isinstance(contents, dict):
            return
        if scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
            yield from self._members_elsewhere(contents, scope, declaring=declaring)
            return
        keywords = scope.dialect.active
        if contents.get("properties"):
            yield TRUE, Names(only=frozenset(contents["properties"]))
        for source in contents.get("patternProperties", ()):
            pattern = self._language(source, contents, "patternProperties", source)
            if pattern is None:
                if not declaring:
                    raise _UnmodelledError
                # More counts as declared than is: the check of the witness sees the difference.
                yield TRUE, ALL
            else:
                yield TRUE, Names(inside=frozenset((pattern,)))
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if keyword in contents and keyword in keywords and not (own and keyword == "unevaluatedProperties"):
                if not declaring:
                    yield TRUE, ALL
                elif self._child(contents[keyword], scope.read(Reading.WRITTEN)) not in (TRUE, FALSE):
                    yield TRUE, ALL
        if declaring:
            yield from self._required_members(contents, keywords)
        yield from self._members_elsewhere(contents, scope, declaring=declaring)

    def _required_members(self, contents: dict[str, Any], keywords: Any) -> Iterator[Contribution]:
        if contents.get("required"):
            yield TRUE, Names(only=frozenset(contents["required"]))
        for keyword in ("dependentRequired", "dependencies"):
            if keyword in contents and keyword in keywords:
                lists = {name: one for name, one in contents[keyword].items() if isinstance(one, list)}
                if lists:
                    yield TRUE, Names(only=frozenset((*lists, *(name for one in lists.values() for name in one))))

    def _members_elsewhere(self, contents: dict[str, Any], scope: _Scope, *, declaring: bool) -> Iterator[Contribution]:
        for condition, part, inner in self._in_place(contents, scope):
            for other, names in self._members(part, inner, declaring=declaring):
                yield conjunction((condition, other)), names

    # ---- schemas applied to the same value ----

    def _in_place(self, contents: dict[str, Any], scope: _Scope) -> Iterator[tuple[Node, Any, _Scope]]:
        """The schemas whose annotations reach this one, each with the condition under which it does."""
        identity = (id(contents), scope.key)
        if identity in self._placing:
            raise self._circle(contents)
        self._placing.add(identity)
        try:
            yield from self._applied_in_place(contents, scope)
        finally:
            self._placing.discard(identity)

    def _applied_in_place(self, contents: dict[str, Any], scope: _Scope) -> Iterator[tuple[Node, Any, _Scope]]:
        keywords = scope.dialect.active
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            if keyword in keywords and isinstance(contents.get(keyword), str) and keyword in _HANDLERS:
                target, inner = self._target(contents, scope, keyword)
                if isinstance(target, dict):
                    yield TRUE, target, self._entered(target, inner, enter=False)
        if scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
            return
        plain = scope if scope.reading is Reading.LIFTED else scope.read(Reading.WRITTEN)
        for part in contents.get("allOf", ()):
            if isinstance(part, dict):
                yield TRUE, part, self._entered(part, scope, enter=True)
        for keyword in ("anyOf", "oneOf"):
            for part in contents.get(keyword, ()):
                if isinstance(part, dict):
                    yield self._node(part, plain), part, self._entered(part, scope, enter=True)
        if "if" in contents and "if" in keywords:
            condition = self._node(contents["if"], scope.read(Reading.WRITTEN))
            for keyword, when in (("if", condition), ("then", condition), ("else", negation(condition))):
                part = contents.get(keyword)
                if isinstance(part, dict):
                    yield when, part, self._entered(part, scope, enter=True)
        for keyword in ("dependentSchemas", "dependencies"):
            if keyword in contents and keyword in keywords and _HANDLERS.get(keyword):
                for name, part in contents[keyword].items():
                    if isinstance(part, dict):
                        yield _has(name), part, self._entered(part, scope, enter=True)


class _UnmodelledError(Exception):
    """A pattern that is not modelled stands where every pattern must be."""


#: Branches of an `anyOf` of which every combination is considered.
_FEW_BRANCHES = 4


def _number(value: float | Decimal) -> Any:
    return value if isinstance(value, int) else exact.fraction(value)


def _has(name: str) -> Node:
    return disjunction((negation(types(("object",))), negation(atom("members", named(name), FALSE))))


def _at_most(of_type: str, one_more: Node) -> Node:
    return disjunction((negation(types((of_type,))), negation(one_more)))


Handler = Callable[[Compiler, dict[str, Any], _Scope], Node]


def _by_keyword() -> dict[str, Handler]:
    names: Iterable[tuple[str, Handler]] = (
        ("type", Compiler._type),
        ("enum", Compiler._enum),
        ("const", Compiler._const),
        ("allOf", Compiler._all_of),
        ("anyOf", Compiler._any_of),
        ("oneOf", Compiler._one_of),
        ("not", Compiler._not),
        ("if", Compiler._if),
        ("minimum", Compiler._minimum),
        ("maximum", Compiler._maximum),
        ("exclusiveMinimum", Compiler._exclusive_minimum),
        ("exclusiveMaximum", Compiler._exclusive_maximum),
        ("multipleOf", Compiler._multiple_of),
        ("minLength", Compiler._min_length),
        ("maxLength", Compiler._max_length),
        ("pattern", Compiler._pattern),
        ("items", Compiler._items),
        ("prefixItems", Compiler._prefix_items),
        ("minItems", Compiler._min_items),
        ("maxItems", Compiler._max_items),
        ("uniqueItems", Compiler._unique_items),
        ("contains", Compiler._contains),
        ("unevaluatedItems", Compiler._unevaluated_items),
        ("properties", Compiler._properties_first),
        ("patternProperties", Compiler._pattern_first),
        ("additionalProperties", Compiler._additional_first),
        ("propertyNames", Compiler._property_names),
        ("required", Compiler._required),
        ("minProperties", Compiler._min_properties),
        ("maxProperties", Compiler._max_properties),
        ("dependencies", Compiler._dependencies),
        ("dependentRequired", Compiler._dependent_required),
        ("dependentSchemas", Compiler._dependent_schemas),
        ("unevaluatedProperties", Compiler._unevaluated_properties),
        ("$ref", lambda self, contents, scope: self._referred(contents, scope, "$ref")),
        ("$dynamicRef", lambda self, contents, scope: self._referred(contents, scope, "$dynamicRef")),
        ("$recursiveRef", lambda self, contents, scope: self._referred(contents, scope, "$recursiveRef")),
    )
    return dict(names)


_HANDLERS = _by_keyword()
