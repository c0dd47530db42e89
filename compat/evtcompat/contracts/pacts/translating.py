"""An example and its matching rules as a JSON Schema that accepts what Pact's matching accepts.

The meaning of each rule is that of pact-reference, tried on it. JSON does not tell ``5`` from ``5.0``, so neither does
the schema: an integer is a number without a fraction, a decimal any number. What has no meaning as a schema is noted
with its place, and the schema accepts everything there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evtcompat.contracts.pacts.dates import pattern_of
from evtcompat.contracts.pacts.rules import Any, Matcher, RuleList, Rules, Steps, matcher_of, rules_by_path
from evtcompat.dataclasses import dataclass, field

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

Schema = dict[str, "JSON"]

_NUMBER: Final = r"(?:0|[1-9][0-9]*)"
_PRERELEASE: Final = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
#: https://semver.org, backus-naur form.
_SEMVER: Final = (
    rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PRERELEASE}(?:\.{_PRERELEASE})*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$"
)
_FORMATS: Final = {
    "date": "yyyy-MM-dd",
    "time": "HH:mm:ss",
    "timestamp": "yyyy-MM-dd'T'HH:mm:ssXXX",
    "datetime": "yyyy-MM-dd'T'HH:mm:ssXXX",
}
#: Rules that no object matches.
_OF_SCALARS: Final = frozenset({"integer", "decimal", "number", "boolean", "null"})
#: Rules that ask a list or an object for the type of what the example has there.
_TYPES: Final = frozenset({"type", "min-type", "max-type", "min", "max"})


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the schema does not say."""

    path: Steps
    reason: str


@dataclass(slots=True)
class Translator:
    """One example with its rules."""

    rules: Rules
    #: Whether a text is a regular expression of ECMA-262.
    is_pattern: Callable[[str], bool]
    notes: list[Note] = field(default_factory=list)

    def part(self, example: JSON, path: Steps = ()) -> Schema:
        """The schema of the values that match a part of the example."""
        found = self.rules.best(path)
        if found is None:
            return self._plain(example, path)
        schemas: list[Schema] = []
        for matcher in found.matchers:
            made = self._matched(matcher, example, path, cascaded=found.cascaded)
            if made not in schemas:
                schemas.append(made)
        if len(schemas) == 1:
            return schemas[0]
        either = found.either and not isinstance(example, dict)  # an object has to match all
        return {"anyOf" if either else "allOf": [*schemas]} if schemas else {}

    def _plain(self, example: JSON, path: Steps) -> Schema:
        """Without a rule the example is meant as it stands, but for members that it does not mention."""
        if isinstance(example, dict):
            return self._object(example, path)
        if isinstance(example, list):
            items = [self.part(one, (*path, index)) for index, one in enumerate(example)]
            made: Schema = {"type": "array", "minItems": len(items), "maxItems": len(items)}
            return made | ({} if not items else {"items": items[0]} if _alike(items) else {"prefixItems": [*items]})
        return {"const": example}

    def _object(self, example: dict[str, JSON], path: Steps) -> Schema:
        made: Schema = {"type": "object"}
        if example:
            made["properties"] = {name: self.part(one, (*path, name)) for name, one in example.items()}
            made["required"] = list(example)
        return made

    def _matched(self, matcher: Matcher, example: JSON, path: Steps, *, cascaded: bool) -> Schema:
        if isinstance(example, dict):
            return self._object_matched(matcher, example, path, cascaded=cascaded)
        if isinstance(example, list):
            return self._list_matched(matcher, example, path, cascaded=cascaded)
        return self._scalar(matcher, example, path)

    def _object_matched(self, matcher: Matcher, example: dict[str, JSON], path: Steps, *, cascaded: bool) -> Schema:
        kind = matcher.kind
        if kind in _TYPES or (cascaded and kind in ("values", "eachKey")):
            return self._object(example, path)
        if kind in _OF_SCALARS:
            return {"not": {}}
        if kind == "notEmpty":
            return self._object(example, path) | {"minProperties": 1}
        if kind == "equality":
            return self._object(example, path) | {"const": example}
        if kind == "values":
            return self._values(self, example, path)
        if kind == "eachValue":
            rules = _inner_rules(matcher)
            if rules is None:
                return self._note(path, "the rules of eachValue cannot be read")
            # the rules of the values are all that counts below
            inner = Translator(Rules((((*path, Any.NAME), rules),)), self.is_pattern, self.notes)
            return self._values(inner, example, path)
        if kind == "eachKey":
            rules = _inner_rules(matcher)
            if rules is None:
                return self._note(path, "the rules of eachKey cannot be read")
            names = [self._scalar(one, "", path) for one in rules.matchers]
            known: Schema = {name: self.part(one, (*path, name)) for name, one in example.items()}
            every: Schema = names[0] if len(names) == 1 else {"allOf": [*names]}
            return {"type": "object", "properties": known, "propertyNames": every}
        return self._note(path, f"the rule {kind} has no meaning for an object")

    def _values(self, inner: Translator, example: dict[str, JSON], path: Steps) -> Schema:
        """An object whose values are like those of the example, whatever their names."""
        if not example:
            return {"type": "object"}
        first = example[min(example)]
        others = inner.part(first, (*path, Any.NAME))
        known = {name: inner.part(one, (*path, name)) for name, one in example.items()}
        differing: Schema = {name: one for name, one in known.items() if one != others}
        made: Schema = {"type": "object", "additionalProperties": others}
        return made | ({"properties": differing} if differing else {})

    def _list_matched(self, matcher: Matcher, example: list[JSON], path: Steps, *, cascaded: bool) -> Schema:
        if matcher.kind == "arrayContains":
            return self._contains(matcher, example, path)
        made: Schema = {"type": "array"}
        if not example:
            return made
        if matcher.kind == "equality":
            made["const"] = example
        if not cascaded:
            for word, keyword in (("min", "minItems"), ("max", "maxItems")):
                length = matcher.values.get(word)
                if type(length) is int and length >= 0:
                    made[keyword] = length
                elif length is not None:
                    self._note(path, f"{word} is {length!r}, which is no length")
        if matcher.kind == "notEmpty":
            made["minItems"] = 1
        items = [self.part(one, (*path, index)) for index, one in enumerate(example)]
        rest = self.part(example[0], (*path, Any.INDEX))
        made["items"] = rest
        if not _alike([*items, rest]):
            made["prefixItems"] = [*items]
        return made

    def _contains(self, matcher: Matcher, example: list[JSON], path: Steps) -> Schema:
        variants = matcher.values.get("variants")
        parts: list[JSON] = []
        for variant in variants if isinstance(variants, list) else ():
            index = variant.get("index") if isinstance(variant, dict) else None
            rules = variant.get("rules") if isinstance(variant, dict) else None
            if not isinstance(index, int) or not 0 <= index < len(example):
                return self._note(path, "a variant of arrayContains names no item of the example")
            inner = Translator(rules_by_path(rules.items() if isinstance(rules, dict) else ()), self.is_pattern)
            parts.append({"contains": inner.part(example[index])})
            self.notes += [Note((*path, index, *note.path), note.reason) for note in inner.notes]
        return {"type": "array", **({"allOf": parts} if parts else {})}

    def _scalar(self, matcher: Matcher, example: JSON, path: Steps) -> Schema:
        kind, values = matcher.kind, matcher.values
        fixed = _FIXED.get(kind)
        if fixed is not None:
            return dict(fixed)
        if kind in _TYPES:
            return {"type": _type_of(example)}
        if kind in ("equality", "values"):
            return {"const": example}
        if kind == "regex":
            return self._regex(values.get("regex"), example, path)
        if kind == "include":
            return {"type": "string", "pattern": _escaped(str(values.get("value", "")))}
        if kind in _FORMATS:
            written = values.get(kind) or values.get("format") or _FORMATS[kind]
            pattern = pattern_of(str(written))
            if pattern is None:
                return self._note(path, f"the format {written} of a {kind} has no translation") | {"type": "string"}
            return {"type": "string", "pattern": pattern}
        return self._note(path, f"the rule {kind} has no translation")

    def _regex(self, written: JSON, example: JSON, path: Steps) -> Schema:
        pattern = _whole(str(written))
        if not isinstance(written, str) or not self.is_pattern(pattern):
            return self._note(path, f"the regular expression {written} is none of ECMA-262")
        if isinstance(example, str):
            return {"type": "string", "pattern": pattern}
        self._note(path, "a number or boolean is matched by its digits or word, which a schema does not see")
        return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": ["number", "boolean"]}]}

    def _note(self, path: Steps, reason: str) -> Schema:
        self.notes.append(Note(path, reason))
        return {}


_FIXED: Final[dict[str, Schema]] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "number": {"type": "number"},
    "boolean": {"enum": [True, False, "true", "false"]},
    "null": {"type": "null"},
    "semver": {"type": "string", "pattern": _SEMVER},
    "notEmpty": {"not": {"enum": [None, "", [], {}]}},
    # of the names or values of an object above: of a value itself they ask nothing
    "eachKey": {},
    "eachValue": {},
}


def _alike(schemas: Sequence[Schema]) -> bool:
    return all(one == schemas[0] for one in schemas)


def _type_of(example: JSON) -> str:
    if example is None:
        return "null"
    if isinstance(example, bool):
        return "boolean"
    return "number" if isinstance(example, int | float | Decimal) else "string"


def _inner_rules(matcher: Matcher) -> RuleList | None:
    """The rules that stand inside a rule."""
    written = matcher.values.get("rules")
    found = [matcher_of(one) for one in written] if isinstance(written, list) else []
    kept = tuple(one for one in found if one is not None)
    return RuleList(kept) if kept and len(kept) == len(found) else None


def _whole(pattern: str) -> str:
    """A regular expression of the whole text: Pact does not search."""
    if pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$") and "|" not in pattern:
        return pattern
    if re.fullmatch(r"\^\([^()]*\)\$", pattern):
        return pattern
    return f"^(?:{pattern})$"


def _escaped(text: str) -> str:
    """A regular expression for the text itself."""
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", lambda match: f"\\{match[0]}", text)
