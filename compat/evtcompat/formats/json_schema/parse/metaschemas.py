"""Custom metaschemas: a ``$schema`` that names a document of somebody's own.

Such a document is read for two things: the dialect that it builds on, and the vocabularies that it leaves out
(JSON Schema core 2019-09 and 2020-12, section 8.1). What else it demands of schemas is not checked.
"""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UnsupportedError
from evtcompat.formats.json_schema.addresses import near_miss
from evtcompat.formats.json_schema.dialect import Dialect, Handling
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT2019, DRAFT2020, by_uri
from evtcompat.formats.json_schema.keywords.keyword import Holding, Vocabulary
from evtcompat.formats.json_schema.keywords.table import holdings, of_vocabulary
from evtcompat.model.documents import References
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place
from evtcompat.syntax import deep

#: Metaschemas that are followed from one to the next.
_LONGEST = 8


def _vocabularies(base: str, named: Mapping[str, tuple[Vocabulary, ...]]) -> Mapping[str, frozenset[str]]:
    return {f"{base}/vocab/{name}": of_vocabulary(*defined) for name, defined in named.items()}


_COMMON: Mapping[str, tuple[Vocabulary, ...]] = {
    "core": (Vocabulary.CORE,),
    "validation": (Vocabulary.VALIDATION,),
    "meta-data": (Vocabulary.META_DATA,),
    "content": (Vocabulary.CONTENT,),
}
#: The keywords by the URI of the vocabulary that defines them.
VOCABULARIES: Mapping[str, Mapping[str, frozenset[str]]] = {
    DRAFT2019.name: _vocabularies(
        "https://json-schema.org/draft/2019-09",
        {
            **_COMMON,
            "applicator": (Vocabulary.APPLICATOR, Vocabulary.UNEVALUATED),
            "format": (Vocabulary.FORMAT,),
        },
    ),
    DRAFT2020.name: _vocabularies(
        "https://json-schema.org/draft/2020-12",
        {
            **_COMMON,
            "applicator": (Vocabulary.APPLICATOR,),
            "unevaluated": (Vocabulary.UNEVALUATED,),
            "format-annotation": (Vocabulary.FORMAT,),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a metaschema makes of its schemas."""

    dialect: Dialect
    #: The keywords of the dialect that say nothing, because their vocabulary is left out.
    silent: frozenset[str] = frozenset()

    def plain(self, value: dict[str, JSON], nesting: int) -> dict[str, JSON]:
        """A schema of this metaschema as one of the dialect; pointers to what remains are the same."""
        said = deep.run(nesting, lambda: self._heard(value)) if self.silent else value
        return {**said, "$schema": self.dialect.uri}  # type: ignore[dict-item]  # a schema object stays one

    def _heard(self, schema: JSON) -> JSON:
        if not isinstance(schema, dict):
            return schema
        held = holdings(self.dialect.name)
        found: dict[str, JSON] = {}
        for keyword, member in schema.items():
            if keyword in self.silent:
                continue
            found[keyword] = self._inner(member, held.get(keyword))
        return found

    def _inner(self, member: JSON, how: Holding | None) -> JSON:
        if how is None:
            return member
        if isinstance(member, list):
            return [self._heard(item) for item in member]
        if how in (Holding.MAP, Holding.DEPENDENCIES) and isinstance(member, dict):
            return {name: self._heard(item) for name, item in member.items()}
        return self._heard(member)


def basis_of(uri: str, references: References, origin: str | None) -> Basis:
    """What the metaschema of this URI builds on.

    Raises:
        UnsupportedError: It is not among the references, or demands a vocabulary that is not known.
    """
    seen: set[str] = set()
    silent: frozenset[str] | None = None
    named = uri
    while len(seen) < _LONGEST and named not in seen:
        seen.add(named)
        document = references.lookup(named) or references.lookup(named.removesuffix("#"))
        value = None if document is None else document.value
        if not isinstance(value, dict):
            break
        following = value.get("$schema")
        dialect = by_uri(following) if isinstance(following, str) else None
        if dialect is None and (following == named or not isinstance(following, str)):
            dialect = _extended(value)
        if silent is None and "$vocabulary" in value and dialect is not None:
            silent = _left_out(uri, value["$vocabulary"], dialect, origin)
        if dialect is not None:
            return Basis(dialect, silent or frozenset())
        if not isinstance(following, str):
            break
        named = following
    near = near_miss(uri)
    if near is not None:
        message = f'$schema names "{uri}", which {near.reason}'
        hint = f'The nearest that is known is "{near.known}": write that, if the schema is meant so.'
        raise UnsupportedError(message, place=Place(pointer="/$schema", origin=origin), hint=hint)
    known = ", ".join(f"{dialect.uri} ({dialect.name})" for dialect in DIALECTS)
    message = f'$schema names "{uri}", which is no metaschema that is known here'
    hint = f"Known are {known}. A metaschema of your own is known when its document is among the references."
    raise UnsupportedError(message, place=Place(pointer="/$schema", origin=origin), hint=hint)


def _extended(metaschema: Mapping[str, JSON]) -> Dialect | None:
    """The dialect whose metaschema this one refers to as a whole."""
    parts = metaschema.get("allOf")
    for part in (metaschema, *(parts if isinstance(parts, list) else ())):
        named = part.get("$ref") if isinstance(part, dict) else None
        found = by_uri(named) if isinstance(named, str) else None
        if found is not None:
            return found
    return None


def _left_out(uri: str, listed: JSON, dialect: Dialect, origin: str | None) -> frozenset[str]:
    known = VOCABULARIES.get(dialect.name)
    if known is None or not isinstance(listed, dict):
        return frozenset()
    for vocabulary, needed in listed.items():
        if needed is not False and vocabulary not in known:
            message = f"the metaschema {uri!r} demands the vocabulary {vocabulary!r}, which is not known here"
            raise UnsupportedError(message, place=Place(pointer="/$schema", origin=origin))
    left_out = {name for vocabulary, names in known.items() if vocabulary not in listed for name in names}
    acted_on = (Handling.DECIDED, Handling.FORMAT)
    return frozenset(name for name in left_out if dialect.keywords.get(name) in acted_on)
