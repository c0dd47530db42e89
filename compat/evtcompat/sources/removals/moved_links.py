"""Links that lead elsewhere than at the baseline: ``current.avsc`` led to ``v1.avsc``, and leads to ``v2.avsc``.

Whoever reads a schema by the path of a link gets another one, though neither file has changed. A link to a folder
stands for every file in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from evtcompat.errors import BaselineError, DocumentError, UncheckedError
from evtcompat.model.places import Place
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.opened import Container, events_of, in_git
from evtcompat.sources.names.naming import member_of, member_path
from evtcompat.sources.names.same_events import counterparts
from evtcompat.sources.removals.gone_links import is_nothing, names_below
from evtcompat.sources.subjects.schema_tree import SchemaTree

_MEND = "Mend the link, put the schema there, or leave the path out with `exclude`."
_NAME = "Name what is deployed with --against FILE, or leave the path out with `exclude`."


class MovedLink(NamedTuple):
    """A schema that is read by a path that led to another file at the baseline."""

    #: The path by which it is read, from the root of the tree under check.
    link: str
    #: The path of the schema that it leads to.
    target: str
    #: The path at the baseline of what it led to.
    led_to: str


def moved_links(
    now: SchemaTree, baseline: Baseline, links: Iterable[str], found: Iterable[str]
) -> Iterator[MovedLink | UncheckedError]:
    """What is read by paths that led elsewhere at the baseline, where one of the two is a schema.

    Args:
        now: What is under check.
        baseline: What that is compared with.
        links: Paths that are links or lead through one; others are passed over.
        found: The paths of what is checked.

    Returns:
        An error stands in the place of what leads to no schema any more, or led nobody knows where.
    """
    contents = baseline.contents(now.tree)
    if baseline.schemas is None or contents is None or baseline.single is not None:
        return
    search = _Search(now, baseline, baseline.schemas, contents)
    for path in sorted({*links}):
        try:
            yield from search.behind(path)
        except UncheckedError as error:
            yield error
    yield from search.known_to_nobody(found)


class _Search:
    def __init__(self, now: SchemaTree, baseline: Baseline, then: SchemaTree, contents: Contents) -> None:
        self._now = now
        self._baseline = baseline
        self._then = then
        self._contents = contents

    def behind(self, path: str) -> Iterator[MovedLink | UncheckedError]:
        """What is read by a path, or by those below it where it is a folder.

        Raises:
            UncheckedError: It cannot be read.
        """
        other, then = self._baseline.there(path), self._then.tree
        led = then.canonical(other)
        if led == other or self._now.layout.excluded(path):
            return  # a file of its own, or none
        if then.is_file(other):
            yield from self._read_by(path, other)
        elif then.is_folder(other):
            for name in names_below(then, led or other):
                yield from self._read_by(f"{path}/{name}", f"{other}/{name}")
        elif led is None and not self._contents.is_link_still(path, other):
            yield self._problem(path, "led out of this repository", "", _NAME)

    def known_to_nobody(self, found: Iterable[str]) -> Iterator[UncheckedError]:
        """What is said of files of which the baseline has nothing but the way to another repository or folder."""
        git_then = in_git(self._then.tree)
        if git_then is None:
            return
        for path in sorted(found):
            other = self._baseline.there(path)
            if git_then.has_links and git_then.canonical(other) is None:
                yield self._problem(path, "was behind a link out of this repository", "", _NAME)
            elif git_then.is_in_repository(other):
                yield self._problem(path, "was in a repository of its own", "", _NAME)

    def _read_by(self, path: str, other: str) -> Iterator[MovedLink | UncheckedError]:
        now, then = self._now, self._then
        followed, led = now.tree.canonical(path), then.tree.canonical(other) or other
        target = followed or path
        if followed is not None and self._baseline.there(followed) == led:
            return  # what became of the file is told where that is checked
        if now.layout.excluded(path) or now.layout.excluded(target):
            return
        before = then.tree.container(led)
        was_schema = before is not None or then.is_schema(led) or then.is_schema(other)
        if not now.tree.is_file(path):
            if was_schema and not is_nothing(now.tree, path):  # otherwise it is removed
                yield self._problem(
                    path, f"led to {then.tree.origin(led)}", ", and leads to no file that is here", _MEND
                )
            return
        after = now.tree.container(target)
        if after is None and not now.is_schema(target) and now.is_schema(path):
            target = path  # the name of the link alone says what it is
        if before is not None and after is not None:
            yield from self._events(path, (before, led), (after, target))
        elif after is not None or not now.is_schema(target) or self._is_of_another_language(target, led):
            if was_schema:
                reason = f", and leads to {now.tree.origin(target)}, which is no schema like it"
                yield self._problem(path, f"led to {then.tree.origin(led)}", reason, _MEND)
        elif not self._contents.same(target, led) or now.dependencies(target):
            yield MovedLink(path, target, led)

    def _is_of_another_language(self, target: str, led: str) -> bool:
        """Whether both are schemas that nobody can compare; not so where one cannot be read."""
        after = self._now.candidate(target)
        try:
            before = self._then.candidate(led)
        except DocumentError:  # it may have been one when it was read last
            return False
        return before is not None and after is not None and before.format is not after.format

    def _events(
        self, path: str, before: tuple[Container, str], after: tuple[Container, str]
    ) -> Iterator[MovedLink | UncheckedError]:
        """The same of the events of a document."""
        (was, led), (is_now, target) = before, after
        pairs = counterparts(events_of(is_now), events_of(was))
        for event in is_now.events:
            other = pairs.get(event)
            if other and not self._contents.same(event, other):
                yield MovedLink(member_path(path, member_of(event)), event, other)
        for other in sorted({*was.events} - {*pairs.values()}):
            reason = f", and leads to {self._now.tree.origin(target)}, which has no event {member_of(other)}"
            yield self._problem(path, f"led to {self._then.tree.origin(led)}", reason, _MEND)

    def _problem(self, path: str, was: str, is_now: str, hint: str) -> BaselineError:
        called = self._baseline.called or "the baseline"
        return BaselineError(f"{was} at {called}{is_now}", place=Place(origin=self._now.tree.origin(path)), hint=hint)
