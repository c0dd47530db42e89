"""The payloads of a JSON Schema behind the interface that all formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass
from evtcompat.formats import wire
from evtcompat.formats.encodings import Encoding
from evtcompat.formats.json_schema.algebra.membership import holds
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.payloads.encodings import CONFLUENT, JSON
from evtcompat.formats.json_schema.payloads.packing import packed
from evtcompat.formats.json_schema.payloads.poison import beyond_floats, poison_of
from evtcompat.formats.json_schema.payloads.producing import Producing
from evtcompat.formats.json_schema.payloads.undeclared import (
    violation_of,
    with_declared_alone,
    without_undeclared,
)
from evtcompat.formats.json_schema.policy import accepted
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import Validator, validator_of
from evtcompat.formats.json_schema.values import STEPS_TO_LOOK, covered
from evtcompat.formats.payloads import Covering, Generated, PayloadError, Payloads, PoisonMessage
from evtcompat.model.canonical import content_hash
from evtcompat.model.json_texts import FarNumberError, one_line, parse
from evtcompat.model.readings import Note, NoteKind, Outcome, Reading
from evtcompat.regular.steps import BudgetExceededError, Steps
from evtcompat.syntax import deep
from evtcompat.syntax.json_text import deeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class JsonPayloads:
    """See `evtcompat.formats.payloads.Payloads`; the validator is jsonschema."""

    schema: Schema
    options: Options

    @property
    def content(self) -> str:
        """SHA-256 of the document and of those that it refers to."""
        documents = self.schema.documents
        return content_hash([self.schema.value, *(documents[origin].value for origin in sorted(documents))])

    @property
    def container(self) -> None:
        """Instances are not put into one file."""
        return

    def generate(self, seed: int) -> Covering:
        """See `Payloads`: under the lenient policy instances hold declared members only."""
        found = covered(self.schema, seed)
        valid = [(one.label, one.value) for one in found.values if one.valid]
        validator = Validator(self.schema, self.options.assert_formats)
        producing = Producing(self.schema, self.options, validator, Steps(STEPS_TO_LOOK))
        made = Covering(uncovered=found.uncovered, stopped=found.stopped)
        try:
            for covers, value in packed(valid, producing.produces):
                label = covers[0] if len(covers) == 1 else f"{covers[0]} and {len(covers) - 1} more"
                made.append(Generated(label, covers, text(value)))
        except BudgetExceededError:
            made.uncovered += len(valid) - sum(len(one.covers) for one in made)
        made.stopped = made.stopped or (bool(valid) and not made)  # not that none may be produced: nobody can show it
        return made

    def decode(self, body: bytes) -> object:
        """See `Payloads`: the JSON value. Events of types that contain themselves nest as deep as they like."""
        return deep.run(deeper(body, self.schema.nesting), lambda: self._decoded(body))

    def _decoded(self, body: bytes) -> object:
        try:
            value = parse(body, finite=True)
        except ValueError as error:
            raise PayloadError(str(error)) from error
        violation = violation_of(self.schema, self._validator, value)
        if violation is not None:
            message = f"not valid for its own writer: {violation.summary}"
            raise PayloadError(message)
        return value

    def read(self, writer: Payloads, body: bytes) -> Reading:  # noqa: ARG002 - a JSON text reads the same whoever wrote it
        """See `Payloads`: jsonschema's answer for the schema as written, then the policy's."""
        return deep.run(deeper(body, self.schema.nesting), lambda: self._read(body))

    def _read(self, body: bytes) -> Reading:
        try:
            value = parse(body, finite=True)
        except FarNumberError as error:
            raise PayloadError(str(error)) from error
        except ValueError as error:
            return Reading(Outcome.REFUSED, None, f"not JSON: {error}")
        if self.options.lifted:
            known = with_declared_alone(self.schema, self._validator, value)
            if known is not None:
                return Reading(Outcome.OK, known[0], "", tuple(Note(NoteKind.IGNORED, path) for path in known[1]))
        violation = violation_of(self.schema, self._validator, value)
        if violation is None:
            return Reading(Outcome.OK, value)
        words = f"{violation.pointer or '(root)'}: {violation.summary}"
        if not self.options.lifted:
            return Reading(Outcome.REFUSED, None, words)
        accepts = accepted(self.schema, self.options.policy)
        fits = holds(accepts, library_value(value))
        if fits is False:
            return Reading(Outcome.REFUSED, None, words)
        kept, ignored = without_undeclared(self.schema, self._validator, value)
        if violation_of(self.schema, self._validator, kept) is None:
            return Reading(Outcome.OK, kept, "", tuple(Note(NoteKind.IGNORED, path) for path in ignored))
        if fits:
            return Reading(Outcome.OK, value, "", (Note(NoteKind.IGNORED, "(undeclared members)", words),))
        return Reading(Outcome.REFUSED, None, words)

    @property
    def _validator(self) -> Validator:
        return validator_of(self.schema, assert_formats=self.options.assert_formats)

    def frame(self, encoding: Encoding, body: bytes, schema_id: int) -> bytes:
        """See `Payloads`."""
        return wire.framed(schema_id, body) if encoding == CONFLUENT else body

    def unframe(self, encoding: Encoding, data: bytes) -> tuple[int, bytes]:  # noqa: ARG002 - only one has a mark
        """See `Payloads`."""
        return wire.unframed(data)

    def poison(self, body: bytes, schema_id: int, newer_id: int) -> Iterator[PoisonMessage]:  # noqa: ARG002 - of the protocol
        """See `Payloads`: plain JSON texts, which carry no schema id."""
        return poison_of(body)

    def refusal(self, message: bytes, content_type: str, writer_of: Callable[[int], Payloads | None]) -> str | None:  # noqa: ARG002 - of the protocol
        """See `Payloads`: a consumer that takes plain JSON texts and reads numbers as 64-bit floats."""
        if content_type != JSON.content_type:
            return f"the content type is {content_type}"
        reading = self.read(self, message)
        if reading.outcome is Outcome.REFUSED:
            return reading.said
        return "a number in it is beyond a 64-bit float" if beyond_floats(reading.value) else None


def text(value: object) -> bytes:
    """The value as a producer would write it: JSON on one line, UTF-8, numbers exactly."""
    return one_line(value).encode()
