"""Schemas that apply themselves to the value that they are applied to, so that no validator would come to an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def leading_back_to_itself(applies: Mapping[object, Mapping[object, None]]) -> object | None:
    """One of the schemas that lead back to themselves, given what each applies in place; ``None`` where none does."""
    finished: set[object] = set()
    for start in applies:
        path: dict[object, Iterator[object]] = {}
        pending: object | None = start
        while pending is not None or path:
            if pending is not None and pending not in finished:
                if pending in path:
                    return pending
                path[pending] = iter(applies.get(pending, ()))
            top = next(reversed(path), None)
            if top is None:
                break
            pending = next(path[top], None)
            if pending is None:
                finished.add(top)
                del path[top]
    return None
