"""What the language server answers about a finding: what mends it, what it means, and where the baseline is."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from lsprotocol import types

from cli_harness import commit
from lsp.editor import FIELDS, Editor, order, play


def _mended(path: Path, text: str) -> str:
    """The text after the only quick fix of the only finding, of which nothing is found."""
    made: list[str] = []

    async def story(editor: Editor) -> None:
        editor.open(path, text)
        (found,) = await editor.diagnostics(path)
        document = types.TextDocumentIdentifier(path.as_uri())
        context = types.CodeActionContext([found])
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(document, found.range, context)
        )
        assert actions is not None
        (action,) = actions
        assert isinstance(action, types.CodeAction)
        assert action.edit is not None
        assert action.edit.changes is not None
        (edit,) = action.edit.changes[path.as_uri()]
        made.append(applied(text, edit))
        editor.type(path, made[0])
        assert await editor.diagnostics(path) == []

    play(story)
    return made[0]


@pytest.mark.slow
def test_a_fix_is_an_edit_after_which_nothing_is_found(schema: Path) -> None:
    _mended(schema, order(*FIELDS, {"doc": "😀", "name": "currency", "type": "string"}))


_DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {}
components:
  messages:
    OrderPlaced:
      payload:  # 😀
        type: object
        required: [id]  # never empty
        properties: {id: {type: string}, total: {type: integer}}
"""


@pytest.mark.slow
def test_a_fix_of_a_schema_in_a_yaml_document_is_an_edit_of_the_document(repository: Path) -> None:
    path = repository / "asyncapi.yaml"
    path.write_text(_DOCUMENT, encoding="utf-8")
    commit(repository, "first")
    assert _mended(path, _DOCUMENT.replace("[id]", "[id, total]")) == _DOCUMENT


def applied(text: str, edit: types.TextEdit) -> str:
    """The text after an edit, whose columns are UTF-16 code units."""
    lines = text.splitlines(keepends=True)

    def offset(position: types.Position) -> int:
        before = "".join(lines[: position.line])
        line = lines[position.line] if position.line < len(lines) else ""
        return len(before) + len(line.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))

    return text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]


@pytest.mark.slow
def test_a_finding_is_explained_where_the_pointer_rests(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema, order(FIELDS[0], {"name": "total", "type": "string"}))
        found = (await editor.diagnostics(schema))[0]
        document = types.TextDocumentIdentifier(schema.as_uri())
        hover = await editor.client.text_document_hover_async(types.HoverParams(document, found.range.start))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "type-mismatch" in hover.contents.value
        assert '"total"' in hover.contents.value
        elsewhere = types.HoverParams(document, types.Position(0, 0))
        assert await editor.client.text_document_hover_async(elsewhere) is None

    play(story)


@pytest.mark.slow
def test_the_baseline_is_one_step_away_where_it_is_a_file(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        first, second = schema.with_name("paid-v1.avsc"), schema.with_name("paid-v2.avsc")
        first.write_text(order(*FIELDS), encoding="utf-8")
        second.write_text(order(*FIELDS), encoding="utf-8")
        editor.open(second, order(FIELDS[0], {"name": "total", "type": "string"}))
        found = (await editor.diagnostics(second))[0]
        where = await editor.client.text_document_definition_async(
            types.DefinitionParams(types.TextDocumentIdentifier(second.as_uri()), found.range.start)
        )
        assert isinstance(where, list)
        assert {one.uri for one in where if isinstance(one, types.Location)} == {first.as_uri()}

    play(story)


@pytest.mark.slow
def test_the_baseline_in_git_is_one_step_away_as_a_file_that_is_not_written_to(schema: Path) -> None:
    committed = schema.read_text(encoding="utf-8")

    async def story(editor: Editor) -> None:
        editor.open(schema, order(FIELDS[0], {"name": "total", "type": "string"}))
        found = (await editor.diagnostics(schema))[0]
        document = types.TextDocumentIdentifier(schema.as_uri())
        for _ in range(2):  # asked again, it is the same file
            where = await editor.client.text_document_definition_async(
                types.DefinitionParams(document, found.range.start)
            )
            assert isinstance(where, list)
            (one,) = where
            assert isinstance(one, types.Location)
            assert '"int"' in committed.splitlines()[one.range.start.line]
            kept.append(Path(url2pathname(urlsplit(one.uri).path)))
            seen.append(as_it_is(kept[-1]))

    kept: list[Path] = []
    seen: list[tuple[str, int]] = []
    play(story)
    assert seen == [(committed, 0)] * 2
    assert kept[0] == kept[1]
    assert kept[0].name == schema.name
    assert not kept[0].exists()


def as_it_is(file: Path) -> tuple[str, int]:
    """What a file holds, and who may write to it."""
    return file.read_text(encoding="utf-8"), file.stat().st_mode & 0o222
