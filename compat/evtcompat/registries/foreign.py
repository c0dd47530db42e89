"""Registries whose own APIs are not spoken here, known by their addresses, and what to do about each."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from evtcompat.errors import UsageError

_FILES: Final = "Fetch the schemas into files with its own tools, and check the files: `evtcompat check FOLDER`."
#: What an address looks like, what has it, and what to do.
_KNOWN: Final = (
    (
        re.compile(r"//[^/]*/apis/registry/v\d"),
        "Apicurio Registry's own API",
        "Apicurio speaks Confluent's API as well: {base}/apis/ccompat/v7",
    ),
    (re.compile(r"//[^/]*\.servicebus\.(?:windows\.net|[a-z.]+)(?:[:/]|$)"), "Azure Schema Registry", _FILES),
    (re.compile(r"//[^/]*\bpubsub\.googleapis\.com"), "the schemas of Google Pub/Sub", _FILES),
    (
        re.compile(r"^arn:aws[a-z-]*:glue:|^https?://glue[.-][^/]*amazonaws\.com"),
        "AWS Glue Schema Registry",
        "Name the region and the registry: glue://REGION/REGISTRY, for example glue://eu-west-1/shop.",
    ),
)


def refuse_foreign(text: str, source: str) -> None:
    """An address is none of a registry with another API.

    Args:
        text: The address as it was given; it may hold a password, and is not repeated.
        source: Where it comes from, for the message.

    Raises:
        UsageError: It is, with the product's name and what to do.
    """
    for pattern, product, advice in _KNOWN:
        if pattern.search(text):
            message = f"{source} leads to {product}, whose API evtcompat does not speak there"
            raise UsageError(message, hint=advice.format(base=_base(text)))


def _base(text: str) -> str:
    """Scheme, host and port of a URL, without a password."""
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
