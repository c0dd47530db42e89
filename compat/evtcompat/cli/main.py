"""The command `evtcompat`, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
from typing import Final

# what else is needed is imported where an interrupt is heard: it may come while modules are loaded

#: Seconds for ending and removing what was begun, when somebody asks for the end; CI systems wait for 7 to 10.
_LAST: Final = 5.0


def _need_a_folder() -> None:
    try:
        os.getcwd()  # noqa: PTH109 - pathlib says no more
    except FileNotFoundError as error:
        from evtcompat.errors import UncheckedError

        message = "the folder that the command runs in is not there any more"
        raise UncheckedError(message, hint="Change into one that is.") from error


def _open_outputs() -> None:
    """Whatever is written to an output can be: no name of a person's file or field ends a run.

    What goes to one that whoever started the command closed goes nowhere, and the exit code stands. A character that
    an output cannot show is an escape there.
    """
    from io import TextIOWrapper

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            from pathlib import Path

            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command line and leave with its exit code.

    An error that evtcompat raises on purpose is one message on standard error. Anything else is a fault of evtcompat:
    it ends with one line, a file with the traceback, and exit code 3, since nothing was checked; never with 1, which
    means "incompatible". A signal to end is obeyed in order, with 128 and its number.
    """
    try:
        from evtcompat.cli.terminal.ending import ASKED_TO_END, ended_in_order

        with ended_in_order(*ASKED_TO_END, within=_LAST):
            _run()
    except KeyboardInterrupt:
        sys.exit(130)  # as Typer ends it, and shells expect


def _run() -> None:
    import atexit
    import gc
    from functools import partial

    from evtcompat.cli.direct import direct_call
    from evtcompat.errors import EvtcompatError
    from evtcompat.reporters.terminal import brief, printable

    _open_outputs()
    # a short run makes little garbage, and looking for it while modules are loaded costs a tenth of the time
    gc.set_threshold(100_000)
    # nor need anybody search what is alive at the end, a sixth of the time: the system takes all of it back
    atexit.register(gc.freeze)
    try:
        _need_a_folder()
        call = direct_call(sys.argv[1:])
        if call is None:
            from evtcompat.cli.application import app

            call = partial(app, prog_name="evtcompat")
        sys.exit(call())
    except EvtcompatError as error:
        first, *rest = (printable(brief(line.strip())) for line in str(error).splitlines())
        sys.stderr.write("\n  ".join([f"evtcompat: {first}", *rest]) + "\n")
        sys.exit(error.exit_code)
    except Exception as fault:  # noqa: BLE001 - the last line of defence: see the docstring
        from evtcompat.cli.terminal.faults import ended_by

        sys.exit(ended_by(fault))
