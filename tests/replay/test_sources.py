"""Tables, topics and addresses: the same orders, the same counts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.servers import free_port
from evtcompat.replay.engines.local import LocalEngine
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.sources.kafka import topic_splits
from evtcompat.replay.summary import Example, Pair, Summary
from evtcompat.replay.world import world_of
from replay import orders, replaying

#: kafka-python reads its own schemas in a way that Python deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")

COUNT = 900
EVERYTHING = [order for made in orders.each_version(COUNT) for order in made]


def _exact(summary: Summary) -> None:
    assert replaying.counts(summary, 0) == orders.outcomes(EVERYTHING, "strict")
    assert replaying.counts(summary, 1) == orders.outcomes(EVERYTHING, "kind")
    assert summary.corrupt == 0


needs_pyarrow = pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="needs pyarrow (pip install 'evtcompat[replay-tables]')"
)


def _table(path: Path) -> None:
    """Confluent messages in a column, a null after every tenth, beside a column of something else."""
    import pyarrow as pa
    from pyarrow import parquet

    values: list[bytes | None] = []
    for order in EVERYTHING:
        values.append(orders.confluent(order))
        if order.number % 10 == 0:
            values.append(None)
    table = pa.table({"offset": list(range(len(values))), "key": ["k"] * len(values), "value": values})
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=200)
        return
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=200)


@pytest.mark.slow
@needs_pyarrow
@pytest.mark.parametrize("name", ["orders.parquet", "orders.arrow"])
@pytest.mark.parametrize("decode", [False, True], ids=["auto", "always"])
def test_a_column_of_messages(tmp_path: Path, name: str, *, decode: bool) -> None:
    _table(tmp_path / name)
    job = replaying.job("strict", "kind", decode=decode)
    parts = replaying.splits(job, tmp_path / name, hints=Hints(column="value"))
    assert len(parts) > 5
    summary = replaying.replayed(job, parts)
    _exact(summary)
    assert summary.tombstones == sum(order.number % 10 == 0 for order in EVERYTHING)
    assert {example.position.unit for pair in summary.pairs.values() for example in _examples(pair)} == {"row"}


def _examples(pair: Pair) -> list[Example]:
    return [hits.example for hits in pair.outcomes.values() if hits.example is not None]


@needs_pyarrow
def test_a_table_of_several_columns_asks_which(tmp_path: Path) -> None:
    _table(tmp_path / "orders.parquet")
    recorded = world_of(replaying.job("kind")).recorded
    found = find([str(tmp_path)], recorded, Hints())
    assert [reason for _, reason in found.aside] == [
        "several columns (key, value) of bytes or text: say which with --column"
    ]
    found = find([str(tmp_path)], recorded, Hints(column="body"))
    assert [reason for _, reason in found.aside] == ["no column body of bytes or text"]
    found = find([str(tmp_path)], recorded, Hints(column="key"))
    assert [reason for _, reason in found.aside] == ["the values of key do not say which schema they were written with"]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty broker that speaks the Kafka protocol."""
    found = importlib.util.find_spec("noida_db")
    if found is None or found.origin is None:
        pytest.skip("needs noida-db (tests/exercise/broker-requirements.txt)")
    binary = Path(found.origin).with_name("noida-db")
    binary.chmod(0o755)  # the wheel's own launcher does the same
    folder, port = tmp_path_factory.mktemp("kafka"), free_port()
    command = [str(binary), "start", "--data-dir", str(folder), "--host", "127.0.0.1", "--only", "kafka"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--kafka-port", str(port)], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def topic(kafka: str) -> str:
    """A topic of two partitions: the orders, a tombstone after every tenth, each with its own time."""
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

    admin = KafkaAdminClient(bootstrap_servers=kafka)
    # the orders are old: a broker would forget them
    admin.create_topics([NewTopic("orders", 2, 1, topic_configs={"retention.ms": "-1"})])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka)
    for order in EVERYTHING:
        send = {"partition": order.number % 2, "key": str(order.number).encode(), "timestamp_ms": order.placed}
        producer.send("orders", orders.confluent(order), **send)
        if order.number % 10 == 0:
            producer.send("orders", None, **send)
    producer.flush()
    producer.close()
    return f"kafka://{kafka}/orders"


@pytest.mark.slow
def test_a_topic_is_read_between_its_ends_and_by_its_own_times(topic: str) -> None:
    job = replaying.job("strict", "kind")
    parts = replaying.splits(job, topic)
    summary = replaying.replayed(job, parts)
    _exact(summary)
    assert summary.tombstones == sum(order.number % 10 == 0 for order in EVERYTHING)
    spans = [writer.span for writer in summary.writers.values()]
    assert min(span.first or 0 for span in spans) == EVERYTHING[0].placed
    since, until = EVERYTHING[100].placed, EVERYTHING[800].placed
    some = replaying.replayed(replaying.job("strict", since=since, until=until), parts)
    assert replaying.counts(some) == orders.outcomes(EVERYTHING[100:800], "strict")


@pytest.mark.slow
def test_what_is_written_after_the_ends_were_fixed_is_not_read(topic: str) -> None:
    from kafka import KafkaProducer

    job = replaying.job("strict", "kind")
    parts = topic_splits(topic)
    servers = topic.removeprefix("kafka://").removesuffix("/orders")
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send("orders", b"\x01 not for us", partition=0)
    producer.flush()
    producer.close()
    summary = replaying.replayed(job, [replace(part, framing="confluent") for part in parts])
    assert summary.damaged == []
    _exact(summary)


@pytest.mark.slow
def test_a_topic_that_is_not_there(kafka: str) -> None:
    with pytest.raises(UncheckedError, match="no topic nothing"):
        topic_splits(f"kafka://{kafka}/nothing")
    with pytest.raises(UsageError, match="needs servers and a topic"):
        topic_splits("kafka://somewhere")
    with pytest.raises(UsageError, match="no credentials"):
        topic_splits("kafka://me:secret@somewhere/orders")
    with pytest.raises(UncheckedError, match="cannot reach the broker"):
        topic_splits(f"kafka://127.0.0.1:{free_port()}/orders")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulation of S3, with the orders in a bucket."""
    for name in ("moto", "flask", "s3fs"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name} (pip install 'evtcompat[dev-replay]')")
    server = shutil.which("moto_server") or str(Path(os.sys.executable).with_name("moto_server"))  # type: ignore[attr-defined]
    port, folder = free_port(), tmp_path_factory.mktemp("s3")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        import boto3

        client = boto3.client("s3", endpoint_url=settings["AWS_ENDPOINT_URL"])
        client.create_bucket(Bucket="events")
        for number, made in enumerate(orders.each_version(COUNT), 1):
            client.put_object(Bucket="events", Key=f"orders/{number}.avro", Body=orders.container(made, "deflate"))
        client.put_object(Bucket="events", Key="orders/README", Body=b"hello")
        yield "s3://events"
    process.terminate()
    process.wait(20)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # of the clients of S3, about sockets and loops that they leave open
@pytest.mark.parametrize("word", ["orders", "orders/*.avro"])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_address_is_read_by_one_process_and_by_several(bucket: str, word: str, workers: int) -> None:
    job = replaying.job("strict", "kind")
    found = find([f"{bucket}/{word}"], world_of(job).recorded, Hints())
    assert [split.source for split in found.splits] == ["s3://events/orders/1.avro", "s3://events/orders/2.avro"]
    assert len(found.aside) == (word == "orders")
    parts = replaying.small_splits(found.splits, 6000)
    _exact(replaying.replayed(job, parts, LocalEngine(workers)))


@pytest.mark.parametrize("word", ["s3://nobucket/x", "s3://nobucket/*.avro"])
def test_an_address_without_the_library_that_opens_it_says_what_to_install(
    word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)  # as where it is not installed
    with pytest.raises(UncheckedError, match="needs fsspec") as caught:
        find([word], world_of(replaying.job("kind")).recorded, Hints())
    assert caught.value.hint == "pip install 'evtcompat[replay-s3]'"


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_an_address_without_anything(bucket: str) -> None:
    with pytest.raises(UncheckedError, match="no such file"):
        find([f"{bucket}/payments"], world_of(replaying.job("kind")).recorded, Hints())
