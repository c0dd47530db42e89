"""The schemas of Python models as files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from evtcompat.errors import DocumentError, UncheckedError, UsageError
from evtcompat.formats.base import file_suffix
from evtcompat.model.places import Place
from evtcompat.reading import read_file
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.models.named import named_models
from evtcompat.sources.names.naming import member_of
from evtcompat.sources.tree import WorkTree
from evtcompat.writing import check_folder, leads_out, unwritten, write_all_whole

#: The member that says where a file comes from, so that a file of a person's is never written over.
_MARK = "x-generated-by"
_WORDS = "evtcompat export"


class Exported(NamedTuple):
    """What models are written to."""

    #: The text of each file.
    files: Mapping[Path, str]
    #: Why others have no schema.
    problems: tuple[UncheckedError, ...] = ()


def exported(models: Sequence[str], folder: Path, output: Path) -> Exported:
    """The text of each file that the models are written to, and which models have none.

    Args:
        models: As typed; each a model or a module.
        folder: Where they are looked for.
        output: Where the files go.

    Raises:
        UsageError: A word names no model.
    """
    named = named_models(models, folder, os.environ)
    if named.models is None or any(word == path for word, path in zip(models, named.paths, strict=True)):
        word = next(word for word, path in zip(models, named.paths, strict=True) if word == path)
        message = f"{word} names no model"
        raise UsageError(message, hint="Write shop.events:OrderPlaced, or shop.events: for all models of the module.")
    tree = OpenedTree(WorkTree(folder.resolve(), folder.resolve()), named.models)
    found = discover(tree, named.paths)
    files = {}
    for one in found.candidates:
        name = member_of(one.path).replace("/", ".")  # as its subject; no folder, whatever the name
        value = one.document.value
        marked = {**value, _MARK: f"{_WORDS}: {name}"} if isinstance(value, dict) else value
        text = json.dumps(marked, indent=2, ensure_ascii=False, default=float) + "\n"
        files[output / f"{name}{file_suffix(one.format)}"] = text
    return Exported(files, found.problems)


def stale(files: Mapping[Path, str]) -> list[str]:
    """What is said of each file that is not there, cannot be read, or does not hold what it would."""
    found = []
    for path, text in files.items():
        try:
            there = _text(path)
        except DocumentError as error:
            found.append(f"{path} {error.message}")
            continue
        if there is None:
            found.append(f"{path} is missing")
        elif there != text:
            found.append(f"{path} is stale")
    return found


def write_all(files: Mapping[Path, str]) -> None:
    """The files hold their texts.

    Raises:
        UsageError: One is there that this command did not write, or lies behind a link. None is written.
        UncheckedError: One that is there cannot be read, or there is no room for them. None is written.
    """
    for path in files:
        check_folder(path)
        there = _text(path)
        if leads_out(path) is not None or (there is not None and f'"{_MARK}": "{_WORDS}' not in there):
            message = f"{path} is there already, and was not written by this command"
            raise UsageError(message, hint="Name another folder, or remove the file.")
    if not files:
        return
    try:
        write_all_whole({path: text.encode("utf-8") for path, text in files.items()})
    except OSError as error:
        raise unwritten(error, next(iter(files))) from error


def _text(path: Path) -> str | None:
    """The text of a file; ``None`` when there is none.

    Raises:
        DocumentError: It is a folder, or cannot be read.
    """
    try:
        return read_file(path).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DocumentError(message, place=Place(origin=str(path)), hint="Name another folder, or mend it.") from error
