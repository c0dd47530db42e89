"""Whether the rules of a data contract are ones that Confluent's registry takes; they are kept, and not run.

Source: Confluent's documentation of data contracts, and its error codes: 42210 for rules, 400 for what its JSON has no
word for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evtcompat.model.json_types import JSON
from evtcompat.testing.refusals import ApiError

_MIGRATION: Final = ("UPGRADE", "DOWNGRADE", "UPDOWN")
_DOMAIN: Final = ("WRITE", "READ", "WRITEREAD")
#: By the list of rules: what it is called, and the modes that its rules may have.
_LISTS: Final = {
    "migrationRules": ("Migration", _MIGRATION),
    "domainRules": ("Domain", _DOMAIN),
    "encodingRules": ("Encoding", _DOMAIN),
}
_WORDS: Final = {"kind": ("CONDITION", "TRANSFORM"), "mode": (*_MIGRATION, *_DOMAIN)}
#: The modes with which a rule runs both ways, and may have an action for each.
_BOTH_WAYS: Final = frozenset({"UPDOWN", "WRITEREAD"})
_LONGEST_NAME: Final = 64


def check_rules(rule_set: JSON) -> None:
    """The rules of a request or of a setting are well formed; none at all are, too.

    Raises:
        ApiError: They are not.
    """
    for problem in (*_unreadable(rule_set), *_problems(rule_set)):
        raise problem


def _unreadable(rule_set: JSON) -> Iterator[ApiError]:
    """What Confluent's JSON cannot make rules of."""
    if rule_set is not None and not isinstance(rule_set, dict):
        yield _unread("RuleSet", rule_set)
    for key in _LISTS if isinstance(rule_set, dict) else ():
        listed = rule_set.get(key) if isinstance(rule_set, dict) else None
        if listed is not None and not isinstance(listed, list):
            yield _unread("java.util.ArrayList<Rule>", listed)
        for rule in listed if isinstance(listed, list) else ():
            if not isinstance(rule, dict):
                yield _unread("Rule", rule)
                continue
            for field, words in _WORDS.items():
                if rule.get(field) is not None and rule[field] not in words:
                    yield _unread(f"Rule{field.capitalize()}", rule[field], f": not one of [{', '.join(words)}]")


def _problems(rule_set: JSON) -> Iterator[ApiError]:
    """What is wrong with rules that can be read."""
    names: set[JSON] = set()
    for key, (title, modes) in _LISTS.items():
        listed = rule_set.get(key) if isinstance(rule_set, dict) else None
        for rule in listed if isinstance(listed, list) else ():
            if not isinstance(rule, dict):
                continue
            name = rule.get("name")
            if isinstance(name, str) and name in names:
                yield _refused(f"Found rule with duplicate name '{name}'")
            names.add(name if isinstance(name, str) else None)
            found = _of_name(name) or _of_rule(rule)
            if found is not None:
                yield _refused(found)
            if rule.get("mode") not in (None, *modes):
                yield _refused(f"{title} rules can only be {', '.join(modes)}")


def _of_name(name: JSON) -> str | None:
    """What is wrong with the name of a rule."""
    if not isinstance(name, str):
        return "Missing rule name"
    if not name:
        return "Empty rule name"
    if len(name) > _LONGEST_NAME:
        return "Rule name too long"
    if not (name[0].isalpha() or name[0] == "_"):
        return f"Illegal initial character in rule name: {name}"
    if not all(character.isalnum() or character in "_-" for character in name):
        return f"Illegal character in rule name: {name}"
    return None


def _of_rule(rule: dict[str, JSON]) -> str | None:
    """What is wrong with a rule besides."""
    if not rule.get("type"):
        return "Missing rule type"
    actions = [rule.get(when) for when in ("onSuccess", "onFailure")]
    several = any(isinstance(action, str) and "," in action for action in actions)
    if several and rule.get("mode") not in (None, *_BOTH_WAYS):
        return "Multiple actions only valid with WRITEREAD and UPDOWN"
    return None


def _refused(message: str) -> ApiError:
    return ApiError(422, 42210, message)


def _unread(kind: str, value: JSON, more: str = "") -> ApiError:
    return ApiError(400, 400, f"Cannot deserialize value of type `{kind}` from {value!r}{more}")
