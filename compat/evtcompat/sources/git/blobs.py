"""Contents by object id, and commits by name, from one `git cat-file --batch`."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, NoReturn, Self

from evtcompat.errors import BaselineError
from evtcompat.model.places import Place
from evtcompat.reading import LARGEST_LOCK
from evtcompat.sources.git import safety
from evtcompat.sources.git.lfs import fetched, pointed_at
from evtcompat.sources.git.run import FSCK, PARTIAL, Git, not_run, too_slow

#: Requests written before the answers are read: fewer bytes than any pipe holds, so that neither side waits for ever.
_CHUNK = 64
_COMMAND = "cat-file"
#: Bytes of an object above which it is passed over, and those of it that are in memory meanwhile.
_LARGEST = LARGEST_LOCK
_PIECE = 2**20
#: Seconds for a process to end that is asked nothing more.
_FAREWELL = 5.0
_SHA1_LENGTH = 40


def blob_id(data: bytes, like: str) -> str:
    """The id that git gives to a content, by the hash that the id `like` was made with."""
    content = b"blob %d\0" % len(data) + data
    if len(like) == _SHA1_LENGTH:
        return hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return hashlib.sha256(content).hexdigest()


class Blobs:
    """Contents by object id, and commits by name, from one long-lived git process.

    Close it, or use it as a context manager.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None
        #: Where contents of Git LFS are kept; asked for with the first pointer.
        self._lfs: Path | None = None
        #: When the answer that is waited for must be there, by the monotonic clock; ``None`` while none is.
        self._due: float | None = None
        #: The process is asked nothing more.
        self._closed = threading.Event()
        #: Whether a process was ended because it did not answer.
        self._late = False
        #: Whether the clone leaves contents out; asked for with the first that is missing.
        self._partial: bool | None = None

    def __enter__(self) -> Self:
        """Itself; the process starts with the first request."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The process has ended."""
        self.close()

    def close(self) -> None:
        """The process has ended; a later request starts another one."""
        process, self._process = self._process, None
        if process is not None:
            self._closed.set()
            try:
                process.communicate(timeout=_FAREWELL)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def __del__(self) -> None:
        """No process outlives its owner."""
        self.close()

    def read(self, oid: str, origin: str | None = None) -> bytes:
        """The content of a blob.

        Args:
            oid: Its id.
            origin: What messages call the file that has the content.

        Raises:
            BaselineError: The repository does not have it (a partial clone, a damaged one), or git failed.
        """
        try:
            return self.read_many([oid])[oid]
        except BaselineError as error:
            raise BaselineError(error.message, place=Place(origin=origin), hint=error.hint) from error

    def read_many(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The contents of blobs, each read once; for a pointer of Git LFS what it stands for, where that is here.

        Raises:
            BaselineError: See `read`.
        """
        found: dict[str, bytes] = {}
        for oid, answer in self._answers(list(dict.fromkeys(oids))):
            if answer is None:
                message = f"its content (the object {oid[:10]}) is not in this clone"
                raise self._missing(message)
            content = answer[1]
            if content is None:
                message = f"the object {oid[:10]} is larger than {_LARGEST // 2**20} MiB"
                raise BaselineError(message, hint="It is no schema that people write; leave it out with `exclude`.")
            found[oid] = self._meant(content)
        return found

    def each(self, oids: Iterable[str]) -> dict[str, bytes | BaselineError]:
        """The contents of blobs, each read once, or why one is not to be had.

        Raises:
            BaselineError: git does not answer in time.
        """
        wanted = list(dict.fromkeys(oids))
        found: dict[str, bytes | BaselineError] = {}
        try:
            found.update(self.read_many(wanted))
        except BaselineError:
            for oid in wanted:
                try:
                    found[oid] = self.read(oid)
                except BaselineError as error:
                    if self._late:
                        raise
                    found[oid] = error
        return found

    def _meant(self, content: bytes) -> bytes:
        """The content that a pointer of Git LFS stands for, where it was fetched; any other content as it is."""
        digest = pointed_at(content)
        if digest is None:
            return content
        if self._lfs is None:
            folder = self._git.line("rev-parse", "--git-common-dir") or ".git"
            self._lfs = self._git.folder / folder / "lfs" / "objects"
        return fetched(self._lfs, digest) or content

    def commit(self, ref: str) -> tuple[str, bytes] | None:
        """Id and content of the commit that a ref names, a tag followed; ``None`` when git knows none.

        Args:
            ref: One line.

        Raises:
            BaselineError: git failed.
        """
        ((_, answer),) = self._answers([f"{ref}^{{commit}}"])
        return None if answer is None or answer[1] is None else (answer[0], answer[1])

    def _answers(self, names: list[str]) -> Iterator[tuple[str, tuple[str, bytes | None] | None]]:
        """Id and content of the object of each name; ``None`` for a name that no object, or several, answer to.

        The content of one that is too large is ``None``.
        """
        for start in range(0, len(names), _CHUNK):
            chunk = names[start : start + _CHUNK]
            process = self._started()
            stdin, stdout = process.stdin, process.stdout
            if stdin is None or stdout is None:  # pragma: no cover - both are pipes
                message = "git cat-file without pipes"
                raise AssertionError(message)
            self._due = time.monotonic() + safety.limit(self._git.environment)
            try:
                stdin.write(b"".join(os.fsencode(name) + b"\n" for name in chunk))
                stdin.flush()
                # read to the end before one is handed on: an answer left in the pipe would be taken for the next one
                answers = [(name, self._answer(stdout)) for name in chunk]
            except BrokenPipeError:
                self._died()
            finally:
                self._due = None
            yield from answers

    def overdue(self, process: subprocess.Popen[bytes], seconds: float) -> float:
        """The seconds after which to ask again; 0 where the answer was due, and the process has been ended for it.

        Args:
            process: Where the answer comes from.
            seconds: How long one may take.
        """
        due = self._due
        left = seconds if due is None else due - time.monotonic()
        if left <= 0:
            self._late = True  # before the reader learns of its end
            process.kill()
        return max(left, 0.0)

    def _answer(self, stdout: IO[bytes]) -> tuple[str, bytes | None] | None:
        line = stdout.readline()
        if line.endswith((b" missing\n", b" ambiguous\n")):
            return None
        words = line.split()
        if len(words) != 3:  # noqa: PLR2004 - "<oid> <type> <size>"
            self._died()
        size = int(words[2])
        if size > _LARGEST:
            left = size + 1
            while left and (part := stdout.read(min(left, _PIECE))):
                left -= len(part)
            return words[0].decode("ascii"), None
        content = stdout.read(size + 1)
        if len(content) != size + 1:
            self._died()
        return words[0].decode("ascii"), content[:-1]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - no shell; the first word is fixed
                    self._git.arguments([_COMMAND, "--batch"]),
                    cwd=self._git.folder,
                    env=self._git.variables(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise not_run(error) from error
            self._closed = threading.Event()
            seconds = safety.limit(self._git.environment)
            watched = (weakref.ref(self), self._process, self._closed, seconds)
            threading.Thread(target=_watch, args=watched, daemon=True).start()
        return self._process

    def _died(self) -> NoReturn:
        self.close()
        if self._late:
            raise too_slow(_COMMAND, safety.limit(self._git.environment))
        message = "git ended before it had given its content"
        raise self._missing(message)

    def _missing(self, message: str) -> BaselineError:
        """The error for a content that git does not give; nothing is fetched, the hint says what would help."""
        if self._partial is None:
            asked = self._git.line("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
            self._partial = asked is not None
        if self._partial:
            return BaselineError(message, hint=PARTIAL)
        return BaselineError(message, hint=FSCK)


def _watch(
    owner: weakref.ref[Blobs], process: subprocess.Popen[bytes], closed: threading.Event, seconds: float
) -> None:
    """End a process where an answer is overdue: nothing else ends a read from a process that says nothing.

    One thread waits for all answers of a process: to start one for each costs more than the answer.
    """
    left = seconds
    while not closed.wait(left):
        blobs = owner()
        if blobs is None:
            return
        left = blobs.overdue(process, seconds)
        if left <= 0:
            return
        del blobs  # it ends its process when nobody has it any more
