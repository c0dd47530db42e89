"""Every engine gives the same counts, whatever dies meanwhile; a split that comes twice counts once."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastavro
import pytest

from evtcompat.errors import UsageError
from evtcompat.formats.base import Options
from evtcompat.replay.engines.base import Done, Engine
from evtcompat.replay.engines.local import LocalEngine
from evtcompat.replay.engines.opening import engine_of
from evtcompat.replay.job import Job
from evtcompat.replay.ledger import Ledger, opened_ledger
from evtcompat.replay.run import run
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.splits import Split
from evtcompat.replay.summarise import summarise
from evtcompat.replay.summary import Summary, from_json, merged, to_json
from evtcompat.replay.world import world_of
from replay import orders, replaying

COUNT = 6000
EVERYTHING = [order for made in orders.each_version(COUNT) for order in made]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, list[Split]]:
    """A job with two readers over some dozens of splits of several kinds."""
    folder = tmp_path_factory.mktemp("orders")
    made = list(orders.each_version(COUNT))
    (folder / "1.avro").write_bytes(orders.container(made[0], "deflate"))
    (folder / "2.b64").write_bytes(orders.base64_lines(map(orders.confluent, made[1])))
    job = replaying.job("strict", "kind")
    parts = replaying.small_splits(replaying.splits(job, folder / "1.avro", folder / "2.b64"), 8000)
    assert len(parts) > 20
    return job, parts


def _exact(job: Job, parts: Sequence[Split], engine: Engine, ledger: Ledger | None = None) -> None:
    summary = replaying.replayed(job, parts, engine, ledger)
    assert replaying.counts(summary, 0) == orders.outcomes(EVERYTHING, "strict")
    assert replaying.counts(summary, 1) == orders.outcomes(EVERYTHING, "kind")
    assert summary.corrupt == 0


@pytest.mark.slow
def test_a_pool_of_processes_finds_what_one_process_finds(work: tuple[Job, list[Split]]) -> None:
    job, parts = work
    one, two = Ledger(), Ledger()
    _exact(job, parts, LocalEngine(workers=1), one)
    _exact(job, parts, LocalEngine(workers=2), two)
    assert to_json(one.whole)["pairs"] == to_json(two.whole)["pairs"] or sorted(
        map(repr, to_json(one.whole)["pairs"])
    ) == sorted(map(repr, to_json(two.whole)["pairs"]))


@dataclass(frozen=True)
class _Killing:
    """An engine of which a worker is killed once the first split is answered."""

    engine: Engine

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        killed = False
        for done in self.engine.run(job, splits):
            if not killed:
                victim = multiprocessing.active_children()[0]
                assert victim.pid is not None
                os.kill(victim.pid, signal.SIGKILL)
                killed = True
            yield done
        assert killed


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_no_count(work: tuple[Job, list[Split]]) -> None:
    job, parts = work
    _exact(job, parts, _Killing(LocalEngine(workers=2)))


@dataclass(frozen=True)
class _Repeating:
    """An engine that answers every split twice, as one does that speculates."""

    engine: Engine

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        for done in self.engine.run(job, splits):
            yield done
            yield done


@pytest.mark.slow
def test_a_split_that_comes_twice_counts_once(work: tuple[Job, list[Split]]) -> None:
    job, parts = work
    _exact(job, parts, _Repeating(LocalEngine(workers=1)))


@pytest.mark.slow
def test_summaries_merge_in_any_order(work: tuple[Job, list[Split]]) -> None:
    job, parts = work
    summaries = [summarise(job, part) for part in parts]
    one, other = merged(summaries), merged(reversed(summaries))
    assert one == other
    assert merged([merged(summaries[:7]), merged(summaries[7:])]) == one
    assert from_json(to_json(one)) == one


class _StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


@dataclass(frozen=True)
class _Stopping:
    """An engine that is interrupted after some splits."""

    engine: Engine
    after: int

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        for number, done in enumerate(self.engine.run(job, splits)):
            if number == self.after:
                raise _StoppedError
            yield done


@dataclass
class _Counting:
    """An engine that remembers how many splits it was given."""

    engine: Engine
    given: int = 0

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        self.given += len(splits)
        return self.engine.run(job, splits)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_was(work: tuple[Job, list[Split]], tmp_path: Path) -> None:
    job, parts = work
    state = tmp_path / "state.jsonl"
    one = LocalEngine(workers=1)
    with pytest.raises(_StoppedError), opened_ledger(state, job.digest, 0) as ledger:
        replaying.replayed(job, parts, _Stopping(one, 9), ledger)
    # the process died while it wrote the last of them
    state.write_text(state.read_text()[:-20])
    counting = _Counting(one)
    with opened_ledger(state, job.digest, 0) as ledger:
        _exact(job, parts, counting, ledger)
    assert counting.given == len(parts) - 8
    again = _Counting(one)
    with opened_ledger(state, job.digest, 0) as ledger:
        _exact(job, parts, again, ledger)
    assert again.given == 0


def _resumed(job: Job, folder: Path, *, most: int | None = None) -> Summary:
    """What a run finds in a folder that goes on from the state beside it."""
    found = find([str(folder)], world_of(job).recorded, Hints())
    with opened_ledger(folder.with_suffix(".state"), job.digest, 0) as ledger:
        run(job, found.splits, LocalEngine(workers=1), ledger, most=most)
        return ledger.whole


def test_of_what_a_state_knows_only_sources_as_they_are_now_count(tmp_path: Path) -> None:
    job, folder = replaying.job("kind"), tmp_path / "events"
    folder.mkdir()
    made, gone, emptied = (folder / name for name in ("made.avro", "gone.avro", "emptied.avro"))
    for file in (made, gone, emptied):
        file.write_bytes(orders.container(orders.orders(30, "1")))
    assert _resumed(job, folder).events == 90
    made.write_bytes(orders.container(orders.orders(31, "1")))
    assert _resumed(job, folder).events == 91
    gone.unlink()
    with emptied.open("wb") as out:
        fastavro.writer(out, orders.AVRO["1"], [])
    assert _resumed(job, folder).events == 31
    made.unlink()
    assert _resumed(job, folder).events == 0


def test_a_run_over_the_first_events_goes_on_with_as_many_of_them(tmp_path: Path) -> None:
    job, folder = replaying.job("kind"), tmp_path / "events"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.avro").write_bytes(orders.container(orders.orders(30, "1")))
    for most, events in ((40, 40), (40, 40), (None, 60), (10, 10), (40, 40)):
        assert _resumed(job, folder, most=most).events == events


def test_a_job_has_one_digest_in_every_process() -> None:
    """The order of a set is another in each: a state, and a worker, would be of another job."""
    program = "from replay import replaying; print(replaying.job('kind').digest)"
    digests = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed}
        made = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        digests.add(made.stdout)
    assert len(digests) == 1
    job = replaying.job("kind")
    other = replace(job, settings=replace(job.settings, options=Options(witnesses=False, settings={"policy": "x"})))
    assert other.digest != job.digest


def test_a_state_of_another_run_is_refused(work: tuple[Job, list[Split]], tmp_path: Path) -> None:
    job, _ = work
    state = tmp_path / "state.jsonl"
    with opened_ledger(state, job.digest, 0):
        pass
    other = replaying.job("kind")
    with pytest.raises(UsageError, match="another replay"), opened_ledger(state, other.digest, 0):
        pass
    foreign = tmp_path / "notes.txt"
    foreign.write_text("milk\n")
    with pytest.raises(UsageError, match="not the state"), opened_ledger(foreign, job.digest, 0):
        pass
    assert foreign.read_text() == "milk\n"


def test_words_for_engines() -> None:
    assert engine_of(None, 3) == LocalEngine(3)
    for word in ("mesos://x", ""):
        with pytest.raises(UsageError, match="unknown engine"):
            engine_of(word, None)
    with pytest.raises(UsageError, match="--workers"):
        engine_of("dask://host:1", 2)
    with pytest.raises(UsageError, match="at least one"):
        engine_of(None, 0)


needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs Dask (pip install 'evtcompat[dev-replay]')"
)
needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or not Path("/usr/bin/java").exists(),
    reason="needs Spark and Java (pip install 'evtcompat[dev-replay]'; apt-get install default-jre-headless)",
)


@needs_dask
@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # Dask's own, about what it imports
def test_dask_with_a_worker_killed(work: tuple[Job, list[Split]]) -> None:
    from distributed import LocalCluster

    job, parts = work
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        engine = engine_of(f"dask://{cluster.scheduler_address.removeprefix('tcp://')}", None)
        _exact(job, parts, engine)
        _exact(replaying.job("strict", "kind", decode=True), parts, _KillingOne(engine, _dask_workers(cluster)))


def _dask_workers(cluster: object) -> list[int]:
    return [worker.pid for worker in cluster.workers.values()]  # type: ignore[attr-defined]  # a LocalCluster


@dataclass(frozen=True)
class _KillingOne:
    """An engine of which one of some processes is killed once the first split is answered."""

    engine: Engine
    processes: list[int]

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        for number, done in enumerate(self.engine.run(job, splits)):
            if not number:
                os.kill(self.processes[0], signal.SIGKILL)
            yield done


@needs_spark
@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # Spark's own, about sockets that it leaves open
def test_spark_with_two_executors(work: tuple[Job, list[Split]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    job, parts = work
    _exact(job, parts, engine_of("local-cluster[2,1,1024]", None))


def _python_workers() -> list[int]:
    """The processes of Spark that run Python."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"pyspark.worker" in words or b"pyspark.daemon" in words:
                found.append(int(entry.name))
    return found


@needs_spark
@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # Spark's own, about sockets that it leaves open
def test_spark_with_a_worker_killed(work: tuple[Job, list[Split]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The executors' Python processes are killed while the first wave runs."""
    import threading
    import time

    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    killed: list[int] = []

    def kill() -> None:
        end = time.monotonic() + 120
        while not killed and time.monotonic() < end:
            for process in _python_workers()[:1]:
                os.kill(process, signal.SIGKILL)
                killed.append(process)
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    job, parts = work
    try:
        _exact(job, parts, engine_of("local-cluster[2,1,1024]", None))
    finally:
        killer.join()
    assert killed
