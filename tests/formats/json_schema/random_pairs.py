"""Pairs of schemas from a seed: the same ones in every run, so that single ones can be written about."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from formats.json_schema.strategies import NAMES, URIS

_PATTERNS = (
    ".",
    "^.$",
    "^a.b$",
    r"^\w+$",
    r"^\d{2}$",
    r"\s",
    "^[^a]*$",
    "^a",
    "b$",
    "^(?!x)",
    r"^\S{1,3}$",
    "^[^ -~]+$",
)
_VALUES: tuple[Any, ...] = (None, False, 0, 1, 1.5, 2, "", "a", "ab", "é", "\n", "a\n", " ", [], [1], {}, {"a": 1})
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


class _Writer:
    """Writes one document of a draft."""

    def __init__(self, rng: random.Random, draft: str) -> None:
        self._rng = rng
        self._newer = draft in {"2019", "2020"}
        self._draft = draft

    def _one(self, of: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any JSON
        return of[self._rng.randrange(len(of))]

    def _count(self) -> int:
        return self._rng.randrange(4)

    def _several(self, depth: int) -> list[Any]:
        return [self.schema(depth) for _ in range(1 + self._rng.randrange(3))]

    def _named(self, keys: tuple[str, ...], depth: int) -> dict[str, Any]:
        return {self._one(keys): self.schema(depth) for _ in range(1 + self._rng.randrange(2))}

    def _values(self) -> list[Any]:
        start = self._rng.randrange(len(_VALUES))
        # 0 beside false and 1 beside true are one value to some validators' metaschema check.
        return [one for one in _VALUES[start : start + 4] if one is not False] or [None]

    def _leaves(self) -> dict[str, Callable[[], Any]]:
        found: dict[str, Callable[[], Any]] = {
            "type": lambda: self._one(_TYPES),
            "enum": self._values,
            "minimum": lambda: self._one((-1, 0, 0.5, 2)),
            "maximum": lambda: self._one((0, 0.5, 1, 3)),
            "multipleOf": lambda: self._one((0.25, 0.5, 1, 2)),
            "pattern": lambda: self._one(_PATTERNS),
            "required": lambda: [self._one(NAMES)],
            "uniqueItems": lambda: True,
        }
        for keyword in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
            found[keyword] = self._count
        return found

    def _holders(self, depth: int) -> dict[str, Callable[[], Any]]:
        found: dict[str, Callable[[], Any]] = {
            "properties": lambda: self._named(NAMES, depth),
            "patternProperties": lambda: self._named(_PATTERNS, depth),
            "additionalProperties": lambda: self.schema(depth),
            "items": lambda: self.schema(depth),
            "not": lambda: self.schema(depth),
        }
        for keyword in ("allOf", "anyOf", "oneOf"):
            found[keyword] = lambda: self._several(depth)
        if self._draft != "4":
            found["contains"] = found["propertyNames"] = lambda: self.schema(depth)
        if self._newer:
            found["unevaluatedProperties"] = found["unevaluatedItems"] = lambda: self._one((False, {"type": "string"}))
            found["dependentSchemas"] = lambda: self._named(NAMES, depth)
        return found

    def schema(self, depth: int) -> dict[str, Any]:
        """A schema with up to three keywords, and so for the schemas in it."""
        makers = self._leaves() if depth == 0 else {**self._leaves(), **self._holders(depth - 1)}
        words = tuple(makers)
        chosen = dict.fromkeys(self._one(words) for _ in range(1 + self._rng.randrange(3)))
        return {word: makers[word]() for word in chosen}


def pairs(count: int, seed: int = 0) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """So many pairs, reader and writer, of any two drafts."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    drafts = tuple(URIS)
    for _ in range(count):
        pair = []
        for _ in range(2):
            draft = drafts[rng.randrange(len(drafts))]
            pair.append({"$schema": URIS[draft], **_Writer(rng, draft).schema(2)})
        yield pair[0], pair[1]
