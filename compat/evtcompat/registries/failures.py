"""What a failed request or an odd answer means, in words that quote no request."""

from __future__ import annotations

from typing import Final


def links(error: BaseException) -> list[BaseException]:
    """The exception, its causes, and the exceptions that the libraries keep as arguments."""
    found: list[BaseException] = []
    left: list[object] = [error]
    while left:
        link = left.pop()
        if not isinstance(link, BaseException) or any(link is known for known in found):
            continue
        found.append(link)
        left += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
    return found


#: What `tls_reason` says where the other side answers with what is no TLS, as versions of OpenSSL put it.
NO_TLS: Final = frozenset({"wrong version number", "http request", "packet length too long", "record layer failure"})


def tls_reason(error: BaseException) -> str:
    """OpenSSL's own words for what is wrong, which quote no request."""
    for link in links(error):
        verify = getattr(link, "verify_message", None)
        if verify:
            return str(verify)
    for link in links(error):
        reason = getattr(link, "reason", None)
        if isinstance(reason, str) and reason:
            return reason.lower().replace("_", " ")
    return "the handshake did not succeed"


def malformed(body: bytes, status: int) -> str:
    """What came instead of JSON."""
    start = body[:512].lstrip().lower()
    if not start:
        return f"answers HTTP {status} with an empty body"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return f"answers HTTP {status} with an HTML page (a login page?) instead of JSON"
    if start[:1] in (b"{", b"["):
        return f"answers HTTP {status} with JSON that breaks off or is malformed"
    return f"answers HTTP {status} with something that is not JSON"
