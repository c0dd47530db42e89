"""What every command is asked, in folders of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from answers_bench import JSON, Answer, Bench
from answers_data import POLICIES, Pair, text_of

#: Bytes of two files from which on only one direction is asked for: the largest input takes minutes for the other.
LARGE = 200_000
LEVELS = ("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")
COMMANDS = (
    "check",
    "diff",
    "exercise",
    "explain",
    "matrix",
    "rules",
    "waive",
    "lock",
    "fixtures",
    "fixtures generate",
    "fixtures verify",
    "registry",
    "registry subjects",
    "registry versions",
    "registry show",
    "registry pull",
    "registry check",
    "registry diff",
    "registry register",
    "registry serve",
)
#: Consumers to exercise: one that keeps what it did and knows an event that came before, and one that fails.
CONSUMERS = """\
import json
import os
from pathlib import Path


def _book():
    return Path(os.environ["EVTCOMPAT_CELL_DIR"]) / "book.json"


def state():
    return json.loads(_book().read_text()) if _book().exists() else []


def careful(message, dead_letter):
    try:
        value = message.json()
    except ValueError:
        dead_letter(message, "not JSON")
        return
    if not any(known == message.id for known, _ in state()):
        _book().write_text(json.dumps([*state(), [message.id, sorted(value)]]))


def careless(message):
    _book().write_text(json.dumps([*state(), [message.id, sorted(message.json())]]))


def sized(body):
    return len(body)
"""


def copy_tree(source: Path, target: Path) -> None:
    """Copy a tree over another; links stay links, and what is copied can be written to."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        copy = target / path.name
        if path.is_symlink():
            copy.unlink(missing_ok=True)
            copy.symlink_to(path.readlink())
        elif path.is_dir():
            copy_tree(path, copy)
        else:
            shutil.copyfile(path, copy)


def git(folder: Path, *arguments: str) -> None:
    """Run git; author, dates and configuration are those of the environment that `dump` sets."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)


def paired(pair: Pair, with_fixtures: bool, bench: Bench) -> Iterator[Answer]:  # noqa: FBT001 - handed over by position
    """Every command that takes two files, and fixtures of both versions."""
    with bench.folder() as folder:
        old, new = (f"event-v{number}{pair.suffix}" for number in (1, 2))
        for name, value in ((old, pair.old), (new, pair.new)):
            (folder / name).write_text(text_of(value), encoding="utf-8")
        yield from _two_files(bench, folder, pair.name, old, new, policies=pair.policies)
        if with_fixtures:
            yield from _fixtures(bench, folder, pair.name, "event", pair.policies[:1])


def _two_files(
    bench: Bench, folder: Path, name: str, old: str, new: str, *, policies: Sequence[str | None]
) -> Iterator[Answer]:
    """`check` and `diff` of two files."""
    for policy in policies:
        given = () if policy is None else ("--policy", policy)
        shown = name if policy is None else f"{name}, {policy}"
        answer = bench.check(folder, "check", new, "--against", old, "--explain-proof", *given)
        yield Answer("cli check", shown, answer)
        yield Answer("cli diff", shown, bench.run(folder, "diff", old, new, *given))


def _fixtures(
    bench: Bench, folder: Path, name: str, subject: str, policies: Sequence[str | None], seed: int = 0
) -> Iterator[Answer]:
    """The matrix of a subject and its fixtures, written and verified; those of the last policy stay in ``payloads``."""
    target = folder / "payloads"
    for policy in policies:
        given = ("--seed", str(seed), *(() if policy is None else ("--policy", policy)))
        shown = name if policy is None else f"{name}, {policy}"
        for form in ("text", "json"):
            answer = bench.run(folder, "matrix", subject, "--format", form, *given)
            yield Answer("cli matrix", f"{shown}, {form}", answer)
        shutil.rmtree(target, ignore_errors=True)
        made = bench.run(folder, "fixtures", "generate", subject, "-o", target.name, *given)
        yield Answer("cli fixtures generate", shown, {"run": made, "files": bench.digests(target)})
    yield Answer("cli fixtures verify", name, bench.run(folder, "fixtures", "verify", target.name))


def reported(source: Path, bench: Bench) -> Iterator[Answer]:
    """The commands on an input of ``reports`` or ``asyncapi``: two files, or two trees and how to check them."""
    name = f"{source.parent.name} {source.name}"
    with bench.folder() as folder:
        how = source / "how.txt"
        if how.is_file():
            git(folder, "init", "--quiet", "--initial-branch=main")
            copy_tree(source / "old", folder)
            commit(folder, "The old state")
            copy_tree(source / "new", folder)
            command = shlex.split(how.read_text(encoding="utf-8").rpartition("evtcompat ")[2])
            for policy in POLICIES:
                yield Answer("cli check", f"{name}, {policy}", bench.check(folder, *command, "--policy", policy))
            yield Answer("cli check --changed", name, bench.check(folder, "check", "--changed"))
            git(folder, "add", "--all")
            yield Answer("cli check --staged", name, bench.check(folder, "check", "--staged"))
            return
        copy_tree(source, folder)
        new = next(path.name for path in sorted(folder.glob("new.*")))
        old = "old" + new.removeprefix("new")
        if size_of(source) >= LARGE:
            for policy in POLICIES:
                words = f"check {new} --against {old} --level BACKWARD --policy {policy}"
                answer = bench.check(folder, *words.split(), apart=True)
                yield Answer("cli check --level", f"{name}, {policy}", answer)
            return
        yield from _two_files(bench, folder, name, old, new, policies=POLICIES)


def cased(source: Path, bench: Bench) -> Iterator[Answer]:
    """The commands on a case folder with two files, ``old`` and ``new``."""
    with bench.folder() as folder:
        copy_tree(source, folder)
        old, new = (next(folder.glob(f"{side}.*")).name for side in ("old", "new"))
        policies = (None,) if new.endswith(".avsc") else POLICIES
        name = f"case {source.parent.name}/{source.name}"
        yield from _two_files(bench, folder, name, old, new, policies=policies)


def worded(bench: Bench) -> Iterator[Answer]:
    """What commands say of themselves and of the rules, and how they refuse wrong usage."""
    with bench.folder() as folder:
        for words in ("--version", "--help", *(f"{command} --help" for command in COMMANDS)):
            yield Answer("cli help", words, bench.run(folder, *words.split()))
        for words in ("rules", "rules --json"):
            yield Answer("cli rules", words, bench.run(folder, *words.split()))
        for rule in json.loads(bench.output(folder, "rules", "--json")):
            yield Answer("cli explain", rule["id"], bench.run(folder, "explain", rule["id"]))
        (folder / "a-v1.avsc").write_text('{"type": "record", "name": "A", "fields": []}', encoding="utf-8")
        (folder / "bad-v1.avsc").write_text('{"type": "record", "name": "A"}', encoding="utf-8")
        (folder / "bad-v1.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#",', "utf-8")
        for words in (
            "explain no-such-rule",
            "chek a-v1.avsc",
            "check no-such-file.avsc",
            "check a-v1.avsc --level SIDEWAYS",
            "check a-v1.avsc --policy loose",
            "check a-v1.avsc --format html",
            "check a-v1.avsc --against git:no-such-ref",
            "check a-v1.avsc --against lock",
            "check a-v1.avsc --against registry",
            "check a-v1.avsc --config no-such.toml",
            "check bad-v1.avsc",
            "check bad-v1.json",
            "check",
            "diff a-v1.avsc no-such-file.avsc",
            "matrix no-such-subject",
            "fixtures generate no-such-subject -o out",
            "fixtures verify no-such-folder",
            "exercise no-such-subject --new consumers:careful",
            "lock --check",
            "registry subjects",
        ):
            yield Answer("cli refusal", words, bench.run(folder, *words.split()))


def sample_versions(samples: Path) -> dict[str, list[str]]:
    """The files of each sample subject by its name, the oldest first; those to refuse come last."""
    found: dict[str, list[str]] = {}
    for path in [*sorted(samples.iterdir()), *sorted((samples / "rejected").iterdir())]:
        name, version, _ = path.stem.rpartition("-v")
        if version and path.is_file():
            found.setdefault(name, []).append(f"schemas/{path.relative_to(samples).as_posix()}")
    return found


def _sample_repository(samples: Path, folder: Path) -> dict[str, list[str]]:
    """A repository with the sample schemas: the second versions are those of the second commit."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    copy_tree(samples, folder / "schemas")
    settings = 'paths = ["schemas"]\nexclude = ["schemas/rejected"]\n'
    (folder / "evtcompat.toml").write_text(settings, encoding="utf-8")
    files = sample_versions(samples)
    later = [file for versions in files.values() for file in versions[1:]]
    texts = {file: (folder / file).read_bytes() for file in later}
    for file in later:
        (folder / file).unlink()
    commit(folder, "The first versions")
    (folder / "schemas" / "rejected").mkdir(exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_bytes(text)
    commit(folder, "The second versions")
    return files


def sampled(samples: Path, subject: str, bench: Bench) -> Iterator[Answer]:
    """Every command on one subject of the sample schemas."""
    with bench.folder() as folder:
        files = _sample_repository(samples, folder)[subject]
        policies: tuple[str | None, ...] = POLICIES if files[0].endswith(".json") else (None,)
        for file in files:
            yield Answer("cli check", file, bench.check(folder, "check", file))
            saved = bench.run(folder, "check", file, "--save-witnesses", "witnesses")
            digests = bench.digests(folder / "witnesses")
            yield Answer("cli check --save-witnesses", file, {"run": saved, "files": digests})
            shutil.rmtree(folder / "witnesses", ignore_errors=True)
        for old, new in pairwise(files):
            for pair in ((old, new), (new, old)):
                yield from _two_files(bench, folder, " to ".join(pair), *pair, policies=policies)
            for level in LEVELS:
                for fail_on in ("error", "note"):
                    words = f"check {new} --against {old} --level {level} --fail-on {fail_on}"
                    yield Answer("cli check --level", words, bench.run(folder, *words.split()))
        answer = bench.run(folder, "diff", f"git:HEAD~1:{files[0]}", files[1])
        yield Answer("cli diff", f"git:HEAD~1, {subject}", answer)
        for seed in (1, 0):
            yield from _fixtures(bench, folder, f"sample {subject}, seed {seed}", subject, policies, seed)
        manifest = folder / "payloads" / "manifest.json"
        if manifest.is_file():
            text = bench.normalise(manifest.read_text(encoding="utf-8"))
            yield Answer("cli fixtures manifest", subject, text)


def exercised(samples: Path, subject: str, bench: Bench) -> Iterator[Answer]:
    """`exercise` with consumers of a sample subject."""
    with bench.folder() as folder:
        files = _sample_repository(samples, folder)
        (folder / "consumers.py").write_text(CONSUMERS, encoding="utf-8")
        bench.run(folder, "fixtures", "generate", subject, "-o", "payloads")
        encoding = "json" if files[subject][0].endswith(".json") else "binary"
        for words in (
            "--old consumers:careful --new consumers:careless --observe state",
            "--new consumers:careful --observe state --level BACKWARD --format json",
            f"--new consumers:sized --observe returns --delivery once --encoding {encoding} --format junit",
            "--new consumers:sized --delivery twice --undecided warn",
            "--new consumers:no_such_function",
        ):
            command = f"exercise {subject} --fixtures payloads {words}"
            yield Answer("cli exercise", command, bench.run(folder, *command.split()))


def edited(samples: Path, bench: Bench) -> Iterator[Answer]:
    """The sample schemas while somebody edits them: in place, renamed, removed, configured, waived."""
    with bench.folder() as folder:
        files = _sample_repository(samples, folder)
        for words in (
            "check",
            "check schemas",
            "check schemas/rejected",
            "check --against git:HEAD~1",
            "check --against git:HEAD~1 --level BACKWARD_TRANSITIVE",
            "check --changed",
            "check --staged",
        ):
            yield Answer("cli check of a repository", words, bench.check(folder, *words.split()))
        for _, second, *others in files.values():
            if others:
                shutil.copyfile(folder / others[-1], folder / second)
        *_, removed, renamed = files.values()
        for file in removed:
            (folder / file).unlink()
        for file in renamed:
            git(folder, "mv", file, file.replace("-v", "-renamed-v"))
        yield from _self_checks(bench, folder, "edited")
        git(folder, "add", "--all")
        yield from _self_checks(bench, folder, "staged")
        severities = '[severity]\npublished-version-edited = "warning"\nreader-field-missing-default-value = "off"\n'
        with (folder / "evtcompat.toml").open("a", encoding="utf-8") as settings:
            settings.write(severities)
        yield from _self_checks(bench, folder, "configured")
        git(folder, "checkout", "--quiet", "HEAD", "--", "evtcompat.toml")
        report = json.loads(bench.output(folder, "check", "--format", "json") or "{}")
        account = ("--reason", "on purpose", "--owner", "a@example.com", "--expires", "9999-12-31")
        for fingerprint in sorted(_fingerprints(report))[:3]:
            yield Answer("cli waive", fingerprint, bench.run(folder, "waive", fingerprint, *account))
        waivers = folder / "evtcompat-waivers.toml"
        text = waivers.read_text(encoding="utf-8") if waivers.is_file() else None
        yield Answer("cli waive", "the file", text)
        yield Answer("cli waive", "unknown", bench.run(folder, "waive", "0" * 24, *account))
        yield from _self_checks(bench, folder, "waived")


def _self_checks(bench: Bench, folder: Path, state: str) -> Iterator[Answer]:
    """The checks that find out for themselves what to look at."""
    for words in ("check", "check --changed", "check --staged", "check --level BACKWARD --undecided warn"):
        yield Answer("cli check of a repository", f"{state}: {words}", bench.check(folder, *words.split()))


def _fingerprints(report: JSON) -> set[str]:
    """Every fingerprint in a report, those of causes left out."""
    if isinstance(report, list):
        return {one for item in report for one in _fingerprints(item)}
    if not isinstance(report, dict):
        return set()
    found = {one for name, item in report.items() if name != "because" for one in _fingerprints(item)}
    fingerprint = report.get("fingerprint")
    return found | {fingerprint} if isinstance(fingerprint, str) and fingerprint else found


def registered(samples: Path, profile: str, bench: Bench) -> Iterator[Answer]:
    """The sample schemas beside a registry: registered, listed, checked, locked, drifted, pulled, compared."""
    from evtcompat.testing import PROFILES, RegistryServer

    with bench.folder() as folder, RegistryServer(PROFILES[profile]) as server:
        files = _sample_repository(samples, folder)
        os.environ["EVTCOMPAT_REGISTRY_URL"] = server.url
        os.environ["EVTCOMPAT_CACHE_DIR"] = str(folder / "cache")
        (folder / ".git" / "info" / "exclude").write_text("cache\npulled\n", encoding="utf-8")
        try:
            for number, command in enumerate(_registry_commands(folder, files), 1):
                words = [word for word in command.split() if not word.startswith("report:")]
                run = bench.check if "report:" in command else bench.run
                yield Answer("cli registry", f"{profile} {number:02} {command}", run(folder, *words))
            yield Answer("cli registry", f"{profile}, pulled files", bench.digests(folder / "pulled"))
            lock = folder / "evtcompat.lock"
            yield Answer("cli registry", f"{profile}, the lock", bench.normalise(lock.read_text(encoding="utf-8")))
        finally:
            del os.environ["EVTCOMPAT_REGISTRY_URL"], os.environ["EVTCOMPAT_CACHE_DIR"]


def _registry_commands(folder: Path, files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Commands in an order that makes sense to a registry; ``report:`` behind one asks for every format."""
    yield from ("registry subjects", "check --against registry report:", "lock")
    shared: dict[str, str] = {}
    for path in sorted((folder / "schemas").glob("*.avsc")):
        if "-v" not in path.stem:
            yield f"registry register schemas/{path.name} --yes"
            schema = json.loads(path.read_text(encoding="utf-8"))
            shared[schema["name"]] = f" --reference {schema['namespace']}.{schema['name']}={path.stem}@1"

    def register(file: str) -> str:
        text = (folder / file).read_text(encoding="utf-8")
        return f"registry register {file}" + "".join(shared[name] for name in shared if name in text)

    for first, *_ in files.values():
        yield from (f"{register(first)}{option}" for option in (" --dry-run", "", " --yes"))
    yield from ("registry subjects", "lock", "lock --check", "check --against lock report:")
    for subject, (_, *later) in files.items():
        for file in later:
            yield f"check {file} --against registry --ask report:"
            yield f"check {file} --against registry:{subject}@1 --level FULL report:"
            yield f"registry check {file}"
            yield f"diff registry:{subject}@1 {file}"
            yield f"{register(file)} --yes"
        yield f"registry versions {subject}"
        yield f"registry show {subject}"
        yield f"registry show {subject}@1 --raw"
        yield f"check {later[0]} --against registry:{subject}@9"
    yield from (
        "lock --check",
        "check --against lock --level FULL_TRANSITIVE report:",
        "check --against registry --level FULL_TRANSITIVE report:",
        "check --changed --against registry report:",
        "check schemas/rejected --against registry report:",
        "registry pull pulled",
        "registry pull pulled --prune",
        "registry diff pulled",
        "registry diff schemas",
        "registry show no-such-subject",
        "registry versions no-such-subject",
    )


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
