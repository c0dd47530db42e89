"""Contracts that are Python models: what validation takes, by the model's schema and by the model itself.

To import a module is to run it. It is done in a process of its own, and only for modules that a person named on the
command line or allowed outside of the repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.checking.trying import unknown_code
from evtcompat.config.imports import ImportPermission
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.places import Place
from evtcompat.sources.models.named import model_of, module_file

if TYPE_CHECKING:
    from evtcompat.contracts.shared import SharedFiles
    from evtcompat.formats.containers import Contained
    from evtcompat.model.mismatches import Undecided
    from evtcompat.sources.models.importing import Models, Module
    from evtcompat.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class Imports:
    """Which modules may be imported, and from where."""

    #: The models that the command line names, ``shop.events:OrderPlaced``, or modules of which all are meant.
    named: tuple[str, ...] = ()
    #: What the person allows besides.
    permission: ImportPermission = field(default_factory=ImportPermission)
    #: Where modules are looked for that a contract says nothing else of.
    folder: Path = Path()

    def refuse(self, word: str, folder: Path, place: Place) -> None:
        """Does nothing where the model, which lies in a folder, may be imported.

        Raises:
            UncheckedError: Nobody allowed it.
            ConfigError: What the person allows cannot be read.
        """
        module = word.partition(":")[0]
        if {word, f"{module}:", f"{module}:*"} & set(self.named) or self.permission.allows(folder):
            return
        message = f"needs the model {word}; to import a module is to run it, and nobody allowed that"
        hint = f"{self.permission.how(folder)}, or name it on the command line: --model {word}"
        raise UncheckedError(message, place=place, hint=hint)


@dataclass(frozen=True)
class PythonModel:
    """One model that may be imported."""

    word: str
    _models: Models = field(repr=False, compare=False)
    _tree: Tree = field(repr=False, compare=False)
    _path: str = field(repr=False, compare=False)
    _module: Module = field(repr=False, compare=False)

    @property
    def path(self) -> str:
        """The file of the module, as messages call it."""
        return self._tree.origin(self._path)

    def described(self) -> tuple[Contained, tuple[Undecided, ...]]:
        """Its schema, and what its own code decides besides.

        Raises:
            DocumentError: It cannot be imported, or is no model.
        """
        found = self._models.model(self._tree, self._path, self._module)
        place = Place(names=self.word, origin=self.path)
        return found, () if found.model is None else unknown_code(found.model, place)


def python_model(word: str, folder: Path, shared: SharedFiles, imports: Imports, place: Place) -> PythonModel:
    """The model of a word; nothing is imported yet.

    Args:
        word: ``shop.events:OrderPlaced``.
        folder: Where the module is looked for, and in ``src``, ``lib`` and ``python`` below it.
        shared: Where its file is read.
        imports: Which modules may be imported.
        place: Where the word stands.

    Raises:
        UncheckedError: It names no model, there is no such module, or nobody allowed to import it.
        ConfigError: What the person allows cannot be read.
    """
    named = model_of(word)
    if named is None:
        message = f'"{word}" names no model'
        raise UncheckedError(message, place=place, hint="Write module and class: shop.events:OrderPlaced.")
    imports.refuse(word, folder, place)
    from evtcompat.sources.models.importing import Models, Module

    module, name = named
    try:
        file = folder / module_file(module, folder, word)
    except UsageError as error:
        hint = "`folder` names the one that the module is imported from, relative to this file."
        raise UncheckedError(error.message, place=place, hint=hint) from error
    tree, path = shared.locate(file)
    return PythonModel(
        word, Models(environment=imports.permission.environment), tree.inner, path, Module(module, (name,))
    )
