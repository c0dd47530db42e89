"""Consumers run by the real runner's code in this very process: a whole exercise in milliseconds, for tests alone."""

from __future__ import annotations

import base64
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evtcompat.exercise import run as running
from evtcompat.exercise import runner
from evtcompat.exercise.environments import Launch
from evtcompat.exercise.payloads import Delivery
from evtcompat.exercise.process import FOLDER, Handled, Started, _handled


class InlineRunner:
    """What `RunnerProcess` answers, without the process. Each has the consumer's module anew."""

    def __init__(self, launch: Launch, cell_folder: Path) -> None:
        self._launch = launch
        self._folder = cell_folder
        self._consumer: runner.Consumer | None = None
        self.alive = True

    def start(self, target: str, observe: str, deadline: float) -> Started:
        del deadline
        name = target.partition(":")[0]
        found = next(path for folder in self._launch.paths if (path := Path(folder) / f"{name}.py").is_file())
        spec = importlib.util.spec_from_file_location(name, found)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        self._consumer = runner.Consumer(target, observe)
        return Started(str(found), "3", self._consumer.observes)

    def handle(self, delivery: Delivery, headers: Mapping[str, str], body: bytes, deadline: float) -> Handled:
        del deadline
        assert self._consumer is not None
        request: dict[str, Any] = {
            "id": delivery.event_id,
            "key": delivery.key,
            "headers": dict(headers),
            "content_type": delivery.payload.content_type,
            "body": base64.b64encode(body).decode("ascii"),
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(FOLDER, str(self._folder))
            return _handled(runner.handle(self._consumer, request))

    def kill(self) -> None:
        self.alive = False

    close = kill


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exercise starts no process."""
    monkeypatch.setattr(running, "RunnerProcess", InlineRunner)
