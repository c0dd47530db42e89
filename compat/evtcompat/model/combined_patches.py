"""Patches of one document that are wanted together, as one patch."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal

from evtcompat.model.canonical import canonical_text
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, apply_patch
from evtcompat.model.places import tokens
from evtcompat.model.pointers import resolved

#: What the path of an operation ends with that puts something at the end of a list.
_END = "/-"


def combined(patches: Iterable[Sequence[Operation]], document: JSON) -> tuple[Operation, ...] | None:
    """One patch that does what all do, each being written for `document`; ``None`` where two contradict.

    Lists that are set at one place are merged: what one adds and another takes away are both wanted. So is all that is
    put at the end of one list, and the members of objects that are added at one place.
    """
    placed: dict[str, Operation] = {}
    whole: list[tuple[Operation, ...]] = []
    acting = [_acting(patch, document) for patch in patches]
    lists = _lists_set(acting, document)
    for patch in (tuple(_on_list(one, lists, document) for one in patch) for patch in acting):
        if any(operation["op"] == "move" for operation in patch):
            whole.append(patch)
            continue
        for operation in patch:
            place = _place(operation)
            known = placed.get(place)
            joined = operation if known is None else _joined(known, operation, _at(document, str(operation["path"])))
            if joined is None:
                return None
            placed[place] = joined
    if _overlap([*placed.values(), *(operation for patch in whole for operation in patch)]):
        return None
    # the last items of a list first: what is inserted or taken away before them would move them
    ordered = sorted(placed.values(), key=lambda operation: _position(str(operation["path"])), reverse=True)
    return (*ordered, *(operation for patch in whole for operation in patch))


def as_combined(operations: Iterable[Operation], together: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations of one patch as they are in the combined one: a list that others set, too, is set as all want."""
    known = {_place(operation): operation for operation in together if operation["op"] != "move"}
    return tuple(one if one["op"] == "move" else known.get(_place(one), one) for one in operations)


def by_place(operations: Iterable[Operation], document: JSON) -> dict[str, Operation]:
    """The operations as they act on a document, each under where it works."""
    return {_place(operation): operation for operation in _acting(operations, document)}


def agree(one: Mapping[str, Operation], other: Mapping[str, Operation], document: JSON) -> bool:
    """Whether operations by place (`by_place`) set no place otherwise than others do."""
    return all(
        place not in one or _joined(one[place], operation, _at(document, str(operation["path"])))
        for place, operation in other.items()
    )


def _acting(operations: Iterable[Operation], document: JSON) -> tuple[Operation, ...]:
    """The operations by what they do: a member that is added where there is one is replaced."""
    return tuple({**one, "op": "replace"} if _replaces(one, document) else one for one in operations)


def _replaces(operation: Operation, document: JSON) -> bool:
    if operation["op"] != "add" or not operation["path"]:
        return False
    *way, last = tokens(str(operation["path"]))
    try:
        holder = resolved(document, way)
    except LookupError:
        return False
    return isinstance(holder, dict) and last in holder


def _place(operation: Operation) -> str:
    """Where an operation works: all that is put at the end of one list has a place of its own there."""
    path = str(operation["path"])
    return f"{path} {canonical_text(operation.get('value'))}" if path.endswith(_END) else path


def _lists_set(patches: Iterable[Iterable[Operation]], document: JSON) -> frozenset[str]:
    """The lists that some operation sets, or takes away while another adds to them."""
    operations = [operation for patch in patches for operation in patch]
    extended = {str(one["path"]).removesuffix(_END) for one in operations if str(one["path"]).endswith(_END)}
    lists = {str(one["path"]) for one in operations if isinstance(one.get("value"), list)}
    emptied = {str(one["path"]) for one in operations if one["op"] == "remove"} & extended
    return frozenset(lists | {path for path in emptied if isinstance(_at(document, path), list)})


def _overlap(operations: Sequence[Operation]) -> bool:
    """Whether one of several operations works inside of what another sets, moves or takes away."""
    if len(operations) == 1:
        return False
    places = {tokens(str(operation[key])) for operation in operations for key in ("path", "from") if key in operation}
    return any(place[:length] in places for place in places for length in range(len(place)))


def _joined(one: Operation, other: Operation, before: JSON) -> Operation | None:
    """What two operations do together to what was there before; ``None`` where they contradict."""
    if one == other:
        return one
    mine, theirs = one.get("value"), other.get("value")
    if isinstance(mine, dict) and isinstance(theirs, dict) and one["op"] == other["op"] == "add":
        contradicting = any(_identity(mine[key]) != _identity(theirs[key]) for key in mine.keys() & theirs.keys())
        return None if contradicting else {**one, "value": {**mine, **theirs}}
    if one["op"] != other["op"] or not isinstance(mine, list) or not isinstance(theirs, list):
        return None
    wanted, asked = [*map(_identity, mine)], [*map(_identity, theirs)]
    gone = {*map(_identity, before if isinstance(before, list) else [])} - {*wanted}.intersection(asked)
    kept = [item for item, key in zip(mine, wanted, strict=True) if key not in gone]
    there = gone | {*wanted}
    return {**one, "value": [*kept, *(item for item, key in zip(theirs, asked, strict=True) if key not in there)]}


def _identity(item: JSON) -> Hashable:
    """What tells an item of a list from the others; a text is told from a number that is written like it."""
    if isinstance(item, str):
        return item
    if isinstance(item, int | Decimal) and not isinstance(item, bool):
        return "number", item
    return (canonical_text(item),)


def _on_list(operation: Operation, lists: Container[str], document: JSON) -> Operation:
    """The operation; one on a list that another sets, or on an item of it, as one that sets that list."""
    if operation["op"] == "remove" and operation["path"] in lists:
        return {"op": "replace", "path": operation["path"], "value": []}
    parent = str(operation["path"]).rpartition("/")[0]
    if parent not in lists or operation["op"] == "move":
        return operation
    try:
        changed = resolved(apply_patch(document, [operation]), tokens(parent))
    except LookupError:
        return operation
    return {"op": "replace", "path": parent, "value": changed} if isinstance(changed, list) else operation


def _at(document: JSON, pointer: str) -> JSON:
    """What stands at a place; ``None`` for nothing."""
    try:
        return resolved(document, tokens(pointer))
    except LookupError:
        return None


def _position(path: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, int(step), "") if step.isdigit() else (2 if step == "-" else 0, 0, step) for step in tokens(path))
