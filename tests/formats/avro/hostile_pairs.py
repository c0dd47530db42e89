"""Near-schemas: valid Avro with values put in that nobody writes but an attacker, a broken generator or a bad merge."""

# ruff: noqa: ANN401, S311 - everything here is a JSON value; nothing here is a secret

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
NAMES: tuple[Any, ...] = (
    *("A", "B", "a.C", "x", "\ud800", "\u00e9", "", "a..b", ".a", "a.", "E" * 300, "A b", "int", "record"),
    *(1, None, True, "{x}", "%s", "`", "\n::error::x"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**400, 10**5000, -(10**5000), 1.5, 1e308, -0.0),
    *(float("inf"), float("-inf"), float("nan"), "", "a", "\ud800", "\u00e9", "\u0100", "NaN", "x" * 5000, "\x00"),
    *([], {}, [[]], {"a": 1}, {"": None}, "null", "{0}", "{path}"),
)
LOGICAL: tuple[Any, ...] = (
    *("decimal", "big-decimal", "uuid", "duration", "date", "time-micros", "timestamp-millis", "timestamp-nanos"),
    *("local-timestamp-nanos", "Decimal", "timestamp_millis", None, 1, ["x"], {}, "\ud800", "x" * 1000),
)
DIGITS: tuple[Any, ...] = (0, 1, 2, 4, 6, 9, 10, 38, -1, 10**10, 10**400, 10**5000, "4", 4.0, None, True, float("nan"))
SIZES: tuple[Any, ...] = (0, 1, 4, 12, 16, 2**31 - 1, 2**40, -1, 10**400, "4", True, 1.5, None)
ODD_KEYS = ("aliases", "namespace", "doc", "default", "order", "connect.name", "connect.version", "connect.parameters")


@dataclass(frozen=True)
class Maker:
    """Makes near-schemas of one source of chance."""

    chance: random.Random

    def name(self) -> Any:
        """A name, mostly a good one."""
        return self.chance.choice(NAMES[:4] if self.chance.random() < 0.8 else NAMES)

    def value(self, depth: int = 0) -> Any:
        """Any JSON value, or near one."""
        pick = self.chance.random()
        if depth < 3 and pick < 0.15:
            return [self.value(depth + 1) for _ in range(self.chance.randint(0, 3))]
        if depth < 3 and pick < 0.3:
            keys = [self.chance.choice(("a", "b", "type", "name", "")) for _ in range(self.chance.randint(0, 3))]
            return {key: self.value(depth + 1) for key in keys}
        return self.chance.choice(VALUES)

    def type(self, depth: int = 0) -> Any:
        """A type, or nearly one."""
        pick = self.chance.random()
        if depth > 4 or pick < 0.3:
            return self.chance.choice(PRIMITIVES)
        if pick < 0.36:
            return self.name()
        if pick < 0.4:
            return self.value()
        made = self.complex(depth)
        return made if isinstance(made, list) else self.decorated(made)

    def complex(self, depth: int) -> Any:
        """A type of more than a word."""
        count = self.chance.randint(0, 4)
        kind = self.chance.choice(("record", "record", "error", "enum", "fixed", "array", "map", "union", "primitive"))
        if kind == "union":
            return [self.type(depth + 1) for _ in range(count)]
        if kind == "primitive":
            return {"type": self.chance.choice(PRIMITIVES)}
        if kind in ("record", "error"):
            return {"type": kind, "name": self.name(), "fields": [self.field(depth + 1) for _ in range(count)]}
        if kind == "enum":
            symbols = self.chance.sample(["A", "B", "C", "", "\ud800", "a b"], min(count, 3))
            return {"type": kind, "name": self.name(), "symbols": symbols}
        if kind == "fixed":
            return {"type": kind, "name": self.name(), "size": self.chance.choice(SIZES)}
        return {"type": kind, "items" if kind == "array" else "values": self.type(depth + 1)}

    def decorated(self, made: dict[str, Any]) -> dict[str, Any]:
        """An object with more said in it, and now and then a member lost or replaced."""
        if self.chance.random() < 0.3:
            made["logicalType"] = self.chance.choice(LOGICAL)
            if self.chance.random() < 0.7:
                made["precision"] = self.chance.choice(DIGITS)
            if self.chance.random() < 0.7:
                made["scale"] = self.chance.choice(DIGITS)
        for key in ODD_KEYS:
            if self.chance.random() < 0.06:
                made[key] = self.chance.choice((self.value(), [self.name()], self.name(), [self.value()]))
        if self.chance.random() < 0.03:
            del made[self.chance.choice(list(made))]
        if made and self.chance.random() < 0.03:
            made[self.chance.choice(list(made))] = self.value()
        return made

    def field(self, depth: int) -> dict[str, Any]:
        """A field of a record."""
        name = self.chance.choice("fghij") if self.chance.random() < 0.95 else self.name()
        made: dict[str, Any] = {"name": name, "type": self.type(depth)}
        if self.chance.random() < 0.4:
            made["default"] = self.value()
        if self.chance.random() < 0.1:
            made["aliases"] = self.chance.choice((["g"], ["h", "f"], self.value()))
        if self.chance.random() < 0.05:
            made["order"] = self.chance.choice(("ascending", "ignore", self.value()))
        if self.chance.random() < 0.1:
            made["logicalType"] = self.chance.choice(LOGICAL)
        return made

    def mutated(self, schema: Any) -> Any:
        """A copy with one to three parts replaced."""
        box = [copy.deepcopy(schema)]
        places: list[tuple[Any, Any]] = []
        pending: list[tuple[Any, Any]] = [(box, 0)]
        while pending:
            around, key = pending.pop()
            places.append((around, key))
            inner = around[key]
            if isinstance(inner, dict | list):
                pending += [(inner, one) for one in (inner if isinstance(inner, dict) else range(len(inner)))]
        for _ in range(self.chance.randint(1, 3)):
            around, key = self.chance.choice(places)
            around[key] = self.chance.choice((self.value(), self.type(3), self.chance.choice(PRIMITIVES), around[key]))
        return box[0]


def hostile_pair(seed: int) -> tuple[Any, Any]:
    """Two near-schemas, mostly alike."""
    maker = Maker(random.Random(seed))
    fields = [maker.field(1) for _ in range(maker.chance.randint(0, 4))]
    schema = maker.type() if maker.chance.random() < 0.2 else {"type": "record", "name": "R", "fields": fields}
    return maker.mutated(schema), schema
