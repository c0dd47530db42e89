"""Findings about one schema alone: keywords that look as if they constrained and do not.

A misspelt keyword is legal JSON Schema: it is ignored, and the schema accepts everything there. Only words that
resemble a *constraining* keyword are reported, at places where a schema stands: never a property's name, never inside
`enum`, `const`, `default` or `examples`, never below a keyword that nobody knows (vendors put what they like there).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evtcompat.formats.json_schema.addresses import LATEST, METASCHEMAS, as_published, dialect_named
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.edit_distance import distance
from evtcompat.formats.json_schema.keywords.keyword import ONLY_4, Keyword
from evtcompat.formats.json_schema.keywords.predicates import repeated
from evtcompat.formats.json_schema.keywords.table import ANNOTATIONS, CONSTRAINING, subschemas
from evtcompat.formats.json_schema.lint import other_languages
from evtcompat.formats.json_schema.lint.instance_paths import of_pointer
from evtcompat.formats.json_schema.lint.spelling import meant
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix, Mismatch
from evtcompat.model.places import Place, child, tokens
from evtcompat.model.pointers import found_at

#: What does in another draft what a keyword does in its own.
_COUNTERPARTS: Mapping[tuple[str, str], str] = {
    ("prefixItems", "draft 4"): "items as a list",
    ("prefixItems", "draft 6"): "items as a list",
    ("prefixItems", "draft 7"): "items as a list",
    ("prefixItems", "2019-09"): "items as a list",
    ("const", "draft 4"): "enum with one value",
    ("dependentRequired", "draft 4"): "dependencies",
    ("dependentRequired", "draft 6"): "dependencies",
    ("dependentRequired", "draft 7"): "dependencies",
    ("dependentSchemas", "draft 4"): "dependencies",
    ("dependentSchemas", "draft 6"): "dependencies",
    ("dependentSchemas", "draft 7"): "dependencies",
    ("dependencies", "2019-09"): "dependentRequired or dependentSchemas",
    ("dependencies", "2020-12"): "dependentRequired or dependentSchemas",
    ("additionalItems", "2020-12"): "items beside prefixItems",
    ("unevaluatedProperties", "draft 7"): "additionalProperties",
    ("unevaluatedProperties", "draft 6"): "additionalProperties",
    ("unevaluatedProperties", "draft 4"): "additionalProperties",
}
#: Keywords that list names or values, themselves or by name, each of which counts once.
_LISTS = frozenset(("required", "type", "enum", "dependencies", "dependentRequired"))


def lint(schema: JSON, dialect: Dialect) -> tuple[Mismatch, ...]:
    """The findings about a schema document, in the order of its text.

    Args:
        schema: The parsed document.
        dialect: The dialect it is read in.

    Returns:
        Mismatches whose reader and writer place are the same, under the rules of `rules.lint`.
    """
    draft = dialect.name
    found: list[Mismatch] = []
    of_openapi = isinstance(schema, dict) and "openapi" in str(schema.get("$schema"))
    for pointer, part in _schemas(schema):
        lone = dialect.ref_hides_siblings and isinstance(part.get("$ref"), str)
        for name, value in part.items():
            if name == "$schema":
                found.extend(_address(value, pointer, draft))
            elif lone and name != "$ref":
                found.extend(_beside_ref(name, pointer, draft))
            elif name in CONSTRAINING:
                found.extend(_known(CONSTRAINING[name], part, pointer, draft))
            elif name == "format":
                found.extend(_format(value, pointer))
            elif name in other_languages.CONSTRAINING:
                if not (of_openapi and name in other_languages.OF_OPENAPI):
                    found.extend(_foreign(name, value, part, pointer))
            elif name not in ANNOTATIONS:
                found.extend(_unknown(name, value, part, pointer))
    return tuple(found)


def _schemas(root: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Every schema object of the document with its pointer: by position, and where a local reference leads."""
    visited: set[str] = set()
    pending: list[tuple[str, JSON]] = [("", root)]
    referred: list[str] = []
    while pending or referred:
        if not pending:
            pointer = referred.pop(0)
            pending.append((pointer, found_at(root, tokens(pointer))))
            continue
        pointer, schema = pending.pop(0)
        if pointer in visited or not isinstance(schema, dict):
            continue
        visited.add(pointer)
        yield pointer, schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            referred.append(reference[1:])
        pending = [(place, part) for place, _, part in subschemas(schema, pointer)] + pending


def _beside_ref(name: str, pointer: str, draft: str) -> Iterator[Mismatch]:
    if name in CONSTRAINING:
        yield _finding("keyword-beside-ref", pointer, name, {"keyword": name, "draft": draft})


def _known(keyword: Keyword, schema: Mapping[str, JSON], pointer: str, draft: str) -> Iterator[Mismatch]:
    name = keyword.name
    if draft not in keyword.constrains_in:
        counterpart = _COUNTERPARTS.get((name, draft))
        advice = f"write {counterpart}" if counterpart else f"declare {keyword.constrains_in[0]} in $schema"
        facts = {"keyword": name, "draft": draft, "drafts": ", ".join(keyword.constrains_in), "advice": advice}
        yield _finding("keyword-of-another-draft", pointer, name, facts)
        return
    value = schema[name]
    names_none = name == "required" and not value and draft in ONLY_4
    reason = "it names no property, and draft 4 wants one" if names_none else _idle(keyword, schema)
    if reason:
        yield _finding("keyword-without-effect", pointer, name, {"keyword": name, "reason": reason})
    yield from _repeated(name, value, pointer)


def _repeated(name: str, value: JSON, pointer: str) -> Iterator[Mismatch]:
    """What is said of names or values that a keyword lists twice."""
    lists = list(value.values()) if isinstance(value, dict) else [value]
    if name in _LISTS and any(isinstance(one, list) and repeated(one) for one in lists):
        facts = {"keyword": name, "case": "repeated"}
        yield _finding("keyword-without-effect", pointer, name, facts)


def _idle(keyword: Keyword, schema: Mapping[str, JSON]) -> str:
    """Why a keyword has no effect where it stands, or ``""``."""
    if keyword.needs is not None and keyword.needs not in schema:
        return f"it needs {keyword.needs} beside it"
    if keyword.name == "additionalItems" and not isinstance(schema.get("items"), list):
        return "it needs items as a list beside it"
    types = schema.get("type")
    names = types if isinstance(types, list) else [types]
    if keyword.type is None or not types:
        return ""
    if keyword.type in names or (keyword.type == "number" and "integer" in names):
        return ""
    return f"it speaks of type {keyword.type} and the type here is {' or '.join(str(name) for name in names)}"


def _address(value: JSON, pointer: str, draft: str) -> Iterator[Mismatch]:
    """What is said of a ``$schema`` that names its dialect by another address than the metaschema's own."""
    if not isinstance(value, str):
        return
    named = dialect_named(value)
    facts: dict[str, object] = {"address": value, "draft": draft}
    if named == LATEST:
        yield _finding("metaschema-address", pointer, "$schema", {**facts, "case": "latest"})
        return
    known = as_published(value) if named is not None else METASCHEMAS.get(draft)
    if known is None or known.removesuffix("#") == value.removesuffix("#"):
        return
    here = child(pointer, "$schema")
    fix = Fix(f'Write "{known}"', "reader", ({"op": "replace", "path": here, "value": known},))
    yield _finding("metaschema-address", pointer, "$schema", {**facts, "known": known}, fix)


def _format(value: JSON, pointer: str) -> Iterator[Mismatch]:
    suggestion = other_languages.meant_format(value, distance) if isinstance(value, str) else None
    if suggestion is not None:
        yield _finding("unknown-format", pointer, "format", {"format": value, "suggestion": suggestion})


def _foreign(name: str, value: JSON, schema: Mapping[str, JSON], pointer: str) -> Iterator[Mismatch]:
    word = other_languages.CONSTRAINING[name]
    if word.means(value, schema):
        facts = {"keyword": name, "language": word.language, "advice": word.advice}
        yield _finding("keyword-of-another-language", pointer, name, facts)


def _unknown(name: str, value: JSON, schema: Mapping[str, JSON], pointer: str) -> Iterator[Mismatch]:
    keyword = meant(name, value)
    if keyword is None or keyword.name in schema:
        return
    here = child(pointer, name)
    fix = Fix(
        f"Write {keyword.name} instead of {name}",
        "reader",
        ({"op": "move", "from": here, "path": child(pointer, keyword.name)},),
    )
    yield _finding("unknown-keyword", pointer, name, {"keyword": name, "suggestion": keyword.name}, fix)


def _finding(rule: str, pointer: str, keyword: str, facts: Mapping[str, object], fix: Fix | None = None) -> Mismatch:
    place = Place(child(pointer, keyword), names=of_pointer(pointer))
    return Mismatch(rule, place, place, {**facts, "path": place.names}, fix=fix)
