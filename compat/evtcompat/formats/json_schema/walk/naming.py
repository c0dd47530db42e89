"""The name of a cause: which rule it falls under, what differs, and what would mend it on either side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evtcompat.formats.json_schema import names as paths
from evtcompat.formats.json_schema.walk.causes import Cause
from evtcompat.formats.json_schema.walk.conditions import condition
from evtcompat.formats.json_schema.walk.parts import Part, Side
from evtcompat.formats.json_schema.walk.patching import Operation, add, remove, replace
from evtcompat.formats.json_schema.walk.translating import UntranslatableError, keywords_translated
from evtcompat.formats.json_schema.walk.views import Seen, View, views
from evtcompat.formats.json_schema.walk.wording import where
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of one side that undoes a difference."""

    text: str
    operations: tuple[Operation, ...]
    #: The document to change, when it is another than the one compared; what changes the reader is in the document of
    #: the cause.
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A cause under its rule."""

    rule: str
    reader: Place
    writer: Place
    facts: Mapping[str, object]
    #: What takes the cause out of the reader's way while the others are looked for; ``None`` when it lies in a document
    #: that cannot be changed here.
    relief: tuple[Operation, ...] | None
    reader_repair: Repair | None = None
    writer_repair: Repair | None = None
    #: What the validator said of it.
    said: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A cause with everything that its name depends on."""

    cause: Cause
    reader: Side
    writer: Side
    #: The whole instance; the writer accepts it.
    event: JSON
    #: What the writer says of places of the event, once asked; shared between the causes of one event.
    known: Seen = field(default_factory=dict, compare=False)

    @property
    def part(self) -> Part:
        """The reader's part."""
        return self.cause.part

    @property
    def value(self) -> JSON:
        """What the failing keyword says."""
        return self.part.keywords.get(self.cause.keyword)

    def seen(self, *below: str | int) -> tuple[View, ...]:
        """What the writer says of the place, or of something below it."""
        return self.seen_at((*self.cause.path, *below))

    def seen_at(self, path: tuple[str | int, ...]) -> tuple[View, ...]:
        """What the writer says of any place."""
        return views(self.writer, self.event, path, self.known)

    def declared(self) -> View | None:
        """The nearest view around the place that the writer does have."""
        for length in range(len(self.cause.path), -1, -1):
            found = self.seen_at(self.cause.path[:length])
            if found:
                return found[0]
        return None

    @property
    def names(self) -> str:
        """The place by names: the writer's where it declares the place, else the reader's."""
        own = self.seen()
        if own and own[0].by == "properties" and self.cause.by != "properties":
            return own[0].names
        return self.cause.names

    def named(
        self,
        rule: str,
        facts: Mapping[str, object],
        writer: Place | None = None,
        *,
        steps: Sequence[str | int] | None = None,
        names: str | None = None,
        relief: Iterable[Operation] | None = None,
        reader_repair: Repair | None = None,
        writer_repair: Repair | None = None,
    ) -> Named:
        """The cause under a rule. `steps` lead from the reader's part to what fails, the keyword unless given."""
        steps = ((self.cause.keyword,) if self.cause.keyword else ()) if steps is None else steps
        if writer is None:
            view = self.declared()
            writer = view.part.place(names=view.names) if view else Place()
        changeable = self.part.changeable
        if relief is None:
            relief = (
                (remove(self.part.at(self.cause.keyword)),) if self.cause.keyword else (replace(self.part.pointer, {}),)
            )
        return Named(
            rule,
            self.part.place(*steps, names=self.names if names is None else names),
            writer,
            {"where": self.where(), **facts},
            tuple(relief) if changeable else None,
            reader_repair if changeable else None,
            writer_repair,
            self.said(str(facts.get("property", ""))),
        )

    def where(self, names: str | None = None) -> str:
        """The place in words, with the condition under which the reader's part counts."""
        return where(self.names if names is None else names) + self.condition

    @property
    def condition(self) -> str:
        """The condition under which the reader's part counts, in brackets."""
        return _condition(self, self.part)

    def said(self, name: str = "") -> str:
        """What the validator said of the cause; of one name, where it said something of several."""
        messages = self.cause.messages
        about = (message for message in messages if name and message.startswith(repr(name)))
        return next(about, messages[0] if messages else "")

    def writer_with(self, *keywords: str) -> View | None:
        """The writer's view of the place that has one of the keywords."""
        return next((view for view in self.seen() if any(word in view.part.keywords for word in keywords)), None)


def _condition(scene: Scene, part: Part) -> str:
    return condition(scene.reader.schema.value, part.pointer) if part.origin is None else ""


#: How causes of one keyword are named; several where one keyword fails for several names.
Namer = Callable[[Scene], Iterable[Named]]


def writer_place(scene: Scene, *keywords: str) -> Place:
    """The writer's keyword, or its part where it has none."""
    view = scene.writer_with(*keywords)
    if view is not None:
        word = next(word for word in keywords if word in view.part.keywords)
        return view.part.place(word, names=view.names)
    view = scene.declared()
    return view.part.place(names=view.names) if view else Place()


def copied(scene: Scene, keywords: Mapping[str, JSON], text: str) -> Repair | None:
    """The repair that gives the writer what the reader demands, in the words of the writer's draft."""
    view = scene.writer_with(*keywords) or next(iter(scene.seen()), None)
    if view is None or not view.part.changeable or not isinstance(view.part.value, dict):
        return None
    try:
        words = keywords_translated(keywords, scene.reader.dialect_of(scene.part), scene.writer.dialect_of(view.part))
    except UntranslatableError:
        return None
    return Repair(text, tuple(set_(view.part, word, value) for word, value in words.items()), view.part.origin)


def set_(part: Part, keyword: str, value: JSON) -> Operation:
    """Sets a keyword of a part; one that lists names keeps those that it has."""
    known = part.keywords.get(keyword)
    if isinstance(known, dict) and isinstance(value, dict) and len(value) == 1 and keyword.startswith("depend"):
        name, inner = next(iter(value.items()))
        return add(part.at(keyword, name), inner)
    return add(part.at(keyword), value)


def open_to(scene: Scene) -> bool:
    """Whether the writer says nothing of the place: it lies in what an open object leaves to chance."""
    return bool(scene.cause.path) and not scene.seen()


def name_open(scene: Scene) -> Iterable[Named]:
    """A place that only the reader constrains: the outermost one that the writer does not declare."""
    path = scene.cause.path
    length = next(n for n in range(1, len(path) + 1) if not scene.seen_at(path[:n]))
    around = scene.seen_at(path[: length - 1])
    writer = around[0].part.place(names=around[0].names) if around else Place()
    own = next(iter(views(scene.reader, scene.event, path[:length])), None)
    part = own.part if own else scene.part
    by, names = (own.by, own.names) if own else (scene.cause.by, scene.cause.names)
    facts: dict[str, object] = {"where": where(names) + _condition(scene, part)}
    if by == "properties":
        facts["property"] = str(path[length - 1])
    relief = (replace(part.pointer, {}),) if part.changeable and part.pointer else None
    rule = _OPEN_RULES.get(by, "map-values-constrained")
    yield Named(
        rule,
        part.place(names=names),
        writer,
        facts,
        relief,
        reader_repair=Repair(f"accept anything for {where(names)}", relief) if relief else None,
        writer_repair=_closing(around) if isinstance(path[length - 1], str) else None,
        said=scene.said(),
    )


#: What it is called to constrain an open place, by the keyword that leads there; map values otherwise.
_OPEN_RULES = {
    "properties": "property-added",
    **dict.fromkeys(("items", "prefixItems", "additionalItems", "unevaluatedItems"), "items-constrained"),
}


def _closing(around: Sequence[View]) -> Repair | None:
    """The repair that closes the writer's object, where it has one plain part that can be changed."""
    part = around[0].part if len(around) == 1 else None
    if part is None or not part.changeable or not isinstance(part.keywords.get("properties"), dict):
        return None
    return Repair("close the object", (add(part.at("additionalProperties"), value=False),), part.origin)


def name_other(scene: Scene) -> Iterable[Named]:
    """A cause without a name of its own."""
    yield scene.named("instance-refused", refused_at(scene.cause, scene.where()))


def refused_at(cause: Cause | None, place: str) -> dict[str, object]:
    """The facts of a refusal without a name of its own."""
    if cause is None:
        return {"where": place, "by": ""}
    keyword = f"`{cause.keyword}`" if cause.keyword else "a schema that accepts nothing"
    return {"where": place, "by": f", because of {keyword} at {place}"}


def member_names(names: str, name: str) -> str:
    """The names of a member, for facts."""
    return where(paths.member(names, name))
