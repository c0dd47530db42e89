"""Which subjects a run need not judge again, told from the gate's files at the baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evtcompat.cli.runs.context import RunContext
from evtcompat.cli.runs.gating import gate_then
from evtcompat.config import Config
from evtcompat.errors import ConfigError, UncheckedError
from evtcompat.sources.baselines.against import Against, BaselineKind
from evtcompat.sources.histories.file_histories import never

#: Baselines that are the repository as it was.
_COMMITS: Final = (BaselineKind.AUTO, BaselineKind.GIT, BaselineKind.MERGE_BASE)


def settles(context: RunContext, against: Against) -> Callable[[str, str | None], bool]:
    """Tells whether the past of a subject, of which nothing changed since the git baseline, was judged and stays so.

    The gate's files are read when first asked for. Where the baseline is no commit, or a part of one, everything is
    judged.
    """
    if against.kind not in _COMMITS or against.path is not None:
        return never
    found: list[Callable[[str, str | None], bool]] = []

    def settled(subject: str, path: str | None) -> bool:
        if not found:
            found.append(_settled(context, against))
        return found[0](subject, path)

    return settled


def _settled(context: RunContext, against: Against) -> Callable[[str, str | None], bool]:
    from evtcompat.checking.settled import Settled, reopened
    from evtcompat.config.waivers import parse_waivers

    workspace, _ = context.workspaces.locate(context.environment.folder)
    if workspace.repository is None:
        return never
    try:
        then = gate_then(context, against, workspace)
        if then.broken is not None:
            return never
        before = then.config or Config()
        texts = (
            then.read(context.environment.folder / before.folder / before.waivers),
            context.read(context.environment.folder / context.config.folder / context.config.waivers),
        )
        old, new = (() if text is None else parse_waivers(text, "waivers") for text in texts)
    except (ConfigError, UncheckedError):  # told where the gate is compared; until it can be read nothing is settled
        return never
    return Settled(before, context.config, reopened(old, new, context.environment.today))
