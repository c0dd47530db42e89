"""Random pairs of Avro schemas that differ in names, with aliases out of few names, and types that are used often."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from formats.avro.random_pairs import nodes

TYPES = ("A", "B", "C", "D", "x.A")
FIELDS = ("a", "b", "c", "d")


@dataclass
class _Maker:
    random: random.Random
    defined: list[str] = field(default_factory=list)

    def record(self, name: str, depth: int) -> dict[str, Any]:
        """A record with a few fields; it may be used from then on."""
        self.defined.append(name)
        names = self.random.sample(FIELDS, self.random.randint(1, 4))
        return _named("record", name, fields=[{"name": one, "type": self.type(depth - 1)} for one in names])

    def type(self, depth: int, *, inside: bool = False) -> Any:
        """A type, often one that is defined already; `inside` of a union it is none and has a name."""
        free = [name for name in TYPES if name not in self.defined]
        pick = self.random.random()
        usable = [name for name in self.defined if name != "R"]
        if usable and pick < 0.3:
            return self.random.choice(usable)
        if free and (pick < 0.6 or inside):
            name = self.random.choice(free)
            kind = self.random.choice(("fixed", "enum", "record", "record"))
            if kind == "record" and depth > 0 and "." not in name:  # names inside mean what they say
                return self.record(name, depth)
            self.defined.append(name)
            if kind == "enum":
                return _named("enum", name, symbols=["S", "T"])
            return _named("fixed", name, size=2)
        if inside or pick < 0.8 or depth <= 0:
            return self.random.choice(("int", "int", "string"))
        if pick < 0.87:
            return {"type": "array", "items": self.type(depth - 1)}
        branches: dict[str, Any] = {"null": "null"}
        for _ in range(2):
            one = self.type(depth - 1, inside=True)
            branches.setdefault(one if isinstance(one, str) else full_name(one), one)
        return list(branches.values())


def full_name(named: dict[str, Any]) -> str:
    """The full name of a definition."""
    return f"{named['namespace']}.{named['name']}" if named["namespace"] else str(named["name"])


def _named(kind: str, name: str, **more: Any) -> dict[str, Any]:
    space, _, short = name.rpartition(".")
    return {"type": kind, "name": short, "namespace": space, **more}


def alias_pair(seed: int) -> tuple[Any, Any]:
    """A reader and a writer: the same but for names, aliases, and the order of fields; the reader may be none."""
    source = random.Random(seed)  # noqa: S311 - reproducible test data
    writer = _Maker(source).record("R", 3)
    reader = copy.deepcopy(writer)
    if source.random() < 0.4:
        _rename_type(reader, source)
    for part in nodes(reader):
        if "fields" in part:
            _change_fields(part["fields"], source)
        if part.get("type") in ("record", "enum", "fixed") and source.random() < 0.35:
            part["aliases"] = [source.choice(TYPES)] if not part["namespace"] else ["x.A"]
    return reader, writer


def _rename_type(schema: Any, source: random.Random) -> None:
    """Give one type another name wherever it is used, mostly with its old name as an alias."""
    named = [part for part in nodes(schema) if part.get("type") in ("record", "enum", "fixed") and part["name"] != "R"]
    if not named:
        return
    part = source.choice(named)
    old = full_name(part)
    part["name"], part["namespace"] = "N", ""
    for inner in nodes(schema):
        for key in ("type", "items"):
            if inner.get(key) == old:
                inner[key] = "N"
            elif isinstance(inner.get(key), list):
                inner[key] = ["N" if one == old else one for one in inner[key]]


def _change_fields(fields: list[dict[str, Any]], source: random.Random) -> None:
    for one in fields:
        if source.random() < 0.25:
            free = [name for name in (*FIELDS, "e") if all(name != other["name"] for other in fields)]
            old, one["name"] = one["name"], source.choice(free)
            one["aliases"] = [old]
        if source.random() < 0.2:
            one["aliases"] = source.sample((*FIELDS, one["name"]), source.choice((1, 1, 2)))
        if one["type"] == "int" and source.random() < 0.3:
            one["default"] = -1
    if source.random() < 0.3:
        source.shuffle(fields)
    if source.random() < 0.2:
        free = [name for name in FIELDS if all(name != other["name"] for other in fields)]
        if free:
            fields.append({"name": free[0], "type": "int", "default": -2, "aliases": source.sample(FIELDS, 1)})


def values(schema: Any, seed: int, number: int) -> list[Any]:
    """Values that the schema writes, of which no two numbers and strings are the same."""
    source = random.Random(seed)  # noqa: S311 - reproducible test data
    known = {full_name(part): part for part in nodes(schema) if "namespace" in part}
    return [_Values(source, known).of(schema, 0) for _ in range(number)]


@dataclass
class _Values:
    random: random.Random
    known: dict[str, Any]
    count: int = 0

    def of(self, type_: Any, depth: int) -> Any:
        self.count += 1
        if isinstance(type_, list):
            null = "null" in type_ and (depth > 5 or self.random.random() < 0.2)
            branch = "null" if null else self.random.choice([one for one in type_ if one != "null"])
            value = self.of(branch, depth + 1)
            name = branch if isinstance(branch, str) else full_name(branch)
            return (name, value) if name in self.known else value
        if isinstance(type_, str):
            plain = {"null": None, "int": self.count, "string": f"s{self.count}"}
            return plain[type_] if type_ in plain else self.of(self.known[type_], depth)
        if type_["type"] == "array":
            return [self.of(type_["items"], depth + 1) for _ in range(0 if depth > 5 else 2)]
        if type_["type"] == "enum":
            return self.random.choice(type_["symbols"])
        if type_["type"] == "fixed":
            return self.count.to_bytes(2, "big")
        if depth > 20:
            raise RecursionError
        return {one["name"]: self.of(one["type"], depth + 1) for one in type_["fields"]}
