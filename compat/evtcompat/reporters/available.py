"""The report formats there are: every module ``NAME_report`` of this folder is one.

Such a module has one public function, ``render(report, terminal)``: the whole run as text, a pure function of both.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SUFFIX: Final = "_report.py"
#: What a run writes when nobody asks for anything.
DEFAULT: Final = "text"
#: Those that show subjects over time: a run that writes none of them is spared the work.
TIMELINES: Final = frozenset({"html"})


@cache
def names() -> tuple[str, ...]:
    """What `--format` and the configuration may ask for, in the order of the alphabet, `DEFAULT` first."""
    found = sorted(file.name.removesuffix(_SUFFIX) for file in Path(__file__).parent.glob(f"*{_SUFFIX}"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def reporter(name: str) -> Callable[..., str]:
    """The function of a report format; its module is imported only now.

    Raises:
        ImportError: There is no such format.
    """
    render: Callable[..., str] = import_module(f"evtcompat.reporters.{name}_report").render
    return render
