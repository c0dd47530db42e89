"""Avro Java itself, from the jars that PyPI's pyspark brings: what it makes of pairs of schemas, many in one run."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPARK = importlib.util.find_spec("pyspark")
_JAVA = shutil.which("java")

needs_avro_java = pytest.mark.skipif(
    _SPARK is None or shutil.which("javac") is None,
    reason="needs a JDK and the jars of pyspark (default-jdk-headless; pip install 'evtcompat[dev-replay]')",
)


class Question(NamedTuple):
    """A pair of schemas, and payloads that the writer's writes."""

    reader: Any
    writer: Any
    payloads: Sequence[bytes] = (b"",)


class Answer(NamedTuple):
    """What Avro Java makes of a pair."""

    #: Whether `SchemaCompatibility` answers "compatible"; it raises where it does not answer, as registries know.
    compatible: bool
    #: The names that applied aliases give to the writer's types and fields, as sentences; ``None`` where that raises.
    names: set[str] | None
    #: What is read of each payload, as JSON values; an `Exception` where that raises.
    read: list[Any]


def answers(questions: Sequence[Question]) -> list[Answer]:
    """What Avro Java makes of each pair."""
    assert _SPARK is not None
    assert _SPARK.origin is not None
    assert _JAVA is not None
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for reader, writer, payloads in questions:
            encoded = " ".join(base64.b64encode(payload).decode() for payload in payloads)
            file.write(f"{json.dumps(reader)}\n{json.dumps(writer)}\n{encoded}\n")
        file.flush()
        jars = Path(_SPARK.origin).parent / "jars" / "*"
        command = [_JAVA, "-cp", str(jars), str(Path(__file__).with_name("AvroJavaReads.java")), file.name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [_answer(json.loads(line)) for line in said]


def _answer(found: dict[str, Any]) -> Answer:
    names = found["names"]
    read = [Exception(one["error"]) if isinstance(one, dict) else json.loads(one) for one in found["read"]]
    return Answer(found["checker"] == "COMPATIBLE", None if isinstance(names, dict) else set(names), read)
