"""Models that a person names (``myshop.events:OrderPlaced``) or a configuration lists, as files to import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from evtcompat.sources.models.importing import Models

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

    def with_listed(self, listed: Sequence[tuple[str, Sequence[str]]], folder: Path) -> NamedModels:
        """The same with what a configuration lists, since the person allows to import that.

        Args:
            listed: Modules, each with names that are meant besides its models.
            folder: The configuration's, where the modules lie.

        Raises:
            UsageError: There is no such module.
        """
        found, files = self, []
        for module, names in listed:
            file = str(folder / module_file(module, self.folder / folder, module))
            found = found.with_module(file, module, names)
            files.append(file)
        return replace(found, listed=tuple(files))

    def with_module(self, file: str, module: str, names: Sequence[str]) -> NamedModels:
        """The same with one module more."""
        from evtcompat.sources.models.importing import Models, Module

        full = (self.folder / file).resolve()
        models = self.models or Models(environment=self.environment)
        known = models.modules.get(full)
        every = dict.fromkeys((*(() if known is None else known.names), *names))
        return replace(self, models=replace(models, modules={**models.modules, full: Module(module, tuple(every))}))


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
    inner = module.replace(".", "/")
    for root in _ROOTS:
        for file in (f"{inner}.py", f"{inner}/__init__.py"):
            path = f"{root}/{file}" if root else file
            if (folder / path).is_file():
                return path
    looked = ", ".join(root or "." for root in _ROOTS)
    message = f"{word}: there is no module {module} in {looked}"
    raise UsageError(message, hint="Run in the folder that the module is imported from.")
