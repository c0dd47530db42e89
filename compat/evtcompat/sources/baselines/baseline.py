"""The other side of a run: a commit, a folder, a file, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import BaselineError, UncheckedError
from evtcompat.formats.loading import by_file_name
from evtcompat.sources.baselines.against import Against, BaselineKind
from evtcompat.sources.baselines.edits import touches_schemas
from evtcompat.sources.baselines.workspace import View, Workspace, Workspaces
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.document_files import meant_by, missing
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.git.baseline import (
    GitBaseline,
    automatic_baseline,
    head_baseline,
    merge_base_baseline,
    ref_baseline,
    short,
)
from evtcompat.sources.git.changes import committed_changes, disk_changes, left_out
from evtcompat.sources.git.objects import GitTree
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.names.suffixes import may_be_schema
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import Tree


@dataclass(frozen=True)
class Baseline:
    """What candidates are compared with.

    Attributes:
        schemas: The baseline's files; ``None`` when there are none to compare with (outside git).
        siblings: Whether lower versions come from beside the candidate, too, and not from the baseline alone.
        there: The path at the baseline of a path under check.
        here: The path under check of a path at the baseline; ``None`` for what is not under check.
        single: The one file that was named as the baseline.
        commit: The commit that the baseline is.
        reason: For the report.
        called: What sentences call it: the branch, ``HEAD``, a commit id.
        around: The repositories that the one under check lies in: the path to it from there, and the baseline there.
        left_out: Tells the paths that a sparse checkout leaves out; asked when something seems deleted.
    """

    schemas: SchemaTree | None = field(default=None, repr=False)
    siblings: bool = False
    there: Callable[[str], str] = field(default=lambda path: path, repr=False)
    here: Callable[[str], str | None] = field(default=lambda path: path, repr=False)
    single: str | None = None
    commit: str | None = None
    reason: str | None = None
    called: str | None = None
    workspace: Workspace | None = field(default=None, repr=False)
    around: Callable[[], Sequence[tuple[str, Baseline]]] = field(default=tuple, repr=False)
    left_out: Callable[[], frozenset[str]] = field(default=frozenset, repr=False)
    #: By the identity of a tree under check, which is kept with them, its files beside those of the baseline.
    _compared: dict[int, Contents] = field(default_factory=dict, init=False, repr=False, compare=False)

    def knows(self, path: str) -> bool:
        """Whether the baseline is known to have a file or folder for a path that was named."""
        if self.schemas is None or self.single is not None:
            return False
        other = self.there(path)
        try:
            return self.schemas.tree.is_file(other) or self.schemas.tree.is_folder(other)
        except UncheckedError:  # what the path names is looked for under check
            return False

    def history(self, path: str, *, of: tuple[SchemaTree, str] | None = None) -> SubjectHistory | None:
        """The history of a path of the baseline.

        Args:
            path: From its root.
            of: The tree and the path of what is under check there, whose history is meant, whatever it is called.

        Raises:
            UncheckedError: It is ambiguous there, and nothing beside the candidate orders its versions.
        """
        if self.schemas is None:
            return None
        try:
            return self.schemas.history(path) if of is None else self.schemas.history_of(path, *of)
        except UncheckedError:
            if self.siblings:
                return None  # an ambiguity of the past; what is under check is not ambiguous
            raise

    def contents(self, now: Tree) -> Contents | None:
        """Compares files with those of the baseline, each once, whoever asks; ``None`` when there is none."""
        if self.schemas is None:
            return None
        if id(now) not in self._compared:
            self._compared[id(now)] = Contents(now, self.schemas.tree)
        return self._compared[id(now)]

    @property
    def kept_off_disk(self) -> frozenset[str]:
        """Paths that a sparse checkout leaves out: not on disk, and not deleted."""
        return self.left_out()

    @property
    def changed_off_disk(self) -> frozenset[str]:
        """Those of them that differ from the baseline all the same."""
        repository = None if self.workspace is None else self.workspace.repository
        if not self.kept_off_disk or repository is None or self.commit is None:
            return frozenset()
        return self.kept_off_disk & committed_changes(repository, self.commit)

    def moved_submodules(self, now: Tree) -> frozenset[str]:
        """The submodules of which another commit is under check than the baseline has, by path."""
        then = None if self.schemas is None else in_git(self.schemas.tree)
        repository = None if self.workspace is None else self.workspace.repository
        if then is None or repository is None or self.commit is None:
            return frozenset()
        staged = in_git(now)
        if staged is None:
            return frozenset(then.repositories).intersection(disk_changes(repository, self.commit))
        return frozenset(path for path in then.repositories if staged.entries.get(path) != then.entries[path])


def auto_baseline(workspaces: Workspaces, workspace: Workspace, layout: Layout) -> Baseline:
    """The baseline when nobody names one.

    Raises:
        BaselineError: See `automatic_baseline`.
    """
    repository = workspace.repository
    if repository is None:
        return Baseline(siblings=True)
    held = workspaces.holder(workspace.root)
    if held is not None:
        outer, path = held
        around = auto_baseline(workspaces, outer, workspaces.layout_of(outer, layout))
        found = _pinned(workspaces, workspace, (around, path), layout, siblings=True)
        if found is not None:
            return found
    key = (workspace.root, layout.default_branch)
    chosen = workspaces.chosen.get(key)
    if chosen is None:
        chosen = _automatic(workspaces, workspace, repository, layout)
        workspaces.chosen[key] = chosen
    found = _of_commit(workspaces, workspace, chosen, layout, siblings=True)
    return replace(found, around=lambda: _around(workspaces, workspace, layout))


def _around(workspaces: Workspaces, workspace: Workspace, layout: Layout) -> list[tuple[str, Baseline]]:
    """See `Baseline.around`; none that git cannot read: it need not have to do with what lies in it."""
    found = []
    with suppress(UncheckedError):
        outer = workspaces.around(workspace)
        while outer is not None:
            path = workspace.root.relative_to(outer.root).as_posix()
            found.append((path, auto_baseline(workspaces, outer, workspaces.layout_of(outer, layout))))
            outer = workspaces.around(outer)
    return found


def _automatic(workspaces: Workspaces, workspace: Workspace, repository: Repository, layout: Layout) -> GitBaseline:
    if workspace.pushed is not None:
        return workspace.pushed
    if workspace.view is View.STAGED:
        return head_baseline(repository, workspaces.environment, default_branch=layout.default_branch)

    def edited() -> bool:
        # in an editor it is being edited, also while it says what the file says
        return workspaces.in_editor or _edited(workspaces, workspace, repository, layout)

    return automatic_baseline(repository, workspaces.environment, default_branch=layout.default_branch, edited=edited)


def _edited(workspaces: Workspaces, workspace: Workspace, repository: Repository, layout: Layout) -> bool:
    """Whether schemas on disk differ from the last commit, those in submodules too."""
    before = workspaces.commit(workspace, GitBaseline(repository.resolve("HEAD"), "HEAD", "HEAD"))
    if touches_schemas(disk_changes(repository, "HEAD"), workspace.tree, before, layout):
        return True
    for path in before.repositories:
        with suppress(UncheckedError):  # told where it is under check
            inner, _ = workspaces.locate(workspace.root / path)
            within = inner.repository
            there = within is not None and inner.root == workspace.root / path and within.head is not None
            if within is not None and there and _edited(workspaces, inner, within, workspaces.layout_of(inner, layout)):
                return True
    return False


def _pinned(
    workspaces: Workspaces, workspace: Workspace, around: tuple[Baseline, str], layout: Layout, *, siblings: bool
) -> Baseline | None:
    """The baseline of a submodule: the commit that the baseline of the repository around it has of it.

    Args:
        workspaces: The trees of the run.
        workspace: The submodule.
        around: The baseline of the repository around it, and the path to it there.
        layout: The configuration.
        siblings: See `Baseline`.

    Returns:
        ``None`` where that has no submodule there.

    Raises:
        NotHereError: The submodule does not have the commit.
    """
    outer, path = around
    tree = None if outer.schemas is None else in_git(outer.schemas.tree)
    commit = None if tree is None else tree.pinned(path)
    if tree is None or commit is None or workspace.repository is None:
        return None
    if workspace.repository.known(commit) is None:
        raise tree.not_here(path)
    chosen = GitBaseline(commit, short(commit), f"the commit of {path} that {tree.label} has", outer.called)
    return _of_commit(workspaces, workspace, chosen, layout, siblings=siblings)


def _of_commit(
    workspaces: Workspaces, workspace: Workspace, chosen: GitBaseline, layout: Layout, *, siblings: bool
) -> Baseline:
    tree = workspaces.commit(workspace, chosen)
    repository = workspace.repository
    sparse: Callable[[], frozenset[str]] = frozenset
    if repository is not None and workspace.view is View.DISK:
        sparse = cache(lambda: left_out(repository))
    return Baseline(
        schemas=SchemaTree(tree, layout),
        siblings=siblings,
        commit=chosen.commit,
        reason=_reason(chosen),
        called=chosen.branch or chosen.label,
        workspace=workspace,
        left_out=sparse,
    )


def _reason(chosen: GitBaseline) -> str:
    called = "nothing in git" if chosen.commit is None else chosen.label
    return called if chosen.reason == called else f"{called} ({chosen.reason})"


def commit_baseline(
    workspaces: Workspaces, workspace: Workspace, against: Against, paths: Sequence[str], now: SchemaTree
) -> Baseline:
    """The baseline of ``git:REF`` and ``git:merge-base:REF``, with a path in it or not.

    Raises:
        BaselineError: Not in git, no such commit, no such path in it, or no schema in that folder.
    """
    repository = workspace.repository
    if repository is None:
        message = f"{workspace.root} is not in a git repository, so git:{against.value} names nothing"
        raise BaselineError(message, hint="Name a file instead, or run in the repository.")
    held = workspaces.holder(workspace.root)
    if held is not None:
        return _in_holder(workspaces, workspace, held, against, (paths, now))
    if against.kind is BaselineKind.MERGE_BASE:
        candidate = workspace.tree.commit if isinstance(workspace.tree, GitTree) else None
        chosen = merge_base_baseline(repository, against.value, candidate)
    else:
        chosen = ref_baseline(repository, against.value)
    found = _of_commit(workspaces, workspace, chosen, now.layout, siblings=False)
    if against.path is None or found.schemas is None:
        return found
    path = against.path.strip("/")
    return _at(found.schemas, path, paths, chosen.label, now)


def _in_holder(
    workspaces: Workspaces,
    workspace: Workspace,
    held: tuple[Workspace, str],
    against: Against,
    under_check: tuple[Sequence[str], SchemaTree],
) -> Baseline:
    """The same for a submodule: the ref, and the path, are those of the repository around it.

    Raises:
        BaselineError: See `commit_baseline`.
        NotHereError: See `_pinned`.
    """
    paths, now = under_check
    outer, prefix = held
    there = SchemaTree(outer.tree, workspaces.layout_of(outer, now.layout))
    around = commit_baseline(workspaces, outer, against._replace(path=None), (), there)
    path = None if against.path is None else against.path.strip("/")
    inner = None if path is None else f"{path}/".removeprefix(f"{prefix}/").rstrip("/")
    if path is not None and inner == path and around.schemas is not None:
        return _at(around.schemas, path, paths, around.reason or against.value, now)
    found = _pinned(workspaces, workspace, (around, prefix), now.layout, siblings=False)
    if found is None:
        nothing = GitBaseline(None, prefix, f"{around.called} has no submodule at {prefix}")
        found = _of_commit(workspaces, workspace, nothing, now.layout, siblings=False)
        return replace(found, around=lambda: ((prefix, around),))
    if inner is None or found.schemas is None:
        return found
    return _at(found.schemas, inner, paths, found.reason or against.value, now)


def path_baseline(
    workspaces: Workspaces, workspace: Workspace, paths: Sequence[str], path: str, now: SchemaTree
) -> Baseline:
    """The baseline of a file or folder on disk.

    Raises:
        BaselineError: There is no such file or folder, or no schema in the folder.
    """
    from pathlib import Path

    from evtcompat.sources.tree import WorkTree

    full, inner = workspaces.locate(path)
    tree = WorkTree(full.root, workspaces.here)
    if not (tree.is_file(inner) or tree.is_folder(inner)):
        error = missing(str(Path(path)), meant_by(tree, inner))
        raise BaselineError(error.message, place=error.place, hint=error.hint)
    there = now.layout if full.root == workspace.root else Layout(suffixes=now.layout.suffixes)
    # each subject names its file of a baseline that a person has named, so there is no reason to give
    return replace(_at(SchemaTree(tree, there), inner, paths, path, now), reason=None)


def _listed(tree: Tree, folder: str) -> tuple[str, ...]:
    """The files below a folder of a baseline.

    Raises:
        BaselineError: Some of them cannot be listed: they could be gone now, and nobody would know.
    """
    walk = tree.walk(folder)
    for error in walk.unlisted:
        raise BaselineError(error.message, place=error.place, hint=error.hint)
    return walk.files


def _at(schemas: SchemaTree, path: str, named: Sequence[str], label: str, now: SchemaTree) -> Baseline:
    """The baseline of a file, or of a folder whose files stand for those of the folder under check.

    A document that holds several schemas stands for the one that is under check, whatever either is called.
    """
    if schemas.tree.is_file(path):
        document = (container_of(named[0]) or named[0]) if len(named) == 1 else ""
        if now.tree.readable_container(document) and schemas.tree.readable_container(path):
            there, here = _moved(document, path), _moved(path, document)
            return Baseline(schemas=schemas, there=lambda one: there(one) or one, here=here, reason=label)
        return Baseline(schemas=schemas, single=path, reason=label)
    if not schemas.tree.is_folder(path):
        error = missing(schemas.tree.origin(path), meant_by(schemas.tree, path))
        committed = "The path is from the repository's root, as in `git show REF:PATH`."
        hint = error.hint if in_git(schemas.tree) is None else committed
        raise BaselineError(error.message, place=error.place, hint=hint)
    files = _listed(schemas.tree, path)
    if not any(by_file_name(one) is not None or may_be_schema(one) for one in files) and not any(
        schemas.tree.readable_container(one) for one in files
    ):
        message = f"{schemas.tree.origin(path)} holds no schema to compare with"
        raise BaselineError(message, hint="Name the folder of the schemas that are deployed, or leave out --against.")
    folders = [one for one in named if now.tree.is_folder(one)]
    beside = sorted({container_of(one) or one for one in named if one not in folders})
    there, here = _overlaid(f"{path}/" if path else "", folders, beside)
    return Baseline(schemas=schemas, there=there, here=here, reason=label)


def _moved(document: str, other: str) -> Callable[[str], str | None]:
    """The paths of what is in a document, as paths in another; ``None`` for what is not in it."""
    return lambda one: other + one[len(document) :] if document in (one, container_of(one)) else None


def _overlaid(
    root: str, folders: Sequence[str], files: Sequence[str]
) -> tuple[Callable[[str], str], Callable[[str], str | None]]:
    """`Baseline.there` and `Baseline.here` of a folder.

    Args:
        root: What the paths in it begin with.
        folders: Those under check that it stands for.
        files: Those that were named beside them: one of the same name in it stands for each.
    """

    def there(one: str) -> str:
        for folder in folders:
            if one == folder:
                return root.rstrip("/")
            inner = one if not folder else one.removeprefix(f"{folder}/")
            if not folder or inner != one:
                return root + inner
        return root + one.rpartition("/")[2]

    times = Counter(map(there, files))
    alone = {there(one): one for one in files if times[there(one)] == 1}

    def here(other: str) -> str | None:
        document = container_of(other) or other
        if document in alone:
            return alone[document] + other[len(document) :]
        if not other.startswith(root) or len(folders) != 1:
            return None
        return f"{folders[0]}/{other[len(root) :]}" if folders[0] else other[len(root) :]

    return there, here
