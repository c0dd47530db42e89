"""A service with a client, a loop and a database of its own: Redis Streams in, SQLite out. `MODE` plants a mistake."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

MODE = os.environ.get("MODE", "right")
STREAM, GROUP, ME = os.environ["TOPIC"], os.environ["GROUP"], f"member-{os.getpid()}"
#: What acknowledges before it writes: the seconds before it does the one, and from there to the other.
EARLY = {"acknowledges_first": (0.0, 0.2), "acknowledges_late_and_first": (0.5, 0.1)}
RETRIES = 0 if MODE == "gives_up" else 3
HOST, _, PORT = os.environ["BROKER"].partition(":")


class OnlyOnce(redis.Connection):
    """A client connects again by itself, without a word, where it finds the connection closed before it sends."""

    lost = False

    def connect(self) -> None:
        if OnlyOnce.lost:
            message = "the connection was lost"
            raise redis.ConnectionError(message)
        super().connect()  # type: ignore[no-untyped-call]  # its own lack

    def disconnect(self, *args: Any) -> None:
        OnlyOnce.lost = True
        super().disconnect(*args)  # type: ignore[no-untyped-call]  # its own lack


def connect() -> redis.Redis:
    kind = OnlyOnce if MODE == "gives_up" else redis.Connection
    retry = Retry(NoBackoff(), RETRIES)
    pool = redis.ConnectionPool(kind, host=HOST, port=int(PORT), socket_timeout=2, retry=retry)
    return redis.Redis(connection_pool=pool)


def store(order: str) -> None:
    """Another database, which may be away."""
    host, _, port = os.environ["STORE"].partition(":")
    attempts, patience = (1, 0.1) if MODE == "forgets" else (100, 0.2)
    for _ in range(attempts):
        try:
            with redis.Redis(
                host=host, port=int(port), socket_timeout=patience, retry=Retry(NoBackoff(), 0)
            ) as database:
                database.ping()
            print("stored", order, flush=True)
        except redis.RedisError:
            time.sleep(0.05)
        else:
            return


def handle(database: sqlite3.Connection, broker: redis.Redis, event: str, body: bytes, trace: bytes = b"") -> None:
    order = json.loads(body)
    if "STORE" in os.environ:
        store(order["order_id"])
    total = order["total"] * (10 if MODE == "amount" else 1)
    if MODE == "drops" and int(order["order_id"][1:]) % 2 == 0:
        return
    ignore = "" if MODE == "twice" else "or ignore"
    database.execute(f"insert {ignore} into orders values (?, ?, ?)", (event, order["order_id"], total))  # noqa: S608
    database.commit()
    if "OUT" in os.environ:
        broker.xadd(os.environ["OUT"], {"body": json.dumps({"shipped": order["order_id"]}), "h:traceparent": trace})
    print("handled", order["order_id"], flush=True)


def entries(broker: redis.Redis) -> list[Any]:
    """What another member left behind first, then what is new."""
    claimed: Any = broker.xautoclaim(STREAM, GROUP, ME, min_idle_time=300, count=10)
    if claimed[1]:
        return list(claimed[1])
    answer: Any = broker.xreadgroup(GROUP, ME, {STREAM: ">"}, count=10, block=200)
    streams = answer.values() if isinstance(answer, dict) else [entry for _, entry in answer or ()]
    return [entry for found in streams for entry in (found[0] if found and isinstance(found[0], list) else found)]


def serve() -> None:
    database = sqlite3.connect(os.environ["DB"], timeout=10)
    key = "" if MODE == "twice" else "primary key"
    database.execute(f"create table if not exists orders (event text {key}, id text, total real)")
    broker = connect()
    print("listening", flush=True)
    while True:
        try:
            for position, fields in entries(broker):
                if MODE in EARLY:
                    before, afterwards = EARLY[MODE]
                    time.sleep(before)
                    broker.xack(STREAM, GROUP, position)
                    time.sleep(afterwards)
                try:
                    handle(
                        database,
                        broker,
                        fields[b"h:ce_id"].decode(),
                        fields[b"body"],
                        fields.get(b"h:traceparent", b""),
                    )
                except ValueError as error:
                    print("poison", error, flush=True)
                    if "DEAD" in os.environ and MODE != "swallows":
                        broker.xadd(os.environ["DEAD"], {"body": fields[b"body"]})
                if MODE in {"twice", "right", "slow", "gives_up"}:
                    time.sleep(0.05)
                broker.xack(STREAM, GROUP, position)
        except redis.RedisError:
            if MODE == "gives_up":
                raise
            broker.close()
            broker = connect()
            time.sleep(0.05)


def main() -> None:
    if MODE == "dies":
        sys.exit("no configuration")
    if MODE == "never_ready":
        time.sleep(600)
    if MODE == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if MODE == "leaves_a_child":
        subprocess.Popen(["sleep", "600"], start_new_session=True)
    if MODE == "floods":
        for number in range(50_000):
            print(number, "x" * 50)
    serve()


if __name__ == "__main__":
    main()
