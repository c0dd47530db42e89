"""Python modules whose models are events: which may be imported, and what importing one of them says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import NoneType
from typing import Any, Final

from evtcompat.containers.loading import marked_in
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import DocumentError, UncheckedError, UnsupportedError
from evtcompat.formats.containers import Beside, Contained, Contents, Inside, SchemaContainer, SourceText
from evtcompat.formats.loading import by_name
from evtcompat.model.documents import Document
from evtcompat.model.event_models import EventModel, OwnCode, Tried
from evtcompat.model.json_texts import loads
from evtcompat.model.places import Place
from evtcompat.reading import LARGEST_MODULE, read_file
from evtcompat.sources.git.objects import GitTree
from evtcompat.sources.models.places import application_span_finder, span_finder
from evtcompat.sources.tree import Tree, WorkTree, file_uri
from evtcompat.syntax.documents import parse_document
from evtcompat.syntax.excerpts import EXCERPT

#: Seconds that importing a module and describing its models may take.
DEADLINE: Final = 30.0
#: Whose interpreter imports the models, where it is not evtcompat's own.
PYTHON: Final = "EVTCOMPAT_PYTHON"
#: The variables that a model's process sees; credentials are not among them.
_KEPT: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
)
#: What the exceptions begin with that say that something to import is not there.
_NOT_IMPORTED: Final = ("ModuleNotFoundError:", "ImportError:")
#: What is said of a text that is no module. Any other may be right where what it needs is there.
_NO_PYTHON: Final = ("SyntaxError:", "IndentationError:", "TabError:")
_SMALLER: Final = "Move the models of events into a module of their own."
#: Files of a commit that are unpacked for an import.
_UNPACKED: Final = (".py", ".pyi", ".json", ".yaml", ".yml", ".toml", ".cfg", ".txt", ".avsc")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class PythonModels(SchemaContainer):
    """A Python module whose classes are events; it is opened through `Models` alone."""

    name = "python-models"
    noun = "a Python module"
    holds = "models"

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:  # noqa: ARG002 - of the protocol
        """See `SchemaContainer`: nothing is known of a module without importing it."""
        return Contents()


PYTHON_MODELS: Final = PythonModels()


@dataclass(frozen=True)
class Module:
    """A module that may be imported."""

    name: str
    #: What of it is wanted by name, besides the models that it defines.
    names: tuple[str, ...] = ()
    #: Where it was looked for, by its dotted name.
    folder: Path = Path()
    #: Whether it is no problem if it lacks a name, or any model: not everything that is asked for is there at both
    #: sides of a change.
    optional: bool = False


@dataclass(frozen=True)
class AskedModel:
    """A model of a module in a tree: an `EventModel`."""

    word: str
    code: tuple[OwnCode, ...]
    _ask: Callable[[Sequence[str]], Tried] = field(repr=False, compare=False)

    def tried(self, payloads: Sequence[str]) -> Tried:
        """See `EventModel`."""
        return self._ask(payloads)


@dataclass(frozen=True)
class Models:
    """The modules of a run that may be imported, by their file on disk."""

    modules: Mapping[Path, Module] = field(default_factory=dict)
    #: Those of them that a run is about though no path that was named leads to them.
    listed: frozenset[Path] = frozenset()
    #: Why nobody knows which others a commit listed.
    unknown: UncheckedError | None = field(default=None, compare=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    #: What was said of modules that did not come to an end: nobody waits for one of them at a commit as well.
    endless: dict[str, DocumentError] = field(default_factory=dict, repr=False, compare=False)

    def module(self, tree: Tree, path: str) -> Module | None:
        """The module in a file of a tree, where it may be imported."""
        top = _top(tree)
        return None if top is None else self.modules.get(top / path)

    def contents(self, tree: Tree, path: str, module: Module) -> tuple[Document, Contents]:
        """The models of a module, as the tree has it.

        Raises:
            DocumentError: It is no Python.
            UnsupportedError: It cannot be imported here, or did not come to an end.
        """
        answer, document, found, problems = self._described(tree, path, module)
        inner = {}
        for one in answer["documents"]:
            try:
                inner[one["name"]] = _inside(one["name"], one["text"], path, document)
            except DocumentError as error:
                problems[one["name"]] = error
        return document, Contents(tuple(found), problems, documents=inner)

    def model(self, tree: Tree, path: str, module: Module) -> Contained:
        """The one model of a module that is wanted by name.

        Raises:
            DocumentError: The module cannot be imported, or it has no such model.
        """
        (name,) = module.names
        answer, document, found, problems = self._described(tree, path, module)
        if name in problems:
            raise problems[name]
        if any(one["name"] == name for one in answer["documents"]):
            message = f"{module.name}:{name} is an application with many events"
            raise DocumentError(message, place=Place(origin=document.origin), hint="Name the model of one of them.")
        return next(one for one in found if one.name == name)

    def _tried(self, tree: Tree, path: str, module: Module, payloads: Sequence[str]) -> Tried:
        answer = self._asked(tree, path, module, payloads=list(payloads))
        return Tried(answer["library"], tuple(answer["answers"]))

    def _asking(self, tree: Tree, path: str, module: Module, one: Any) -> EventModel | None:  # noqa: ANN401 - what JSON says
        """The model itself; ``None`` for one whose payloads are no JSON texts."""
        if not one["dialect"]:
            return None
        alone = Module(module.name, (one["name"],))
        code = tuple(OwnCode(said["name"], said["digest"], said["whole"]) for said in one["code"])
        return AskedModel(f"{module.name}:{one['name']}", code, partial(self._tried, tree, path, alone))

    def _described(
        self, tree: Tree, path: str, module: Module
    ) -> tuple[Any, Document, list[Contained], dict[str, UncheckedError]]:
        data = tree.read(path) or b""
        if len(data) > LARGEST_MODULE:
            message = f"{module.name} has more than {LARGEST_MODULE >> 20} MiB, and is not imported"
            raise UnsupportedError(message, place=Place(origin=tree.origin(path)), hint=_SMALLER)
        text = data.decode("utf-8-sig", "replace")
        document = Document(None, tree.origin(path), text, EXCERPT, span_of=lambda _: (0, 0))
        answer = self._asked(tree, path, module)
        found = [
            _contained(one, document)._replace(model=self._asking(tree, path, module, one)) for one in answer["models"]
        ]
        problems: dict[str, UncheckedError] = {
            name: UnsupportedError(
                f"no schema can be made of the model {name}: {reason}", place=Place(origin=document.origin)
            )
            for name, reason in answer["failed"].items()
        }
        return answer, document, found, problems

    def _asked(self, tree: Tree, path: str, module: Module, **more: object) -> Any:  # noqa: ANN401 - what JSON says
        if module.name in self.endless:
            raise self.endless[module.name]
        origin = tree.origin(path)
        with ExitStack() as stack:
            top = _top(tree) or Path()
            if isinstance(tree, GitTree):
                top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evtcompat-models-")))
                _unpack(tree, top)
            found = self._answer(top, path, module, origin, more)
            failed = found.get("failed")
            own = f"{module.name.partition('.')[0]}."
            if isinstance(tree, GitTree) and isinstance(failed, str) and failed.startswith(_NOT_IMPORTED):
                package = (_root(Path(path), module) / own.rstrip(".")).as_posix()
                if _add_ignored(tree, package, top):
                    found = self._answer(top, path, module, origin, more)
                    failed = found.get("failed")
        if isinstance(failed, str):
            message = f"{module.name} cannot be imported: {failed}"
            hint = f"Name the interpreter that has what it needs: {PYTHON}=.venv/bin/python"
            if f"No module named '{own}" in failed:
                hint = "Restore it, or generate it: for commits, too, what git ignores of a package is the work tree's."
            raise (DocumentError if failed.startswith(_NO_PYTHON) else UnsupportedError)(
                message, place=Place(origin=origin), hint=hint
            )
        return found

    def _answer(self, top: Path, path: str, module: Module, origin: str, more: Mapping[str, object]) -> Any:  # noqa: ANN401 - what JSON says
        root = _root(top / path, module)
        with tempfile.TemporaryDirectory(prefix="evtcompat-models-") as folder:
            answer, request = Path(folder, "answer.json"), Path(folder, "request.json")
            wanted = {
                "module": module.name,
                "names": list(module.names),
                "optional": module.optional,
                "paths": [str(one) for one in dict.fromkeys((root, top, top / "src"))],
                "answer": str(answer),
                **more,
            }
            request.write_text(json.dumps(wanted), encoding="utf-8")
            code = self._run(request, top, module.name, origin)
            if not answer.exists():
                message = f"importing {module.name} ended its interpreter with exit code {code}"
                raise UnsupportedError(message, place=Place(origin=origin), hint="Import it by hand to see why.")
            found = _read(answer)
        if not _is_answer(found, more):  # the module wrote it itself, or a name in it is no text
            message = f"what importing {module.name} answers cannot be read"
            raise UnsupportedError(message, place=Place(origin=origin), hint="Import it by hand to see what it does.")
        return found

    def _run(self, request: Path, top: Path, name: str, origin: str | None) -> int:
        python = self.environment.get(PYTHON) or sys.executable
        kept = {word: self.environment[word] for word in _KEPT if word in self.environment}
        script = str(Path(__file__).with_name("exporter.py"))
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the person named the module and the interpreter
                [python, "-I", "-B", script, str(request)],
                cwd=top,
                env=kept,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            message = f"the interpreter {python} cannot be started: {error.strerror or error}"
            raise UnsupportedError(message, place=Place(origin=origin), hint=f"Correct {PYTHON}.") from error
        try:
            return process.wait(DEADLINE)
        except subprocess.TimeoutExpired as error:
            message = f"importing {name} did not come to an end in {DEADLINE:g} s"
            hint = "Events belong into a module that does nothing when it is imported."
            self.endless[name] = UnsupportedError(message, place=Place(origin=origin), hint=hint)
            raise self.endless[name] from error
        finally:
            _end(process)


def _read(answer: Path) -> Any:  # noqa: ANN401 - what JSON says
    try:
        return loads(read_file(answer))
    except (OSError, ValueError):
        return None


def _is_answer(found: Any, more: Mapping[str, object]) -> bool:  # noqa: ANN401 - what JSON says
    """Whether an answer is what `exporter` writes: nothing keeps a module from writing another."""
    if not isinstance(found, dict):
        return False
    if isinstance(found.get("failed"), str):
        return True
    if more:
        return isinstance(found.get("library"), str) and _are(found.get("answers"), (str, NoneType))
    texts = {"documents": ("name", "text"), "models": ("name", "format")}
    return (
        isinstance(found.get("failed"), dict)
        and all(_are(found.get(kind), dict) for kind in texts)
        and all(
            isinstance(one.get(word), str) for kind, words in texts.items() for one in found[kind] for word in words
        )
        and all(_is_model(one) for one in found["models"])
    )


def _is_model(one: Any) -> bool:  # noqa: ANN401 - what JSON says
    schema = dict if one.get("dialect") else object
    if not _has(one, name=str, format=str, names=dict, dialect=bool, part=bool, reads=schema, writes=schema):
        return False
    code = one.get("code")
    return _are(code, dict) and all(_has(said, name=str, digest=str, whole=bool) for said in code)


def _has(one: Mapping[str, object], **members: type) -> bool:
    return all(word in one and isinstance(one[word], kind) for word, kind in members.items())


def _are(found: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(found, list) and all(isinstance(one, kind) for one in found)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing that the process started is left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # no groups on this system, or nobody is left in it
        process.kill()
    process.wait()


def _contained(one: Any, module: Document) -> Contained:  # noqa: ANN401 - what JSON says
    def document(value: Any) -> Document:  # noqa: ANN401 - as above
        find = span_finder(module.text or "", value, one["name"], one["names"])
        named = {"$schema": _DIALECT, **value} if one["dialect"] else value
        return Document(named, module.origin, module.text, EXCERPT, span_of=find)

    reads = document(one["reads"])
    writes = None if one["writes"] == one["reads"] else document(one["writes"])
    return Contained(one["name"], by_name(one["format"]), reads, one["part"], writes)


class _Alone(Beside):
    """A document beside which there is no file."""

    def text(self, path: str, reference: str) -> SourceText | None:
        """See `Beside`."""
        del path, reference
        return None


def _inside(name: str, text: str, path: str, module: Document) -> Inside:
    """What an application of a module says of itself, as the document that it is; its places are those of the module.

    Raises:
        DocumentError: Nothing is known of such documents, or they cannot be read as a whole.
    """
    written = parse_document(text, module.origin, name=".json", base_uri=file_uri(path))
    kind = next((one for one in marked_in(".json", text.encode()) if one.recognise(written.value)), None)
    if kind is None:
        message = f"{name} describes itself in a way that evtcompat does not read"
        raise DocumentError(message, place=Place(origin=module.origin))
    find = application_span_finder(module.text or "", written.value, name)
    document = replace(written, text=module.text, syntax=EXCERPT, span_of=find)
    return Inside(kind, document, kind.contents(document, path, _Alone()))


def _top(tree: Tree) -> Path | None:
    """The folder on disk that the paths of a tree start from."""
    if isinstance(tree, WorkTree):
        return tree.root
    return tree.top if isinstance(tree, GitTree) else None


def _root(path: Path, module: Module) -> Path:
    """The folder from which a module in a file is imported."""
    return path.parents[module.name.count(".") + (path.name == "__init__.py")]


def _add_ignored(tree: GitTree, package: str, folder: Path) -> bool:
    """Write the modules of a package that a commit lacks as git ignores them: generated code. Whether there are any."""
    from evtcompat.sources.git.changes import ignored_files
    from evtcompat.sources.git.repository import find_repository

    repository = find_repository(tree.top) if (tree.top / package).is_dir() else None
    found = () if repository is None else ignored_files(repository, package)
    missing = [one for one in found if one.endswith(".py") and not (folder / one).exists()]
    for one in missing:
        target = folder / one
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_bytes(read_file(tree.top / one, LARGEST_MODULE))
        except OSError as error:
            message = f"cannot be read, and the module needs it: {error.strerror or error}"
            raise DocumentError(message, place=Place(origin=one)) from error
    return bool(missing)


def _unpack(tree: GitTree, folder: Path) -> None:
    """Write the files of a commit that an import may need."""
    for path in tree.walk().files:
        if not path.endswith(_UNPACKED):
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(tree.read(path) or b"")
