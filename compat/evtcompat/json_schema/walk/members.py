"""Names for causes that are about members: of objects, of tuples, of combinations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtcompat.json_schema.walk.admitted import sent_types
from evtcompat.json_schema.walk.causes import Cause
from evtcompat.json_schema.walk.naming import (
    Named,
    Namer,
    Repair,
    Scene,
    copied,
    member_names,
    writer_place,
)
from evtcompat.json_schema.walk.parts import Part
from evtcompat.json_schema.walk.patching import Operation, add, move, remove
from evtcompat.json_schema.walk.views import View, matches
from evtcompat.json_schema.walk.wording import alternatives, type_names
from evtcompat.model.json_types import JSON


def name_required(scene: Scene) -> Iterable[Named]:
    """Properties that an event lacks: each under its own name."""
    required = scene.value
    present = scene.cause.instance if isinstance(scene.cause.instance, dict) else {}
    for index, name in enumerate(required if isinstance(required, list) else ()):
        if isinstance(name, str) and name not in present:
            yield _required(scene, name, index, required if isinstance(required, list) else [])


def _required(scene: Scene, name: str, index: int, required: Sequence[JSON]) -> Named:
    view = _declares(scene, name)
    # An empty list is no valid `required` in draft 4.
    lone = len(required) == 1
    own = scene.part.at("required") if lone else scene.part.at("required", index)
    object_view = next(iter(scene.seen()), None)
    writer_repair = None
    if object_view is not None and object_view.part.origin is None and isinstance(object_view.part.value, dict):
        holder = next((one for one in scene.seen() if "required" in one.part.keywords), object_view)
        if holder.part.origin is None:
            operation = (
                add(holder.part.at("required", "-"), name)
                if "required" in holder.part.keywords
                else add(holder.part.at("required"), [name])
            )
            writer_repair = Repair(f"require {name}", (operation,))
    return scene.named(
        "property-became-required" if view else "required-property-added",
        {"property": name, "names": member_names(scene.names, name) + _condition(scene.part)},
        view.part.place(names=view.names) if view else writer_place(scene, "required"),
        steps=("required", index),
        relief=(remove(own),),
        reader_repair=Repair(f"make {name} optional", (remove(own),)),
        writer_repair=writer_repair,
    )


def _condition(part: Part) -> str:
    """Under which condition a part counts, as far as its pointer tells."""
    words = {"then": " (where its `if` holds)", "else": " (where its `if` does not hold)"}
    return next((words[step] for step in reversed(part.pointer.split("/")) if step in words), "")


def _declares(scene: Scene, name: str) -> View | None:
    """The writer's declaration of a property of the object at the place."""
    return next((view for view in scene.seen(name) if view.by == "properties"), None)


def name_closed(scene: Scene) -> Iterable[Named]:
    """Properties that a closed object does not know: each under its own name."""
    keyword = scene.cause.keyword
    if scene.value is not False:
        # `unevaluatedProperties` with a schema is reported as a whole.
        yield scene.named("map-values-constrained", {})
        return
    event = scene.cause.instance if isinstance(scene.cause.instance, dict) else {}
    open_ended = False
    for name in event:
        if _known(scene.part, name):
            continue
        view = _declares(scene, name)
        if view is None:
            open_ended = True
        else:
            yield _removed(scene, name, view)
    if open_ended:
        yield scene.named(
            "content-model-closed",
            {},
            writer_place(scene, keyword, "patternProperties"),
            reader_repair=Repair("leave the object open", (remove(scene.part.at(keyword)),)),
            writer_repair=copied(scene, keyword, "close the object") if keyword == "additionalProperties" else None,
        )


def _removed(scene: Scene, name: str, view: View) -> Named:
    """A property that the writer declares and the closed reader does not."""
    schema = view.part.value if self_contained(view.part) else None
    if schema is None:
        relief: tuple[Operation, ...] = _declaration(scene.part, name, {})
        repair = None
    else:
        relief = _declaration(scene.part, name, schema)
        repair = Repair(f"keep {name} in properties", relief)
    return scene.named(
        "property-removed",
        {"property": name, "names": member_names(scene.names, name)},
        view.part.place(names=view.names),
        names=view.names,
        relief=relief,
        reader_repair=repair,
        writer_repair=Repair(f"do not send {name}", (remove(view.part.pointer),)) if _inline(view, name) else None,
    )


def _inline(view: View, name: str) -> bool:
    return view.part.pointer.endswith(f"/properties/{name}")


def _declaration(part: Part, name: str, schema: JSON) -> tuple[Operation, ...]:
    if isinstance(part.keywords.get("properties"), dict):
        return (add(part.at("properties", name), schema),)
    return (add(part.at("properties"), {name: schema}),)


def _known(part: Part, name: str) -> bool:
    """Whether a closed object lets a name in by itself."""
    properties, patterns = part.keywords.get("properties"), part.keywords.get("patternProperties")
    if isinstance(properties, dict) and name in properties:
        return True
    return any(matches(pattern, name) for pattern in (patterns if isinstance(patterns, dict) else ()))


def self_contained(part: Part) -> bool:
    """Whether a schema can be copied elsewhere: nothing in it refers to its surroundings."""
    pending: list[JSON] = [part.value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if not value.keys().isdisjoint(("$ref", "$dynamicRef", "$recursiveRef", "$id", "id")):
                return False
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return True


def name_forbidden(scene: Scene) -> Iterable[Named]:
    """A place where the reader accepts nothing."""
    view = next(iter(scene.seen()), None)
    if scene.cause.by in ("items", "additionalItems", "unevaluatedItems"):
        yield scene.named("items-removed", {}, view.part.place(names=view.names) if view else None)
        return
    yield scene.named("property-forbidden", {}, view.part.place(names=view.names) if view else None)


def name_surplus_items(scene: Scene) -> Iterable[Named]:
    """More items than the closed tuple has."""
    keyword = scene.cause.keyword
    yield scene.named(
        "items-removed",
        {},
        writer_place(scene, keyword, "items", "prefixItems"),
        reader_repair=Repair(f"leave {keyword} out", (remove(scene.part.at(keyword)),)),
    )


def name_property_names(scene: Scene) -> Iterable[Named]:
    """A property whose name the reader does not accept."""
    yield scene.named("property-names-narrowed", {"keyword": scene.cause.keyword}, writer_place(scene, "propertyNames"))


def name_dependency(scene: Scene) -> Iterable[Named]:
    """A property that must come with others."""
    keyword = scene.cause.keyword
    lists = scene.value if isinstance(scene.value, dict) else {}
    event = scene.cause.instance if isinstance(scene.cause.instance, dict) else {}
    for trigger, names in lists.items():
        missing = [name for name in names if name not in event] if isinstance(names, list) else []
        if trigger in event and missing:
            yield scene.named(
                "dependency-added",
                {"property": trigger, "missing": alternatives([str(name) for name in missing])},
                writer_place(scene, keyword, "dependencies", "dependentRequired"),
                steps=(keyword, trigger),
                relief=(remove(scene.part.at(keyword, trigger)),),
                reader_repair=Repair(
                    f"do not ask for {alternatives([str(name) for name in missing])} beside {trigger}",
                    (remove(scene.part.at(keyword, trigger)),),
                ),
                writer_repair=copied(scene, keyword, f"ask for the same beside {trigger}"),
            )


def name_not(scene: Scene) -> Iterable[Named]:
    """What the reader excludes."""
    view = scene.writer_with("not")
    own = scene.part.at("not")
    repair = Repair("leave not out", (remove(own),))
    if view is not None and self_contained(view.part):
        repair = Repair("exclude no more than before", (add(own, view.part.keywords["not"]),))
    yield scene.named("not-widened", {}, writer_place(scene, "not"), relief=(remove(own),), reader_repair=repair)


def name_branches(scene: Scene) -> Iterable[Named]:
    """A combination that no branch or more than one branch of answers for."""
    keyword = scene.cause.keyword
    members = scene.value if isinstance(scene.value, list) else []
    if not scene.cause.branches:
        yield _overlap(scene, members)
        return
    taken = _taken(scene)
    own = scene.part.at(keyword)
    view = taken or next(iter(scene.seen()), None)
    branch = taken.branch if taken else None
    relief: tuple[Operation, ...] = (remove(own),)
    repair = None
    if view is not None and self_contained(view.part):
        relief = (add(f"{own}/-", view.part.value),)
        repair = Repair(f"keep the branch in {keyword}" if taken else f"add a branch for it to {keyword}", relief)
    yield scene.named(
        "branch-removed" if taken else "no-branch-accepts",
        {"keyword": keyword, "sends": _described(scene, view)},
        branch.place(names=scene.names) if branch else view.part.place(names=view.names) if view else None,
        relief=relief,
        reader_repair=repair,
        writer_repair=_without_branch(taken),
    )


def _overlap(scene: Scene, members: Sequence[JSON]) -> Named:
    indexes = [
        index
        for index in range(len(members))
        if (member := scene.reader.below(scene.part, "oneOf", index))
        and scene.reader.accepts(member, scene.cause.instance)
    ]
    own = scene.part.at("oneOf")
    relief: tuple[Operation, ...] = (remove(own),)
    repair = None
    if "anyOf" not in scene.part.keywords:
        relief = (move(own, scene.part.at("anyOf")),)
        repair = Repair("write anyOf instead of oneOf", relief)
    return scene.named(
        "branches-overlap",
        {"branches": " and ".join(str(index) for index in indexes)},
        writer_place(scene, "oneOf", "anyOf"),
        relief=relief,
        reader_repair=repair,
    )


def _taken(scene: Scene) -> View | None:
    """The branch of the writer's own combination that the event went through."""
    return next((view for view in scene.seen() if view.branch is not None), None)


def _without_branch(view: View | None) -> Repair | None:
    if view is None or view.branch is None or view.branch.origin is not None:
        return None
    pointer = view.branch.pointer
    index = pointer.rpartition("/")[2]
    return Repair(f"take branch {index} out", (remove(pointer),)) if index != "0" else None


def _described(scene: Scene, view: View | None) -> str:
    """A branch or schema by its title, its reference or its types."""
    if view is None:
        return "anything"
    for part in (view.branch, view.part):
        for word in ("title", "$ref"):
            if part is not None and isinstance(part.keywords.get(word), str):
                return f"`{str(part.keywords[word]).rpartition('/')[2]}`"
    types = sent_types(scene) if view.branch is None else type_names(view.part.keywords)
    return alternatives(types) if types else "anything"


def counterpart(cause: Cause) -> tuple[Cause, ...] | None:
    """The causes in the branch that is meant for the event; ``None`` where no branch is.

    A branch is not meant for it when it fails by type, or by a constant that tells variants apart.
    """
    meant = [
        branch
        for branch in cause.branches
        if branch
        and not any(
            one.keyword == "" or (one.keyword == "type" and one.path == cause.path) or _discriminates(one)
            for one in branch
        )
    ]
    return min(meant, key=len) if meant else None


def _discriminates(cause: Cause) -> bool:
    values = cause.part.keywords.get("enum")
    return cause.keyword == "const" or (cause.keyword == "enum" and isinstance(values, list) and len(values) == 1)


MEMBER_NAMERS: Mapping[str, Namer] = {
    "": name_forbidden,
    "required": name_required,
    "additionalProperties": name_closed,
    "unevaluatedProperties": name_closed,
    "additionalItems": name_surplus_items,
    "unevaluatedItems": name_surplus_items,
    "items": name_surplus_items,
    "propertyNames": name_property_names,
    "dependencies": name_dependency,
    "dependentRequired": name_dependency,
    "not": name_not,
    "anyOf": name_branches,
    "oneOf": name_branches,
}
