"""Models that a person names (``myshop.events:OrderPlaced``) or a configuration lists, as files to import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from evtcompat.errors import UncheckedError
    from evtcompat.sources.git.objects import GitTree
    from evtcompat.sources.models.importing import Models, Module

#: Modules that a configuration lists, each with names that are meant besides its models.
Listed: TypeAlias = Sequence[tuple[str, Sequence[str]]]

#: The words before a colon that mean a baseline (`sources.against`) are no modules.
_MODEL: Final = re.compile(
    r"(?!(?:git|registry|lock):)(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(?:/.+)?|\*?)"
)
#: Where modules lie that are not installed.
_ROOTS: Final = ("", "src", "lib", "python")


@dataclass(frozen=True, slots=True)
class NamedModels:
    """The words of a person with models as files."""

    paths: tuple[str, ...] = ()
    #: The modules that may be imported.
    models: Models | None = None
    #: The files of those that the configuration lists.
    listed: tuple[str, ...] = ()
    folder: Path = Path()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def with_listed(self, listed: Listed, folder: Path, *, as_far_as_there: bool = False) -> NamedModels:
        """The same with what a configuration lists, since the person allows to import that.

        Args:
            listed: What it lists.
            folder: The configuration's, where the modules lie.
            as_far_as_there: Whether a module that is not there is no error: the configuration is that of a commit.

        Raises:
            UsageError: There is no such module.
        """
        found, files = self, [*self.listed]
        for module, names in listed:
            if as_far_as_there and _file_of(module, _on_disk(self.folder / folder)) is None:
                continue
            file = str(folder / module_file(module, self.folder / folder, module))
            found = found.with_module(file, module, names, folder, optional=as_far_as_there)
            files.append(file)
        return replace(found, listed=tuple(dict.fromkeys(files)))

    def at_commit(
        self,
        tree: GitTree,
        listed: Listed,
        folder: Path,
        *,
        about_all: bool,
        unknown: UncheckedError | None = None,
    ) -> Models | None:
        """The modules of a commit that may be imported; ``None`` where it has none of them.

        They are those under check, found there by their dotted names, and those that the commit's own configuration
        lists: a module that has another name now, or is not listed any more, is asked there under the old one.

        Args:
            tree: The commit.
            listed: What its configuration lists, as far as the person allows to import that.
            folder: The folder of that configuration.
            about_all: Whether the run is about all that configurations list.
            unknown: Why nobody knows what its configuration lists, if that cannot be read.
        """
        from evtcompat.sources.models.importing import Models, Module

        known = self.models or Models(environment=self.environment)
        base = (self.folder / folder).resolve()
        own = [(Module(module, tuple(names), base), None) for module, names in listed]
        found: dict[Path, Module] = {}
        meant: set[Path] = set()
        for module, file in [*((one, file) for file, one in known.modules.items()), *own]:
            there = _file_there(module, file, tree)
            if there is None:
                continue
            names = (*(found[there].names if there in found else ()), *module.names)
            found[there] = replace(module, names=tuple(dict.fromkeys(names)), optional=True)
            if file is None and about_all:
                meant.add(there)
        if not found and unknown is None:
            return None
        return replace(known, modules=found, listed=frozenset(meant), unknown=unknown)

    def with_module(
        self, file: str, module: str, names: Sequence[str], folder: Path = Path(), *, optional: bool = False
    ) -> NamedModels:
        """The same with one module more, which was looked for in a folder."""
        from evtcompat.sources.models.importing import Models, Module

        full = (self.folder / file).resolve()
        models = self.models or Models(environment=self.environment)
        known = models.modules.get(full)
        every = dict.fromkeys((*(() if known is None else known.names), *names))
        found = Module(module, tuple(every), (self.folder / folder).resolve(), optional)
        return replace(self, models=replace(models, modules={**models.modules, full: found}))


def named_models(paths: Sequence[str], folder: Path, environment: Mapping[str, str]) -> NamedModels:
    """What a person named, models as files.

    Args:
        paths: As typed; what is no model stays.
        folder: What they are relative to.
        environment: The person's.

    Raises:
        UsageError: There is no such module below the folder.
    """
    found = NamedModels(tuple(paths), folder=folder, environment=environment)
    if not any(_MODEL.fullmatch(path) for path in paths):
        return found
    from evtcompat.sources.names.naming import member_path

    files = []
    for path in paths:
        model = _MODEL.fullmatch(path)
        if model is None or (folder / path).exists():
            files.append(path)
            continue
        name = model["name"].removesuffix("*")
        file = module_file(model["module"], folder, path)
        variable = name.partition("/")[0]  # one message of an application: app/orders:OnOrder:Message
        found = found.with_module(file, model["module"], [variable] if variable else [])
        files.append(member_path(file, name) if name else file)
    return replace(found, paths=tuple(files))


def model_of(word: str) -> tuple[str, str] | None:
    """Module and name of a word for one model, ``shop.events:OrderPlaced``; ``None`` for any other word."""
    model = _MODEL.fullmatch(word)
    if model is None or model["name"] in ("", "*") or "/" in model["name"]:
        return None
    return model["module"], model["name"]


def module_file(module: str, folder: Path, word: str) -> str:
    """The file of a module, from the folder that it is imported from.

    Args:
        module: With its dots.
        folder: Where the command runs, or what stands for it.
        word: What messages call the module.

    Raises:
        UsageError: There is none.
    """
    found = _file_of(module, _on_disk(folder))
    if found is not None:
        return found
    looked = ", ".join(root or "." for root in _ROOTS)
    message = f"{word}: there is no module {module} in {looked}"
    raise UsageError(message, hint="Run in the folder that the module is imported from.")


def _file_of(module: str, is_file: Callable[[str], bool]) -> str | None:
    """The file of a module, from where it is looked for; ``None`` where there is none."""
    inner = module.replace(".", "/")
    files = (f"{inner}.py", f"{inner}/__init__.py")
    paths = (f"{root}/{file}" if root else file for root in _ROOTS for file in files)
    return next(filter(is_file, paths), None)


def _on_disk(folder: Path) -> Callable[[str], bool]:
    return lambda path: (folder / path).is_file()


def _file_there(module: Module, file: Path | None, tree: GitTree) -> Path | None:
    """The file of a module in a commit by its path on disk, else the one that it has now; ``None``: there is none."""

    def is_there(path: str | Path) -> bool:
        full = module.folder / path
        return full.is_relative_to(tree.top) and tree.is_file(full.relative_to(tree.top).as_posix())

    inner = _file_of(module.name, is_there)
    if inner is not None:
        return module.folder / inner
    return file if file is not None and is_there(file) else None
