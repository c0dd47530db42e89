"""What a rule is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.verdicts import Severity

#: Where the documentation has its pages of rules, each under the id of its rule: everything that links to a rule begins
#: with this. Empty as long as the documentation has no public address: then nothing links, and `evtcompat explain` has
#: the text. A configuration may name a copy of its own (`rule-pages`).
RULE_PAGES: Final = ""


def page_of_rule(rule_id: str, pages: str) -> str | None:
    """The address of a rule's page; ``None`` where pages of rules are not published.

    Args:
        rule_id: The rule.
        pages: What addresses begin with.
    """
    return f"{pages.rstrip('/')}/{quote(rule_id)}.html" if pages else None


@dataclass(frozen=True, slots=True)
class Rule:
    """The named judgement on a kind of mismatch.

    `sentence` is a `str.format` template over the mismatch's facts, and over ``{reader}`` and ``{writer}``, the labels
    of the two sides (``v3``, ``the candidate``). It names what differs and what comes of it, and stands alone.
    """

    id: str
    severity: Severity
    #: The name of the format it belongs to; ``None`` for rules about histories and the gate.
    format: str | None
    #: The template of the message.
    sentence: str
    #: What it finds: one sentence.
    what: str
    #: Why it breaks, and whom.
    why: str
    #: A small before and after.
    example: str
    #: What to do instead.
    remedy: str
    #: What it cannot see, where decoders differ; may be empty.
    limits: str = ""
    #: Whether the payload is read as something else rather than refused.
    misreads: bool = False
    #: Other templates for cases that need other words, by what a mismatch's fact ``case`` says.
    cases: Mapping[str, str] = field(default_factory=dict)
    #: Whether a schema may break it beside itself. Where the baseline did, the same finding is no error of the change:
    #: decoders fail with the baseline alone already, or read the pair as they do the baseline. A rule that speaks of
    #: what fails only once the schemas differ is not; its facts tell the one from the other where it may be either.
    reflexive: bool = False
    #: Whether it fails a check also where the baseline broke it before: the schema is none to decoders of note.
    fails_when_inherited: bool = False
    #: The id that it had first, where it has another now: fingerprints keep it, and people may.
    formerly: str = ""
    #: The fact that names what its payloads lack: a member that the reader asks for; ``""`` where they lack none.
    lacking: str = ""
    #: What a schema registry calls it, where it refuses a pair for this and has a word for it.
    registry_name: str = ""
    #: Whether the message goes on with the first of the mismatch's causes.
    explains_cause: bool = False

    @property
    def original(self) -> str:
        """The id that it had first."""
        return self.formerly or self.id

    def template(self, facts: Mapping[str, object]) -> str:
        """The template for a mismatch with these facts."""
        return self.cases.get(str(facts.get("case")), self.sentence)
