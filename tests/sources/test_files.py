"""Reading schema files, and what is a schema."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evtcompat.errors import DocumentError
from evtcompat.formats.loading import by_name
from evtcompat.sources.documents.document_files import disk, read_document
from evtcompat.sources.documents.files import Discovery, discover
from evtcompat.sources.documents.layout import Layout

AVRO = '{"type": "record", "name": "A", "fields": []}'
JSON_SCHEMA = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'
YAML_SCHEMA = '$schema: "http://json-schema.org/draft-07/schema#"\ntype: object\n'


def lay(root: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)


def found(discovery: Discovery) -> list[str]:
    return [candidate.path for candidate in discovery.candidates]


def search(root: Path, *paths: str, layout: Layout | None = None) -> Discovery:
    return discover(disk(root, root), paths or ("",), layout)


def test_a_walk_finds_schemas_and_lists_what_it_passes_by(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "a.avsc": AVRO,
            "sub folder/ä.json": JSON_SCHEMA,
            "sub folder/y.yml": YAML_SCHEMA,
            "ig/1-0-0": JSON_SCHEMA,
            "payload.json": '{"orderId": 1}',
            "tsconfig.json": '{"$schema": "https://json.schemastore.org/tsconfig", /* comments */ }',
            "idl.avdl": "protocol P {}",
            "p.proto": 'syntax = "proto3";',
            "README": "json-schema.org/draft-07",
            ".git/x.avsc": AVRO,
            ".venv/x.avsc": AVRO,
            ".hidden/x.avsc": AVRO,
            "node_modules/x/x.avsc": AVRO,
            "env/pyvenv.cfg": "",
            "env/x.avsc": AVRO,
        },
    )
    discovery = search(tmp_path)
    assert not discovery.problems
    assert found(discovery) == ["a.avsc", "ig/1-0-0", "sub folder/y.yml", "sub folder/ä.json"]
    assert [candidate.format for candidate in discovery.candidates] == [by_name("avro"), *[by_name("json-schema")] * 3]
    assert discovery.skipped == (
        "idl.avdl (an Avro IDL file without records)",
        "p.proto (Protocol Buffers are not read)",
        "payload.json (no known $schema)",
    )


def test_a_folder_that_a_walk_passes_over_is_searched_when_it_is_named(tmp_path: Path) -> None:
    lay(tmp_path, {".schemas/x.avsc": AVRO, ".schemas/.git/y.avsc": AVRO})
    assert found(search(tmp_path, ".schemas")) == [".schemas/x.avsc"]


def test_paths_that_overlap_give_each_schema_once(tmp_path: Path) -> None:
    lay(tmp_path, {"s/a.avsc": AVRO, "s/b.avsc": AVRO})
    assert found(search(tmp_path, "s", "s/a.avsc", "./s/", "")) == ["s/a.avsc", "s/b.avsc"]


def test_the_configuration_says_what_else_is_a_schema_and_what_is_not(tmp_path: Path) -> None:
    lay(tmp_path, {"c/a.avsc": AVRO, "c/b.schema": '{"type": "object"}', "c/no.avsc": "garbage", "c/d.json": AVRO})
    layout = Layout(folder="c", include=("*.schema",), exclude=("no*",), subjects={"d": ("d.json",)})
    discovery = search(tmp_path, layout=layout)
    assert not discovery.problems
    assert {candidate.path: candidate.format for candidate in discovery.candidates} == {
        "c/a.avsc": by_name("avro"),
        "c/b.schema": by_name("json-schema"),
        "c/d.json": by_name("avro"),
    }
    assert discovery.skipped == ("c/no.avsc (excluded)",)


NAMED = {
    "missing.avsc": (None, "there is no such file or folder"),
    "payload.json": ('{"a": 1}', "is no schema"),
    "notes.txt": ("some words", "is no schema"),
    "broken.json": ('{"a": }', "not valid JSON"),
    "idl.avdl": ("protocol P {}", "an Avro IDL file without records"),
    "wrong.avdl": ("protocol P {", "not valid Avro IDL"),
    "x.proto": ('syntax = "proto3";', "Protocol Buffers are not read"),
    "empty.avsc": (" \n", "the file is empty"),
    "latin.avsc": ('{"type": "ü"}'.encode("latin-1"), "not UTF-8: byte 0xfc at offset 10"),
    "twice.avsc": ('{"type": "int",\n "type": "int"}', "stands twice"),
    "folder": ("", "there is no schema in this folder"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_path_that_is_no_schema_is_a_problem_with_the_next_step(name: str, tmp_path: Path) -> None:
    content, message = NAMED[name]
    if name == "folder":
        (tmp_path / name).mkdir()
    elif content is not None:
        lay(tmp_path, {name: content})
    lay(tmp_path, {"good.avsc": AVRO})
    discovery = search(tmp_path, name, "good.avsc")
    (problem,) = discovery.problems
    assert message in problem.message
    assert problem.place is not None
    assert problem.place.origin == name
    assert problem.hint
    assert problem.exit_code == 3
    assert found(discovery) == ["good.avsc"], "one bad path must not hide the others"


@pytest.mark.parametrize("content", ["\ufeff" + AVRO, AVRO.replace(", ", ",\r\n"), "// why\n" + AVRO + "/* end */"])
def test_byte_order_mark_crlf_and_comments_are_read(content: str, tmp_path: Path) -> None:
    lay(tmp_path, {"a.avsc": content})
    (candidate,) = search(tmp_path).candidates
    assert candidate.document.value == {"type": "record", "name": "A", "fields": []}


def test_a_broken_schema_in_a_folder_is_a_problem_and_hides_nothing(tmp_path: Path) -> None:
    lay(tmp_path, {"a.avsc": "{", "b.avsc": AVRO, "c.json": JSON_SCHEMA[:-1], "data.json": "{"})
    discovery = search(tmp_path)
    assert found(discovery) == ["b.avsc"]
    assert [problem.place.origin for problem in discovery.problems if problem.place] == ["a.avsc", "c.json"]
    assert discovery.skipped == ("data.json (no known $schema)",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    lay(tmp_path, {"a.avsc": AVRO})
    (tmp_path / "a.avsc").chmod(0)
    (problem,) = search(tmp_path).problems
    assert problem.message == "cannot be read: Permission denied"


def test_links_are_followed_once_and_never_in_circles(tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(root, {"data/a-v1.avsc": AVRO})
    lay(tmp_path, {"elsewhere/b.avsc": AVRO})
    (root / "schemas").symlink_to("data")
    (root / "data" / "self").symlink_to("..")
    (root / "data" / "latest.avsc").symlink_to("a-v1.avsc")
    (root / "gone.avsc").symlink_to("nowhere.avsc")
    (root / "data" / "loop.avsc").symlink_to("loop.avsc")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    assert found(search(root)) == found(search(root, "schemas")) == ["data/a-v1.avsc"]
    assert search(root).outside == (str(tmp_path / "elsewhere"),)
    assert "gone.avsc (a link that leads nowhere)" in search(root).skipped


def test_a_document_is_called_what_the_caller_called_it(tmp_path: Path) -> None:
    lay(tmp_path, {"a b.avsc": AVRO})
    document = read_document(tmp_path / "a b.avsc", by_name("avro"))
    assert document.origin == str(tmp_path / "a b.avsc")
    with pytest.raises(DocumentError, match="is a folder"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match="there is no such file"):
        read_document(tmp_path / "nothing.avsc")
