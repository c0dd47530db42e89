"""How instances of a JSON Schema are written to topics and files."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.encodings import Encoding

JSON: Final = Encoding("json", ".body", "application/json")
CONFLUENT: Final = Encoding("confluent", ".wire", "application/json", mark="schema id")
