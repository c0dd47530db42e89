"""What a decoder stumbles over, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

JAVA: Final = "Avro Java"

if TYPE_CHECKING:
    from evtcompat.avro.places import Trail
    from evtcompat.avro.types import Field


class Trouble(Exception):  # noqa: N818 - control flow of the models; handed out as a value
    """The first thing that a decoder stumbles over.

    It is raised where it is met, and every caller on the way up adds its step: most resolutions meet none, and those
    carry no trails along.

    Attributes:
        decoder: Who stumbles.
        kind: ``dead-alias``, ``moved-in-union``, ``renamed-away``, ``ambiguous``, ``wrong-branch``, ``mismatch``,
            ``default``, ``empty-array`` or ``referred``.
        what: What happens there, as a clause.
        field: The reader's field in question.
        silent: The reader's default replaces the data, and nothing is raised.
        default: The reader's field whose default is built, wherever that is.
        ours: The steps into the reader, innermost first.
        theirs: The steps into the writer, innermost first.
    """

    def __init__(
        self,
        decoder: str,
        kind: str,
        what: str,
        field: Field | None = None,
        *,
        silent: bool = False,
        default: Field | None = None,
    ) -> None:
        super().__init__(what)
        self.decoder = decoder
        self.kind = kind
        self.what = what
        self.field = field
        self.silent = silent
        self.default = default
        self.ours: list[str | int | None] = []
        self.theirs: list[str | int | None] = []

    def inside(self, ours: str | int | None, theirs: str | int | None) -> None:
        """Add a step into both sides."""
        self.ours.append(ours)
        self.theirs.append(theirs)

    @property
    def trail(self) -> Trail:
        """How a writer's datum reaches it."""
        return tuple(reversed(self.theirs))

    @property
    def reader_trail(self) -> Trail:
        """The same way in the reader."""
        return tuple(reversed(self.ours))
