"""Where a part of a YAML document stands: at it, a block at its key, and nothing behind; whichever parser reads it."""

from __future__ import annotations

import pytest

from evtcompat.model.places import Place
from evtcompat.syntax.documents import locate, parse_document

TEXT = """\
type: object  # an order
required: [id, total]  # both
properties:
  id: {type: string}
  total: &money {type: "number", minimum: 0}   # in euro
  tax: *money
  'note':
    type: string
  text: |
    two
    lines
"""

MARKED = {
    "/type": "object",
    "/required": "[id, total]",
    "/required/0": "id",
    "/required/1": "total",
    "/properties/id": "{type: string}",
    "/properties/id/type": "string",
    "/properties/total/type": '"number"',
    "/properties/total/minimum": "0",
    "/properties/tax": "*money",
    "/properties/note/type": "string",
    "/properties/note": "'note'",
    "/properties/text": "|",
}


@pytest.mark.parametrize("pointer", MARKED)
def test_a_part_is_marked_to_its_end(pointer: str) -> None:
    place = locate(parse_document(TEXT, "x.yaml", name="x.yaml"), Place(pointer=pointer))
    assert place.source is not None
    assert place.column is not None
    assert place.end_column is not None
    assert place.source[place.column - 1 : place.end_column - 1] == MARKED[pointer]


def test_a_part_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    text = "enum: [a,\n  b]\n"
    place = locate(parse_document(text, "x.yaml", name="x.yaml"), Place(pointer="/enum"))
    assert (place.line, place.column, place.end_column) == (1, 7, 10)
