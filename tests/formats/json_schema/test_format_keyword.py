# ruff: noqa: E501 - a table with one case a line
"""Asserted formats: the models against the validator's own checks, and what follows from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT4, DRAFT2020
from evtcompat.formats.json_schema.keywords.formats import checker_of_format, language_of_format
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, UNDECIDED, strict
from formats.json_schema.schemas import FOUR

SAMPLES = {
    "date": ["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "0000-01-01", "2024-04-31", "2024-1-01"],
    "date-time": ["2024-02-29T23:59:59Z", "2024-02-29t00:00:00.123z", "2024-01-01T24:00:00Z", "1998-12-31T23:59:60Z"],
    "time": ["12:00:00Z", "12:00:00.5+23:59", "12:00:00", "12:00Z", "12:00:00-24:00", "23:59:60Z"],
    "email": ["a@b", "@", "", "a"],
    "ipv4": ["1.2.3.4", "01.2.3.4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "0.0.0.0"],  # noqa: S104 - not bound to
    "ipv6": [
        *("::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::"),
        *("1::2::3", ":::", ":1", "1:", "12345::", "::g", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4"),
        *("::1.2.3", "::1%eth0", "::01.2.3.4", "1.2.3.4::", "1:2:3:4:5::1.2.3.4", "::ffff:1.2.3.4"),
    ],
    "uuid": [
        "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
        "2eb8aa08aa9811eab4aa73b441d16380",
        "2EB8AA08-AA98-11EA-B4AA-73B441D1638",
    ],
}
MODELLED = [
    (dialect, name) for dialect in DIALECTS for name in SAMPLES if language_of_format(name, dialect) is not None
]
_CHARACTERS = "0123456789afgAZTtz:.%@"
#: Python's UUID overlooks further hyphens, and takes other scripts' digits, signs and blanks for hexadecimal ones.
_OVERLOOKED = "-+ \u0664"


@pytest.mark.parametrize(("dialect", "name"), MODELLED, ids=lambda one: getattr(one, "name", one))
@given(data=st.data())
def test_the_model_and_the_check_agree(dialect: Any, name: str, data: st.DataObject) -> None:  # noqa: ANN401 - a dialect
    """On samples, and on what changes of a few characters make of them."""
    language, check = language_of_format(name, dialect), checker_of_format(name, dialect)
    assert language is not None
    assert check is not None
    text = data.draw(st.sampled_from(SAMPLES[name]))
    characters = _CHARACTERS if name == "uuid" else _CHARACTERS + _OVERLOOKED
    changes = st.tuples(st.integers(0, 60), st.integers(0, 2), st.sampled_from(characters))
    for at, taken, new in data.draw(st.lists(changes, max_size=3)):
        text = text[:at] + new + text[at + taken :]
    assert language.accepts(text) is check(text), text


def test_a_format_that_a_draft_does_not_check_asserts_nothing() -> None:
    assert language_of_format("uuid", DRAFT2020) is not None
    assert language_of_format("uuid", DRAFT4) is None


def asserted(reader: Any, writer: Any) -> Verdict:  # noqa: ANN401 - schemas
    options = strict(Policy.STRICT, assert_formats=True)
    return decide(load_schema(Document(reader)), load_schema(Document(writer)), options).verdict


#: law, reader, writer, verdict
CASES: list[tuple[str, Any, Any, Verdict]] = [
    ("a moment is text that ends in an offset", {"pattern": "([Zz]|[0-9])$"}, {"type": "string", "format": "date-time"}, COMPATIBLE),
    ("a moment may end in a small letter", {"pattern": "[Z0-9]$"}, {"type": "string", "format": "date-time"}, INCOMPATIBLE),
    ("the time of a moment", {"format": "time"}, {"type": "string", "pattern": "^1[0-9]:00:00Z$"}, COMPATIBLE),
    ("no hour 29", {"format": "time"}, {"type": "string", "pattern": "^[12][0-9]:00:00Z$"}, INCOMPATIBLE),
    ("a date is no moment", {"format": "date-time"}, {"type": "string", "format": "date"}, INCOMPATIBLE),
    ("an address of eight groups", {"format": "ipv6"}, {"type": "string", "pattern": "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$"}, COMPATIBLE),
    ("nine are too many", {"format": "ipv6"}, {"type": "string", "pattern": "^([0-9a-f]{1,4}:){7,8}[0-9a-f]{1,4}$"}, INCOMPATIBLE),
    ("an address holds a colon", {"pattern": ":"}, {"type": "string", "format": "ipv6"}, COMPATIBLE),
    ("mail holds an at sign", {"pattern": "@"}, {"type": "string", "format": "email"}, COMPATIBLE),
    ("and may hold little else", {"minLength": 2}, {"type": "string", "format": "email"}, INCOMPATIBLE),
    ("what is not modelled stays open", {"format": "regex"}, {"type": "string", "pattern": "^[a-z]$"}, UNDECIDED),
    ("but values are known", {"format": "regex"}, {"enum": ["a", "("]}, INCOMPATIBLE),
    ("what a draft does not check asserts nothing", {"$schema": FOUR, "format": "uuid"}, {"$schema": FOUR}, COMPATIBLE),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "writer", "verdict"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_formats_are_compared_as_languages(reader: Any, writer: Any, verdict: Verdict) -> None:  # noqa: ANN401 - schemas
    assert asserted(reader, writer) is verdict
