"""Which subject of a registry a file belongs to. One answer for every command that asks."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.documents import Document
from evtcompat.model.places import Place
from evtcompat.model.strategies import Strategy
from evtcompat.registries.choosing import subject_called
from evtcompat.registries.names import record_name, subject_of_file, subject_of_file_name


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """How the schemas of a run are called in a registry."""

    #: How serializers name subjects, as the configuration says; ``None`` when it does not.
    strategy: Strategy | None = None
    #: Subjects that the configuration lists: they have the name that they have there.
    listed: AbstractSet[str] = frozenset()

    def subject(self, file_subject: str, document: Document, known: AbstractSet[str]) -> str:
        """The subject of a file: as configured, else of the file's name, else as one strategy makes it of that name.

        Args:
            file_subject: What the file's name says, percent-encoded as `registries.names.file_name` does.
            document: Its schema.
            known: The subjects that the registry has.

        Returns:
            The subject; where nothing is configured and `known` has none that fits, what the file's name says.

        Raises:
            UncheckedError: The configured strategy needs the name of the record, and the schema has none.
            UsageError: Two strategies lead to subjects that are known, and neither is the plain name.
        """
        name = subject_of_file(file_subject)
        if self.strategy is not None and name not in self.listed:
            return _by_strategy(self.strategy, name, document)
        return subject_called(name, known, record_name(document.value)) or name


def _by_strategy(strategy: Strategy, name: str, document: Document) -> str:
    try:
        return subject_of_file_name(strategy, name, document.value)
    except UsageError as error:
        message = f"{error.message}, and this schema has none"
        hint = "Give it a name or a title, name the subject on the command line, or list the file under `subjects`."
        raise UncheckedError(message, place=Place(origin=document.origin), hint=hint) from error
