"""A tree whose containers are open: each schema in one has a path, that of the document, ``#`` and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from evtcompat.containers.loading import by_suffix, marked_in, told_by_content
from evtcompat.errors import DocumentError, UncheckedError
from evtcompat.formats.containers import Beside, Contained, Contents, SchemaContainer, SourceText
from evtcompat.formats.loading import by_file_name
from evtcompat.model.canonical import canonical_text
from evtcompat.model.documents import Document
from evtcompat.sources.git.objects import GitTree
from evtcompat.sources.git.stand_ins import refuse_off_disk
from evtcompat.sources.names.naming import container_of, member_of, member_path
from evtcompat.sources.names.same_events import Event
from evtcompat.sources.tree import Tree, Walk, WorkTree, file_uri, folder_of, inside
from evtcompat.syntax.documents import decode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evtcompat.sources.models.importing import Models, Module


class Container:
    """A container of a tree, opened."""

    def __init__(
        self,
        path: str,
        kind: SchemaContainer,
        document: Document,
        contents: Contents,
        within: str = "",
        *,
        made_of: frozenset[str] = frozenset(),
    ) -> None:
        """Nothing more is read.

        Args:
            path: Of the file.
            kind: What it is.
            document: What it holds.
            contents: What is in that.
            within: What the names of its schemas begin with, where it is a document in another container.
            made_of: The other files that were read for what is in it, by path.
        """
        self.made_of = made_of
        self.kind = kind
        self.document = document
        self.contents = contents
        self.schemas = {member_path(path, within + one.name): _signed(one, within) for one in contents.schemas}
        self.problems = {member_path(path, within + name): error for name, error in contents.problems.items()}
        #: The signs of those that cannot be read, by path.
        self.signs = {member_path(path, within + name): within + sign for name, sign in contents.signs.items()}
        #: The documents in it, by path; their schemas are among its own.
        self.inner = {
            member_path(path, name): Container(path, *inside, within=f"{name}/")
            for name, inside in contents.documents.items()
        }
        for one in self.inner.values():
            self.schemas.update(one.schemas)
            self.problems.update(one.problems)
            self.signs.update(one.signs)

    @property
    def events(self) -> tuple[str, ...]:
        """The paths of the schemas that are events by themselves, those that cannot be read among them."""
        return (*(path for path, one in self.schemas.items() if not one.part), *self.problems)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What it holds instead of a schema that can be checked, and why that is left aside."""
        return (*self.contents.skipped, *(reason for one in self.inner.values() for reason in one.skipped))


class _Noted:
    """The files beside a document, of which those that were read are noted."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        #: By path.
        self.read: set[str] = set()

    def text(self, path: str, reference: str) -> SourceText | None:
        """See `Beside`."""
        found = self._beside.text(path, reference)
        if found is not None:
            self.read.add(found.path)
        return found

    def elsewhere(self, reference: str) -> Sequence[SourceText]:
        """See `Beside`."""
        found = self._beside.elsewhere(reference)
        self.read.update(one.path for one in found)
        return found


class OpenedTree:
    """A `Tree` that also answers for the schemas in containers. Documents are read when first asked for, and kept."""

    def __init__(
        self,
        inner: Tree,
        models: Models | None = None,
        is_version: Callable[[str], bool] | None = None,
        roots: Sequence[str] = (),
    ) -> None:
        """Nothing is read yet.

        Args:
            inner: The files.
            models: The Python modules that may be imported.
            is_version: Tells of a path whether a person calls the file one version of one subject: a schema file that
                is, is no container.
            roots: The folders in which some containers look up what they refer to.
        """
        self.inner = inner
        self.models = models
        self.is_version = is_version
        self.roots = tuple(roots)
        #: Gives the content of a file where that is known without asking `inner`, else ``None``.
        self.known: Callable[[str], bytes | None] | None = None
        self._containers: dict[str, Container | UncheckedError | None] = {}
        self._last: tuple[str, bytes | None] | None = None
        self._parsed: tuple[str, Document] | None = None
        self._lost: dict[str, tuple[str, ...]] = {}

    def container(self, path: str, *, everywhere: bool = False) -> Container | None:
        """What is in the document at a path; ``None`` when it is no container.

        Args:
            path: Of a file.
            everywhere: Whether it may be of a kind that another distribution brings.

        Raises:
            DocumentError: It is one, and cannot be read.
            BaselineError: git does not give the content of the file.
        """
        if "#" in path and not self.inner.is_file(path):
            around = container_of(path)
            outer = None if around is None or not self.inner.is_file(around) else self.container(around)
            return None if outer is None else outer.inner.get(path)
        if self._containers.get(path) is None and (everywhere or path not in self._containers):
            try:
                self._containers[path] = self._opened(path, everywhere=everywhere)
            except UncheckedError as error:
                self._containers[path] = error
        found = self._containers[path]
        if isinstance(found, UncheckedError):
            raise found
        return found

    def readable_container(self, path: str) -> Container | None:
        """The container at a path; ``None`` also for one that cannot be read: a problem where it is checked."""
        try:
            return self.container(path) if self.is_file(path) else None
        except UncheckedError:
            return None

    def contained(self, path: str) -> Contained | None:
        """The schema in a container that a path names, or ``None``.

        Raises:
            UncheckedError: It or its container cannot be read.
        """
        around = container_of(path)
        if around is None or self.inner.is_file(path):
            return None
        container = self.container(around, everywhere=True)
        if container is None:
            return None
        if path in container.problems:
            raise container.problems[path]
        return container.schemas.get(path)

    def module(self, path: str) -> Module | None:
        """The Python module in a file, where it may be imported."""
        return None if self.models is None else self.models.module(self.inner, path)

    def refuse_unknown(self, path: str) -> None:
        """Refuse a program that may be a module of models, as the configuration of the commit cannot be read.

        Raises:
            UncheckedError: It may.
        """
        unknown = None if self.models is None or not path.endswith(".py") else self.models.unknown
        if unknown is not None and self.module(path) is None:
            raise unknown

    def listed_modules(self) -> list[str]:
        """The modules that a run is about though no path that was named leads to them (`Models.listed`)."""
        git = in_git(self)
        files = () if self.models is None or git is None else self.models.listed
        return [] if git is None else [file.relative_to(git.top).as_posix() for file in files]

    def events(self, path: str) -> tuple[str, ...]:
        """The paths of the events in the container at a path; none where there is no container that can be read."""
        container = self.readable_container(path)
        return () if container is None else container.events

    def _opened(self, path: str, *, everywhere: bool) -> Container | None:
        module = self.module(path)
        if self.models is not None and module is not None and self.inner.is_file(path):
            from evtcompat.sources.models.importing import PYTHON_MODELS

            document, contents = self.models.contents(self.inner, path, module)
            return Container(path, PYTHON_MODELS, document, contents)
        if not told_by_content(path) and by_suffix(path, everywhere=everywhere) is None:
            return None
        data = self.read(path)
        return None if data is None else self.opened_as(path, data, self.inner.origin(path))

    def opened_as(self, path: str, data: bytes, origin: str) -> Container | None:
        """What is in a document with these bytes, were it at a path; ``None`` when that is no container.

        Raises:
            DocumentError: It is one, and cannot be read.
        """
        kind = by_suffix(path, everywhere=True)
        kinds = self._marked(path, data) if kind is None else (kind,)
        if not kinds:
            return None
        source = SourceText(decode_text(data, origin), origin, path, file_uri(path))
        return self._open_as(kinds, source, certain=kind is not None)

    def _marked(self, path: str, data: bytes) -> tuple[SchemaContainer, ...]:
        one_schema = self.is_version is not None and by_file_name(path) is not None and self.is_version(path)
        return () if one_schema else marked_in(path, data)

    def _open_as(self, kinds: tuple[SchemaContainer, ...], source: SourceText, *, certain: bool) -> Container | None:
        document: Document | None = None
        for kind in kinds:
            try:
                document = document or kind.read(source, self)
            except DocumentError:
                if certain or kind.unmistakable:
                    raise
                return None  # whatever else it may be
            if certain or kind.recognise(document.value):
                beside = _Noted(self)
                contents = kind.contents(document, source.path, beside)
                return Container(source.path, kind, document, contents, made_of=frozenset(beside.read))
        if document is not None:
            self._parsed = source.path, document
        return None

    def parsed(self, path: str) -> Document | None:
        """The JSON document at a path, where the last question was whether it is a container, and it is none."""
        found = self._parsed
        return found[1] if found is not None and found[0] == path and found[1].syntax == "json" else None

    def text(self, path: str, reference: str) -> SourceText | None:
        """See `Beside`."""
        parts = urlsplit(reference)
        target = inside(f"{folder_of(path)}/{unquote(parts.path)}")
        return None if parts.scheme or parts.netloc or target is None else self._text(target)

    def _text(self, path: str) -> SourceText | None:
        if self.inner.canonical(path) is None:
            return None
        data = self.inner.read(path)
        if data is None:
            refuse_elsewhere(self.inner, path)
        origin = self.inner.origin(path)
        return None if data is None else SourceText(decode_text(data, origin), origin, path, file_uri(path))

    def elsewhere(self, reference: str) -> Sequence[SourceText]:
        """See `Beside`."""
        for root in self.roots:
            found = self.text(f"{root}/", reference)
            if found is not None:
                return (found,)
        called = [path for path in self.inner.walk().files if f"/{path}".endswith(f"/{reference}")]
        contents: dict[str, SourceText] = {}
        for one in map(self._text, called):
            if one is not None:
                contents.setdefault(one.text, one)
        return tuple(contents.values())

    # what a tree is asked

    def read(self, path: str) -> bytes | None:
        """See `Tree`; of a schema in a container, the canonical text of its value; of a document there, all of them."""
        if self._last is None or self._last[0] != path:
            contained = self.contained(path)
            inner = contained is None and "#" in path and not self.inner.is_file(path)
            inside = self.container(path) if inner else None
            data = self._file(path) if inside is None else b"\n".join(map(_content, inside.schemas.values()))
            self._last = (path, data if contained is None else _content(contained))
        return self._last[1]

    def _file(self, path: str) -> bytes | None:
        known = None if self.known is None else self.known(path)
        return self.inner.read(path) if known is None else known

    def is_file(self, path: str) -> bool:
        """See `Tree`; a schema in a container counts as one, also where it cannot be read.

        Raises:
            DocumentError: Its container cannot be read.
        """
        if self.inner.is_file(path):
            return True
        around = container_of(path)
        if around is None or not self.inner.is_file(around):
            return False
        container = self.container(around, everywhere=True)
        return container is not None and any(
            path in one for one in (container.schemas, container.problems, container.inner)
        )

    def is_folder(self, path: str) -> bool:
        """See `Tree`."""
        return self.inner.is_folder(path)

    def walk(self, folder: str = "") -> Walk:
        """See `Tree`: the documents, and not what is in them."""
        return self.inner.walk(folder)

    def siblings(self, folder: str) -> tuple[str, ...]:
        """See `Tree`: as `walk`."""
        return self.inner.siblings(folder)

    def lost(self, folder: str) -> tuple[str, ...]:
        """See `Tree`; kept, as every version of a subject asks about the same folders."""
        if folder not in self._lost:
            self._lost[folder] = self.inner.lost(folder)
        return self._lost[folder]

    def folders(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        return self.inner.folders(folder)

    def origin(self, path: str) -> str:
        """See `Tree`: a schema is where its container is."""
        return self.inner.origin(self._container_of(path) or path)

    def canonical(self, path: str) -> str | None:
        """See `Tree`."""
        around = self._container_of(path)
        if around is None:
            return self.inner.canonical(path)
        followed = self.inner.canonical(around)
        return None if followed is None else member_path(followed, member_of(path))

    def is_link(self, path: str) -> bool:
        """See `Tree`: an event is none."""
        return self.inner.is_link(path)

    def _container_of(self, path: str) -> str | None:
        """The container that a path leads into; ``None`` for a file of such a name, where anybody may look."""
        around = container_of(path)
        try:
            return None if around is None or self.inner.is_file(path) else around
        except UncheckedError:
            return around


def events_of(container: Container) -> list[Event]:
    """The schemas of a container, those that cannot be read among them, in its order."""
    found = [Event(path, member_of(path), one.sign) for path, one in container.schemas.items()]
    return [*found, *(Event(path, member_of(path), container.signs.get(path, "")) for path in container.problems)]


def _signed(contained: Contained, within: str) -> Contained:
    """The schema with a sign that no schema of another document in the same container has."""
    return contained._replace(sign=within + contained.sign) if within and contained.sign else contained


def _content(contained: Contained) -> bytes:
    """What makes a schema in a container the same or another."""
    written = "" if contained.written is None else canonical_text(contained.written.value)
    code = "" if contained.model is None else "".join(one.name + one.digest for one in contained.model.code)
    return (canonical_text(contained.document.value) + written + code).encode()


def opened(
    tree: Tree,
    models: Models | None = None,
    is_version: Callable[[str], bool] | None = None,
    roots: Sequence[str] = (),
) -> OpenedTree:
    """The tree with its containers open, among them the Python modules that may be imported (see `OpenedTree`)."""
    if not isinstance(tree, OpenedTree):
        return OpenedTree(tree, models, is_version, roots)
    if models in (None, tree.models) and is_version in (None, tree.is_version) and roots in ((), tree.roots):
        return tree
    return OpenedTree(tree.inner, models, is_version, roots)


def in_git(tree: Tree) -> GitTree | None:
    """The tree of git that a tree is, if it is one."""
    inner = tree.inner if isinstance(tree, OpenedTree) else tree
    return inner if isinstance(inner, GitTree) else None


def refuse_elsewhere(tree: Tree, path: str) -> None:
    """Refuse a path of which the content may be kept where a tree does not reach.

    Raises:
        NotHereError: A sparse checkout keeps it off the disk, or it lies in a submodule that is not here.
    """
    inner = tree.inner if isinstance(tree, OpenedTree) else tree
    refuse_off_disk(inner, path)
    if isinstance(inner, GitTree):
        inner.refuse_elsewhere(path)


def on_disk(tree: Tree) -> WorkTree | None:
    """The files of a folder on disk that a tree is, if it is those."""
    inner = tree.inner if isinstance(tree, OpenedTree) else tree
    return inner if isinstance(inner, WorkTree) else None
