"""What is really produced: events of a file, or of the producer's own code, read by its schema and every contract.

A file has an event a line, as JSON; of a language whose events are binary, a JSON string with the event in base64. Code
is a function without arguments that returns events, ``package.module:function``. It runs in a process of its own, with
a deadline and without the secrets of this one's environment.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evtcompat.contracts.verifying import options_of
from evtcompat.dataclasses import dataclass
from evtcompat.errors import DocumentError, UncheckedError
from evtcompat.formats.encodings import bare
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.json_texts import loads
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.readings import Outcome
from evtcompat.reading import LARGEST_SCHEMA, read_file
from evtcompat.rules.run import judged

if TYPE_CHECKING:
    from evtcompat.contracts.model import Contract
    from evtcompat.contracts.verifying import Terms
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.formats.payloads import Payloads
    from evtcompat.model.findings import Finding
    from evtcompat.model.histories import Version

RULE: Final = "produced-event-refused"
#: Bytes of what a producer said last that are read.
_SAID: Final = 4000
_AN_EVENT_A_LINE: Final = "A line holds an event as JSON; one that is binary as a JSON string with its base64."
_FACTORY: Final = re.compile(r"(?P<module>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):(?P<function>[A-Za-z_]\w*)")
#: What the producer's process sees of this one's environment.
_KEPT: Final = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "VIRTUAL_ENV")
#: Imports the function, calls it, and writes an event a line; whatever the producer prints goes to standard error. The
#: events are whole once they have the name that was asked for: the producer's code may end the process in between.
#: Before all that a process is left to watch: standard input ends when its other end does, which only the run holds,
#: and then everything of the group ends, however the run came to its end, and though it knew of no process yet.
_SCRIPT: Final = """
import base64, importlib, json, os, signal, sys
if os.fork() == 0:
    if os.fork() == 0:  # a grandchild: no child that the producer's code waits for
        os.read(0, 1)
        os.killpg(0, signal.SIGKILL)
    os._exit(0)
os.wait()
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
target, module, function = sys.argv[1:]
sys.stdout = sys.stderr
with open(target + ".part", "w", encoding="utf-8") as lines:
    for event in getattr(importlib.import_module(module), function)():
        if isinstance(event, (bytes, bytearray)):
            try:
                event = json.loads(event)
            except ValueError:
                event = base64.b64encode(event).decode("ascii")
        elif isinstance(event, str):
            event = json.loads(event)
        lines.write(json.dumps(event) + "\\n")
os.replace(target + ".part", target)
"""


@dataclass(frozen=True, slots=True)
class Produced:
    """Events, with where each of them stands."""

    name: str
    events: Sequence[tuple[Place, bytes]]
    #: Lines that are no JSON: of no event, so that nothing is known of them.
    problem: UncheckedError | None = None


def produced(word: str, folder: Path, deadline: float) -> Produced:
    """The events that a file holds or a function returns.

    Args:
        word: A file, or ``package.module:function``.
        folder: What relative files and imports start from.
        deadline: Seconds that the function may take.

    Raises:
        UncheckedError: There is no such file, the function cannot be called, ends its process or takes too long, or
            there is no event.
    """
    match = _FACTORY.fullmatch(word)
    path = folder / word
    if match is None or path.exists():
        found = _lines(path, word)
    else:
        with tempfile.TemporaryDirectory(prefix="evtcompat-") as scratch:
            target = Path(scratch) / "events.jsonl"
            _call(match["module"], match["function"], target, folder, deadline)
            found = _lines(target, word)
    return _produced(word, ((number, line) for number, line in found if line.strip()))


def produced_here(name: str, events: Iterable[object]) -> Produced:
    """The events that code of this very process made: what JSON has, or a text or bytes with one event.

    Args:
        name: What messages call the code.
        events: Each a JSON value, its text, or the bytes of an event.

    Raises:
        UncheckedError: There is none, or one is nothing that JSON has.
    """
    lines = []
    for number, event in enumerate(events, 1):
        try:
            lines.append((number, json.dumps(_value(event)).encode()))
        except (ValueError, TypeError) as error:
            message = f"event {number} is no event: {error}"
            hint = "An event is what JSON has, its text, or the bytes as they are sent."
            raise UncheckedError(message, place=Place(origin=name), hint=hint) from error
    return _produced(name, lines)


def _value(event: object) -> object:
    """As `_SCRIPT` writes it."""
    if isinstance(event, bytes | bytearray):
        try:
            return loads(event)
        except ValueError:
            return base64.b64encode(event).decode("ascii")
    return loads(event) if isinstance(event, str) else event


def _produced(name: str, lines: Iterable[tuple[int, bytes]]) -> Produced:
    events: list[tuple[Place, bytes]] = []
    wrong: list[tuple[Place, str]] = []
    for number, line in lines:
        place = Place(origin=name, line=number, column=1)
        reason = _no_json(line)
        if reason is None:
            events.append((place, line))
        else:
            wrong.append((place, reason))
    if wrong:
        place, reason = wrong[0]
        more = f"; {len(wrong) - 1:,} more are none either" if len(wrong) > 1 else ""
        message = f"the line is no JSON: {reason}{more}"
        return Produced(name, events, UncheckedError(message, place=place, hint=_AN_EVENT_A_LINE))
    if not events:
        message = "there is no event in it"
        raise UncheckedError(message, place=Place(origin=name), hint="Nothing was checked: name what has events.")
    return Produced(name, events)


def _no_json(line: bytes) -> str | None:
    """Why a line is no JSON at all; ``None`` for one that is, though a number in it may be too long to be read."""
    try:
        loads(line.decode("utf-8"))
    except json.JSONDecodeError as error:
        return f"{error.msg} at column {error.colno}"
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except ValueError:
        return None
    return None


def _lines(path: Path, name: str) -> list[tuple[int, bytes]]:
    try:
        return list(enumerate(read_file(path, LARGEST_SCHEMA).removeprefix(codecs.BOM_UTF8).splitlines(), 1))
    except OSError as error:
        message = f"the events cannot be read: {error.strerror or error}"
        hint = "Name a file with an event a line, or package.module:function."
        raise DocumentError(message, place=Place(origin=name), hint=hint) from error


def _call(module: str, function: str, target: Path, folder: Path, deadline: float) -> None:
    """The events of the function lie in the file.

    Raises:
        UncheckedError: It failed, or took too long.
    """
    environment = {name: value for name, value in os.environ.items() if name in _KEPT}
    paths = [str(folder), str(folder / "src"), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    command = [sys.executable, "-c", _SCRIPT, str(target), module, function]
    place = Place(origin=f"{module}:{function}")
    # Into a file: the end of a pipe would be waited for as long as something that the producer left behind holds it.
    with tempfile.TemporaryFile() as errors, subprocess.Popen(  # noqa: S603 - what the command line names
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=errors, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(deadline)
        except subprocess.TimeoutExpired as error:
            message = f"it was still running after {deadline:g} seconds, and was ended"
            raise UncheckedError(message, place=place, hint="--deadline SECONDS gives it longer.") from error
        finally:  # nothing that it started is left, whatever ends this
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _SAID))
        said = errors.read(_SAID)
    if process.returncode or not target.exists():
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        ended = "its process ended before it had returned all events"
        failed = "it cannot be called, or failed" if process.returncode else ended
        message = f"{failed}: {last[0][:300]}"
        raise UncheckedError(message, place=place, hint="Run it by hand; it takes no arguments and returns events.")


def refused(found: Produced, contracts: Iterable[Contract], terms: Terms) -> tuple[Finding, ...]:
    """The findings of events that their own schema or a consumer refuses.

    Args:
        found: The events.
        contracts: Those about their subject.
        terms: What holds for it; the last of its writers is the schema that the events are produced with.

    Raises:
        SchemaError: A schema cannot be read.
    """
    own = _payloads(terms.writers[-1], None, terms)
    readers = [(one.consumer, _reading(one, found, own, terms)) for one in contracts]
    return judged(_mismatches(found, terms.subject.format, own, readers), terms.severities)


def _reading(contract: Contract, found: Produced, own: Payloads, terms: Terms) -> Callable[[bytes], str | None]:
    """Why a consumer refuses an event that fits its schema; ``None`` where it takes it. A model is asked itself."""
    if contract.model is not None:
        bodies = [line.decode("utf-8", "replace") for _, line in found.events]
        answers = contract.model.tried(bodies)
        return dict(zip((line for _, line in found.events), answers.answers, strict=True)).__getitem__
    reader = _payloads(contract.reader, contract, terms)

    def refusal(body: bytes) -> str | None:
        reading = reader.read(own, body)
        return reading.said if reading.outcome is Outcome.REFUSED else None

    return refusal


def _payloads(version: Version, contract: Contract | None, terms: Terms) -> Payloads:
    schema_format, options = terms.subject.format, options_of(contract, terms)
    return schema_format.payloads(schema_format.parse(version.document, version.references, options), options)


def _mismatches(
    found: Produced,
    schema_format: SchemaFormat,
    own: Payloads,
    readers: Sequence[tuple[str, Callable[[bytes], str | None]]],
) -> Iterator[Mismatch]:
    textual = "json" in bare(schema_format.encodings).content_type
    for number, (place, line) in enumerate(found.events, 1):
        facts = {"event": f"event {number}"}
        try:
            body = line if textual else base64.b64decode(loads(line), validate=True)
            own.decode(body)
        except (PayloadError, ValueError, TypeError, binascii.Error) as error:
            reason = error.message if isinstance(error, PayloadError) else "it is no JSON string with base64"
            yield Mismatch(RULE, place, place, {**facts, "who": "its own schema", "reason": reason})
            continue
        for consumer, refusal in readers:
            said = refusal(body)
            if said is not None:
                yield Mismatch(RULE, place, place, {**facts, "who": consumer, "reason": said})
