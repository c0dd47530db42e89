"""The addresses by which a ``$schema`` names a dialect, and which of them was meant by one that names none.

Light: whether a document is a schema at all is asked of it for every file of a tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from evtcompat.formats.json_schema.edit_distance import distance

#: What the specification of each dialect calls its metaschema, by the name of the dialect.
METASCHEMAS: Final[Mapping[str, str]] = {
    "draft 4": "http://json-schema.org/draft-04/schema#",
    "draft 6": "http://json-schema.org/draft-06/schema#",
    "draft 7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
#: Metaschemas that add nothing but annotations, or keywords that constrain schemas and not their instances.
_BUILT_ON: Final[Mapping[str, str]] = {
    # Hyper-schemas: links between documents.
    "http://json-schema.org/draft-04/hyper-schema#": "draft 4",
    "http://json-schema.org/draft-06/hyper-schema#": "draft 6",
    "http://json-schema.org/draft-07/hyper-schema#": "draft 7",
    "https://json-schema.org/draft/2019-09/hyper-schema": "2019-09",
    "https://json-schema.org/draft/2020-12/hyper-schema": "2020-12",
    # Snowplow Iglu: `self` names vendor, name and version of an event schema.
    "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#": "draft 4",
    # OpenAPI 3.1: `discriminator`, `xml`, `externalDocs` and `example`.
    "https://spec.openapis.org/oas/3.1/dialect/base": "2020-12",
}
#: The addresses of "whatever is the latest draft", which earlier drafts had.
_LATEST: Final = ("http://json-schema.org/schema#", "http://json-schema.org/latest/schema#")
LATEST: Final = "latest"


def _plain(address: str) -> str:
    """The address without what makes no difference: the scheme of the web and an empty fragment."""
    return address.removesuffix("#").replace("https://", "http://", 1)


_BY_ADDRESS: Final[Mapping[str, str]] = {
    **{_plain(address): dialect for dialect, address in METASCHEMAS.items()},
    **{_plain(address): dialect for address, dialect in _BUILT_ON.items()},
    **{_plain(address): LATEST for address in _LATEST},
}
#: The addresses as those who publish the metaschemas write them.
_WRITTEN: Final[Mapping[str, str]] = {
    _plain(address): address for address in (*METASCHEMAS.values(), *_BUILT_ON, *_LATEST)
}


def dialect_named(address: str) -> str | None:
    """The name of the dialect that an address names, `LATEST`, or ``None``; scheme and empty fragment aside."""
    return _BY_ADDRESS.get(_plain(address))


def as_published(address: str) -> str | None:
    """The address that `dialect_named` knows, as whoever publishes the metaschema writes it."""
    return _WRITTEN.get(_plain(address))


class NearMiss(NamedTuple):
    """An address that looks like a metaschema's and is none that is read."""

    #: What is the matter with it, as a clause.
    reason: str
    #: The address that was probably meant, or that of the nearest draft that is read.
    known: str


#: A draft in an address: ``draft-7``, ``draft07``, ``draft/2019-09``, ``2020-12``.
_DRAFT: Final = re.compile(r"draft[-_/ .]?v?(20\d\d(?:-?\d\d?)?|next|\d\d?)(?!\d)|(20\d\d-\d\d)(?!\d)")
#: What people write who name a draft and no address.
_WORD: Final = re.compile(
    r"(?:json[-_ ]?schema[-_ /]?)?(draft[-_ ]?v?\d\d?|(?:draft[-_ ]?)?20\d\d-\d\d?)(?:[-_ /]?schema)?#?"
)
_READ: Final[Mapping[str, str]] = {
    "4": "draft 4",
    "6": "draft 6",
    "7": "draft 7",
    "2019": "2019-09",
    "201909": "2019-09",
    "20199": "2019-09",
    "2020": "2020-12",
    "202012": "2020-12",
}
_HOST: Final = "json-schema.org"
#: To drafts before this one, of those that are read, draft 4 is the nearest.
_AFTER_DRAFT_4: Final = 6
#: How many slips a host and a whole address may have.
_HOST_SLIPS: Final = 3
_ADDRESS_SLIPS: Final = 4
_NO_METASCHEMA: Final = "is no metaschema"


def near_miss(address: str) -> NearMiss | None:
    """Which metaschema an address was probably meant to name; ``None`` for one that is known, and for any other."""
    if dialect_named(address) is not None:
        return None
    told = address.strip().lower()
    word = _WORD.fullmatch(told)
    if word is not None:
        return _of_draft(word[1])
    plain = re.sub(r"^[a-z]*:?/+", "", told).partition("#")[0].removeprefix("www.")
    host, _, path = plain.partition("/")
    if distance(host, _HOST, _HOST_SLIPS) <= _HOST_SLIPS or (host.startswith("json-schema.") and "draft" in path):
        last = path.strip("/").rpartition("/")[2].removesuffix(".json")
        found = _of_draft(path)
        if found is not None or (last and distance(last, "schema", 1) > 1):
            return found  # json-schema.org has other schemas, too
        return NearMiss(_NO_METASCHEMA, METASCHEMAS["2020-12"])
    bare = plain.strip("/").removesuffix(".json")
    for known, written in _WRITTEN.items():
        if distance(bare, known.partition("://")[2].lower(), _ADDRESS_SLIPS) <= _ADDRESS_SLIPS:
            return NearMiss(_NO_METASCHEMA, written)
    return None


def _of_draft(told: str) -> NearMiss | None:
    """What names a draft in one way or another."""
    numbers = [(found[1] or found[2]).replace("-", "") for found in _DRAFT.finditer(told)]
    numbers = [number.lstrip("0") or "0" for number in numbers]
    dialect = next((_READ[number] for number in numbers if number in _READ), None)
    if dialect is not None:
        address = METASCHEMAS[dialect]
        return NearMiss(_NO_METASCHEMA, address.replace("/schema", "/hyper-schema") if "hyper" in told else address)
    if numbers:
        old = numbers[0].isdigit() and int(numbers[0]) < _AFTER_DRAFT_4
        return NearMiss(f"is of draft {numbers[0]}, which is not read", METASCHEMAS["draft 4" if old else "2020-12"])
    return None
