"""`evtcompat check --fix`: what a report suggests, applied to the files under check."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from evtcompat.checking.fixing import combined
from evtcompat.errors import DocumentError, UncheckedError, UsageError
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.reading import read_file
from evtcompat.reporters.terminal import printable
from evtcompat.syntax.documents import decode_text
from evtcompat.syntax.editing import document_in, rewritten
from evtcompat.syntax.errors import UneditableError
from evtcompat.writing import check_folder, write_whole


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
        for fix in file.fixes:
            _say(f"{origin}: {fix.text} (for {_subjects(suggestions[origin], fix)})")
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
            suggested = [_Suggested(fix, subject.title) for fix in _fixes(subject)]
            known += [one for at, one in enumerate(suggested) if one not in suggested[:at]]
    return {origin: fixes for origin, fixes in found.items() if fixes}


def _subjects(suggested: Iterable[_Suggested], fix: Fix) -> str:
    """The subjects that a fix of a file is for: what mends a part that several share mends them all."""
    same = (one.subject for one in suggested if one.fix == fix or (fix.patch and one.fix.patch == fix.patch))
    return ", ".join(dict.fromkeys(same))


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
    fixes = [one.fix for at, one in enumerate(suggested) if all(one.fix != other.fix for other in suggested[:at])]
    left = [(fix, fix.unwritten) for fix in fixes if not fix.patch]
    written = _once(fix for fix in fixes if fix.patch)
    made = None
    if written:
        check_folder(path)
        data = _data(path, origin)
        text = decode_text(data, origin)
        refused = _refused(text, origin, written)
        left += refused
        written = tuple(fix for fix in written if all(fix is not one for one, _ in refused))
        try:
            made = _File(path, _mark(data) + _with(text, origin, written).encode("utf-8"), written) if written else None
        except UneditableError as error:
            left += [(fix, str(error)) for fix in written]
        except LookupError as error:
            message = "is not what was checked any more; nothing was changed in it"
            raise UncheckedError(message, place=Place(origin=origin), hint="Run the command again.") from error
    for fix, why in left:
        _say(f"{origin}: left to you: {fix.text} (for {_subjects(suggested, fix)}) ({why})")
    return made


def _mark(data: bytes) -> bytes:
    """The byte order mark that a file begins with, if any."""
    return data[: len(data) - len(data.removeprefix(b"\xef\xbb\xbf"))]


def _once(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes, those of one patch once: several subjects may share what it mends."""
    found: list[Fix] = []
    for fix in fixes:
        if all(fix.patch != one.patch for one in found):
            found.append(fix)
    return tuple(found)


def _refused(text: str, origin: str, fixes: Iterable[Fix]) -> list[tuple[Fix, str]]:
    """Which fixes cannot be written in a file by themselves, and why."""
    found = []
    for fix in fixes:
        try:
            rewritten(text, fix.patch, origin)
        except DocumentError:
            found.append((fix, "only JSON and YAML are edited in place"))
        except UneditableError as error:
            found.append((fix, str(error)))
        except LookupError:  # told where all of them are put together
            continue
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
