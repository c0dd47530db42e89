"""Generated schemas over a vocabulary small enough that keywords meet, and instances of it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from evtcompat.formats.json_schema.exact import Value

NAMES = ("a", "b", "ab", "x")
PATTERNS = ("^a", "b$", "^[ab]+$", "x", "^(?!a)", "^.{2}$", "a{1,2}", "^(ab|ba)*$", "[^a]")
VALUES: tuple[Value, ...] = (None, True, False, 0, 1, 2, 1.5, -1, "", "a", "ab", "b", [], [1], [1, 1], {}, {"a": 1})
URIS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019": "https://json-schema.org/draft/2019-09/schema",
    "2020": "https://json-schema.org/draft/2020-12/schema",
}
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_COUNT = st.integers(0, 3)
_NUMBER = st.sampled_from((-1, 0, 0.5, 1, 1.5, 2, 3))

Schemas = st.SearchStrategy[Any]


def _scalars(draft: str) -> dict[str, Schemas]:
    found: dict[str, Schemas] = {
        "type": st.one_of(st.sampled_from(_TYPES), st.lists(st.sampled_from(_TYPES), min_size=1, unique=True)),
        "enum": st.lists(st.sampled_from(VALUES), min_size=1, max_size=4, unique_by=repr).filter(_distinct),
        "minimum": _NUMBER,
        "maximum": _NUMBER,
        "multipleOf": st.sampled_from((0.25, 0.5, 1, 2, 3)),
        "pattern": st.sampled_from(PATTERNS),
        "uniqueItems": st.booleans(),
        "required": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _COUNT),
    }
    if draft != "4":
        found |= {"const": st.sampled_from(VALUES), "exclusiveMinimum": _NUMBER, "exclusiveMaximum": _NUMBER}
    return found


def _distinct(values: list[Value]) -> bool:
    """1 and true are one to some validators' metaschema check."""
    return len({str(value).replace("True", "1").replace("False", "0") for value in values}) == len(values)


def _holders(draft: str, inner: Schemas) -> dict[str, Schemas]:
    """Keywords that hold schemas."""
    several = st.lists(inner, min_size=1, max_size=3)
    by_name = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=2)
    found: dict[str, Schemas] = {
        "properties": by_name,
        "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, min_size=1, max_size=2),
        "additionalProperties": st.one_of(st.booleans(), inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), several),
        "not": inner,
        "items": inner,
    }
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
    if draft in {"4", "6", "7"}:
        found |= {
            "items": st.one_of(inner, several),
            "additionalItems": st.one_of(st.booleans(), inner),
            "dependencies": st.dictionaries(st.sampled_from(NAMES), st.one_of(inner, names), min_size=1, max_size=1),
        }
    if draft != "4":
        found |= {"contains": inner, "propertyNames": inner}
    if draft not in {"4", "6"}:
        found |= {"if": inner, "then": inner, "else": inner}
    if draft in {"2019", "2020"}:
        found |= {
            "dependentRequired": st.dictionaries(st.sampled_from(NAMES), names, min_size=1, max_size=1),
            "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=1),
            "minContains": _COUNT,
            "maxContains": _COUNT,
            "unevaluatedProperties": st.one_of(st.just(value=False), inner),
            "unevaluatedItems": st.one_of(st.just(value=False), inner),
        }
    if draft == "2020":
        found |= {"prefixItems": several}
    return found


def _some(keywords: dict[str, Schemas]) -> Schemas:
    return st.lists(st.sampled_from(sorted(keywords)), max_size=3, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: keywords[name] for name in chosen})
    )


def _below(draft: str, depth: int, references: tuple[str, ...]) -> Schemas:
    leaves = [_some(_scalars(draft))]
    if draft != "4":
        leaves.append(st.booleans())
    if references:
        leaves.append(st.sampled_from(references).map(lambda uri: {"$ref": uri}))
    if depth == 0:
        return st.one_of(leaves)
    inner = _below(draft, depth - 1, references)
    return st.one_of(*leaves, _some({**_scalars(draft), **_holders(draft, inner)}))


def parts(draft: str, references: tuple[str, ...] = ()) -> Schemas:
    """Schemas as they stand below others, with these references."""
    return _below(draft, 1, references)


@st.composite
def schemas(draw: st.DrawFn, drafts: tuple[str, ...] = tuple(URIS), depth: int = 2) -> dict[str, Any]:
    """A document of one of the drafts, perhaps with references to itself, circular or unsatisfiable."""
    draft = draw(st.sampled_from(drafts))
    home = "$defs" if draft in {"2019", "2020"} else "definitions"
    references = (f"#/{home}/n", "#") if draw(st.booleans()) else ()
    root = draw(_some({**_scalars(draft), **_holders(draft, _below(draft, depth - 1, references))}))
    more = {home: {"n": draw(_below(draft, 1, references))}} if references else {}
    return {"$schema": URIS[draft], **root, **more}


instances: st.SearchStrategy[Value] = st.recursive(
    st.sampled_from((*VALUES, "xa", "abc", 3, 0.5, "é")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from((*NAMES, "zz", "xa", "ba")), inner, max_size=3),
    ),
    max_leaves=6,
)
