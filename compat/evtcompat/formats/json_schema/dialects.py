"""The dialects of JSON Schema: where the drafts differ beside their keywords, and by which URI each is named.

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
from types import MappingProxyType

from evtcompat.formats.json_schema.addresses import LATEST, METASCHEMAS, dialect_named
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords.table import handlings

DRAFT4 = Dialect(
    "draft 4",
    METASCHEMAS["draft 4"].removesuffix("#"),
    MappingProxyType(handlings("draft 4")),
    id_keyword="id",
    boolean_schemas=False,
    ref_hides_siblings=True,
    boolean_exclusive=True,
    validator="Draft4Validator",
)
DRAFT6 = Dialect(
    "draft 6",
    METASCHEMAS["draft 6"].removesuffix("#"),
    MappingProxyType(handlings("draft 6")),
    ref_hides_siblings=True,
    validator="Draft6Validator",
)
DRAFT7 = Dialect(
    "draft 7",
    METASCHEMAS["draft 7"].removesuffix("#"),
    MappingProxyType(handlings("draft 7")),
    ref_hides_siblings=True,
    validator="Draft7Validator",
)
DRAFT2019 = Dialect(
    "2019-09",
    METASCHEMAS["2019-09"].removesuffix("#"),
    MappingProxyType(handlings("2019-09")),
    contains_evaluates=True,
    validator="Draft201909Validator",
)
DRAFT2020 = Dialect(
    "2020-12",
    METASCHEMAS["2020-12"].removesuffix("#"),
    MappingProxyType(handlings("2020-12")),
    tuple_keyword="prefixItems",
    contains_evaluates=True,
    validator="Draft202012Validator",
)

DIALECTS = (DRAFT4, DRAFT6, DRAFT7, DRAFT2019, DRAFT2020)

#: The dialect of a schema that names none. 2020-12 is what the `jsonschema` library and the specification's "latest"
#: take; draft 7 keywords that 2020-12 dropped (``dependencies``, ``items`` as a list) would be lost silently, see
#: `parse.dialect_of`.
DEFAULT = DRAFT2020


_BY_NAME: Mapping[str, Dialect] = {dialect.name: dialect for dialect in DIALECTS}

#: What tells the dialect in a URI of json-schema.org, where there are no metaschemas but those of the drafts: some
#: schemas in use spell it a little otherwise (``https://json-schema.org/0.1.0-draft/2020-12/schema``).
_OFFICIAL = re.compile(r"https?://(?:www\.)?json-schema\.org/(.*)")
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
    named = dialect_named(uri) or dialect_named(uri.removesuffix("#").removesuffix("/"))
    if named is None:
        return _official(uri)
    return default if named is LATEST else _BY_NAME[named]


def _official(uri: str) -> Dialect | None:
    found = _OFFICIAL.fullmatch(uri)
    named = [token for token in _TOKENS if token in found[1]] if found else []
    return _TOKENS[named[0]] if len(named) == 1 else None
