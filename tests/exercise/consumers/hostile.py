"""Consumers that would harm whoever runs them in his own process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_FOREVER = 3600


def hangs() -> None:
    time.sleep(_FOREVER)


def exits() -> None:
    sys.exit(7)


def dies() -> None:
    os._exit(7)


def aborts() -> None:
    os.abort()


def interrupts() -> None:
    raise KeyboardInterrupt


class Strange(BaseException):
    """An exception that cannot even be printed."""

    def __str__(self) -> str:
        raise ValueError


def strange() -> None:
    raise Strange


def prints() -> str:
    for _ in range(2000):
        print("x" * 1000)  # noqa: T201 - that is the point
        os.write(2, b"\xff\xfe" * 100)
    return "printed"


def closes() -> str:
    for descriptor in (0, 1, 2):
        with suppress(OSError):  # the second event finds them closed
            os.close(descriptor)
    return "closed"


def forks() -> str:
    """Both parent and child come back."""
    os.fork()
    return "forked"


def lingers() -> str:
    """Leaves a child in the process group and one that detached itself from it."""
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({_FOREVER})"])
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({_FOREVER})"], start_new_session=True)
    return "lingers"


def threads() -> str:
    """Leaves threads that never end."""
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(_FOREVER,)).start()
    return "threads"


def fine(body: bytes) -> int:
    return len(body)


def wants_more(message: Any, database: Any) -> None:
    del message, database


def prints_and_dies() -> None:
    os.write(1, b"last words \xff\n")
    os._exit(1)


def hangs_at_a_broker() -> None:
    """At once in process, for ever at the second level: the third scenario of a run over two versions."""
    folder = Path(os.environ["EVTCOMPAT_CELL_DIR"])
    if folder.name == "cell-3":
        (folder / "at-work").touch()
        time.sleep(_FOREVER)
