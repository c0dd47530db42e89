"""A link of a chain: Redis Streams in, an event out for each into the streams that it is told. `MODE`: a mistake."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import redis

MODE = os.environ.get("MODE", "right")
STREAM, GROUP, NAME = os.environ["TOPIC"], os.environ["GROUP"], os.environ.get("NAME", "relay")
HOST, _, PORT = os.environ["BROKER"].partition(":")
OUTPUTS = [name for name in os.environ.get("OUTPUTS", "").split(",") if name]
DELAY = float(os.environ.get("DELAY", "0"))


def passed_on(fields: dict[bytes, bytes]) -> dict[Any, Any]:
    """The event that comes out: with the trace of the one that came in."""
    order = json.loads(fields[b"body"])
    kept = {} if MODE == "loses_the_trace" else {"h:traceparent": fields.get(b"h:traceparent", b"")}
    return {"body": json.dumps({"by": NAME, "order_id": order["order_id"]}), **kept}


def main() -> None:
    broker = redis.Redis(host=HOST, port=int(PORT), protocol=2)
    seen: set[bytes] = set()
    print("listening", flush=True)
    while True:
        answer: Any = broker.xreadgroup(GROUP, "me", {STREAM: ">"}, count=50, block=200)
        for position, fields in answer[0][1] if answer else ():
            time.sleep(DELAY)
            event = fields.get(b"h:ce_id", position)
            if event not in seen or MODE == "twice":
                seen.add(event)
                for output in OUTPUTS[1:] if MODE == "forgets_one" else OUTPUTS:
                    for _ in range(2 if MODE == "sends_twice" else 1):
                        broker.xadd(output, passed_on(fields))
            broker.xack(STREAM, GROUP, position)


if __name__ == "__main__":
    main()
