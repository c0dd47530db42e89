"""What the language server, started as editors start it, shows of the documents that are open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from cli_harness import commit
from laws.projects import FEW, WAYS
from lsp.editor import FIELDS, Editor, order, play


@pytest.mark.slow
def test_what_is_typed_is_checked_before_it_is_saved(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema)
        assert await editor.diagnostics(schema) == []
        editor.type(schema, order(*FIELDS, {"name": "währung", "type": "string"}))
        (found,) = await editor.diagnostics(schema)
        assert (found.code, found.severity) == ("reader-field-missing-default-value", types.DiagnosticSeverity.Error)
        assert (found.range.start.line, found.range.start.character) == (12, 4)
        assert found.related_information is not None
        assert "HEAD:" in found.related_information[0].message
        editor.type(schema, order(*FIELDS))
        assert await editor.diagnostics(schema) == []

    play(story)


@pytest.mark.slow
def test_a_file_is_checked_whatever_its_name_is_and_when_another_is_saved(schema: Path, repository: Path) -> None:
    odd = [schema.with_name(f"{name}.avsc") for name in ("my order", "größe", "a+b@c(d),e='f'~&", "100%25 [x]#;")]
    for path in odd:
        path.write_text(order(*FIELDS), encoding="utf-8")
    commit(repository, "names")

    async def story(editor: Editor) -> None:
        for path in odd:
            editor.open(path, order(*FIELDS, {"name": "currency", "type": "string"}))
            assert [one.code for one in await editor.diagnostics(path)] == ["reader-field-missing-default-value"], path
        editor.shown.clear()
        document = types.TextDocumentIdentifier(odd[0].as_uri())
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(document))
        for path in odd:
            assert await editor.diagnostics(path), path

    play(story)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["schemas", "schemas/new"])
def test_a_file_that_was_never_saved_is_checked_like_one_that_was(schema: Path, repository: Path, folder: str) -> None:
    schema.rename(schema.with_name("order-v1.avsc"))
    commit(repository, "versions")
    new = repository / folder / "order-v2.avsc"

    async def story(editor: Editor) -> None:
        editor.open(new, '{"type": "record"')
        (found,) = await editor.diagnostics(new)
        assert found.message.startswith("Not checked: ")
        editor.type(new, order(*FIELDS, {"name": "currency", "type": "string"}))
        found_now = await editor.diagnostics(new)
        expected = [] if folder.endswith("new") else ["reader-field-missing-default-value"]
        assert [one.code for one in found_now] == expected  # in a folder of its own it is another subject
        assert not new.exists()

    play(story)


@pytest.mark.slow
def test_a_type_in_a_file_that_was_never_saved_counts_for_what_refers_to_it(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        user, money = schema.with_name("invoice.avsc"), schema.with_name("money.avsc")
        editor.open(money, MONEY)
        editor.open(user, order({"name": "sum", "type": "Money"}))
        assert await editor.diagnostics(user) == []

    play(story)


MONEY = json.dumps({"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]})
BROKEN_MONEY = MONEY.replace("long", "string")


def referring(repository: Path, folder: Path) -> tuple[Path, Path]:
    """Two committed files: a type, and a schema that refers to it."""
    money, user = folder / "money.avsc", folder / "invoice.avsc"
    money.write_text(MONEY, encoding="utf-8")
    user.write_text(order({"name": "sum", "type": "Money"}), encoding="utf-8")
    commit(repository, "money")
    return money, user


@pytest.mark.slow
@pytest.mark.parametrize("what", ["renamed", "deleted"])
def test_a_file_that_is_gone_is_told_about_no_more_and_what_refers_to_it_is_checked_again(
    schema: Path, repository: Path, what: str
) -> None:
    async def story(editor: Editor) -> None:
        money, user = referring(repository, schema.parent)
        editor.open(money, BROKEN_MONEY)
        editor.open(user)
        assert await editor.diagnostics(money)
        assert await editor.diagnostics(user)
        editor.shown.clear()
        if what == "renamed":
            new = money.rename(money.with_name("amount.avsc"))
            files = [types.FileRename(money.as_uri(), new.as_uri())]
            editor.close(money)
            editor.client.workspace_did_rename_files(types.RenameFilesParams(files))
        else:
            money.unlink()
            editor.close(money)
            editor.client.workspace_did_delete_files(types.DeleteFilesParams([types.FileDelete(money.as_uri())]))
        again = await editor.diagnostics(user)
        assert list(editor.shown[money.as_uri()].diagnostics) == []
        assert bool(again) == (what == "deleted")

    play(story)


@pytest.mark.slow
def test_a_type_that_is_open_beside_it_counts_as_it_stands_there(schema: Path, repository: Path) -> None:
    async def story(editor: Editor) -> None:
        money, user = referring(repository, schema.parent)
        editor.open(money)
        editor.open(user)
        assert await editor.diagnostics(user) == []
        editor.type(money, BROKEN_MONEY)
        assert await editor.diagnostics(money)
        document = types.TextDocumentIdentifier(money.as_uri())
        editor.shown.pop(user.as_uri())
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(document))
        assert await editor.diagnostics(user)

    play(story)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("package.json", '{"name": "x"}', 0),
        ("order.avsc", '{"type": "record", "name"', 1),
        ("order.avsc", "", 1),
        ("other.avsc", order(*FIELDS), 0),
    ],
)
def test_what_cannot_be_checked_is_told_and_what_is_no_schema_left_alone(
    schema: Path, name: str, text: str, expected: int
) -> None:
    async def story(editor: Editor) -> None:
        path = schema.with_name(name)
        editor.open(path, text)
        found = await editor.diagnostics(path)
        assert len(found) == expected
        assert all(one.message.startswith("Not checked: ") for one in found)

    play(story)


#: Documents that an editor may hold besides, and that are no schema, or no file at all.
STRANGE = {
    "untitled:Untitled-1": "{",
    "git:/repo/schemas/order.avsc?HEAD": "{}",
    "file:///a%00b.avsc": "{}",
    "file:///nowhere/half.avsc": '{"type": "record", "name": "\ud800"}',
    "file:///nowhere/deep.avsc": "[" * 50_000,
    "file:///dev/null": "{}",
    "file://": "{}",
}


@pytest.mark.slow
def test_what_else_is_open_or_broken_on_disk_hides_nothing_about_a_document(schema: Path) -> None:
    broken = schema.with_name("paid.avsc")

    async def story(editor: Editor) -> None:
        text = order(*FIELDS, {"name": "currency", "type": "string"})
        editor.open(schema, text)
        before = await editor.diagnostics(schema)
        assert len(before) == 1
        for uri, content in STRANGE.items():
            item = types.TextDocumentItem(uri, "json", 1, content)
            editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        for way in FEW:
            broken.write_text(order(*FIELDS), encoding="utf-8")
            WAYS[way](broken)
            editor.type(schema, text)
            assert await editor.diagnostics(schema) == before, way
            if broken.is_dir():
                broken.rmdir()
            else:
                broken.unlink(missing_ok=True)

    play(story)


@pytest.mark.slow
def test_a_document_that_cannot_be_read_is_told_in_words(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema, "{")
        (found,) = await editor.diagnostics(schema)
        assert found.message.startswith("Not checked: ")
        editor.type(schema, '{"type": "record", "name": "\ud800"}')
        (found,) = await editor.diagnostics(schema)
        assert "UTF-8" in found.message
        assert "fault" not in found.message

    play(story)


@pytest.mark.slow
def test_what_keeps_a_document_from_being_checked_is_told_with_its_place(schema: Path, repository: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema, '{\n  "type": }')
        (found,) = await editor.diagnostics(schema)
        assert found.range.start == types.Position(1, 10)
        settings = repository / "evtcompat.toml"
        settings.write_text('\nlevl = "full"\n', encoding="utf-8")
        editor.type(schema, order(*FIELDS))
        (found,) = await editor.diagnostics(schema)
        assert "evtcompat.toml:2:1: unknown key `levl`" in found.message
        (other,) = found.related_information or ()
        assert (other.location.uri, other.location.range.start) == (settings.as_uri(), types.Position(1, 0))

    play(story)
