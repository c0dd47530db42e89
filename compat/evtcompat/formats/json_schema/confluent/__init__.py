"""What a Confluent Schema Registry would answer for a pair of JSON Schemas.

Its rule set compares keywords and is not inclusion: under its strict policy it refuses an optional property added to
an open object, and it lets pass what it does not look at (`contains`, `if`, `propertyNames`, `patternProperties`,
`format`). This follows the `json-schema-provider` of the 8.5 development line of August 2026, and the loaders below it
(everit for drafts 4 to 7, json-sKema for later ones). The last release before it, 8.3.1, differs in two respects: it
compares `multipleOf` by whole parts, and follows recursive schemas less far.

Known differences: where the registry fails with an internal error (a lowered `exclusiveMaximum` without `maximum`) the
prediction says refused; a document that its loader cannot take, or a reference that leads to a document not known here,
leaves the prediction open.
"""

from __future__ import annotations

from typing import Final

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.confluent.changes import ALLOWED_BY, passes
from evtcompat.formats.json_schema.confluent.comparison import Difference, RegistryComparison, pointer_of
from evtcompat.formats.json_schema.confluent.documents import Lookup, RegistryDocument, nowhere
from evtcompat.formats.json_schema.confluent.leaves import PlacedKind
from evtcompat.formats.json_schema.confluent.shapes import UnreadableError
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Pairs of parts and differences that are followed.
_STEPS: Final = 200_000

__all__ = ["ALLOWED_BY", "Difference", "Prediction", "RegistryDocument", "predict", "predict_documents"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The registry's answer for one direction, and the differences that it rests on."""

    #: `COMPATIBLE`, `INCOMPATIBLE`, or `UNDECIDED` with `reason`.
    verdict: Verdict
    #: Why the prediction is open; ``""`` when it is not.
    reason: str = ""
    #: What was found, and the kinds of it that the policy does not let pass. It may be very much, each deep below, and
    #: most who ask want no more than the verdict.
    found: tuple[PlacedKind, ...] = ()
    refused_kinds: frozenset[str] = frozenset()

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All differences found, those that pass included."""
        return tuple(Difference(kind, pointer_of(way)) for kind, way in self.found)

    @property
    def refused(self) -> tuple[Difference, ...]:
        """The differences that the policy does not let pass."""
        return tuple(Difference(kind, pointer_of(way)) for kind, way in self.found if kind in self.refused_kinds)


def predict(
    reader: JSON,
    writer: JSON,
    policy: Policy,
    *,
    reader_documents: Lookup = nowhere,
    writer_documents: Lookup = nowhere,
) -> Prediction:
    """What the registry would answer when `reader` is registered to read what `writer` wrote.

    Args:
        reader: The parsed schema that Confluent calls the update.
        writer: The parsed schema that Confluent calls the original.
        policy: The registry's compatibility policy; STRICT is its default.
        reader_documents: Finds referenced documents by URI, without fragment; never the network.
        writer_documents: The same for the writer's references.
    """
    return predict_documents(
        RegistryDocument(reader, reader_documents), RegistryDocument(writer, writer_documents), policy
    )


def predict_documents(reader: RegistryDocument, writer: RegistryDocument, policy: Policy) -> Prediction:
    """The same for documents that were loaded once and are compared several times."""
    known_bad: dict[tuple[int, int], list[PlacedKind]] = {}
    steps = Steps(_STEPS)
    try:
        roots = writer.root(), reader.root()
        while True:
            comparison = RegistryComparison(policy, writer.follow, reader.follow, known_bad, steps)
            found = comparison.compare(*roots)
            if not comparison.wrongly_assumed():
                break
            # Look again with what is known to fail.
            known_bad |= comparison.incompatible_pairs()
    except UnreadableError as error:
        return Prediction(Verdict.UNDECIDED, reason=str(error))
    except RecursionError:
        return Prediction(Verdict.UNDECIDED, reason="the schema is nested too deeply to follow the registry's steps")
    except BudgetExceededError:
        return Prediction(Verdict.UNDECIDED, reason=f"the registry would list more than {_STEPS} pairs and differences")
    refused = frozenset(kind for kind in {kind for kind, _ in found} if not passes((kind,), policy))
    verdict = Verdict.INCOMPATIBLE if refused else Verdict.COMPATIBLE
    return Prediction(verdict, found=tuple(found), refused_kinds=refused)
