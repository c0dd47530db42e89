"""A name that is defined again, alike."""

from __future__ import annotations

from evtcompat.formats.avro.differences import NameRepeated
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_SENTENCE = "The {kind} {name} is defined twice{{side}}: at `{first}` and again at `{second}`. {who} the schema, {java}"
#: What Avro Java does, by the kind of the type.
_JAVA = {
    "record": "and so does Avro Java before 1.12.1",
    "enum": "and so does Avro Java before 1.12",
    "fixed": "and so does Avro Java before 1.12",
}


def _breach(difference: NameRepeated) -> Breach:
    full, kind, first, second, place, by_fastavro, _ = difference.repeated
    own = "Avro's own library for Python"
    who = f"fastavro and {own} refuse" if by_fastavro else f"{own} refuses"
    facts = {"name": full, "kind": kind, "first": first, "second": second, "who": who, "java": _JAVA[kind]}
    if difference.side is not None:
        facts |= {"side": difference.side, "case": difference.side}
    return Breach(facts, place, place)


def _said(side: str) -> str:
    return _SENTENCE.replace("{{side}}", side) + "."


RULE = AvroRule(
    text=Rule(
        id="type-defined-twice",
        severity=Severity.ERROR,
        format="avro",
        sentence=_said(""),
        cases={side: _said(f" in {{{side}}}") for side in ("reader", "writer")},
        what="A record, enum or fixed is defined a second time under the same full name, in the same way.",
        why="A schema has one definition of a full name; other uses refer to it by the name. Python's decoders refuse "
        "the schema, and so consumers cannot read with it, nor read what is written with it. Avro Java reads it from "
        "1.12 on where an enum or a fixed is repeated, and from 1.12.1 on where a record is.",
        example='{"name": "from", "type": {"type": "record", "name": "Address", ...}}\n'
        '{"name": "to", "type": {"type": "record", "name": "Address", ...}}',
        remedy='Keep the first definition, and write its full name in the other places: "type": "shop.Address".',
        limits="fastavro takes each document, and each branch of a union that is a document, by itself, and reads "
        "these. A second definition that differs is no schema to any decoder; the check stops there.",
        fails_when_inherited=True,
    ),
    judges=(Judge(NameRepeated, _breach),),
    one_sided=True,
)
