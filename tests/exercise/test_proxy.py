"""The proxy between a client and its broker: it forwards, cuts, delays and hangs, and leaves nothing behind."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from evtcompat.exercise.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that answers what it hears."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                while data := client.recv(1024):
                    client.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[:2]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.slow
def test_the_proxy_forwards_cuts_and_heals(echo: tuple[str, int]) -> None:
    with Proxy(echo) as proxy:
        with socket.create_connection(proxy.address, 10) as client:
            client.sendall(b"one")
            assert client.recv(10) == b"one"
            proxy.cut()
            assert client.recv(10) == b""
        with socket.create_connection(proxy.address, 10) as client:
            client.sendall(b"two")
            client.settimeout(0.3)
            with pytest.raises(TimeoutError):
                client.recv(10)
            proxy.heal()
            client.settimeout(10)
            assert client.recv(10) == b"two", "what was connected meanwhile goes through"


@pytest.mark.slow
def test_the_proxy_delays_and_hangs(echo: tuple[str, int]) -> None:
    with Proxy(echo) as proxy, socket.create_connection(proxy.address, 10) as client:
        proxy.delay(0.05)
        began = time.monotonic()
        client.sendall(b"one")
        assert client.recv(10) == b"one"
        assert time.monotonic() - began >= 0.1, "once in each direction"
        proxy.hang()
        client.sendall(b"two")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(10)
        client.settimeout(10)
        proxy.heal()
        assert client.recv(10) == b"", "what hung is broken"


def test_what_a_client_sent_that_gave_up_during_a_cut_never_arrives() -> None:
    with socket.create_server(("127.0.0.1", 0)) as upstream, Proxy(upstream.getsockname()[:2]) as proxy:
        proxy.cut()
        with socket.create_connection(proxy.address, 10) as impatient:
            impatient.sendall(b"late")
        patient = socket.create_connection(proxy.address, 10)
        with patient:
            patient.sendall(b"in time")
            proxy.heal()
            upstream.settimeout(10)
            arrived, _ = upstream.accept()
            with arrived:
                assert arrived.recv(10) == b"in time"
            upstream.settimeout(0.1)
            with pytest.raises(TimeoutError):
                upstream.accept()


def test_the_proxy_speaks_socks_by_address_and_by_name(echo: tuple[str, int]) -> None:
    port = echo[1].to_bytes(2, "big")
    for address in (b"\x01" + socket.inet_aton("127.0.0.1"), b"\x03\x09localhost"):
        with Proxy(None) as proxy, socket.create_connection(proxy.address, 10) as client:
            client.sendall(b"\x05\x01\x00")
            assert client.recv(2) == b"\x05\x00"
            client.sendall(b"\x05\x01\x00" + address + port)
            assert client.recv(10)[:2] == b"\x05\x00"
            client.sendall(b"hello")
            assert client.recv(10) == b"hello"


def test_a_proxy_leaves_no_thread(echo: tuple[str, int]) -> None:
    before = threading.active_count()
    with Proxy(echo) as proxy, socket.create_connection(proxy.address, 10) as client:
        client.sendall(b"one")
        assert client.recv(10) == b"one"
        assert threading.active_count() > before
    assert threading.active_count() == before
