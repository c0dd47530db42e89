"""What was observed, kept in a file as evidence for `evtcompat check`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evtcompat.errors import DocumentError
from evtcompat.model.findings import Observed
from evtcompat.model.json_texts import loads
from evtcompat.reading import LARGEST_LOCK, read_file

if TYPE_CHECKING:
    from evtcompat.replay.answer import Answer

#: The form of the file; a reader of another form refuses it.
FORM: Final = 1
MARK: Final = "evtcompat_observed"


def observed_text(answer: Answer) -> str:
    """The file's text: which findings of the check recorded events hit, and how many events there were."""
    findings = {
        seen.finding.fingerprint: {"rule": seen.finding.rule, "hits": seen.hits}
        for reader in answer.readers
        for seen in sorted(reader.findings, key=lambda one: one.hits)
    }
    content = {
        MARK: FORM,
        "subject": answer.subject,
        "events": answer.events,
        "first": answer.first,
        "last": answer.last,
        "one_in": answer.every,
        "sources": list(answer.sources),
        "readers": [reader.name for reader in answer.readers],
        "findings": dict(sorted(findings.items())),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load_observed(path: Path) -> Mapping[str, Observed]:
    """What a file that `replay --save` wrote says of findings, by fingerprint.

    Raises:
        DocumentError: There is none, or it is none of ours.
    """
    try:
        content: Any = loads(read_file(path, LARGEST_LOCK))
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise DocumentError(message, hint="evtcompat replay ... --save writes it.") from error
    except ValueError as error:
        message = f"{path}: not JSON: {error}"
        raise DocumentError(message) from error
    try:
        if content[MARK] != FORM:
            message = f"{path}: of form {content[MARK]}, and this version of evtcompat knows form {FORM}"
            raise DocumentError(message, hint="Replay again.")
        events, first, last = int(content["events"]), content["first"], content["last"]
        return {
            str(fingerprint): Observed(int(entry["hits"]), events, first, last)
            for fingerprint, entry in content["findings"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{path}: not what `evtcompat replay --save` writes"
        raise DocumentError(message) from error
