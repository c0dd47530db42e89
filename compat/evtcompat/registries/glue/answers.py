"""What Glue's answers hold, as typed values; an answer without what it has to tell is refused by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from evtcompat.dataclasses import dataclass
from evtcompat.registries.base import Compatibility, Registered
from evtcompat.registries.errors import RegistryAnswerError, RegistryCallError
from evtcompat.registries.glue.calls import Calls
from evtcompat.registries.glue.terms import compatibility_of

#: What a version of a schema can be, in Glue's words.
AVAILABLE: Final = "AVAILABLE"
PENDING: Final = "PENDING"
DELETING: Final = "DELETING"
_STATUSES: Final = {AVAILABLE, PENDING, DELETING, "FAILURE"}
_LONGEST_WORD: Final = 60
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class GlueAnswer:
    """An answer, or one item of a list that was answered.

    Attributes:
        members: As botocore has read them: those that are there have the types of AWS's own description.
        calls: Where it comes from.
        method: That of boto3's client which was called.
    """

    members: Mapping[str, Any]
    calls: Calls
    method: str

    def text(self, name: str) -> str:
        """A member that is text.

        Raises:
            RegistryAnswerError: It is missing.
        """
        value = self.members.get(name)
        if not isinstance(value, str):
            message = f"the answer has no `{name}`"
            raise self.wrong(message)
        return value

    def number(self) -> int:
        """The number of a version.

        Raises:
            RegistryAnswerError: It is missing.
        """
        value = self.members.get("VersionNumber")
        if not isinstance(value, int):
            message = "the answer has no `VersionNumber`"
            raise self.wrong(message)
        return value

    def status(self) -> str:
        """What a version is; to leave one out for a word that is not known would be to say that it is not there.

        Raises:
            RegistryAnswerError: It is missing, or none that Glue has.
        """
        status = self.text("Status")
        if status not in _STATUSES:
            message = f"`Status` is {status[:_LONGEST_WORD]!r}, which is none that a version of Glue has"
            raise self.wrong(message)
        return status

    def compatibility(self) -> Compatibility:
        """What a schema asks of new versions.

        Raises:
            RegistryAnswerError: It is missing, or none that Glue has.
        """
        word = self.text("Compatibility")
        found = compatibility_of(word)
        if found is None:
            message = f"`Compatibility` is {word!r}, which is none that Glue has"
            raise self.wrong(message)
        return found

    def registered(self, subject: str) -> Registered:
        """A version of a subject.

        Raises:
            RegistryAnswerError: It is a version of another, or a member is missing.
        """
        uuid, arn = self.text("SchemaVersionId"), self.text("SchemaArn")
        if not arn.endswith(f"/{subject}"):
            message = f"answers with a version of {arn} when asked for {subject}"
            raise self.wrong(message)
        text, kind = self.text("SchemaDefinition"), self.text("DataFormat")
        return Registered(subject, self.number(), uuid, text, kind, since=self._day())

    def need_about(self, subject: str) -> None:
        """The answer is about that subject, as far as it says so.

        Raises:
            RegistryAnswerError: It says that it is about another.
        """
        name, arn = self.members.get("SchemaName", subject), self.members.get("SchemaArn")
        if name != subject or (arn is not None and not arn.endswith(f"/{subject}")):
            message = f"answers about {self.members.get('SchemaName') or arn} when asked for {subject}"
            raise self.wrong(message)

    def wrong(self, message: str) -> RegistryCallError:
        """The error of an answer that cannot be right."""
        return self.calls.failed(RegistryAnswerError, message, self.method)

    def _day(self) -> str | None:
        """The day of ``CreatedTime``, which is text; ``None`` where it does not begin with one."""
        day = _DAY.match(str(self.members.get("CreatedTime", "")))
        return day[0] if day else None
