"""Documents whose references need no resolver: one resource without anchors, in which ``#/...`` is a path."""

from __future__ import annotations

from itertools import chain, repeat
from typing import NamedTuple

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords.table import ANCHORING, REFERRING
from evtcompat.model.json_types import JSON

_REFERRING = tuple(name.encode() for name in REFERRING)
#: Keywords under which a list holds instances, whatever they look like.
INSTANCES = frozenset(("examples", "enum"))


def may_refer(key: bytes) -> bool:
    """Whether there may be a reference in a value with this content key."""
    # One byte is found much faster than several keywords.
    at = key.find(b"$")
    while at >= 0:
        if key.startswith(_REFERRING, at):
            return True
        at = key.find(b"$", at + 1)
    return False


def is_simple(value: JSON, dialect: Dialect) -> bool:
    """Whether the document is one resource without anchors, so that ``#/...`` is a path from its root."""
    telling = ANCHORING | {dialect.id_keyword, "$schema"}
    if not isinstance(value, dict):
        return True
    if any(name in value for name in ANCHORING):
        return False
    stack: list[object] = [one for name, one in value.items() if isinstance(one, dict) or name not in INSTANCES]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            for name, member in one.items():
                if isinstance(member, dict) or (isinstance(member, list) and name not in INSTANCES):
                    stack.append(member)
                elif name in telling and _tells(name, member):
                    return False
        elif isinstance(one, list):
            stack.extend(item for item in one if isinstance(item, (dict, list)))
    return True


def _tells(name: str, member: object) -> bool:
    """Whether a member of such a name makes its object a resource or an anchor, and is no definition of that name."""
    return isinstance(member, str) or (name == "$recursiveAnchor" and member is True)


class Changed(NamedTuple):
    """What is known of a document that was made of a simple one."""

    #: It is simple, too.
    simple: bool
    #: There may be a reference in what they do not share.
    refers: bool


def changed(value: JSON, before: JSON, dialect: Dialect) -> Changed:
    """What is known of a document, given the simple one that it was made of; what both share is not looked at again."""
    telling = ANCHORING | {dialect.id_keyword, "$schema"}
    if not isinstance(value, dict) or not isinstance(before, dict):
        return Changed(is_simple(value, dialect), refers=True)
    if any(name in value for name in ANCHORING):
        return Changed(simple=False, refers=True)
    refers = not value.keys().isdisjoint(REFERRING)
    stack: list[tuple[object, object]] = [
        (one, before.get(name)) for name, one in value.items() if isinstance(one, dict) or name not in INSTANCES
    ]
    while stack:
        one, peer = stack.pop()
        if one is peer:
            continue
        if isinstance(one, dict):
            others = peer if isinstance(peer, dict) else {}
            refers = refers or not one.keys().isdisjoint(REFERRING)
            if any(_tells(name, one[name]) for name in telling & one.keys()):
                return Changed(simple=False, refers=True)
            stack += [
                (member, others.get(name))
                for name, member in one.items()
                if (isinstance(member, dict) or (isinstance(member, list) and name not in INSTANCES))
                and member is not others.get(name)
            ]
        elif isinstance(one, list):
            beside = peer if isinstance(peer, list) else []
            known = set(map(id, beside))
            following = chain(beside, repeat(None))
            stack.extend(
                (item, other)
                for item, other in zip(one, following)  # noqa: B905 - the second has no end
                if isinstance(item, (dict, list)) and id(item) not in known
            )
    return Changed(simple=True, refers=refers)
