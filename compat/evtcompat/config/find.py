"""Which file configures a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from evtcompat.config.values import OWN_FILE, PYPROJECT, Config
from evtcompat.errors import ConfigError
from evtcompat.model.places import Place
from evtcompat.reading import LARGEST_CONFIGURATION, read_file

#: The ways in which people open the table or set a key in it.
_NAMES_THE_TOOL = re.compile(r"""\btool["']?\s*\.\s*["']?evtcompat|^[ \t]*+\[\s*["']?tool["']?\s*\]""", re.MULTILINE)
#: What else of TOML may do so: a table in a line, and letters that are written by their numbers.
_MAY_NAME_THE_TOOL = re.compile(r"""^[ \t]*+["']?tool["']?\s*=|\\[uUx]""", re.MULTILINE)

#: The text of a file, or ``None`` where there is no such file.
Reader = Callable[[Path], str | None]


def read_text(path: Path) -> str | None:
    """The file's text, or ``None`` when there is none.

    Raises:
        ConfigError: It is there and cannot be read, or is not UTF-8.
    """
    try:
        return read_file(path, LARGEST_CONFIGURATION).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        if not path.is_symlink():
            return None
        message = "cannot be read: it is a link that leads to nothing"
        raise ConfigError(message, place=Place(origin=str(path))) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError(message, place=Place(origin=str(path))) from error
    except UnicodeDecodeError as error:
        message = f"is not UTF-8: byte {error.start + 1} cannot be decoded"
        raise ConfigError(message, place=Place(origin=str(path)), hint="Save the file as UTF-8.") from error


def load_config(path: Path, *, read: Reader = read_text, origin: str | None = None) -> Config:
    """The configuration of a file that somebody named.

    Raises:
        ConfigError: There is no such file, it has no ``[tool.evtcompat]``, or its content is wrong.
    """
    name = origin or str(path)
    text = read(path)
    if text is None:
        message = "there is no such configuration file"
        hint = "Check the spelling; the path is relative to the folder that the command runs in."
        raise ConfigError(message, place=Place(origin=name), hint=hint)
    config = _load_text(text, name, folder=path.parent)
    if config is None:
        message = "has no table [tool.evtcompat]"
        raise ConfigError(message, place=Place(origin=name), hint="Add the table, or name another file.")
    return config


def _load_text(text: str, origin: str, *, folder: Path) -> Config | None:
    # most runs find no configuration: they need no TOML parser
    from evtcompat.config.read import load_config_text

    return load_config_text(text, origin, folder=folder)


def _names_the_tool(text: str) -> bool:
    """Whether a pyproject.toml has the table; not so where nobody can tell as it is no TOML."""
    if _NAMES_THE_TOOL.search(text) is not None:
        return True
    if _MAY_NAME_THE_TOOL.search(text) is None:
        return False
    import tomllib

    try:
        tables = tomllib.loads(text).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return isinstance(tables, dict) and "evtcompat" in tables


def nearest_configurations(folders: Iterable[str], *, read: Reader = read_text) -> frozenset[Path]:
    """The files that commands would use which run in these folders; whether they are right is not looked at.

    Args:
        folders: Absolute, without links and ``..``.
        read: Where texts come from.
    """
    known: dict[str, Path | None] = {}
    for start in folders:
        asked: list[str] = []
        folder, found = start, None
        while folder not in known:
            asked.append(folder)
            found = _configuration_in(folder, read)
            above = os.path.dirname(folder)  # noqa: PTH120 - a hot loop
            if found is not None or above == folder or _is_there(folder, ".git"):
                break
            folder = above
        else:
            found = known[folder]
        known.update(dict.fromkeys(asked, found))
    return frozenset(found for found in known.values() if found is not None)


def _configuration_in(folder: str, read: Reader) -> Path | None:
    """The file right in a folder that configures it."""
    if _is_there(folder, OWN_FILE):
        return Path(folder, OWN_FILE)
    if not _is_there(folder, PYPROJECT):
        return None
    project = Path(folder, PYPROJECT)
    try:
        text = read(project)
    except ConfigError:  # nobody can tell, and it is another tool's business
        return None
    return project if text is not None and _names_the_tool(text) else None


def _is_there(folder: str, name: str) -> bool:
    return os.path.lexists(f"{folder}/{name}")


def find_config(
    start: Path,
    *,
    root: Path | None = None,
    read: Reader = read_text,
    origin: Callable[[Path], str] = str,
) -> Config | None:
    """The nearest configuration at or above a folder.

    Args:
        start: The folder to begin with.
        root: The last folder looked into; by default the root of the repository.
        read: Where texts come from: the file system, a commit, the index.
        origin: What messages call a file.

    Returns:
        The configuration, or ``None`` when there is none: `Config()` then holds.

    Raises:
        ConfigError: A file is wrong, or one folder has both files with a configuration.
    """
    for folder in (start, *start.parents):
        own, project = folder / OWN_FILE, folder / PYPROJECT
        own_text, project_text = read(own), read(project)
        # A pyproject.toml that does not name the tool is not read: its faults are not this tool's business.
        in_project = project_text is not None and _names_the_tool(project_text)
        config = _load_text(project_text or "", origin(project), folder=folder) if in_project else None
        if own_text is not None:
            if config is not None:
                message = f"{OWN_FILE} and [tool.evtcompat] in {PYPROJECT} are both here"
                raise ConfigError(message, place=Place(origin=origin(project)), hint="Keep one of them.")
            return _load_text(own_text, origin(own), folder=folder)
        if config is not None:
            return config
        if folder == root or (root is None and (folder / ".git").exists()):
            return None
    return None
