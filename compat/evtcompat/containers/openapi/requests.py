"""The request bodies in an OpenAPI document that somebody else receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.errors import DocumentError, UncheckedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.containers.located import Files, Located

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Request(NamedTuple):
    """A request that the described service sends."""

    #: The name of the webhook or callback, told apart by path, method and media type where there are several.
    name: str
    schema: Located


def requests_of(files: Files, problems: dict[str, UncheckedError]) -> list[Request]:
    """The requests, in the order of the document.

    Args:
        files: The document, and what it refers to.
        problems: Gets what could not be resolved, by name.
    """
    found: list[tuple[tuple[str, ...], Located]] = []
    for name, item in _items(files):
        try:
            found += [((name, *rest), schema) for rest, schema in _bodies(files, item)]
        except DocumentError as error:
            problems.setdefault(name, error)
    words = [parts for parts, _ in found]
    return [Request(_shortest(parts, words), schema) for parts, schema in found]


def _shortest(parts: tuple[str, ...], all_parts: list[tuple[str, ...]]) -> str:
    """As many of the words as it takes to tell it from the others."""
    for length in range(1, len(parts)):
        if sum(other[:length] == parts[:length] for other in all_parts) == 1:
            return ".".join(parts[:length])
    return ".".join(parts)


def _items(files: Files) -> Iterator[tuple[str, Located]]:
    """The path items of webhooks and of callbacks, by name."""
    for pointer in ("/webhooks", "/x-webhooks", "/components/webhooks"):
        listed = files.at(pointer)
        yield from listed.members() if listed is not None else ()
    for name, callback in _callbacks(files):
        for _, item in callback.members():
            yield name, item


def _callbacks(files: Files) -> Iterator[tuple[str, Located]]:
    """The callbacks by name; one that is kept for use is met there."""
    kept = files.at("/components/callbacks")
    known = [] if kept is None else [(name, files.resolved(value)) for name, value in kept.members()]
    yield from known
    seen = {value.pointer for _, value in known}
    paths = files.at("/paths")
    for _, item in paths.members() if paths is not None else ():
        for method, operation in item.members():
            own = operation.member("callbacks") if method in _METHODS else None
            for name, value in own.members() if own is not None else ():
                callback = files.resolved(value)
                if value.reference is None or callback.pointer not in seen:
                    yield name, callback


def _bodies(files: Files, item: Located) -> Iterator[tuple[tuple[str, ...], Located]]:
    """The schemas of the bodies of a path item, each with its method and media type."""
    item = files.resolved(item)
    for method, operation in item.members():
        body = operation.member("requestBody") if method in _METHODS else None
        content = None if body is None else files.resolved(body).member("content")
        for media, value in content.members() if content is not None else ():
            schema = value.member("schema")
            if schema is not None:
                yield (method, media), schema
