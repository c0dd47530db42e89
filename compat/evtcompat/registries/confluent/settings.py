"""What a registry asks of new versions, and its modes, as its several requests tell them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from evtcompat.dataclasses import replace
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import READWRITE, Compatibility
from evtcompat.registries.confluent import wire
from evtcompat.registries.confluent.paths import segment
from evtcompat.registries.errors import RegistryUnsupportedError, SettingNotFoundError, SubjectNotFoundError
from evtcompat.registries.names import DEFAULT_CONTEXT, parse_subject

_T = TypeVar("_T")
_NONE_OF_ITS_OWN = (SettingNotFoundError, SubjectNotFoundError)
_FALLING_BACK = {"defaultToGlobal": "true"}


class Read(Protocol):
    """Sends a request and reads its answer."""

    def __call__(
        self, method: str, path: str, read: Callable[[JSON], _T], query: dict[str, str] | None = None, /
    ) -> _T:
        """What the answer holds."""
        ...


class Settings:
    """The settings of a registry at one time: those of the whole registry are asked for once. Safe for threads."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = threading.RLock()
        self._common: Compatibility | None = None
        self._mode: str | None = None
        self._has_modes = True

    def compatibility(self, subject: str | None = None) -> tuple[Compatibility, bool]:
        """What holds for a subject (or for the registry), and whether the level is the subject's own."""
        if subject is None:
            return self._of_all(), False
        path = f"/config/{segment(subject)}"
        try:
            own = self._read("GET", path, wire.own_compatibility)
        except _NONE_OF_ITS_OWN:
            if parse_subject(subject).context == DEFAULT_CONTEXT:
                return self._of_all(), False
            own = None  # its context may have settings, which the registry alone knows to look for
        common = self._of_all()
        if own is not None and own == replace(common, level=own.level):
            return own, True
        try:
            return self._read("GET", path, wire.compatibility, _FALLING_BACK), own is not None
        except _NONE_OF_ITS_OWN:  # of registries that ask for a subject first
            return own or common, own is not None

    def mode(self, subject: str | None = None) -> str:
        """The mode that holds for a subject (or for the registry); `READWRITE` where the registry knows none."""
        common = self._mode_of_all()
        if subject is None or not self._has_modes:
            return common
        try:
            return self._read("GET", f"/mode/{segment(subject)}", wire.mode, _FALLING_BACK)
        except (*_NONE_OF_ITS_OWN, RegistryUnsupportedError):
            return common

    def _of_all(self) -> Compatibility:
        with self._lock:
            if self._common is None:
                self._common = self._whole("/config", wire.compatibility)
            return self._common

    def _whole(self, path: str, read: Callable[[JSON], _T]) -> _T:
        """A setting of the registry; below the URL of a context, where it has none of its own, of all contexts."""
        try:
            return self._read("GET", path, read)
        except SettingNotFoundError:
            return self._read("GET", path, read, _FALLING_BACK)

    def _mode_of_all(self) -> str:
        with self._lock:
            if self._mode is None:
                try:
                    self._mode = self._whole("/mode", wire.mode)
                except RegistryUnsupportedError:
                    self._mode, self._has_modes = READWRITE, False
            return self._mode
