"""Text to documents and back to positions."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calls import called
from evtcompat.errors import DocumentError
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child
from evtcompat.syntax.documents import decode_text, locate, parse_document, span
from evtcompat.syntax.json_text import blank_comments, offset_of, parse_json
from evtcompat.syntax.limits import MAXIMUM_NESTING

json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def every_pointer(value: JSON, pointer: str = "") -> list[tuple[str, JSON]]:
    found = [(pointer, value)]
    if isinstance(value, dict):
        for name, member in value.items():
            found += every_pointer(member, child(pointer, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += every_pointer(item, child(pointer, index))
    return found


@pytest.mark.slow
@given(json_values, st.sampled_from([None, 1, "\t"]), st.booleans())
@example("]", None, False)  # noqa: FBT003 - as above
@example("{", None, False)  # noqa: FBT003 - idem
def test_every_pointer_is_located_at_the_text_of_its_value(
    value: JSON,
    indent: int | str | None,
    ascii_only: bool,  # noqa: FBT001 - hypothesis passes it
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = parse_document(text, "x.json")
    for pointer, part in every_pointer(value):
        start, end = span(document, pointer) or (0, 0)
        assert json.loads(text[start:end]) == part


def test_parts_of_a_deep_text_are_located_in_one_reading_of_it() -> None:
    """However deep it nests, and however many of its parts are asked for."""
    value: JSON = 1
    for level in range(200):
        value = {"before": [level, {}], "inner": value, "after": level}
    text = json.dumps(value)
    pointers = every_pointer(value)
    steps = sum(pointer.count("/") for pointer, _ in pointers)
    offset_of(text, "/warm")

    found, calls = called(lambda: [offset_of(text, pointer) for pointer, _ in pointers])
    assert None not in found
    assert calls < 2 * steps + 20 * len(pointers)


@pytest.mark.parametrize(
    ("name", "text", "where", "words"),
    [
        ("x.json", '{"a": 1,\n "a": 2}', (2, 2), 'the key "a" stands twice in one object, first at line 1, column 2'),
        ("x.json", '{"b": [{"é": 1}, {"é": 1, "é": 2}]}', (1, 27), "first at line 1, column 19"),
        ("x.json", '{"a": {"a": 1}, "b": {"a": 1},\n"b": 3}', (2, 1), 'the key "b" stands twice'),
        ("x.json", '{"a" 1}', (1, 6), "not valid JSON: expecting ':' delimiter"),
        ("x.json", '{\r\n"a": 1,\r\nb}', (3, 1), "not valid JSON"),
        ("x.json", '["NaN", NaN]', (1, 9), "NaN and Infinity are not JSON"),
        ("x.json", '["NaN", -Infinityll]', (1, 9), "NaN and Infinity are not JSON"),
        ("x.json", "", (1, 1), "the file is empty"),
        ("x.json", "// c\n1", (1, 1), "not valid JSON"),
        ("x.yaml", "a: 1\nb: 2\na: 3\n", (3, 1), "the key 'a' stands twice in one object, first at line 1, column 1"),
        ("x.yaml", "a: [1,\n", (2, 1), "not valid YAML"),
        ("x.yaml", "a: &x\n  b: *x\n", (2, 6), "the alias *x contains itself"),
        ("x.yaml", "a: .inf\n", (1, 4), ".inf is not a number that JSON knows"),
        ("x.yaml", "a: 1\n---\nb: 2\n", (2, 1), "more than one YAML document"),
        ("x.yaml", "a: !!python/name:os.system\n", (1, 4), "has no meaning in JSON"),
        ("x.yaml", "[1]: 2\n", (1, 1), "a key of an object must be a string"),
    ],
)
def test_bad_text_is_refused_at_its_place(name: str, text: str, where: tuple[int, int], words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(text, name)
    place = caught.value.place
    assert words in str(caught.value)
    assert place is not None
    assert (place.line, place.column) == where


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.json", "x.avsc", "x.yaml"])
@pytest.mark.parametrize("levels", ["[]", '{"a":1}', '{"a":[]}', '[{"a":[{"b":1}]}]'], ids=["a", "o", "oa", "aoao"])
def test_nesting_is_read_up_to_the_limit_and_refused_beyond_it(name: str, levels: str) -> None:
    """Of arrays, of objects, and of both in turn: ``levels`` inside its own innermost part, again and again."""
    opening = re.findall(r'\[|\{"\w":', levels)
    steps = (opening * (MAXIMUM_NESTING + 1))[: MAXIMUM_NESTING + 1]

    def nested(opened: list[str]) -> str:
        return f"{''.join(opened)}1{''.join(']' if one == '[' else '}' for one in reversed(opened))}"

    parse_document(nested(steps[1:]), name)
    with pytest.raises(DocumentError, match=f"deeper than {MAXIMUM_NESTING} levels"):
        parse_document(nested(steps), name)


def test_brackets_in_strings_do_not_nest() -> None:
    text = json.dumps(["[" * 10 * MAXIMUM_NESTING])
    assert parse_document(text, "x.json").value == ["[" * 10 * MAXIMUM_NESTING]


@pytest.mark.parametrize("quoted", ['"', "\\", '\\"', '"]', "[{", "\n[", "\ud83d[", "\ud800"])
def test_brackets_in_strings_neither_nest_nor_end_anything_in_a_long_text(quoted: str) -> None:
    value = [{quoted: [quoted + "[" * 3, "]" * 2 + quoted]}] * MAXIMUM_NESTING
    assert parse_document(json.dumps(value), "x.json").value == value
    assert parse_document(json.dumps(value, ensure_ascii=False), "x.json").value == value
    level = MAXIMUM_NESTING + 1
    text = f"[{json.dumps(quoted)},{'[' * level}{']' * level}]"
    with pytest.raises(DocumentError, match=f"deeper than {MAXIMUM_NESTING} levels"):
        parse_document(text, "x.json")


def test_comments_are_read_over_in_avsc_and_keep_positions() -> None:
    text = '{ // "type": 1\n  /* {\n */ "a": "// no comment", "b": [1]}'
    document = parse_document(text, "x.avsc", comments=True)
    assert document.value == {"a": "// no comment", "b": [1]}
    assert locate(document, Place("/b/0")) == Place(
        "/b/0", origin="x.avsc", line=3, column=33, end_column=34, source=' */ "a": "// no comment", "b": [1]}'
    )
    assert document.text == text


def read(text: str, *, comments: bool) -> JSON | str:
    """The value that a text writes, or what is wrong with it."""
    try:
        return parse_json(text, None, comments=comments)
    except DocumentError as error:
        return str(error)


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([*'[]{},:"\\1', '"a"', "NaN", "//", "/*", "*/", "\n", '"a":1', "[1]", " "]), max_size=12)
)
@example(['{"a":1,"a":2,"b":[]}', "//", '"'])
@example(["[1]", "//", "["] * 600)
@example(["/*", *["["] * 1_200, "*/", "1"])
def test_a_text_is_read_as_if_its_comments_were_spaces(parts: list[str]) -> None:
    """It is tried as it stands first: what that comes to, an error included, is no matter where there are comments."""
    text = "".join(parts)
    assert read(text, comments=True) == read(blank_comments(text), comments=False)


def test_crlf_and_byte_order_mark_do_not_shift_positions() -> None:
    document = parse_document(decode_text(b'\xef\xbb\xbf{\r\n\t"\xc3\xa9": 1}', "x"), "x.json")
    assert locate(document, Place("/é")) == Place(
        "/é", origin="x.json", line=2, column=7, end_column=8, source='\t"é": 1}'
    )


def test_bytes_that_are_not_utf_8_are_refused_with_line() -> None:
    with pytest.raises(DocumentError, match="not UTF-8: byte 0xff at offset 3") as caught:
        decode_text(b'{\n"\xff"}', "x.json")
    assert caught.value.place == Place(origin="x.json", line=2, column=2)


def test_a_pointer_to_nowhere_keeps_the_nearest_parent() -> None:
    document = parse_document('{"a":\n {"b": 1}}', "x.json")
    assert locate(document, Place("/a/zz/1")) == Place(
        "/a/zz/1", origin="x.json", line=2, column=2, end_column=10, source=' {"b": 1}}'
    )


def test_yaml_is_read_with_the_types_of_json() -> None:
    text = "on: no\ndate: 2026-11-21\nn: 1.50\noctal: 010\nq: '1'\nnothing:\nlist: &l [1, ~]\nagain: *l\n"
    assert parse_document(text, "x.yaml").value == {
        "on": "no",
        "date": "2026-11-21",
        "n": Decimal("1.50"),
        "octal": 10,
        "q": "1",
        "nothing": None,
        "list": [1, None],
        "again": [1, None],
    }


def test_yaml_positions() -> None:
    document = parse_document("a:\n  - x: 1\n  - y: 2\n", "x.yaml")
    assert locate(document, Place("/a/1/y")) == Place(
        "/a/1/y", origin="x.yaml", line=3, column=8, end_column=9, source="  - y: 2"
    )


def test_aliases_cannot_expand_without_bound() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(DocumentError, match="aliases expand to more than"):
        parse_document("\n".join(levels), "x.yaml")


def test_numbers_are_exact_when_asked() -> None:
    assert parse_document("[0.1, 1e400]", "x.json").value == [Decimal("0.1"), Decimal("1e400")]
    assert parse_document("[0.5]", "x.avsc", exact=False).value == [0.5]


def test_a_number_beyond_pythons_digit_limit_is_refused() -> None:
    for name in ("x.json", "x.yaml"):
        with pytest.raises(DocumentError, match=r"a number is too long to be read: it has more than 4,300 digits$"):
            parse_document("9" * 5000, name)
