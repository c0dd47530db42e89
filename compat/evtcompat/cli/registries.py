"""Opening the registry that a person means."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.config import Config
from evtcompat.registries.cache import VersionCache, default_folder
from evtcompat.registries.client import RegistryClient
from evtcompat.registries.credentials import find_target, user_folder


def open_registry(wanted: str | None, config: Config, environ: Mapping[str, str]) -> RegistryClient:
    """A client of the registry that the command line, the environment or the configuration names.

    Raises:
        UsageError: None does, or what they say is wrong.
    """
    target = find_target(
        wanted,
        environ=environ,
        configured=config.registry_url,
        user_folder=user_folder(environ),
    )
    cache = None
    if environ.get("EVTCOMPAT_CACHE", "").lower() not in {"0", "no", "off"}:
        cache = VersionCache(default_folder(environ), target.address.url)
    return RegistryClient(target, cache=cache)


def counted(number: int, thing: str) -> str:
    """``1 subject``, ``2 subjects``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
