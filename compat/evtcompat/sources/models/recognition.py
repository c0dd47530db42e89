"""Python files that declare models, told by their text: nothing is imported to look for them."""

from __future__ import annotations

import re
from typing import Final

#: What the libraries that `exporter` asks for schemas are imported by, and the classes that models of them inherit.
_IMPORTED: Final = re.compile(r"^[ \t]*+(?:from|import)\s+(?:pydantic|msgspec|dataclasses_avroschema)\b", re.MULTILINE)
_DECLARED: Final = re.compile(
    r"^class\s+\w+\s*\((?:[^()]*,)?\s*(?:[\w.]+\.)?(?:BaseModel|Struct|AvroModel|AvroBaseModel)\b", re.MULTILINE
)


def declares_models(text: str) -> bool:
    """Whether a Python text declares a class that a library of models makes a schema of."""
    return _IMPORTED.search(text) is not None and _DECLARED.search(text) is not None
