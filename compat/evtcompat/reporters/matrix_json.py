"""The matrix of a subject for a program: JSON, version 1. Pure."""

from __future__ import annotations

import base64
from typing import Final

from evtcompat import __version__
from evtcompat.model.json_texts import document
from evtcompat.model.readings import Outcome, Reading
from evtcompat.payloads.cases import Matrix
from evtcompat.reporters.terminal import inert_json

MATRIX_VERSION: Final = 1


def matrix_json(matrix: Matrix) -> str:
    """The whole matrix, values and bytes included, as one JSON object."""
    content = {
        "evtcompat": __version__,
        "matrix_version": MATRIX_VERSION,
        "subject": matrix.subject,
        "format": matrix.format,
        "policy": None if matrix.policy is None else matrix.policy.value,
        "decoder": matrix.decoder,
        "seed": matrix.seed,
        "versions": [
            {"version": one.label, "origin": one.origin, "sha256": one.content}
            | ({"empty": one.empty} if one.empty else {})
            | ({"uncovered": one.uncovered, "more_uncovered": True} if one.stopped else {})
            for one in matrix.versions
        ],
        "payloads": [
            {
                "writer": payload.writer,
                "name": payload.name,
                "label": payload.label,
                "covers": list(payload.covers),
                "witness": payload.witness,
                "value": payload.value,
                "payload_base64": base64.b64encode(payload.body).decode("ascii"),
            }
            for version in matrix.versions
            for payload in matrix.payloads[version.label]
        ],
        "cells": [
            {
                "writer": cell.writer,
                "reader": cell.reader,
                "outcome": None if cell.outcome is None else cell.outcome.value,
                "verdict": cell.verdict.value,
                "rule_only": list(cell.rule_only),
                **({"marks": list(cell.marks)} if cell.marks else {}),
                "readings": [
                    {"payload": payload.name, **_reading_json(reading)}
                    for payload, reading in zip(matrix.payloads[cell.writer], cell.readings, strict=True)
                ],
            }
            for cell in matrix.cells
        ],
    }
    return inert_json(document(content).decode())


def _reading_json(reading: Reading) -> dict[str, object]:
    found: dict[str, object] = {"outcome": reading.outcome.value}
    if reading.outcome is Outcome.REFUSED:
        found["said"] = reading.said
    else:
        found["value"] = reading.value
    if reading.notes:
        found["notes"] = [{"kind": note.kind.value, "path": note.path, "text": note.text} for note in reading.notes]
    return found
