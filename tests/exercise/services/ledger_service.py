"""A service around one of the consumers of `ledger.py`: with a client of its own for Redis Streams, NATS or RabbitMQ.

`CONSUMER` names the consumer; what it sets aside goes to `DEAD`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ledger = importlib.import_module("ledger")  # beside the consumers, on the path of the service
URL, TOPIC, GROUP, DEAD = (os.environ[name] for name in ("URL", "TOPIC", "GROUP", "DEAD"))
CONSUMER: Callable[..., None] = getattr(ledger, os.environ["CONSUMER"])


@dataclass
class Message:
    id: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def handle(event: str, body: bytes) -> list[bytes]:
    """What is to be set aside."""
    letters: list[bytes] = []

    def dead_letter(message: Message, reason: str) -> None:
        print(reason, flush=True)
        letters.append(message.body)

    message = Message(event, body)
    takes_two = CONSUMER.__code__.co_argcount > 1
    CONSUMER(*(message, dead_letter)[: 2 if takes_two else 1])
    return letters


def over_redis() -> None:
    import redis

    broker = redis.Redis.from_url(URL, protocol=2, socket_timeout=2)
    print("listening", flush=True)
    while True:
        try:
            claimed: Any = broker.xautoclaim(TOPIC, GROUP, "me", min_idle_time=500, count=10)
            answer: Any = broker.xreadgroup(GROUP, "me", {TOPIC: ">"}, count=10, block=100)
            for position, fields in [*claimed[1], *(answer[0][1] if answer else ())]:
                for body in handle(fields[b"h:ce_id"].decode(), fields[b"body"]):
                    broker.xadd(DEAD, {"body": body})
                broker.xack(TOPIC, GROUP, position)
        except redis.RedisError:
            time.sleep(0.05)


async def over_nats() -> None:
    import nats
    import nats.errors

    broker = await nats.connect(URL, max_reconnect_attempts=-1, reconnect_time_wait=0.05)
    stream = broker.jetstream()
    pull = await stream.pull_subscribe_bind(durable=GROUP, stream=TOPIC)
    print("listening", flush=True)
    while True:
        try:
            for message in await pull.fetch(1, timeout=5):
                for body in handle((message.headers or {})["ce_id"], message.data):
                    await stream.publish(DEAD, body)
                await message.ack_sync()
        except (nats.errors.Error, TimeoutError):  # nothing came, or an acknowledgement was lost: it comes again
            await asyncio.sleep(0.02)


def over_rabbitmq() -> None:
    import pika
    from pika.exceptions import AMQPError

    while True:
        try:
            channel = pika.BlockingConnection(pika.URLParameters(URL)).channel()
            channel.basic_qos(prefetch_count=1)
            print("listening", flush=True)
            for method, properties, body in channel.consume(TOPIC):
                for letter in handle(str((properties.headers or {})["ce_id"]), body):
                    channel.basic_publish("", DEAD, letter)
                channel.basic_ack(method.delivery_tag or 0)
        except (AMQPError, OSError):
            time.sleep(0.05)


if __name__ == "__main__":
    if URL.startswith("redis:"):
        over_redis()
    elif URL.startswith("nats:"):
        asyncio.run(over_nats())
    else:
        over_rabbitmq()
