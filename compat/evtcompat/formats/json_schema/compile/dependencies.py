"""What compiled parts depend on beside their own content, so that they can be used again in a changed document.

A part that refers to others means the same in a changed document if every reference in it, and in what it leads to,
leads to the very same object there. Parts that refer to each other are cached together, with all that any of them
depends on: what is known of one of them holds only once the whole strongly connected component is compiled (the
bookkeeping is that of Tarjan's algorithm).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.algebra.components import shared
from evtcompat.formats.json_schema.algebra.kinds import Node

#: Later than any part.
_NONE = 1 << 30


@dataclass(frozen=True, slots=True)
class ReferenceEdge:
    """A reference that was followed, and where it led."""

    ref: str
    #: The base and the dynamic scope from which it was followed (`Scope.key`), and those where it led.
    key: Hashable
    inner: Hashable
    target: object


class Dependencies:
    """What one part depends on.

    Attributes:
        followed: The references in it.
        below: The dependencies of the parts in it and of what these references lead to.
        order: Its place in the order in which parts began.
        lowest: The place of the first part that it leads back to, of those whose components are not complete.
        whole: The dependencies of its component, once that is complete; often its own.
        cacheable: Its meaning depends on nothing but its content and these references.
    """

    __slots__ = ("below", "cacheable", "followed", "lowest", "order", "whole")

    def __init__(self, order: int) -> None:
        self.order = order
        self.followed: list[ReferenceEdge] = []
        self.below: list[Dependencies] = []
        self.lowest = _NONE
        self.whole: Dependencies | None = None
        self.cacheable = True


#: A part with its node and what it depends on.
Cached = tuple[object, Node, Dependencies]


class DependencyTracker:
    """The stack of parts that are being compiled, and the cache of those that are done.

    Args:
        kept: The cache, shared between a document and those that are changed from it.
        leads: Where a reference leads here, and the scope there; ``None`` where it leads nowhere, or that is not known.
    """

    def __init__(
        self, kept: dict[object, Cached], leads: Callable[[str, Hashable], tuple[object, Hashable] | None]
    ) -> None:
        self._kept = kept
        self._leads = leads
        self._stack: list[Dependencies] = []
        self._begun = 0
        #: The most parts that stood in one another, those included that were passed through.
        self.deepest = 0
        self._passed = 0
        self._pending: list[tuple[Dependencies, object, object, Node]] = []
        #: Whether the dependencies of a part are the same here, once that was asked.
        self._holds: dict[Dependencies, bool] = {}
        self._led: dict[tuple[str, Hashable], tuple[object, Hashable] | None] = {}

    def enter(self) -> tuple[Dependencies, int]:
        """A part begins; returns what is to be handed to `leave`."""
        mine = Dependencies(self._begun)
        self._begun += 1
        self._stack.append(mine)
        self.deepest = max(self.deepest, len(self._stack) + self._passed)
        return mine, len(self._pending)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """A part is passed through that is a part of the one around it in everything but its depth."""
        self._passed += 1
        self.deepest = max(self.deepest, len(self._stack) + self._passed)
        try:
            yield
        finally:
            self._passed -= 1

    def abandon(self) -> None:
        """The part could not be compiled."""
        self._stack.pop()

    def leave(
        self, entered: tuple[Dependencies, int], identity: object, contents: object, node: Node, *, cacheable: bool
    ) -> tuple[Dependencies, list[tuple[object, Cached]]]:
        """The part is compiled.

        Returns:
            What it depends on; where it completes a component, also all parts of that with their shared nodes.
        """
        mine, start = entered
        self._stack.pop()
        mine.cacheable = mine.cacheable and cacheable
        self._pending.append((mine, identity, contents, node))
        component: list[tuple[object, Cached]] = []
        if mine.lowest >= mine.order:
            complete = self._pending[start:]
            del self._pending[start:]
            nodes = [found for *_, found in complete]
            if mine.lowest == mine.order:
                nodes = shared(nodes)
                component = [(one[1], (one[2], found, one[0])) for one, found in zip(complete, nodes, strict=True)]
            for (rest, known, part, _), found in zip(complete, nodes, strict=True):
                rest.whole = mine
                if mine.cacheable:
                    self._kept[known] = (part, found, mine)
        if self._stack:
            self.met(mine)
        return mine, component

    @property
    def begun(self) -> int:
        """How many parts have begun: the place in their order that the next one takes."""
        return self._begun

    def follow(self, followed: ReferenceEdge | None) -> None:
        """A reference was followed; ``None`` for one of which nothing can be said in another document."""
        if not self._stack:
            return
        if followed is None:
            self._stack[-1].cacheable = False
        else:
            self._stack[-1].followed.append(followed)

    def back(self, order: int) -> None:
        """A part was met that is being compiled, by its place in the order."""
        self._stack[-1].lowest = min(self._stack[-1].lowest, order)

    def met(self, rest: Dependencies) -> None:
        """A part that is done was met."""
        if not self._stack:
            return
        top = self._stack[-1]
        if rest.whole is None:
            top.lowest = min(top.lowest, rest.lowest)
            rest_on = rest
        else:
            rest_on = rest.whole
        top.cacheable = top.cacheable and rest_on.cacheable
        if rest_on.followed or rest_on.below:
            top.below.append(rest_on)

    def again(self, identity: object) -> Cached | None:
        """A part as it was compiled for another document, if it means the same here."""
        kept = self._kept.get(identity)
        return kept if kept is not None and self._holds_here(kept[2]) else None

    def _holds_here(self, rest: Dependencies) -> bool:
        known = self._holds.get(rest)
        if known is not None:
            return known
        led_from: dict[Dependencies, Dependencies | None] = {rest: None}
        pending = [rest]
        while pending:
            one = pending.pop()
            if self._holds.get(one):
                continue
            if self._holds.get(one) is False or not all(map(self._same, one.followed)):
                self._fails(one, led_from)
                return False
            for below in one.below:
                if below not in led_from:
                    led_from[below] = one
                    pending.append(below)
        self._holds.update(dict.fromkeys(led_from, True))
        return True

    def _fails(self, failed: Dependencies | None, led_from: Mapping[Dependencies, Dependencies | None]) -> None:
        """Note what is not the same here, and what led to it: a chain is walked once, wherever it is met."""
        while failed is not None:
            self._holds[failed] = False
            failed = led_from[failed]

    def _same(self, followed: ReferenceEdge) -> bool:
        entry = (followed.ref, followed.key)
        if entry not in self._led:
            self._led[entry] = self._leads(*entry)
        led: Any = self._led[entry]
        return led is not None and led[0] is followed.target and led[1] == followed.inner
