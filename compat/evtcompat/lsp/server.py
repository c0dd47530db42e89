"""The server that an editor talks to over standard input and output (Language Server Protocol 3.17)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import RPCMessage, RPCRequest
from pygls.workspace import TextDocument

from evtcompat import __version__
from evtcompat.errors import EvtcompatError, told_as_fault
from evtcompat.lsp.findings import SOURCE, Marked, Marks, fix_edit, hover_text
from evtcompat.model.reports import Problem, Report
from evtcompat.model.verdicts import Verdict

#: The text of a document that a report of a file names and that is no file: the file as it is at a commit.
TextOf: TypeAlias = "Callable[[Path, str, Mapping[Path, bytes]], str | None]"
#: Checks a file, given what editors hold of files and have not saved; ``None`` for what is no schema.
Check: TypeAlias = "Callable[[Path, Mapping[Path, bytes]], Report | None]"
#: Seconds without a change after which a document is checked: what one keystroke is several changes of.
_QUIET: Final = 0.02
#: The same while changes come faster than they can be checked, so that few checks are thrown away.
_QUIET_WHILE_OVERTAKEN: Final = 0.15


def _is_file(uri: str, path: str | None) -> bool:
    """Whether a document is a file of the disk, saved or not: no draft without a name, and no name that no file has."""
    try:
        name = os.fsencode(path or "")
    except UnicodeEncodeError:  # half a character
        return False
    return uri.startswith("file:") and bool(name) and b"\0" not in name


class _Answering(LanguageServerProtocol):
    """Answers every request, also one that cannot be understood or comes too early or late: whoever asked waits."""

    def structure_message(self, data: dict[str, Any]) -> object:
        """The message of a JSON object.

        Raises:
            JsonRpcException: It is none; whoever asked was told.
        """
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and data.get("id") is not None:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def handle_message(self, message: RPCMessage) -> None:
        """What a message asks for is begun; a request before `initialize` or after `shutdown` is refused."""
        early = self._workspace is None
        if isinstance(message, RPCRequest) and (self._shutdown or (early and message.method != types.INITIALIZE)):
            kind = JsonRpcInvalidRequest if self._shutdown else JsonRpcServerNotInitialized
            self._send_response(message.id, error=kind().to_response_error())
        else:
            super().handle_message(message)


class SchemaServer(LanguageServer):
    """Checks the documents that are open, one check at a time, and only what somebody still waits for."""

    def __init__(self, check: Check, text_of: TextOf) -> None:
        """Nothing is checked yet."""
        incremental = types.TextDocumentSyncKind.Incremental
        super().__init__(SOURCE, __version__, text_document_sync_kind=incremental, protocol_cls=_Answering)
        self._check = check
        self._text_of = text_of
        #: Where documents stand that an editor asked for and that are no files.
        self._shown: tempfile.TemporaryDirectory[str] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._marks: dict[str, Marks] = {}
        #: Documents that were changed while they were checked last, so that nobody has seen what was found.
        self._overtaken: set[str] = set()
        self._told_to_shut_down = False
        #: The exit code that the protocol asks for: 1 where the editor says `exit` and has not said `shutdown`.
        self.exit_code = 0

    def shut_down(self) -> None:
        """The editor ends in order: what it says next is `exit`."""
        self._told_to_shut_down = True

    def ended(self) -> None:
        """The editor has said `exit`."""
        self.exit_code = 0 if self._told_to_shut_down else 1

    def soon(self, uri: str) -> None:
        """The document is checked once it has been left alone for a moment."""
        self.forget(uri)
        self._waiting[uri] = asyncio.get_running_loop().create_task(self._checked(uri))

    def all_soon(self) -> None:
        """Every open document is checked: a saved file may be referred to by any of them."""
        for document in list(self.workspace.text_documents.values()):
            self.soon(document.uri)

    def _open(self, uri: str) -> TextDocument | None:
        """The document, as an editor spells its address; ``None`` where it is not open."""
        document = self.workspace.get_text_document(uri)
        return None if document.version is None else document  # one that is made here, of the disk, has no version

    def forget(self, uri: str) -> None:
        """Whoever waits for a check of the document waits no more."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()

    def closed(self, uri: str) -> None:
        """The editor shows nothing about it any more."""
        self.forget(uri)
        self._marks.pop(uri, None)
        self._overtaken.discard(uri)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def found(self, uri: str, where: types.Range | types.Position) -> list[Marked]:
        """The findings at a place of the document as it stands; none while they are not known."""
        marks = self._marks.get(uri)
        document = self._open(uri)
        if marks is None or document is None or marks.version != document.version:
            return []
        return list(marks.at(where if isinstance(where, types.Range) else types.Range(where, where)))

    def gone(self, uri: str) -> None:
        """A file is there no more, or has another name; what else is open may have referred to it."""
        self.closed(uri)
        self.all_soon()

    async def place_of(self, uri: str, one: Marked) -> types.Location | None:
        """The other place of a finding as a file that an editor can open; ``None`` where there is none."""
        place = one.elsewhere
        if one.other is not None or place.origin is None or place.line is None:
            return one.other
        path = Path(self.workspace.get_text_document(uri).path)
        async with self._one_at_a_time:
            try:
                text = await asyncio.to_thread(self._text_of, path, place.origin, self._unsaved())
            except EvtcompatError:  # the repository cannot be read any more: the diagnostics say so
                return None
        if text is None:
            return None
        start = types.Position(place.line - 1, (place.column or 1) - 1)
        return types.Location(self._kept(place.origin, text).as_uri(), types.Range(start, start))

    def _kept(self, origin: str, text: str) -> Path:
        """A file, not to be written to, that holds what a document of a commit holds."""
        if self._shown is None:
            self._shown = tempfile.TemporaryDirectory(prefix="evtcompat-lsp-")
        folder = Path(self._shown.name) / hashlib.sha256(f"{origin}\0{text}".encode()).hexdigest()[:16]
        file = folder / (
            re.sub(r"[^\w.-]+", "-", origin.rpartition("/")[2].rpartition(":")[2]).lstrip(".") or "baseline"
        )
        if not file.exists():
            folder.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
            file.chmod(0o400)
        return file

    def close(self) -> None:
        """Nothing that was written for the editor is left."""
        if self._shown is not None:
            self._shown.cleanup()
            self._shown = None

    async def _checked(self, uri: str) -> None:
        await asyncio.sleep(_QUIET_WHILE_OVERTAKEN if uri in self._overtaken else _QUIET)
        async with self._one_at_a_time:
            document = self._open(uri)
            if document is None or not _is_file(uri, document.path):
                return
            version = document.version
            report = await self._finished(uri, asyncio.to_thread(self._report, Path(document.path), self._unsaved()))
        if document.version != version:
            return  # it was changed meanwhile, and is checked again
        self._overtaken.discard(uri)
        self._waiting.pop(uri, None)
        if report is None:
            self._marks.pop(uri, None)
            diagnostics = []
        else:
            self._marks[uri] = Marks(report, document, self.workspace.position_codec)
            diagnostics = self._marks[uri].diagnostics
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    async def _finished(self, uri: str, check: Coroutine[None, None, Report | None]) -> Report | None:
        """What a check found. It is waited for also where nobody wants to know it any more: a thread goes on.

        Raises:
            asyncio.CancelledError: The document was changed or closed meanwhile.
        """
        running = asyncio.ensure_future(check)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if self._open(uri) is not None:
                self._overtaken.add(uri)
            await asyncio.wait([running])
            raise

    def _unsaved(self) -> Mapping[Path, bytes]:
        """What the editor holds of the files that are open; a document that is no file of the disk is none of them."""
        return {
            # half a character is no UTF-8, which is told of this file and keeps no other from being checked
            Path(one.path): one.source.encode("utf-8", "surrogatepass")
            for one in self.workspace.text_documents.values()
            if _is_file(one.uri, one.path)
        }

    def _report(self, path: Path, unsaved: Mapping[Path, bytes]) -> Report | None:
        try:
            with told_as_fault(f"checking {path.name}"):
                return self._check(path, unsaved)
        except EvtcompatError as error:
            place = None if error.place is None else str(error.place)
            problem = Problem(error.message, error.hint, place)
            return Report(verdict=Verdict.UNCHECKED, errors=(problem,))


def _opened(ls: SchemaServer, params: types.DidOpenTextDocumentParams) -> None:
    ls.soon(params.text_document.uri)


def _changed(ls: SchemaServer, params: types.DidChangeTextDocumentParams) -> None:
    ls.soon(params.text_document.uri)


def _saved(ls: SchemaServer, _: types.DidSaveTextDocumentParams) -> None:
    ls.all_soon()


def _closed(ls: SchemaServer, params: types.DidCloseTextDocumentParams) -> None:
    ls.closed(params.text_document.uri)


def _moved(ls: SchemaServer, _: types.DidChangeWatchedFilesParams) -> None:
    ls.all_soon()


def _shut_down(ls: SchemaServer, _: None) -> None:
    ls.shut_down()


def _ended(ls: SchemaServer, _: None) -> None:
    ls.ended()


def _hover(ls: SchemaServer, params: types.HoverParams) -> types.Hover | None:
    texts = [hover_text(one.finding) for one in ls.found(params.text_document.uri, params.position)]
    if not texts:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(dict.fromkeys(texts))))


async def _baseline(ls: SchemaServer, params: types.DefinitionParams) -> list[types.Location]:
    uri = params.text_document.uri
    found = [await ls.place_of(uri, one) for one in ls.found(uri, params.position)]
    return list({str(one): one for one in found if one is not None}.values())


def _renamed(ls: SchemaServer, params: types.RenameFilesParams) -> None:
    for file in params.files:
        ls.gone(file.old_uri)


def _deleted(ls: SchemaServer, params: types.DeleteFilesParams) -> None:
    for file in params.files:
        ls.gone(file.uri)


def _fixes(ls: SchemaServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    actions: dict[str, types.CodeAction] = {}
    for one in ls.found(uri, params.range):
        fix = one.finding.fix
        edit = fix_edit(one.finding, ls.workspace.get_text_document(uri), ls.workspace.position_codec)
        if fix is not None and edit is not None:
            actions[fix.text] = types.CodeAction(
                title=fix.text,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[one.diagnostic],
                edit=types.WorkspaceEdit(changes={uri: [edit]}),
            )
    return list(actions.values())


#: What an editor tells of files that are renamed or deleted in it.
_ANY_FILE: Final = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
)
_FEATURES: Final[tuple[tuple[str, object, Callable[..., object]], ...]] = (
    (types.SHUTDOWN, None, _shut_down),
    (types.EXIT, None, _ended),
    (types.TEXT_DOCUMENT_DID_OPEN, None, _opened),
    (types.TEXT_DOCUMENT_DID_CHANGE, None, _changed),
    (types.TEXT_DOCUMENT_DID_SAVE, None, _saved),
    (types.TEXT_DOCUMENT_DID_CLOSE, None, _closed),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, None, _moved),
    (types.WORKSPACE_DID_RENAME_FILES, _ANY_FILE, _renamed),
    (types.WORKSPACE_DID_DELETE_FILES, _ANY_FILE, _deleted),
    (types.TEXT_DOCUMENT_HOVER, None, _hover),
    (types.TEXT_DOCUMENT_DEFINITION, None, _baseline),
    (types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]), _fixes),
)


def server(check: Check, text_of: TextOf) -> SchemaServer:
    """A server that answers with what `check` finds; it is not started."""
    made = SchemaServer(check, text_of)
    for name, options, answer in _FEATURES:
        made.feature(name, options)(answer)
    return made
