"""Consumers that would harm whoever runs them in his own process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
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


def yields() -> Iterator[str]:
    yield "never run"


async def yields_later() -> AsyncIterator[str]:
    yield "never run"


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


def fails_at_length() -> None:
    """With a message that nobody could read to its end."""
    raise ValueError("x" * 50_000_000)


def fails_at_length_again() -> None:
    """With one as long, on many lines, behind another."""
    try:
        fails_at_length()
    except ValueError as error:
        raise RuntimeError("y\n" * 25_000_000) from error


def forges(frame: bytes) -> None:
    """Answers in place of the runner."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):  # noqa: PTH115 - idem
                os.write(int(name), frame)


def _answers(data: bytes) -> None:
    forges(len(data).to_bytes(4, "big") + data)


def forges_a_list() -> None:
    _answers(b"[]")


def forges_nothing() -> None:
    _answers(b"{}")


def forges_no_json() -> None:
    _answers(b"\xff\xff")


def forges_depth() -> None:
    _answers(b"[" * 200_000)


def forges_an_outcome() -> None:
    _answers(b'{"outcome": "wonderful"}')


def forges_types() -> None:
    _answers(b'{"outcome": "returned", "value": {"digest": 1}, "dead_letters": [7]}')


def forges_letters() -> None:
    _answers(b'{"outcome": "returned", "dead_letters": [{"body": "not base 64"}]}')


def forges_a_length() -> None:
    forges(b"\xff\xff\xff\xff")
