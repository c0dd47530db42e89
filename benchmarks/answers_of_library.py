"""What the library is asked of each pair and each history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

from answers_bench import JSON, Answer, Bench
from answers_data import Pair, text_of


def compared(pair: Pair, bench: Bench) -> Iterator[Answer]:
    """`compare` in both directions, and `check` of the pair as texts."""
    from evtcompat import check, compare

    settings: dict[str, dict[str, Any]] = {"compare": {}, "compare without witnesses": {"witnesses": False}}
    if pair.format == "json-schema":
        settings["compare with formats"] = {"assert_formats": True}
    for policy in pair.policies:
        given: dict[str, Any] = {"format": pair.format} | ({} if policy is None else {"policy": policy})
        shown = pair.name if policy is None else f"{pair.name}, {policy}"
        for kind, more in settings.items():
            for direction, reader, writer in (
                ("new reads old", pair.new, pair.old),
                ("old reads new", pair.old, pair.new),
            ):
                work = partial(compare, reader=cast("Any", reader), writer=cast("Any", writer), **given, **more)
                yield Answer(f"{pair.format} {kind}", f"{shown}, {direction}", bench.ask(work))
        # a bare string is the name of a type, or of a file
        versions = [value if isinstance(value, str) else text_of(value) for value in (pair.old, pair.new)]
        work_of_check = partial(check, candidate=versions[1], history=versions[:1], subject="event", **given)
        yield Answer(f"{pair.format} check", shown, bench.ask(work_of_check))


def checked(name: str, steps: Sequence[Pair], bench: Bench) -> Iterator[Answer]:
    """`check` of the last version of a history against all before it."""
    from evtcompat import check

    versions: list[JSON] = []
    for step in steps:
        versions += [value for value in (step.old, step.new) if not versions or value != versions[-1]]
    for level in ("BACKWARD", "FULL_TRANSITIVE"):
        for policy in steps[0].policies:
            given: dict[str, Any] = {} if policy is None else {"policy": policy}
            work = partial(
                check,
                candidate=cast("Any", versions[-1]),
                history=cast("Any", versions[:-1]),
                level=level,
                format=steps[0].format,
                **given,
            )
            words = ", ".join(word for word in (name, policy, level) if word)
            yield Answer(f"{steps[0].format} check of a history", words, bench.ask(work))
