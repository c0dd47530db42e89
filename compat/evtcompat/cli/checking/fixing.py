"""`evtcompat check --fix`: what a report suggests, applied to the files under check."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import typer

from evtcompat.errors import DocumentError, UncheckedError, UsageError
from evtcompat.model.combined_patches import combined
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.reading import read_file
from evtcompat.reporters.terminal import printable
from evtcompat.syntax.documents import decode_text
from evtcompat.syntax.editing import document_in, rewritten
from evtcompat.syntax.errors import UneditableError
from evtcompat.writing import check_folder, write_whole

#: Characters of one file that are written anew to tell which of its fixes cannot be.
_MOST_REWRITTEN: Final = 10_000_000
#: Fixes of one file that are told one by one.
_MOST_TOLD: Final = 20


class _Suggested(NamedTuple):
    """A fix of a file, and the subject that it is for."""

    fix: Fix
    subject: str


class _File(NamedTuple):
    """A file as it is after its fixes."""

    path: Path
    data: bytes
    fixes: tuple[Fix, ...]


def apply_fixes(report: Report, folder: Path, paths: Sequence[str] = (), *, yes: bool) -> bool:
    """Whether any file was changed: each candidate of the report got the fixes that the report shows for it.

    Args:
        report: Its fixes hold together, and say the same where they meet (`checking.fixing`).
        folder: What the names of files in the report are relative to, and what holds the files that may be changed.
        paths: Files and folders outside of it that a person named, whose files may be changed as well.
        yes: Do not ask.

    Raises:
        UsageError: Nobody can be asked, or a file is not where a fix may be written.
        UncheckedError: A file cannot be read or is not what was checked. Nothing is changed then.
    """
    meant = [Path(os.path.normpath(folder / path)) for path in ("", *paths)]
    files: dict[str, _File] = {}
    suggestions = _by_file(report)
    for origin, suggested in sorted(suggestions.items()):
        path = folder / origin
        if not any(Path(os.path.normpath(path)).is_relative_to(one) for one in meant):
            _say(f"{origin}: its fixes are left to you: it lies outside of this folder.")
            continue
        file = _mended(path, origin, suggested)
        if file is not None:
            files[origin] = file
    for origin, file in files.items():
        subjects = _subjects(suggestions[origin])
        _say_some(f"{origin}: ", [f"{fix.text} (for {subjects(fix)})" for fix in file.fixes])
    if not files:
        typer.echo("There is no fix to apply.", err=True)
        return False
    if not yes:
        _ask(len(files))
    for origin, file in files.items():
        try:
            write_whole(file.path, file.data)
        except OSError as error:
            raise _unchangeable(origin, error) from error
    return True


def _say(text: str) -> None:
    typer.echo(printable(text), err=True)


def _say_some(head: str, texts: Sequence[str]) -> None:
    for text in texts[:_MOST_TOLD]:
        _say(head + text)
    if len(texts) > _MOST_TOLD:
        _say(f"{head}{len(texts) - _MOST_TOLD:,} more; the report without --fix tells each.")


def _ask(files: int) -> None:
    """The person has said yes.

    Raises:
        UsageError: There is no person to ask.
    """
    if not sys.stdin.isatty():
        message = "--fix asks before it changes files, and there is no terminal to ask at"
        raise UsageError(message, hint="Add --yes to change them without being asked.")
    typer.confirm(f"Change {files} {'file' if files == 1 else 'files'}?", abort=True, err=True)


def _by_file(report: Report) -> dict[str, list[_Suggested]]:
    """The fixes that a report shows for its candidates, each once a subject, by the name of the file."""
    found: dict[str, list[_Suggested]] = {}
    for subject in report.subjects:
        if subject.candidate.origin is not None:
            known = found.setdefault(subject.candidate.origin, [])
            known += [_Suggested(fix, subject.title) for fix in _distinct(_fixes(subject), _spelled)]
    return {origin: fixes for origin, fixes in found.items() if fixes}


def _distinct(fixes: Iterable[Fix], told_apart_by: Callable[[Fix], str]) -> list[Fix]:
    """The fixes, the first of those that are alike."""
    found: dict[str, Fix] = {}
    for fix in fixes:
        found.setdefault(told_apart_by(fix), fix)
    return list(found.values())


def _spelled(fix: Fix) -> str:
    return json.dumps([fix.text, fix.side, fix.unwritten, _patch(fix)])


def _patch(fix: Fix) -> str:
    """What a fix does to a file, which several subjects may share."""
    return json.dumps([dict(operation) for operation in fix.patch], default=str)


def _subjects(suggested: Iterable[_Suggested]) -> Callable[[Fix], str]:
    """The subjects that a fix of a file is for: what mends a part that several share mends them all."""
    found: dict[str, dict[str, None]] = {}
    for one in suggested:
        found.setdefault(_meant(one.fix), {})[one.subject] = None
    return lambda fix: ", ".join(found[_meant(fix)])


def _meant(fix: Fix) -> str:
    return _patch(fix) if fix.patch else _spelled(fix)


def _fixes(subject: SubjectReport) -> Iterator[Fix]:
    """The local edits that a report shows for a candidate."""
    for comparison in subject.comparisons:
        for finding in comparison.result.findings:
            fix = finding.fix
            if fix is not None and (fix.patch or fix.unwritten) and finding.waived is None:
                yield fix


def _mended(path: Path, origin: str, suggested: Sequence[_Suggested]) -> _File | None:
    """The file with its fixes, as far as they can be written there; ``None`` where none can. What is left is told.

    Raises:
        UsageError: The file is not where a fix may be written.
        UncheckedError: It cannot be read, or is not what was checked.
    """
    fixes = _distinct((one.fix for one in suggested), _meant)
    left = [(fix, fix.unwritten) for fix in fixes if not fix.patch]
    written = tuple(fix for fix in fixes if fix.patch)
    made = None
    if written:
        check_folder(path)
        data = _data(path, origin)
        text = decode_text(data, origin)
        refused = _refused(text, origin, written)
        left += refused
        gone = {id(fix) for fix, _ in refused}
        written = tuple(fix for fix in written if id(fix) not in gone)
        try:
            made = _File(path, _mark(data) + _with(text, origin, written).encode("utf-8"), written) if written else None
        except UneditableError as error:
            left += [(fix, str(error)) for fix in written]
        except LookupError as error:
            message = "is not what was checked any more; nothing was changed in it"
            raise UncheckedError(message, place=Place(origin=origin), hint="Run the command again.") from error
    subjects = _subjects(suggested)
    _say_some(f"{origin}: left to you: ", [f"{fix.text} (for {subjects(fix)}) ({why})" for fix, why in left])
    return made


def _mark(data: bytes) -> bytes:
    """The byte order mark that a file begins with, if any."""
    return data[: len(data) - len(data.removeprefix(b"\xef\xbb\xbf"))]


def _refused(text: str, origin: str, fixes: Sequence[Fix]) -> list[tuple[Fix, str]]:
    """Which fixes cannot be written in a file, and why; those that can be written together are tried together.

    Of a long file that refuses many, some are not told apart from those that are refused.
    """
    found: list[tuple[Fix, str]] = []
    pending, trials = [fixes], max(1, _MOST_REWRITTEN // (len(text) + 1))
    while pending:
        some = pending.pop()
        trials -= 1
        try:
            _with(text, origin, some)
        except DocumentError:
            return [(fix, "only JSON and YAML are edited in place") for fix in fixes]
        except UneditableError as error:
            why = str(error)
        except LookupError:
            if len(some) == 1:  # told where all of them are put together
                continue
            why = "the file is not what was checked"
        else:
            continue
        middle = len(some) // 2
        if middle and trials > len(pending):
            pending += [some[middle:], some[:middle]]
        else:
            found += [(fix, why) for fix in some]
    return found


def _with(text: str, origin: str, fixes: Sequence[Fix]) -> str:
    """The text after all of the fixes.

    Raises:
        UneditableError: They do not go together.
        LookupError: The text is not what they are for.
    """
    patch = combined((fix.patch for fix in fixes), document_in(text, origin))
    if patch is None:
        message = "the fixes of its subjects contradict each other"
        raise UneditableError(message)
    return rewritten(text, patch, origin)


def _data(path: Path, origin: str) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise _unchangeable(origin, error) from error


def _unchangeable(origin: str, error: OSError) -> UncheckedError:
    message = f"cannot be changed: {error.strerror or error}"
    return UncheckedError(message, place=Place(origin=origin))
