"""Spark: the splits are a distributed list, mapped in waves, so that what is done is known and kept between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError
from evtcompat.replay.engines.base import Done, SplitLostError
from evtcompat.replay.summarise import summarise

if TYPE_CHECKING:
    from evtcompat.replay.job import Job
    from evtcompat.replay.splits import Split

#: Splits of one wave, for every task that runs at a time.
_WAVE: Final = 8


@dataclass(frozen=True)
class SparkEngine:
    """The cluster of a master URL: ``spark://host:7077``, ``local[*]``."""

    master: str

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        try:
            import pyspark
            from py4j.protocol import Py4JJavaError
        except ModuleNotFoundError as error:
            message = f"{self.master} needs Spark"
            raise UncheckedError(message, hint="pip install 'evtcompat[replay-spark]', and a Java runtime") from error
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = pyspark.SparkConf().setMaster(self.master).setAppName("evtcompat replay")
        settings.setIfMissing("spark.ui.enabled", "false").setIfMissing("spark.ui.showConsoleProgress", "false")
        context = pyspark.SparkContext.getOrCreate(settings)
        context.setLogLevel("ERROR")
        shared = context.broadcast(job)
        try:
            size = _WAVE * max(context.defaultParallelism, 1)
            for start in range(0, len(splits), size):
                wave = splits[start : start + size]
                yield from context.parallelize(wave, len(wave)).map(partial(_answer, shared)).collect()
        except Py4JJavaError as error:
            message = (
                f"Spark gave a wave of splits up: {' '.join(str(error.java_exception.getMessage()).split())[:2000]}"
            )
            raise SplitLostError(message) from error
        finally:
            context.stop()


def _answer(shared: Any, split: Split) -> Done:  # noqa: ANN401 - a broadcast variable
    return split, summarise(shared.value, split)
