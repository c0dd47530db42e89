"""What a repository holds that evtcompat has to do with, told before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from evtcompat.cli.context import Environment, configuration, open_workspaces
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import built_in
from evtcompat.model.subjects import order, shortest
from evtcompat.sources.files import Discovery, discover
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.layout import layout_of
from evtcompat.sources.naming import container_of, is_only_version
from evtcompat.sources.schema_tree import SchemaTree
from evtcompat.sources.subject_histories import SubjectHistory
from evtcompat.sources.tree import Tree
from evtcompat.sources.workspace import layout_in
from evtcompat.syntax.documents import decode_text, parse_document

#: How many subjects, files and reasons are named one by one.
_NAMED: Final = 8
_REGISTRY_FILES: Final = re.compile(r"(?:^|/)(?:pom\.xml|build\.gradle(?:\.kts)?|[^/]*karapace[^/]*\.(?:json|ya?ml))$")
#: Where such files say where a registry is.
_REGISTRY_URL: Final = re.compile(
    r"(?:schemaRegistryUrls?>\s*<param>|schemaRegistryUrl>|url\s*[=(]\s*|registry_ur[il]\"?\s*[:=]\s*)"
    r"[\"']?(https?://[^\s\"'<>$]+)"
)
_CODEOWNERS: Final = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


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
    #: Who writes and reads subjects, from topic files; and the file that says who owns schemas.
    services: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    owners_file: str | None = None
    #: Files that describe events otherwise.
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)

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
            yield f"Cannot be read: {_some(self.broken)}."
        if self.registry is not None:
            yield f"Registry: {self.registry[0]} ({self.registry[1]})."
        if self.services:
            yield f"Producers and consumers: topic files name them for {_count(len(self.services), 'subject')}."
        if self.owners_file is not None:
            yield f"Owners of files: {self.owners_file}."
        for noun, paths in self.others.items():
            yield f"{noun}: {_some(paths)}."

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
        schemas.add(discovery.candidates)
        histories = _histories(schemas, discovery)
        tree, repository = workspace.tree, workspace.repository
        files = tree.walk().files
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
            services=_services(tree, files, histories),
            owners_file=next((path for path in _CODEOWNERS if tree.is_file(path)), None),
            others=_others(discovery, files),
        )


def _branch(repository: Repository) -> str:
    return next((name for name in ("main", "master") if repository.known(name)), repository.branch or "main")


def _histories(schemas: SchemaTree, discovery: Discovery) -> Mapping[str, SubjectHistory]:
    found: dict[str, SubjectHistory] = {}
    for candidate in discovery.candidates:
        try:
            history = schemas.history(candidate.path)
        except UncheckedError:  # told by the check, with what mends it
            continue
        if history is not None:
            found.setdefault(history.identity, history)
    return found


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
    """The first registry that a build file names, without anything secret."""
    for path in files:
        text = _text(tree, path) if _REGISTRY_FILES.search(path) else ""
        if "egistry" not in text and "arapace" not in text:
            continue
        for found in _REGISTRY_URL.finditer(text):
            parts = urlsplit(found[1])
            if parts.hostname and parts.username is None and "schema" in text.lower():
                return found[1].rstrip("/"), path
    return None


def _text(tree: Tree, path: str) -> str:
    try:
        return decode_text(tree.read(path) or b"", path)
    except UncheckedError:  # not text, or not to be read: it says nothing of a registry
        return ""


def _services(
    tree: Tree, files: Sequence[str], histories: Mapping[str, SubjectHistory]
) -> Mapping[str, tuple[Sequence[str], Sequence[str]]]:
    """Producers and consumers from files that describe topics (``topics/x.yaml``), by subject."""
    by_file = {path.rpartition("/")[2]: one.identity for one in histories.values() for path in one.paths}
    found: dict[str, tuple[Sequence[str], Sequence[str]]] = {}
    for path in files:
        if "topics/" not in path or not path.endswith((".yaml", ".yml", ".json")):
            continue
        try:
            value = parse_document(_text(tree, path), path, name=path).value
        except UncheckedError:  # a file of another kind
            continue
        services = value.get("services") if isinstance(value, dict) else None
        schemas = value.get("schemas") if isinstance(value, dict) else None
        if not isinstance(services, dict) or not isinstance(schemas, list):
            continue
        for schema in schemas:
            resource = schema.get("resource") if isinstance(schema, dict) else None
            subject = by_file.get(resource.rpartition("/")[2]) if isinstance(resource, str) else None
            if subject is not None:
                found[subject] = (_words(services.get("producers")), _words(services.get("consumers")))
    return found


def _words(value: object) -> list[str]:
    return [word.rpartition("/")[2] for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _others(discovery: Discovery, files: Sequence[str]) -> Mapping[str, Sequence[str]]:
    opened = {container for one in discovery.candidates if (container := container_of(one.path)) is not None}
    found = {
        "Documents that hold several schemas, each of which is checked": sorted(opened),
        "Backstage": [path for path in files if path.rpartition("/")[2] == "catalog-info.yaml"],
    }
    return {noun: paths for noun, paths in found.items() if paths}
