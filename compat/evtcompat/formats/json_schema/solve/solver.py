"""The search for an instance: boolean structure first, then the theory of the type, recursion by coinduction.

A *goal* is a set of nodes that one value must be in. For each JSON type in turn the goal is projected on the type;
what remains are literals, which the theory of the type can handle together, and clauses (disjunctions). The theory
proposes a value for the literals alone; a clause that the value breaks is split upon. So clauses that do not matter
are never looked at, and every split adds a literal.

A goal met again while it is open has no instance *that is needed for itself*: finite instances exist if and only if
one exists that does not contain itself. So it counts as absent there, and a result found under such an assumption is
kept only as long as the assumption stands (see `Memo`). See Attouche et al., "Witness Generation for JSON Schema"
(2022), for the completeness of the method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from evtcompat.formats.json_schema.algebra.declared import clause_declaring_more, closes, closes_directly, opened, split
from evtcompat.formats.json_schema.algebra.facts import Fact
from evtcompat.formats.json_schema.algebra.inclusions import AROUND, INSIDE
from evtcompat.formats.json_schema.algebra.kinds import And, Enumeration, ExactlyOne, Node, Opaque, Or
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import FALSE, conjunction, disjunction, exactly_one, negation
from evtcompat.formats.json_schema.algebra.partitions import PartitionError
from evtcompat.formats.json_schema.algebra.projection import project
from evtcompat.formats.json_schema.algebra.readable import is_readable
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.solve.branch import NEVER_LITERALS, Branch, Clause, width
from evtcompat.formats.json_schema.solve.demands import demands
from evtcompat.formats.json_schema.solve.discriminators import ClausesByValue, cases_of, discriminator
from evtcompat.formats.json_schema.solve.goals import exclude_as_written, of_objects, types_left, unmodelled_reason
from evtcompat.formats.json_schema.solve.memo import NEVER, Memo
from evtcompat.formats.json_schema.solve.outcomes import (
    UNSAT,
    Alternatives,
    Outcome,
    Sat,
    Unknown,
    UnknownReason,
    Unsat,
    listed_value,
    merged,
)
from evtcompat.formats.json_schema.solve.theories.arrays import array
from evtcompat.formats.json_schema.solve.theories.numbers import number
from evtcompat.formats.json_schema.solve.theories.objects import Objects
from evtcompat.formats.json_schema.solve.theories.strings import string
from evtcompat.regular.steps import BudgetExceededError, Steps

_TOO_MANY_LANGUAGES = UnknownReason("too many regular expressions for property names meet in one object")

#: What is carried along a branch of the search, and looked at in each, for one step.
_LITERALS_A_STEP: Final = 64
_CLAUSES_A_STEP: Final = 4

#: A value of a node alone, and the steps that it took to find it.
_INSTANCE: Final[Fact[tuple[Sat, int]]] = Fact()


class Solver:
    """Answers questions over one budget. Results are shared between the questions."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.memo = Memo()
        self.membership = Membership(steps)
        #: The value that was found of a node alone.
        self._found: dict[Node, Sat] = {}
        #: Whether every value of the first node is in the second, by a quick proof.
        self._proved: dict[tuple[Node, Node], bool] = {}
        #: The steps to the part of a value that is looked for.
        self._trail: list[str | int] = []

    def instance(self, nodes: Iterable[Node]) -> Outcome:
        """A value in all of ``nodes``, the proof that there is none, or why that is open; a spent budget is open."""
        try:
            return self.solve(tuple(nodes))
        except BudgetExceededError as error:
            return self._given_up(error)

    def _given_up(self, error: BudgetExceededError) -> Unknown:
        """What is open when the steps ran out, with the part of a value that was looked for then."""
        reason = UnknownReason(error.message, path=tuple(self._trail))
        self.forget()
        return Unknown((reason,))

    def forget(self) -> None:
        """Start anew, after a question that did not come to its end."""
        self.memo = Memo()
        self.membership = Membership(self.steps)
        self._trail.clear()

    def difference(self, inside: Node, outside: Node) -> Outcome:
        """A value that is in ``inside`` and not in ``outside``, the proof that there is none, or why that is open."""
        try:
            broken = conjunction(demands(inside, outside, self._proves))
        except BudgetExceededError as error:
            return self._given_up(error)
        return self.instance((inside, negation(broken)))

    def _proves(self, inside: Node, outside: Node, name: str | None) -> bool:
        """Whether a quick proof shows that every value of ``inside`` is in ``outside``, whatever else is declared."""
        within = INSIDE.of(outside) or outside
        if inside in (outside, within) or AROUND.of(inside) in (outside, within):
            return True
        known = self._proved.get((inside, outside))
        if known is None:
            # As in `solve_at`.
            self._trail += [] if name is None else [name]
            known = self._proved[inside, outside] = self._proves_by_search(inside, outside)
            del self._trail[len(self._trail) - (name is not None) :]
        return known

    def _proves_by_search(self, inside: Node, outside: Node) -> bool:
        self.steps.spend(1 + len(inside.parts) // 64 + len(outside.parts) // 64)
        left = demands(inside, outside, self._proves)
        if not left or closes(inside) or of_objects(inside):
            # What is declared beside it may allow more than a search among its values shows.
            return not left
        return isinstance(self.solve((inside, negation(conjunction(left)))), Unsat)

    def solve_at(self, step: str | int, nodes: Sequence[Node]) -> Outcome:
        """The same inside a question, for the member or item that the step leads to.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        self._trail.append(step)
        outcome = self.solve(nodes)
        # Where the steps run out the trail stays, and tells where.
        self._trail.pop()
        return outcome

    def solve(self, nodes: Sequence[Node]) -> Outcome:
        """The same inside a question.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        if len(nodes) != 1:
            return self._solve(nodes)
        (node,) = nodes
        found = self._found.get(node)
        if found is None:
            known = _INSTANCE.of(node)
            if known is None:
                before = self.steps.used
                outcome = self._solve(nodes)
                if isinstance(outcome, Sat) and outcome.exact:
                    self._found[node] = outcome
                    _INSTANCE.note(node, (outcome, self.steps.used - before))
                return outcome
            found, spent = known
            # Another question found it. It costs the same here, so that no answer rests on what was asked before.
            self._found[node] = found
            self.steps.spend(spent)
        return found

    def _solve(self, nodes: Sequence[Node]) -> Outcome:
        flat: dict[Node, None] = {}
        for node in nodes:
            if type(node) is And:
                for one in node.children:
                    flat[one] = None
            elif node is FALSE:
                return UNSAT
            else:
                flat[node] = None
        if not flat:
            return _ANYTHING
        goal = frozenset(flat)
        memo = self.memo
        known = memo.settled.get(goal)
        if known is not None:
            return known
        provisional = memo.provisional.get(goal)
        if provisional is not None:
            memo.rests_on = min(memo.rests_on, provisional[1])
            return provisional[0]
        assumed = memo.open.get(goal)
        if assumed is not None:
            memo.rests_on = min(memo.rests_on, assumed)
            return UNSAT
        if len(nodes) > 1 and exclude_as_written((*nodes, *flat)):
            memo.settled[goal] = UNSAT
            return UNSAT
        return self._open(goal, tuple(flat))

    def _open(self, goal: frozenset[Node], nodes: tuple[Node, ...]) -> Outcome:
        memo = self.memo
        depth = len(memo.open)
        memo.open[goal] = depth
        before, memo.rests_on = memo.rests_on, NEVER
        start = memo.mark()
        try:
            outcome = self._any_type(nodes)
        finally:
            del memo.open[goal]
        memo.close(goal, depth, outcome, start)
        mine = memo.rests_on if memo.rests_on < depth else NEVER
        memo.rests_on = before if isinstance(outcome, Sat) else min(before, mine)
        return outcome

    def _any_type(self, nodes: tuple[Node, ...]) -> Outcome:
        tried = Alternatives()
        for of_type in types_left(nodes):
            outcome = self._of_type(of_type, nodes)
            if tried.end_with(outcome):
                return outcome
        return tried.outcome

    def _of_type(self, of_type: str, nodes: tuple[Node, ...]) -> Outcome:
        branch = Branch(of_type)
        literals = branch.literals
        for node in nodes:
            if node.speaks_of == of_type and type(node) not in NEVER_LITERALS and node not in literals:
                # As `project` and `add` would do.
                if node.negated in literals:
                    return UNSAT
                literals[node] = None
                continue
            branch.add(project(node, of_type))
            if branch.dead:
                return UNSAT
        return self._search(branch)

    def _search(self, branch: Branch) -> Outcome:
        self.steps.spend(1 + len(branch.literals) // _LITERALS_A_STEP + len(branch.clauses) // _CLAUSES_A_STEP)
        branch.settle(self.steps)
        closed = self._closed(branch)
        if closed is not None or branch.dead:
            return closed or UNSAT
        if branch.listed is not None:
            return self._listed(branch, branch.listed)
        theory = branch.objects(self.solve_at, self.steps) if branch.of_type == "object" else None
        outcome = self._theory(branch, theory)
        clause: Node | None = None
        if isinstance(outcome, Sat):
            clause = branch.different_from(outcome.value)
            if clause is None:
                clause, outcome = self._broken(branch, outcome)
            if clause is None:
                return outcome
            name = discriminator(branch.clauses, clause, branch.known) if theory is not None else None
            if name is not None and theory is not None:
                return self._first(self._by_discriminator(branch, name, outcome.value, theory))
        elif isinstance(outcome, Unsat):
            clause = clause_declaring_more(branch.clauses, branch.literals)
            if clause is None or self._empty_when_opened(branch):
                return UNSAT
            return self._first(self._split(branch, clause, split(clause), None))
        elif not branch.clauses:
            return outcome
        clause = clause or branch.smallest()
        return self._first(self._split(branch, clause, self._cases(clause, outcome), theory))

    def _closed(self, branch: Branch) -> Outcome | None:
        """Settle what the `Declared` nodes demand together; the outcome where that decides."""
        if branch.dead or not branch.declarations or branch.listed is not None:
            return None
        clause = next((one for one in branch.clauses if closes_directly(one)), None)
        if clause is not None:
            # What its cases declare is declared for all `Declared` nodes of the branch.
            return self._first(self._split(branch, clause, split(clause), None))
        try:
            branch.close()
        except PartitionError:
            return Unknown((_TOO_MANY_LANGUAGES,))
        branch.settle(self.steps)
        return None

    def _empty_when_opened(self, branch: Branch) -> bool:
        """Whether no value is in the literals whatever is declared."""
        other = Branch(branch.of_type)
        for node in branch.theory_literals():
            other.add(opened(node))
        if other.dead:
            return True
        literals = other.theory_literals()
        if branch.of_type == "object":
            return isinstance(Objects(literals, self.solve_at, self.steps).search(), Unsat)
        return isinstance(self._ask(branch.of_type, literals), Unsat)

    def _broken(self, branch: Branch, outcome: Sat) -> tuple[Node | None, Sat]:
        """A clause that a value for the literals breaks, or the value with its reasons."""
        broken: list[Clause] = []
        reasons: list[UnknownReason] = []
        for clause in branch.clauses:
            answer = self.membership.holds(clause, outcome.value)
            if answer is False:
                broken.append(clause)
            elif answer is None:
                reasons.append(unmodelled_reason(clause))
        if broken:
            return min(broken, key=width), outcome
        if reasons:
            return None, Sat(outcome.value, exact=False, reasons=merged(outcome.reasons, tuple(reasons)))
        return None, outcome

    def _by_discriminator(self, branch: Branch, name: str, met: Value, theory: Objects) -> Iterator[Branch]:
        """A branch for each case of a discriminator; ``met`` is the value that was tried."""
        clauses = ClausesByValue(name, branch.clauses)
        for case in cases_of(name, branch.clauses, met, self.membership):
            if not self._ruled_out(theory, case.node):
                yield branch.with_known(case, clauses)

    def _split(self, branch: Branch, clause: Node, cases: Iterable[Node], theory: Objects | None) -> Iterator[Branch]:
        """A branch for each case of a clause."""
        for case in cases:
            if theory is None or not self._ruled_out(theory, case):
                yield branch.with_case(clause, case)

    def _cases(self, clause: Node, tried: Outcome) -> Iterator[Node]:
        """Ways to satisfy a clause that cover all; the value that was tried, if any, satisfies none."""
        if type(clause) is not ExactlyOne:
            yield from clause.children if type(clause) is Or else (clause,)
            return
        children = clause.children
        if clause.sign:
            for child in children:
                self.steps.spend(len(children) // 16)
                yield conjunction((child, *[negation(other) for other in children if other is not child]))
            return
        # Not exactly one: the one that holds for the value and another, or not that one and not exactly one of the
        # others.
        holding = (one for one in children if isinstance(tried, Sat) and self.membership.holds(one, tried.value))
        one = next(holding, children[0])
        others = tuple(child for child in children if child is not one)
        yield conjunction((one, disjunction(others)))
        yield conjunction((negation(one), negation(exactly_one(others))))

    def _ruled_out(self, theory: Objects, case: Node) -> bool:
        if not theory.impossible(case):
            return False
        self.steps.spend()
        return True

    def _first(self, branches: Iterable[Branch]) -> Outcome:
        """What is found in the first of the branches where anything is."""
        tried = Alternatives()
        for inner in branches:
            if inner.dead:
                continue
            outcome = self._search(inner)
            if tried.end_with(outcome):
                return outcome
        return tried.outcome

    def _listed(self, branch: Branch, listed: dict[Any, Any]) -> Outcome:
        """One of finitely many values, each tried; a readable one where there is one."""
        excluded = [*branch.excluded, *(one for one in branch.literals if type(one) is Enumeration)]
        demanded = [one for one in branch.literals if type(one) is not Enumeration]
        others = [*demanded, *branch.clauses, *branch.declarations]
        odd: Sat | None = None
        inexact: Sat | None = None
        self.steps.spend(1 + len(listed) // 8)
        for identity, value in listed.items():
            if any(identity in one.keys for one in excluded):
                continue
            answer = self.membership.holds_together(others, value) if others else True
            if answer:
                if is_readable(value):
                    return listed_value(value)
                odd = odd or listed_value(value)
            if answer is None and inexact is None:
                inexact = Sat(
                    value,
                    exact=False,
                    reasons=tuple(
                        unmodelled_reason(one) for one in others if self.membership.holds(one, value) is None
                    ),
                )
        return odd or inexact or UNSAT

    def _theory(self, branch: Branch, theory: Objects | None) -> Outcome:
        unmodelled = [node for node in branch.literals if type(node) is Opaque]
        outcome = self._ask(branch.of_type, branch.theory_literals()) if theory is None else theory.search()
        if unmodelled and isinstance(outcome, Sat):
            reasons = []
            for node in unmodelled:
                answer = self.membership.holds(node, outcome.value)
                if answer is not True:
                    reasons.append(unmodelled_reason(node))
            if reasons:
                return Sat(outcome.value, exact=False, reasons=merged(outcome.reasons, tuple(reasons)))
        return outcome

    def _ask(self, of_type: str, literals: Iterable[Node]) -> Outcome:
        if of_type == "string":
            return string(literals, self.steps)
        if of_type == "number":
            return number(literals, self.steps)
        if of_type == "array":
            return array(literals, self.solve_at, self.steps)
        candidates: tuple[Any, ...] = (None,) if of_type == "null" else (False, True)
        for value in candidates:
            if all(self.membership.holds(node, value) for node in literals):
                return Sat(value)
        return UNSAT


_ANYTHING = Sat(None)
