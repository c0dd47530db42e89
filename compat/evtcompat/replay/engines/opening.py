"""From the word of a person to an engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from evtcompat.replay.engines.base import Engine


def engine_of(word: str | None, workers: int | None) -> Engine:
    """The engine that a word names: none for local processes, ``dask://host:port``, a master URL of Spark.

    Raises:
        UsageError: It names none.
    """
    if word is None:
        from evtcompat.replay.engines.local import LocalEngine

        if workers is not None and workers < 1:
            message = f"--workers {workers}: at least one has to do the work"
            raise UsageError(message)
        return LocalEngine(workers or os.cpu_count() or 1)
    if workers is not None:
        message = "--workers is for local processes; the cluster knows its own"
        raise UsageError(message, hint="Leave it out.")
    if word.startswith("dask://"):
        from evtcompat.replay.engines.dask import DaskEngine

        return DaskEngine(f"tcp://{word.removeprefix('dask://')}")
    if word.startswith(("spark://", "local", "yarn", "k8s://")):
        from evtcompat.replay.engines.spark import SparkEngine

        return SparkEngine(word)
    message = f"unknown engine {word!r}"
    raise UsageError(message, hint="Known: dask://HOST:PORT, spark://HOST:PORT, local[*], yarn, k8s://...")
