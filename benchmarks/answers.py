"""Every answer of a checkout, to the letter, so that two checkouts can be compared.

    python benchmarks/answers.py dump CHECKOUT --reference DIR --out FILE.jsonl [--jobs 2] [--part avro|json|cli ...]
    python benchmarks/answers.py compare BEFORE.jsonl AFTER.jsonl

`dump` asks the package under ``CHECKOUT/compat``, in processes of their own, only through its public functions and its
command line, and writes one answer a line: ``{"kind": ..., "id": ..., "answer": ...}``, sorted. The parts are

- `avro` and `json`: `compare` on every pair of the reference data, in both directions, with and without witnesses, for
  JSON Schema under both policies and with asserted formats; `check` on every pair as text, and on the histories.
- `cli`: exit code, standard output, standard error and written files of every command: on the sample schemas (in a git
  repository and beside a registry), on the inputs under ``reports`` and ``asyncapi``, and on the pairs of the reference
  data as files.

Both dumps must be made of the same reference data and sample schemas: ``--samples`` and ``--cases`` name folders of one
checkout where the two differ. Which answers are asked for in one process, and in which order, does not depend on
``--jobs``. Paths, addresses in memory, ports, evtcompat's own version and the body of a traceback are replaced by
words; all else counts. The seed of hashes is 0; with ``PYTHONHASHSEED=1``, or another, a second dump of one checkout
shows which answers depend on it.

`compare` exits with 1 if any answer differs, and shows the first of each kind. With ``--common`` it leaves out answers
that only one of the files has, as after ``--sample N``, which asks for every N-th pair or folder only.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import dataclasses
import difflib
import enum
import gzip
import hashlib
import importlib
import io
import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NamedTuple, TypeAlias, cast

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
SchemaFormat: TypeAlias = Literal["avro", "json-schema"]

PARTS = ("cli", "avro", "json")
#: How many units of a part one process works on.
SHARD = {"cli": 12, "avro": 600, "json": 60}
POLICIES = ("lenient", "strict")
#: Of every how many-th pair of the larger data sets fixtures are made: that takes longer than all else.
FIXTURES = 5
#: Bytes of two files from which on only one direction is asked for: the largest input takes minutes for the other.
LARGE = 200_000
LEVELS = ("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")
REPORTS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")
AVRO_DATA = ("avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz")
JSON_DATA = ("json_cases.jsonl", "json_real.jsonl.gz")
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


@dataclass(frozen=True)
class Inputs:
    """Where the questions come from.

    Attributes:
        checkout: Whose answers are asked for.
        reference: The reference data.
        samples: A folder of sample schemas, ``NAME-vN.avsc`` and ``.json``, with those to refuse in ``rejected``.
        cases: A folder such as ``tests/cases``, of folders that each hold cases with two files, ``old`` and ``new``; or
            ``None``.
        parts: Which parts.
        sample: Every how many-th unit.
    """

    checkout: Path
    reference: Path
    samples: Path
    cases: Path | None
    parts: tuple[str, ...]
    sample: int


class Answer(NamedTuple):
    """One line of a dump."""

    kind: str
    id: str
    answer: JSON


class TooLongError(BaseException):
    """The time for one answer is over. No `Exception`: whoever catches those must not catch this."""


# The answers as JSON


def plain(value: object) -> JSON:
    """Any value of the public model in terms of JSON's types; of objects, what their public attributes hold."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, bytes | bytearray):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Mapping):
        if all(isinstance(name, str) for name in value):
            return {name: plain(item) for name, item in value.items()}
        return {"mapping": [[plain(name), plain(item)] for name, item in value.items()]}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    names = _attributes(value)
    if not names or isinstance(value, date):
        return {type(value).__name__: str(value)}
    return {name: _read(value, name) for name in names}


def _attributes(value: object) -> list[str]:
    """The names of the public fields and properties of an object of the package."""
    kind = type(value)
    if not kind.__module__.startswith("evtcompat"):
        return []
    names = {one.name for one in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    for one in kind.__mro__:
        names |= {name for name, member in vars(one).items() if isinstance(member, property)}
        names |= set(vars(one).get("__annotations__", ()))
    return sorted(name for name in names if not name.startswith("_"))


def _read(value: object, name: str) -> JSON:
    """An attribute, or the error that reading it raises: some are found out when they are first read."""
    try:
        return plain(getattr(value, name))
    except Exception as error:  # noqa: BLE001 - whatever is raised is the answer
        return plain(error)


class Normaliser:
    """Replaces what differs from run to run, or tells one checkout's place from another's."""

    def __init__(self, checkout: Path, version: str) -> None:
        spelled = re.escape(version)
        self._rules = [
            (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:PORT"),
            (re.compile(rf'("?evtcompat"?:? "?){spelled}(?![\w.])'), r"\1VERSION"),
            (re.compile(rf'("(?:semanticV|v)ersion": "){spelled}"'), r'\1VERSION"'),
        ]
        self._paths: list[tuple[str, str]] = []
        for path, word in ((checkout, "CHECKOUT"), (Path(sys.prefix), "PYTHON"), (Path(sys.base_prefix), "PYTHON")):
            self.hide(path, word)

    def hide(self, path: Path, word: str) -> None:
        """From now on `path` is shown as `word`."""
        spellings = {str(path), str(path.resolve())} - {"/", "/usr"}
        self._paths = sorted({*self._paths, *((one, word) for one in spellings)}, key=lambda one: -len(one[0]))

    def __call__(self, text: str) -> str:
        """The text without what differs."""
        for path, word in self._paths:
            text = text.replace(path, word)
        for pattern, replacement in self._rules:
            text = pattern.sub(replacement, text)
        text, addresses = re.subn(r"0x[0-9a-fA-F]{6,}", "0xADDRESS", text)
        if addresses:  # the digest over a manifest that shows one
            text = re.sub(r'"seal": "[0-9a-f]{64}"', '"seal": "SEAL"', text)
        return text

    def error(self, text: str) -> str:
        """Standard error without what differs; of a traceback only what was raised."""
        return re.sub(r"(?m)^Traceback \(most recent call last\):\n(?:(?: .*)?\n)*", "TRACEBACK\n", self(text))


class Bench:
    """What a unit works with: a clock, the command line, and folders to run it in.

    Args:
        inputs: Whose answers are asked for.
        seconds: CPU time for one answer; ten times as much may pass on the wall.
    """

    def __init__(self, inputs: Inputs, seconds: float) -> None:
        import evtcompat

        home = inputs.checkout / "compat"
        if not Path(evtcompat.__file__).resolve().is_relative_to(home.resolve()):
            message = f"evtcompat was imported from {evtcompat.__file__}, not from {home}"
            raise RuntimeError(message)
        self.normalise = Normaliser(inputs.checkout, evtcompat.__version__)
        self._seconds = seconds
        project = tomllib.loads((inputs.checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, name = project["scripts"]["evtcompat"].partition(":")
        self._main: Callable[[], None] = getattr(importlib.import_module(module), name)
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, self._stop)

    @staticmethod
    def _stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError

    def ask(self, work: Callable[[], object]) -> JSON:
        """The value that `work` returns, the error that it raises, or ``{"timeout": true}``."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, 10 * self._seconds)
        try:
            return plain(work())
        except TooLongError:
            return {"timeout": True}
        except Exception as error:  # noqa: BLE001 - whatever is raised is the answer
            return plain(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder, which answers call ``FOLDER``."""
        with tempfile.TemporaryDirectory(prefix="answers-") as name:
            self.normalise.hide(Path(name), "FOLDER")
            yield Path(name)

    def run(self, folder: Path, *arguments: str, files: Iterable[str] = (), apart: bool = False) -> JSON:
        """Exit code, output and written `files` of a command that runs in `folder`.

        With `apart` it runs in a process of its own. That takes longer to start; but CPython 3.11 may spend most of a
        long run on memory for frames if a hot call happens to stand at the end of a chunk of its stack, as it did for
        the largest input when the command was called from here.
        """
        return self.ask(lambda: self._run(folder, arguments, files, self._apart if apart else self._captured))

    def check(self, folder: Path, *arguments: str, apart: bool = False) -> JSON:
        """`run` of a command with a report in every format, by the format's name."""
        names = {f"report.{name}": name for name in REPORTS[1:]}
        formats = [word for file, name in names.items() for word in ("--format", f"{name}:{file}")]
        return self.run(folder, *arguments, "--format", "text", *formats, files=names, apart=apart)

    def output(self, folder: Path, *arguments: str) -> str:
        """The standard output of a command, as it is; empty if it took too long."""
        found: list[str] = []
        self.ask(lambda: found.append(self._captured(folder, arguments)[1]))
        return "".join(found)

    def _run(
        self,
        folder: Path,
        arguments: Sequence[str],
        files: Iterable[str],
        run: Callable[[Path, Sequence[str]], tuple[int, str, str]],
    ) -> JSON:
        code, output, errors = run(folder, arguments)
        answer: dict[str, JSON] = {"code": code, "out": self.normalise(output), "err": self.normalise.error(errors)}
        for name in files:
            file = folder / name
            answer[name] = self.normalise(file.read_bytes().decode("utf-8")) if file.is_file() else None
            file.unlink(missing_ok=True)
        return answer

    @staticmethod
    def _apart(folder: Path, arguments: Sequence[str]) -> tuple[int, str, str]:
        program = [sys.executable, "-m", "evtcompat", *arguments]
        done = subprocess.run(program, cwd=folder, check=False, capture_output=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    def _captured(self, folder: Path, arguments: Sequence[str]) -> tuple[int, str, str]:
        output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        before, given, environment = Path.cwd(), sys.argv, dict(os.environ)
        code: object = "the command did not leave by sys.exit"
        try:
            os.chdir(folder)
            sys.argv = ["evtcompat", *arguments]
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
                self._main()
        except SystemExit as left:
            code = 0 if left.code is None else left.code
        finally:
            os.chdir(before)
            sys.argv = given
            os.environ.clear()
            os.environ.update(environment)
        if not isinstance(code, int):
            errors.write(f"{code}\n")
            code = 1
        texts = []
        for stream in (output, errors):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode("utf-8"))
        return code, texts[0], texts[1]

    def digests(self, folder: Path) -> JSON:
        """The SHA-256 of every file below a folder by its path, of texts without what differs from run to run."""
        found: dict[str, JSON] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                with contextlib.suppress(UnicodeDecodeError):
                    data = self.normalise(data.decode("utf-8")).encode("utf-8")
                found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
        return found


# The reference data


@dataclass(frozen=True)
class Pair:
    """Two versions of a schema."""

    data: str
    id: str
    format: SchemaFormat
    old: JSON
    new: JSON
    #: What the pair is a step of, or ``""``.
    subject: str = ""

    @property
    def name(self) -> str:
        """How the answers call it."""
        return f"{self.data.partition('.')[0]} {self.id}"

    @property
    def policies(self) -> tuple[str | None, ...]:
        """The policies that matter."""
        return (None,) if self.format == "avro" else POLICIES

    @property
    def suffix(self) -> str:
        """Of a file that holds one of the two."""
        return ".avsc" if self.format == "avro" else ".json"


def text_of(value: JSON) -> str:
    """A schema as a person would lay it out, so that there are lines to name."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def pairs(reference: Path, *names: str) -> Iterator[Pair]:
    """The pairs of these data sets; of two that differ in their order only the first."""
    for name in names:
        seen: set[frozenset[str]] = set()
        opened = gzip.open if name.endswith(".gz") else open
        with opened(reference / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if "writer" in row:
                    subject = f"{row['source']} {row['path']}" if "path" in row else ""
                    pair = Pair(name, row["id"], "avro", row["writer"], row["reader"], subject)
                else:
                    subject = row["id"].rpartition("/")[0]
                    pair = Pair(name, row["id"], "json-schema", row["old"], row["new"], subject)
                key = frozenset((json.dumps(pair.old), json.dumps(pair.new)))
                if key not in seen:
                    seen.add(key)
                    yield pair


def histories(found: Iterable[Pair]) -> dict[str, list[Pair]]:
    """The pairs of each subject with more than one, in their order."""
    subjects: dict[str, list[Pair]] = {}
    for pair in found:
        if pair.subject:
            subjects.setdefault(f"{pair.data.partition('.')[0]} {pair.subject}", []).append(pair)
    return {name: steps for name, steps in subjects.items() if len(steps) > 1}


# The parts `avro` and `json`: the library


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


# The part `cli`: folders to run commands in


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
        if _size(source) >= LARGE:
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


def _versions(samples: Path) -> dict[str, list[str]]:
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
    files = _versions(samples)
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


# Who asks what


#: Answers that are worked out one after the other in one process.
Unit: TypeAlias = Callable[[Bench], Iterator[Answer]]


def units(inputs: Inputs) -> dict[str, list[Unit]]:
    """The units of each part, in the order in which they are worked on; the long ones first."""
    found: dict[str, list[Unit]] = {part: [] for part in PARTS}

    def add(part: str, function: Callable[..., Iterator[Answer]], *given: object) -> None:
        found[part].append(partial(function, *given))

    for function, given in _commands(inputs):
        add("cli", function, *given)
    for part, names in (("avro", AVRO_DATA), ("json", JSON_DATA)):
        listed = list(pairs(inputs.reference, *names))
        for number, pair in enumerate(listed):
            add(part, compared, pair)
            if "generated" not in pair.data:
                add("cli", paired, pair, "cases" in pair.data or number % FIXTURES == 0)
        for name, steps in histories(listed).items():
            add(part, checked, name, steps)
    return {part: listed[:: inputs.sample] for part, listed in found.items() if part in inputs.parts}


def _commands(inputs: Inputs) -> Iterator[tuple[Callable[..., Iterator[Answer]], tuple[object, ...]]]:
    """What runs commands in folders, with its arguments."""
    folders = [path for name in ("reports", "asyncapi") for path in (inputs.reference / name).glob("*/")]
    for folder in sorted(folders, key=lambda path: (-_size(path), path.name)):
        yield reported, (folder,)
    yield worded, ()
    for subject in _versions(inputs.samples):
        yield sampled, (inputs.samples, subject)
        yield exercised, (inputs.samples, subject)
    yield edited, (inputs.samples,)
    for profile in ("confluent", "karapace"):
        yield registered, (inputs.samples, profile)
    for old in sorted(inputs.cases.glob("*/*/old.*")) if inputs.cases is not None else ():
        yield cased, (old.parent,)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def shards(inputs: Inputs) -> list[list[Unit]]:
    """The units of one process after the other."""
    return [
        listed[start : start + SHARD[part]]
        for part, listed in units(inputs).items()
        for start in range(0, len(listed), SHARD[part])
    ]


def work(inputs: Inputs, shard: int, seconds: float, out: Path) -> None:
    """Write the answers of one shard; what its own process does."""
    bench = Bench(inputs, seconds)
    with out.open("w", encoding="ascii") as lines:
        for unit in shards(inputs)[shard]:
            for answer in unit(bench):
                lines.write(json.dumps(answer._asdict(), allow_nan=False) + "\n")


def dump(inputs: Inputs, jobs: int, out: Path, given: Sequence[str]) -> int:
    """Write every answer, and say how many of which kind there are."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="answers-") as name:
        folder = Path(name)
        environment = _environment(inputs.checkout, folder)

        def run(shard: int) -> Path:
            file = folder / f"{shard}.jsonl"
            program = [sys.executable, __file__, *given, "--out", str(file), "--shard", str(shard)]
            subprocess.run(program, check=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
            return file

        with ThreadPoolExecutor(jobs) as pool:
            files = list(pool.map(run, range(len(shards(inputs)))))
        lines = [line for file in files for line in file.read_text(encoding="ascii").splitlines()]
    answers = {(row["kind"], row["id"]): line for line in lines for row in [json.loads(line)]}
    if len(answers) < len(lines):
        twice = Counter((row["kind"], row["id"]) for row in map(json.loads, lines)).most_common(1)
        print(f"{len(lines) - len(answers)} answers have the name of another, such as {twice[0][0]}", file=sys.stderr)
        return 2
    out.write_text("".join(f"{answers[key]}\n" for key in sorted(answers)), encoding="ascii")
    for kind, count in sorted(Counter(kind for kind, _ in answers).items()):
        print(f"{count:7}  {kind}")
    late = [key for key, line in answers.items() if json.loads(line)["answer"] == {"timeout": True}]
    print(f"{len(answers):7}  answers in {time.monotonic() - start:.0f} s, {len(late)} of them took too long")
    for kind, one in late:
        print(f"         {kind}: {one}")
    return 0


def _environment(checkout: Path, folder: Path) -> dict[str, str]:
    """Variables that make the answers independent of the machine and its user."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONHASHSEED", "TMPDIR") if name in os.environ}
    people = {
        f"GIT_{role}_{word}": value
        for role in ("AUTHOR", "COMMITTER")
        for word, value in (("NAME", "A Person"), ("EMAIL", "person@example.com"), ("DATE", "2026-01-01T12:00:00Z"))
    }
    (folder / "home").mkdir()
    return {
        "PYTHONHASHSEED": "0",
        **kept,
        **people,
        "PYTHONPATH": str(checkout / "compat"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONUTF8": "1",
        "HOME": str(folder / "home"),
        "EVTCOMPAT_CONFIG_DIR": str(folder / "home"),
        "EVTCOMPAT_CACHE_DIR": str(folder / "home" / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "TZ": "UTC",
    }


# What differs


def compare_dumps(before: Path, after: Path, *, common: bool, examples: int, lines: int) -> int:
    """Print what differs between two dumps; 1 if anything does."""
    sides = [_loaded(before), _loaded(after)]
    keys = [set(side) for side in sides]
    differing: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(keys[0] & keys[1] if common else keys[0] | keys[1]):
        if sides[0].get(key) != sides[1].get(key):
            differing.setdefault(key[0], []).append(key)
    total = Counter(kind for kind, _ in keys[0] | keys[1])
    for kind, found in differing.items():
        print(f"{len(found):7} of {total[kind]:6}  {kind}")
    for kind, found in differing.items():
        for key in found[:examples]:
            print(f"\n{kind}: {key[1]}")
            for line in _difference(*(side.get(key) for side in sides), lines=lines):
                print(f"  {line}")
    count = sum(map(len, differing.values()))
    print(f"{count} of {len(keys[0] | keys[1])} answers differ, {len(keys[0] & keys[1])} are in both files")
    return 1 if count else 0


def _loaded(file: Path) -> dict[tuple[str, str], str]:
    """The answers of a dump, as texts."""
    with file.open(encoding="ascii") as lines:
        return {(row["kind"], row["id"]): json.dumps(row["answer"]) for row in map(json.loads, lines)}


def _difference(before: str | None, after: str | None, *, lines: int) -> list[str]:
    """A short difference of two answers."""
    if before is None or after is None:
        return ["only in the second file" if before is None else "only in the first file"]
    first, second = (json.dumps(_in_lines(json.loads(one)), indent=1).splitlines() for one in (before, after))
    found = list(difflib.unified_diff(first, second, lineterm="", n=2))[2:]
    return found if len(found) <= lines else [*found[:lines], f"... and {len(found) - lines} lines more"]


def _in_lines(value: JSON) -> JSON:
    """The value with texts of many lines as lists of lines."""
    if isinstance(value, str) and "\n" in value:
        return [*value.split("\n")]
    if isinstance(value, list):
        return [_in_lines(item) for item in value]
    return {name: _in_lines(item) for name, item in value.items()} if isinstance(value, dict) else value


def main() -> int:
    """Dump or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    dumping = commands.add_parser("dump", help="write every answer of a checkout")
    dumping.add_argument("checkout", type=Path)
    dumping.add_argument("--reference", type=Path, required=True, help="the reference data")
    dumping.add_argument("--samples", type=Path, help="the sample schemas (default: those of the checkout)")
    dumping.add_argument("--cases", type=Path, help="such as tests/cases (default: none)")
    dumping.add_argument("--out", type=Path, required=True)
    dumping.add_argument("--jobs", type=int, default=2, help="processes at a time")
    dumping.add_argument("--part", action="append", choices=PARTS, help="only these (default: all)")
    dumping.add_argument("--sample", type=int, default=1, help="every N-th pair or folder")
    dumping.add_argument("--seconds", type=float, default=300, help="CPU time for one answer")
    dumping.add_argument("--shard", type=int, help=argparse.SUPPRESS)
    comparing = commands.add_parser("compare", help="what differs between two dumps")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--common", action="store_true", help="only answers that both have")
    comparing.add_argument("--examples", type=int, default=2, help="how many of each kind are shown")
    comparing.add_argument("--lines", type=int, default=40, help="how many lines of each")
    given = parser.parse_args()
    if given.command == "compare":
        return compare_dumps(given.before, given.after, common=given.common, examples=given.examples, lines=given.lines)
    checkout = given.checkout.resolve()
    inputs = Inputs(
        checkout=checkout,
        reference=given.reference.resolve(),
        samples=(given.samples or checkout / "schemas").resolve(),
        cases=None if given.cases is None else given.cases.resolve(),
        parts=tuple(part for part in PARTS if part in (given.part or PARTS)),
        sample=given.sample,
    )
    if given.shard is not None:
        work(inputs, given.shard, given.seconds, given.out)
        return 0
    passed = ["dump", str(checkout), "--reference", str(inputs.reference), "--samples", str(inputs.samples)]
    passed += [] if inputs.cases is None else ["--cases", str(inputs.cases)]
    passed += [word for part in inputs.parts for word in ("--part", part)]
    passed += ["--sample", str(inputs.sample), "--seconds", str(given.seconds)]
    return dump(inputs, given.jobs, given.out.resolve(), passed)


if __name__ == "__main__":
    raise SystemExit(main())
