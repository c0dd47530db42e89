"""What other distributions add to evtcompat, by entry point.

Looking for entry points reads the metadata of every installed distribution, so callers ask for them only where nothing
that comes with evtcompat fits.
"""

from __future__ import annotations

from typing import Any

from evtcompat.errors import UsageError


def named(group: str, name: str, noun: str) -> Any | None:  # noqa: ANN401 - each group says what its objects are
    """The object that the entry point `name` of a group names; ``None`` when there is none.

    Args:
        group: The group, as in ``[project.entry-points."evtcompat.formats"]``.
        name: The entry point's name.
        noun: What a message calls the object.

    Raises:
        UsageError: It cannot be imported.
    """
    from importlib.metadata import entry_points

    return next((_loaded(entry, noun) for entry in entry_points(group=group, name=name)), None)


def every(group: str, noun: str) -> tuple[Any, ...]:
    """The objects that the entry points of a group name, by the entry point's name.

    Raises:
        UsageError: One cannot be imported.
    """
    from importlib.metadata import entry_points

    return tuple(_loaded(entry, noun) for entry in sorted(entry_points(group=group), key=lambda entry: entry.name))


def names(group: str) -> tuple[str, ...]:
    """The names of a group's entry points, sorted, each once. Nothing is imported."""
    from importlib.metadata import entry_points

    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def _loaded(entry: Any, noun: str) -> Any:  # noqa: ANN401 - `importlib.metadata.EntryPoint`, and what it names
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        message = f"the {noun} {entry.name!r} ({entry.value}) cannot be loaded: {error}"
        raise UsageError(message, hint="Install its distribution anew, or remove it.") from error
