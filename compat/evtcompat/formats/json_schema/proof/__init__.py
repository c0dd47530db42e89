"""What settled each part of a "compatible", for a person who audits it.

The proof itself is that the search for a counterexample ended without one. What is shown is how it divides: each demand
of the reader, with the keywords of the writer that it follows from. Every such step is a question of its own that the
engine has answered; a demand that follows only from the writer's schema as a whole is reported so.
"""

from __future__ import annotations

from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.proof.account import Account
from evtcompat.model.mismatches import ProofStep
from evtcompat.model.verdicts import Verdict
from evtcompat.syntax import deep


def steps_of(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[ProofStep, ...]:
    """The arguments behind a compatible answer, the root first; none where ``options`` ask for none."""
    if answer.verdict is not Verdict.COMPATIBLE or not options.proofs:
        return ()
    return deep.run(max(reader.nesting, writer.nesting), lambda: tuple(Account(reader, writer, answer, options).tell()))
