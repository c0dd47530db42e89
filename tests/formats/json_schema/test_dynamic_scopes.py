"""What dynamic references mean rests on the outermost resource that has their anchor, and on none between."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import jsonschema
import pytest

from evtcompat import compare
from evtcompat.formats.json_schema.parse.parsing import parse
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict

NEW, OLD = "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema"
#: The dialect, what makes a resource an anchor, and what refers to it.
KINDS: dict[str, tuple[str, dict[str, JSON], dict[str, JSON]]] = {
    "dynamic": (NEW, {"$dynamicAnchor": "node"}, {"$dynamicRef": "#node"}),
    "recursive": (OLD, {"$recursiveAnchor": True}, {"$recursiveRef": "#"}),
}


def resources(kind: str, count: int, most: int, *, anchored: bool) -> dict[str, Any]:
    """A document of resources each of which refers to two others, and to whichever is outermost."""
    dialect, anchor, around = KINDS[kind]
    parts: dict[str, JSON] = {}
    for index in range(count):
        links: dict[str, JSON] = {f"r{step}": {"$ref": f"urn:t:{(index + step) % count}"} for step in (1, 2)}
        own: dict[str, JSON] = {"properties": {"v": {"type": "string", "maxLength": most}, "around": around, **links}}
        parts[f"d{index}"] = {"$id": f"urn:t:{index}", "type": "object", **anchor, **own}
    outside = anchor if anchored else {}
    return {"$schema": dialect, "$id": "urn:t:root", **outside, "$ref": "urn:t:0", "$defs": parts}


def key_inside(document: dict[str, Any], order: tuple[int, ...]) -> object:
    """The key of the scope after the resources were entered one after the other."""
    library = parse(Document(document)).library
    resolver = library.entered_root()
    for index in order:
        resolver = resolver.lookup(f"urn:t:{index}").resolver
    return library.scope_key(resolver)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_resources_between_makes_no_scope_of_its_own(kind: str) -> None:
    document = resources(kind, 4, 9, anchored=True)
    assert len({key_inside(document, (*order, 3)) for order in permutations(range(3))}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_which_is_outermost_does(kind: str) -> None:
    document = resources(kind, 4, 9, anchored=False)
    outermost = {order[0]: key_inside(document, (*order, 3)) for order in permutations(range(3))}
    assert len(set(outermost.values())) == len(outermost) == 3


@pytest.mark.parametrize("anchored", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_resources_that_refer_to_each_other_in_every_order_are_decided(kind: str, *, anchored: bool) -> None:
    wider, narrower = (resources(kind, 12, most, anchored=anchored) for most in (5, 4))
    assert compare(reader=wider, writer=narrower, format="json-schema").verdict is Verdict.COMPATIBLE
    refused = compare(reader=narrower, writer=wider, format="json-schema")
    assert refused.verdict is Verdict.INCOMPATIBLE
    witness = refused.findings[0].witness
    assert witness is not None
    validator = jsonschema.validators.validator_for(wider)
    assert validator(wider).is_valid(witness.value)
    assert not validator(narrower).is_valid(witness.value)
