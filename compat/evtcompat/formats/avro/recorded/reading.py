"""One reader and the events of one writer: proved, scanned, or read by fastavro."""

from __future__ import annotations

import io
from functools import cached_property, partial
from itertools import pairwise
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.canonical import identical
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.carriers import carriers_of
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.recorded.comparing import Comparer, as_whole, several
from evtcompat.formats.avro.recorded.pairing import Pairing, Site
from evtcompat.formats.avro.recorded.scanner import Skipper, check_end, damage_of, followed, has_empty_entries, over_all
from evtcompat.formats.avro.refusals import refusals
from evtcompat.formats.avro.types import Union
from evtcompat.formats.recorded import Batch, DamagedError, Deviation
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Severity
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.recorded.comparing import Compare
    from evtcompat.formats.avro.recorded.scanner import Step
    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.findings import Finding
    from evtcompat.model.places import Place

#: Words in a pointer behind which a finding tells which part of a type it is about.
_ASPECTS: Final = ("symbols", "size", "default", "aliases", "name", "logicalType", "precision", "scale")


@dataclass(frozen=True)
class AvroReading:
    """See `evtcompat.formats.recorded.Reading`."""

    proved: bool
    projected: bool
    base: Outcome
    base_hits: tuple[int, ...]
    _scan: Step
    #: By the number of a site: its outcome, and the findings beside `base_hits` that an event hits there.
    _sites: tuple[tuple[Outcome, frozenset[int]], ...]
    _decoder: Decoder = field(repr=False)

    def judge(self, batch: Batch) -> list[Deviation]:
        """See `Reading`: by scanning, where that is exact, else by fastavro."""
        if self.proved:
            return []
        return self._scanned(batch) if self.projected else self.decode(batch)

    def decode(self, batch: Batch) -> list[Deviation]:
        """See `Reading`. The findings that an event hits are still told by a scan: a decoder knows none."""
        hits = {found.index: found.hits for found in self._scanned(batch)} if self._tells else {}
        base, found = self.base, []
        for index, decoded in enumerate(self._decoder.outcomes(batch)):
            if decoded.outcome is not base or index in hits:
                whole = batch.parts[index if batch.joined is None else 0]
                payload = whole[decoded.start : decoded.end]
                found.append(Deviation(index, decoded.outcome, hits.get(index, ()), payload, decoded.said))
        return found

    @property
    def _tells(self) -> bool:
        return any(hits for _, hits in self._sites)

    def _scanned(self, batch: Batch) -> list[Deviation]:
        if batch.joined is None:
            return list(self._messages(batch.parts))
        return self._joined(batch.parts[0], batch.joined)

    def _joined(self, data: bytes, count: int) -> list[Deviation]:
        scan, found = self._scan, []
        at = 0
        met: list[int] = []
        try:
            for index in range(count):
                start = at
                try:
                    at = scan(data, at, met)
                except RecursionError:
                    at = followed(scan, data, at, met)
                if met:
                    deviation = self._deviation(index, met, data[start:at])
                    if deviation is not None:
                        found.append(deviation)
                    met.clear()
        except (IndexError, RecursionError) as error:
            raise DamagedError(damage_of(error)) from error
        check_end(at, data)
        return found

    def _messages(self, parts: Sequence[bytes]) -> Iterator[Deviation]:
        scan = self._scan
        for index, payload in enumerate(parts):
            met: list[int] = []
            try:
                try:
                    end = scan(payload, 0, met)
                except RecursionError:
                    end = followed(scan, payload, 0, met)
                if end != len(payload):
                    check_end(end, payload)
            except (IndexError, RecursionError) as error:
                yield Deviation(index, None, (), payload, damage_of(error))
                continue
            except DamagedError as error:
                yield Deviation(index, None, (), payload, str(error))
                continue
            if met:
                deviation = self._deviation(index, met, payload)
                if deviation is not None:
                    yield deviation

    def _deviation(self, index: int, met: Sequence[int], payload: bytes) -> Deviation | None:
        outcome, hits = self.base, frozenset[int]()
        for number in met:
            of_site, findings = self._sites[number]
            if of_site.weight > outcome.weight:
                outcome = of_site
            hits |= findings
        if outcome is self.base and not hits:
            return None
        return Deviation(index, outcome, tuple(sorted(hits)), payload)


class Decoder:
    """fastavro, reading events as their writer and as their reader."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        """Nothing is asked of fastavro yet."""
        self._reader, self._writer = reader, writer
        self._skip = Skipper().of(writer.root)

    @cached_property
    def _guarded(self) -> bool:
        """Whether a few bytes may be more than fastavro can bear: nested without end, or entries without a byte."""
        return self._writer.recursive or has_empty_entries(self._writer.root)

    @cached_property
    def objection(self) -> str | None:
        """What fastavro says against one of the schemas, so that the reader reads no event at all."""
        try:
            codec.stream_decoder(self._writer, self._reader)
        except CodecError as error:
            if not error.refused:
                raise
            return error.message
        return codec.objection(self._reader, self._writer)

    @property
    def unsure(self) -> bool:
        """Whether fastavro refuses events that the two schemas allow."""
        return self.objection is not None or bool(refusals(self._writer))

    @cached_property
    def _as_written(self) -> Callable[[IO[bytes]], Any]:
        return codec.stream_decoder(recursing(carriers_of, self._writer))

    @cached_property
    def _ambiguous(self) -> bool:
        """Whether what fastavro reads does not tell the branch that was written."""
        return any(isinstance(one, Union) and several(one) for one in reachable(self._writer.root))

    @cached_property
    def _as_read(self) -> Callable[[IO[bytes]], Any]:
        return self._reading_decoder(decimals=False)

    @cached_property
    def _with_decimals(self) -> Callable[[IO[bytes]], Any]:
        return self._reading_decoder(decimals=True)

    def _reading_decoder(self, *, decimals: bool) -> Callable[[IO[bytes]], Any]:
        writer = recursing(partial(carriers_of, decimals=decimals), self._writer)
        resolved = not recursing(identical, self._reader, self._writer)
        return codec.stream_decoder(writer, recursing(carriers_of, self._reader), resolved=resolved)

    @cached_property
    def _compare(self) -> Compare:
        return Comparer().of(self._reader.root, self._writer.root) or as_whole

    @cached_property
    def _compare_decimals(self) -> Compare:
        return Comparer(decimals=True).of(self._reader.root, self._writer.root) or as_whole

    def outcomes(self, batch: Batch) -> list[Decoded]:
        """What becomes of every event. Of types that contain themselves it nests as deep as it likes.

        Raises:
            DamagedError: A block is damaged.
        """
        return deep.run(deep.SHALLOW + 1 if self._guarded else 0, lambda: list(self._outcomes(batch)))

    def _outcomes(self, batch: Batch) -> Iterator[Decoded]:
        if batch.joined is None:
            for payload in batch.parts:
                try:
                    yield from self._events(payload, 1)
                except DamagedError as error:
                    yield Decoded(None, 0, len(payload), str(error))
        else:
            yield from self._events(batch.parts[0], batch.joined)

    def _events(self, data: bytes, count: int) -> Iterator[Decoded]:
        """The events of some bytes, which end with the last of them; told only once it is known that they do."""
        if self._guarded or self.objection is not None:
            offsets = over_all(self._skip, data, count)
            if self.objection is not None:
                return iter([Decoded(Outcome.REFUSED, *event, self.objection) for event in pairwise(offsets)])
        as_written, as_read, compare = self._as_written, self._as_read, self._compare
        one, other = io.BytesIO(data), io.BytesIO(data)
        end, found = 0, []
        for _ in range(count):
            start = end
            try:
                written = as_written(one)
            except CodecError as error:
                if not error.refused:
                    raise
                raise DamagedError(error.message) from error
            end = one.tell()
            if self._ambiguous:
                written = self._with_branches(data[start:end])
            try:
                read = as_read(other)
            except CodecError as error:
                if not error.refused:
                    raise
                outcome, said = self._read_with_decimals(data[start:end], written)
                other.seek(end)
            else:
                said = codec.unreadable(self._writer, data[start:end]) or ""
                outcome = Outcome.REFUSED if said else compare(read, written)
            found.append(Decoded(outcome, start, end, said))
        check_end(end, data)
        return iter(found)

    def _with_branches(self, payload: bytes) -> Datum:
        try:
            return binary.decode(self._writer.root, payload)
        except ValueError as error:
            raise DamagedError(str(error)) from error

    def _read_with_decimals(self, payload: bytes, written: object) -> tuple[Outcome, str]:
        """What becomes of an event that is refused without logical types, and what fastavro says where it is with them.

        It reads a decimal where the bytes would be text.
        """
        try:
            read = self._with_decimals(io.BytesIO(payload))
        except CodecError as error:
            return Outcome.REFUSED, error.message
        return self._compare_decimals(read, written), ""


class Decoded(NamedTuple):
    """What became of an event in fastavro."""

    #: ``None``: the writer itself does not read it.
    outcome: Outcome | None
    #: Where it begins and ends in its bytes.
    start: int
    end: int
    said: str = ""


def reading_of(reader: AvroSchema, writer: AvroSchema, findings: Sequence[Finding], *, sure: bool) -> AvroReading:
    """What a reader makes of a writer's events, with the findings of a check of the two.

    Args:
        reader: The reader.
        writer: The writer.
        findings: Of the check, which were found from the same two schemas.
        sure: Whether the check has settled every part.
    """
    survey = Pairing(reader, writer)
    root = survey.root()
    hits, unexplained = _hits(survey.sites, findings)
    decoder = Decoder(reader, writer)
    unsure = survey.unsure or unexplained or decoder.unsure or not sure
    # a site is told of an event where it makes the event worse than every event is, or hits a finding that not all do
    wanted = frozenset(
        number
        for number, site in enumerate(survey.sites)
        if number not in root.always and (hits[number] or site.outcome.weight > root.best.weight)
    )
    pairing = Pairing(reader, writer, wanted)
    scan = pairing.step_of(pairing.root())
    always = frozenset[int]().union(*(hits[number] for number in root.always))
    return AvroReading(
        proved=not unsure and not wanted,
        projected=not unsure,
        base=root.best,
        base_hits=tuple(sorted(always)),
        _scan=scan,
        _sites=tuple((site.outcome, hits[number] - always) for number, site in enumerate(pairing.sites)),
        _decoder=decoder,
    )


def _hits(sites: Sequence[Site], findings: Sequence[Finding]) -> tuple[list[frozenset[int]], bool]:
    """The findings that each site hits, and whether there is a finding that no site accounts for.

    An error is accounted for by a site where a value is refused or misread, a warning by one where it is lost or worse.
    """
    hits: list[set[int]] = [set() for _ in sites]
    unexplained = False
    for index, finding in enumerate(findings):
        least = {Severity.ERROR: Outcome.MISREAD, Severity.WARNING: Outcome.LOSSY}.get(finding.severity)
        there = [number for number, site in enumerate(sites) if _at(finding, site)]
        enough = [number for number in there if least is None or sites[number].outcome.weight >= least.weight]
        unexplained |= least is not None and not enough
        for number in enough or there:
            hits[number].add(index)
    unexplained |= any(
        site.outcome.weight >= Outcome.LOSSY.weight and not hits[number] for number, site in enumerate(sites)
    )
    return [frozenset(found) for found in hits], unexplained


def _at(finding: Finding, site: Site) -> bool:
    return _holds(finding.reader, site.reader) and _holds(finding.writer, site.writer)


def _holds(finding: Place, site: Place) -> bool:
    """Whether a finding's place is a site's, or surrounds it."""
    outer, inner = _tokens(finding), _tokens(site)
    return inner[: len(outer)] == outer or outer[: len(inner)] == inner


def _tokens(place: Place) -> list[str]:
    tokens = place.pointer.split("/")
    return tokens[:-1] if tokens[-1] in _ASPECTS else tokens
