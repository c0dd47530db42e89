"""Matching rules of a pact, by path, and which of them applies where.

As the Pact specification has it, and pact-reference does it: a rule applies to its path and everything below. Of
several the one with the greatest weight applies: a name or index that is the same counts 2, a ``*`` 1, all multiplied,
times the length of the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from evtcompat.dataclasses import dataclass, field

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON


class Any(Enum):
    """A step that is no name and no index."""

    #: ``*`` of a rule: every name or index. Of an example: a name that it does not have.
    NAME = "*"
    #: ``[*]`` of a rule: every index. Of an example: an index beyond it.
    INDEX = "[*]"


Step: TypeAlias = "str | int | Any"
Steps: TypeAlias = tuple[Step, ...]


class Matcher(NamedTuple):
    """One matching rule."""

    kind: str
    #: What it says besides its kind.
    values: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules of one path."""

    matchers: tuple[Matcher, ...]
    #: One of them suffices.
    either: bool = False
    #: They are the rules of a path above.
    cascaded: bool = False


@dataclass(slots=True)
class _Branch:
    """The rules whose paths begin with the same steps."""

    below: dict[Step, _Branch] = field(default_factory=dict)
    #: The rules of just this path, and how many stand before them.
    here: tuple[int, RuleList] | None = None


@dataclass(frozen=True)
class Rules:
    """The rules of a message's content."""

    by_path: tuple[tuple[Steps, RuleList], ...] = ()
    #: Paths that cannot be read.
    unread: tuple[str, ...] = ()

    def best(self, path: Steps) -> RuleList | None:
        """The rules that apply at a path of the example, or ``None``."""
        # by weight; of several the first
        best: tuple[int, int] = 0, 0
        found: RuleList | None = None
        branches = [(self._tree, 2)]
        for length in range(len(path) + 1):
            for branch, weight in branches:
                if branch.here is not None and (rank := (weight * (length + 1), -branch.here[0])) > best:
                    best, listed = rank, branch.here[1]
                    found = RuleList(listed.matchers, listed.either, cascaded=length < len(path))
            if length < len(path):
                branches = [inner for one in branches for inner in _along(*one, path[length])]
        return found

    @cached_property
    def _tree(self) -> _Branch:
        root = _Branch()
        for order, (steps, listed) in enumerate(self.by_path):
            branch = root
            for step in steps:
                branch = branch.below.setdefault(step, _Branch())
            branch.here = branch.here or (order, listed)
        return root


def _along(branch: _Branch, weight: int, step: Step) -> Iterator[tuple[_Branch, int]]:
    """The rules that a step of the example leads to, with what they weigh then."""
    steps: list[tuple[Step, int]] = [(Any.NAME, 1)]
    if not isinstance(step, Any):
        steps.append((step, 2))
    if isinstance(step, int) or step is Any.INDEX:
        steps.append((Any.INDEX, 1))
    for one, times in steps:
        below = branch.below.get(one)
        if below is not None:
            yield below, weight * times


_PATH: Final = re.compile(
    r"""\.(?P<name>[^.\[\]*'"\s]+)|\.(?P<every>\*)|\[(?P<index>\d{1,9})\]|\[(?P<all>\*)\]|\[(?P<q>['"])(?P<quoted>.*?)(?P=q)\]"""
)
#: The words of version 2, which may leave out the kind of a rule.
_BARE: Final = ("regex", "timestamp", "date", "time", "min", "max")


def rules_of(written: JSON) -> Rules:
    """The rules that ``matchingRules`` has about a message's content, of any version of the specification.

    Versions 3 and 4 have them by category, ``body`` or (pact-jvm) ``content``; version 2 by path, ``$.body.a``.
    """
    if not isinstance(written, dict):
        return Rules()
    categories = [written[name] for name in ("content", "body") if isinstance(written.get(name), dict)]
    pairs: list[tuple[str, JSON]] = [pair for one in categories if isinstance(one, dict) for pair in one.items()]
    pairs += [
        (f"${path.removeprefix('$.body')}", found) for path, found in written.items() if path.startswith("$.body")
    ]
    return rules_by_path(pairs)


def metadata_rules(written: JSON) -> Rules:
    """The rules that ``matchingRules`` has about a message's metadata, by the name of each, with or without ``$.``."""
    category = written.get("metadata") if isinstance(written, dict) else None
    found = category if isinstance(category, dict) else {}
    return rules_by_path((path if path.startswith("$") else f"$['{path}']", one) for path, one in found.items())


def rules_by_path(pairs: Iterable[tuple[str, JSON]]) -> Rules:
    """Rules from paths and what is written there."""
    known, unread = [], []
    for path, found in pairs:
        steps = _steps(path)
        listed = _listed(found)
        if steps is None or listed is None:
            unread.append(path)
        else:
            known.append((steps, listed))
    return Rules(tuple(known), tuple(unread))


def _steps(path: str) -> Steps | None:
    if not path.startswith("$"):
        return None
    at, steps = 1, []
    while at < len(path):
        match = _PATH.match(path, at)
        if match is None:
            return None
        at = match.end()
        step: Step = Any.NAME if match["every"] else Any.INDEX if match["all"] else match["name"] or match["quoted"]
        steps.append(int(match["index"]) if match["index"] is not None else step)
    return tuple(steps)


def _listed(found: JSON) -> RuleList | None:
    if not isinstance(found, dict):
        return None
    written = found.get("matchers", [found])
    if not isinstance(written, list):
        return None
    matchers = [matcher_of(one) for one in written]
    kept = tuple(one for one in matchers if one is not None)
    return RuleList(kept, str(found.get("combine")).upper() == "OR") if len(kept) == len(matchers) else None


def matcher_of(written: JSON) -> Matcher | None:
    """One rule; ``None`` for what is none."""
    if not isinstance(written, dict):
        return None
    kind = written.get("match")
    if kind is None:
        kind = next((word for word in _BARE if word in written), None)
        kind = "type" if kind in ("min", "max") else kind
    return Matcher(kind, written) if isinstance(kind, str) else None
