"""An editor that has started the language server, and speaks to it as a real client does."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from cli_harness import ROOT

FIELDS = [{"name": "id", "type": "string"}, {"name": "total", "type": "int"}]
_LONGEST = 30.0


def order(*fields: dict[str, Any]) -> str:
    """The text of a schema."""
    return json.dumps({"type": "record", "name": "Order", "fields": list(fields)}, indent=2, ensure_ascii=False)


class Editor:
    """What a person sees of the files that are open."""

    def __init__(self, client: LanguageClient) -> None:
        """Nothing is open."""
        self.client = client
        self.shown: dict[str, types.PublishDiagnosticsParams] = {}
        self.told = asyncio.Event()
        self._versions: dict[str, int] = {}

        def published(params: types.PublishDiagnosticsParams) -> None:
            self.shown[params.uri] = params
            self.told.set()

        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a file; `text` is what the editor holds of it."""
        self._versions[path.as_uri()] = 1
        text = path.read_text(encoding="utf-8") if text is None else text
        item = types.TextDocumentItem(path.as_uri(), "json", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: Path, text: str) -> None:
        """The document holds another text, which is not saved."""
        uri = path.as_uri()
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, path: Path) -> None:
        """The document is open no more."""
        document = types.TextDocumentIdentifier(path.as_uri())
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def diagnostics(self, path: Path) -> list[types.Diagnostic]:
        """What is shown of the text that was typed last."""
        uri = path.as_uri()
        async with asyncio.timeout(_LONGEST):
            while uri not in self.shown or self.shown[uri].version != self._versions[uri]:
                self.told.clear()
                await self.told.wait()
        return list(self.shown[uri].diagnostics)

    async def cleared(self, path: Path) -> None:
        """Nothing is shown of a document."""
        async with asyncio.timeout(_LONGEST):
            while self.shown[path.as_uri()].diagnostics:
                self.told.clear()
                await self.told.wait()


@asynccontextmanager
async def editor() -> AsyncIterator[Editor]:
    """An editor that has started the server."""
    client = LanguageClient("an editor", "1")
    found = Editor(client)
    environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null"}
    await client.start_io(sys.executable, "-m", "evtcompat", "lsp", env=environment)
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
    client.initialized(types.InitializedParams())
    try:
        yield found
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call]


Story: TypeAlias = Callable[[Editor], Coroutine[Any, Any, None]]


def play(story: Story) -> None:
    """Run what happens in an editor."""

    async def run() -> None:
        async with editor() as found:
            await story(found)

    asyncio.run(run())
