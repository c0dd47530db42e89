"""The pages of a site: drawn by as many processes as there are cores, written where the site is."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.dataclasses import dataclass
from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.reporters.pages.site import Row, path_of, problem_page, row_of, subject_page

if TYPE_CHECKING:
    from evtcompat.model.timelines import Timeline
    from evtcompat.timelines.folder import SiteFolder

#: Subjects that a process is given at once, and for which another process pays.
_PART: Final = 16


class Page(NamedTuple):
    """What a site's other pages say of a subject, whose own is written."""

    row: Row
    #: What could not be read of it, each as one line.
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """The subjects of a site."""

    names: Sequence[str]
    #: The timeline of the subject at a place, or why there is none, as one line.
    draw: Callable[[int], Timeline | str]
    folder: SiteFolder
    #: Called before processes part: nothing may be open then that two of them would read from.
    rest: Callable[[], None]

    def pages(self, workers: int | None = None) -> Iterator[Page]:
        """Write the page of each subject; the answers are in the order of the names, and the same for any `workers`.

        Args:
            workers: How many processes draw; one for each core by default. This process is the only one where the
                system has no safe `fork`: another kind of process would have to find all subjects again.

        Raises:
            UsageError: A page cannot be written.
            UncheckedError: A process died, or there is no room for a page.
        """
        if not self.names:
            return
        yield self.page(0)  # what all need, such as modules and git's log, is read before processes part
        rest = range(1, len(self.names))
        several = min(_cores() if workers is None or not _forks() else workers, -(-len(rest) // _PART))
        gc.freeze()  # what was read for all is no garbage before the end, and what a page leaves is found sooner
        try:
            if several <= 1:
                yield from map(self.page, rest)
            else:
                yield from self._spread(rest, several)
        finally:
            gc.unfreeze()

    def page(self, at: int) -> Page:
        """Write the page of one subject.

        Raises:
            UsageError: It cannot be written.
            UncheckedError: There is no room for it.
        """
        name = self.names[at]
        if at % _PART == _PART - 1:
            gc.collect()  # what subjects leave refers to itself, and would be looked for when there is much more of it
        made = self.draw(at)
        if isinstance(made, str):
            self.folder.write(path_of(name), problem_page(name, made))
            return Page(Row(name, path_of(name), made, None), (made,))
        self.folder.write(path_of(name), subject_page(made))
        return Page(row_of(made), tuple(f"{made.subject}: {one}" for one in made.unread))

    def _spread(self, places: range, workers: int) -> Iterator[Page]:
        self.rest()
        pool = ProcessPoolExecutor(workers, get_context("fork"), initializer=_given, initargs=(self,))
        try:
            for answer in pool.map(_page, places, chunksize=_PART):
                if not isinstance(answer, Page):
                    raise answer
                yield answer
        except BrokenProcessPool as error:
            message = "a process that draws pages died"
            raise UncheckedError(message, hint="It may have run out of memory: --workers 1 needs the least.") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _forks() -> bool:
    """Whether a process can part in two safely: on Linux, where alone the system tells which cores it may use."""
    return hasattr(os, "sched_getaffinity")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if _forks() else 1


_drawing: Drawing | None = None


def _given(drawing: Drawing) -> None:
    """Keep the drawing in a process that draws, which then is sent places alone."""
    global _drawing  # noqa: PLW0603 - how a process of a pool is given what it needs
    _drawing = drawing
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was interrupted ends the others
    gc.freeze()  # what is shared stays shared: looking for garbage in it would copy it


def _page(at: int) -> Page | EvtcompatError:
    """The page, or why it cannot be written."""
    if _drawing is None:
        message = "the process was given no drawing"
        raise RuntimeError(message)
    try:
        return _drawing.page(at)
    except EvtcompatError as error:
        return error
