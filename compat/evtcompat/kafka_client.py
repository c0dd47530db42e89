"""What every use of the Kafka protocol begins with: the client, a person's settings of it, a broker that is there."""

from __future__ import annotations

import logging
import os
import socket
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.json_texts import loads

#: Names a file with settings of kafka-python (security, certificates, credentials), as one JSON object.
SETTINGS: Final = "EVTCOMPAT_KAFKA_SETTINGS"
_KNOCK: Final = 5.0


def client() -> Any:  # noqa: ANN401 - kafka-python has no types
    """The package `kafka`, silenced: its own warnings about a broker that is gone would bury the report.

    Raises:
        UncheckedError: kafka-python is not installed.
    """
    try:
        with warnings.catch_warnings():
            # It reads its own schemas in a way that Python 3.11 deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            import kafka
            import kafka.admin
            import kafka.errors
    except ImportError as error:
        message = "kafka:// needs the Kafka client"
        raise UncheckedError(message, hint="pip install 'evtcompat[kafka]'") from error
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    return kafka


def settings() -> Mapping[str, Any]:
    """What the file says that `SETTINGS` names; empty where the variable is not set.

    Raises:
        UsageError: There is no such file, or it holds no JSON object.
    """
    where = os.environ.get(SETTINGS)
    if not where:
        return {}
    try:
        value = loads(Path(where).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        message = f"{SETTINGS} names {where}, which is no JSON file: {type(error).__name__}"
        raise UsageError(message) from error
    if not isinstance(value, dict):
        message = f"{SETTINGS} names {where}, which holds no JSON object"
        raise UsageError(message)
    return value


def knock(servers: Iterable[str]) -> None:
    """One of the servers, each ``host:port``, accepts a connection; the client would try until its time is over.

    Raises:
        UncheckedError: None does.
    """
    reasons = []
    for server in servers:
        host, _, port = server.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), _KNOCK):
                return
        except ValueError:
            reasons.append(f"{server} is not of the form HOST:PORT")
        except OSError as error:
            reasons.append(f"{server}: {error}")
    message = f"kafka: cannot reach the broker: {'; '.join(reasons)}"
    raise UncheckedError(message)
