"""Random pairs of Avro schemas: one schema and a mutation of it, with the traps of names, unions and recursion."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
LOGICAL: tuple[dict[str, Any], ...] = (
    {"type": "int", "logicalType": "date"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 3},
    {"type": "string", "logicalType": "uuid"},
)
SPACES = ("", "", "a", "b")
SHORTS = ("R", "S", "T", "E", "F")
FIELDS = ("x", "y", "z", "old")
SYMBOLS = ("A", "B", "C", "D")


@dataclass
class Maker:
    """Makes one schema."""

    random: random.Random
    defined: dict[str, str] = field(default_factory=dict)

    def full(self) -> str | None:
        """A full name that is still free."""
        for _ in range(6):
            space, short = self.random.choice(SPACES), self.random.choice(SHORTS)
            name = f"{space}.{short}" if space else short
            if name not in self.defined:
                return name
        return None

    def schema(self, depth: int, space: str = "", *, union: bool = True) -> Any:
        """Any schema, nested at most `depth` more."""
        pick = self.random.random()
        if depth <= 0 or pick < 0.25:
            return self.random.choice(PRIMITIVES[1:])
        if pick < 0.33:
            return dict(self.random.choice(LOGICAL))
        if pick < 0.42 and self.defined:
            return self.random.choice(sorted(self.defined))
        if pick < 0.5:
            return {"type": "array", "items": self.schema(depth - 1, space)}
        if pick < 0.55:
            return {"type": "map", "values": self.schema(depth - 1, space)}
        if pick < 0.75 and union:
            return self.union(depth, space)
        return self.named(depth)

    def union(self, depth: int, space: str) -> list[Any]:
        """A union without duplicate branches."""
        branches: list[Any] = []
        seen: set[str] = set()
        for _ in range(self.random.choice((1, 2, 2, 3, 4))):
            branch = "null" if self.random.random() < 0.3 else self.schema(depth - 1, space, union=False)
            key = branch if isinstance(branch, str) else branch.get("name", branch["type"])
            if isinstance(branch, dict) and "name" in branch:
                key = str(branch["name"])
            if key in seen:
                continue
            seen.add(key)
            branches.append(branch)
        return branches

    def named(self, depth: int) -> Any:
        """A record, enum or fixed under a free name."""
        name = self.full()
        if name is None:
            return "string"
        # A null namespace inside another needs to be said.
        base: dict[str, Any] = {"name": name} if "." in name else {"name": name, "namespace": ""}
        kind = self.random.choice(("record", "record", "record", "enum", "fixed"))
        self.defined[name] = kind
        if kind == "enum":
            symbols = self.random.sample(SYMBOLS, self.random.randint(1, 3))
            base |= {"type": "enum", "symbols": symbols}
            if self.random.random() < 0.3:
                base["default"] = symbols[0]
            return base
        if kind == "fixed":
            return base | {"type": "fixed", "size": self.random.choice((1, 2, 16))}
        fields = []
        inner = name.rpartition(".")[0]
        for field_name in self.random.sample(FIELDS, self.random.randint(0, 3)):
            made: dict[str, Any] = {"name": field_name, "type": self.schema(depth - 1, inner)}
            if self.random.random() < 0.4:
                made |= self.default(made["type"])
            fields.append(made)
        return base | {"type": "record", "fields": fields}

    def default(self, schema: Any) -> dict[str, Any]:
        """A default for a field, mostly right."""
        if self.random.random() < 0.1:
            return {"default": self.random.choice((None, "A", 1, [], {}, 2**40, "\u4e16"))}
        first = schema[0] if isinstance(schema, list) and schema else schema
        kind = first["type"] if isinstance(first, dict) else first
        known: dict[str, Any] = {
            "null": None,
            "boolean": True,
            "int": 1,
            "long": 2,
            "float": 1.5,
            "double": 2.5,
            "bytes": "\u00ff",
            "string": "s",
            "array": [],
            "map": {},
        }
        if kind in known:
            return {"default": known[kind]}
        if kind == "enum":
            return {"default": first["symbols"][0]}
        if kind == "fixed":
            return {"default": "\u0000" * first["size"]}
        return {}


def nodes(schema: Any) -> list[dict[str, Any]]:
    """Every schema object and field object, outermost first."""
    found: list[dict[str, Any]] = []
    pending = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, dict):
            found.append(part)
            pending += [part[key] for key in ("type", "items", "values") if isinstance(part.get(key), dict | list)]
            pending += part.get("fields", [])
    return found


def mutate(schema: Any, source: random.Random) -> Any:
    """A changed copy; it may be broken (a name used twice, a branch twice), which callers sort out."""
    changed = copy.deepcopy(schema)
    for _ in range(source.choice((0, 1, 1, 2, 3))):
        parts = nodes(changed)
        if not parts:
            return source.choice(PRIMITIVES)
        _mutate_one(source.choice(parts), changed, source)
    return changed


def _mutate_one(  # noqa: C901 - a table of mutations
    part: dict[str, Any], root: Any, source: random.Random
) -> None:
    kind = part.get("type")
    pick = source.random()
    if "name" in part and kind in ("record", "enum", "fixed") and pick < 0.5:
        _rename(part, root, source)
    elif kind == "record":
        fields = part["fields"]
        if fields and pick < 0.7:
            fields.pop(source.randrange(len(fields)))
        else:
            name = source.choice(FIELDS)
            if all(other["name"] != name for other in fields):
                extra: dict[str, Any] = {"name": name, "type": source.choice(("int", ["null", "string"], "string"))}
                if source.random() < 0.5:
                    extra["default"] = {"int": 1, "string": "s"}.get(str(extra["type"]))
                fields.insert(source.randint(0, len(fields)), extra)
    elif kind == "enum":
        part["symbols"] = source.sample(SYMBOLS, source.randint(1, 4))
        part.pop("default", None)
        if source.random() < 0.4:
            part["default"] = part["symbols"][0]
    elif kind == "fixed":
        part["size"] = source.choice((1, 2, 16))
    elif "name" in part:
        _mutate_field(part, source)
    elif kind in ("array", "map"):
        key = "items" if kind == "array" else "values"
        part[key] = _wrapped(part[key], source)


def _mutate_field(part: dict[str, Any], source: random.Random) -> None:
    pick = source.random()
    if pick < 0.3:
        old = part["name"]
        part["name"] = source.choice(FIELDS)
        if source.random() < 0.7:
            part["aliases"] = [old]
    elif pick < 0.4:
        part["aliases"] = source.sample(FIELDS, 1)
    elif pick < 0.5:
        part.pop("default", None)
    else:
        part["type"] = _wrapped(part["type"], source)
        part.pop("default", None)


def _wrapped(schema: Any, source: random.Random) -> Any:
    if isinstance(schema, list):
        changed = list(schema)
        pick = source.random()
        if changed and pick < 0.3:
            changed.pop(source.randrange(len(changed)))
        elif pick < 0.6:
            extra = source.choice(PRIMITIVES)
            if extra not in changed:
                changed.insert(source.randint(0, len(changed)), extra)
        else:
            source.shuffle(changed)
        return changed
    pick = source.random()
    if isinstance(schema, str) and schema in PRIMITIVES and pick < 0.5:
        return source.choice((*PRIMITIVES, *LOGICAL))
    if isinstance(schema, dict) and "logicalType" in schema and pick < 0.6:
        return source.choice((*LOGICAL, "long", "int", "bytes", "string"))
    return [schema] if pick < 0.6 else ["null", schema] if schema != "null" else schema


def _rename(part: dict[str, Any], root: Any, source: random.Random) -> None:
    """Another name or namespace, with or without an alias; references follow."""
    old = part["name"]
    space, _, short = old.rpartition(".")
    if source.random() < 0.6:
        space = source.choice(("", "a", "b"))
    else:
        short = source.choice(SHORTS)
    new = f"{space}.{short}" if space else short
    part["name"] = new
    part.pop("namespace", None)
    if "." not in new:
        part["namespace"] = ""
    if source.random() < 0.6:
        part["aliases"] = [source.choice((old, old, old.rpartition(".")[2], "R", "a.S"))]
    _refer(root, old, new)


def _refer(part: Any, old: str, new: str) -> None:
    pending = [part]
    while pending:
        here = pending.pop()
        if isinstance(here, list):
            for index, inner in enumerate(here):
                if inner == old:
                    here[index] = new
                else:
                    pending.append(inner)
        elif isinstance(here, dict):
            for key in ("type", "items", "values"):
                if here.get(key) == old:
                    here[key] = new
                elif isinstance(here.get(key), dict | list):
                    pending.append(here[key])
            pending += here.get("fields", [])


def pair(seed: int) -> tuple[Any, Any]:
    """A reader and a writer; one is a mutation of the other."""
    source = random.Random(seed)  # noqa: S311 - reproducible test data
    maker = Maker(source)
    base = maker.named(4) if source.random() < 0.8 else maker.schema(3)
    changed = mutate(base, source)
    return (base, changed) if source.random() < 0.5 else (changed, base)
