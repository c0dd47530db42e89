"""Payloads tried on the model that a reader is: what the class itself answers, beside its schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.checking.verdicts import verdict_of
from evtcompat.dataclasses import replace
from evtcompat.formats.base import READER_AS_WRITTEN, READER_CONVERTS
from evtcompat.model.findings import Finding
from evtcompat.model.mismatches import Mismatch, Undecided
from evtcompat.model.places import Place
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Severity
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.rules.judge import Context, Severities, Side, judge

if TYPE_CHECKING:
    from evtcompat.checking.plans import RunSettings
    from evtcompat.formats.base import Options, Schema, SchemaFormat
    from evtcompat.formats.payloads import Payloads
    from evtcompat.model.event_models import EventModel, Tried
    from evtcompat.model.histories import Version
    from evtcompat.model.reports import Comparison

RULE: Final = "model-refuses-event"
#: The same events each time.
_SEED: Final = 0


class Trial(NamedTuple):
    """What is held against a model: the two schemas, and how they are read."""

    model: EventModel
    format: SchemaFormat
    reader: tuple[Side, Schema]
    writer: tuple[Side, Schema]
    options: Options
    severities: Severities
    identity: tuple[str, ...]
    #: The class whose events the writer's are, where that is known: what it refuses itself it does not write.
    writing: EventModel | None = None


def tried(trial: Trial, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Undecided, ...]]:
    """The findings with the model's own answer, and what is not known of them.

    A payload that the model takes, though its schema refuses it, proves nothing, and nothing proves that the model
    takes all others: the finding is undecided, where it is an error. An event of the writer that the model refuses,
    though its schema takes it, is a finding of its own. What the model refuses that writes it says nothing of the one
    that reads.

    Raises:
        DocumentError: The model cannot be asked.
    """
    events = dict(_events(trial))
    payloads = list(dict.fromkeys([*(body for one in findings if (body := _refused_payload(one))), *events]))
    if not payloads:
        return tuple(findings), ()
    answer = trial.model.tried([payload.decode() for payload in payloads])
    said = dict(zip(payloads, answer.answers, strict=True))
    unwritten = _unwritten(trial, [payload for payload in payloads if said[payload] is not None])
    kept: list[Finding] = []
    undecided: list[Undecided] = []
    for finding in findings:
        payload = _refused_payload(finding)
        if not payload:
            kept.append(finding)
        elif payload in unwritten:
            kept.append(_told(finding, f"{unwritten[payload]}, and so the answer of the reader says nothing"))
        elif said[payload] is None and finding.severity is Severity.ERROR:
            undecided.append(_taken(finding, answer.library))
        else:
            kept.append(_answered(finding, answer, said[payload]))
    refused = [body for body in events if said[body] is not None and body not in unwritten]
    if refused:
        body = min(refused, key=len)
        witness = Witness(WitnessKind.REFUSED, events[body], body, "json", answer.library, str(said[body]))
        kept += _refused(trial, witness)
    return tuple(kept), tuple(undecided)


def _unwritten(trial: Trial, payloads: Sequence[bytes]) -> dict[bytes, str]:
    """Those of the payloads that the model refuses which writes them, with what is said of it."""
    if trial.writing is None or not payloads:
        return {}
    answer = trial.writing.tried([payload.decode() for payload in payloads])
    return {
        payload: f"the model that writes it refuses it as well ({answer.library}: {reason})"
        for payload, reason in zip(payloads, answer.answers, strict=True)
        if reason is not None
    }


def settings_for(reader: Version, settings: RunSettings) -> RunSettings:
    """The settings with what is known of a reader that is a class: it refuses as its schema says, and makes values."""
    if reader.model is None:
        return settings
    own = {READER_AS_WRITTEN: True, READER_CONVERTS: True}
    return replace(settings, options=replace(settings.options, settings={**settings.options.settings, **own}))


def asked_itself(
    result: Comparison,
    schema_format: SchemaFormat,
    versions: tuple[Version, Version],
    sides: tuple[tuple[Side, Schema], tuple[Side, Schema]],
    settings: RunSettings,
    identity: tuple[str, ...],
) -> Comparison:
    """The comparison of a reader and a writer with what the reader itself answers, where it is a class.

    Args:
        result: What their schemas say.
        schema_format: The format of both.
        versions: The reader and the writer.
        sides: The same with their schemas.
        settings: Those of `settings_for`.
        identity: As for `checking.comparing.compare_sides`.

    Raises:
        DocumentError: It cannot be asked.
    """
    (reader, writer), model = versions, versions[0].model
    if model is None or not settings.options.witnesses:
        return result
    trial = Trial(model, schema_format, *sides, settings.options, settings.severities, identity, writer.model)
    findings, unknown = tried(trial, result.findings)
    reading = sides[0][0].locate(Place(names=model.word, origin=reader.document.origin))
    code = unknown_code(model, reading, writer.model, sides[1][0].locate(Place()))
    undecided = (*result.undecided, *unknown, *code)
    verdict = verdict_of(findings, undecided)
    # nobody asked the class under another policy
    return replace(result, findings=findings, undecided=undecided, verdict=verdict, other_policy=None)


def unknown_code(
    model: EventModel, place: Place, known: EventModel | None = None, written: Place | None = None
) -> tuple[Undecided, ...]:
    """What cannot be known of a model, because its own code decides as well what it takes.

    Args:
        model: The reader.
        place: What the reader is called, and where it stands.
        known: The model whose events it reads: what passed the same code there, the change has nothing to do with.
        written: Where the writer stands.
    """
    same = () if known is None else [one for one in known.code if one.whole]
    reason = "its own code `{}` decides as well what it takes, and no schema says what that is"
    other = written or Place()
    return tuple(Undecided(place, other, reason.format(one.name)) for one in model.code if one not in same)


def _refused_payload(finding: Finding) -> bytes:
    """The payload that a finding says is refused; empty where there is none."""
    witness = finding.witness
    return b"" if witness is None or witness.kind is WitnessKind.MISREAD else witness.payload


def _events(trial: Trial) -> Iterator[tuple[bytes, object]]:
    """Events of the writer that the schema of the model takes, each with its value."""
    writer = _payloads(trial, trial.writer[1])
    reader = _payloads(trial, trial.reader[1])
    for made in writer.generate(_SEED):
        if reader.read(writer, made.body).outcome is not Outcome.REFUSED:
            yield made.body, writer.decode(made.body)


def _payloads(trial: Trial, schema: Schema) -> Payloads:
    return trial.format.payloads(schema, trial.options)


def _answered(finding: Finding, answer: Tried, reason: str | None) -> Finding:
    """The finding with what the model says of its payload."""
    witness = finding.witness
    assert witness is not None  # noqa: S101 - the caller looked
    if reason is None:
        return _told(finding, f"{answer.library} takes it")
    by = f"{witness.confirmed_by} and {answer.library}" if witness.confirmed_by else answer.library
    told = f"{witness.observed}; {answer.library.partition(' ')[0]}: {reason}"
    return replace(finding, witness=replace(witness, kind=WitnessKind.REFUSED, confirmed_by=by, observed=told))


def _told(finding: Finding, more: str) -> Finding:
    witness = finding.witness
    assert witness is not None  # noqa: S101 - the caller looked
    return replace(finding, witness=replace(witness, observed=f"{witness.observed}; {more}"))


def _taken(finding: Finding, library: str) -> Undecided:
    assert finding.witness is not None  # noqa: S101 - the caller looked
    payload = finding.witness.payload.decode()
    reason = f"the schema of the model refuses the event {payload} ({finding.rule}), and the model takes it ({library})"
    return Undecided(finding.reader, finding.writer, reason)


def _refused(trial: Trial, witness: Witness) -> Iterator[Finding]:
    facts = {"model": trial.model.word, "reason": witness.observed}
    mismatch = Mismatch(RULE, Place(), Place(), facts, witness=witness)
    finding = judge(mismatch, Context(trial.reader[0], trial.writer[0], trial.severities, trial.identity))
    if finding is not None:
        yield finding
