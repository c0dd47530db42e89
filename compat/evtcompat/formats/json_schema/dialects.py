"""The dialects of JSON Schema as data: which keywords exist, what becomes of each, and where the drafts differ.

Sources: draft-zyp-json-schema-04 with draft-fge-json-schema-validation-00; draft-wright-json-schema-01 and
-validation-01 (draft 6); draft-handrews-json-schema-01 and -validation-01 (draft 7); draft-handrews-json-schema-02
(2019-09); draft-bhutton-json-schema-01 (2020-12).

Where the specifications leave room, or validators differ:

- Numbers are values: ``1.0`` is an integer in every dialect. Draft 4 words it otherwise ("without a fraction or
  exponent part") and the `jsonschema` library follows that wording for floats, but which of ``1`` and ``1.0`` a
  producer writes is no property of a schema. No witness rests on the difference.
- In 2019-09, too, items that match ``contains`` count as evaluated: its text does not say so, but `jsonschema` and
  jsonschema-rs do.
- ``dependencies`` is an annotation from 2019-09 on, ``definitions`` a place to keep schemas in every dialect.
- ``format``, ``contentEncoding`` and ``contentMediaType`` are annotations unless the options assert formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Handling(Enum):
    """What the engine makes of a keyword."""

    #: It constrains instances, and the engine reasons about it.
    DECIDED = "decided"
    #: It identifies, refers to or keeps schemas.
    STRUCTURE = "structure"
    #: It constrains nothing.
    ANNOTATION = "annotation"
    #: An annotation that becomes an assertion when the options ask for it.
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One draft."""

    name: str
    #: The canonical URI, without an empty fragment.
    uri: str
    keywords: Mapping[str, Handling]
    #: The keyword that names a resource.
    id_keyword: str = "$id"
    #: ``true`` and ``false`` are schemas.
    boolean_schemas: bool = True
    #: A ``$ref`` makes every keyword beside it void.
    ref_hides_siblings: bool = False
    #: ``exclusiveMinimum`` and ``exclusiveMaximum`` are booleans beside the bound.
    boolean_exclusive: bool = False
    #: The keyword of tuples; where it is ``items``, the rest is under ``additionalItems``.
    tuple_keyword: str = "items"
    #: Items that match ``contains`` count as evaluated.
    contains_evaluates: bool = False
    #: The class of the `jsonschema` library.
    validator: str = ""

    #: The keywords that the engine acts on: all but annotations (formats only where they are asserted).
    active: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Derive what follows from the table."""
        acted_on = (Handling.DECIDED, Handling.STRUCTURE, Handling.FORMAT)
        object.__setattr__(self, "active", frozenset(name for name, how in self.keywords.items() if how in acted_on))

    def __hash__(self) -> int:
        """By name."""
        return hash(self.name)


_D, _S, _A = Handling.DECIDED, Handling.STRUCTURE, Handling.ANNOTATION

_DRAFT4: dict[str, Handling] = {
    **dict.fromkeys(("$schema", "$ref", "definitions", "id"), _S),
    **dict.fromkeys(("title", "description", "default"), _A),
    "format": Handling.FORMAT,
    **dict.fromkeys(
        (
            *("type", "enum", "multipleOf", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"),
            *("minLength", "maxLength", "pattern"),
            *("items", "additionalItems", "minItems", "maxItems", "uniqueItems"),
            *("properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties"),
            *("dependencies", "allOf", "anyOf", "oneOf", "not"),
        ),
        _D,
    ),
}


def _extended(
    base: Mapping[str, Handling], added: Mapping[str, Handling], removed: tuple[str, ...] = ()
) -> Mapping[str, Handling]:
    return MappingProxyType({**{name: how for name, how in base.items() if name not in removed}, **added})


_DRAFT6 = _extended(
    _DRAFT4,
    {"$id": _S, "examples": _A, **dict.fromkeys(("const", "contains", "propertyNames"), _D)},
    removed=("id",),
)
_DRAFT7 = _extended(
    _DRAFT6,
    {
        **dict.fromkeys(("$comment", "contentEncoding", "contentMediaType", "readOnly", "writeOnly"), _A),
        **dict.fromkeys(("if", "then", "else"), _D),
    },
)
_DRAFT2019 = _extended(
    _DRAFT7,
    {
        **dict.fromkeys(("$anchor", "$recursiveAnchor", "$recursiveRef", "$defs", "$vocabulary"), _S),
        **dict.fromkeys(("deprecated", "contentSchema", "dependencies"), _A),
        **dict.fromkeys(
            (
                *("dependentRequired", "dependentSchemas", "minContains", "maxContains"),
                *("unevaluatedItems", "unevaluatedProperties"),
            ),
            _D,
        ),
    },
)
_DRAFT2020 = _extended(
    _DRAFT2019,
    {**dict.fromkeys(("$dynamicAnchor", "$dynamicRef"), _S), "prefixItems": _D},
    # Deprecated but listed in the metaschema, where they constrain nothing.
    removed=("additionalItems",),
)
_DRAFT2020 = _extended(_DRAFT2020, dict.fromkeys(("$recursiveAnchor", "$recursiveRef"), _A))

DRAFT4 = Dialect(
    "draft 4",
    "http://json-schema.org/draft-04/schema",
    MappingProxyType(_DRAFT4),
    id_keyword="id",
    boolean_schemas=False,
    ref_hides_siblings=True,
    boolean_exclusive=True,
    validator="Draft4Validator",
)
DRAFT6 = Dialect(
    "draft 6",
    "http://json-schema.org/draft-06/schema",
    _DRAFT6,
    ref_hides_siblings=True,
    validator="Draft6Validator",
)
DRAFT7 = Dialect(
    "draft 7",
    "http://json-schema.org/draft-07/schema",
    _DRAFT7,
    ref_hides_siblings=True,
    validator="Draft7Validator",
)
DRAFT2019 = Dialect(
    "2019-09",
    "https://json-schema.org/draft/2019-09/schema",
    _DRAFT2019,
    contains_evaluates=True,
    validator="Draft201909Validator",
)
DRAFT2020 = Dialect(
    "2020-12",
    "https://json-schema.org/draft/2020-12/schema",
    _DRAFT2020,
    tuple_keyword="prefixItems",
    contains_evaluates=True,
    validator="Draft202012Validator",
)

DIALECTS = (DRAFT4, DRAFT6, DRAFT7, DRAFT2019, DRAFT2020)

#: The dialect of a schema that names none. 2020-12 is what the `jsonschema` library and the specification's "latest"
#: take; draft 7 keywords that 2020-12 dropped (``dependencies``, ``items`` as a list) would be lost silently, see
#: `parse.dialect_of`.
DEFAULT = DRAFT2020


def _normal(uri: str) -> str:
    return uri.removesuffix("#").removesuffix("/").replace("https://", "http://", 1)


#: Metaschemas that add nothing but annotations, or keywords that constrain schemas and not their instances.
_BUILT_ON: Mapping[str, Dialect] = {
    # Hyper-schemas: links between documents.
    "http://json-schema.org/draft-04/hyper-schema": DRAFT4,
    "http://json-schema.org/draft-06/hyper-schema": DRAFT6,
    "http://json-schema.org/draft-07/hyper-schema": DRAFT7,
    "https://json-schema.org/draft/2019-09/hyper-schema": DRAFT2019,
    "https://json-schema.org/draft/2020-12/hyper-schema": DRAFT2020,
    # Snowplow Iglu: `self` names vendor, name and version of an event schema.
    "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0": DRAFT4,
    # OpenAPI 3.1: `discriminator`, `xml`, `externalDocs` and `example`.
    "https://spec.openapis.org/oas/3.1/dialect/base": DRAFT2020,
}

_BY_URI = {_normal(dialect.uri): dialect for dialect in DIALECTS}
_BY_URI |= {_normal(uri): dialect for uri, dialect in _BUILT_ON.items()}
_LATEST = frozenset({"http://json-schema.org/schema", "http://json-schema.org/latest/schema"})

#: What tells the dialect in a URI of json-schema.org, where there are no metaschemas but those of the drafts: some
#: schemas in use spell it a little otherwise (``https://json-schema.org/0.1.0-draft/2020-12/schema``).
_OFFICIAL = re.compile(r"http://(?:www\.)?json-schema\.org/(.*)")
_TOKENS: Mapping[str, Dialect] = {
    "draft-04": DRAFT4,
    "draft-06": DRAFT6,
    "draft-07": DRAFT7,
    "2019-09": DRAFT2019,
    "2020-12": DRAFT2020,
}


def by_uri(uri: str, default: Dialect = DEFAULT) -> Dialect | None:
    """The dialect that a ``$schema`` names, ``None`` when no dialect is known by that URI.

    ``http`` and ``https``, an empty fragment and a trailing slash make no difference; the "latest" URI means
    ``default``; a URI of json-schema.org need only name the draft.
    """
    normal = _normal(uri)
    if normal in _LATEST:
        return default
    return _BY_URI.get(normal) or _official(normal)


def _official(normal: str) -> Dialect | None:
    found = _OFFICIAL.fullmatch(normal)
    named = [token for token in _TOKENS if token in found[1]] if found else []
    return _TOKENS[named[0]] if len(named) == 1 else None
