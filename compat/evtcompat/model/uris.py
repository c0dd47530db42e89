"""References between documents by URI (RFC 3986)."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin


def joined(base: str, reference: str) -> str:
    """The absolute URI, without fragment, that a reference means at a base; a malformed one as it is."""
    try:
        return urldefrag(urljoin(base, reference)).url
    except ValueError:
        return reference
