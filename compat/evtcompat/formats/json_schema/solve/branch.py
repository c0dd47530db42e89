"""One way through the demands on a value of one type: its literals and clauses, and what follows from them at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, takewhile
from typing import Any, Final, TypeAlias

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import (
    And,
    Declared,
    Enumeration,
    ExactlyOne,
    Members,
    Node,
    Opaque,
    Or,
    PropertyNames,
)
from evtcompat.formats.json_schema.algebra.nodes import (
    FALSE,
    conjunction,
    disjunction,
    enumeration,
    exactly_one,
    negation,
)
from evtcompat.formats.json_schema.algebra.projection import project
from evtcompat.formats.json_schema.algebra.unevaluated import only_declared
from evtcompat.formats.json_schema.exact import Value, key
from evtcompat.formats.json_schema.solve.discriminators import ClausesByValue, MemberCase
from evtcompat.formats.json_schema.solve.theories.arrays import different as different_arrays
from evtcompat.formats.json_schema.solve.theories.objects import Objects, Solve
from evtcompat.formats.json_schema.solve.theories.objects import different as different_objects
from evtcompat.regular.steps import Steps

#: Nodes of one type that are rewritten or kept apart before they are reasoned about.
NEVER_LITERALS: Final = frozenset((PropertyNames, Declared))


#: After so many rounds over all clauses it is noted which of them each node concerns.
_ROUNDS: Final = 4
#: So many cases of a clause are held against what is demanded for one step.
_CASES_A_STEP: Final = 16

#: A disjunction, of whichever number of cases.
Clause: TypeAlias = Or | ExactlyOne


class Branch:
    """Literals and clauses for one type, saturated."""

    __slots__ = (
        *("clauses", "declarations", "dead", "demanded", "excluded", "listed", "literals", "of_type"),
        *("fresh", "known", "theory", "unseen"),
    )

    def __init__(self, of_type: str) -> None:
        self.of_type = of_type
        self.literals: dict[Node, None] = {}
        self.clauses: dict[Clause, None] = {}
        #: Every conjunction and clause that was added, also those that have been taken apart since.
        self.demanded: dict[Node, None] = {}
        self.declarations: dict[Declared, None] = {}
        #: Enumerations of objects or arrays that the value must not be in.
        self.excluded: dict[Enumeration, None] = {}
        #: The values that a positive enumeration leaves, by key.
        self.listed: dict[Any, Any] | None = None
        self.dead = False
        #: What was demanded since `settle` was called last, and the clauses that were added since. A clause that shares
        #: nothing with these need not be looked at again.
        self.fresh: set[Node | None] = set()
        self.unseen: set[Clause] = set()
        #: Members by whose values cases were distinguished.
        self.known: dict[str, MemberCase] = {}
        #: Of objects: the question that was made of so many of the literals, the first ones.
        self.theory: tuple[Objects, int] | None = None

    def objects(self, solve: Solve, steps: Steps) -> Objects:
        """The question that the literals put to the theory of objects."""
        question: Objects | None = None
        if self.theory is not None:
            before, taken = self.theory
            question = before.also([node for node in islice(self.literals, taken, None) if type(node) is not Opaque])
        if question is None:
            question = Objects(self.theory_literals(), solve, steps)
        self.theory = question, len(self.literals)
        return question

    def with_known(self, known: MemberCase, clauses: ClausesByValue) -> Branch:
        """A copy in which that is known of a member; what it decides of the branch's clauses is settled anew."""
        kept, narrowed = clauses.left(known)
        other = self.with_case(None, known.node)
        other.known[known.name] = known
        added = other.clauses.keys() - self.clauses.keys()
        other.clauses = {clause: None for clause in (*kept, *added) if isinstance(clause, (Or, ExactlyOne))}
        for one in narrowed:
            other.add(one)
        other.unseen.update(other.clauses)
        return other

    def with_case(self, clause: Node | None, case: Node) -> Branch:
        """A copy in which ``clause`` is settled by ``case``."""
        other = Branch(self.of_type)
        other.literals = dict(self.literals)
        other.clauses = dict(self.clauses)
        other.demanded = dict(self.demanded)
        other.declarations = dict(self.declarations)
        other.excluded = dict(self.excluded)
        other.listed = self.listed
        other.fresh = set(self.fresh)
        other.unseen = set(self.unseen)
        other.known = dict(self.known)
        other.theory = self.theory
        if isinstance(clause, (Or, ExactlyOne)):
            other.clauses.pop(clause, None)
        other.add(case)
        return other

    def add(self, node: Node) -> None:
        """One more constraint, projected on the type."""
        if type(node) is And:
            self.demanded[node] = None
            self._note(node)
            for child in node.children:
                self.add(child)
        elif type(node) is Or:
            if not node.children:
                self.dead = True
            else:
                self._clause(node)
        elif type(node) is ExactlyOne:
            self._clause(node)
        elif type(node) is Enumeration:
            self._enum(node)
        elif type(node) is Declared:
            self.declarations[node] = None
        elif node not in self.literals:
            if node.negated in self.literals:
                self.dead = True
            self.literals[node] = None
            self._note(node)

    def _clause(self, node: Clause) -> None:
        self.clauses[node] = self.demanded[node] = None
        self.unseen.add(node)
        self._note(node)

    def _note(self, node: Node) -> None:
        self.fresh.add(node)
        self.fresh.add(node.negated)

    def _enum(self, node: Enumeration) -> None:
        if node.sign:
            if self.listed is None:
                self.listed = node.values
            else:
                self.listed = {one: value for one, value in self.listed.items() if one in node.keys}
            if not self.listed:
                self.dead = True
        elif self.of_type in {"object", "array"}:
            self.excluded[node] = None
        else:
            self.literals[node] = None
            self._note(node)

    def close(self) -> None:
        """Replace the `Declared` nodes by what they demand together.

        Raises:
            PartitionError: Too many languages meet in one object.
        """
        contributions = tuple(dict.fromkeys(one for node in self.declarations for one in node.contributions))
        self.declarations = {}
        self.add(project(only_declared(contributions), "object"))

    def settle(self, steps: Steps) -> None:
        """Propagate: drop clauses that hold, cases that cannot, and take the only case left.

        Raises:
            BudgetExceededError: More cases are looked at than there are steps for.
        """
        changed = True
        concerned: _Concerned | None = None
        rounds = 0
        while changed and not self.dead:
            changed = False
            # What the first round looked at is looked at again for what that round itself has demanded.
            fresh, self.fresh = self.fresh, set()
            unseen, self.unseen = self.unseen, set()
            rounds += 1
            if rounds > _ROUNDS and concerned is None:
                concerned = _Concerned(self.clauses)
            if concerned is None:
                asked = [one for one in self.clauses if one in unseen or not _touching(one).isdisjoint(fresh)]
            else:
                concerned.take(reversed([*takewhile(unseen.__contains__, reversed(self.clauses))]))  # what came last
                asked = concerned.by(fresh, unseen)
            for clause in asked:
                if clause not in self.clauses:
                    continue
                steps.spend(len(clause.children) // _CASES_A_STEP)
                if type(clause) is ExactlyOne:
                    changed = self._settle_one(clause) or changed
                    continue
                if any(self._has(case) for case in clause.children) and not closes(clause):
                    del self.clauses[clause]
                    continue
                left = [case for case in clause.children if not self._clashes(case)]
                if len(left) < len(clause.children):
                    del self.clauses[clause]
                    self.add(disjunction(left))
                    changed = True
        self.fresh.clear()
        self.unseen.clear()

    def _settle_one(self, clause: ExactlyOne) -> bool:
        """Replace "exactly one" (or its opposite) by what is left of it; whether that changed anything."""
        held = [child for child in clause.children if self._has(child)]
        left = [child for child in clause.children if child not in held and not self._clashes(child)]
        if (not held and len(left) == len(clause.children)) or closes(clause):
            return False
        del self.clauses[clause]
        several = len(held) > 1
        if clause.sign:
            found = conjunction(negation(child) for child in left) if held else exactly_one(left)
            self.add(FALSE if several else found)
        elif not several:
            self.add(disjunction(left) if held else negation(exactly_one(left)))
        return True

    def theory_literals(self) -> list[Node]:
        """The literals that the theory of the type knows."""
        return [node for node in self.literals if type(node) is not Opaque]

    def different_from(self, value: Value) -> Node | None:
        """If the value is an excluded one: the clause that says how another differs from it."""
        if not self.excluded:
            return None
        identity = key(value)
        if not any(identity in node.keys for node in self.excluded):
            return None
        different = different_objects if self.of_type == "object" else different_arrays
        return disjunction(project(one, self.of_type) for one in different(value, _constant))

    def smallest(self) -> Clause:
        """The clause with the fewest cases."""
        return min(self.clauses, key=width)

    def _has(self, node: Node) -> bool:
        if node in self.literals or node in self.demanded or (self.known and self._decided(node) is True):
            return True
        return type(node) is And and all(map(self._has, node.children))

    def _clashes(self, node: Node) -> bool:
        opposite = node.negated
        # Only a negation that was made can be among the literals.
        if opposite is not None and (opposite in self.literals or opposite in self.demanded):
            return True
        if self.known and self._decided(node) is False:
            return True
        return type(node) is And and any(map(self._clashes, node.children))

    def _decided(self, node: Node) -> bool | None:
        """Whether what is known of a member decides a literal."""
        if type(node) is not Members or node.names.single is None:
            return None
        known = self.known.get(node.names.single)
        return None if known is None else known.settles(node)


class _Concerned:
    """Clauses by what they touch: where one leads to the next, each of many rounds is about few of them."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._places: dict[Clause, int] = {}
        self._touched: dict[Node, list[Clause]] = {}
        self._taken = 0
        self.take(clauses)

    def take(self, clauses: Iterable[Clause]) -> None:
        """More clauses have come, after all others."""
        for clause in clauses:
            self._places[clause] = self._taken
            self._taken += 1
            for node in _touching(clause):
                self._touched.setdefault(node, []).append(clause)

    def by(self, fresh: Iterable[Node | None], unseen: Iterable[Clause]) -> list[Clause]:
        """The clauses that are new, or that what is new touches, in the order in which they came."""
        found = {clause for node in fresh if node is not None for clause in self._touched.get(node, ())}
        return sorted(found.union(one for one in unseen if one in self._places), key=self._places.__getitem__)


@once_per_node
def _touching(clause: Clause) -> frozenset[Node]:
    """The cases of a clause, what they consist of, and the opposites of all these, as far as they were made."""
    found: dict[Node, None] = {}
    pending = list(clause.children)
    while pending:
        one = pending.pop()
        if one in found:
            continue
        found[one] = None
        if type(one) is And:
            pending.extend(one.children)
    return frozenset((*found, *(one.negated for one in found if one.negated is not None)))


def _constant(value: Value) -> Node:
    return enumeration({key(value): value})


def width(clause: Clause) -> int:
    """How many cases a clause has."""
    return len(clause.children)
