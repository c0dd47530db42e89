"""Opening the registry that a person means."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.folders import cache_folder, config_folder
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.credentials import find_target
from evtcompat.registries.kinds import opener_of


def open_registry(wanted: str | None, configured: str | None, environ: Mapping[str, str]) -> SchemaRegistry:
    """The registry that the command line, the environment or the configuration names.

    Args:
        wanted: Its URL or name, from the command line.
        configured: Its URL, from the configuration.
        environ: Where credentials, time-outs and the cache's folder come from.

    Raises:
        UsageError: Nothing names one, or what does is wrong.
    """
    target = find_target(wanted, environ=environ, configured=configured, user_folder=config_folder(environ))
    cache = None
    if environ.get("EVTCOMPAT_CACHE", "").lower() not in {"0", "no", "off"}:
        cache = VersionCache(cache_folder(environ), target.address.url)
    return opener_of(target)(target, cache)
