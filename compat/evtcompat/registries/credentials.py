"""Which registry is meant, and what it is shown: all of it from outside the repository under check.

A *place* is a registry that a person gave a name (``dev``, ``prod``) or none. Its variables are

=============================================  ==================================================================
``EVTCOMPAT_REGISTRY_URL``                     the registry; the only host that the credentials below go to
``EVTCOMPAT_REGISTRY_USERNAME``, `_PASSWORD`   HTTP basic
``EVTCOMPAT_REGISTRY_TOKEN``                   bearer
``EVTCOMPAT_REGISTRY_OAUTH_TOKEN_URL``,        OAuth 2.0 client credentials (RFC 6749 section 4.4)
`_OAUTH_CLIENT_ID`, `_OAUTH_CLIENT_SECRET`,
`_OAUTH_SCOPE`, `_OAUTH_LOGICAL_CLUSTER`,
`_OAUTH_IDENTITY_POOL`
``EVTCOMPAT_REGISTRY_CA``                      file of certificate authorities
``EVTCOMPAT_REGISTRY_CLIENT_CERT``, `_KEY`     mutual TLS
``EVTCOMPAT_REGISTRY_AWS_PROFILE``             which of AWS's profiles; without, as AWS's own clients do
=============================================  ==================================================================

and for the place ``prod`` the same with ``EVTCOMPAT_REGISTRY_PROD_``. A URL may instead stand in the user's own
configuration folder, in ``registries.toml``: ``[prod]`` and ``url = "https://..."``. A repository's configuration may
name a URL too, but credentials only go to a host that the environment or the user's folder names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import ConfigError, UsageError
from evtcompat.registries.addresses import Address, as_url, host_of, parse_address
from evtcompat.registries.foreign import refuse_foreign
from evtcompat.syntax.toml_text import UnreadableTomlError, loads

PREFIX = "EVTCOMPAT_REGISTRY_"
_NAMED_URL = re.compile(rf"{PREFIX}(?P<place>[A-Z0-9_]+)_URL")
_N = TypeVar("_N", int, float)
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class OAuth:
    """How to get a token: RFC 6749 section 4.4."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    #: Headers that Confluent Cloud wants beside the token.
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is shown to one host, and nothing else."""

    #: `Address.host`, or the empty string when the credentials belong nowhere.
    host: str = ""
    basic: tuple[str, str] | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    oauth: OAuth | None = None
    client_cert: str | None = None
    client_key: str | None = None
    ca: str | None = None
    #: Of AWS's own configuration, for registries in AWS.
    profile: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be printed."""
        oauth = (self.oauth.client_secret,) if self.oauth else ()
        basic = (self.basic[1],) if self.basic else ()
        return tuple(text for text in (*basic, self.token, *oauth) if text)


@dataclass(frozen=True, slots=True)
class Target:
    """A registry and what it may be shown."""

    address: Address
    credentials: Credentials = field(default_factory=Credentials)
    timeout: float | None = None
    parallel: int | None = None


def find_target(
    wanted: str | None, *, environ: Mapping[str, str], configured: str | None = None, user_folder: Path | None = None
) -> Target:
    """The registry that is meant.

    Args:
        wanted: A URL or the name of a place from the command line; ``None`` means ``EVTCOMPAT_REGISTRY_URL``.
        environ: The environment.
        configured: The URL of the repository's configuration, used when nothing else names one.
        user_folder: The user's configuration folder.

    Raises:
        UsageError: Nothing names a registry, a name is unknown, or a URL is malformed or carries a password.
        ConfigError: The user's ``registries.toml`` is malformed, or a variable is.
    """
    places = dict(_places(environ, user_folder))
    if wanted is not None:
        wanted = as_url(wanted)
        refuse_foreign(wanted, "the URL of the registry")
    if wanted is not None and "://" not in wanted:
        return _named(wanted, places, environ)
    if wanted is None and "" in places:
        return _named("", places, environ)
    text, source = (wanted, "the URL of the registry") if wanted is not None else (configured, "`registry.url`")
    if text is None:
        message = "no registry is named"
        raise UsageError(message, hint="Set EVTCOMPAT_REGISTRY_URL, or `url` under `registry` in the configuration.")
    address, login = parse_address(text, source)
    if login is not None:
        message = f"{source} must not hold a user or a password"
        raise UsageError(message, hint=f"Set {PREFIX}USERNAME and {PREFIX}PASSWORD together with {PREFIX}URL.")
    for place, named in sorted(places.items()):
        if host_of(named) == address.host:
            found = _named(place, places, environ)
            return Target(address, found.credentials, found.timeout, found.parallel)
    return Target(address, Credentials(ca=environ.get(f"{PREFIX}CA") or None), *_pace(environ))


def _places(environ: Mapping[str, str], user_folder: Path | None) -> Iterator[tuple[str, str]]:
    """(place, URL): the user's file first, so that the environment wins. ``""`` is the place without a name."""
    file = user_folder / "registries.toml" if user_folder is not None else None
    if file is not None and file.is_file():
        yield from _from_file(file)
    for variable, url in environ.items():
        named = _NAMED_URL.fullmatch(variable)
        if (
            named is not None
            and url
            and named["place"] != "OAUTH_TOKEN"
            and not named["place"].endswith("_OAUTH_TOKEN")
        ):
            yield named["place"].lower(), url
    if environ.get(f"{PREFIX}URL"):
        yield "", environ[f"{PREFIX}URL"]


def _from_file(file: Path) -> Iterator[tuple[str, str]]:
    try:
        table = loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, UnreadableTomlError) as error:
        message = f"{file}: cannot be read as TOML"
        raise ConfigError(message, hint='It holds tables such as [prod] with url = "https://..."') from error
    for place, entry in table.items():
        url = entry.get("url") if isinstance(entry, dict) else None
        if not isinstance(url, str) or set(entry) != {"url"} or not _PLACE.fullmatch(place):
            message = f"{file}: [{place}] must hold `url` and nothing else"
            raise ConfigError(message, hint="Credentials belong in the environment.")
        yield _key(place), url


def _key(place: str) -> str:
    return place.lower().replace("-", "_")


def _named(place: str, places: Mapping[str, str], environ: Mapping[str, str]) -> Target:
    key = _key(place)
    prefix = f"{PREFIX}{key.upper()}_" if key else PREFIX
    if key not in places:
        known = ", ".join(sorted(name for name in places if name)) or "none"
        message = f"unknown registry `{place}`"
        raise UsageError(message, hint=f"Give a URL, or set {prefix}URL. Known names: {known}.")
    address, login = parse_address(places[key], f"{prefix}URL")
    return Target(address, _credentials(address, login, prefix, environ), *_pace(environ))


def _credentials(
    address: Address, login: tuple[str, str] | None, prefix: str, environ: Mapping[str, str]
) -> Credentials:
    def value(name: str) -> str | None:
        return environ.get(f"{prefix}{name}") or None

    user, token = value("USERNAME"), value("TOKEN")
    basic = (user, value("PASSWORD") or "") if user is not None else login
    oauth = _oauth(prefix, value("OAUTH_TOKEN_URL"), environ)
    ways = [name for name, given in (("USERNAME", basic), ("TOKEN", token), ("OAUTH_TOKEN_URL", oauth)) if given]
    if len(ways) > 1:
        message = f"{' and '.join(prefix + way for way in ways)} contradict each other"
        raise ConfigError(message, hint="Leave one way to authenticate.")
    return Credentials(
        host=address.host,
        basic=basic,
        token=token,
        oauth=oauth,
        client_cert=value("CLIENT_CERT"),
        client_key=value("CLIENT_KEY"),
        ca=value("CA"),
        profile=value("AWS_PROFILE"),
    )


def _oauth(prefix: str, token_url: str | None, environ: Mapping[str, str]) -> OAuth | None:
    if token_url is None:
        return None
    address, login = parse_address(token_url, f"{prefix}OAUTH_TOKEN_URL")
    client, secret = (environ.get(f"{prefix}OAUTH_CLIENT_{part}") or None for part in ("ID", "SECRET"))
    if client is None or secret is None or login is not None:
        message = f"{prefix}OAUTH_TOKEN_URL needs {prefix}OAUTH_CLIENT_ID and {prefix}OAUTH_CLIENT_SECRET beside it"
        raise ConfigError(message)
    headers = {
        header: environ[prefix + name]
        for header, name in (
            ("target-sr-cluster", "OAUTH_LOGICAL_CLUSTER"),
            ("Confluent-Identity-Pool-Id", "OAUTH_IDENTITY_POOL"),
        )
        if environ.get(prefix + name)
    }
    return OAuth(address.url, client, secret, environ.get(f"{prefix}OAUTH_SCOPE") or None, headers)


def _pace(environ: Mapping[str, str]) -> tuple[float | None, int | None]:
    return _positive(environ, "TIMEOUT", float), _positive(environ, "PARALLEL", int)


def _positive(environ: Mapping[str, str], name: str, kind: type[_N]) -> _N | None:
    text = environ.get(PREFIX + name)
    if not text:
        return None
    try:
        number = kind(text)
    except ValueError:
        number = kind(0)
    if not 0 < number < 100_000:  # noqa: PLR2004 - beyond it is a typing error
        message = f"{PREFIX}{name} must be a positive number"
        raise ConfigError(message)
    return number
