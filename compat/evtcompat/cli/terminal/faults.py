"""What a fault of evtcompat leaves behind: a file with the traceback, and a line that names it."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from evtcompat.dataclasses import replace
from evtcompat.errors import MAKE_ROOM, no_room
from evtcompat.model.reports import Report
from evtcompat.reporters.terminal import brief, printable

#: What a person is told to do with the file.
_REPORT_IT = "Please report it, with the file"


def save_traceback(text: str) -> Path | None:
    """The file below the user's cache folder that holds the traceback; ``None`` where it cannot be written."""
    from evtcompat.folders import cache_folder
    from evtcompat.writing import write_whole

    try:
        folder = cache_folder(os.environ) / "faults"
        file = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{abs(hash(text)) % 10_000:04}.txt"
        write_whole(file, text.encode("utf-8", "backslashreplace"))
    except (OSError, RuntimeError):  # no home folder, a full disk: the fault itself is still told
        return None
    return file


def with_saved_tracebacks(report: Report) -> Report:
    """The report whose faults say where their tracebacks are."""
    if not any(problem.traceback for problem in report.errors):
        return report
    files = {text: save_traceback(text) for text in {problem.traceback for problem in report.errors} if text}

    def told(hint: str | None, file: Path | None) -> str | None:
        return hint if file is None else f"{_REPORT_IT} {file}."

    errors = tuple(
        replace(problem, hint=told(problem.hint, files.get(problem.traceback or ""))) for problem in report.errors
    )
    return replace(report, errors=errors)


def ended_by(fault: Exception) -> int:
    """Say what there is to say of what ended the whole run, on standard error; the exit code."""
    if isinstance(fault, BrokenPipeError):
        # the reader has gone (`evtcompat ... | head`); nothing can be said any more, and the check is not over
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        sys.stderr.write(last_words(fault))
    return 3


def last_words(fault: BaseException) -> str:
    """What is said of a fault that ended the whole run: one line, with the file that has the traceback."""
    from traceback import format_exception

    words = printable(str(fault).partition("\n")[0][:200])
    if no_room(fault):
        return f"evtcompat: there is no room: {words}. {MAKE_ROOM}\n"
    if isinstance(fault, OSError) and fault.errno == errno.ENAMETOOLONG:
        return f"evtcompat: {printable(brief(str(fault.filename)))}: no file has so long a name; choose a shorter one\n"
    file = save_traceback("".join(format_exception(fault)))
    where = f"{_REPORT_IT} {file}." if file is not None else "Please report it."
    name = type(fault).__name__
    return f"evtcompat: a fault in evtcompat, not in your schemas; nothing was checked ({name}: {words}). {where}\n"
