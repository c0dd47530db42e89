"""Documents that do nothing but define schemas, for others to refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from evtcompat.formats.json_schema.resemblance import KEYWORDS
from evtcompat.model.places import child

#: What a document may say about itself without constraining anything.
ABOUT: Final = frozenset(
    {"$anchor", "$comment", "$id", "$schema", "$vocabulary", "default", "deprecated", "description", "example",
     "examples", "id", "readOnly", "self", "title", "version", "writeOnly"}
)  # fmt: skip
#: Where it holds definitions.
_PLACES: Final = (("$defs",), ("definitions",), ("components", "schemas"))


def definitions(value: object) -> Mapping[str, str]:
    """See `SchemaFormat.definitions`: what stands under ``$defs``, ``definitions`` and ``components/schemas``.

    Schemas that stand in a group are called by both names, ``geo.point``; one that has the name of another by its
    place too.
    """
    if not isinstance(value, Mapping) or not all(map(_says_nothing, value)):
        return {}
    found: dict[str, str] = {}
    for words in _PLACES:
        part: object = value
        pointer = ""
        for word in words:
            part = part.get(word) if isinstance(part, Mapping) else None
            pointer = child(pointer, word)
        for name, at in _members(part, pointer, ""):
            found[name if name not in found else f"{words[-1]}.{name}"] = at
    return found


def _says_nothing(word: object) -> bool:
    places = (words[0] for words in _PLACES)
    return isinstance(word, str) and (word in ABOUT or word.startswith("x-") or word in places)


def _members(part: object, pointer: str, within: str) -> Iterator[tuple[str, str]]:
    """The names and pointers of the schemas in a part."""
    if not isinstance(part, Mapping):
        return
    for name, one in part.items():
        if _is_group(one):
            yield from _members(one, child(pointer, name), f"{within}{name}.")
        else:
            yield f"{within}{name}", child(pointer, name)


def _is_group(value: object) -> bool:
    """Whether a definition is no schema but holds some: it has objects, and no word of the language."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and KEYWORDS.isdisjoint(value)
        and all(isinstance(one, Mapping) for one in value.values())
    )
