"""Payloads tried on the model that a contract is: the consumer's own answer, beside that of its schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.model.findings import Finding
from evtcompat.model.mismatches import Mismatch, Undecided
from evtcompat.model.places import Place
from evtcompat.model.readings import Outcome
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.rules.judge import Context, Severities, Side, judge

if TYPE_CHECKING:
    from evtcompat.contracts.python_models import PythonModel
    from evtcompat.formats.base import Options, Schema, SchemaFormat
    from evtcompat.formats.payloads import Payloads

RULE: Final = "model-refuses-event"
#: The same events each time.
_SEED: Final = 0


class Trial(NamedTuple):
    """What is held against a model: the two schemas, and how they are read."""

    model: PythonModel
    format: SchemaFormat
    reader: tuple[Side, Schema]
    writer: tuple[Side, Schema]
    options: Options
    severities: Severities
    identity: tuple[str, ...]


def tried(trial: Trial, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Undecided, ...]]:
    """The findings with the model's own answer, and what is not known of them.

    A payload that the model takes, though its schema refuses it, proves nothing, and nothing proves that the model
    takes all others: the finding is undecided. An event of the writer that the model refuses, though its schema takes
    it, is a finding of its own.

    Raises:
        DocumentError: The model cannot be asked.
    """
    events = list(_events(trial))
    shown = [finding.witness.payload for finding in findings if finding.witness is not None and finding.witness.payload]
    payloads = list(dict.fromkeys([*shown, *(body for body, _ in events)]))
    if not payloads:
        return tuple(findings), ()
    answer = trial.model.tried([payload.decode() for payload in payloads])
    said = dict(zip(payloads, answer.answers, strict=True))
    kept: list[Finding] = []
    undecided: list[Undecided] = []
    for finding in findings:
        witness = finding.witness
        if witness is None or not witness.payload:
            kept.append(finding)
        elif said[witness.payload] is not None:
            told = f"{witness.observed}; {answer.library.partition(' ')[0]}: {said[witness.payload]}"
            by = f"{witness.confirmed_by} and {answer.library}" if witness.confirmed_by else answer.library
            seen = replace(witness, kind=WitnessKind.REFUSED, confirmed_by=by, observed=told)
            kept.append(replace(finding, witness=seen))
        else:
            undecided.append(_taken(finding, answer.library))
    refused = [(body, value) for body, value in events if said[body] is not None]
    if refused:
        body, value = min(refused, key=lambda one: len(one[0]))
        kept += _refused(trial, Witness(WitnessKind.REFUSED, value, body, "json", answer.library, str(said[body])))
    return tuple(kept), tuple(undecided)


def _events(trial: Trial) -> Iterator[tuple[bytes, object]]:
    """Events of the writer that the schema of the model takes, each with its value."""
    writer = _payloads(trial, trial.writer[1])
    reader = _payloads(trial, trial.reader[1])
    for made in writer.generate(_SEED):
        if reader.read(writer, made.body).outcome is not Outcome.REFUSED:
            yield made.body, writer.decode(made.body)


def _payloads(trial: Trial, schema: Schema) -> Payloads:
    return trial.format.payloads(schema, trial.options)


def _taken(finding: Finding, library: str) -> Undecided:
    assert finding.witness is not None  # noqa: S101 - the caller looked
    payload = finding.witness.payload.decode()
    reason = f"the schema of the model refuses the event {payload} ({finding.rule}), and the model takes it ({library})"
    return Undecided(finding.reader, finding.writer, reason)


def _refused(trial: Trial, witness: Witness) -> Iterator[Finding]:
    facts = {"model": trial.model.word, "reason": witness.observed}
    mismatch = Mismatch(RULE, Place(), Place(), facts, witness=witness)
    context = Context(trial.reader[0], trial.writer[0], trial.severities, trial.identity)
    finding = judge(mismatch, context)
    if finding is not None:
        yield replace(finding, message=f"Breaks {trial.reader[0].label}. {finding.message}")
