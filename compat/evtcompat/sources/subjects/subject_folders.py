"""Where the files of one subject may lie: folders that are called by the subject, by a language, by a version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from evtcompat.formats.loading import built_in
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.names.naming import VERSIONS, Named, is_part, is_version_folder

#: Folders between a subject and its versions.
_KINDS: Final = ("schema", "jsonschema", *(one.name for one in reversed(built_in())))


class SubjectFolders:
    """The folders of one tree, each listed when it is first asked about."""

    def __init__(self, tree: OpenedTree, named: Callable[[str], Named]) -> None:
        """Nothing is listed yet.

        Args:
            tree: The tree.
            named: What the path of a file says.
        """
        self._tree = tree
        self._named = named
        self._by_folder: dict[str, Mapping[tuple[str, str], tuple[str, ...]]] = {}
        self._inner: dict[str, frozenset[str]] = {}
        self._versions: dict[str, tuple[str, ...]] = {}
        self._inserted: dict[str, tuple[tuple[int, str], ...]] = {}
        self._places: dict[tuple[str, str], tuple[str, ...]] = {}

    def alike(self, key: tuple[str, str]) -> Iterator[str]:
        """The files that name themselves versions of one subject, schemas or not."""
        for folder in self.places(key):
            yield from self._named_in(folder).get(key, ())

    def places(self, key: tuple[str, str]) -> tuple[str, ...]:
        """The folders in which a subject may have files: its own, one of its name, and those of versions in them.

        Those that are there, each once.
        """
        if key not in self._places:
            folder, subject = key
            inner = f"{folder}/{subject}" if folder else subject
            possible = [folder]
            if self._versions_on_the_way(folder) or self.is_there(inner):
                possible += [inner, *(f"{inner}/{kind}" for kind in _KINDS)]
            self._places[key] = tuple(
                dict.fromkeys(there for place in possible for there in self._with_versions(place))
            )
        return self._places[key]

    def _with_versions(self, place: str) -> Iterator[str]:
        """A folder, and those that are called likewise but for a version somewhere on the way; those that are there."""
        if self.is_there(place):
            yield place
        parts = place.split("/") if place else []
        for index, version in self._versions_on_the_way(place):
            versioned = "/".join([*parts[:index], version, *parts[index:]])
            if self.is_there(versioned):
                yield versioned

    def _versions_on_the_way(self, place: str) -> tuple[tuple[int, str], ...]:
        """The folders of versions in a folder and those above it, with how many folders lie above them."""
        if not self.is_there(place):
            return self._versions_on_the_way(place.rpartition("/")[0])
        if place not in self._inserted:
            above = self._versions_on_the_way(place.rpartition("/")[0]) if place else ()
            depth = place.count("/") + 1 if place else 0
            self._inserted[place] = (*above, *((depth, version) for version in self._version_folders(place)))
        return self._inserted[place]

    def _version_folders(self, folder: str) -> tuple[str, ...]:
        """The folders below one that are versions, or hold nothing else, from there."""
        if folder not in self._versions:
            found: list[str] = []
            for name in self._folders(folder):
                below = f"{folder}/{name}" if folder else name
                if name.lower() in VERSIONS:
                    found += [name, *(f"{name}/{one}" for one in self._folders(below) if is_version_folder(one))]
                elif is_version_folder(name):
                    parts = self._folders(below) if is_part(name) else ()
                    found += [name, *(f"{name}/{one}" for one in parts if is_part(one))]
            self._versions[folder] = tuple(found)
        return self._versions[folder]

    def _folders(self, folder: str) -> frozenset[str]:
        """The folders right in a folder; the tree is asked only about folders that are there."""
        if folder not in self._inner:
            parent, _, name = folder.rpartition("/")
            there = not folder or name in self._folders(parent)
            self._inner[folder] = frozenset(self._tree.folders(folder)) if there else frozenset()
        return self._inner[folder]

    def is_there(self, folder: str) -> bool:
        """Whether a folder is in the tree."""
        parent, _, name = folder.rpartition("/")
        return not folder or name in self._folders(parent)

    def _named_in(self, folder: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The files right in a folder by subject, links followed."""
        if folder not in self._by_folder:
            found: dict[tuple[str, str], tuple[str, ...]] = {}
            for sibling in self._tree.siblings(folder):
                path = self._tree.canonical(sibling)
                if path is not None:
                    key = self._named(path).key
                    found[key] = (*found.get(key, ()), path)
            self._by_folder[folder] = found
        return self._by_folder[folder]
