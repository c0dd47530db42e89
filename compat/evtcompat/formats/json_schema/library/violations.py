"""What a validator reports about an instance that it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from evtcompat.formats.json_schema.library.sentences import in_json_words
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child

#: Sentences up to this length are shown whole, of longer ones the beginning and the end.
_LONGEST: Final = 300
_END: Final = 50


class Violation(NamedTuple):
    """One keyword that refuses one place of an instance."""

    #: ``None`` where the schema is ``false``.
    keyword: str | None
    #: The validator's sentence.
    message: str
    #: The schema that holds the keyword: the object itself, except where the validator copied it.
    schema: JSON
    #: What stands at the place.
    instance: JSON
    #: The steps that lead to the keyword, from the root or from the violation that this one is part of. References that
    #: were followed are no steps, except dynamic ones.
    schema_path: tuple[str | int, ...]
    #: The steps that lead to the place in the instance, from the same start.
    instance_path: tuple[str | int, ...]
    #: For a combination of which no branch accepts: what the branches say, each beginning with the branch's index.
    context: tuple[Violation, ...] = ()

    @property
    def pointer(self) -> str:
        """The place in the instance."""
        return pointer_of(self.instance_path)

    @property
    def summary(self) -> str:
        """The sentence in the words of JSON, cut where it is long."""
        return shortened(in_json_words(self.message))


def pointer_of(path: Iterable[str | int]) -> str:
    """The JSON pointer of a path."""
    pointer = ""
    for step in path:
        pointer = child(pointer, step)
    return pointer


def shortened(message: str) -> str:
    """A sentence of the validator, which may quote a whole instance, cut where it is long."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - _END - 10]} ... {message[-_END:]}"
