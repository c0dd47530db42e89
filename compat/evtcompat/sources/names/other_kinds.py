"""Kinds of files that are about events and are no schemas by themselves: each is refused by its name.

An AsyncAPI document holds schemas, and a JSON Schema whose keywords it is taken for has none that constrains anything:
every change of it would be compatible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, NamedTuple


class OtherKind(NamedTuple):
    """What a file is instead of a schema."""

    #: With its article: ``an AsyncAPI document``.
    noun: str
    #: What to do about it.
    hint: str
    #: It holds schemas of a format that is checked, in another notation; or those of a subject of a registry.
    of_a_format: bool = True


_OWN_FILES: Final = (
    "Write the schema of each event into a file of its own, to which the document refers with $ref: those are checked."
)
_PAYLOADS: Final = "Check the schema that the converter is configured with, not what it writes."

#: Interface languages that are compiled into schemas; by suffix, with what is said of them and what to do.
_REFUSED: Final = {
    ".proto": ("Protocol Buffers are not read", "evtcompat checks Avro and JSON Schema; `buf breaking` checks .proto."),
}
#: What `registry pull` calls a version: a schema of a subject that is carried and not checked.
_PULLED: Final = re.compile(r"[1-9][0-9]*\.proto")
_PROGRAMS: Final = {
    ".cs": "a C# file",
    ".go": "a Go file",
    ".java": "a Java file",
    ".js": "a JavaScript file",
    ".kt": "a Kotlin file",
    ".mjs": "a JavaScript file",
    ".py": "a Python module",
    ".pyi": "a Python module",
    ".rb": "a Ruby file",
    ".rs": "a Rust file",
    ".scala": "a Scala file",
    ".ts": "a TypeScript file",
}
#: Folders that modules are imported from.
_SOURCE_FOLDERS: Final = frozenset({"src", "lib", "python"})
_LANGUAGES: Final = {
    ".fbs": "a FlatBuffers schema",
    ".graphql": "a GraphQL schema",
    ".raml": "a RAML document",
    ".thrift": "a Thrift file",
    ".xsd": "an XML Schema",
}

#: Bytes without which no JSON or YAML file is a document of another kind, as far as they are known here.
_MARK: Final = re.compile(rb"\b(?:asyncapi|openapi|swagger|payload|struct)\b")
#: The version that an API description begins with: at the beginning of a line of YAML, or among the first members.
_DESCRIBES_API: Final = re.compile(
    rb"""(?:^|\A\s*\{\s*)["']?(asyncapi|openapi|swagger)["']?\s*:\s*["']?\d""", re.MULTILINE
)
_API: Final[Mapping[str, str]] = {
    "asyncapi": "an AsyncAPI document",
    "openapi": "an OpenAPI document",
    "swagger": "an OpenAPI document",
}
#: What an API description has beside its version, one of them at least.
_BESIDE: Final = frozenset({"channels", "components", "definitions", "info", "operations", "paths", "webhooks"})
_CONNECT_TYPES: Final = frozenset(
    {"struct", "map", "array", "string", "bytes", "boolean", "float", "double", "int8", "int16", "int32", "int64"}
)


def refused_by_name(path: str) -> OtherKind | None:
    """The interface language of a file of this name, which is refused wherever it is met; `noun` is a sentence."""
    for suffix, (message, hint) in _REFUSED.items():
        if path.lower().endswith(suffix):
            of_a_format = suffix != ".proto" or _PULLED.fullmatch(PurePosixPath(path).name) is not None
            return OtherKind(message, hint, of_a_format=of_a_format)
    return None


def known_by_name(path: str) -> OtherKind | None:
    """What a file of this name is, where a person takes it for a schema."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".py":
        return OtherKind(
            _PROGRAMS[suffix], f"Name the module, and its models are checked: evtcompat check {_module(path)}:"
        )
    if suffix in _PROGRAMS:
        hint = "Write the schema that it makes into a file, and check that: .avsc, or JSON with a $schema."
        return OtherKind(_PROGRAMS[suffix], hint)
    if suffix in _LANGUAGES:
        return OtherKind(_LANGUAGES[suffix], "evtcompat checks Avro and JSON Schema.")
    return None


def _module(path: str) -> str:
    """What a Python module is probably imported as; its folders are packages but for those that hold sources."""
    *folders, name = PurePosixPath(path).with_suffix("").parts
    for index in reversed(range(len(folders))):
        if folders[index] in _SOURCE_FOLDERS or not folders[index].isidentifier():
            folders = folders[index + 1 :]
            break
    return ".".join(folders if name == "__init__" and folders else [*folders, name])


def may_be_of_other_kind(data: bytes) -> bool:
    """Whether a JSON or YAML text may be of a kind that is known here; parsing it tells for certain."""
    return _MARK.search(data) is not None


def kind_of_text(data: bytes) -> OtherKind | None:
    """What a JSON or YAML text that cannot be read is, as far as its words tell."""
    found = _DESCRIBES_API.search(data)
    return None if found is None else OtherKind(_API[found[1].decode()], _OWN_FILES)


def describes_api(value: object) -> OtherKind | None:
    """The kind of an AsyncAPI or OpenAPI document, also of one that names a metaschema; ``None`` for any other."""
    if not isinstance(value, Mapping) or _BESIDE.isdisjoint(value):
        return None
    for word, noun in _API.items():
        version = value.get(word)
        if version is not None and not isinstance(version, (Mapping, list, bool)):
            return OtherKind(noun, _OWN_FILES)
    return None


def kind_of(value: object) -> OtherKind | None:
    """What a parsed document is that is no schema; ``None`` when it is of no kind that is known here."""
    if not isinstance(value, Mapping):
        return None
    api = describes_api(value)
    if api is not None:
        return api
    if value.keys() == {"schema", "payload"} and _is_of_connect(value["schema"]):
        return OtherKind("a message in the envelope of Kafka Connect's JsonConverter", _PAYLOADS)
    if value.get("type") == "struct" and _is_of_connect(value):
        return OtherKind("a schema of Kafka Connect", _PAYLOADS)
    return None


def _is_of_connect(schema: object) -> bool:
    if not isinstance(schema, Mapping) or schema.get("type") not in _CONNECT_TYPES:
        return schema is None
    return schema["type"] != "struct" or isinstance(schema.get("fields"), list)
