"""What the configuration's table of subjects says, held against the files that are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from evtcompat.config.globs import is_pattern, matches
from evtcompat.errors import ConfigError
from evtcompat.model.places import Place
from evtcompat.sources.subjects.schema_tree import SchemaTree


def refuse_unclear(schemas: SchemaTree) -> None:
    """Every file has one place in one subject, and no version of a subject is left out.

    A file that is listed twice leaves open which version it is, and one that is left out, though it is named as a
    version of what is listed, would be a subject of its own without a past: nothing would be compared with it.

    Raises:
        ConfigError: The table says otherwise.
    """
    claimed: dict[str, tuple[str, str]] = {}
    for subject, pattern, path in _listed(schemas):
        other, first = claimed.setdefault(path, (subject, pattern))
        if other != subject:
            message = f"{path} belongs to two subjects: {other} and {subject}"
            _fail(schemas, subject, message, "Let one of them name it.")
        if first is not pattern:
            words = f"`{first}` twice" if first == pattern else f"`{first}` and `{pattern}`"
            message = f"the subject {subject} lists {path} twice, by {words}"
            _fail(schemas, subject, message, "Name each file once, the oldest first.")
    for path, (subject, _) in claimed.items():
        if not schemas.is_schema(path):
            continue
        for sibling in schemas.relatives(path):
            if sibling not in claimed:
                message = f"{sibling} is named as a version of {path}, and the subject {subject} does not list it"
                _fail(schemas, subject, message, "List it too, the oldest first, or leave it out with `exclude`.")


def unmatched(schemas: SchemaTree) -> Iterator[tuple[str, str]]:
    """Subjects with a file that is not there, or with the patterns that match none at all."""
    for subject, patterns in schemas.layout.tree_subjects().items():
        found = {pattern: [*_matched(schemas, pattern)] for pattern in patterns}
        for pattern, paths in found.items():
            if not paths and not is_pattern(pattern):
                yield subject, pattern
        if not any(found.values()) and all(map(is_pattern, patterns)):
            yield subject, ", ".join(patterns)


def _listed(schemas: SchemaTree) -> Iterator[tuple[str, str, str]]:
    """Subject, pattern and path of every file that the table names, as often as it does."""
    for subject, patterns in schemas.layout.tree_subjects().items():
        for pattern in patterns:
            for path in _matched(schemas, pattern):
                yield subject, pattern, schemas.tree.canonical(path) or path


def _matched(schemas: SchemaTree, pattern: str) -> Iterator[str]:
    return (path for path in schemas.matching(pattern) if matches((pattern,), path))


def _fail(schemas: SchemaTree, subject: str, message: str, hint: str) -> NoReturn:
    raise ConfigError(message, place=schemas.layout.subject_places.get(subject, Place()), hint=hint)
