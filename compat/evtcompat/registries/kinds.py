"""Kinds of registry: the built-in ones, and those of other distributions by the scheme of their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from evtcompat import plugins
from evtcompat.errors import UsageError
from evtcompat.registries.addresses import GROUP
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import Target

#: Opens the registry that a target means, with what is cached of it; ``None`` when nothing may be.
Opener: TypeAlias = Callable[[Target, VersionCache | None], SchemaRegistry]


def _confluent(target: Target, cache: VersionCache | None) -> SchemaRegistry:
    return ConfluentRegistry(target, cache=cache)


def _glue(target: Target, cache: VersionCache | None) -> SchemaRegistry:
    from evtcompat.registries.glue.client import GlueRegistry

    shown = target.credentials
    if shown.basic or shown.token or shown.oauth or shown.client_cert:
        message = f"{target.address} takes the credentials of AWS, and no others are to be set for it"
        hint = "evtcompat finds them as AWS's clients do: AWS_PROFILE, AWS_ACCESS_KEY_ID, `aws sso login`, a role."
        raise UsageError(message, hint=hint)
    return GlueRegistry(target, cache=cache)


#: By the scheme of the address.
_BUILT_IN: Final[Mapping[str, Opener]] = {"http": _confluent, "https": _confluent, "glue": _glue}


def opener_of(target: Target) -> Opener:
    """What opens the registry of a target; others than built-in ones are asked for only where none of these fits.

    Raises:
        UsageError: Nothing that is installed does.
    """
    scheme = target.address.url.partition("://")[0]
    known = _BUILT_IN.get(scheme)
    if known is not None:
        return known
    opener: Opener | None = plugins.named(GROUP, scheme, "kind of registry")
    if opener is not None:
        return opener
    message = f"no kind of registry that is installed has addresses that begin with {scheme}://"
    raise UsageError(message, hint=f"Kinds are found by the entry point group `{GROUP}`.")
