"""Field by consumer: which parts of an event somebody needs, and what contracts and schema say of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evtcompat.contracts.projecting import projection_of
from evtcompat.dataclasses import dataclass
from evtcompat.model.histories import version_name

if TYPE_CHECKING:
    from evtcompat.contracts.model import Contract
    from evtcompat.model.histories import Version
    from evtcompat.payloads.matrix import Subject


@dataclass(frozen=True, slots=True)
class Row:
    """One part of an event."""

    path: str
    #: Whether the newest version has it.
    described: bool
    #: By consumer: whether it cannot do without; absent for one that does not mention it.
    needed: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Usage:
    """Who needs what of one subject."""

    subject: str
    #: What the newest version is called.
    version: str
    consumers: tuple[str, ...]
    rows: tuple[Row, ...]
    #: Contracts that were written against an older version, with that version, by consumer.
    older: Mapping[str, str]
    #: Parts that a consumer cannot do without and that no version promised when the contract was written: the version
    #: that it was written against or, where it does not say, the newest one. By consumer.
    unpromised: Mapping[str, tuple[str, ...]]

    @property
    def nobody(self) -> tuple[str, ...]:
        """Parts that no contract mentions, nor anything below them."""
        mentioned = [row.path for row in self.rows if row.needed]
        return tuple(
            row.path
            for row in self.rows
            if row.described
            and not row.needed
            and not any(path.startswith((f"{row.path}.", f"{row.path}[", f"{row.path}{{")) for path in mentioned)
        )

    @property
    def everybody(self) -> tuple[str, ...]:
        """Parts that every consumer needs, where there are several."""
        return tuple(
            row.path for row in self.rows if len(self.consumers) > 1 and len(row.needed) == len(self.consumers)
        )


def usage_of(subject: Subject, contracts: Sequence[Contract]) -> Usage:
    """The usage of a subject.

    Args:
        subject: With its versions.
        contracts: Those about it.

    Raises:
        UncheckedError: A schema of the subject cannot be read, or the format has no paths.
    """
    newest = subject.versions[-1]
    described = _promised(subject, newest)
    asked = {one.consumer: _asked(one) for one in contracts}
    paths = dict.fromkeys([*described, *(path for fields in asked.values() for path in fields)])
    rows = tuple(
        Row(path, path in described, {name: fields[path] for name, fields in asked.items() if path in fields})
        for path in paths
    )
    unpromised = {}
    for one in contracts:
        written = next((v for v in subject.versions if one.written_against in (v.label, _named(v))), newest)
        promised = _promised(subject, written)
        missing = tuple(p for p, required in asked[one.consumer].items() if required and not promised.get(p))
        if missing:
            unpromised[one.consumer] = missing
    older = {
        one.consumer: version_name(one.written_against)
        for one in contracts
        if one.written_against is not None and one.written_against not in (newest.label, _named(newest))
    }
    return Usage(subject.name, _named(newest), tuple(asked), rows, older, unpromised)


def _named(version: Version) -> str:
    return "the schema" if version.label is None else version_name(version.label)


def _promised(subject: Subject, version: Version) -> dict[str, bool]:
    """The parts that a version describes, and whether every event has them."""
    schema = subject.format.parse(version.document, version.references)
    return {str(one): one.promised for one in projection_of(subject.format).fields(schema)}


def _asked(contract: Contract) -> dict[str, bool]:
    """The parts that a contract mentions, and whether its consumer cannot do without."""
    schema = contract.format.parse(contract.reader.document, contract.reader.references)
    return {str(one): one.required for one in projection_of(contract.format).fields(schema)}
