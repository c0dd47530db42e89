"""Where the parts of a model's schema stand in the module: the class, and the line of the field."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at

Span = tuple[int, int]


class _Class(NamedTuple):
    span: Span
    fields: Mapping[str, Span]
    bases: tuple[str, ...]


def span_finder(text: str, schema: JSON, name: str, names: Mapping[str, str]) -> Callable[[str], Span]:
    """Finds the offsets of the part of a model's schema at a pointer: its field, else its class, else the top.

    Args:
        text: The module.
        schema: The model's.
        name: The model.
        names: Fields by what they are called in payloads, where that is not the same.
    """
    classes = _classes(text)

    def span_of(pointer: str) -> Span:
        current, found = name, classes[name].span if name in classes else (0, 0)
        for word, inner in _steps(schema, pointer):
            if word == "$defs" and inner in classes:
                current, found = inner, classes[inner].span
            elif word == "properties":
                found = _field(classes, current, names.get(inner, inner)) or found
        return found

    return span_of


def application_span_finder(text: str, document: JSON, name: str) -> Callable[[str], Span]:
    """Finds the offsets of the part of an application's document at a pointer, in the module of the application.

    A schema is where the module has a class of its name; everything else is where the application is made.

    Args:
        text: The module.
        document: What the application says of itself.
        name: The variable of the application.
    """
    made = _assigned(text, name)

    @cache
    def finder(called: str) -> Callable[[str], Span]:
        return span_finder(text, found_at(document, ["components", "schemas", called]), called, {})

    def span_of(pointer: str) -> Span:
        if not pointer.startswith("/components/schemas/"):
            return made
        called = next(iter(tokens("/" + pointer.split("/")[3])))
        found = finder(called)("".join(f"/{one}" for one in pointer.split("/")[4:]))
        return made if found == (0, 0) else found

    return span_of


def _assigned(text: str, name: str) -> Span:
    """Where a module gives a variable its value, the last time; the top where it is not seen."""
    found = (0, 0)
    for node in _parsed(text):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            found = _span(node, _line_starts(text))
    return found


def _steps(schema: JSON, pointer: str) -> Iterator[tuple[str, str]]:
    """The members of classes on the way to a part of a schema: a word for the kind of member, and its name."""
    value, words = schema, iter(tokens(pointer))
    for word in words:
        if isinstance(value, list):
            value = value[int(word)] if word.isdigit() and int(word) < len(value) else None
            continue
        value = value.get(word) if isinstance(value, dict) else None
        inner = next(words, None) if word in ("properties", "$defs", "required", "fields") else None
        if inner is None:
            continue
        if isinstance(value, list):
            at = value[int(inner)] if inner.isdigit() and int(inner) < len(value) else None
            named = at.get("name") if isinstance(at, dict) else at
            yield "properties", str(named)
            value = at
        else:
            yield word, inner
            value = value.get(inner) if isinstance(value, dict) else None


def _field(classes: Mapping[str, _Class], name: str, field: str) -> Span | None:
    """The field of a class, or of those that it inherits from in the same module."""
    pending, seen = [name], set[str]()
    while pending:
        one = pending.pop()
        if one in seen or one not in classes:
            continue
        seen.add(one)
        if field in classes[one].fields:
            return classes[one].fields[field]
        pending += classes[one].bases
    return None


@lru_cache(maxsize=2)
def _classes(text: str) -> Mapping[str, _Class]:
    """The classes of a module by name; none where it is of a newer Python than this one.

    Each model of a module asks for them, and to parse a long one takes seconds.
    """
    try:
        return dict(_classes_of(ast.parse(text), text))
    except (SyntaxError, ValueError, RecursionError):
        return {}


def _classes_of(module: ast.Module, text: str) -> Iterator[tuple[str, _Class]]:
    lines = _line_starts(text)
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            fields = {
                one.target.id: _span(one, lines)
                for one in node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            }
            start = lines[node.lineno - 1] + node.col_offset
            head = (start, start + len(text[start : lines[node.lineno]].splitlines()[0]))
            yield node.name, _Class(head, fields, tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases))


def _parsed(text: str) -> list[ast.stmt]:
    """The statements of a module; none where it is of a newer Python than this one."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _line_starts(text: str) -> list[int]:
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    return lines


def _span(node: ast.stmt, lines: list[int]) -> Span:
    start = lines[node.lineno - 1] + node.col_offset
    end = lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    return start, end
