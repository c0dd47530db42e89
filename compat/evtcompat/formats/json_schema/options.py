"""What a comparison of JSON Schemas may be asked to do differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.base import READER_AS_WRITTEN, READER_CONVERTS, Setting
from evtcompat.formats.json_schema.addresses import METASCHEMAS
from evtcompat.model.verdicts import Policy

if TYPE_CHECKING:
    from evtcompat.formats import base

POLICY: Final = "policy"
REGISTRY_POLICY: Final = "registry-policy"
ASSERT_FORMATS: Final = "assert-formats"
DEFAULT_DIALECT: Final = "default-dialect"

#: What a configuration may call a dialect, besides its URI.
DIALECTS: Final = {
    "draft-04": METASCHEMAS["draft 4"],
    "draft-06": METASCHEMAS["draft 6"],
    "draft-07": METASCHEMAS["draft 7"],
    "2019-09": METASCHEMAS["2019-09"],
    "2020-12": METASCHEMAS["2020-12"],
}
SETTINGS: Final = (
    Setting(DEFAULT_DIALECT, choices=DIALECTS),
    Setting(ASSERT_FORMATS, strictest=True),
)


@dataclass(frozen=True, slots=True)
class Options:
    """`formats.base.Options` with the settings of JSON Schema as attributes."""

    #: Which instances the writer is taken to produce.
    policy: Policy = Policy.LENIENT
    #: Confluent's ``compatibilityPolicy`` of the registry whose answer is predicted. Unset means strict there.
    registry_policy: Policy = Policy.STRICT
    #: Build witnesses and fixes; without them only verdict, mismatches and places are sure.
    witnesses: bool = True
    #: With witnesses, try fixes of these sides as well.
    fixes: frozenset[str] = frozenset({"reader", "writer"})
    #: Steps of reasoning before a comparison is left undecided.
    budget: int | None = None
    #: `format` refuses what does not conform, rather than being an annotation.
    assert_formats: bool = False
    #: Keep the arguments of a proof for a person to read.
    proofs: bool = False
    #: Answers that are wanted beside our own.
    other_answers: frozenset[str] = frozenset({"registry", "policy"})
    #: Raise what went wrong inside, a witness that the validator does not confirm above all, instead of leaving the
    #: question open. For tests: a user is better served by an open question.
    strict: bool = False
    #: The reader refuses what its schema refuses, whatever the policy: `formats.base.READER_AS_WRITTEN`.
    reader_as_written: bool = False
    #: What the pair before this one leaves, where it is one of a history: `formats.base.WarmStart`.
    warm_start: base.WarmStart | None = field(default=None, compare=False)

    @property
    def lifted(self) -> bool:
        """Whether the reader accepts members that its schema forbids because it does not know them."""
        return self.policy is Policy.LENIENT and not self.reader_as_written

    @staticmethod
    def of(options: base.Options) -> Options:
        """The options of a comparison."""
        policy, registry_policy = options.settings.get(POLICY), options.settings.get(REGISTRY_POLICY)
        return Options(
            policy=policy if isinstance(policy, Policy) else Policy.LENIENT,
            registry_policy=registry_policy if isinstance(registry_policy, Policy) else Policy.STRICT,
            witnesses=options.witnesses,
            fixes=options.fixes,
            budget=options.budget,
            assert_formats=any(options.settings.get(word) is True for word in (ASSERT_FORMATS, READER_CONVERTS)),
            proofs=options.proofs,
            other_answers=options.other_answers,
            reader_as_written=options.settings.get(READER_AS_WRITTEN) is True,
            warm_start=options.warm_start,
        )
