"""Kinds of registry: the built-in ones, and those of other distributions by the scheme of their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from evtcompat import plugins

#: Where other distributions name kinds of registry: by the scheme of their addresses.
GROUP: Final = "evtcompat.registries"


class Kind(NamedTuple):
    """A kind of registry that comes with evtcompat."""

    #: The module that has its `registries.opening.Opener`, called ``opened``.
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


def built_in(url: str) -> Kind | None:
    """The built-in kind that a URL means, if any."""
    return _BUILT_IN.get(_scheme(url))


def is_spoken(scheme: str) -> bool:
    """Whether there is a kind of registry whose addresses begin so."""
    return scheme in _BUILT_IN or (bool(scheme) and scheme in plugins.names(GROUP))


def unpredicted(url: str) -> str | None:
    """What a sentence calls the registry of a URL, where what it would answer is not predicted."""
    known = built_in(url)
    return f"the registry at {_scheme(url)}://" if known is None else known.unpredicted


def _scheme(url: str) -> str:
    return url.partition("://")[0]
