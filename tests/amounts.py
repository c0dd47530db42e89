"""How much is tried of what could be tried without end: a sample in the default run, all in the long one."""

from __future__ import annotations

import os

#: Set by `.ci/run` for the long run.
THOROUGH = os.environ.get("EVTCOMPAT_TESTS") == "thorough"


def examples(number: int) -> int:
    """How many generated examples a law is tried on: `number` in the long run, a quarter in the default one."""
    return number if THOROUGH else max(number // 4, 15)
