"""What the terminal at hand can show."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

from evtcompat.reporters.terminal import Terminal

#: Without a terminal the width does not depend on the machine.
_WIDTH_OF_A_FILE = 100


def terminal(stream: TextIO | None = None) -> Terminal:
    """Width and colour for a stream (standard output when absent).

    Colour only on a terminal and without ``NO_COLOR`` (https://no-color.org), or when ``FORCE_COLOR`` asks for it.
    The width is the terminal's, ``COLUMNS`` before it; of a file or pipe 100.
    """
    stream = sys.stdout if stream is None else stream
    tty = stream.isatty()
    colour = not os.environ.get("NO_COLOR") and (
        bool(os.environ.get("FORCE_COLOR")) or (tty and os.environ.get("TERM") != "dumb")
    )
    if os.environ.get("COLUMNS", "").isdigit() or tty:
        width = shutil.get_terminal_size((_WIDTH_OF_A_FILE, 24)).columns
    else:
        width = _WIDTH_OF_A_FILE
    return Terminal(width=max(40, width), colour=colour)
