"""An order is stored, and a worker that hears of it marks it as shipped: Redis Streams in, PostgreSQL out.

`MODE=publishes_first` tells the worker before the order is committed: the worker looks for an order that is not there.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from typing import Any

import psycopg
import redis

MODE, STREAM, GROUP = os.environ["MODE"], os.environ["TOPIC"], os.environ["GROUP"]
HOST, _, PORT = os.environ["BROKER"].partition(":")
STORE = f"postgresql://evtcompat@{os.environ['STORE']}/postgres"
TABLE = os.environ["TABLE"]
approved: queue.Queue[str] = queue.Queue()


def worker() -> None:
    with psycopg.connect(STORE, autocommit=True) as database:
        while True:
            order = approved.get()
            time.sleep(0.2)
            found = database.execute(f"update {TABLE} set shipped = true where id = %s", (order,))  # noqa: S608
            print("shipped" if found.rowcount else "no such order", order, flush=True)


def handle(database: psycopg.Connection, order: str) -> None:
    insert = f"insert into {TABLE} (id, shipped) values (%s, false) on conflict (id) do nothing"  # noqa: S608
    fresh = database.execute(insert, (order,)).rowcount
    if MODE == "publishes_first":
        approved.put(order)
    database.commit()
    if fresh and MODE != "publishes_first":
        approved.put(order)


def main() -> None:
    with psycopg.connect(STORE) as database:
        database.execute(f"create table if not exists {TABLE} (id text primary key, shipped boolean)")
        database.commit()
        threading.Thread(target=worker, daemon=True).start()
        broker = redis.Redis(host=HOST, port=int(PORT), protocol=2)
        print("listening", flush=True)
        while True:
            answer: Any = broker.xreadgroup(GROUP, "me", {STREAM: ">"}, count=10, block=200)
            for position, fields in answer[0][1] if answer else ():
                handle(database, json.loads(fields[b"body"])["order_id"])
                broker.xack(STREAM, GROUP, position)


if __name__ == "__main__":
    main()
