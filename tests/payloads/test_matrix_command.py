"""`evtcompat matrix` as a person and as a program see it."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import fastavro
import pytest

from cli_harness import Run, commit
from evtcompat.model.json_types import JSON
from evtcompat.model.readings import Outcome
from payloads.histories import ROOT, value


def enum(name: str) -> JSON:
    return {"type": "enum", "name": name, "symbols": ["X", "Y"]}


def write(folder: Path, *schemas: object, name: str = "event") -> Path:
    for number, schema in enumerate(schemas, 1):
        (folder / f"{name}-v{number}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    return folder


def test_the_samples_need_no_flag(run: Run) -> None:
    result = run("matrix", "order-placed")
    assert result.code == 0
    assert "written with    read by v1  read by v2\n" in result.out
    assert '  default  channel = "WEB"\n' in result.out


def test_a_cell_that_is_not_fine_is_told_with_the_decoders_words(run: Run, tmp_path: Path) -> None:
    for path in [ROOT / "schemas" / "order-placed-v2.avsc", ROOT / "schemas" / "rejected" / "order-placed-v3.avsc"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    out = run("matrix", "order-placed", cwd=tmp_path).out
    assert "refused  every payload: No default value for field currency in com.example.shop.OrderPlaced" in out
    assert "for a decoder that trusts the reader" in out


def test_the_newest_ten_versions_are_shown_unless_more_are_asked_for(run: Run, tmp_path: Path) -> None:
    write(tmp_path, *[value("int")] * 12)
    result = run("matrix", "event", cwd=tmp_path)
    assert (result.code, result.out.splitlines()[0]) == (0, "event  avro, 10 versions")
    assert "read by v12" in result.out
    assert result.err == "the newest 10 of 12 versions; --newest N shows more\n"
    whole = run("matrix", "event", "--newest", "0", cwd=tmp_path)
    assert (whole.out.splitlines()[0], whole.err) == ("event  avro, 12 versions", "")
    page = run("matrix", "event", "--format", "html", cwd=tmp_path)
    assert "the 2 oldest versions are left out" in page.out


def test_of_a_file_that_is_edited_in_place_as_many_versions_are_shown_as_past_says(run: Run, repository: Path) -> None:
    for number in range(13):
        (repository / "event.avsc").write_text(json.dumps({**value("int"), "doc": str(number)}))
        commit(repository, str(number))
    for words, shown in (((), 10), (("--past", "12"), 12), (("--past", "12", "--newest", "3"), 3)):
        assert run("matrix", "event", *words, cwd=repository).out.splitlines()[0] == f"event  avro, {shown} versions"


def test_the_json_holds_every_value_and_byte(run: Run) -> None:
    """A program that has nothing but the report can decode every payload and gets the values that it tells."""
    result = run("matrix", "order-placed", "--format", "json")
    report = json.loads(result.out)
    schemas = {
        version: fastavro.schema.load_schema(str(ROOT / "schemas" / f"order-placed-v{version}.avsc"))
        for version in "12"
    }
    bodies = {(one["writer"], one["name"]): base64.b64decode(one["payload_base64"]) for one in report["payloads"]}
    assert [(cell["writer"], cell["reader"]) for cell in report["cells"]] == [
        (writer, reader) for writer in "12" for reader in "12"
    ]
    for cell in report["cells"]:
        outcomes = [Outcome(reading["outcome"]) for reading in cell["readings"]]
        assert cell["outcome"] == max(outcomes, key=lambda one: one.weight).value
        for reading in cell["readings"]:
            body = io.BytesIO(bodies[cell["writer"], reading["payload"]])
            seen = fastavro.schemaless_reader(body, schemas[cell["writer"]], schemas[cell["reader"]])
            assert isinstance(seen, dict)
            assert seen.keys() == reading["value"].keys()
            assert seen["orderId"] == reading["value"]["orderId"]


@pytest.mark.slow
def test_the_same_matrix_twice_is_the_same_text(run: Run) -> None:
    for form in ("text", "json"):
        first = run("matrix", "shipment-dispatched", "--format", form).out
        assert run("matrix", "shipment-dispatched", "--format", form).out == first


def test_a_star_tells_what_the_decoder_at_hand_does_not_see(run: Run, tmp_path: Path) -> None:
    """An enum that changed its namespace inside a changed union: Avro Java finds no branch for it, fastavro does."""
    write(tmp_path, value(["null", enum("a.E")]), value(["null", enum("b.E"), "int"]))
    out = run("matrix", "event", cwd=tmp_path).out
    assert "ok*" in out
    assert "refused by the rules, not by this decoder: " in out
    assert "* `evtcompat check` says otherwise" in out


def test_text_from_a_schema_does_nothing_to_the_terminal(run: Run, tmp_path: Path) -> None:
    schema: dict[str, object] = {"$schema": "http://json-schema.org/draft-07/schema#", "enum": ["a"]}
    (tmp_path / "x-v1.json").write_text(json.dumps({**schema, "enum": ["\x1b[2J\u202e"]}), encoding="utf-8")
    (tmp_path / "x-v2.json").write_text(json.dumps(schema), encoding="utf-8")
    result = run("matrix", "x", cwd=tmp_path)
    assert result.code == 0
    assert "refused" in result.out
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["matrix", "order-plced"], 2, "Did you mean order-placed?"),
        (["matrix", "schemas/order-placed-v2.avsc"], 2, "Did you mean order-placed?"),
        (["matrix", "./schemas/order-placed-v2.avsc"], 2, "Did you mean order-placed?"),
        (["matrix", "order-placed", "--format", "xml"], 2, "Known: text, json, html."),
        (["matrix", "order-placed", "--schemas", "nowhere"], 2, "there is no subject called order-placed"),
        (["matrix", "order-placed", "-o", "no/such/folder/x"], 2, "Make the folder first."),
    ],
)
def test_a_wrong_call_says_what_to_do(run: Run, arguments: list[str], code: int, told: str) -> None:
    result = run(*arguments)
    assert (result.code, told in result.err) == (code, True), result.err


def test_the_name_of_a_file_that_cannot_be_read_is_told_as_such(run: Run, tmp_path: Path) -> None:
    write(tmp_path, value("int"))
    (tmp_path / "order.avsc").write_text('{"type": "record",')
    result = run("matrix", "order.avsc", cwd=tmp_path)
    assert (result.code, "order.avsc:1:19" in result.err) == (3, True), result.err


def test_where_no_subject_is_known_the_file_that_cannot_be_read_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("import nosuchthing\n")
    for command in (("matrix", "Order"), ("fixtures", "generate", "Order", "-o", "fx")):
        result = run(*command, "--schemas", "shop:", cwd=tmp_path)
        assert (result.code, "No module named 'nosuchthing'" in result.err) == (3, True), result.err
    write(tmp_path, value("int"))
    result = run("matrix", "Order", "--schemas", "shop:", "--schemas", "event-v1.avsc", cwd=tmp_path)
    assert (result.code, "What is in shop.py could not be read." in result.err) == (2, True), result.err


def test_of_many_subjects_some_are_named_and_the_rest_is_counted(run: Run, tmp_path: Path) -> None:
    for at in range(23):
        (tmp_path / f"event{at:02}.avsc").write_text('"int"')
    result = run("matrix", "x", cwd=tmp_path)
    assert (result.code, "event19 and 3 more." in " ".join(result.err.split())) == (2, True), result.err


def test_a_version_that_is_no_schema_is_told_with_its_place(run: Run, tmp_path: Path) -> None:
    write(tmp_path, value("int"), value("no-such-type"))
    result = run("matrix", "event", cwd=tmp_path)
    assert result.code == 3
    assert "event-v2.avsc" in result.err
    assert "no-such-type" in result.err


def test_two_subjects_of_one_name_are_told_apart_by_folder(run: Run, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, value("int"), value("long"))
    result = run("matrix", "event", cwd=tmp_path)
    assert result.code == 2
    assert "--schemas FOLDER" in result.err
    assert run("matrix", "event", "--schemas", "a", cwd=tmp_path).code == 0


def test_a_schema_too_deep_for_the_decoder_is_no_crash(run: Run, tmp_path: Path) -> None:
    deep: object = "int"
    for _ in range(200):
        deep = {"type": "array", "items": deep}
    write(tmp_path, value(deep), value(deep))  # type: ignore[arg-type]  # JSON
    result = run("matrix", "event", cwd=tmp_path)
    assert result.code in (0, 3)
    assert "fault in evtcompat" not in result.err
