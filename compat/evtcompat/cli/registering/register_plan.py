"""What `evtcompat registry register` is going to do: which schemas, in which order, with which references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evtcompat.checking.plans import Plan
from evtcompat.cli.runs.context import RunContext
from evtcompat.cli.runs.selecting import lookup_of
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import EitherReferences, References
from evtcompat.registries.base import Reference, SchemaRegistry
from evtcompat.registries.ordering import in_order
from evtcompat.registries.references import document, resolve
from evtcompat.sources.baselines.workspace import layout_in
from evtcompat.sources.published.histories import published_source
from evtcompat.sources.published.registered import RegistrySubjects, registry_text
from evtcompat.sources.published.uses import Uses, takes, uses_of
from evtcompat.sources.select import select
from evtcompat.sources.subjects.schema_tree import SchemaTree


@dataclass(slots=True)
class Refers:
    """One reference of a schema that is to be registered."""

    name: str
    subject: str
    #: ``None`` until the step that makes this version is done.
    version: int | None
    #: Where it comes from, in words.
    why: str = ""

    def __str__(self) -> str:
        """``shop.Address = address-value@2``."""
        return f"{self.name} = {self.subject}@{self.version or 'new'}"


@dataclass(slots=True)
class Step:
    """One schema, and what becomes of it."""

    plan: Plan
    references: list[Refers] = field(default_factory=list)
    #: The version that holds it already.
    known: int | None = None
    #: Whether a person named it, rather than another schema.
    named: bool = True
    #: The mode of the registry for its subject.
    mode: str = ""
    #: Why the registry would refuse it, in its own words.
    refused: tuple[str, ...] = ()
    #: The files of older versions in what was named that the registry does not have, as messages call them.
    older: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """See `Depending`."""
        return self.plan.subject

    @property
    def needs(self) -> Iterable[str]:
        """See `Depending`."""
        return [refers.subject for refers in self.references]

    @property
    def registered(self) -> tuple[Reference, ...] | None:
        """The references as the registry is told them; ``None`` while one of them is not registered."""
        if any(refers.version is None for refers in self.references):
            return None
        return tuple(Reference(one.name, one.subject, one.version or 0) for one in self.references)


class Planner:
    """Makes the steps for files."""

    def __init__(self, context: RunContext, client: SchemaRegistry, typed: Sequence[Reference]) -> None:
        self._context = context
        self._client = client
        self._typed = tuple(typed)
        self.subjects = RegistrySubjects(client)
        self._trees: dict[Path, SchemaTree] = {}

    def steps(self, subject: str | None) -> list[Step]:
        """What is to be done, in order: with the schemas that the named ones refer to.

        Raises:
            UncheckedError: A file or a history cannot be read, or the schemas refer to one another in a circle.
            UsageError: One subject was named for several schemas.
        """
        plans = {self._place(plan): plan for plan in self._plans(self._context.request.paths, subject)}
        if subject is not None and len(plans) != 1:
            message = f"--subject names one subject, but there are {len(plans)} schemas"
            raise UsageError(message, hint="Register them one by one.")
        named = frozenset(plans)
        uses: dict[str, Uses] = {}
        while missing := [place for place in plans if place not in uses]:
            for place in missing:
                uses[place] = self._uses(plans[place])
            needed = {path for place in missing for path in self._files(plans[place], uses[place])} - plans.keys()
            plans.update({self._place(plan): plan for plan in self._plans(sorted(needed), None)})
        _refuse_twice(plans.values())
        steps = [
            Step(plan, self._references(plan, uses[place], plans), named=place in named)
            for place, plan in plans.items()
        ]
        ordered = in_order(steps)
        for step in ordered:
            self._settle(step, {one.key: one for one in ordered})
            if step.known is None:
                step.older = tuple(self._older(step.plan))
        return ordered

    def ask(self, step: Step) -> None:
        """Fill in what the registry says of a new version, as far as it can be asked before anything is registered."""
        step.mode = self._client.mode(step.plan.subject)
        references = step.registered
        asks = references is not None and self._client.foretells
        answered = self.subjects.answer(step.plan, references) if asks else None
        if answered is not None and not answered[0].compatible:
            step.refused = answered[0].messages or ("it gives no reason",)

    def _plans(self, paths: Sequence[str | Path], subject: str | None) -> tuple[Plan, ...]:
        if not paths:
            return ()
        context = self._context
        source = published_source(lookup_of(context, self.subjects, subject), context.terms)
        selection = select(context.workspaces, paths, source, context.layout, context.folder)
        for error in (*selection.problems, *(error for _, error in selection.unread)):
            raise error
        for plan in selection.plans:
            if plan.candidate.document.syntax == "yaml":
                message = f"{plan.candidate.document.origin} is YAML, and registries take JSON"
                raise UsageError(message)
        return selection.plans

    def _place(self, plan: Plan) -> str:
        """Where a file lies on the disk."""
        workspace, inner = self._context.workspaces.locate(plan.candidate.document.origin or plan.path)
        return str(workspace.root / inner)

    def _uses(self, plan: Plan) -> Uses:
        return uses_of(self._tree(plan), plan.path, plan.format)

    def _tree(self, plan: Plan) -> SchemaTree:
        workspace, _ = self._context.workspaces.locate(plan.candidate.document.origin or plan.path)
        if workspace.root not in self._trees:
            layout = layout_in(workspace, self._context.layout, self._context.folder)
            self._trees[workspace.root] = SchemaTree(workspace.tree, layout)
        return self._trees[workspace.root]

    def _older(self, plan: Plan) -> Iterator[str]:
        """See `Step.older`: of a subject the newest version is registered, and the others would come after it."""
        tree = self._tree(plan)
        history = tree.history(plan.path)
        below = history.below(plan.path) if history is not None else ()
        published = self.subjects.published(plan.subject)
        known = {content_hash(one.document.value) for one in published.history.versions} if published else set()
        locate, request = self._context.workspaces.locate, self._context.request
        named = [workspace.root / inner for workspace, inner in map(locate, request.paths)]
        root = locate(plan.candidate.document.origin or plan.path)[0].root
        for one in below:
            older = tree.candidate(one.path)
            if older is not None and any((root / one.path).is_relative_to(path) for path in named):
                yield from () if content_hash(older.document.value) in known else (tree.tree.origin(one.path),)

    def _files(self, plan: Plan, uses: Uses) -> set[str]:
        """The files that a schema refers to and that the references a person typed leave open."""
        typed = {reference.name for reference in self._typed}
        workspace, _ = self._context.workspaces.locate(plan.candidate.document.origin or plan.path)
        return {str(workspace.root / path) for name, path in uses.files.items() if name not in typed}

    def _references(self, plan: Plan, uses: Uses, plans: dict[str, Plan]) -> list[Refers]:
        """What a schema refers to: as typed, as it was pulled, as files define it, else as the last version did."""
        found = {one.name: Refers(one.name, one.subject, one.version, "as typed") for one in self._typed}
        for one in uses.registered:
            found.setdefault(one.name, Refers(one.name, one.subject, one.version, "as it was pulled"))
        workspace, _ = self._context.workspaces.locate(plan.candidate.document.origin or plan.path)
        for name, path in uses.files.items():
            target = plans.get(str(workspace.root / path))
            if target is not None:
                origin = target.candidate.document.origin
                found.setdefault(name, Refers(name, target.subject, None, f"defined in {origin}"))
        published = self.subjects.published(plan.subject)
        newest = None if published is None else published.newest
        for one in newest.references if newest is not None and not uses.registered else ():
            before = f"as in version {newest.version}" if newest is not None else ""
            known = found.get(one.name)
            if known is not None and known.subject == one.subject:
                known.why = f"{known.why}; {before} it was {one.subject}@{one.version}"
            elif known is None and self._still_used(plan, uses, one):
                found[one.name] = Refers(one.name, one.subject, one.version, before)
        return [found[name] for name in sorted(found)]

    def _still_used(self, plan: Plan, uses: Uses, reference: Reference) -> bool:
        definition = document(self._client.version(reference.subject, reference.version))
        return takes(reference.name, definition, uses.open, plan.format, plan.candidate.document)

    def _settle(self, step: Step, steps: dict[str, Step]) -> None:
        """Fill in the versions that are known, and whether the schema is registered already."""
        for refers in step.references:
            target = steps.get(refers.subject)
            if refers.version is None and target is not None:
                refers.version = target.known
        references = step.registered
        if references is None:
            return
        plan = step.plan
        text, kind = registry_text(plan.candidate.document), plan.format.registry_type
        found = self._client.find(plan.subject, text, kind=kind, references=references)
        step.known = found.version if found is not None else None
        if references:
            known: References = resolve(
                references,
                referring=plan.subject,
                schema_format=plan.format,
                fetch=self._client.version,
                base=plan.candidate.document.value,
            )
            candidate = replace(plan.candidate, references=EitherReferences(known, plan.candidate.references))
            step.plan = replace(plan, candidate=candidate)


def _refuse_twice(plans: Iterable[Plan]) -> None:
    """Each subject gets one schema.

    Raises:
        UncheckedError: Two files are of one subject.
    """
    known: dict[str, Plan] = {}
    for plan in plans:
        other = known.setdefault(plan.subject, plan)
        if other is not plan:
            files = f"{other.candidate.document.origin} and {plan.candidate.document.origin}"
            message = f"{files} are both of the subject {plan.subject}"
            raise UncheckedError(message, hint="Register them one by one, the older first.")
