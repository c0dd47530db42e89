"""A service that asks a registry for the schema of each event: Confluent's format and Redis Streams in, a file out."""

from __future__ import annotations

import io
import json
import os
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

import fastavro
import redis

STREAM, GROUP, MODE = os.environ["TOPIC"], os.environ["GROUP"], os.environ.get("MODE", "right")
OUT = Path(os.environ["OUT"])
HOST, _, PORT = os.environ["BROKER"].partition(":")


def schema_of(number: int) -> Any:
    """The schema with an id; it is asked for until it is there, but by a service that gives up."""
    for attempt in range(200):
        try:
            with urllib.request.urlopen(f"{os.environ['REGISTRY']}/schemas/ids/{number}", timeout=3) as answer:  # noqa: S310 - the registry of the test
                return json.loads(json.load(answer)["schema"])
        except (URLError, OSError):
            if MODE == "drops_what_it_cannot_read" or attempt == 199:
                raise
            time.sleep(0.05)
    return None


def main() -> None:
    broker = redis.Redis(host=HOST, port=int(PORT), protocol=2)
    schemas: dict[int, Any] = {}
    seen: set[bytes] = set()
    print("listening", flush=True)
    while True:
        answer: Any = broker.xreadgroup(GROUP, "me", {STREAM: ">"}, count=10, block=200)
        for position, fields in answer[0][1] if answer else ():
            body, event = fields[b"body"], fields[b"h:ce_id"]
            number = int.from_bytes(body[1:5], "big")
            try:
                schemas[number] = schemas.get(number) or schema_of(number)
                value = fastavro.schemaless_reader(io.BytesIO(body[5:]), schemas[number], None)
            except OSError:
                print("no schema", number, flush=True)
            else:
                if event not in seen:
                    seen.add(event)
                    with OUT.open("a") as file:
                        file.write(json.dumps(value) + "\n")
            broker.xack(STREAM, GROUP, position)


if __name__ == "__main__":
    main()
