"""Evidence for what was found in a pair: a witness for each occurrence, and a fix that was tried."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.formats.avro.fixes import Fixer, tries
from evtcompat.formats.avro.payloads.witness import witnesses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.fixes import Compare
    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.mismatches import Mismatch


def with_evidence(
    reader: AvroSchema, writer: AvroSchema, found: Sequence[Occurrence], compare: Compare | None
) -> tuple[Mismatch, ...]:
    """The mismatches with witnesses, and with fixes that are tried by `compare`; without it there are none."""
    proofs = witnesses(reader, writer, found)
    if compare is None:
        return tuple(replace(one.mismatch, witness=proof) for one, proof in zip(found, proofs, strict=True))
    fixes = Fixer(reader, writer, compare, found).fixes(found[: tries(len(found))])
    return tuple(replace(one.mismatch, witness=proof, fix=fix) for one, proof, fix in zip_longest(found, proofs, fixes))
