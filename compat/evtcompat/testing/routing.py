"""From a method and a raw path to a handler. Paths are split before they are decoded: subjects may hold slashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote, unquote

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.json_types import JSON
from evtcompat.testing.accounts import Account
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError


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

    def whole(self, name: str, otherwise: int) -> int:
        """A number in the query; `otherwise` where there is none."""
        try:
            return int(self.query.get(name, otherwise))
        except ValueError as error:
            raise ApiError(404, 404, "HTTP 404 Not Found") from error

    def flag(self, name: str) -> bool:
        """Whether a parameter of the query is ``true``."""
        return self.query.get(name, "").lower() == "true"


#: ``contexts``, a name, and at least one segment more.
_INSIDE = 3
#: Which segment of a path is a subject, by its first.
_SUBJECT_AT = {"subjects": 1, "config": 1, "mode": 1, "compatibility": 2}

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


def page(call: Call, items: Sequence[JSON], profile: Profile) -> JSON:
    """The items that ``offset`` and ``limit`` ask for; a limit below 1 is none."""
    if not profile.filters:
        return [*items]
    offset, limit = max(call.whole("offset", 0), 0), call.whole("limit", -1)
    return [*(items[offset : offset + limit] if limit > 0 else items[offset:])]


def within_context(path: str, query: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A request below ``/contexts/.name`` as the request for subjects of this context that it stands for.

    Args:
        path: As sent, percent-encoded.
        query: Its parameters.
    """
    parts = path.strip("/").split("/")
    if len(parts) < _INSIDE or parts[0] != "contexts":
        return path, dict(query)
    name = unquote(parts[1]).strip(":")
    prefix = f":{name if name.startswith('.') else f'.{name}'}:"
    if prefix == ":.:":
        prefix = ""
    rest, asked = parts[2:], dict(query)
    at = _SUBJECT_AT.get(rest[0])
    if at is not None and len(rest) > at and not unquote(rest[at]).startswith(":"):
        rest[at] = quote(prefix, safe="") + rest[at]
    elif rest[0] in ("config", "mode") and len(rest) == 1 and prefix:
        rest.append(quote(prefix, safe=""))
    elif rest[0] == "subjects" or rest == ["schemas"]:
        asked["subjectPrefix"] = prefix + asked.get("subjectPrefix", "").removeprefix(":*:")
    elif rest[0] == "schemas" and not asked.get("subject", "").startswith(":"):
        asked["subject"] = prefix + asked.get("subject", "")
    return "/" + "/".join(rest), asked
