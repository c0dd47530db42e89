"""What is to say of a reference that leads nowhere: whether the document is there, and what it lacks."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.located import Located
from evtcompat.model.json_types import JSON
from evtcompat.model.missing_parts import CORRECT_IT, correction, lacking, listed, near_name

_KEEP_A_COPY: Final = (
    "Keep a copy of what it names in the repository, name the folder that has one under `reference-roots`, or add it "
    "to the registry's references: the network is never asked."
)


class Lacking(NamedTuple):
    """A document, or a part with an identifier of its own, that is there and lacks what a reference names in it."""

    contents: JSON
    #: A JSON pointer, or an anchor.
    fragment: str
    anchors: tuple[str, ...] = ()


def reached_by(ref: str, resolver: Value) -> Lacking | None:
    """What a reference reaches from a resolver, as the library represents it; ``None`` where that is nothing.

    The reference leads to no part of it.
    """
    # the library shows neither
    base, registry = resolver._base_uri, resolver._registry  # noqa: SLF001
    uri, fragment = (base, ref[1:]) if ref.startswith("#") else urldefrag(urljoin(base, ref))
    if uri not in registry:
        return None
    anchors = tuple(sorted(name for at, name in registry._anchors if at == uri))  # noqa: SLF001
    return Lacking(registry.contents(uri), unquote(fragment), anchors)


def told(ref: str, lacks: Lacking | None, source: Located, found: Located) -> tuple[str, str]:
    """What is added to "leads nowhere", and what to do about it.

    Args:
        ref: As it is written.
        lacks: What is there, if anything is.
        source: Where the schema stands that refers.
        found: Where that stands which is there.
    """
    if lacks is None:
        return "", f"{CORRECT_IT}." if ref.startswith("#") else _KEEP_A_COPY
    beside = found.document is not source.document
    where = f"{found.document.origin or urldefrag(ref).url or 'it'}" if beside else "the document"
    if found.pointer:
        where = f"the part of {where} at {found.pointer}, with an identifier of its own,"
    if lacks.fragment.startswith("/"):
        what, hint = lacking(lacks.contents, lacks.fragment), correction(lacks.contents, lacks.fragment)
    elif "/" in lacks.fragment:
        what, hint = "such anchor", correction(lacks.contents, lacks.fragment)
    else:
        what, near = "such anchor", near_name(lacks.fragment, lacks.anchors)
        names = listed("it", lacks.anchors)
        hint = f"{CORRECT_IT}{names}." if near is None else f"{CORRECT_IT}: did you mean #{near}?"
    return f": {where} has no {what}", hint
