"""The JSON Schema engine behind the interface that both formats share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.formats import base
from evtcompat.formats.base import Schema as AnySchema
from evtcompat.formats.base import Settled
from evtcompat.formats.json_schema import decide, deep, telling
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.dialects import by_uri
from evtcompat.formats.json_schema.lint import lint
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.schemas import load_schema
from evtcompat.formats.json_schema.telling import Decided
from evtcompat.model.documents import Document, References
from evtcompat.model.mismatches import Mismatch, Relation, Undecided
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Verdict

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class JsonSchemaEngine:
    """Decides whether a reader accepts whatever a writer may produce, and says why."""

    #: The ``$schema`` of documents that name none; `dialects.DEFAULT` when absent.
    default_dialect: str | None = None
    #: Raise what goes wrong inside instead of leaving the question open (`Options.strict`).
    strict: bool = False

    def parse(self, document: Document, references: References) -> Schema:
        """The schema that ``document`` writes.

        Raises:
            SchemaError: It is none, or beyond a limit, with the place.
        """
        default = None if self.default_dialect is None else by_uri(self.default_dialect)
        return load_schema(document, references, default)

    def relation(self, reader: AnySchema, writer: AnySchema, options: base.Options) -> Relation:
        """What becomes of the writer's instances in the reader.

        Incompatible if and only if a mismatch of severity error is among the mismatches; undecided parts are listed
        only where neither a counterexample nor a proof was found.

        Raises:
            UncheckedError: The pair is incompatible, and a fault kept it from being explained.
        """
        found = _decided(_own(reader), _own(writer), self._options(options))
        return _told(found) if isinstance(found, Decided) else found

    def answer(self, reader: AnySchema, writer: AnySchema, options: base.Options) -> Relation | Settled:
        """The relation, or the verdict with the rest still to be found.

        An instance that the reader refuses makes every explanation hold an error, and without one there are but
        warnings: so what was decided is the verdict, whatever its explanation will say. What is found later is found in
        the schemas as they were decided; those that may change in between are told of at once.

        Raises:
            UncheckedError: The pair is incompatible, and a fault kept it from being explained.
        """
        found = _decided(_own(reader), _own(writer), self._options(options))
        if not isinstance(found, Decided):
            return found
        if found.answer.verdict is Verdict.UNDECIDED or not found.lasting:
            return _told(found)
        return Settled(
            found.answer.verdict,
            partial(_later, found, telling.registry_verdict),
            partial(_later, found, telling.explained),
            partial(_later, found, telling.other_policy),
        )

    def _options(self, options: base.Options) -> Options:
        return Options(
            policy=options.policy,
            witnesses=options.witnesses,
            budget=options.budget,
            assert_formats=options.assert_formats,
            proofs=options.proofs,
            strict=self.strict,
        )

    def lint(self, schema: AnySchema) -> tuple[Mismatch, ...]:
        """Findings about one schema alone: misspelt keywords, keywords of another draft or without effect."""
        own = _own(schema)
        return deep.run(own.nesting, lambda: lint(own.value, own.dialect))

    def rejection(self, schema: AnySchema) -> str | None:  # noqa: ARG002 - of the protocol
        """Why a Confluent registry would refuse to register this schema; no reason is known for one that parses."""
        return None


def _own(schema: AnySchema) -> Schema:
    if isinstance(schema, Schema):
        return schema
    message = f"a schema of this engine was expected, not {type(schema).__name__}"
    raise TypeError(message)


def _decided(reader: Schema, writer: Schema, options: Options) -> Decided | Relation:
    """The pair with its answer; a relation that leaves it open where a fault kept it from being decided."""
    try:
        return Decided(reader, writer, options, decide.decide(reader, writer, options))
    except EvtcompatError:
        raise
    except Exception as failure:
        # The validator and the format checkers of other people raise what they like: the question is open then.
        if options.strict:
            raise
        return _open(failure)


def _told(pair: Decided) -> Relation:
    """All that there is to say of a pair.

    Raises:
        UncheckedError: It is incompatible, and a fault kept it from being explained.
    """
    try:
        return telling.relation(pair)
    except EvtcompatError:
        raise
    except Exception as failure:
        if pair.options.strict:
            raise
        if pair.answer.verdict is Verdict.INCOMPATIBLE:
            raise _unexplained(pair.answer, failure) from failure
        return _open(failure)


def _later(pair: Decided, tell: Callable[[Decided], _T]) -> _T:
    """What there is to say of a pair whose verdict is known already.

    Raises:
        UncheckedError: A fault kept it from being found.
    """
    try:
        return tell(pair.as_decided())
    except EvtcompatError:
        raise
    except Exception as failure:
        if pair.options.strict:
            raise
        raise _unexplained(pair.answer, failure) from failure


def _unexplained(answer: Answer, failure: Exception) -> UncheckedError:
    """What was decided must neither be lost with its explanation nor pass for an open question."""
    message = f"the pair is {answer.verdict.value}, but explaining it failed ({_said(failure)})"
    return UncheckedError(message, hint="Please report it with both schemas.")


def _open(failure: Exception) -> Relation:
    reason = f"the comparison failed ({_said(failure)}); please report it"
    return Relation(undecided=(Undecided(Place(), Place(), reason),))


def _said(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"
