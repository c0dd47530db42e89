"""What a comparison of JSON Schemas may be asked to do differently."""

from __future__ import annotations

from dataclasses import dataclass

from evtcompat.model.verdicts import Policy


@dataclass(frozen=True, slots=True)
class Options:
    """`formats.base.Options` with the settings of JSON Schema as attributes."""

    policy: Policy = Policy.LENIENT
    #: Build witnesses and fixes; without them only verdict, mismatches and places are sure.
    witnesses: bool = True
    #: Steps of reasoning before the question is left undecided; `decide.DEFAULT_BUDGET` when ``None``.
    budget: int | None = None
    #: ``format`` is an assertion, not an annotation.
    assert_formats: bool = False
    #: Keep the arguments of a proof for a person to read.
    proofs: bool = False
    #: Raise what went wrong inside, a witness that the validator does not confirm above all, instead of leaving the
    #: question open. For tests: a user is better served by an open question.
    strict: bool = False
