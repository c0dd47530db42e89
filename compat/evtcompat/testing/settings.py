"""Levels, policies, modes and the rest that a registry is told: for one subject, a context, or everything."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.names import DEFAULT_CONTEXT, parse_subject

#: The scope of the default context, and that of all contexts.
ROOT = ""
EVERYWHERE = ":.__GLOBAL:"
LEVEL = "compatibilityLevel"
#: What a registry keeps beside the level, as it was given.
KEPT = (
    "compatibilityPolicy",
    "compatibilityGroup",
    "normalize",
    "validateFields",
    "alias",
    "defaultMetadata",
    "overrideMetadata",
    "defaultRuleSet",
    "overrideRuleSet",
)
_READ_ONLY = frozenset({"READONLY", "READONLY_OVERRIDE"})


def scope_of(subject: str) -> str:
    """A subject, or the scope of a context that is named without a subject (``:.context:``)."""
    named = parse_subject(subject)
    return ROOT if not named.name and named.context == DEFAULT_CONTEXT else subject


def scopes_of(subject: str) -> Iterator[str]:
    """Where what holds for a subject is looked for, in this order."""
    scope = scope_of(subject)
    yield scope
    context = parse_subject(subject).context
    outer = ROOT if context == DEFAULT_CONTEXT else f":{context}:"
    if scope != outer:
        yield outer
    if scope != EVERYWHERE:
        yield EVERYWHERE


@dataclass(slots=True)
class Settings:
    """By scope. What is not set in one is looked for in the next."""

    #: The level where nobody sets one.
    default: Level = Level.BACKWARD
    configs: dict[str, dict[str, JSON]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)

    def effective(self, subject: str) -> dict[str, JSON]:
        """What holds for a subject or scope. Only a subject's own alias does."""
        found: dict[str, JSON] = {LEVEL: self.default.value}
        for scope in reversed([*scopes_of(subject)]):
            found.update(self.configs.get(scope, {}))
        found.pop("alias", None)
        own = self.configs.get(scope_of(subject), {})
        return {**found, **({"alias": own["alias"]} if "alias" in own else {})}

    def level(self, subject: str = ROOT) -> Level:
        """The level that holds for a subject."""
        return Level(str(self.effective(subject)[LEVEL]))

    def policy(self, subject: str) -> Policy:
        """The policy that holds for a subject; strict where nobody sets one."""
        return Policy(str(self.effective(subject).get("compatibilityPolicy") or Policy.STRICT.value).lower())

    def mode(self, subject: str = ROOT) -> str:
        """The mode that holds for a subject."""
        if self.modes.get(ROOT) == "READONLY_OVERRIDE":
            return "READONLY_OVERRIDE"
        return next((self.modes[scope] for scope in scopes_of(subject) if scope in self.modes), "READWRITE")

    def read_only(self, subject: str) -> bool:
        """Whether nothing may be changed about a subject but its mode."""
        return self.mode(subject) in _READ_ONLY

    def resolved(self, subject: str) -> str:
        """The subject, or the one that its alias means; an alias of an alias is none."""
        alias = self.configs.get(subject, {}).get("alias")
        return alias if isinstance(alias, str) and alias else subject

    def forget(self, subject: str) -> None:
        """Drop what is set for a subject."""
        self.configs.pop(subject, None)
        self.modes.pop(subject, None)
