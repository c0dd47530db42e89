"""What the terminal at hand can show."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

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
        from shutil import get_terminal_size

        width = get_terminal_size((_WIDTH_OF_A_FILE, 24)).columns
    else:
        width = _WIDTH_OF_A_FILE
    return Terminal(width=max(40, width), colour=colour, links=takes_links(os.environ, tty=tty))


#: What terminals that take links (OSC 8) say of themselves.
_BY_PROGRAM: Final = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"})
_BY_TERM: Final = ("xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm", "contour")
_BY_VARIABLE: Final = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "WEZTERM_PANE")
#: The first release of the library behind the terminals of GNOME and others that shows links without fault.
_VTE: Final = 5000


def takes_links(variables: Mapping[str, str], *, tty: bool) -> bool:
    """Whether the terminal at hand is one that is known to show links. None can be asked.

    ``FORCE_HYPERLINK=1`` says that it does, ``FORCE_HYPERLINK=0`` that it does not; what a terminal multiplexer passes
    on is not known.
    """
    forced = variables.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("0", "")
    if not tty or variables.get("NO_COLOR") or variables.get("TERM") == "dumb" or "CI" in variables:
        return False
    if "TMUX" in variables or variables.get("TERM", "").startswith("screen"):
        return False
    vte = variables.get("VTE_VERSION", "")
    return (
        variables.get("TERM_PROGRAM") in _BY_PROGRAM
        or variables.get("TERM", "").startswith(_BY_TERM)
        or any(name in variables for name in _BY_VARIABLE)
        or (vte.isdecimal() and int(vte) >= _VTE)
    )
