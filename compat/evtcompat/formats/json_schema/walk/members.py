"""Names for causes that are about members: of objects, of tuples, of combinations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtcompat.formats.json_schema.walk.admitted import sent_types
from evtcompat.formats.json_schema.walk.carrying import portable
from evtcompat.formats.json_schema.walk.causes import Cause
from evtcompat.formats.json_schema.walk.conditions import constant, label, title
from evtcompat.formats.json_schema.walk.limits import LIMITS, phrase
from evtcompat.formats.json_schema.walk.naming import (
    Named,
    Namer,
    Repair,
    Scene,
    copied,
    member_names,
    writer_place,
)
from evtcompat.formats.json_schema.walk.parts import Part
from evtcompat.formats.json_schema.walk.patching import Operation, add, move, remove, replace
from evtcompat.formats.json_schema.walk.views import View, matches
from evtcompat.formats.json_schema.walk.wording import joined, listed, of_types, quoted, shown, type_names, where
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
    if object_view is not None and isinstance(object_view.part.value, dict):
        holder = next((one for one in scene.seen() if "required" in one.part.keywords), object_view)
        if holder.part.changeable:
            operation = (
                add(holder.part.at("required", "-"), name)
                if "required" in holder.part.keywords
                else add(holder.part.at("required"), [name])
            )
            declaration = None if view else _declared_as(scene, name)
            text = f"require {quoted(name)}"
            operations: tuple[Operation, ...] = (operation,)
            if declaration is not None:
                text = f"declare and require {quoted(name)}"
                operations = (*_declaration(holder.part, name, declaration), operation)
            writer_repair = Repair(text, operations, holder.part.origin)
    return scene.named(
        _RULES_OF_REQUIRED[view is not None or _asked_for(scene, name)],
        {"property": name, "names": member_names(scene.names, name) + scene.condition},
        view.part.place(names=view.names) if view else writer_place(scene, "required"),
        steps=("required", index),
        relief=(remove(own),),
        reader_repair=Repair(f"make {quoted(name)} optional", (remove(own),)),
        writer_repair=writer_repair,
    )


def _declared_as(scene: Scene, name: str) -> JSON:
    """What the reader says of a property, in the words of the writer's draft; ``None`` where it says nothing."""
    own = scene.reader.below(scene.part, "properties", name)
    return portable(own, scene.reader, scene.writer) if own else None


#: By whether the writer names the property at all.
_RULES_OF_REQUIRED = {True: "property-became-required", False: "required-property-added"}


def _asked_for(scene: Scene, name: str) -> bool:
    """Whether the writer requires the property in some branch or under some condition, so that it knows it."""
    pending: list[JSON] = [view.part.value for view in scene.seen()]
    while pending:
        one = pending.pop()
        if not isinstance(one, dict):
            continue
        required = one.get("required")
        if isinstance(required, list) and name in required:
            return True
        pending += [inner for keyword in ("then", "else") if (inner := one.get(keyword)) is not None]
        for keyword in ("allOf", "anyOf", "oneOf"):
            members = one.get(keyword)
            pending += members if isinstance(members, list) else []
    return False


def _declares(scene: Scene, name: str) -> View | None:
    """The writer's declaration of a property of the object at the place."""
    return next((view for view in scene.seen(name) if view.by == "properties"), None)


def name_closed(scene: Scene) -> Iterable[Named]:
    """Properties that a closed object does not know: each under its own name."""
    keyword = scene.cause.keyword
    if scene.value is not False:
        # `unevaluatedProperties` with a schema is reported as a whole.
        yield scene.named(
            "map-values-constrained",
            {},
            reader_repair=Repair(f"leave {quoted(keyword)} out", (remove(scene.part.at(keyword)),)),
        )
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
            writer_repair=copied(scene, {keyword: False}, "close the object"),
        )


def _removed(scene: Scene, name: str, view: View) -> Named:
    """A property that the writer declares and the closed reader does not."""
    schema = portable(view.part, scene.writer, scene.reader)
    if schema is None:
        relief: tuple[Operation, ...] = _declaration(scene.part, name, {})
        repair = None
    else:
        relief = _declaration(scene.part, name, schema)
        repair = Repair(f"keep {quoted(name)} in `properties`", relief)
    return scene.named(
        "property-removed",
        {"property": name, "names": member_names(scene.names, name) + scene.condition},
        view.part.place(names=view.names),
        names=view.names,
        relief=relief,
        reader_repair=repair,
        writer_repair=_unsent(scene, name, view) if _inline(view, name) else None,
    )


def _unsent(scene: Scene, name: str, view: View) -> Repair:
    """The repair that takes a property out of the writer's schema, with the demand for it."""
    operations = [remove(view.part.pointer)]
    for holder in scene.seen():
        required = holder.part.keywords.get("required")
        if isinstance(required, list) and name in required and holder.part.origin == view.part.origin:
            at = holder.part.at("required") if len(required) == 1 else holder.part.at("required", required.index(name))
            operations.append(remove(at))
    return Repair(f"do not send {quoted(name)}", tuple(operations), view.part.origin)


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


def name_forbidden(scene: Scene) -> Iterable[Named]:
    """A place where the reader accepts nothing."""
    view = next(iter(scene.seen()), None)
    place = view.part.place(names=view.names) if view else None
    if scene.cause.by in ("items", "additionalItems", "unevaluatedItems"):
        yield scene.named("items-removed", {}, place)
        return
    schema = portable(view.part, scene.writer, scene.reader) if view and scene.part.value is False else None
    repair = None
    if schema is not None:
        repair = Repair(f"accept {where(scene.names)} as before", (replace(scene.part.pointer, schema),))
    yield scene.named(
        "property-forbidden",
        {},
        place,
        reader_repair=repair,
        writer_repair=Repair(f"do not send {where(scene.names)}", (remove(view.part.pointer),), view.part.origin)
        if view and view.by == "properties" and view.direct
        else None,
    )


def name_surplus_items(scene: Scene) -> Iterable[Named]:
    """More items than the closed tuple has."""
    keyword = scene.cause.keyword
    yield scene.named(
        "items-removed",
        {},
        writer_place(scene, keyword, "items", "prefixItems"),
        reader_repair=Repair(f"leave {quoted(keyword)} out", (remove(scene.part.at(keyword)),)),
    )


def name_property_names(scene: Scene) -> Iterable[Named]:
    """A property whose name the reader does not accept."""
    keyword = scene.cause.keyword
    relief = (remove(scene.part.at(keyword)),) if keyword else None
    yield scene.named(
        "property-names-narrowed",
        {"keyword": keyword, "accepts": _names_accepted(scene)},
        writer_place(scene, "propertyNames"),
        relief=relief,
        reader_repair=Repair(f"leave {quoted(keyword)} out of `propertyNames`", relief) if relief else None,
    )


def _names_accepted(scene: Scene) -> str:
    keyword = scene.cause.keyword
    if keyword in LIMITS:
        return phrase(keyword, scene.part.keywords)
    values = scene.value if keyword == "enum" and isinstance(scene.value, list) else [scene.value]
    return f"be {listed(values)}" if keyword in ("enum", "const") else f"fit `{shown(scene.part.value)}`"


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
                {"property": trigger, "missing": joined([quoted(str(name)) for name in missing], "and")},
                writer_place(scene, keyword, "dependencies", "dependentRequired"),
                steps=(keyword, trigger),
                relief=(remove(scene.part.at(keyword, trigger)),),
                reader_repair=Repair(
                    f"do not ask for {joined([quoted(str(name)) for name in missing])} beside {quoted(trigger)}",
                    (remove(scene.part.at(keyword, trigger)),),
                ),
                writer_repair=copied(scene, {keyword: {trigger: names}}, f"ask for the same beside {quoted(trigger)}"),
            )


def name_not(scene: Scene) -> Iterable[Named]:
    """What the reader excludes."""
    view = scene.writer_with("not")
    own = scene.part.at("not")
    repair = Repair("leave `not` out", (remove(own),))
    excluded = scene.writer.below(view.part, "not") if view else None
    before = portable(excluded, scene.writer, scene.reader) if excluded else None
    if before is not None:
        repair = Repair("exclude no more than before", (add(own, before),))
    yield scene.named(
        "not-widened",
        {"excluded": shown(scene.value)},
        writer_place(scene, "not"),
        relief=(remove(own),),
        reader_repair=repair,
    )


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
    schema = portable(view.part, scene.writer, scene.reader) if view else None
    if schema is not None:
        relief = (add(f"{own}/-", schema),)
        text = f"keep the branch in {quoted(keyword)}" if taken else f"add a branch for it to {quoted(keyword)}"
        repair = Repair(text, relief)
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
        repair = Repair("write `anyOf` instead of `oneOf`", relief)
    return scene.named(
        "branches-overlap",
        {"branches": joined([label(members[index], str(index)) for index in indexes], "and")},
        writer_place(scene, "oneOf", "anyOf"),
        relief=relief,
        reader_repair=repair,
    )


def _taken(scene: Scene) -> View | None:
    """The branch of the writer's own combination that the event went through."""
    return next((view for view in scene.seen() if view.branch is not None), None)


def _without_branch(view: View | None) -> Repair | None:
    if view is None or view.branch is None or not view.branch.changeable:
        return None
    pointer = view.branch.pointer
    index = pointer.rpartition("/")[2]
    return (
        Repair(f"drop branch {label(view.branch.value, index)}", (remove(pointer),), view.branch.origin)
        if index != "0"
        else None
    )


def _described(scene: Scene, view: View | None) -> str:
    """A branch or schema by its title, its reference or its types."""
    if view is None:
        return "anything"
    types = sent_types(scene) if view.branch is None else type_names(view.part.keywords)
    parts = [part.value for part in (view.branch, view.part) if part is not None]
    called = next((word for part in parts for word in title(part)), "")
    told = next((word for part in parts for word in constant(part)), "")
    if told and not called:
        return f"{of_types(types or ('object',))} with {told}"
    return called or (of_types(types) if types else "anything")


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
