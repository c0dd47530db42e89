"""Documents that are read as several schemas and may be meant as one, and whose schemas are others than before.

An array of Avro types of which one uses another is read as a list of types; whoever means a union by it loses the
judgement on its branches: a new one is a subject of its own, which is compared with nothing. So the reading is told
wherever it makes a difference, with the line of the configuration that asks for the other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evtcompat.errors import UncheckedError
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.opened import Container
from evtcompat.sources.names.naming import Named, container_of, name_of
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.subjects.subject_line import subject_line
from evtcompat.sources.tree import folder_of

#: As many types are named one by one.
_SHOWN = 4


def list_notes(now: SchemaTree, baseline: Baseline, found: Iterable[str]) -> Iterator[Mismatch]:
    """What is to be told of the documents that schemas under check lie in, each once.

    Args:
        now: The schemas under check.
        baseline: What they are compared with.
        found: Their paths.
    """
    subjects = _Subjects(now)
    for path in sorted({container_of(one) or one for one in found}):
        versions = subjects.versions(path)
        before = _before(now, baseline, path, versions)
        after = now.tree.readable_container(path)
        if before is None or not (_is_list(before) or _is_list(after)):
            continue
        reading = _reading(before, after)
        if reading:
            place = Place(origin=now.tree.origin(path))
            line = subject_line(now.layout, name_of(path).subject, versions)
            facts = {"file": now.tree.origin(path), "reading": reading, "line": line}
            yield Mismatch("array-read-as-types", place, place, facts)


class _OneSchema:
    """A document that is one schema."""


def _before(now: SchemaTree, baseline: Baseline, path: str, versions: tuple[str, ...]) -> Container | _OneSchema | None:
    """What a document was: at the baseline, else in the version before it; ``None`` where there is no such thing."""
    then, other = baseline.schemas, baseline.there(path)
    if then is not None and baseline.single is None and _is_file(then, other):
        try:
            contents = baseline.contents(now.tree)
            if contents is not None and contents.same(path, other):
                return None
        except UncheckedError:  # a problem of its own where the document is checked
            return None
        return then.tree.readable_container(other) or _OneSchema()
    below = versions[: versions.index(path)] if baseline.siblings and path in versions else ()
    return (now.tree.readable_container(below[-1]) or _OneSchema()) if below else None


def _is_file(schemas: SchemaTree, path: str) -> bool:
    return schemas.tree.inner.is_file(path)


class _Subjects:
    """The files of folders by the subject that their names tell."""

    def __init__(self, now: SchemaTree) -> None:
        self._now = now
        self._folders: dict[str, Mapping[tuple[str, str], Sequence[Named]]] = {}

    def versions(self, path: str) -> tuple[str, ...]:
        """The versions of what a document is in its folder, the oldest first; it is one of them."""
        folder = folder_of(path)
        if folder not in self._folders:
            found: dict[tuple[str, str], list[Named]] = defaultdict(list)
            for one in map(name_of, self._now.tree.siblings(folder)):
                found[one.key].append(one)
            self._folders[folder] = found
        alike = self._folders[folder].get(name_of(path).key, ())
        alike = sorted(alike, key=lambda one: (one.order is not None, one.order or (), one.path))
        return tuple(one.path for one in alike)


def _is_list(container: Container | _OneSchema | None) -> bool:
    return isinstance(container, Container) and container.kind.may_be_one_schema


def _reading(before: Container | _OneSchema, after: Container | None) -> str:
    """How a document is read, and what is different; ``""`` where the same schemas are in it."""
    if after is None:
        return "is read as one schema, a union; it was read as a list of types before"
    as_list = "is read as a list of types, as one of them uses another"
    if not isinstance(before, Container):
        return f"{as_list}; it was read as one schema before"
    then, here = _names(before), _names(after)
    changes = {"gained": [one for one in here if one not in then], "lost": [one for one in then if one not in here]}
    told = " and ".join(f"{word} {_listed(names)}" for word, names in changes.items() if names)
    return told and f"{as_list}, and {told}"


def _names(container: Container) -> list[str]:
    return [*(one.name for one in container.contents.schemas), *container.contents.problems]


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:_SHOWN]]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")
