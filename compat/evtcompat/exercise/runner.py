"""Runs one consumer inside the consumer's own environment and reports what it did.

This file is started by path with the interpreter of the consumer (Python 3.8 or newer), so it imports only the standard
library and nothing of evtcompat. It talks over one inherited socket, never over stdout: a consumer may print.

Wire format, both ways: a length (4 bytes, big-endian) and that many bytes of a JSON object; bytes travel as base64.

    start    {"consumer", "observe", "paths", "deadline"}
             {"started": true, "file", "python", "observes"}, or {"started": false, "error", "traceback"}
    handle   {"id", "key", "headers", "content_type", "body", "deadline"}
             {"outcome": "returned" | "raised", "value", "before", "after", "dead_letters", "error", "traceback"}
    agree    {"function", "expected", "effect", "paths", "deadline"}
             {"agrees": bool, "error": why not, "traceback"}
    stop     {}
             the process ends
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the folder of this file is no place to import a consumer from

import asyncio
import base64
import dataclasses
import datetime as dt
import decimal
import enum
import faulthandler
import hashlib
import importlib
import inspect
import json
import os
import platform
import re
import socket
import struct
import traceback
import uuid
from typing import Any, Callable, Dict, List, Optional, Tuple

#: A frame longer than this is not ours.
MAX_FRAME = 256 * 1024 * 1024
#: What a consumer may ask for by parameter name.
PARAMETERS = ("message", "body", "key", "headers", "dead_letter")
_EXCERPT = 2000
_TEXT = 1 << 20
_TRACE = 20000
_DEPTH = 40
#: What stands between this file and the consumer's own frames in a traceback.
_NOT_ITS_OWN = (__file__, asyncio.__file__.rpartition(os.sep)[0], importlib.__file__, "<frozen importlib")


class Message:
    """One event as the consumer sees it."""

    def __init__(self, id: str, key: Optional[str], headers: Dict[str, str], content_type: str, body: bytes) -> None:  # noqa: A002
        #: Identity of the event; the same on every delivery of it.
        self.id = id
        self.key = key
        self.headers = headers
        self.content_type = content_type
        self.body = body

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is not JSON in UTF-8.
        """
        return json.loads(self.body.decode("utf-8"))


class DeadLetters:
    """The sink that a consumer is given: call it with a message or with its body."""

    def __init__(self) -> None:
        self.taken: List[Dict[str, str]] = []

    def __call__(self, message: Any, reason: Any = "") -> None:
        """The message is set aside as one that cannot be handled."""
        body = message.body if isinstance(message, Message) else bytes(message)
        self.taken.append({"body": base64.b64encode(body).decode("ascii"), "reason": cut(str(reason), _EXCERPT)})


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON that is the same for equal values, in every process: sorted, without memory addresses."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if depth > _DEPTH:
        return "..."
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, dict):
        pairs = [[plain(k, depth + 1), plain(v, depth + 1)] for k, v in value.items()]
        if all(isinstance(k, str) for k, _ in pairs):
            return dict(sorted((k, v) for k, v in pairs))
        return {"items": sorted(pairs, key=_text)}
    if isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((plain(item, depth + 1) for item in value), key=_text)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: plain(getattr(value, f.name), depth + 1) for f in dataclasses.fields(value)}
        return {type(value).__qualname__: fields}
    return _single(value)


def _single(value: Any) -> Any:
    """A value without members, in JSON's terms."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    kind = next((kind for kind in (int, float, str) if isinstance(value, kind)), None)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value)) if kind is None else kind(value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def cut(text: str, most: int) -> str:
    """The beginning of a long text."""
    return text if len(text) <= most else text[:most] + "..."


def snapshot(value: Any) -> Dict[str, Any]:
    """A comparable picture of a value: a digest, an excerpt to show, and the whole text unless it is very long."""
    text = _text(plain(value))
    return {
        "digest": hashlib.sha256(text.encode("ascii")).hexdigest(),
        "excerpt": cut(text, _EXCERPT),
        "none": value is None,
        "text": text if len(text) <= _TEXT else None,
    }


def resolve(name: str, home: str) -> Any:
    """The object that `module:attribute` names; `attribute` alone is looked up in the module `home`.

    Raises:
        ImportError: No such module.
        AttributeError: No such attribute in it.
    """
    module, colon, attribute = name.rpartition(":")
    found: Any = importlib.import_module(module if colon and module else home)
    for part in attribute.split("."):
        found = getattr(found, part)
    return found


class ObserveError(Exception):
    """What is to be watched cannot be had."""

    def __init__(self, observe: str, error: Exception) -> None:
        super().__init__("--observe {}: {}".format(observe, described(error)["error"]))


class Consumer:
    """The consumer, resolved: what it is called with and how it is observed."""

    def __init__(self, name: str, observe: str) -> None:
        self.module = name.partition(":")[0]
        self.function: Callable[..., Any] = resolve(name, self.module)
        self.given = wanted(self.function, name)
        try:
            self.observed: Any = None if observe in ("nothing", "returns") else resolve(observe, self.module)
        except Exception as error:
            raise ObserveError(observe, error) from error
        self.observes = observe if self.observed is None else "state" if callable(self.observed) else "effects"
        self.loop: Optional[asyncio.AbstractEventLoop] = None

    @property
    def file(self) -> str:
        """Where the consumer's module was found."""
        return str(getattr(sys.modules[self.module], "__file__", None) or self.module)

    def finished(self, result: Any) -> Any:
        """`result`, awaited on one loop that lives as long as the consumer when it is a coroutine."""
        if not inspect.isawaitable(result):
            return result
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)

        async def wait() -> Any:
            return await result

        return self.loop.run_until_complete(wait())

    def picture(self) -> Optional[Dict[str, Any]]:
        """What the consumer shows of itself now, or ``None`` when only its return value is observed."""
        if self.observed is None:
            return None
        return snapshot(self.finished(self.observed()) if self.observes == "state" else self.observed)

    def handle(self, message: Message, sink: DeadLetters) -> Any:
        """What the consumer returns for one message.

        Raises:
            TypeError: It returns a generator, of which nothing has run.
        """
        values = {
            "message": message,
            "body": message.body,
            "key": message.key,
            "headers": message.headers,
            "dead_letter": sink,
        }
        positional, named = self.given
        result = self.finished(self.function(*(values[n] for n in positional), **{n: values[n] for n in named}))
        if inspect.isgenerator(result) or inspect.isasyncgen(result):
            said = "it returned a generator, and nothing in that has run. Wrap it in a function that runs it."
            raise TypeError(said)
        return result


def wanted(function: Callable[..., Any], name: str) -> Tuple[List[str], List[str]]:
    """The values that `function` asks for by parameter name: positional-only ones, and the others.

    Raises:
        TypeError: It needs something that cannot be given; the message lists what can.
    """
    positional: List[str] = []
    named: List[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in PARAMETERS:
            (positional if parameter.kind is parameter.POSITIONAL_ONLY else named).append(parameter.name)
        elif parameter.default is parameter.empty:
            message = (
                f"{name} needs a parameter {parameter.name!r}, which evtcompat cannot give. "
                f"It gives, by name: {', '.join(PARAMETERS)}. Wrap the consumer in a function that takes these."
            )
            raise TypeError(message)
    return positional, named


def receive(channel: socket.socket) -> Optional[Dict[str, Any]]:
    """The next frame, or ``None`` at the end of the stream.

    Raises:
        ValueError: The frame is not one of ours.
    """
    header = _exactly(channel, 4)
    if header is None:
        return None
    (length,) = struct.unpack(">I", header)
    if length > MAX_FRAME:
        message = f"a frame of {length} bytes"
        raise ValueError(message)
    content = _exactly(channel, length)
    if content is None:
        return None
    request: Dict[str, Any] = json.loads(content.decode("utf-8"))
    return request


def _exactly(channel: socket.socket, count: int) -> Optional[bytes]:
    parts = bytearray()
    while len(parts) < count:
        part = channel.recv(min(count - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def frame(content: Dict[str, Any]) -> bytes:
    """The bytes of one frame."""
    data = json.dumps(content).encode("utf-8", "backslashreplace")
    return struct.pack(">I", len(data)) + data


def described(error: BaseException) -> Dict[str, str]:
    """An exception as the report shows it, cut where it is long; one that cannot even be printed is named."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_NOT_ITS_OWN):
        trace = trace.tb_next  # the consumer's own frames, not how it was called
    try:
        if any(len(str(one)) > _EXCERPT for one in _chain(error)):
            sentence = _sentence(error)
            text = _briefly(error, trace)
        else:
            text = "".join(traceback.format_exception(type(error), error, trace))
            sentence = "".join(traceback.format_exception_only(type(error), error)).strip()
    except Exception:  # noqa: BLE001 - an exception whose __str__ raises is still an exception
        text = sentence = type(error).__qualname__ + " (its text cannot be printed)"
    if text.strip() == sentence:  # no frame of the consumer: nothing that the sentence does not say
        text = ""
    return {"error": cut(sentence, _EXCERPT), "traceback": cut(text, _TRACE)}


def _chain(error: BaseException) -> List[BaseException]:
    """The exception and those that led to it, as a traceback shows them."""
    found = [error]
    while len(found) < _DEPTH:
        last = found[-1]
        before = last.__cause__ if last.__cause__ is not None or last.__suppress_context__ else last.__context__
        if before is None or before in found:
            break
        found.append(before)
    return found


def _sentence(error: BaseException) -> str:
    return f"{type(error).__qualname__}: {cut(str(error), _EXCERPT)}"


def _briefly(error: BaseException, trace: Any) -> str:
    """A traceback of exceptions with long messages, which `traceback` takes seconds for."""
    parts = []
    for one in reversed(_chain(error)):
        frames = "".join(traceback.format_tb(trace if one is error else one.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{_sentence(one)}\n")
    return "\n".join(parts)


def start(request: Dict[str, Any]) -> Tuple[Optional[Consumer], Dict[str, Any]]:
    """The consumer that `request` names, and the answer to it."""
    sys.path[:0] = request["paths"]
    try:
        consumer = Consumer(request["consumer"], request["observe"])
    except ObserveError as error:
        return None, dict(described(error.__cause__ or error), error=str(error), started=False)
    except BaseException as error:  # noqa: BLE001 - an import may even raise SystemExit
        return None, dict(described(error), started=False)
    answer = {
        "started": True,
        "file": consumer.file,
        "python": platform.python_version(),
        "observes": consumer.observes,
    }
    return consumer, answer


def handle(consumer: Consumer, request: Dict[str, Any]) -> Dict[str, Any]:
    """What one delivery did."""
    sink = DeadLetters()
    message = Message(
        id=request["id"],
        key=request["key"],
        headers=dict(request["headers"]),
        content_type=request["content_type"],
        body=base64.b64decode(request["body"]),
    )
    answer: Dict[str, Any] = {"error": "", "traceback": "", "value": None, "before": None, "after": None}
    try:
        answer["before"] = consumer.picture()
        answer["value"] = snapshot(consumer.handle(message, sink))
        answer["outcome"] = "returned"
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a consumer are its outcome
        answer.update(described(error), outcome="raised")
    try:
        answer["after"] = consumer.picture()
    except BaseException as error:  # noqa: BLE001 - the observation is the consumer's code as well
        answer.update(described(error), outcome="raised")
    answer["dead_letters"] = sink.taken
    return answer


def agree(request: Dict[str, Any]) -> Dict[str, Any]:
    """Whether the user's function agrees: it returns False or raises when it does not."""
    try:
        sys.path[:0] = [path for path in request["paths"] if path not in sys.path]
        answer = resolve(request["function"], "")(request["expected"], request["effect"])
    except BaseException as error:  # noqa: BLE001 - an assertion that does not hold, or a function that is wrong
        return dict(described(error), agrees=False)
    return {"agrees": answer is None or bool(answer), "error": "", "traceback": ""}


def main(descriptor: int) -> None:
    """Serves one consumer until it is told to stop or evtcompat is gone. Never returns."""
    me = os.getpid()
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    trace = os.fdopen(os.dup(2), "w")
    consumer: Optional[Consumer] = None
    while True:
        request = receive(channel)
        if request is None or request["op"] == "stop":
            os._exit(0)  # threads and exit handlers that a consumer left behind are not waited for
        # A hang ends here, with the place where it hung on stderr, even when evtcompat itself has been killed.
        faulthandler.dump_traceback_later(request["deadline"], exit=True, file=trace)
        if request["op"] == "start":
            consumer, answer = start(request)
        elif request["op"] == "agree":
            answer = agree(request)
        elif consumer is None:
            answer = {"started": False, "error": "no consumer was started", "traceback": ""}
        else:
            answer = handle(consumer, request)
        if os.getpid() != me:
            os._exit(0)  # the consumer forked and the child came back as well: only the parent answers
        faulthandler.cancel_dump_traceback_later()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):  # closed or replaced by the consumer
                continue
        channel.sendall(frame(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]))
