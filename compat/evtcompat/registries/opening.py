"""Opening the registry that a person means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TypeAlias

from evtcompat import plugins
from evtcompat.errors import UsageError
from evtcompat.folders import cache_folder, config_folder
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.credentials import Target, find_target
from evtcompat.registries.kinds import GROUP, built_in

#: Opens the registry that a target means, with what is cached of it; ``None`` when nothing may be.
Opener: TypeAlias = Callable[[Target, VersionCache | None], SchemaRegistry]


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
    return _opener_of(target)(target, cache)


def _opener_of(target: Target) -> Opener:
    """What opens the registry of a target; others than built-in ones are asked for only where none of these fits.

    Raises:
        UsageError: Nothing that is installed does.
    """
    known, scheme = built_in(target.address.url), target.address.url.partition("://")[0]
    opener: Opener | None = (
        plugins.named(GROUP, scheme, "kind of registry") if known is None else import_module(known.module).opened
    )
    if opener is not None:
        return opener
    message = f"no kind of registry that is installed has addresses that begin with {scheme}://"
    raise UsageError(message, hint=f"Kinds are found by the entry point group `{GROUP}`.")
