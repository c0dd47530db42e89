"""The exception tree: what can go wrong, told so that a person knows the thing, the place and the next step.

EvtcompatError
├── UsageError                 exit code 2: the call or the configuration is wrong
│   └── ConfigError
└── UncheckedError             exit code 3: the check could not be carried out
    ├── SchemaError            a document is not a schema
    │   └── ReferenceMissingError   a name or URI that the schema uses is defined nowhere
    ├── DocumentError          a file cannot be read, decoded or parsed
    ├── UnsupportedError       a document that may be right, and that evtcompat does not read; a SchemaError and a
    │                          DocumentError as well
    ├── FaultError             evtcompat, or a library below it, failed in a way that nobody foresaw
    └── BaselineError          a history cannot be had
        └── RegistryError      a registry did not answer, or refused
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from evtcompat.model.places import Place


class EvtcompatError(Exception):
    """Base of every error that evtcompat raises on purpose.

    Attributes:
        message: What is wrong, as one sentence.
        place: Where, when a document is at fault.
        hint: The next step for the person who reads it, or ``None``.
    """

    exit_code = 3

    def __init__(self, message: str, *, place: Place | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        """The place, the sentence and the hint, on one line each where present."""
        where = f"{self.place}: " if self.place is not None and str(self.place) else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


class UsageError(EvtcompatError):
    """The call is wrong: an unknown level, a malformed baseline."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration file is wrong: an unknown key, a value of another type."""


class UncheckedError(EvtcompatError):
    """The check could not be carried out; it is neither a pass nor a failure."""


class DocumentError(UncheckedError):
    """A file is missing, unreadable, not UTF-8, or not the JSON or YAML that it should be."""


class SchemaError(UncheckedError):
    """A document parses, but is not a schema. ``place`` points at the offending part."""


class ReferenceMissingError(SchemaError):
    """A schema uses a name or URI that no known document defines."""


class UnsupportedError(SchemaError, DocumentError):
    """A document that may be right, and that evtcompat does not read: too large, of an unknown dialect, kept elsewhere.

    What is wrong was never deployed; of this nobody knows, so it is never passed over as something that is wrong.
    """


class BaselineError(UncheckedError):
    """The history to compare with cannot be had."""


class RegistryError(BaselineError):
    """A schema registry did not answer, or answered with an error."""


class FaultError(UncheckedError):
    """evtcompat, or a library below it, failed in a way that nobody foresaw; what failed is the error's cause."""


#: What a system says where a disk is full, a limit is reached or a device fails: no other input would do better.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
MAKE_ROOM: Final = "Make room, and run it again."


def no_room(error: BaseException) -> bool:
    """Whether the system had no room for what was to be written."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


class told_as_fault:  # noqa: N801 - it stands in a `with`, where a function's name is read
    """Whatever goes wrong inside, and is no `EvtcompatError` yet, is a `FaultError`.

    One input that nobody foresaw must not hide the others: where several are worked through, each is worked through in
    such a block, and what could not be done is reported beside what could.

    Args:
        doing: What is tried inside, as it goes on after "while": ``parsing it``; or how to say it, where the words cost
            more than a string.

    Raises:
        FaultError: Something was raised on no purpose.
        UncheckedError: There was no room on the disk.
    """

    __slots__ = ("_doing",)

    def __init__(self, doing: str | Callable[[], str]) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        """Raise the fault, if there is one."""
        if isinstance(fault, Exception) and not isinstance(fault, EvtcompatError):
            words = str(fault).partition("\n")[0][:200]
            doing = self._doing if isinstance(self._doing, str) else self._doing()
            if no_room(fault):
                message = f"there is no room while {doing}: {fault}"
                raise UncheckedError(message, hint=MAKE_ROOM) from fault
            message = f"a fault in evtcompat while {doing} ({type(fault).__name__}{': ' if words else ''}{words})"
            raise FaultError(message, hint="Please report it, with what was checked.") from fault
