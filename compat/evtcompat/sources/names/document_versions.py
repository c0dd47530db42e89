"""The containers of a tree that are versions of one document, and the events that have versions in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from evtcompat.sources.names.naming import Named, members_folder, name_of
from evtcompat.sources.names.same_events import Event, subjects_of
from evtcompat.sources.names.subject_histories import in_order


class DocumentVersions:
    """Which schemas of containers beside each other are versions of one event; answers are kept."""

    def __init__(self, events_in: Callable[[str], Sequence[Event]], alike: Callable[[str], Iterable[str]]) -> None:
        """Nothing is read yet.

        Args:
            events_in: Reads the schemas of a container; none where there is no container.
            alike: Tells the files that are called as versions of a container.
        """
        self._events_in = events_in
        self._alike = alike
        self._subjects: dict[str, Mapping[str, str]] = {}
        self._paths: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._newest: dict[tuple[str, tuple[Event, ...]], Mapping[str, str]] = {}

    def subjects(self, container: str) -> Mapping[str, str]:
        """The name of its subject by the path of each schema in a container, whatever it is called there.

        Raises:
            UncheckedError: A version of the document cannot be read.
        """
        if container not in self._subjects:
            versions = self._ordered(container)
            found = subjects_of([self._events_in(one.path) for one in versions])
            for one, subjects in zip(versions, found, strict=True):
                self._subjects[one.path] = subjects
                for path, subject in subjects.items():
                    self._paths[members_folder(container), subject].append(path)
            self._subjects.setdefault(container, {})
        return self._subjects[container]

    def versions(self, container: str, subject: str) -> Sequence[str]:
        """The paths of the versions of an event, by the name that `subjects` gave for a container."""
        return tuple(self._paths[members_folder(container), subject])

    def before(self, container: str) -> str | None:
        """The version of a document right before one of its versions; ``None`` where there is none."""
        paths = [one.path for one in self._ordered(container)]
        at = paths.index(container) if container in paths else 0
        return paths[at - 1] if at > 0 else None

    def newest(self, container: str, events: Sequence[Event]) -> Mapping[str, str]:
        """The path here of the newest version of each event of a document that lies elsewhere; ``""`` for none.

        Args:
            container: Where the document would lie here.
            events: What is in it.

        Raises:
            UncheckedError: A version of the document here cannot be read.
        """
        key = (container, tuple(events))
        if key not in self._newest:
            versions, own = self._ordered(container), name_of(container)
            at = next(index for index, one in enumerate([*in_order([*versions, own]), own]) if one is own)
            documents = [self._events_in(one.path) for one in versions]
            subjects = subjects_of([*documents[:at], events, *documents[at:]])
            mine = subjects.pop(at)
            paths = {subject: path for known in subjects for path, subject in known.items()}
            self._newest[key] = {path: paths.get(subject, "") for path, subject in mine.items()}
        return self._newest[key]

    def _ordered(self, container: str) -> list[Named]:
        """The versions of a document, the oldest first."""
        folder = members_folder(container)
        alike = sorted(dict.fromkeys(self._alike(container)))
        versions = [name_of(one) for one in alike if members_folder(one) == folder]
        return [*in_order(versions), *(one for one in versions if one.is_latest)]
