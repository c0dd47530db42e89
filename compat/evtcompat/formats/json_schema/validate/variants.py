"""Which branches of a choice may accept an object: most choices name the variant by a text in one of its members.

A branch that says what this text is refuses every object that says another. Of a choice with hundreds of variants all
but one are passed over by it, without a validator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from typing import Final

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.exact import Value

#: Fewer branches are looked at one by one.
_FEW: Final = 16


@dataclass(frozen=True, slots=True)
class Variants:
    """The branches of a choice, as their indices, by what one member of an object is in them."""

    #: The member.
    name: str
    by_text: dict[str, list[int]]
    #: The branches that do not say what it is.
    others: list[int]

    def possible(self, instance: Value) -> Sequence[int] | None:
        """The branches that may accept an instance; ``None`` for all of them."""
        if not isinstance(instance, dict) or self.name not in instance:
            return None
        said = instance[self.name]
        named = self.by_text.get(said, []) if isinstance(said, str) else []
        return sorted(self.others + named) if named else self.others


def variants_of(branches: Sequence[Value], keywords: Container[str], target: Callable[[str], Value]) -> Variants | None:
    """The variants of a choice; ``None`` where it has few branches, or no member tells them apart.

    Args:
        branches: The schemas of the branches.
        keywords: Those of the dialect.
        target: What a reference in a branch leads to; ``None`` where it leads nowhere.
    """
    if len(branches) < _FEW:
        return None
    told = [texts_of(branch, keywords, target) for branch in branches]
    named = Counter(name for texts in told for name in texts)
    if not named:
        return None
    name = max(named, key=named.__getitem__)
    found = Variants(name, {}, [])
    for index, texts in enumerate(told):
        places = found.by_text.setdefault(texts[name], []) if name in texts else found.others
        places.append(index)
    return found


def texts_of(branch: Value, keywords: Container[str], target: Callable[[str], Value]) -> dict[str, str]:
    """The members that can be one text only in a branch, with that text; the arguments are as for `variants_of`."""
    if isinstance(branch, dict) and len(branch) == 1 and isinstance(branch.get("$ref"), str):
        branch = target(branch["$ref"])
    # beside a reference keywords may be hidden, and what is a resource of its own may have another dialect
    if not isinstance(branch, dict) or "$ref" in branch or "$schema" in branch or "properties" not in keywords:
        return {}
    properties = branch.get("properties")
    found: dict[str, str] = {}
    for name, member in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(member, dict) or "$ref" in member or "$schema" in member:
            continue
        values = [member["const"]] if "const" in member and "const" in keywords else member.get("enum")
        if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
            found[name] = values[0]
    return found
