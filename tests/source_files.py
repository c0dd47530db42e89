"""The source files of the package as the architecture tests see them: modules, what each imports, what each names."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "compat" / "evtcompat"


#: Modules that tell what there is of a kind, and that lower layers may ask.
TABLES = frozenset({"containers.loading", "formats.loading", "reporters.available"})
#: Packages whose own packages are layers.
DIVIDED = frozenset({"formats", "sources", "cli"})
#: Modules of these that are layers by themselves: what the packages beside them rest on.
LAYERS = frozenset({"sources.tree"})
#: What a person is told as one of these arguments: help and examples show real schemas.
SHOWN_TO_PEOPLE = frozenset({"help", "epilog", "example", "remedy"})


@dataclass(frozen=True)
class Import:
    """One imported name: of this package (`module` as in `SourceFile.module`) or of another distribution."""

    module: str
    internal: bool
    #: Whether only type checkers see it.
    typing_only: bool


@dataclass(frozen=True)
class SourceFile:
    """A module of the package; what is known of it, and not its syntax tree, which would stay in memory."""

    #: Dotted, without ``evtcompat.`` in front: ``formats.avro.parse``; ``__init__`` for the package itself.
    module: str
    #: Relative to the package, with slashes.
    path: str
    #: Inside functions too; ``from a import b`` means the module ``a.b`` where there is one.
    imports: tuple[Import, ...]
    #: The last word of what is called: ``read_text`` of ``path.read_text()``.
    called: frozenset[str]
    #: (line, text) of each identifier, imported module and string, of bytes too; docstrings and comments left out, and
    #: what is passed as one of `SHOWN_TO_PEOPLE`.
    words: tuple[tuple[int, str], ...]
    #: (line, name) of what a function changes though it belongs to a module: a name of its own module that it binds
    #: anew, or whose items or attributes it changes, or an attribute of a module that it imported.
    changed: tuple[tuple[int, str], ...]
    #: (name, lines of its body) of each function; a list of options stands in front of the body.
    functions: tuple[tuple[str, int], ...]

    @property
    def package(self) -> str:
        """What the import table calls the module's layer: a top-level package or module, or one in `DIVIDED`."""
        return package_of(self.module)


def package_of(module: str) -> str:
    """The layer of a dotted module name below ``evtcompat``."""
    first, *rest = module.split(".")
    if first in DIVIDED and rest and (ROOT / first / rest[0]).is_dir():
        return f"{first}.{rest[0]}"
    return module if module in {*TABLES, *LAYERS} else first


@cache
def source_files() -> tuple[SourceFile, ...]:
    """Every module of the package, by path."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(ROOT.rglob("*.py"))
    }
    found = []
    for module, path in paths.items():
        relative = path.relative_to(ROOT).as_posix()
        reading = _Reading(relative, paths.keys())
        tree = ast.parse(path.read_text(encoding="utf-8"))
        reading.visit(tree)
        called, words, changed = frozenset(reading.called), tuple(reading.words), tuple(_changed(tree))
        functions = tuple(_functions(tree))
        found.append(SourceFile(module, relative, tuple(reading.imports), called, words, changed, functions))
    return tuple(found)


def report(wrong: Iterable[str], advice: str) -> None:
    """The test passes if nothing is wrong; otherwise it fails with one line for each, and with what to do about it."""
    lines = sorted(wrong)
    if lines:
        pytest.fail("\n  ".join([advice, *lines]), pytrace=False)


class _Reading:
    """What is found in one file."""

    def __init__(self, path: str, modules: Container[str]) -> None:
        self.imports: list[Import] = []
        self.called: set[str] = set()
        self.words: list[tuple[int, str]] = []
        self._path = path
        self._modules = modules

    def visit(self, node: ast.AST, *, typing_only: bool = False, shown: bool = False) -> None:
        """Note the node and all below it; `shown` for what is no word of the code."""
        if not shown:
            self._note_words(node)
        match node:
            case ast.Import() | ast.ImportFrom():
                self.imports += self._imported(node, typing_only=typing_only)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                self.called.add(name)
            case _:
                pass
        checked = isinstance(node, ast.If) and _is_type_checking(node.test)
        documented = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        hidden = shown or documented or (isinstance(node, ast.keyword) and node.arg in SHOWN_TO_PEOPLE)
        branch = {id(one) for one in node.body} if checked and isinstance(node, ast.If) else ()
        for inner in ast.iter_child_nodes(node):
            self.visit(inner, typing_only=typing_only or id(inner) in branch, shown=hidden)

    def _note_words(self, node: ast.AST) -> None:
        match node:
            case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text):
                self.words.append((node.lineno, text))
            case ast.Constant(value=bytes(data)):
                self.words.append((node.lineno, data.decode("latin-1")))
            case ast.arg(arg=text) | ast.FunctionDef(name=text) | ast.ClassDef(name=text):
                self.words.append((node.lineno, text))
            case ast.keyword(arg=str(text)):
                self.words.append((node.lineno, text))
            case ast.ImportFrom(module=str(text)):
                self.words.append((node.lineno, text))
            case _:
                pass

    def _imported(self, node: ast.Import | ast.ImportFrom, *, typing_only: bool) -> Iterator[Import]:
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{self._path}: relative import"
            assert node.level == 0, f"{self._path}: relative import"
            whole = [f"{node.module}.{name}" for name in names]
            names = [name if name.removeprefix("evtcompat.") in self._modules else node.module for name in whole]
        for name in names:
            top, _, rest = name.partition(".")
            internal = top == "evtcompat"
            yield Import((rest or "__init__") if internal else name, internal, typing_only)


#: The methods that change a list, a dictionary or a set.
_CHANGING = frozenset(
    ("append", "extend", "insert", "remove", "pop", "clear", "add", "discard", "update", "setdefault", "popitem")
)


def _changed(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """See `SourceFile.changed`."""
    owned = {name.id for one in tree.body for name in _bound(one) if isinstance(name, ast.Name)}
    owned |= {
        alias.asname or alias.name.partition(".")[0]
        for one in ast.walk(tree)
        if isinstance(one, ast.Import | ast.ImportFrom)
        for alias in one.names
    }
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    for function in functions:
        own = _local(function)
        for node in ast.walk(function):
            match node:
                case ast.Global(names=names):
                    yield from ((node.lineno, name) for name in names)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
                    if name in owned - own:
                        yield node.lineno, name
                case _:
                    for target in _bound(node):
                        holder = getattr(target, "value", None)
                        if isinstance(holder, ast.Name) and holder.id in owned - own:
                            yield target.lineno, holder.id


def _functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.body[0].lineno + 1


def _bound(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement binds or deletes."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            yield from targets
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield target
        case _:
            pass


def _local(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that are a function's own: what it takes and what it binds."""
    taken = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    inside = (one for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    return taken | {one.id for one in inside}


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", None) == "TYPE_CHECKING" or getattr(test, "attr", None) == "TYPE_CHECKING"
