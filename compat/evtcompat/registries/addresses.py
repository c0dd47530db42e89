"""The address of a registry: where requests go, and which host credentials belong to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError
from evtcompat.registries.foreign import refuse_foreign
from evtcompat.registries.kinds import is_spoken

_PORTS = {"http": 80, "https": 443}
#: How AWS names a registry of Glue.
_GLUE = re.compile(r"arn:aws[a-z-]*:glue:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):registry/(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class Address:
    """The URL of a registry, without credentials, query and trailing slash."""

    url: str

    def __str__(self) -> str:
        """The URL, fit to be shown."""
        return self.url

    @property
    def host(self) -> str:
        """Scheme, host and port: what credentials are bound to (RFC 6454 calls it the origin)."""
        return host_of(self.url)


def host_of(url: str) -> str:
    """``https://sr.example.com:443`` for any URL of that host, scheme and port; ``""`` when the URL has none."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return ""
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}:{parts.port or _PORTS.get(parts.scheme, 0)}"


def parse_address(text: str, source: str) -> tuple[Address, tuple[str, str] | None]:
    """The address that a text names, and the user and password in it, if any.

    Args:
        text: A URL. It is not repeated in messages: it may hold a password.
        source: Where the text comes from, for messages (``--url``, ``EVTCOMPAT_REGISTRY_URL``).

    Raises:
        UsageError: It is no ``http`` or ``https`` URL with a host.
    """
    text = as_url(text)
    refuse_foreign(text, source)
    parts = _split(text.strip())
    if parts is None or not is_spoken(parts.scheme) or not parts.hostname or parts.query or parts.fragment:
        message = f"{source} must be a URL that begins with https:// or http://, names a host and has no query"
        hint = "For example https://registry.example.com:8081, or glue://eu-west-1/shop for a registry in AWS Glue"
        raise UsageError(message, hint=hint)
    userinfo, _, location = parts.netloc.rpartition("@")
    login = None
    if userinfo:
        user, _, password = userinfo.partition(":")
        login = (unquote(user), unquote(password))
    url = urlunsplit((parts.scheme, location.lower(), parts.path.rstrip("/"), "", ""))
    return Address(url), login


def as_url(text: str) -> str:
    """The URL of a registry that is named by AWS's own name (ARN); any other text as it is."""
    found = _GLUE.fullmatch(text.strip())
    return text if found is None else f"glue://{found['region']}/{found['account']}/{quote(found['name'], safe='')}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # an IPv6 address without its bracket, a port that is no number
        return None
    return parts
