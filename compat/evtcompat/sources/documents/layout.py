"""What a configuration says about files: which are schemas, whose versions they are, where references lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.config import Config
from evtcompat.config.globs import matches
from evtcompat.dataclasses import dataclass, field
from evtcompat.model.places import Place
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.tree import Tree, inside

if TYPE_CHECKING:
    from evtcompat.sources.git.objects import GitTree
    from evtcompat.sources.models.importing import Models

#: Folders of documents that show or test what schemas allow; they may hold schemas, too.
_SAMPLES: Final = frozenset(
    {"__tests__", "conformance", "example", "examples", "fixtures", "sample", "sample_data", "samples", "test",
     "testdata", "test-data", "test_data", "tests"}
)  # fmt: skip
#: The same as words of a file's name before its suffix.
_SAMPLE_WORDS: Final = frozenset({"example", "fixture", "meta", "mock", "sample", "test"})
_TEMPLATES: Final = frozenset({"template", "templates"})
#: Files of a program in Python.
_PROGRAM: Final = (".py", ".pyi")
#: Gives the Python modules of a commit that may be imported.
ModelsAt: TypeAlias = "Callable[[GitTree], Models | None]"


@dataclass(frozen=True, slots=True)
class Layout:
    """Patterns as `evtcompat.config.globs` reads them, relative to `folder`; ``Layout()`` holds without a file."""

    #: The folder of the configuration, from the root of the tree; ``""`` is the root.
    folder: str = ""
    #: Files that are schemas though neither suffix nor ``$schema`` says so.
    include: tuple[str, ...] = ()
    #: Suffixes, in lower case, of files that are schemas too: of formats that are not built in, where a person named a
    #: file of theirs.
    suffixes: tuple[str, ...] = ()
    #: Files that are never schemas.
    exclude: tuple[str, ...] = ()
    #: The folders that were named, from the root of the tree: what their own names say is meant.
    roots: tuple[str, ...] = ("",)
    #: Whether files are named by a commit hook, which names whatever is staged, and not by a person, who means them:
    #: `exclude` holds for them too, and neither a file nor a folder without a schema is a problem.
    by_hook: bool = False
    #: Ordered paths or globs by subject, the oldest version first.
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Where the configuration lists each of them.
    subject_places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    #: Folders in which references are looked up besides the schema's own; may begin with ``..``.
    reference_roots: tuple[str, ...] = ()
    #: The Python modules that may be imported.
    models: Models | None = None
    #: The same of commits, which have a configuration of their own; without it they are those under check.
    models_at: ModelsAt | None = field(default=None, compare=False, repr=False)
    #: The branch that changes are merged into, when the configuration names it.
    default_branch: str | None = None

    def relative(self, path: str) -> str | None:
        """A path of the tree as the patterns see it, or ``None`` when it lies elsewhere.

        What is in a container lies where the container lies.
        """
        path = container_of(path) or path
        if not self.folder:
            return path
        return path[len(self.folder) + 1 :] if path.startswith(f"{self.folder}/") else None

    def excluded(self, path: str) -> bool:
        """Whether a path of the tree is said to be no schema."""
        relative = self.relative(path)
        return relative is not None and bool(self.exclude) and matches(self.exclude, relative)

    def included(self, path: str) -> bool:
        """Whether a path of the tree is said to be a schema; `exclude` wins."""
        relative = self.relative(path)
        if self.excluded(path):
            return False
        if path.lower().endswith(self.suffixes):
            return True
        if relative is None:
            return False
        return (bool(self.include) and matches(self.include, relative)) or self.is_version(path)

    def models_of(self, tree: Tree) -> Models | None:
        """The Python modules of a tree that may be imported."""
        commit = in_git(tree)
        if commit is None or commit.label is None or self.models_at is None:
            return self.models
        return self.models_at(commit)

    def may_be_imported(self, path: str, tree: Tree) -> bool:
        """Whether a file of a tree is one that its models may import."""
        return path.endswith(_PROGRAM) and self.models_of(tree) is not None

    def is_version(self, path: str) -> bool:
        """Whether a path of the tree is said to be a version of a subject, whatever else may be in it."""
        relative = self.relative(path)
        return relative is not None and any(matches(patterns, relative) for patterns in self.subjects.values())

    def is_sample(self, path: str) -> bool:
        """Whether a path of the tree says that it holds an example or test data, which nothing declares a schema."""
        folders, name = self._below_root(path)
        return not folders.isdisjoint(_SAMPLES) or not _SAMPLE_WORDS.isdisjoint(name.split(".")[1:-1])

    def is_template(self, path: str) -> bool:
        """Whether a path of the tree says that it holds a template, from which documents are made."""
        return not self._below_root(path)[0].isdisjoint(_TEMPLATES) and not self.included(path)

    def _below_root(self, path: str) -> tuple[frozenset[str], str]:
        """The folders between what was named and a path, and the name of its file, in lower case."""
        above = [root for root in self.roots if not root or path == root or path.startswith(f"{root}/")]
        root = max(above, key=len, default="")
        *folders, name = path.removeprefix(root).lower().split("/")
        return frozenset(folders), name

    @property
    def tree_roots(self) -> tuple[str, ...]:
        """The folders of `reference_roots` that lie in the tree, from its root."""
        found = (inside(f"{self.folder}/{root}") for root in self.reference_roots)
        return tuple(root for root in found if root is not None)

    def tree_subjects(self) -> dict[str, tuple[str, ...]]:
        """The subjects with patterns relative to the root of the tree."""
        if not self.folder:
            return dict(self.subjects)
        prefix = "".join(f"[{character}]" if character in "*?[" else character for character in self.folder)
        return {
            subject: tuple(f"{prefix}/{pattern.removeprefix('./')}" for pattern in patterns)
            for subject, patterns in self.subjects.items()
        }


def layout_of(
    config: Config,
    *,
    by_hook: bool = False,
    suffixes: tuple[str, ...] = (),
    models: Models | None = None,
    models_at: ModelsAt | None = None,
) -> Layout:
    """What a configuration says about files, and what the files that a person named say (`Layout.suffixes`)."""
    return Layout(
        include=config.include,
        suffixes=suffixes,
        exclude=config.exclude,
        by_hook=by_hook,
        subjects=config.subjects,
        subject_places={subject: config.place("subjects", subject) for subject in config.subjects},
        reference_roots=config.reference_roots,
        models=models,
        models_at=models_at,
        default_branch=config.default_branch,
    )
