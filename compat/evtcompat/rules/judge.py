"""From a mismatch to a finding: the rule gives severity and words, the documents give line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document
from evtcompat.model.findings import Finding, FoundAt
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity
from evtcompat.model.witnesses import Witness
from evtcompat.rules.catalogue import catalogue
from evtcompat.syntax.documents import locate

_ORDER = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
#: The most causes that one finding tells, nested ones included.
MOST_CAUSES: Final = 100


@dataclass(frozen=True, slots=True)
class Severities:
    """How much each rule weighs in this run."""

    #: By rule id; ``None`` silences the rule. Rules that are not named keep their own severity.
    overrides: Mapping[str, Severity | None] = field(default_factory=dict)
    #: Findings of at least this severity weigh as errors.
    fail_on: Severity = Severity.ERROR

    def of(self, rule: Rule) -> Severity | None:
        """The severity of a rule's findings, or ``None`` when it is silenced."""
        severity = self.overrides.get(rule.id, rule.severity)
        if severity is not None and _ORDER.index(severity) >= _ORDER.index(self.fail_on):
            return Severity.ERROR
        return severity


_OWN: Final = Severities()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison, for words and places."""

    #: How messages call it: ``v3``, ``the candidate``.
    label: str
    document: Document
    #: Referenced documents by origin.
    documents: Mapping[str, Document] = field(default_factory=dict)
    #: Places that were asked for before; causes that mismatches share are told with each of them.
    _located: dict[Place, Place] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def _says_nothing(self) -> bool:
        """Whether places have neither a line nor an origin: of a value that a caller handed over."""
        return self.document.text is None and self.document.origin is None

    def locate(self, place: Place) -> Place:
        """The place with origin, line and column."""
        if place.line is not None or (place.origin is None and self._says_nothing):
            return place
        found = self._located.get(place)
        if found is None:
            document = self.documents.get(place.origin) if place.origin is not None else None
            found = self._located[place] = locate(document or self.document, place)
        return found if found.through == place.through else replace(found, through=place.through)


@dataclass(frozen=True, slots=True)
class Context:
    """What stays the same for all findings of one comparison."""

    reader: Side
    writer: Side
    severities: Severities
    #: What makes a fingerprint belong to this comparison: subject, direction, hash of the baseline.
    identity: tuple[str, ...] = ()
    #: The format of the schemas; ``None`` for findings about a run.
    format: SchemaFormat | None = None


def judge(mismatch: Mismatch, context: Context) -> Finding | None:
    """The finding for a mismatch, or ``None`` when its rule is silenced.

    Mismatches of recursive types share their causes, and share them again: told as a tree they grow exponentially. A
    cause is told once in a finding, where it is met first, and at most `MOST_CAUSES` are; where a chain is cut its last
    link stays. The message says how many are missing.

    Raises:
        KeyError: The engine named a rule that is not in the catalogue.
    """
    return _judge(mismatch, context, {id(mismatch)})


def _judge(mismatch: Mismatch, context: Context, told: set[int]) -> Finding | None:
    rule = catalogue().rule(mismatch.rule, context.format)
    severity = context.severities.of(rule)
    if severity is None:
        return None
    # what is wrong with one of the two schemas has its place there, whichever of them it is
    side = mismatch.facts.get("side")
    # causes explain; they are never silenced on their own
    inner = replace(context, severities=_OWN) if mismatch.because else context
    because: list[Finding] = []
    repeated = cut = 0
    for cause in mismatch.because:
        kept = cause
        if len(told) >= MOST_CAUSES:
            cut += 1
            if because or len(told) > MOST_CAUSES:
                continue
            while kept.because:
                kept = kept.because[0]
        if id(kept) in told:
            repeated += kept is cause
            continue
        told.add(id(kept))
        finding = _judge(kept, inner, told)
        if finding is not None:
            because.append(finding)
    ours = context.writer if side == "writer" else context.reader
    writer = (context.reader if side == "reader" else context.writer).locate(mismatch.writer)
    fingerprint = fingerprint_of(mismatch, context.identity, rule)
    return Finding(
        rule=rule.id,
        severity=severity,
        message=message_of(rule, mismatch, context) + _missing(repeated, cut),
        reader=ours.locate(mismatch.reader),
        writer=writer,
        because=tuple(because),
        fix=mismatch.fix,
        alternatives=mismatch.alternatives,
        witness=_witness(mismatch, rule),
        fingerprint=fingerprint,
        side=side if side in ("reader", "writer") else None,
        also=tuple([FoundAt(rule.id, ours.locate(place), writer, fingerprint) for place in mismatch.also]),
        repeats=bool(repeated) and not because,
    )


def _witness(mismatch: Mismatch, rule: Rule) -> Witness | None:
    """The payload, with the name of what it lacks where the rule is about that."""
    lacks = mismatch.facts.get(rule.lacking) if rule.lacking else None
    if mismatch.witness is None or not isinstance(lacks, str):
        return mismatch.witness
    return replace(mismatch.witness, lacks=lacks)


def _missing(repeated: int, cut: int) -> str:
    """What is said of causes that a finding does not tell."""
    if cut:
        return f" Causes are left out here, {cut} in number; one finding tells {MOST_CAUSES}."
    if repeated:
        return f" {repeated} more {'cause is' if repeated == 1 else 'causes are'} told before, in this finding."
    return ""


def message_of(rule: Rule, mismatch: Mismatch, context: Context) -> str:
    """The rule's sentence about this mismatch, with a capital letter and a full stop."""
    template = rule.template(mismatch.facts)
    sentence = template.format(**mismatch.facts, reader=context.reader.label, writer=context.writer.label)
    if rule.explains_cause and mismatch.because:
        cause = mismatch.because[0]
        # a cause is shown in full below; the message names the first, whatever is behind it
        why = message_of(catalogue().rule(cause.rule, context.format), replace(cause, because=()), context)
        sentence = f"{sentence.removesuffix('.')}: {why}"
    # a name from a schema keeps its letters; the words of a rule and the labels of the sides begin a sentence
    if not template.startswith("{") or template.startswith(("{reader}", "{writer}")):
        sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def fingerprint_of(mismatch: Mismatch, identity: tuple[str, ...], rule: Rule) -> str:
    """24 hexadecimal digits that name the finding whatever the layout of the files is.

    Made of the identity, the rule by the id that it had first, both schema paths (by names where the format has them)
    and the facts; never of a line, a file name or the words of a message.
    """
    reader = mismatch.reader.names or mismatch.reader.pointer
    writer = mismatch.writer.names or mismatch.writer.pointer
    return content_hash([*identity, rule.original, reader, writer, dict(mismatch.facts)])[:24]
