"""A class of `evtcompat.dataclasses` behaves as one of the standard library does."""

from __future__ import annotations

import copy
import dataclasses as library
import inspect
import operator
from collections.abc import Callable
from itertools import product
from typing import Any, TypedDict

import pytest

from evtcompat import dataclasses as ours


class Options(TypedDict):
    """The options that the two have in common."""

    frozen: bool
    slots: bool
    eq: bool
    order: bool


OPTIONS = [
    Options(frozen=frozen, slots=slots, eq=eq, order=order)
    for frozen, slots, eq, order in product((False, True), repeat=4)
    if eq or not order
]
#: What two values of a class are asked for. (To set what is no field is a TypeError of the library's own with slots.)
QUESTIONS: dict[str, Callable[[Any, Any], object]] = {
    "repr": lambda one, _: repr(one),
    "hash": lambda one, other: hash(one) == hash(other),
    "equal": operator.eq,
    "equal to itself": lambda one, _: one == one,  # noqa: PLR0124
    "equal to another kind": lambda one, _: one == "one",
    "less": operator.lt,
    "at most": operator.le,
    "more": operator.gt,
    "at least": operator.ge,
    "set": lambda one, _: setattr(one, "name", "other"),
    "delete": lambda one, _: delattr(one, "name"),
    "copied": lambda one, _: repr(copy.copy(one)),
    "replaced": lambda one, _: repr(library.replace(one, number=7)),
    "as a dictionary": lambda one, _: library.asdict(one),
    "matched": lambda one, _: type(one).__match_args__,
    "with a dictionary": lambda one, _: hasattr(one, "__dict__"),
}
#: How values are made, right and wrong.
CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a", 1), {}),
    (("a",), {"number": 2}),
    (("b",), {"tags": ["x"]}),
    ((), {}),
    (("a", 1, [], "more"), {}),
    (("a",), {"unknown": 1}),
    (("a",), {"name": "b"}),
]


def two_classes(options: Options) -> tuple[type, type]:
    """One class by each, with a base, defaults, a factory, and fields that are set or left out of something."""

    def made(dataclass: Callable[..., Any], field: Callable[..., Any]) -> type:
        @dataclass(**options)
        class Base:
            """The base."""

            name: str

        @dataclass(**options)
        class Value(Base):
            """The value."""

            number: int = 3
            tags: list[str] = field(default_factory=list, hash=False)
            note: str = field(default="", compare=False, repr=False)
            late: int | None = field(default=None, init=False)
            length: int = field(init=False)

            def __post_init__(self) -> None:
                object.__setattr__(self, "length", len(self.name))

        return Value

    return made(ours.dataclass, ours.field), made(library.dataclass, library.field)


def answer(question: Callable[..., object], *arguments: object, **given: object) -> object:
    """The answer, or the error and what it says."""
    try:
        return question(*arguments, **given)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error), str(error)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_it_takes_and_refuses_what_a_class_of_the_library_does(options: Options) -> None:
    for arguments, given in CALLS:
        mine, other = (answer(cls, *arguments, **given) for cls in two_classes(options))
        assert repr(mine) == repr(other), (arguments, given)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_its_values_answer_as_those_of_the_library(options: Options, question: str) -> None:
    for one, other in ((("a", 1), ("a", 1)), (("a", 1), ("a", 2)), (("b", 1), ("a", 2))):
        mine, theirs = (answer(QUESTIONS[question], cls(*one), cls(*other)) for cls in two_classes(options))
        assert mine == theirs, (one, other)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_its_signature_is_that_of_a_class_of_the_library(options: Options) -> None:
    mine, theirs = two_classes(options)
    assert str(inspect.signature(mine)) == str(inspect.signature(theirs))


def test_a_method_of_the_class_itself_stays() -> None:
    @ours.dataclass(frozen=True)
    class Value:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Value)

        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            return "mine"

    assert (Value("a") == Value("b"), hash(Value("a")), repr(Value("a"))) == (True, 1, "mine")


def test_a_value_that_holds_itself_is_told() -> None:
    @ours.dataclass(eq=False)
    class Node:
        inner: list[Any]

    node = Node([])
    node.inner.append(node)
    assert repr(node).endswith("Node(inner=[...])")
