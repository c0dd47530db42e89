r"""What the tree of a pattern means: the language of the strings in which it matches somewhere.

Assertions make the meaning of a part depend on what surrounds it. What follows is at hand: a part is given meaning
together with the language of all that may come after it, so that a look-ahead is an intersection with that language.
Of what stands before, `^`, ``\b`` and the modelled look-behinds see one code point at most; so it is told apart by
*contexts*: 0 for the start of the string, and one for each class of preceding code points that some assertion of the
pattern distinguishes.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from evtcompat.regular.code_points import CodePoints, partition
from evtcompat.regular.ecma.character_classes import WORD
from evtcompat.regular.ecma.syntax import (
    Boundary,
    Choice,
    End,
    Item,
    LookAhead,
    LookBehind,
    OneOf,
    Quantified,
    Sequence,
    Start,
    UnsupportedPatternError,
)
from evtcompat.regular.operations import chars, complement, concat, inter, lengths, repeat, union, words
from evtcompat.regular.terms import ALL, EMPTY_WORD, NOTHING, Term, Unfolding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_START: Final = 0
_SOME: Final = lengths(1, None)
#: Parts that assertions may divide a pattern into.
_MAX_PARTS: Final = 1_000
_MAX_REPEATED_PARTS: Final = 64
#: Derivation recurses as deep as terms are nested, three frames a level.
_MAX_DEPTH: Final = 150
_Assertion = Start | End | Boundary | LookAhead | LookBehind


def meaning(item: Item, pattern: str) -> Term:
    """The strings in which the tree matches somewhere.

    Raises:
        UnsupportedPatternError: It repeats assertions more often than can be written out, or chains too many of them.
    """
    known = _Meaning(item)
    if known.parts(item, repeated=False) > _MAX_PARTS:
        message = (
            f"assertions that divide it into more than {_MAX_PARTS} parts (repetitions written out),"
            f" or a repeated group into more than {_MAX_REPEATED_PARTS}"
        )
        raise UnsupportedPatternError(message, pattern, 0)
    term = known.searched()
    if term.nesting > _MAX_DEPTH:
        message = "so many assertions or groups one inside or behind the other"
        raise UnsupportedPatternError(message, pattern, 0)
    return term


class _Rest:
    """The language of what follows a place, by the context there; computed when first asked for."""

    __slots__ = ("_compute", "_known")

    def __init__(self, compute: Callable[[int], Term]) -> None:
        self._compute = compute
        self._known: dict[int, Term] = {}

    def at(self, context: int) -> Term:
        """What may follow in that context."""
        known = self._known.get(context)
        if known is None:
            known = self._known[context] = self._compute(context)
        return known

    def settle(self, contexts: Iterable[int]) -> None:
        """Compute it now, for the start and these contexts."""
        for context in (_START, *contexts):
            self.at(context)


class _Meaning:
    """One pattern's tree, its contexts, and the parts whose meaning is known."""

    def __init__(self, root: Item) -> None:
        self._root = root
        self._plain: dict[Item, Term | None] = {}
        self._thens: dict[tuple[Item, _Rest], _Rest] = {}
        self._copies: dict[Quantified, Sequence] = {}
        self._behind: dict[Sequence, Sequence] = {}
        self._groups: dict[Sequence, tuple[Item, ...]] = {}
        self._loops: dict[tuple[Item, int | None, _Rest, int], Unfolding] = {}
        self._loop_rests: dict[tuple[Item, int | None, _Rest], _Rest] = {}
        distinguished = frozenset(_looks_back(root))
        self._classes: tuple[CodePoints, ...] = tuple(members for _, members in partition(distinguished))
        self._contexts = range(1, len(self._classes) + 1)
        self._anything = _Rest(lambda _: ALL)

    def searched(self) -> Term:
        """The strings in which the whole tree matches somewhere."""
        here = self._follow(self._root, _START, self._anything)
        inside = [self._follow(self._root, context, self._anything) for context in self._contexts]
        if all(one is here for one in inside):
            return concat(ALL, here)
        before = [
            concat(concat(ALL, self._last(context)), one) for context, one in zip(self._contexts, inside, strict=True)
        ]
        if len(set(inside)) == 1:
            before = [concat(_SOME, inside[0])]
        return union([here, *before])

    def parts(self, item: Item, *, repeated: bool) -> int:
        """How many parts the item comes to, with obligatory repetitions of assertions written out.

        A repeated group of too many parts counts as too many.
        """
        if self.plain(item) is not None:
            return 1
        if isinstance(item, Quantified):
            return max(item.low, 1) * self.parts(item.body, repeated=True)
        if isinstance(item, Sequence):
            groups = self._grouped(item)
            if repeated and len(groups) > _MAX_REPEATED_PARTS:
                return _MAX_PARTS + 1
            return sum(self.parts(part, repeated=repeated) for part in groups)
        if isinstance(item, Choice):
            return sum(self.parts(option, repeated=repeated) for option in item.options)
        return 1 + (self.parts(item.body, repeated=repeated) if isinstance(item, LookAhead) else 0)

    def _last(self, context: int) -> Term:
        """The code points that lead to a context."""
        return chars(self._classes[context - 1])

    def plain(self, item: Item) -> Term | None:
        """The language of a part without assertions; ``None`` for one with assertions."""
        if item not in self._plain:
            self._plain[item] = self._compute_plain(item)
        return self._plain[item]

    def _compute_plain(self, item: Item) -> Term | None:
        if isinstance(item, OneOf):
            return chars(item.members)
        if isinstance(item, Quantified):
            body = self.plain(item.body)
            return None if body is None else repeat(body, item.low, item.high)
        if isinstance(item, Sequence):
            return self._joined(item.items)
        if isinstance(item, Choice):
            listed = [_word(option) for option in item.options]
            others = [self.plain(option) for option, word in zip(item.options, listed, strict=True) if word is None]
            known = [term for term in others if term is not None]
            return (
                union([words([word for word in listed if word is not None]), *known])
                if len(known) == len(others)
                else None
            )
        return None

    def _joined(self, items: tuple[Item, ...]) -> Term | None:
        """The language of plain parts one after another."""
        term: Term = EMPTY_WORD
        for item in reversed(items):
            part = self.plain(item)
            if part is None:
                return None
            term = concat(part, term)
        return term

    def _follow(self, item: Item, context: int, rest: _Rest) -> Term:
        """The item, then what follows it."""
        term = self.plain(item)
        if term is not None:
            return self._after_plain(term, context, rest)
        if isinstance(item, Sequence):
            first, *others = self._grouped(item)
            for part in reversed(others):
                rest = self._then(part, rest)
                # From the end to the start, so that a long pattern does not become a deep recursion.
                rest.settle(self._contexts)
            return self._follow(first, context, rest)
        if isinstance(item, Choice):
            return union([self._follow(option, context, rest) for option in item.options])
        if isinstance(item, Quantified):
            if item.low > 0:
                return self._follow(self._written_out(item), context, rest)
            return self._loop(item.body, item.high, rest, context)
        if isinstance(item, Start | End | Boundary | LookAhead | LookBehind):
            holds = self._holds(item, context)
            return NOTHING if holds is NOTHING else inter([holds, rest.at(context)])
        raise AssertionError(item)

    def _grouped(self, item: Sequence) -> tuple[Item, ...]:
        """The items, with neighbours joined that have no assertions."""
        known = self._groups.get(item)
        if known is None:
            runs = [(plain, tuple(run)) for plain, run in groupby(item.items, lambda one: self.plain(one) is not None)]
            known = tuple(one for plain, run in runs for one in ((Sequence(run),) if plain and len(run) > 1 else run))
            self._groups[item] = known
        return known

    def _without_first(self, item: Sequence) -> Sequence:
        """The sequence behind its first group."""
        known = self._behind.get(item)
        if known is None:
            known = self._behind[item] = Sequence(self._grouped(item)[1:])
        return known

    def _then(self, item: Item, rest: _Rest) -> _Rest:
        """The item and what follows it, as what follows something else; the same object when asked again."""
        known = self._thens.get((item, rest))
        if known is None:
            known = self._thens[item, rest] = _Rest(lambda context: self._follow(item, context, rest))
        return known

    def _after_plain(self, term: Term, context: int, rest: _Rest) -> Term:
        """A part without assertions, then what follows it in the context that its last code point makes."""
        if term is EMPTY_WORD:
            return rest.at(context)
        by_context = [rest.at(one) for one in self._contexts]
        same = len(set(by_context)) == 1
        if same and not (term.nullable and rest.at(context) is not by_context[0]):
            return concat(term, by_context[0])
        parts = [rest.at(context)] if term.nullable else []
        if same:
            return union([concat(inter([term, _SOME]), by_context[0]), *parts])
        for one, following in zip(self._contexts, by_context, strict=True):
            parts.append(concat(inter([term, concat(ALL, self._last(one))]), following))
        return union(parts)

    def _holds(self, item: _Assertion, context: int) -> Term:
        """The language of what may follow where an assertion holds."""
        if isinstance(item, Start):
            return ALL if context == _START else NOTHING
        if isinstance(item, End):
            return EMPTY_WORD
        if isinstance(item, LookAhead):
            seen = self._follow(item.body, context, self._anything)
            return complement(seen) if item.negated else seen
        if isinstance(item, LookBehind):
            hit = any(self._stands_before(option, context) for option in item.options)
            return ALL if hit != item.negated else NOTHING
        word_follows = concat(chars(WORD), ALL)
        inside = context != _START and self._stands_before(WORD, context)
        return word_follows if inside == item.negated else complement(word_follows)

    def _stands_before(self, option: CodePoints | None, context: int) -> bool:
        """The context is that of the start (``None``), or of a preceding code point out of the set."""
        if option is None or context == _START:
            return option is None and context == _START
        return bool(self._classes[context - 1] & option)

    def _written_out(self, item: Quantified) -> Sequence:
        """The obligatory repetitions of a group with assertions, then the optional ones."""
        known = self._copies.get(item)
        if known is None:
            more = Quantified(item.body, 0, None if item.high is None else item.high - item.low)
            known = self._copies[item] = Sequence((*(item.body,) * item.low, more))
        return known

    def _loop(self, body: Item, most: int | None, rest: _Rest, context: int) -> Term:
        """Up to ``most`` repetitions of a body with assertions, then the rest."""
        if most == 0:
            return rest.at(context)
        key = (body, most, rest, context)
        known = self._loops.get(key)
        if known is None:
            stop = rest.at(context)
            again = self._loop_rest(body, None if most is None else most - 1, rest)
            known = self._loops[key] = Unfolding(
                lambda: union([stop, self._some(body, context, again)]),
                nullable=stop.nullable,
                depth=stop.depth + 2,
            )
        return known

    def _loop_rest(self, body: Item, most: int | None, rest: _Rest) -> _Rest:
        key = (body, most, rest)
        known = self._loop_rests.get(key)
        if known is None:
            known = self._loop_rests[key] = _Rest(lambda context: self._loop(body, most, rest, context))
        return known

    def _some(self, item: Item, context: int, rest: _Rest) -> Term:
        """Like `_follow`, for matches of the item that are not empty: an empty repetition would lead nowhere new."""
        term = self.plain(item)
        if term is not None:
            return self._after_plain(inter([term, _SOME]) if term.nullable else term, context, rest)
        if isinstance(item, Choice):
            return union([self._some(option, context, rest) for option in item.options])
        if isinstance(item, Sequence):
            first = self._grouped(item)[0]
            others = self._without_first(item)
            now = self._some(first, context, self._then(others, rest))
            empty = self._empty(first, context)
            return now if empty is NOTHING else union([now, inter([empty, self._some(others, context, rest)])])
        if isinstance(item, Quantified):
            if item.low > 0:
                return self._some(self._written_out(item), context, rest)
            if item.high == 0:
                return NOTHING
            return self._some(
                item.body, context, self._loop_rest(item.body, None if item.high is None else item.high - 1, rest)
            )
        return NOTHING

    def _empty(self, item: Item, context: int) -> Term:
        """The language of what may follow where the item matches the empty string."""
        term = self.plain(item)
        if term is not None:
            return ALL if term.nullable else NOTHING
        if isinstance(item, Choice):
            return union([self._empty(option, context) for option in item.options])
        if isinstance(item, Sequence):
            return inter([self._empty(part, context) for part in item.items])
        if isinstance(item, Quantified):
            return ALL if item.low == 0 else self._empty(item.body, context)
        if isinstance(item, Start | End | Boundary | LookAhead | LookBehind):
            return self._holds(item, context)
        raise AssertionError(item)


def _word(item: Item) -> str | None:
    """The one word that a part without choice matches; ``None`` for every other part."""
    parts = item.items if isinstance(item, Sequence) else (item,)
    characters = []
    for part in parts:
        if not isinstance(part, OneOf) or len(part.members.bounds) != 2 or len(part.members) != 1:  # noqa: PLR2004 - one range
            return None
        characters.append(chr(part.members.bounds[0]))
    return "".join(characters)


def _looks_back(item: Item) -> Iterator[CodePoints]:
    """The sets of preceding code points that assertions ask for."""
    if isinstance(item, Boundary):
        yield WORD
    elif isinstance(item, LookBehind):
        yield from (option for option in item.options if option is not None)
    elif isinstance(item, Sequence | Choice):
        for part in item.items if isinstance(item, Sequence) else item.options:
            yield from _looks_back(part)
    elif isinstance(item, Quantified | LookAhead):
        yield from _looks_back(item.body)
