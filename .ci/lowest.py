"""Prints the lowest release that pyproject.toml allows of each library that evtcompat runs with, as constraints."""

import tomllib
from pathlib import Path

EXTRAS = ("redis", "kafka", "nats", "rabbitmq", "sql", "testing", "replay-json", "replay-codecs")

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
requirements: list[str] = project["dependencies"]
for extra in EXTRAS:
    requirements = requirements + project["optional-dependencies"][extra]
print("\n".join(requirements).replace(">=", "=="))
