"""Who writes, reads and owns the subjects of a repository, as far as other files of it say so.

Topic files (``topics/x.yaml`` with ``services`` and ``schemas``) and Backstage catalogues name services; CODEOWNERS
names who looks after a file, which says neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from evtcompat.config.globs import matches
from evtcompat.errors import UncheckedError
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.tree import Tree, folder_of
from evtcompat.syntax.documents import decode_text, parse_document
from evtcompat.syntax.suffixes import is_document

_CODEOWNERS: Final = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_CATALOGUES: Final = frozenset({"catalog-info.yaml", "catalog-info.yml"})
#: Between the documents of a YAML stream.
_NEXT: Final = re.compile(r"^---[ \t]*(?:#.*)?$", re.MULTILINE)
#: How an entity of a catalogue names a file: ``$text: ./order.avsc``.
_TEXTS: Final = ("$text", "$json", "$yaml", "$openapi", "$asyncapi")


class Services(NamedTuple):
    """Which services write and read a subject."""

    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    #: The file that says so, the first where several do.
    said_by: str

    def joined(self, producers: Iterable[str], consumers: Iterable[str]) -> Services:
        """The same with more of them: a schema may be that of several topics."""
        return self._replace(
            producers=tuple(dict.fromkeys((*self.producers, *producers))),
            consumers=tuple(dict.fromkeys((*self.consumers, *consumers))),
        )


class CodeOwners(NamedTuple):
    """Who looks after the files of subjects."""

    path: str
    #: Identities of subjects by the owners of their newest file.
    subjects: Mapping[tuple[str, ...], Sequence[str]]


def services_of(tree: Tree, files: Sequence[str], histories: Mapping[str, SubjectHistory]) -> Mapping[str, Services]:
    """Producers and consumers by identity of the subject; topic files before catalogues."""
    return {**_of_catalogues(tree, files, histories), **_of_topics(tree, files, histories)}


def code_owners(tree: Tree, histories: Mapping[str, SubjectHistory]) -> CodeOwners | None:
    """What CODEOWNERS says of the files of subjects; ``None`` where there is no such file."""
    path = next((path for path in _CODEOWNERS if tree.is_file(path)), None)
    if path is None:
        return None
    rules = list(_rules(text_of(tree, path)))
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity, history in histories.items():
        newest = history.paths[-1].partition("#")[0]
        owners = next((owners for pattern, owners in reversed(rules) if matches((pattern,), newest)), ())
        if owners:
            found[owners].append(identity)
    return CodeOwners(path, found)


def text_of(tree: Tree, path: str) -> str:
    """The text of a file; ``""`` where there is none, or where it cannot be read as text."""
    try:
        return decode_text(tree.read(path) or b"", path)
    except UncheckedError:  # it says nothing of what is looked for here
        return ""


def _rules(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The patterns with their owners; the last that fits a path counts. Sections of GitLab's head what follows."""
    for line in text.splitlines():
        pattern, *owners = line.split(" #")[0].split() or [""]
        if not pattern or pattern.startswith(("#", "[", "^[", "!")):
            continue
        anchored = "/" in pattern.rstrip("/")
        yield pattern.strip("/") if anchored else f"**/{pattern.strip('/')}", tuple(owners)


def _of_topics(tree: Tree, files: Sequence[str], histories: Mapping[str, SubjectHistory]) -> Mapping[str, Services]:
    by_file = {path.rpartition("/")[2]: one.identity for one in histories.values() for path in one.paths}
    found: dict[str, Services] = {}
    for path in files:
        if "topics/" not in path or not is_document(path):
            continue
        for value in _documents(tree, path):
            services, schemas = value.get("services"), value.get("schemas")
            if not isinstance(services, dict) or not isinstance(schemas, list):
                continue
            for schema in schemas:
                resource = schema.get("resource") if isinstance(schema, dict) else None
                subject = by_file.get(resource.rpartition("/")[2]) if isinstance(resource, str) else None
                if subject is not None:
                    known = found.get(subject, Services((), (), path))
                    found[subject] = known.joined(_words(services.get("producers")), _words(services.get("consumers")))
    return found


def _of_catalogues(tree: Tree, files: Sequence[str], histories: Mapping[str, SubjectHistory]) -> Mapping[str, Services]:
    """What Backstage knows: which API is written down in which file, and which component provides and consumes it."""
    entities = [
        (path, one)
        for path in files
        if path.rpartition("/")[2] in _CATALOGUES
        for one in _documents(tree, path)
        if isinstance(one.get("metadata"), dict) and isinstance(one.get("spec"), dict)
    ]
    provided, consumed = (_by_api(entities, word) for word in ("providesApis", "consumesApis"))
    found: dict[str, Services] = {}
    for path, entity in entities:
        if entity.get("kind") != "API":
            continue
        name = _name_of(entity)
        services = Services(tuple(provided.get(name, ())), tuple(consumed.get(name, ())), path)
        if services.producers or services.consumers:
            found |= dict.fromkeys(_subjects_of(entity, folder_of(path), histories), services)
    return found


def _by_api(entities: Iterable[tuple[str, Mapping[str, object]]], word: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for _, entity in entities:
        spec = entity["spec"]
        if entity.get("kind") == "Component" and isinstance(spec, dict):
            for api in _words(spec.get(word)):
                found[api.rpartition(":")[2]][_name_of(entity)] = None
    return {api: list(names) for api, names in found.items()}


def _name_of(entity: Mapping[str, object]) -> str:
    metadata = entity["metadata"]
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def _subjects_of(entity: Mapping[str, object], folder: str, histories: Mapping[str, SubjectHistory]) -> Iterator[str]:
    """The subjects that an API is about: what its definition names, else what is called like it."""
    spec = entity["spec"]
    definition = spec.get("definition") if isinstance(spec, dict) else None
    named = (
        next((definition[key] for key in _TEXTS if key in definition), None) if isinstance(definition, dict) else None
    )
    if isinstance(named, str):
        path = _joined(folder, named)
        for identity, history in histories.items():
            if any(path in (one, one.partition("#")[0]) for one in history.paths):
                yield identity
        return
    called = _plain(_name_of(entity))
    yield from (identity for identity, history in histories.items() if _plain(history.subject) == called)


def _joined(folder: str, relative: str) -> str:
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _documents(tree: Tree, path: str) -> Iterator[Mapping[str, object]]:
    for text in _NEXT.split(text_of(tree, path)):
        try:
            value = parse_document(text, path, name=path).value if text.strip() else None
        except UncheckedError:  # a file of another kind
            continue
        if isinstance(value, dict):
            yield value


def _words(value: object) -> tuple[str, ...]:
    return tuple(word.rpartition("/")[2] for word in value if isinstance(word, str)) if isinstance(value, list) else ()
