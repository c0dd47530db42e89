"""What a repository holds that evtcompat has to do with, told before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from evtcompat.cli.initialising.owners import CodeOwners, Services, code_owners, services_of, text_of
from evtcompat.cli.runs.context import Environment, configuration, open_workspaces
from evtcompat.config.find import nearest_configurations
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import built_in
from evtcompat.model.subjects import order, shortest
from evtcompat.sources.baselines.workspace import layout_in
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.documents.files import Discovery, discover
from evtcompat.sources.documents.layout import layout_of
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.models.recognition import declares_models
from evtcompat.sources.names.naming import container_of, is_only_version
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.subjects.near_misses import NearMiss, near_misses
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree
from evtcompat.sources.subjects.twin_trees import TwinTrees, twin_trees
from evtcompat.sources.tree import Tree, folder_of
from evtcompat.syntax.documents import parse_document
from evtcompat.syntax.suffixes import is_document

#: How many subjects, files and reasons are named one by one.
_NAMED: Final = 8
_REGISTRY_FILES: Final = re.compile(r"(?:^|/)(?:pom\.xml|build\.gradle(?:\.kts)?|[^/]*karapace[^/]*\.(?:json|ya?ml))$")
#: Where such files say where a registry is.
_REGISTRY_URL: Final = re.compile(
    r"(?:schemaRegistryUrls?>\s*<param>|schemaRegistryUrl>|url(?:\.set)?\s*[=(]\s*|registry_ur[il]\"?\s*[:=]\s*)"
    r"[\"']?(https?://[^\s\"'<>$]+)"
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in the repository around a folder."""

    #: The folder of the configuration: the root of the repository.
    root: Path
    in_git: bool
    #: The branch that changes are merged into, and the address of the repository that others share.
    branch: str = "main"
    remote: str | None = None
    #: Subjects by identity.
    histories: Mapping[str, SubjectHistory] = field(default_factory=dict)
    formats: Mapping[str, int] = field(default_factory=dict)
    #: Files that are left aside by reason, and those that cannot be read.
    aside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    broken: Sequence[str] = ()
    #: Where a registry is, and the file that says so.
    registry: tuple[str, str] | None = None
    #: Who writes and reads subjects, by identity.
    services: Mapping[str, Services] = field(default_factory=dict)
    #: The documents that say of themselves who writes and reads their events, each with the number of these.
    declaring: Mapping[str, int] = field(default_factory=dict)
    #: Who looks after the files.
    owners: CodeOwners | None = None
    #: Names that look like versions of one subject, and are not taken for such.
    near: Sequence[NearMiss] = ()
    #: Folders that hold the same events.
    twins: Sequence[TwinTrees] = ()
    #: Files that describe events otherwise.
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: Configurations of folders with schemas, which a check from here does not use.
    unused: Sequence[str] = ()

    @property
    def next_command(self) -> str:
        """What to type now."""
        return "evtcompat check" if self.histories else "evtcompat check PATH, where your schemas are"

    @property
    def names(self) -> Mapping[str, str]:
        """What each subject is shown as, by identity."""
        return shortest(self.histories)

    @property
    def folders(self) -> list[str]:
        """The folders right in the root that hold schemas; ``.`` where one lies in the root itself."""
        paths = (path for history in self.histories.values() for path in history.paths)
        found = {path.partition("/")[0] if "/" in path else "." for path in paths}
        return ["."] if "." in found else sorted(found)

    def lines(self) -> Iterator[str]:
        """What a person is told."""
        if not self.histories:
            yield f"No event schemas were found: {'; '.join(one.sign for one in built_in())}."
        else:
            files = sum(len(history.paths) for history in self.histories.values())
            languages = ", ".join(f"{count} {name}" for name, count in sorted(self.formats.items()))
            yield f"{_count(len(self.histories), 'subject')} in {_count(files, 'file')} ({languages})."
            yield from self._layouts()
            shown = sorted(self.names.values(), key=order)
            more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
            yield f"Subjects: {', '.join(shown[:_NAMED])}{more}."
        for reason, paths in sorted(self.aside.items(), key=lambda one: -len(one[1])):
            yield f"Left aside, {reason}: {_some(paths)}."
        if self.broken:
            yield f"Cannot be read: {_places(self.broken)}."
        if self.registry is not None:
            yield f"Registry: {self.registry[0]} ({self.registry[1]})."
        yield from self._owners()
        for near in self.near:
            yield f"{near.files} look like versions of one subject. If they are, under [subjects]: {near.line}"
        for twin in self.twins:
            both = f"`{twin.one}` and `{twin.other}` hold {_count(twin.events, 'subject')} in the same versions each."
            yield f"{both} If one is made from the other, leave it out, for example: {twin.line}"
        for noun, paths in self.others.items():
            yield f"{noun}: {_some(paths)}."
        if self.unused:
            do = "does" if len(self.unused) == 1 else "do"
            yield (
                f"{_some(self.unused)} {do} not count in a check from here: run evtcompat there as well, or move the "
                "settings into the configuration here."
            )

    def _owners(self) -> Iterator[str]:
        said = Counter(one.said_by for one in self.services.values())
        if said:
            total = _count(len(self.services), "subject")
            yield f"Producers and consumers: of {total}, from {_some(list(said))}."
        if self.declaring:
            total = _count(sum(self.declaring.values()), "subject")
            say = "says" if len(self.declaring) == 1 else "say"
            yield f"Producers and consumers: of {total}, as {_some(list(self.declaring))} {say} at every check."
        if self.owners is not None:
            owned = self.owners.subjects
            by = ", ".join(f"{' '.join(owners)} ({len(subjects)})" for owners, subjects in list(owned.items())[:_NAMED])
            yield f"Owners of files: {self.owners.path}{f', by subjects: {by}' if by else ', which names no schema'}."

    def _layouts(self) -> Iterator[str]:
        counted = Counter(_layout(history) for history in self.histories.values())
        for words, count in counted.most_common():
            example = next(one for one in self.histories.values() if _layout(one) == words)
            yield f"  {count} {words}: {example.paths[-1]}"


def _layout(history: SubjectHistory) -> str:
    newest = history.versions[-1] if history.versions else history.latest[0]
    if newest.label is None:
        return "edited in place, with git as their history"
    if is_only_version(newest.path):
        return "with a folder of files that are called by their version"
    stem = newest.path.rpartition("/")[2]
    return "with the version in the name of the file" if newest.label in stem else "with the version as a folder"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[: _NAMED // 2])
    return shown if len(paths) <= _NAMED // 2 else f"{len(paths):,} files ({shown}, ...)"


def _places(broken: Sequence[str]) -> str:
    """Places in files; where one file has many, the files and how many places."""
    files = list(dict.fromkeys(place.partition(":")[0] for place in broken))
    if len(files) < len(broken) > _NAMED // 2:
        return f"{_some(files)}, at {len(broken):,} places"
    return _some(broken)


def survey(environment: Environment) -> Survey:
    """What the repository around the folder of the environment holds, or that folder outside git.

    Raises:
        ConfigError: There is a configuration, and it is wrong.
    """
    config = configuration(environment)
    with open_workspaces(environment) as workspaces:
        workspace, _ = workspaces.locate(".")
        folder = None if config.origin is None else environment.folder / config.folder
        schemas = SchemaTree(workspace.tree, layout_in(workspace, layout_of(config), folder))
        discovery = discover(schemas.tree, [""], schemas.layout, schemas.company)
        schemas.add(discovery.candidates, discovery.passed)
        tree, repository = workspace.tree, workspace.repository
        files = tree.walk().files
        found = [current for current in map(partial(_current, schemas), discovery.candidates) if current is not None]
        histories: dict[str, SubjectHistory] = {}
        for one in found:
            histories.setdefault(one.history.identity, one.history)
        return Survey(
            root=workspace.root,
            in_git=repository is not None,
            branch="main" if repository is None else _branch(repository),
            remote=None if repository is None else repository.git.line("config", "--get", "remote.origin.url"),
            histories=histories,
            formats=Counter(one.format.title for one in discovery.candidates),
            aside=_by_reason(discovery),
            broken=[str(problem.place) for problem in discovery.problems if problem not in discovery.empty],
            registry=_registry(tree, files),
            services=services_of(tree, files, histories),
            declaring=Counter(container_of(one.path) or one.path for one in discovery.candidates if one.owners),
            owners=code_owners(tree, histories),
            near=tuple(near_misses(schemas, found)),
            twins=twin_trees(histories.values()),
            others=_others(schemas, discovery, files),
            unused=_unused(workspace.root, (one.path for one in found)),
        )


def _unused(root: Path, paths: Iterable[str]) -> Sequence[str]:
    """The configurations below the root that schemas lie below."""
    folders = sorted({folder_of(container_of(path) or path) for path in paths})
    nearest = nearest_configurations(str(root / folder) for folder in folders)
    return [path.relative_to(root).as_posix() for path in sorted(nearest) if path.parent not in (root, *root.parents)]


def _current(schemas: SchemaTree, candidate: Candidate) -> Current | None:
    try:
        return schemas.current(candidate.path)
    except UncheckedError:  # told by the check, with what mends it
        return None


def _branch(repository: Repository) -> str:
    return next((name for name in ("main", "master") if repository.known(name)), repository.branch or "main")


def _by_reason(discovery: Discovery) -> Mapping[str, Sequence[str]]:
    """What looks like a schema, and examples and templates; plain data is no news."""
    found: dict[str, list[str]] = {}
    listed = {skipped for skipped, _ in discovery.lookalikes}
    for skipped in discovery.skipped:
        path, _, reason = skipped.partition(" (")
        if skipped in listed or "example" in reason or "template" in reason:
            found.setdefault(re.sub(r'"[^"]*"', "...", reason[:-1]), []).append(path)
    return found


def _registry(tree: Tree, files: Sequence[str]) -> tuple[str, str] | None:
    """The first registry that a build file or its own configuration names, without anything secret."""
    for path in files:
        text = text_of(tree, path) if _REGISTRY_FILES.search(path) else ""
        if "egistry" not in text and "arapace" not in f"{path}{text}":
            continue
        for found in _REGISTRY_URL.finditer(text):
            parts = urlsplit(found[1])
            if parts.hostname and parts.username is None and "schema" in text.lower():
                return found[1].rstrip("/"), path
        own = _karapace(path, text)
        if own is not None:
            return own, path
    return None


def _karapace(path: str, text: str) -> str | None:
    """Where a Karapace registry listens, as its own configuration says."""
    try:
        value = parse_document(text, path, name=path).value if is_document(path) else None
    except UncheckedError:  # a file of another kind
        return None
    if not isinstance(value, dict) or not isinstance(value.get("port"), int) or value.get("karapace_registry") is False:
        return None
    host = value.get("advertised_hostname") or value.get("host")
    port = value.get("advertised_port") or value["port"]
    protocol = value.get("advertised_protocol", "http")
    return f"{protocol}://{host}:{port}" if isinstance(host, str) and re.fullmatch(r"[\w.-]+", host) else None


def _others(schemas: SchemaTree, discovery: Discovery, files: Sequence[str]) -> Mapping[str, Sequence[str]]:
    opened = {container for one in discovery.candidates if (container := container_of(one.path)) is not None}
    found = {
        "Documents that hold several schemas, each of which is checked": sorted(opened),
        "Backstage": [path for path in files if path.rpartition("/")[2] == "catalog-info.yaml"],
        "Python models, which `evtcompat check PACKAGE.MODULE:` checks where they are events": [
            path
            for path in files
            if path.endswith(".py") and not schemas.layout.is_sample(path)
            if declares_models(text_of(schemas.tree, path))
        ],
    }
    return {noun: paths for noun, paths in found.items() if paths}
