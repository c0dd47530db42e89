"""The report of an exercise as JSON, version 1."""

from __future__ import annotations

import base64
import json
from functools import reduce

from evtcompat import __version__
from evtcompat.exercise.differences import ABSENT, Difference
from evtcompat.exercise.payloads import Delivery, Payload
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.results import Cell, Failure
from evtcompat.exercise.saved import FORM
from evtcompat.model.places import child
from evtcompat.reporters.exercise_chain import chain_json
from evtcompat.reporters.exercise_load import load_json
from evtcompat.reporters.terminal import inert_json


def exercise_json(report: ExerciseReport) -> str:
    """The whole run as one JSON document. Ends with a newline; equal runs give equal bytes."""
    content = {
        "evtcompat": __version__,
        "exercise_version": FORM,
        "verdict": report.verdict,
        "subject": report.subject,
        "seed": report.seed,
        "versions": list(report.versions),
        "consumers": [
            {"role": note.role, "name": note.name, "file": note.file, "python": note.python, "observes": note.observes}
            for note in report.consumers
        ],
        "levels": [{"name": level.name, "cells": [_cell(cell) for cell in level.cells]} for level in report.levels],
        "loads": [load_json(cell) for cell in report.loads],
        "chains": [chain_json(cell) for cell in report.chains],
        "unread": list(report.unread),
        "notes": list(report.notes),
    }
    return inert_json(json.dumps(content, indent=2, ensure_ascii=True)) + "\n"


def _cell(cell: Cell) -> dict[str, object]:
    scenario = cell.scenario
    return {
        "consumer": scenario.consumer,
        "payload_versions": list(scenario.versions),
        "delivery": scenario.delivery,
        "events": len(scenario.deliveries),
        "state": cell.state.value,
        "held": list(cell.held),
        "reason": cell.reason,
        "traceback": cell.traceback,
        "failures": [_failure(failure) for failure in cell.failures],
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "kind": failure.kind.value,
        "message": failure.message,
        "payload": None if failure.delivery is None else _payload(failure.delivery),
        "differences": [_difference(one) for one in failure.differences],
        "traceback": failure.traceback,
        "output": failure.output,
    }


def _difference(difference: Difference) -> dict[str, object]:
    sides = {"old": difference.old, "new": difference.new}
    return {"path": reduce(child, difference.path, "")} | {
        side: one for side, one in sides.items() if one is not ABSENT
    }


def _payload(delivery: Delivery) -> dict[str, object]:
    payload: Payload = delivery.payload
    return {
        "version": payload.version,
        "label": payload.label,
        "poison": payload.poison,
        "event_id": delivery.event_id,
        "key": delivery.key,
        "content_type": payload.content_type,
        "headers": dict(payload.headers),
        "value": payload.value,
        "body_base64": base64.b64encode(payload.body).decode("ascii"),
    }
