"""The user's own folders: where evtcompat keeps what it can make anew, and where it looks for what they configure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where caches live: ``EVTCOMPAT_CACHE_DIR``, else where the operating system wants them."""
    chosen = environ.get("EVTCOMPAT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("evtcompat", appauthor=False)


def config_folder(environ: Mapping[str, str]) -> Path:
    """The user's own configuration: ``EVTCOMPAT_CONFIG_DIR``, else where the operating system wants it."""
    chosen = environ.get("EVTCOMPAT_CONFIG_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_config_path

    return user_config_path("evtcompat", appauthor=False)
