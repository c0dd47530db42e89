"""Which modules a person lets evtcompat import: what their own environment and their own configuration say.

To import a module is to run it. A repository cannot allow that for itself, whatever it brings along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import ConfigError
from evtcompat.model.places import Place
from evtcompat.reading import LARGEST_CONFIGURATION, read_file

#: ``1``: whatever a configuration or a contract names may be imported; anything else: nothing, whatever files say.
ALLOW: Final = "EVTCOMPAT_ALLOW_IMPORTS"
#: The file in the person's own folder of configuration.
FILE_NAME: Final = "config.toml"
_KEY: Final = "allow-imports"


@dataclass(frozen=True, slots=True)
class ImportPermission:
    """What a person allows, asked when there is something to import."""

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: The person's own configuration, whether it is there or not; ``None``: they have none.
    file: Path | None = None
    #: The top of what is under check, asked when needed. A file in there is not the person's own, and allows nothing.
    repository: Callable[[], Path] | None = None

    def allows(self, folder: Path) -> bool:
        """Whether modules in a folder may be imported.

        Args:
            folder: Where they lie; links are followed.

        Raises:
            ConfigError: The person's configuration cannot be read, or says what makes no sense.
        """
        said = self.environment.get(ALLOW)
        if said:
            return said == "1"
        if self.file is None or self._in_repository():
            return False
        allowed = _allowed(self.file)
        if isinstance(allowed, bool):
            return allowed
        real = folder.resolve()
        return any(real.is_relative_to(one.resolve()) for one in allowed)

    def how(self, folder: Path) -> str:
        """How a person allows it for the modules in a folder, as the beginning of a sentence."""
        found = f"Set {ALLOW}=1 in your own environment"
        if self.file is None:
            return found
        found += f', or write {_KEY} = ["{folder.resolve().as_posix()}"] into your own {self.file.absolute()}'
        return f"{found} (which lies in the repository, where it allows nothing)" if self._in_repository() else found

    def _in_repository(self) -> bool:
        if self.file is None or self.repository is None:
            return False
        return self.file.resolve().is_relative_to(self.repository().resolve())


def _allowed(file: Path) -> bool | tuple[Path, ...]:
    """The folders in which a person lets everything be imported; ``True`` for all, nothing where there is no file.

    Raises:
        ConfigError: See `ImportPermission.allows`.
    """
    from evtcompat.config.toml_table import Table, parse_toml

    origin = str(file)
    try:
        text = read_file(file, LARGEST_CONFIGURATION).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8"
        message = f"cannot be read: {reason}"
        raise ConfigError(message, place=Place(origin=origin), hint=f"Mend it, or set {ALLOW}=0.") from error
    table = Table(parse_toml(text, origin), origin, text)
    table.only((_KEY,))
    if isinstance(table.values.get(_KEY), bool):
        return bool(table.values[_KEY])
    folders = []
    for index, word in enumerate(table.strings(_KEY) or ()):
        folder = Path(word).expanduser()
        if not folder.is_absolute():
            message = f'`{_KEY}` names folders from the root or from the home folder; found "{word}"'
            table.fail(message, _KEY, index, hint='Write it as in "~/src/shop", or "/home/me/src/shop".')
        folders.append(folder)
    return tuple(folders)
