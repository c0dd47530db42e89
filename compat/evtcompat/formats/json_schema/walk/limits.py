"""Names for causes that are limits: of numbers, lengths, sizes, patterns and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evtcompat.formats.json_schema.walk.admitted import both, sent_types
from evtcompat.formats.json_schema.walk.naming import Named, Namer, Repair, Scene, copied, writer_place
from evtcompat.formats.json_schema.walk.patching import add, remove, replace
from evtcompat.formats.json_schema.walk.translating import UntranslatableError, keywords_translated
from evtcompat.formats.json_schema.walk.views import View
from evtcompat.formats.json_schema.walk.wording import (
    admits,
    joined,
    listed,
    of_types,
    quoted,
    shown,
    type_names,
    without,
)
from evtcompat.model.json_types import JSON


@dataclass(frozen=True, slots=True)
class Limit:
    """A keyword that limits, and how to say it."""

    rule: str
    #: What a value must do, with one place for the limit.
    phrase: str
    #: The same where the limit itself is excluded.
    exclusive: str = ""
    #: Keywords that the writer may say it with.
    kin: tuple[str, ...] = ()
    #: The same where the limit is 1, for things that are counted.
    one: str = ""


def _counted(rule: str, amount: str, thing: str, things: str) -> Limit:
    return Limit(rule, f"have {amount} {{}} {things}", one=f"have {amount} {{}} {thing}")


_LOWER = Limit("minimum-raised", "be at least {}", "be more than {}", ("minimum", "exclusiveMinimum"))
_UPPER = Limit("maximum-lowered", "be at most {}", "be less than {}", ("maximum", "exclusiveMaximum"))

LIMITS: Mapping[str, Limit] = {
    "minimum": _LOWER,
    "exclusiveMinimum": _LOWER,
    "maximum": _UPPER,
    "exclusiveMaximum": _UPPER,
    "multipleOf": Limit("multiple-of-changed", "be a multiple of {}"),
    "minLength": _counted("min-length-raised", "at least", "character", "characters"),
    "maxLength": _counted("max-length-lowered", "at most", "character", "characters"),
    "pattern": Limit("pattern-changed", "match `{}`"),
    "minItems": _counted("min-items-raised", "at least", "item", "items"),
    "maxItems": _counted("max-items-lowered", "at most", "item", "items"),
    "minContains": _counted("contains-changed", "at least", "item that fits `{kind}`", "items that fit `{kind}`"),
    "maxContains": _counted("contains-changed", "at most", "item that fits `{kind}`", "items that fit `{kind}`"),
    "minProperties": _counted("min-properties-raised", "at least", "property", "properties"),
    "maxProperties": _counted("max-properties-lowered", "at most", "property", "properties"),
    "format": Limit("format-refused", "have the format `{}`"),
}


def phrase(keyword: str, schema: Mapping[str, JSON]) -> str:
    """What a schema's keyword demands, in words."""
    limit = LIMITS[keyword]
    value = schema[keyword]
    twin = schema.get("exclusiveMinimum" if keyword == "minimum" else "exclusiveMaximum")
    excluded = keyword.startswith("exclusive") or (keyword in ("minimum", "maximum") and twin is True)
    words = limit.exclusive if excluded and limit.exclusive else limit.phrase
    if limit.one and value == 1:
        words = limit.one
    return words.format(value if isinstance(value, str) else shown(value), kind=shown(schema.get("contains")))


def name_limit(scene: Scene) -> Iterable[Named]:
    """A limit that the writer has otherwise, or not at all."""
    keyword = scene.cause.keyword
    limit = LIMITS[keyword]
    kin = limit.kin or (keyword,)
    if _tighter(scene.part.keywords, keyword, kin):
        return  # and so a cause of its own
    view = scene.writer_with(*kin)
    written = [word for word in kin if view and word in view.part.keywords and _is_limit(view.part.keywords[word])]
    sends = " and ".join(phrase(word, view.part.keywords) for word in written) if view else ""
    relief = tuple(remove(scene.part.at(word)) for word in kin if word in scene.part.keywords)
    yield scene.named(
        limit.rule,
        {
            "accepts": phrase(keyword, scene.part.keywords),
            "sends": f"must {sends}" if sends else f"has no such limit{_annotated(scene)}",
            "keyword": keyword,
        },
        writer_place(scene, *kin),
        relief=relief,
        reader_repair=_as_written(scene, view, kin) or Repair(f"leave {quoted(keyword)} out", relief),
        writer_repair=copied(scene, _together(scene, keyword, kin), f"set {quoted(keyword)} to {shown(scene.value)}"),
    )


def _annotated(scene: Scene) -> str:
    """What may look like a limit of the writer and is none."""
    view = scene.writer_with("format") if scene.cause.keyword in ("pattern", "minLength", "maxLength") else None
    return f" (`format` {shown(view.part.keywords['format'])} is not asserted)" if view else ""


def _tighter(schema: Mapping[str, JSON], keyword: str, kin: Sequence[str]) -> bool:
    """Whether a bound beside one refuses whatever it refuses."""
    for other in kin:
        value, beside = schema[keyword], schema.get(other)
        if other == keyword or not isinstance(value, _NUMBERS) or not isinstance(beside, _NUMBERS):
            continue
        if isinstance(beside, bool):
            continue
        if beside == value:
            return other.startswith("exclusive")
        return (beside > value) is (keyword in ("minimum", "exclusiveMinimum"))
    return False


_NUMBERS = (int, float, Decimal)


def _together(scene: Scene, keyword: str, kin: Sequence[str]) -> dict[str, JSON]:
    """The reader's keyword with what it means something with."""
    words = (keyword, *kin, "contains") if keyword in ("minContains", "maxContains") else (keyword, *kin)
    return {word: scene.part.keywords[word] for word in dict.fromkeys(words) if word in scene.part.keywords}


def _as_written(scene: Scene, view: View | None, kin: Sequence[str]) -> Repair | None:
    """The repair that gives the reader the writer's limit, in the words of the reader's draft."""
    words = {word: view.part.keywords[word] for word in kin if word in view.part.keywords} if view else {}
    if view is None or not words:
        return None
    try:
        carried = keywords_translated(words, scene.writer.dialect_of(view.part), scene.reader.dialect_of(scene.part))
    except UntranslatableError:
        return None
    own = [word for word in kin if word in scene.part.keywords]
    kept = " and ".join(f"{quoted(word)} at {shown(value)}" for word, value in carried.items())
    operations = [
        *(remove(scene.part.at(word)) for word in own if word not in carried),
        *((replace if word in own else add)(scene.part.at(word), value) for word, value in carried.items()),
    ]
    return Repair(f"keep {kept}", tuple(operations))


def _is_limit(value: JSON) -> bool:
    return not isinstance(value, bool)


def name_type(scene: Scene) -> Iterable[Named]:
    """A type that the reader does not admit."""
    accepted = type_names({"type": scene.value}) or ()
    sent = sent_types(scene)
    unread = [name for name in sent or () if not admits(accepted, name)]
    shared = sent is None or both(accepted, sent)
    repair = Repair("accept any type", (remove(scene.part.at("type")),)) if sent is None else None
    if unread:
        widened = [name for name in accepted if not ("number" in unread and name == "integer")] + unread
        value: JSON = widened[0] if len(widened) == 1 else list(widened)
        repair = Repair(f"accept {of_types(unread, 'and')} too", (replace(scene.part.at("type"), value),))
    yield scene.named(
        "type-narrowed" if shared else "type-changed",
        {"accepts": of_types(accepted), "sends": of_types(sent) if sent else "anything"},
        writer_place(scene, "type", "enum", "const"),
        reader_repair=repair,
        writer_repair=copied(scene, {"type": scene.value}, f"send only {of_types(accepted)}") if shared else None,
    )


def _sent_values(scene: Scene) -> list[JSON] | None:
    """The values that the writer lists; ``None`` where it lists none."""
    view = scene.writer_with("enum", "const")
    if view is None:
        return None
    values = view.part.keywords.get("enum")
    return values if isinstance(values, list) else [view.part.keywords["const"]]


def name_values(scene: Scene) -> Iterable[Named]:
    """A value that `enum` or `const` does not list."""
    keyword = scene.cause.keyword
    accepted = scene.value if keyword == "enum" and isinstance(scene.value, list) else [scene.value]
    sent = _sent_values(scene)
    place = writer_place(scene, "enum", "const")
    own = scene.part.at(keyword)
    if sent is None:
        rule = "enum-added" if keyword == "enum" else "const-added"
        yield scene.named(
            rule,
            {"accepts": listed(accepted), "sends": _any_of(scene)},
            place,
            reader_repair=Repair(f"leave {quoted(keyword)} out", (remove(own),)),
            writer_repair=copied(scene, {keyword: scene.value}, f"send only {listed(accepted)}"),
        )
        return
    missing = without(sent, accepted)
    kept = without(sent, missing)
    view = scene.writer_with("enum", "const")
    if keyword == "const":
        reader = Repair(f"keep {shown(sent[0])}", (replace(own, sent[0]),)) if len(sent) == 1 else Repair(
            f"accept {listed(missing, 'and')} too",
            (remove(own), add(scene.part.at("enum"), [*accepted, *missing])),
        )  # fmt: skip
    else:
        reader = Repair(f"keep {listed(missing, 'and')} in `enum`", (replace(own, [*accepted, *missing]),))
    writer = None
    if view is not None and kept and "enum" in view.part.keywords:
        writer = Repair(
            f"take {listed(missing, 'and')} out of `enum`", (replace(view.part.at("enum"), kept),), view.part.origin
        )
    yield scene.named(
        "const-changed" if keyword == "const" and len(sent) == 1 else "enum-value-removed",
        {"accepts": listed(accepted), "sends": listed(sent), "missing": listed(missing)},
        place,
        reader_repair=reader,
        writer_repair=writer,
    )


def _any_of(scene: Scene) -> str:
    """What the writer sends where it lists no values."""
    types = sent_types(scene)
    return f"any {joined(types)}" if types else "anything"


def name_unique(scene: Scene) -> Iterable[Named]:
    """Items that may repeat."""
    yield scene.named(
        "unique-items-added",
        {},
        writer_place(scene, "uniqueItems"),
        reader_repair=Repair("leave `uniqueItems` out", (remove(scene.part.at("uniqueItems")),)),
        writer_repair=copied(scene, {"uniqueItems": True}, "set `uniqueItems`"),
    )


def name_contains(scene: Scene) -> Iterable[Named]:
    """An array without the item that must be in it."""
    yield scene.named(
        "contains-changed",
        {"accepts": f"contain an item that fits {_schema(scene)}", "sends": "may come without", "keyword": "contains"},
        writer_place(scene, "contains"),
        reader_repair=Repair("leave `contains` out", (remove(scene.part.at("contains")),)),
    )


def _schema(scene: Scene) -> str:
    return f"`{shown(scene.part.keywords.get('contains'))}`"


LIMIT_NAMERS: Mapping[str, Namer] = {
    **dict.fromkeys(LIMITS, name_limit),
    "type": name_type,
    "enum": name_values,
    "const": name_values,
    "uniqueItems": name_unique,
    "contains": name_contains,
}
