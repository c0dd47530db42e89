"""Registries that speak another API than is asked, known by their addresses or by what they answer, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError
from evtcompat.model.json_types import JSON

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


@dataclass(frozen=True, slots=True)
class Product:
    """A registry that answers in another way than it was asked."""

    name: str
    advice: str


_AWS: Final = Product(
    "AWS", "Name a registry of AWS Glue by region and name: glue://REGION/REGISTRY, for example glue://eu-west-1/shop."
)
_AZURE: Final = Product("Azure Schema Registry", _FILES)
_GOOGLE: Final = Product("Google Cloud", _FILES)
_APICURIO: Final = "Apicurio Registry"
#: Members of errors that Apicurio's own API alone has, in its versions 2 and 3.
_APICURIO_ERROR: Final = ({"error_code", "name", "detail"}, {"title", "status", "name"})
#: Where Apicurio tells what it is, below its own address.
APICURIO_INFO: Final = ("/apis/registry/v3/system/info", "/apis/registry/v2/system/info")


def answered_by(value: JSON, body: bytes, base: str) -> Product | None:
    """The product that an error comes from, where its API is another; ``None`` for anything else.

    Args:
        value: The body as JSON; ``None`` when it is none.
        body: As it came.
        base: The address that was asked.
    """
    if b"UnknownOperationException" in body[:512] or (isinstance(value, dict) and "__type" in value):
        return _AWS
    if not isinstance(value, dict):
        return None
    error = value.get("error")
    if isinstance(error, dict):
        if isinstance(error.get("code"), int) and isinstance(error.get("status"), str):
            return _GOOGLE
        if isinstance(error.get("code"), str) and "TrackingId" in str(error.get("message")):
            return _AZURE
    if any(members <= value.keys() for members in _APICURIO_ERROR):
        return apicurio(base)
    return None


def is_apicurio(value: JSON) -> bool:
    """Whether an answer to `APICURIO_INFO` is Apicurio's."""
    return isinstance(value, Mapping) and str(value.get("name", "")).startswith("Apicurio")


def apicurio(base: str) -> Product:
    """Apicurio at an address, and the one at which it speaks Confluent's API."""
    return Product(_APICURIO, f"Apicurio speaks Confluent's API below this path: {base}/apis/ccompat/v7")


def _base(text: str) -> str:
    """Scheme, host and port of a URL, without a password."""
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
