"""A service with Confluent's client, its own group and its own commits: Kafka in, a file out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer

OUT = Path(os.environ["OUT"])
MODE = os.environ["MODE"]


def main() -> None:
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["BROKER"],
            "group.id": os.environ["GROUP"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([os.environ["TOPIC"]])
    print("listening", flush=True)
    seen: set[str] = set()
    while True:
        message = consumer.poll(0.2)
        if message is None or message.error():
            continue
        headers: dict[str, Any] = dict(message.headers() or [])
        event = headers["ce_id"].decode()
        if event not in seen:
            seen.add(event)
            order = json.loads(message.value() or b"")
            total = order["total"] * (1000 if MODE == "unit" else 1)
            with OUT.open("a") as file:
                file.write(json.dumps({"order_id": order["order_id"], "total": total}) + "\n")
        consumer.commit(message=message, asynchronous=False)


if __name__ == "__main__":
    main()
