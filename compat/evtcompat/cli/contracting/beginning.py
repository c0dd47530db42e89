"""The work behind `evtcompat contract init`: the contract file that says what a consumer needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from evtcompat.cli.contracting.contracts import Opened
from evtcompat.cli.runs.context import shown
from evtcompat.contracts.model import Form
from evtcompat.contracts.python_models import Imports
from evtcompat.contracts.starting import Written, begun
from evtcompat.errors import UsageError
from evtcompat.writing import write_own


class Forms(NamedTuple):
    """Where the consumer wrote down already what it needs; at most one of them."""

    schema: Path | None = None
    pact: Path | None = None
    #: Of the pact.
    message: str | None = None
    #: ``shop.events:OrderPlaced``.
    model: str | None = None
    #: Of the model.
    folder: Path | None = None


class Beginning(NamedTuple):
    """What `contract init` was asked for."""

    subject: str
    consumer: str
    needs: Sequence[str] = ()
    forms: Forms = Forms()
    against: str | None = None
    replace: bool = False


def write_contract(opened: Opened, asked: Beginning) -> str:
    """Write a contract file; the answer says what was written.

    Raises:
        UsageError: A word is wrong, or the consumer has a contract already.
        UncheckedError: The subject cannot be read, or has no such part.
    """
    subject, consumer = asked.subject, asked.consumer
    if any(part in ("", ".", "..") for part in (*subject.split("/"), *consumer.split("/"))) or "/" in consumer:
        message = f"{subject}/{consumer} is no name of a contract"
        raise UsageError(message, hint="A contract lies in a folder of its subject, and is called like its consumer.")
    if any("\ud800" <= one <= "\udfff" for one in f"{subject}{consumer}"):  # how bytes of a name reach Python
        message = f"{subject}/{consumer} is not UTF-8, in which contracts are written"
        raise UsageError(message, hint="Rename the file, or run it in a locale that has its characters.")
    path = opened.folder / subject / f"{consumer}.toml"
    here = opened.context.environment.folder
    if path.exists() and not asked.replace:
        message = f"{consumer} has a contract about {subject} already: {shown(path, here)}"
        raise UsageError(message, hint="--replace writes it anew.")
    written = _written(asked, opened, path)
    text = begun(opened.catalogue.subject(subject), consumer, asked.needs, written, asked.against)
    if written is not None:  # now, where a person looks at the answer
        named = () if asked.forms.model is None else (asked.forms.model,)
        imports = Imports(named, opened.context.imports, here / opened.context.config.folder)
        opened.files.tried(path, Path(subject, path.name), text, opened.subject, imports)
    write_own(path, text.encode())
    told = f"{shown(path, here)}: what {consumer} needs of {subject}."
    return f"{told} `evtcompat contract verify` holds it against what is produced."


def _written(asked: Beginning, opened: Opened, path: Path) -> Written | None:
    """What the consumer wrote down already.

    Raises:
        UsageError: It is several things.
    """
    here, forms = opened.context.environment.folder, asked.forms
    given = {"needs": asked.needs or None, "schema": forms.schema, "pact": forms.pact, "model": forms.model}
    named = [f"--{name}" for name, value in given.items() if value is not None]
    if len(named) > 1:
        message = f"{' and '.join(named)} both say what is needed"
        raise UsageError(message, hint="Give one of them.")
    for option, value, of in (("--message", forms.message, "--pact"), ("--model-folder", forms.folder, "--model")):
        if value is not None and of not in named:
            message = f"{option} has no effect without {of}"
            raise UsageError(message, hint=f"Add {of}, or leave {option} out.")
    if forms.schema is not None:
        return Written(Form.SCHEMA, here / forms.schema, path.parent)
    if forms.pact is not None:
        return Written(Form.PACT, here / forms.pact, path.parent, {"message": forms.message})
    if forms.model is None:
        return None
    elsewhere = None if forms.folder is None else Path(os.path.relpath(here / forms.folder, path.parent)).as_posix()
    return Written(Form.MODEL, forms.model, path.parent, {"folder": elsewhere})
