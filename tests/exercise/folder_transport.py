"""A transport in one file, as docs/exercise.md shows it: a folder of files stands for the broker."""

from __future__ import annotations

import base64
import json
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from evtcompat.exercise.transports.base import Received, Record, TransportError


@dataclass
class FolderChannel:
    """One file a record; one that is done with has the suffix `.done`."""

    folder: Path
    received: set[str] = field(default_factory=set)

    def send(self, record: Record) -> None:
        content = {
            "key": record.key,
            "body": base64.b64encode(record.body).decode(),
            "headers": dict(record.headers),
        }
        name = f"{len(list(self.folder.iterdir())):06}"
        (self.folder / name).write_text(json.dumps(content))

    def receive(self, timeout: float) -> Received | None:
        end = time.monotonic() + timeout
        while True:
            for path in sorted(self.folder.iterdir()):
                if path.suffix == ".done" or path.name in self.received:
                    continue
                self.received.add(path.name)
                content = json.loads(path.read_text())
                record = Record(content["key"], base64.b64decode(content["body"]), content["headers"])
                return Received(record, path.name)
            if time.monotonic() >= end:
                return None
            time.sleep(0.01)

    def ack(self, received: Received) -> None:
        path = self.folder / received.position
        path.rename(path.with_suffix(".done"))

    def leave(self) -> None:
        self.received.clear()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class FolderTransport:
    root: Path
    name: str = "folder"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> FolderChannel:
        if through is not None:
            message = "folder: there is no connection that could be cut"
            raise TransportError(message)
        folder = self.root / name
        folder.mkdir()
        return FolderChannel(folder)

    def upstream(self) -> tuple[str, int] | None:
        return None


def connect() -> FolderTransport:
    """What `--transport folder_transport:connect` calls."""
    return FolderTransport(Path(os.environ["FOLDER_TRANSPORT"]))
