"""Which Python models the configuration of the baseline lists, and the one under check does not any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evtcompat.checking.plans import Plan
from evtcompat.cli.runs.context import RunContext
from evtcompat.errors import UncheckedError
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.git.objects import GitTree
from evtcompat.sources.models.importing import Models, Module
from evtcompat.sources.models.named import Listed, NamedModels
from evtcompat.sources.names.naming import member_of


def unlisted_models(context: RunContext, other: RunContext, then: GitTree, plans: Sequence[Plan]) -> tuple[str, ...]:
    """What is not listed any more: ``shop.events`` for a module, ``shop.events:AnyOrder`` for a name.

    What goes on under another name is checked still, and a module without models held none. Where nobody allows to
    import what the baseline lists, what is in it is not known, and the lists themselves are compared.

    Args:
        context: The run under check.
        other: The run under the configuration of the baseline.
        then: The files of the baseline.
        plans: What is checked.
    """
    names = {module: set(named) for module, named in context.config.models}
    less = [one for one in other.config.models if one[0] not in names or not names[one[0]].issuperset(one[1])]
    if context.config.folder != other.config.folder:
        less = [*other.config.models]
    allowed = other.allowed_models
    if less and not allowed:
        words = ([f"{module}:{name}" for name in named] if module in names else [module] for module, named in less)
        return tuple(dict.fromkeys(word for found in words for word in found))
    before, after = _modules(other, then, less), _modules(context, then, context.allowed_models)
    kept = {one for plan in plans for one in (plan.path, plan.renamed_from)}
    lost: dict[str, None] = {}
    for file, module in before.items():
        still = set(_events(context, then, file, after[file])) if file in after else set()
        for event in _events(other, then, file, module):
            if event not in still and event not in kept:
                lost[f"{module.name}:{member_of(event)}" if file in after else module.name] = None
    return tuple(lost)


def _modules(context: RunContext, then: GitTree, listed: Listed) -> Mapping[Path, Module]:
    """The modules of the baseline that a configuration means, by their files."""
    if not listed:
        return {}
    named = NamedModels(folder=context.environment.folder, environment=context.environment.variables)
    found = named.at_commit(then, listed, context.config.folder, about_all=True)
    return {} if found is None else found.modules


def _events(context: RunContext, then: GitTree, file: Path, module: Module) -> Iterator[str]:
    """The paths of the models of a module; that of the module itself where it cannot be imported: nobody knows them."""
    path = file.relative_to(then.top).as_posix()
    try:
        container = OpenedTree(then, Models({file: module}, environment=context.environment.variables)).container(path)
    except UncheckedError:
        yield path
    else:
        yield from () if container is None else container.events
