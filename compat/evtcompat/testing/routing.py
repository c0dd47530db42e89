"""From a method and a raw path to a handler. Paths are split before they are decoded: subjects may hold slashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote

from evtcompat.model.json_types import JSON
from evtcompat.testing.accounts import Account


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart."""

    route: str
    method: str
    parts: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: JSON = None
    account: Account | None = None

    @property
    def subject(self) -> str:
        """The subject in the path."""
        return self.parts["subject"]

    def flag(self, name: str) -> bool:
        """Whether a parameter of the query is ``true``."""
        return self.query.get(name, "").lower() == "true"


Handler: TypeAlias = Callable[[Call], JSON]


class Routes:
    """Handlers by method and template: ``/subjects/{subject}/versions``."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, tuple[str, ...]], tuple[str, Handler]] = {}

    def add(self, method: str, template: str, handler: Handler) -> None:
        """Answer a kind of request."""
        self._handlers[method, _split(template)] = (template, handler)

    def match(self, method: str, path: str) -> tuple[str, Handler, Mapping[str, str]] | None:
        """Template, handler and the named parts of the path, or ``None``."""
        segments = _split(path)
        for (known, template), (route, handler) in self._handlers.items():
            parts = _parts(template, segments) if known == method else None
            if parts is not None:
                return route, handler, parts
        return None

    def knows(self, path: str) -> bool:
        """Whether some method fits the path."""
        segments = _split(path)
        return any(_parts(template, segments) is not None for _, template in self._handlers)


def _split(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _parts(template: tuple[str, ...], segments: tuple[str, ...]) -> Mapping[str, str] | None:
    if len(template) != len(segments):
        return None
    found: dict[str, str] = {}
    for wanted, given in zip(template, segments, strict=True):
        if wanted.startswith("{"):
            found[wanted.strip("{}")] = unquote(given)
        elif wanted != given:
            return None
    return found
