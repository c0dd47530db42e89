"""Who decides whether a test registry takes a schema: evtcompat's own engines, or what a test puts in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError
from evtcompat.formats.base import Options, Schema, SchemaFormat
from evtcompat.model.histories import Version
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import Explanation
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.rules.catalogue import catalogue

_QUICK = Options(witnesses=False)


class Judge(Protocol):
    """What a registry asks about schemas."""

    def rejection(self, schema_format: SchemaFormat, candidate: Version, *, strict: bool) -> str | None:
        """Why the candidate is no valid schema, or ``None``. `strict` also refuses invalid defaults."""
        ...

    def incompatibilities(
        self,
        schema_format: SchemaFormat,
        candidate: Version,
        baselines: Sequence[Version],
        level: Level,
        policy: Policy = Policy.STRICT,
    ) -> tuple[str, ...]:
        """What is wrong between the candidate and any of the baselines; empty when they are compatible."""
        ...


class EngineJudge:
    """Answers with the registry verdicts of evtcompat's engines."""

    def rejection(self, schema_format: SchemaFormat, candidate: Version, *, strict: bool) -> str | None:
        """Why the candidate cannot be parsed, or why Confluent's parser would refuse it."""
        try:
            schema = schema_format.parse(candidate.document, candidate.references, _QUICK)
        except EvtcompatError as error:
            return error.message
        return schema_format.rejection(schema) if strict else None

    def incompatibilities(
        self,
        schema_format: SchemaFormat,
        candidate: Version,
        baselines: Sequence[Version],
        level: Level,
        policy: Policy = Policy.STRICT,
    ) -> tuple[str, ...]:
        """One message for each thing that the rules refuse, in the order of baselines and directions."""
        options = replace(_QUICK, settings={"registry-policy": policy})
        new = schema_format.parse(candidate.document, candidate.references, options)
        found: list[str] = []
        for baseline in baselines:
            old = schema_format.parse(baseline.document, baseline.references, options)
            for direction in level.directions:
                reader, writer = (new, old) if direction is Direction.BACKWARD else (old, new)
                found += _messages(schema_format, reader, writer, f"version {baseline.label}", options)
        return tuple(dict.fromkeys(found))


def _messages(schema_format: SchemaFormat, reader: Schema, writer: Schema, old: str, options: Options) -> list[str]:
    decision = schema_format.compare(reader, writer, options)
    verdict, explanation = decision.registry_answer(), decision.explanation()
    if verdict is Verdict.COMPATIBLE or (verdict is Verdict.UNDECIDED and not _refused(explanation)):
        return []
    reasons = [f"{one.rule} at {one.reader.pointer or '/'}" for one in explanation.mismatches]
    reasons = reasons or [*schema_format.refusals(reader, writer, options)] or ["incompatible"]
    return [f"{reason} (against {old})" for reason in reasons]


def _refused(explanation: Explanation) -> bool:
    """Whether a pair without a registry verdict is refused: by an error, or because it could not be settled."""
    rules = catalogue()
    errors = (
        mismatch.rule not in rules or rules[mismatch.rule].severity is Severity.ERROR
        for mismatch in explanation.mismatches
    )
    return bool(explanation.undecided) or any(errors)
