"""Message traits: what several messages have in common, merged as the specification of the document's version says.

In 2.x a trait is a JSON Merge Patch (RFC 7396) of the message; from 3.0 on the message is the patch of its traits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.containers.located import Files, Located

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON


def with_traits(files: Files, message: Located, member: str, *, traits_win: bool) -> Located | None:
    """A member of a message once its traits are merged; ``None`` where neither has it.

    Args:
        files: The document, and what it refers to.
        message: References at its top followed.
        member: ``headers``, for one; a trait has no payload.
        traits_win: As in 2.x.

    Raises:
        DocumentError: A reference leads nowhere.
    """
    own = message.member(member)
    listed = message.member("traits")
    found = [files.resolved(one).member(member) for one in (listed.items() if listed is not None else ())]
    parts = [files.resolved(one) for one in found if one is not None]
    if own is not None:
        parts.insert(0 if traits_win else len(parts), files.resolved(own))
    if not parts:
        return None
    merged = parts[0].value
    for one in parts[1:]:
        merged = _merged(merged, one.value)
    place = next((one for one in parts if own is not None and one.file is message.file), parts[-1])
    return place._replace(value=merged)


def _merged(target: JSON, patch: JSON) -> JSON:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _merged(made.get(name), value)
    return made
