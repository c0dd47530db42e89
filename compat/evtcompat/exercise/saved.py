"""The saved report of an exercise, read again: what `evtcompat exercise --format json` wrote."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from evtcompat.errors import DocumentError
from evtcompat.exercise.differences import ABSENT, Difference
from evtcompat.exercise.results import CellState
from evtcompat.model.exercised import Exercised, ExercisedCell, ExercisedFailure, ExercisedFlow, ExercisedLevel
from evtcompat.model.json_texts import loads, one_line
from evtcompat.model.places import tokens
from evtcompat.reading import LARGEST_LOCK, read_file

#: The form of the report; a reader of another form refuses it.
FORM: Final = 1
_STATES: Final = frozenset(state.value for state in CellState)
_VERDICTS: Final = frozenset({"passed", "failed", "undecided", "unchecked"})
_WRITES: Final = "evtcompat exercise ... --format json --output FILE writes it."


def load_exercised(path: Path, origin: str) -> Exercised:
    """What a file that `evtcompat exercise --format json` wrote says.

    Args:
        path: The file.
        origin: What it is called where it is shown.

    Raises:
        DocumentError: There is none, or it is none of ours.
    """
    try:
        content: Any = loads(read_file(path, LARGEST_LOCK))
    except OSError as error:
        message = f"{origin}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint=_WRITES) from error
    except ValueError as error:
        message = f"{origin}: not JSON: {error}"
        raise DocumentError(message, hint=_WRITES) from error
    try:
        if content["exercise_version"] != FORM:
            message = (
                f"{origin}: of form {content['exercise_version']}, and this version of evtcompat knows form {FORM}"
            )
            raise DocumentError(message, hint="Exercise again.")
        return _read(content, origin)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{origin}: not what `evtcompat exercise --format json` writes"
        raise DocumentError(message, hint=_WRITES) from error


def _read(content: Mapping[str, Any], origin: str) -> Exercised:
    return Exercised(
        subject=_text(content["subject"]),
        origin=origin,
        verdict=_one_of(content["verdict"], _VERDICTS),
        consumers=tuple((_text(one["role"]), _text(one["name"])) for one in content["consumers"]),
        levels=tuple(ExercisedLevel(_text(one["name"]), _cells(one["cells"])) for one in content["levels"]),
        flows=tuple(_flows(content)),
        notes=tuple(map(_text, (*content.get("unread", ()), *content["notes"]))),
    )


def _cells(found: list[Mapping[str, Any]]) -> tuple[ExercisedCell, ...]:
    return tuple(
        ExercisedCell(
            consumer=_text(one["consumer"]),
            versions=tuple(map(_text, one["payload_versions"])),
            delivery=_text(one["delivery"]),
            events=int(one["events"]),
            state=_one_of(one["state"], _STATES),
            failures=tuple(map(_failure, one["failures"])),
            reason=_text(one["reason"]),
        )
        for one in found
    )


def _failure(found: Mapping[str, Any]) -> ExercisedFailure:
    payload = found["payload"]
    label, shown = "", ""
    if payload is not None:
        label = f"version {_text(payload['version'])}, {_text(payload['label'])}"
        shown = _body(payload) if payload["value"] is None else one_line(payload["value"])
    return ExercisedFailure(
        kind=_text(found["kind"]),
        message=_text(found["message"]),
        label=label,
        payload=shown,
        differences=tuple(map(_difference, found["differences"])),
        traceback=_text(found["traceback"]),
        output=_text(found["output"]),
    )


def _body(payload: Mapping[str, Any]) -> str:
    """Bytes that carry no value: as text where they would be JSON, else in hexadecimal digits."""
    body = base64.b64decode(_text(payload["body_base64"]), validate=True)
    if "json" in _text(payload["content_type"]):
        with suppress(UnicodeDecodeError):
            return body.decode("utf-8") or "(empty)"
    return body.hex(" ") or "(empty)"


def _difference(found: Mapping[str, Any]) -> str:
    return str(Difference(tokens(_text(found["path"])), found.get("old", ABSENT), found.get("new", ABSENT)))


def _flows(content: Mapping[str, Any]) -> Iterator[ExercisedFlow]:
    for key, what in (("loads", "under load"), ("chains", "through the chain")):
        for one in content[key]:
            name = f"{_text(one['consumer'])}, {what}{' ' + _text(one['chain']) if key == 'chains' else ''}"
            said = tuple(text for text in (*map(_text, one["failures"]), _text(one["reason"])) if text)
            yield ExercisedFlow(name, _one_of(one["state"], _STATES), said)


def _one_of(word: object, known: frozenset[str]) -> str:
    text = _text(word)
    if text not in known:
        raise ValueError(text)
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
