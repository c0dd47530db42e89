"""The way from a URL to a transport, and what is told where it leads to none."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.exercise.patterns import eventually
from evtcompat.exercise.servers import private_server
from evtcompat.exercise.transports.base import (
    Record,
    TransportError,
)
from evtcompat.exercise.transports.opening import open_transport
from evtcompat.exercise.transports.redis_streams import RedisChannel

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
