"""The source files of the package as the architecture tests see them: modules, what each imports, what each names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "compat" / "evtcompat"


#: Modules that tell what there is of a kind, and that lower layers may ask.
TABLES = frozenset({"containers.loading", "formats.loading", "reporters.available"})


@dataclass(frozen=True)
class SourceFile:
    """A module of the package."""

    #: Dotted, without ``evtcompat.`` in front: ``formats.avro.parse``; ``__init__`` for the package itself.
    module: str
    #: Relative to the package, with slashes.
    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """What the import table calls the module's layer: a top-level package or module, or one schema format."""
        return package_of(self.module)


def package_of(module: str) -> str:
    """The layer of a dotted module name below ``evtcompat``."""
    first, *rest = module.split(".")
    if first == "formats" and rest and (ROOT / first / rest[0]).is_dir():
        return f"{first}.{rest[0]}"
    return module if module in TABLES else first


@dataclass(frozen=True)
class Import:
    """One imported name: of this package (`module` as in `SourceFile.module`) or of another distribution."""

    module: str
    internal: bool
    #: Whether only type checkers see it.
    typing_only: bool


@cache
def source_files() -> tuple[SourceFile, ...]:
    """Every module of the package, by path."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        found.append(SourceFile(module, relative.as_posix(), ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


@cache
def imports_of(file: SourceFile) -> tuple[Import, ...]:
    """What the file imports, inside functions too; ``from a import b`` means the module ``a.b`` where there is one."""
    return tuple(_imports(file, {other.module for other in source_files()}))


def _imports(file: SourceFile, modules: set[str]) -> Iterator[Import]:
    typing_only = {
        id(node)
        for branch in ast.walk(file.tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in branch.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{file.path}: relative import"
            assert node.level == 0, f"{file.path}: relative import"
            names = [
                f"{node.module}.{alias.name}"
                if f"{node.module}.{alias.name}".removeprefix("evtcompat.") in modules
                else node.module
                for alias in node.names
            ]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            internal = top == "evtcompat"
            yield Import((rest or "__init__") if internal else name, internal, id(node) in typing_only)


def names_and_texts(file: SourceFile, *, ignored_keywords: frozenset[str]) -> Iterator[tuple[int, str]]:
    """(line, text) of each identifier, imported module and string of the file.

    Docstrings and comments are left out, and what is passed as one of `ignored_keywords` (help, examples).
    """
    skipped = {
        id(part)
        for node in ast.walk(file.tree)
        for ignored in (
            [node.value]
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            else [node.value]
            if isinstance(node, ast.keyword) and node.arg in ignored_keywords
            else []
        )
        for part in ast.walk(ignored)
    }
    for node in ast.walk(file.tree):
        if id(node) in skipped:
            continue
        match node:
            case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text):
                yield node.lineno, text
            case ast.arg(arg=text) | ast.FunctionDef(name=text) | ast.ClassDef(name=text):
                yield node.lineno, text
            case ast.ImportFrom(module=str(text)):
                yield node.lineno, text
            case _:
                pass
