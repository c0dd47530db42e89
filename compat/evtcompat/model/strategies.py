"""How serializers name the subject of a schema."""

from __future__ import annotations

from enum import Enum


class Strategy(Enum):
    """Confluent's "Subject name strategy"."""

    TOPIC = "topic"
    RECORD = "record"
    TOPIC_RECORD = "topic-record"
