"""How Avro payloads are written to topics and files."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.encodings import Encoding

CONFLUENT: Final = Encoding("confluent", ".wire", "application/vnd.confluent.avro", mark="schema id")
BINARY: Final = Encoding("binary", ".bin", "avro/binary")
SINGLE_OBJECT: Final = Encoding("single-object", ".single", "avro/single-object", mark="fingerprint")
