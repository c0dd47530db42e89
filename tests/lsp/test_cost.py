"""What a keystroke costs the language server, in time and in memory."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from cli_harness import commit
from lsp.editor import FIELDS, Editor, order, play


@pytest.mark.slow
def test_a_thousand_quick_changes_end_with_what_the_last_one_says(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema)
        for number in range(1000):
            editor.type(schema, order(*FIELDS, {"name": f"f{number}", "type": "string"}))
        (found,) = await editor.diagnostics(schema)
        assert "f999" in found.message
        editor.close(schema)
        await editor.cleared(schema)

    play(story)


def memory_of(client: LanguageClient) -> int:
    """The bytes that the server holds in memory."""
    process = client._server
    assert process is not None
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of a process is read from Linux")
def test_a_thousand_checked_changes_neither_block_the_server_nor_let_it_grow(schema: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.open(schema)
        document = types.TextDocumentIdentifier(schema.as_uri())
        held: list[int] = []
        for number in range(1000):
            editor.type(schema, order(*FIELDS, {"name": f"f{number}", "type": "string"}))
            if number % 20 == 19:
                (found,) = await editor.diagnostics(schema)
                assert f"f{number}" in found.message
                hover = types.HoverParams(document, found.range.start)
                assert await editor.client.text_document_hover_async(hover) is not None
                held.append(memory_of(editor.client))
        assert max(held[-5:]) - max(held[5:10]) < 20_000_000

    play(story)


def spent_by(client: LanguageClient) -> float:
    """The seconds of CPU that the server has used."""
    process = client._server
    assert process is not None
    words = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def wide(name: str, last: str) -> str:
    """A schema of 500 fields, the last of which is called so."""
    names = [*(f"field{number}" for number in range(499)), last]
    if name.endswith(".avsc"):
        return order(*({"name": one, "type": "string" if len(one) % 2 else ["null", "int"]} for one in names))
    members = {one: {"type": "string" if len(one) % 2 else "integer"} for one in names}
    value = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": members}
    return json.dumps({**value, "required": names[1::2]}, indent=2)


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the time of a process is read from Linux")
@pytest.mark.parametrize("name", ["wide.avsc", "wide.json"])
def test_a_keystroke_in_500_fields_is_cheap_and_many_are_not_checked_one_by_one(repository: Path, name: str) -> None:
    """It is answered after less than 150 ms where a core is free: 20 ms of rest, and what the server spends."""
    path = repository / name
    path.write_text(wide(name, "last"), encoding="utf-8")
    commit(repository, "first")

    async def story(editor: Editor) -> None:
        editor.open(path)
        await editor.diagnostics(path)
        costs = []
        for number in range(8):
            before = spent_by(editor.client)
            editor.type(path, wide(name, f"last{number}"))
            assert await editor.diagnostics(path)
            costs.append(spent_by(editor.client) - before)
        assert min(costs) < 0.13
        before = spent_by(editor.client)
        for number in range(80):
            editor.type(path, wide(name, f"late{number}"))
            await asyncio.sleep(0.01)
        assert any("late79" in one.message for one in await editor.diagnostics(path))
        assert spent_by(editor.client) - before < 25 * min(costs)

    play(story)
