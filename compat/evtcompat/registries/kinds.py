"""Kinds of registry: the built-in ones, and those of other distributions by the scheme of their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from evtcompat import plugins
from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from evtcompat.registries.base import SchemaRegistry
    from evtcompat.registries.cache import VersionCache
    from evtcompat.registries.credentials import Target

#: Where other distributions name kinds of registry: by the scheme of their addresses.
GROUP: Final = "evtcompat.registries"
#: Opens the registry that a target means, with what is cached of it; ``None`` when nothing may be.
Opener: TypeAlias = "Callable[[Target, VersionCache | None], SchemaRegistry]"


class Kind(NamedTuple):
    """A kind of registry that comes with evtcompat."""

    #: The module that has its `Opener`, called ``opened``.
    module: str
    #: What a sentence calls it where its answers are not predicted; ``None`` where they are: it judges as Confluent's.
    unpredicted: str | None = None


_CONFLUENT: Final = Kind("evtcompat.registries.confluent.client")
#: By the scheme of the address.
_BUILT_IN: Final[Mapping[str, Kind]] = {
    "http": _CONFLUENT,
    "https": _CONFLUENT,
    "glue": Kind("evtcompat.registries.glue.client", unpredicted="AWS Glue"),
}


def is_spoken(scheme: str) -> bool:
    """Whether there is a kind of registry whose addresses begin so."""
    return scheme in _BUILT_IN or (bool(scheme) and scheme in plugins.names(GROUP))


def unpredicted(url: str) -> str | None:
    """What a sentence calls the registry of a URL, where what it would answer is not predicted."""
    scheme = url.partition("://")[0]
    known = _BUILT_IN.get(scheme)
    return f"the registry at {scheme}://" if known is None else known.unpredicted


def opener_of(target: Target) -> Opener:
    """What opens the registry of a target; others than built-in ones are asked for only where none of these fits.

    Raises:
        UsageError: Nothing that is installed does.
    """
    scheme = target.address.url.partition("://")[0]
    known = _BUILT_IN.get(scheme)
    opener: Opener | None = (
        plugins.named(GROUP, scheme, "kind of registry") if known is None else import_module(known.module).opened
    )
    if opener is not None:
        return opener
    message = f"no kind of registry that is installed has addresses that begin with {scheme}://"
    raise UsageError(message, hint=f"Kinds are found by the entry point group `{GROUP}`.")
