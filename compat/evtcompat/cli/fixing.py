"""`evtcompat check --fix`: what a report suggests, applied to the files under check."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from evtcompat.checking.fixing import combined
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import Operation
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.reading import read_file
from evtcompat.reporters.terminal import printable
from evtcompat.syntax.documents import decode_text
from evtcompat.syntax.editing import edited
from evtcompat.writing import check_folder, write_whole

#: What `syntax.editing` does not write.
_OTHER_SYNTAX = (".yaml", ".yml")


def apply_fixes(report: Report, folder: Path, paths: Sequence[str] = (), *, yes: bool) -> bool:
    """Whether any file was changed: each candidate of the report got the fixes that the report shows for it.

    Args:
        report: Its fixes hold together, and say the same where they meet (`checking.fixing`).
        folder: What the names of files in the report are relative to, and what holds the files that may be changed.
        paths: Files and folders outside of it that a person named, whose files may be changed as well.
        yes: Do not ask.

    Raises:
        UsageError: Nobody can be asked, or a file is not where a fix may be written.
        UncheckedError: A file cannot be read or is not what was checked. Those before it are changed.
    """
    wanted = {
        subject.candidate.origin: (fixes, combined((fix.patch for fix in fixes), None))
        for subject in report.subjects
        if (fixes := list(_fixes(subject))) and subject.candidate.origin is not None
    }
    meant = [Path(os.path.normpath(folder / path)) for path in ("", *paths)]
    chosen = {
        origin: (fixes, patch)
        for origin, (fixes, patch) in wanted.items()
        if patch
        and _is_json(origin)
        and any(Path(os.path.normpath(folder / origin)).is_relative_to(one) for one in meant)
    }
    for origin in sorted(wanted.keys() - chosen.keys()):
        why = "it lies outside of this folder" if _is_json(origin) else "only JSON is edited in place"
        typer.echo(printable(f"{origin}: its fixes are left to you: {why}."), err=True)
    for origin, (fixes, _) in chosen.items():
        for fix in fixes:
            typer.echo(printable(f"{origin}: {fix.text}"), err=True)
    if not chosen:
        typer.echo("There is no fix to apply.", err=True)
        return False
    if not yes:
        _ask(len(chosen))
    for origin, (_, patch) in chosen.items():
        _edit(folder / origin, origin, patch or ())
    return True


def _ask(files: int) -> None:
    """The person has said yes.

    Raises:
        UsageError: There is no person to ask.
    """
    if not sys.stdin.isatty():
        message = "--fix asks before it changes files, and there is no terminal to ask at"
        raise UsageError(message, hint="Add --yes to change them without being asked.")
    typer.confirm(f"Change {files} {'file' if files == 1 else 'files'}?", abort=True, err=True)


def _fixes(subject: SubjectReport) -> Iterator[Fix]:
    """The fixes with a patch that a report shows for a candidate, each once."""
    seen: list[tuple[Operation, ...]] = []
    for comparison in subject.comparisons:
        for finding in comparison.result.findings:
            fix = finding.fix
            if fix is not None and fix.patch and finding.waived is None and fix.patch not in seen:
                seen.append(fix.patch)
                yield fix


def _is_json(origin: str) -> bool:
    return not origin.lower().endswith(_OTHER_SYNTAX)


def _edit(path: Path, origin: str, patch: tuple[Operation, ...]) -> None:
    check_folder(path)
    try:
        data = read_file(path)
        text = decode_text(data, origin)
        mark = data[: len(data) - len(data.removeprefix(b"\xef\xbb\xbf"))]
        write_whole(path, mark + edited(text, patch, comments=True).encode("utf-8"))
    except OSError as error:
        message = f"cannot be changed: {error.strerror or error}"
        raise UncheckedError(message, place=Place(origin=origin)) from error
    except LookupError as error:
        message = "is not what was checked any more; nothing was changed in it"
        raise UncheckedError(message, place=Place(origin=origin), hint="Run the command again.") from error
