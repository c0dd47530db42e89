"""Where a decoder diverges from the rules."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import Record

if TYPE_CHECKING:
    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.types import Field, Type, Union

#: Fields that a clause lists.
_LISTED: Final = 10


def lost(reader: Union, picked: Type, writer: Type) -> str | None:
    """What a decoder loses that takes a record for another, as a clause; ``None`` where nothing is lost for certain.

    The union has a branch of the writer's own full name, and that one keeps fields that the branch `picked` drops.
    """
    if not isinstance(writer, Record) or not isinstance(picked, Record) or picked.full == writer.full:
        return None
    for index, own in enumerate(reader.branches):
        if isinstance(own, Record) and own.full == writer.full:
            kept = _names(own)
            dropped = [name for name in writer.types if name in kept and name not in _names(picked)]
            if not dropped:
                return None
            names = ", ".join(dropped[:_LISTED])
            what = f"the field {names} is lost" if len(dropped) == 1 else f"the fields {names} are lost"
            return f"is taken and not branch {index} ({own.full}), and {what}"
    return None


def _names(record: Record) -> set[str]:
    return {*record.types, *[alias for aliases in record.renames.values() for alias in aliases]}


class Kind(Enum):
    """What a decoder does otherwise."""

    #: Java does not apply an alias of a field, since the record counts as another.
    DEAD_ALIAS = auto()
    #: Java finds no branch for an enum or a fixed, although one has its kind.
    MOVED_IN_UNION = auto()
    #: Java gives a type, or a branch, the name of another one.
    RENAMED_AWAY = auto()
    #: A field is not filled from the writer's field that the rules fill it from, since another one claims that.
    CONTESTED = auto()
    #: Two fields of the writer fill one of the reader.
    AMBIGUOUS = auto()
    #: A branch of a union is taken that does not fit, or none.
    WRONG_BRANCH = auto()
    #: What is written is not what is expected, where Java has taken a type for another one.
    MISMATCH = auto()
    #: Java refuses a default of the writer as it applies aliases.
    REFUSED_DEFAULT = auto()
    #: Java fails to build an empty array for a union.
    EMPTY_ARRAY = auto()
    #: fastavro takes a name for a definition, or a definition for a name.
    NAME_FOR_DEFINITION = auto()


class Divergence(Exception):  # noqa: N818 - control flow of the models; handed out as a value
    """The first thing that a decoder resolves otherwise than the rules.

    It is raised where it is met, and every caller on the way up adds its step: most resolutions meet none, and those
    keep no account of their way.

    Attributes:
        decoder: Which decoder.
        kind: What it does otherwise.
        what: What happens there, as a clause.
        field: The reader's field in question.
        silent: Data is lost or a default replaces it, and nothing is raised.
        default: The reader's field whose default is built, wherever that is.
        ours: The steps into the reader, innermost first.
        theirs: The steps into the writer, innermost first.
    """

    def __init__(
        self,
        decoder: str,
        kind: Kind,
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
    def steps(self) -> Steps:
        """How a writer's datum reaches it."""
        return tuple(reversed(self.theirs))

    @property
    def reader_steps(self) -> Steps:
        """The same way in the reader."""
        return tuple(reversed(self.ours))
