"""References of registered schemas, followed to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, urljoin

from evtcompat.dataclasses import dataclass
from evtcompat.errors import RegistryError
from evtcompat.formats.base import SchemaFormat, file_suffix
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.errors import ReferenceCycleError
from evtcompat.registries.names import referenced_subject
from evtcompat.syntax.documents import parse_document

#: Where the relative references of registered JSON Schemas start: a folder that is nowhere.
BASE_URI = "file:///.registry/"
#: References that are followed for one schema, and how deep: nothing that a registry sends keeps anybody busy forever.
_MOST = 10_000
_DEEPEST = 200
#: Reads a version of a subject: `SchemaRegistry.version`, or a lock.
Fetch = Callable[[str, int | str], Registered]
#: A reference to follow, the subject and value of the schema that has it, and the way to it.
_Step = tuple[Reference, str, JSON, tuple[tuple[str, int], ...]]


def label(found: Registered) -> str:
    """What a registered schema is called in messages: ``registry:order-value@3``."""
    return f"registry:{found.subject}@{found.version}"


def document(found: Registered, origin: str | None = None) -> Document:
    """The schema as a document.

    Raises:
        DocumentError: Its text is not JSON.
    """
    schema_format = found.format
    if schema_format is None:  # of a language that is not read: its text may be shown
        return parse_document(found.text, origin or label(found), base_uri=BASE_URI)
    name = f"x{file_suffix(schema_format)}"
    return schema_format.read(found.text, origin or label(found), name=name, base_uri=BASE_URI)


@dataclass(frozen=True, slots=True)
class RegistryReferences:
    """What a schema's registered references define, by every name that the schema may use for it."""

    documents: Mapping[str, Document]

    def lookup(self, name: str) -> Document | None:
        """The document that defines `name`: an Avro full name, or a URI with or without its base."""
        bare = name.partition("#")[0]
        return self.documents.get(name) or self.documents.get(bare) or self.documents.get(bare.removeprefix(BASE_URI))


def resolve(
    references: Sequence[Reference],
    *,
    referring: str,
    schema_format: SchemaFormat,
    fetch: Fetch,
    base: JSON = None,
    name_document: Callable[[Registered], str] = label,
) -> References:
    """Everything that references lead to, directly and through one another.

    Args:
        references: Of the schema that is to be read.
        referring: Its subject; references without a context lie in its context.
        schema_format: Of the schema and of all that it refers to.
        fetch: Reads a version.
        base: The parsed schema, whose own identifier relative names may start from.
        name_document: What messages call a registered schema.

    Raises:
        RegistryError: A referenced version cannot be had, or the references form a cycle.
        DocumentError: A referenced schema is not JSON.
    """
    found: dict[str, Document] = {}
    seen: set[tuple[str, int]] = set()
    edges = 0
    level: list[_Step] = [(reference, referring, base, ()) for reference in references]
    # breadth first: what the schema itself refers to wins over what lies behind it
    while level:
        below: list[_Step] = []
        for reference, referrer, referrer_value, path in level:
            subject = referenced_subject(reference.subject, referrer)
            target = fetch(subject, reference.version if reference.version > 0 else "latest")
            step = (subject, target.version)
            if step in path:
                cycle = " -> ".join(f"{name} version {version}" for name, version in (*path[path.index(step) :], step))
                message = f"references form a cycle: {cycle}"
                raise ReferenceCycleError(message)
            edges += 1
            if edges > _MOST or len(path) > _DEEPEST:
                message = f"{referring} refers to more than {_MOST} schemas, or more than {_DEEPEST} deep"
                raise RegistryError(message)
            definition = document(target, name_document(target))
            for name in _names(reference.name, definition, referrer_value, schema_format):
                found.setdefault(name, definition)
            if step in seen:
                continue  # what lies behind it is found already
            seen.add(step)
            below += [(child, subject, definition.value, (*path, step)) for child in target.references]
        level = below
    return RegistryReferences(found)


def _names(name: str, definition: Document, referrer: JSON, schema_format: SchemaFormat) -> Iterator[str]:
    """Every name that a schema may use for a document that it refers to as `name`."""
    yield name
    if not schema_format.names_are_uris:
        yield from schema_format.names(definition).defined
        return
    encoded = quote(name, safe="/:?#[]@!$&'()*+,;=%~-._")
    own = _identifier(definition.value, schema_format)
    for start in (BASE_URI, _identifier(referrer, schema_format), own):
        if start:
            yield urljoin(start, encoded).partition("#")[0]
    if own:
        yield own


def _identifier(value: JSON, schema_format: SchemaFormat) -> str | None:
    return next((one.rstrip("#") for one in schema_format.identifiers(value) if one), None)
