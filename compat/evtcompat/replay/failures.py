"""Recorded events that a reader gets wrong, as a fixture folder for `exercise` and the pytest plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.histories import version_name
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.cases import Payload
from evtcompat.payloads.contents import Ids, folder_contents
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_with, slug
from evtcompat.payloads.writing import write_folder
from evtcompat.replay.world import UNSAID

if TYPE_CHECKING:
    from evtcompat.model.histories import Version
    from evtcompat.replay.answer import Answer
    from evtcompat.replay.summary import Example, Summary
    from evtcompat.replay.world import KnownWriter, World


def save_failures(
    folder: Path, summary: Summary, world: World, answer: Answer, writers: dict[str, KnownWriter | None]
) -> str:
    """What was written, in a sentence.

    Raises:
        UsageError: The folder holds something else, or cannot be written.
    """
    versions = _versions(world, writers)
    parsed = ParsedSubject(
        Subject(
            name=world.job.subject,
            format=world.format,
            versions=tuple(replace(version, label=label) for label, version in versions.items()),
            policy=_policy(world),
            settings=world.job.settings.options.settings,
        )
    )
    rules = {seen.finding.fingerprint: seen.finding.rule for reader in answer.readers for seen in reader.findings}
    payloads: dict[str, list[Payload]] = {}
    known: set[bytes] = set()
    left = 0
    for (_, key), pair in sorted(summary.pairs.items()):
        for kind, examples in sorted(pair.failures.items()):
            outcome, *fingerprints = kind.split(" ")
            title = next((rules[one] for one in fingerprints if one in rules), outcome)
            for example in examples:
                if not example.payload or example.payload in known:
                    continue
                label = _label(key, writers, parsed, example)
                if label is None:
                    left += 1
                    continue
                known.add(example.payload)
                made = payloads.setdefault(label, [])
                made.append(_payload(label, len(made) + 1, title, outcome, example, parsed))
    if not known:
        return f"{folder}: nothing to write: no event fails" + (
            f" that a version could write ({left} left out)" if left else ""
        )
    matrix = matrix_with(
        parsed, {label: tuple(made) for label, made in payloads.items()}, "no failing event was written with it"
    )
    contents = folder_contents(parsed, matrix, Ids.parse(parsed.subject.labels, ()))
    written = write_folder(folder, contents)
    out = f", {left} left out, which no version could write" if left else ""
    out += "".join(f", those left out of {one}" for one in contents.left_out)
    return f"{folder}: {len(known)} failing events{out}; {written.words()}"


def _versions(world: World, writers: dict[str, KnownWriter | None]) -> dict[str, Version]:
    """Every schema that writes or reads, by a label: the history, then what is none of it."""
    versions = {label: version for label, version, _ in world.history}
    contents = {world.recorded.content(schema) for _, _, schema in world.history}
    for key, writer in writers.items():
        if writer is not None and writer.document is not None and writer.version is None:
            versions[f"recorded-{key[:8]}"] = writer.document
    for (name, version), schema in zip(world.job.readers, world.readers, strict=True):
        content = world.recorded.content(schema)
        if content not in contents:
            contents.add(content)
            versions[f"reader-{slug(name)}"] = version
    return versions


def _policy(world: World) -> Policy:
    policy = world.job.settings.options.settings.get("policy")
    return policy if isinstance(policy, Policy) else Policy.LENIENT


def _label(key: str, writers: dict[str, KnownWriter | None], parsed: ParsedSubject, example: Example) -> str | None:
    """The version that wrote an event; of one that does not say, the newest that could have."""
    writer = writers.get(key)
    if key != UNSAID:
        return None if writer is None else writer.version or f"recorded-{key[:8]}"
    for label in reversed(parsed.subject.labels):
        try:
            parsed.payloads[label].decode(example.payload)
        except PayloadError:
            continue
        return label
    return None


def _payload(label: str, number: int, title: str, outcome: str, example: Example, parsed: ParsedSubject) -> Payload:
    value = parsed.payloads[label].decode(example.payload)
    phrase = f"{outcome}, recorded by {version_name(label)} at {example.position}"
    return Payload(label, f"{number:02}-{slug(title)}", phrase, value, example.payload, (), None)
