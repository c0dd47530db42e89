"""The laws of transports, against every one that there is, and the way from a URL to a transport."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from cli_harness import ROOT
from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.patterns import eventually
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.probes import WebhookProbe
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.servers import is_private, private_server, unfit
from evtcompat.exercise.transports.base import (
    Measured,
    Received,
    Record,
    Redelivering,
    Redriving,
    Transport,
    TransportError,
)
from evtcompat.exercise.transports.laws import LAWS, Law, LawError
from evtcompat.exercise.transports.memory import MemoryChannel, MemoryTransport
from evtcompat.exercise.transports.opening import open_transport
from evtcompat.exercise.transports.redis_streams import RedisChannel
from exercise.folder_transport import FolderTransport


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_real_broker_keeps_the_laws(law: Law, broker: Transport) -> None:
    law(broker)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_nats_keeps_the_laws(law: Law, nats_url: str) -> None:
    law(open_transport(nats_url))


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_web_hooks_keep_the_laws(law: Law) -> None:
    law(open_transport("webhook:"))


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_broker_that_starts_slowly_keeps_the_laws(law: Law, slow_broker: Transport) -> None:
    """The emulation keeps the order of a standard queue too, which the service itself does not promise."""
    law(slow_broker)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_transports_without_a_broker_keep_the_laws(law: Law, tmp_path: Path) -> None:
    law(MemoryTransport())
    law(FolderTransport(tmp_path))


class _Forgetful(MemoryChannel):
    """Loses what was not acknowledged."""

    def leave(self) -> None:
        return


class _Backwards(MemoryChannel):
    """The last record first."""

    def receive(self, timeout: float) -> Received | None:
        del timeout
        left = [str(i) for i in range(len(self.records)) if str(i) not in self.acknowledged]
        return Received(self.records[int(left[-1])], left[-1]) if left else None


class _Stubborn(MemoryChannel):
    """Delivers for ever."""

    def ack(self, received: Received) -> None:
        del received


class _Deaf(MemoryChannel):
    """Drops headers."""

    def send(self, record: Record) -> None:
        self.records.append(Record(record.key, record.body))


@pytest.mark.parametrize("kind", [_Forgetful, _Backwards, _Stubborn, _Deaf])
def test_a_transport_that_is_wrong_breaks_a_law(kind: type[MemoryChannel]) -> None:
    class Wrong(MemoryTransport):
        def open(self, name: str, *, through: tuple[str, int] | None = None) -> MemoryChannel:
            del name, through
            return kind()

    def broken(law: Law) -> bool:
        try:
            law(Wrong())
        except LawError:
            return True
        return False

    assert any(broken(law) for law in LAWS)


@pytest.mark.slow
def test_a_cut_loses_the_acknowledgement_and_healing_brings_the_record_again(broker: Transport) -> None:
    with Proxy(broker.upstream()) as proxy, closing(broker.open("evtcompat-cut", through=proxy.address)) as channel:
        channel.send(Record("k", b"1"))
        first = channel.receive(30)
        assert first is not None
        proxy.cut()
        with pytest.raises(TransportError):
            channel.ack(first)
        channel.leave()
        proxy.heal()
        assert channel.receive(30) == first


def cut_and_healed(transport: Transport) -> None:
    """The law of a connection that is cut before an acknowledgement."""
    with (
        Proxy(transport.upstream()) as proxy,
        closing(transport.open("evtcompat-c2", through=proxy.address)) as channel,
    ):
        channel.send(Record("k", b"1"))
        channel.send(Record("k", b"2"))
        first = channel.receive(30)
        assert first is not None
        proxy.cut()
        with pytest.raises(TransportError):
            channel.ack(first)
        channel.leave()
        proxy.heal()
        assert channel.receive(30) == first


@pytest.mark.slow
def test_a_cut_of_a_web_hook_brings_the_record_again() -> None:
    cut_and_healed(open_transport("webhook:"))


def test_a_web_hook_is_posted_to_a_service_until_it_is_answered() -> None:
    with closing(WebhookProbe()) as service:
        place = service.url.removeprefix("http://")
        with closing(open_transport(f"webhook://{place}/orders").open("x")) as channel:
            channel.send(Record("k", b'{"id": 1}', {"kind": "order"}))
            assert isinstance(channel, Measured)
            assert eventually(lambda: channel.waiting("") == 0)
        assert service.look() == [{"method": "POST", "path": "/orders", "body": {"id": 1}}]


@pytest.mark.slow
def test_a_cut_of_nats_brings_the_record_again(nats_url: str) -> None:
    cut_and_healed(open_transport(nats_url))


@pytest.mark.long
def test_a_cut_of_a_broker_that_starts_slowly_brings_the_record_again(slow_broker: Transport) -> None:
    cut_and_healed(slow_broker)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server (apt-get install redis-server)")
@pytest.mark.usefixtures("nothing_is_left")
def test_a_private_server_ends_with_its_data_when_evtcompat_is_killed(tmp_path: Path) -> None:
    """By SIGKILL, of which evtcompat hears nothing."""
    script = (
        "from evtcompat.exercise.servers import private_server\n"
        "with private_server('redis:'): print(flush=True); input()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat"), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        assert len(list(tmp_path.glob("evtcompat-server-*"))) == 1
        process.kill()
    end = time.monotonic() + 30
    while list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_private_server_ends_with_its_data_and_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    try:
        with private_server("redis:") as server:
            url = server.url
            assert open_transport(url).upstream() is not None
            assert list(tmp_path.iterdir())
    except UncheckedError as error:
        pytest.skip(error.message)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TransportError, match="redis: cannot"):
        open_transport(url).open("evtcompat-x")


def test_where_no_server_is_installed_the_line_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UncheckedError) as told, private_server("nats:"):
        pass
    assert "nats-server is neither on the path nor beside Python" in told.value.message
    assert "apt-get install nats-server" in str(told.value.hint)


def test_a_server_that_cannot_be_started_from_here_needs_its_address() -> None:
    with pytest.raises(UsageError, match=r"pulsar://HOST:PORT"), private_server("pulsar:"):
        pass


@pytest.mark.parametrize(
    ("text", "private"),
    [("redis:", True), ("redis://", True), ("sqs:?queue=standard", True), ("webhook:", False), ("redis://h", False)],
)
def test_a_scheme_alone_names_a_private_server(text: str, private: bool) -> None:  # noqa: FBT001 - a column
    assert is_private(text) == private


@pytest.mark.long
def test_a_private_broker_of_the_kafka_protocol_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed with `pip` beside the interpreter, in an environment that need not be activated."""
    for library in ("kafka", "noida_db"):
        pytest.importorskip(library)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", os.defpath)
    with private_server("kafka:") as server, closing(open_transport(server.url).open("evtcompat-k")) as channel:
        channel.send(Record("k", b"1"))
        received = channel.receive(30)
        assert received is not None
        assert received.record.body == b"1"
    assert list(tmp_path.iterdir()) == []
    assert Fault.CRASH in unfit("kafka:")


@pytest.mark.slow
def test_only_the_kinds_of_queues_that_there_are_can_be_asked_for() -> None:
    pytest.importorskip("boto3")
    with pytest.raises(UsageError, match="no such kind of queue"):
        open_transport("sqs://127.0.0.1:1?queue=fast")


@pytest.mark.long
def test_a_queue_sets_aside_by_itself_what_is_received_too_often(sqs_url: str) -> None:
    """After the second delivery without a deletion; what is deleted is not set aside."""
    transport = open_transport(f"{sqs_url}?queue=standard")
    with closing(transport.open("evtcompat-r")) as channel, closing(transport.open("evtcompat-r-dead")) as dead:
        assert isinstance(channel, Redriving)
        assert isinstance(channel, Redelivering)
        channel.redeliver_after(1)
        channel.redrive(dead, 2)
        channel.send(Record("k", b"poison"))
        channel.send(Record("k", b"good"))
        bodies = []
        for _ in range(3):
            received = channel.receive(30)
            assert received is not None
            bodies.append(received.record.body)
            if received.record.body == b"good":
                channel.ack(received)
        assert sorted(bodies) == [b"good", b"poison", b"poison"]

        def set_aside() -> object:
            assert channel.receive(0) is None
            return dead.receive(0)

        found = eventually(set_aside, within=30)
        assert isinstance(found, Received)
        assert found.record.body == b"poison"


def test_the_field_of_an_entry_that_holds_the_body_is_chosen(redis_url: str) -> None:
    import redis

    transport = open_transport(f"{redis_url}?body=data")
    with closing(transport.open("evtcompat-b")) as channel, closing(redis.Redis.from_url(redis_url)) as client:
        channel.send(Record("k", b"1"))
        entries: Any = client.xrange("evtcompat-b")
        assert entries[0][1] == {b"data": b"1", b"key": b"k"}
        received = channel.receive(30)
        assert received is not None
        assert received.record == Record("k", b"1")


def test_redis_is_as_it_was_after_a_channel(redis_url: str) -> None:
    import redis

    with (
        closing(redis.Redis.from_url(redis_url)) as client,
        closing(open_transport(redis_url).open("evtcompat-x")) as one,
    ):
        one.send(Record("k", b"1"))
        assert client.exists("evtcompat-x") == 1
        assert 0 < client.ttl("evtcompat-x") <= 3600, "should evtcompat be killed, Redis removes the stream itself"
        one.close()
        assert client.keys("evtcompat*") == []


def test_redis_sees_every_connection_end_when_it_is_left_or_closed(redis_url: str) -> None:
    """Not when garbage is collected: what the channel used is still referred to here."""
    import redis

    def connections(expected: int) -> int:
        end = time.monotonic() + 10
        while (count := len(client.client_list())) != expected and time.monotonic() < end:
            time.sleep(0.01)
        return count

    with closing(redis.Redis.from_url(redis_url)) as client:
        before = len(client.client_list())
        with closing(open_transport(redis_url).open("evtcompat-x")) as one:
            assert isinstance(one, RedisChannel)
            one.send(Record("k", b"1"))
            assert one.receive(30) is not None
            steady, consuming = one.steady, one.consuming
            assert connections(before + 2) == before + 2
            one.leave()
            assert connections(before + 1) == before + 1, consuming
        assert connections(before) == before, steady


@pytest.mark.slow
def test_kafka_is_as_it_was_after_a_channel(kafka_url: str) -> None:
    with closing(open_transport(kafka_url).open("evtcompat-x")) as one:
        one.send(Record("k", b"1"))
        assert one.receive(30) is not None
    import kafka

    admin = kafka.KafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://"))
    try:
        assert [topic for topic in admin.list_topics() if topic.startswith("evtcompat")] == []
        assert "evtcompat" not in str(admin.list_groups())
    finally:
        admin.close()


LIBRARIES = {"redis": "redis", "kafka": "kafka", "nats": "nats", "amqp": "pika", "sqs": "boto3"}


@pytest.mark.parametrize("scheme", LIBRARIES)
def test_a_broker_that_is_not_there_is_told_as_such(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    pytest.importorskip(LIBRARIES[scheme])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    transport = open_transport(f"{scheme}://127.0.0.1:{port}")
    said = f"{transport.name}: cannot .*127.0.0.1:{port}.*\n.*--transport {scheme}:"
    with pytest.raises(TransportError, match=said) as told:
        transport.open("evtcompat-x")
    if scheme != "sqs":
        assert re.search("refused|Connect call failed", told.value.message)


@pytest.mark.slow
def test_a_nats_server_without_jetstream_is_told_as_such(nats_url: str) -> None:
    del nats_url  # there is a program, and a client
    with private_server("nats:") as server:
        server.kind = replace(server.kind, arguments=lambda port, _: ["-a", "127.0.0.1", "-p", str(port)])
        server.restart()
        address = f"127.0.0.1:{server.port}"
        with pytest.raises(TransportError, match=f"at {address}: no JetStream\n.*nats-server -js"):
            open_transport(f"nats://user:secret@{address}").open("evtcompat-x")


@pytest.mark.slow
def test_a_redis_that_reads_what_it_keeps_is_waited_for(redis_url: str) -> None:
    """Once it has started again, and when it is first turned to."""
    import redis

    del redis_url  # there is a program, and a client
    slowly = ["--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024"]
    with private_server("redis:") as server, closing(open_transport(server.url).open("evtcompat-x")) as channel:
        assert isinstance(channel, RedisChannel)
        channel.send(Record("k", b"1"))
        channel.steady.config_set("rdbcompression", "no")
        for number in range(8):
            channel.steady.set(f"key-{number}", "x" * 3000)
        channel.steady.bgrewriteaof()
        steady: Any = channel.steady
        assert eventually(lambda: not steady.info("persistence")["aof_rewrite_in_progress"])
        usual = server.kind.arguments
        server.kind = replace(server.kind, arguments=lambda port, folder: [*usual(port, folder), *slowly])
        server.restart()
        with pytest.raises(redis.BusyLoadingError):
            channel.steady.ping()
        channel.reconnect()
        assert channel.waiting("evtcompat") == 1
        server.restart()
        with closing(open_transport(server.url).open("evtcompat-y")) as other:
            assert isinstance(other, RedisChannel)
            assert other.waiting("evtcompat") == 0
        channel.reconnect()


def _answers(connection: socket.socket, how: str) -> None:
    with connection, suppress(OSError):
        connection.recv(100)
        while how != "hangs up":
            connection.sendall(b"+OK\r\n" * 100 if how == "babbles" else b"")
            time.sleep(0.001)


@contextmanager
def _no_broker(how: str) -> Iterator[int]:
    """The port of what accepts connections, and speaks nobody's protocol."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=_answers, args=(connection, how), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.long
@pytest.mark.parametrize("how", ["hangs up", "babbles", "is silent"])
@pytest.mark.parametrize("scheme", ["redis", "nats", "amqp"])
def test_what_answers_and_is_no_broker_is_told_as_such(scheme: str, how: str) -> None:
    pytest.importorskip(LIBRARIES[scheme])
    with _no_broker(how) as port:
        transport = open_transport(f"{scheme}://127.0.0.1:{port}")
        with pytest.raises(TransportError, match=f"{transport.name}: cannot"):
            transport.open("evtcompat-x")


def test_a_receiver_that_takes_no_such_post_is_no_fault_of_the_consumer() -> None:
    with closing(open_transport("webhook:").open("evtcompat-x")) as channel:
        channel.send(Record("k", b"", {"long": "x" * 70_000}))
        with pytest.raises(TransportError, match="webhook: cannot send: 431"):
            channel.receive(1.0)


def test_a_url_of_an_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"nothing here speaks pulsar://.*\n.*kafka, nats, redis, rediss, sqs, webhook"
    ):
        open_transport("pulsar://127.0.0.1")


@pytest.mark.parametrize("text", ["nonsense", "no_such_module:connect", "os:no_such_function"])
def test_a_transport_that_cannot_be_found_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--transport"):
        open_transport(text)


NO_ADDRESSES = (
    ("redis://127.0.0.1:abc", "", "redis://HOST:PORT"),
    ("redis://127.0.0.1:99999", "", "redis://HOST:PORT"),
    ("redis://127.0.0.1:0", "", "redis://HOST:PORT"),
    ("redis://[::1", "", "redis://HOST:PORT"),
    ("redis:///x", "redis", "redis://HOST:PORT"),
    ("rediss://user:secret@127.0.0.1:1/?no_such_setting=secret", "redis", "rediss://HOST:PORT"),
    ("redis://127.0.0.1:1/?socket_timeout=secret", "redis", "redis://HOST:PORT"),
    ("kafka://[::1", "", "kafka://HOST:PORT"),
    ("kafka://127.0.0.1", "", "kafka://HOST:PORT"),
    ("kafka://127.0.0.1:1,127.0.0.1:abc", "", "kafka://HOST:PORT"),
    ("nats://user:secret@127.0.0.1:abc", "", "nats://HOST:PORT"),
    ("nats://[::1", "", "nats://HOST:PORT"),
    ("amqp://guest:secret@127.0.0.1:abc", "", "amqp://USER:PASSWORD@HOST:PORT/VHOST"),
    ("amqps://127.0.0.1:1/?heartbeat=secret", "pika", "amqps://USER:PASSWORD@HOST:PORT/VHOST"),
    ("sqs://127.0.0.1:abc", "", "sqs://REGION"),
    ("webhook://127.0.0.1:abc/x", "", "webhook://HOST:PORT/PATH"),
)


@pytest.mark.parametrize(("url", "library", "form"), NO_ADDRESSES)
def test_an_address_of_another_form_is_wrong_usage_and_the_form_is_said(url: str, library: str, form: str) -> None:
    if library:
        pytest.importorskip(library)
    with pytest.raises(UsageError) as told:
        open_transport(url)
    assert f"expected {form}" in str(told.value)
    assert "secret" not in str(told.value)


ADDRESSES = (
    ("redis://:secret@[::1]:6379/1?socket_timeout=3", "redis"),
    ("kafka://[::1]:9092,broker:9092", "kafka"),
    ("nats://user:secret@broker", "nats"),
    ("amqps://guest:secret@broker:5671/%2f?heartbeat=5", "pika"),
    ("webhook://127.0.0.1/x", "json"),
)


@pytest.mark.parametrize(("url", "library"), ADDRESSES)
def test_an_address_of_the_right_form_is_taken_though_nothing_listens_there(url: str, library: str) -> None:
    pytest.importorskip(library)
    assert open_transport(url).name


@pytest.mark.parametrize("url", ["kafka://", "kafka://user:secret@host:9092"])
def test_credentials_do_not_stand_in_a_kafka_url(url: str) -> None:
    pytest.importorskip("kafka")
    with pytest.raises(UsageError) as told:
        open_transport(url)
    assert "secret" not in str(told.value)


def test_no_report_shows_the_password_of_a_redis_url(redis_url: str) -> None:
    transport = open_transport(redis_url.replace("redis://", "redis://nobody:hunter2@"))
    with pytest.raises(TransportError) as told:
        transport.open("evtcompat-x")
    assert "hunter2" not in str(told.value) + transport.name + repr(transport)
