"""The cases by which a member tells clauses apart: they cover all objects, and what they settle is so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.formats.json_schema.algebra.apart import told_apart
from evtcompat.formats.json_schema.algebra.kinds import Members, Node
from evtcompat.formats.json_schema.algebra.membership import Membership, holds
from evtcompat.formats.json_schema.algebra.nodes import (
    FALSE,
    at_least,
    at_most,
    conjunction,
    disjunction,
    enumeration,
    members,
    min_length,
    min_properties,
    multiple_of,
    negation,
    types,
)
from evtcompat.formats.json_schema.algebra.property_names import named
from evtcompat.formats.json_schema.exact import Value, key
from evtcompat.formats.json_schema.solve.discriminators import ClausesByValue, cases_of, discriminator
from evtcompat.regular.steps import Steps
from formats.json_schema.strategies import VALUES, instances

GENERATED = settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])

values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=4)
lists = values.map(lambda chosen: enumeration({key(one): one for one in chosen}))
leaves = st.one_of(lists, st.sampled_from((types(("string",)), types(("number", "null")), FALSE, min_length(1))))
inner = st.recursive(
    leaves,
    lambda below: st.one_of(
        below.map(negation), st.lists(below, max_size=3).map(conjunction), st.lists(below, max_size=3).map(disjunction)
    ),
    max_leaves=4,
)


def said(name: str, node: Node) -> Node:
    return members(named(name), node)


cases = st.builds(said, st.sampled_from(("a", "b")), inner).flatmap(
    lambda node: st.sampled_from((node, negation(node)))
)
clauses = st.lists(st.lists(cases, min_size=1, max_size=3).map(disjunction), min_size=1, max_size=5)
objects = st.dictionaries(st.sampled_from(("a", "b")), st.one_of(st.sampled_from(VALUES), instances), max_size=2)


@pytest.mark.slow
@GENERATED
@given(clauses, objects, objects)
def test_every_object_is_in_exactly_one_case(listed: list[Node], met: dict[str, Value], one: dict[str, Value]) -> None:
    found = list(cases_of("a", listed, met, Membership(Steps(None))))
    assert [holds(case.node, one) for case in found].count(True) == 1
    assert holds(found[0].node, met) is True


@pytest.mark.slow
@GENERATED
@given(clauses, inner, objects)
def test_what_a_case_settles_is_so(listed: list[Node], node: Node, one: dict[str, Value]) -> None:
    case = next(case for case in cases_of("a", listed, one, Membership(Steps(None))) if holds(case.node, one))
    for constraint in (said("a", node), negation(said("a", node))):
        if isinstance(constraint, Members):
            note(repr((case, constraint)))
            assert case.settles(constraint) in {None, holds(constraint, one)}


@pytest.mark.slow
@GENERATED
@given(clauses, objects)
def test_what_a_case_leaves_of_the_clauses_holds_the_same_objects(listed: list[Node], one: dict[str, Value]) -> None:
    """Of the objects in the case; clauses whose cases demand values of the member are among them."""
    wanted = [said("a", enumeration({key(value): value})) for value in VALUES]
    listed = [*listed, disjunction(map(conjunction, zip(listed, wanted, strict=False)))]
    case = next(case for case in cases_of("a", listed, one, Membership(Steps(None))) if holds(case.node, one))
    kept, narrowed = ClausesByValue("a", listed).left(case)
    assert holds(conjunction((*kept, *narrowed)), one) is holds(conjunction(listed), one)


present = st.sampled_from(([], [negation(said("a", FALSE))]))
demands = st.builds(lambda listed, other, more: conjunction((said("a", listed), other, *more)), lists, cases, present)


@pytest.mark.slow
@GENERATED
@given(st.lists(demands, max_size=3), objects)
def test_no_object_is_in_two_nodes_that_are_told_apart(nodes: list[Node], one: dict[str, Value]) -> None:
    note(repr(nodes))
    assert not told_apart(nodes) or [holds(node, one) for node in nodes].count(True) <= 1


def test_nodes_are_told_apart_by_a_member_that_each_demands_with_another_value() -> None:
    has = negation(said("k", FALSE))
    ways = [conjunction((said("k", enumeration({key(kind): kind})), has)) for kind in "abc"]
    assert told_apart(ways)
    assert not told_apart([*ways, ways[0]])
    assert not told_apart([*ways, said("k", enumeration({key("d"): "d"}))]), "which an object without it is in"


sizes = st.integers(-1, 4)
ends = st.builds(
    lambda bound, end, exclusive: bound(end, exclusive=exclusive),
    st.sampled_from((at_least, at_most)),
    sizes,
    st.booleans(),
)
amounts = (
    (ends, st.one_of(sizes, sizes.map(lambda size: size + Decimal("0.5")))),
    (sizes.map(min_length), sizes.map(lambda size: "a" * size)),
    (sizes.map(min_properties), sizes.map(lambda size: {str(at): at for at in range(size)})),
)


@pytest.mark.slow
@pytest.mark.parametrize(("bound", "amount"), amounts, ids=["numbers", "lengths of texts", "sizes of objects"])
@GENERATED
@given(st.data())
def test_no_value_is_in_two_ranges_that_are_told_apart(
    bound: st.SearchStrategy[Node], amount: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    side = bound.flatmap(lambda node: st.sampled_from((node, negation(node))))
    nodes = data.draw(st.lists(st.lists(side, max_size=3).map(conjunction), max_size=3))
    one = data.draw(amount)
    assert not told_apart(nodes) or [holds(node, one) for node in nodes].count(True) <= 1


def test_nodes_are_told_apart_by_ranges_that_do_not_touch() -> None:
    below = conjunction((at_least(0), at_most(10, exclusive=True)))
    above = conjunction((at_least(10), negation(at_least(20))))
    assert told_apart([above, at_least(20), below])
    assert not told_apart([above, conjunction((at_least(0), at_most(10)))]), "10 is in both"
    assert not told_apart([below, above, multiple_of(3)]), "which says nothing of where the number is"


def _conditions(*kinds: str) -> list[Node]:
    return [
        disjunction((negation(said("k", enumeration({key(kind): kind}))), said(f"v{kind}", types(("string",)))))
        for kind in kinds
    ]


def test_a_member_tells_apart_what_several_clauses_ask_of_it() -> None:
    known: tuple[Any, ...] = ()
    assert discriminator(_conditions("a", "b", "c", "d"), _conditions("a")[0], known) == "k"
    assert discriminator(_conditions("a", "b", "c"), _conditions("a")[0], known) is None


def test_a_member_that_is_known_tells_nothing_more() -> None:
    listed = _conditions("a", "b", "c", "d")
    assert discriminator(listed, listed[0], ("k",)) is None


def test_a_clause_that_does_not_ask_for_the_member_is_left_to_others() -> None:
    other = disjunction((said("x", types(("string",))), said("y", FALSE)))
    assert discriminator([*_conditions("a", "b", "c", "d"), other], other, ()) is None
