"""A Pact file, read: the messages that a consumer asserted, each as a reader schema.

Message pacts of the specification's versions 2, 3 and 4 (asynchronous messages). A pact of HTTP interactions only says
nothing of events.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from evtcompat.contracts.pacts.rules import Any, Steps, metadata_rules, rules_of
from evtcompat.contracts.pacts.translating import Schema, Translator
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import SchemaError, UncheckedError
from evtcompat.formats.loading import by_name
from evtcompat.formats.projections import Part, path_text
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_texts import one_line, parse
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.json_types import JSON

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: What metadata call the type of the content, in lower case.
_CONTENT_TYPE: Final = frozenset({"contenttype", "content-type", "content_type"})
#: Versions of the specification, whatever is their smaller part.
_KNOWN: Final = re.compile(r"[1-4](\.|$)")
_ASYNCHRONOUS: Final = "Asynchronous/Messages"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a consumer asks of the metadata of a message: of its headers, on most brokers."""

    #: The reader of the headers; ``None`` where nothing is asked but the type of the content, which is no header.
    schema: Schema | None = None
    undecided: tuple[Undecided, ...] = ()
    #: Each with what is asked of it, for people.
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a pact."""

    description: str
    #: The reader that it means.
    schema: Schema
    #: What the reader does not say.
    undecided: tuple[Undecided, ...]
    #: The states that the provider has to be in, with their parameters.
    states: tuple[str, ...]
    #: What is asked of its metadata.
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class PactFile:
    """The messages of a pact."""

    consumer: str
    messages: tuple[Message, ...]
    #: Interactions that are no messages.
    others: int


def pact_format() -> SchemaFormat:
    """The language of the readers: pacts speak of JSON."""
    return by_name("json-schema")


def read_pact(document: Document) -> PactFile:
    """The messages of a Pact file.

    Raises:
        UncheckedError: It is no pact, of an unknown version, or has no message.
    """
    value, place = document.value, Place(origin=document.origin)
    if not isinstance(value, dict) or not ({"messages", "interactions"} & value.keys()):
        message = "is no pact: it has neither messages nor interactions"
        raise UncheckedError(message, place=place, hint="Name the file that the consumer's Pact tests wrote.")
    version = _specification(value)
    if version is not None and not _KNOWN.match(version):
        message = f"the pact is of version {version} of Pact's specification, which is not known"
        raise UncheckedError(message, place=place, hint="Versions 2, 3 and 4 are read.")
    found = [_message(one, pointer, document.origin) for one, pointer in _written(value)]
    interactions = value.get("interactions")
    others = len(interactions) - len(found) if isinstance(interactions, list) and "messages" not in value else 0
    if not found:
        kinds = "HTTP interactions" if others else "nothing"
        message = f"the pact has {kinds} and no message"
        hint = "A contract about events needs a message pact (version 3), or asynchronous messages (version 4)."
        raise UncheckedError(message, place=place, hint=hint)
    return PactFile(_name(value.get("consumer")), tuple(found), max(others, 0))


def headers_reader_of(messages: Sequence[Message]) -> Schema | None:
    """The document of a reader that accepts the headers of one of the messages; ``None`` where one asks for none."""
    schemas = [one.metadata.schema for one in messages]
    kept = [one for one in schemas if one is not None]
    if not kept or len(kept) < len(schemas):
        return None
    return {"$schema": _DIALECT, **kept[0]} if len(kept) == 1 else {"$schema": _DIALECT, "anyOf": [*kept]}


def reader_of(messages: Sequence[Message]) -> Schema:
    """The document of a reader that accepts what matches one of the messages."""
    if len(messages) == 1:
        return {"$schema": _DIALECT, **messages[0].schema}
    return {"$schema": _DIALECT, "anyOf": [one.schema for one in messages]}


def _specification(pact: dict[str, JSON]) -> str | None:
    """The version of the specification that a pact names, in any of the ways in which its writers do."""
    metadata = pact.get("metadata")
    found: JSON = metadata if isinstance(metadata, dict) else {}
    for names in (("pactSpecification", "pact-specification", "pactSpecificationVersion"), ("version",)):
        found = next((found[name] for name in names if name in found), None) if isinstance(found, dict) else found
    return None if found is None else str(found)


def _name(party: JSON) -> str:
    name = party.get("name") if isinstance(party, dict) else None
    return name if isinstance(name, str) else ""


def _written(value: dict[str, JSON]) -> Iterator[tuple[dict[str, JSON], str]]:
    messages, interactions = value.get("messages"), value.get("interactions")
    for index, one in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(one, dict):
            yield one, f"/messages/{index}"
    for index, one in enumerate(interactions if isinstance(interactions, list) else ()):
        if isinstance(one, dict) and one.get("type") == _ASYNCHRONOUS:
            yield one, f"/interactions/{index}"


def _message(written: dict[str, JSON], pointer: str, origin: str | None) -> Message:
    description = str(written.get("description") or "")
    place = Place(f"{pointer}/contents", origin=origin)
    rules = rules_of(written.get("matchingRules"))
    open_parts = [Undecided(place, Place(), f"the rules of `{path}` cannot be read") for path in rules.unread]
    schema: Schema = {}
    try:
        content = _content(written)
    except ValueError as error:
        open_parts.append(Undecided(place, Place(), str(error)))
    else:
        translator = Translator(rules, _is_pattern)
        schema = translator.part(content)
        open_parts += [
            Undecided(replace(place, names=_path_text(note.path)), Place(), note.reason) for note in translator.notes
        ]
    metadata = _metadata(written, replace(place, pointer=f"{pointer}/metadata"))
    return Message(description, schema, tuple(dict.fromkeys(open_parts)), tuple(_states(written)), metadata)


def _metadata(written: dict[str, JSON], place: Place) -> Metadata:
    found = _words(written)
    if not found:
        return Metadata()
    rules = metadata_rules(written.get("matchingRules"))
    translator = Translator(rules, _is_pattern)
    asked = {name: value for name, value in found.items() if name.lower() not in _CONTENT_TYPE}
    parts: dict[str, JSON] = {name: translator.part(value, (name,)) for name, value in asked.items()}
    schema: Schema | None = {"type": "object", "properties": parts, "required": [*asked]} if asked else None
    notes = [(rule, f"the rules of `{rule}` cannot be read") for rule in rules.unread]
    notes += [(_path_text(note.path), note.reason) for note in translator.notes]
    undecided = tuple(Undecided(replace(place, names=path), Place(), reason) for path, reason in notes)
    shown = []
    for name, value in found.items():
        best = rules.best((name,))
        rule = "" if best is None else f" ({', '.join(one.kind for one in best.matchers)})"
        shown.append(f"{name}{rule} {one_line(value)}")
    return Metadata(schema, undecided, tuple(shown))


def _words(written: dict[str, JSON]) -> dict[str, JSON]:
    """The metadata of a message, whatever its specification calls them."""
    found = written.get("metadata", written.get("metaData"))
    return found if isinstance(found, dict) else {}


def _content(written: dict[str, JSON]) -> JSON:
    """The example of a message.

    Raises:
        ValueError: It is not JSON; the message says what it is.
    """
    contents = written.get("contents")
    declared = next((value for name, value in _words(written).items() if name.lower() in _CONTENT_TYPE), None)
    encoded: JSON = False
    if written.get("type") == _ASYNCHRONOUS:
        held = contents if isinstance(contents, dict) else {}
        if "content" not in held:
            message = "the message has no content"
            raise ValueError(message)
        contents, encoded = held["content"], held.get("encoded")
        declared = held.get("contentType", declared)
    elif contents is None:
        message = "the message has no contents"
        raise ValueError(message)
    if isinstance(declared, str) and "json" not in declared.lower():
        message = f"the content of the message is {declared}, not JSON"
        raise ValueError(message)
    if encoded and str(encoded).lower() != "json":
        return _decoded(contents)
    return contents


def _decoded(contents: JSON) -> JSON:
    try:
        return parse(base64.b64decode(str(contents), validate=True))  # type: ignore[return-value]  # what JSON has
    except (binascii.Error, ValueError) as error:
        message = "the content of the message is encoded, and no JSON in base64"
        raise ValueError(message) from error


def _states(written: dict[str, JSON]) -> Iterator[str]:
    states = written.get("providerStates") or written.get("providerState")
    for one in states if isinstance(states, list) else [states]:
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict) and "name" in one:
            parameters = one.get("params")
            yield f"{one['name']}{f' {one_line(parameters)}' if parameters else ''}"


@cache
def _is_pattern(text: str) -> bool:
    """Whether a text is a regular expression that readers can be written with."""
    try:
        pact_format().parse(Document({"$schema": _DIALECT, "pattern": text}), NoReferences())
    except SchemaError:
        return False
    return True


def _path_text(steps: Steps) -> str:
    """The path of a part of an example as people write it."""
    parts = {Any.NAME: Part.VALUES, Any.INDEX: Part.ITEMS}
    return path_text(
        tuple(parts[one] if isinstance(one, Any) else Part.ITEMS if isinstance(one, int) else one for one in steps)
    )
