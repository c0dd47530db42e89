"""The folder of contracts: ``contracts/<subject>/<consumer>.toml``, read.

    # What shipping needs of order-placed.
    needs = ["orderId", "lines[].sku"]
    written-against = "2"

or ``schema = "shipping.avsc"``, the file of the consumer's own reader schema, relative to the contract, or ``model =
"shipping.events:OrderPlaced"``, a Python model, with ``folder`` where its module lies elsewhere, or ``pact =
"shipping-orders.json"``, a Pact file, with ``message = "an order was placed"`` where it has several. Types of a list
of paths come from the version that it was written against, or stand in the contract as the text of a reader
(``reader = '''...'''``, as `evtcompat contract init` writes it): then no later change of that version moves them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from evtcompat.config.toml_table import Table, parse_toml
from evtcompat.contracts.model import Contract, Contracts, Form
from evtcompat.contracts.pacts.reading import (
    Message,
    PactFile,
    headers_reader_of,
    pact_format,
    read_pact,
    reader_of,
)
from evtcompat.contracts.projecting import projected, projection_of
from evtcompat.contracts.python_models import Imports, python_model
from evtcompat.contracts.shared import SharedFiles, no_such_folder
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import assumed, by_file_name, by_name
from evtcompat.formats.projections import holder_of, need_of
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.payloads.matrix import Subject
from evtcompat.reading import real_path

#: Finds the subject of a name.
Find = Callable[[str], Subject]
#: Finds the subject that describes the headers of a subject's events, where there is one.
FindHeaders = Callable[[str], Subject | None]

SUFFIX: Final = ".toml"
_KEYS: Final = (
    "schema", "needs", "reader", "pact", "message", "model", "folder", "format", "written-against", "consumer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContractFile:
    """A contract file that was found, with what it says."""

    subject: str
    consumer: str
    path: Path
    table: Table

    @property
    def place(self) -> Place:
        """The file."""
        return Place(origin=self.table.origin)

    def reader_path(self) -> Path | None:
        """The file of the reader schema; ``None`` where the contract names none.

        Raises:
            ConfigError: It is absolute.
        """
        return self.beside("schema")

    def beside(self, key: str) -> Path | None:
        """The file that a key names, relative to the contract; ``None`` where there is no such key.

        Raises:
            ConfigError: It is absolute.
        """
        named = self.table.string(key)
        if named is None:
            return None
        if named.startswith(("/", "~")) or named[1:2] == ":":
            self.table.fail(f'`{key}` must be relative to this file; found "{named}"', key)
        return Path(os.path.normpath(self.path.parent / named))  # also below a folder that is not there yet

    def shown(self, key: str) -> str:
        """What messages call that file."""
        return os.path.normpath(Path(self.table.origin).parent / str(self.table.values[key]))


class Sources(NamedTuple):
    """Where contracts are read from, and what they name."""

    shared: SharedFiles
    imports: Imports


class ContractFolder:
    """The contract files below a folder, each read once."""

    def __init__(
        self,
        folder: Path,
        shown: str,
        shared: SharedFiles,
        imports: Imports | None = None,
        setting: Place | None = None,
    ) -> None:
        """Read the files; schemas are left for `contracts`.

        Args:
            folder: Where they lie.
            shown: What messages call it.
            shared: Reads them, and what they name.
            imports: Which modules may be imported; by default none.
            setting: Where the configuration names the folder, if it does.
        """
        self._sources = Sources(shared, imports or Imports())
        self.files: list[ContractFile] = []
        self.problems: list[UncheckedError] = []
        if not shared.is_folder(folder):
            hint = "`evtcompat contract init SUBJECT CONSUMER` begins one; --contracts DIR names another."
            if setting is None:
                error = UncheckedError("there is no folder of contracts", place=Place(origin=shown), hint=hint)
            else:
                error = no_such_folder("contracts", shown, setting, hint)
            self.problems.append(error)
            return
        for path in shared.below(folder, SUFFIX):
            origin = os.path.join(shown, path.relative_to(folder))  # noqa: PTH118 - `shown` is text for people
            try:
                self.files.append(_file(path, path.relative_to(folder), origin, shared))
            except EvtcompatError as error:
                self.problems.append(_unchecked(error, origin))
        self._refuse_twice()

    def tried(self, path: Path, inner: Path, text: str, find: Find, imports: Imports) -> Contract:
        """The contract that a text would be, were it written to a path.

        Args:
            path: Of the file.
            inner: The same from the folder of contracts.
            text: Of the file.
            find: Finds a subject.
            imports: Which modules may be imported.

        Raises:
            UncheckedError: It would not be one that can be read.
        """
        origin = str(inner)
        try:
            return _contract(_parsed(path, inner, origin, text), find, self._sources._replace(imports=imports))[0]
        except EvtcompatError as error:
            raise _unchecked(error, origin) from error

    def _refuse_twice(self) -> None:
        """Of several contracts of one consumer none counts: nobody knows which is meant."""
        known: dict[tuple[str, str], list[ContractFile]] = {}
        for file in self.files:
            known.setdefault((file.subject, file.consumer.casefold()), []).append(file)
        for several in known.values():
            if len(several) > 1:
                names = " and ".join(str(file.place) for file in several)
                message = f"{several[0].consumer} has two contracts about {several[0].subject}: {names}"
                self.problems.append(UncheckedError(message, place=several[1].place, hint="Keep one of them."))
                self.files = [file for file in self.files if file not in several]

    @property
    def readers(self) -> frozenset[str]:
        """The files of reader schemas that the contracts name, absolute, links followed."""
        return _readers(self.files)

    def contracts(
        self,
        find: Find,
        headers: FindHeaders = lambda _: None,
        wanted: Callable[[ContractFile], bool] = lambda _: True,
    ) -> Contracts:
        """The contracts, each with its reader schema; one about headers beside its own, where it asks for some.

        Args:
            find: Finds a subject; raises `EvtcompatError` for an unknown one.
            headers: Finds that of its headers.
            wanted: Which files are asked for.
        """
        found, problems = [], list(self.problems)
        files = [file for file in self.files if wanted(file)]
        for file in sorted(files, key=lambda file: (file.subject, file.consumer)):
            try:
                made, messages = _contract(file, find, self._sources)
                found.append(made)
                found += _of_headers(made, messages, headers)
            except EvtcompatError as error:
                problems.append(_unchecked(error, str(file.place)))
        return Contracts(tuple(found), tuple(problems), _readers(files))


def _readers(files: Iterable[ContractFile]) -> frozenset[str]:
    found = set()
    for file in files:
        try:
            path = file.reader_path()
        except EvtcompatError:  # told when the contract is read
            continue
        if path is not None:
            found.add(real_path(path))
    return frozenset(found)


def _unchecked(error: EvtcompatError, origin: str) -> UncheckedError:
    """The error as one of a contract that could not be read, with a place."""
    place = error.place if error.place is not None and error.place.origin is not None else Place(origin=origin)
    about = "" if place.origin == origin else f"contract {origin}: "
    return UncheckedError(f"{about}{error.message}", place=place, hint=error.hint)


def _file(path: Path, inner: Path, origin: str, shared: SharedFiles) -> ContractFile:
    text = shared.text(path, origin)
    if text is None:
        message = "is a link that leads nowhere, or out of this folder"
        raise UncheckedError(message, place=Place(origin=origin), hint="Mend the link, or remove it.")
    if len(inner.parts) < 2:  # noqa: PLR2004 - a folder and a file
        message = "lies in no subject's folder"
        raise UncheckedError(
            message, place=Place(origin=origin), hint="Contracts are files SUBJECT/CONSUMER.toml in this folder."
        )
    return _parsed(path, inner, origin, text)


def _parsed(path: Path, inner: Path, origin: str, text: str) -> ContractFile:
    table = Table(parse_toml(text, origin), origin, text)
    table.only(_KEYS)
    consumer = table.string("consumer") or path.stem
    return ContractFile(inner.parent.as_posix(), consumer, path, table)


def _of_headers(contract: Contract, messages: Sequence[Message], headers: FindHeaders) -> Iterator[Contract]:
    """What a pact asks of the headers of its messages, as a contract about the subject that describes them."""
    reader = headers_reader_of(messages) if messages else None
    subject = None if reader is None else headers(contract.subject)
    if reader is None or subject is None:
        return
    if subject.format is not pact_format():
        message = f"a pact speaks of JSON, and {subject.name} is {subject.format.noun}"
        raise UncheckedError(message, place=contract.place)
    yield replace(
        contract,
        subject=subject.name,
        reader=Version(Document(reader, contract.written_in), contract.consumer),
        undecided=tuple(part for one in messages for part in one.metadata.undecided),
        about_headers=True,
    )


def _contract(file: ContractFile, find: Find, sources: Sources) -> tuple[Contract, Sequence[Message]]:
    table = file.table
    forms = [form for form in Form if form.value in table.values]
    if len(forms) != 1:
        words = ", ".join(f"`{form.value}`" for form in Form)
        found = " and ".join(f"`{form.value}`" for form in forms) or "none"
        table.fail(f"a contract says what is needed in one of the forms {words}; found {found}")
    if "folder" in table.values and forms != [Form.MODEL]:
        table.fail("`folder` says where the module of a `model` lies, and there is none", "folder")
    subject = find(file.subject)
    base = Contract(
        subject=file.subject,
        consumer=file.consumer,
        form=forms[0],
        format=subject.format,
        reader=subject.versions[-1],
        place=file.place,
        written_against=table.string("written-against"),
    )
    messages: Sequence[Message] = ()
    if forms[0] is Form.PACT:
        messages = _pact_messages(file, subject, sources)
        made = _of_pact(file, base, messages)
    else:
        made = _MADE[forms[0]](file, base, subject, sources)
    made.format.parse(made.reader.document, made.reader.references)  # here, so that the contract is at fault
    if made.format is not subject.format:
        message = f"the reader is {made.format.noun}, and {file.subject} is {subject.format.noun}"
        raise UncheckedError(message, place=file.place, hint="A contract is in the language of its subject.")
    return made, messages


def _of_schema(file: ContractFile, base: Contract, subject: Subject, sources: Sources) -> Contract:
    path = file.reader_path()
    assert path is not None  # noqa: S101 - the form says so
    origin = file.shown("schema")
    named = _format(file.table) or by_file_name(path.name, everywhere=True)
    document = sources.shared.document(path, named, origin)
    schema_format = named or (subject.format if subject.format.recognise(document.value) else assumed(document.value))
    if named is None:
        document = sources.shared.document(path, schema_format, origin)
    reader = Version(document, file.consumer, sources.shared.references(path, schema_format))
    return replace(base, reader=reader, format=schema_format, written_in=origin)


def _of_model(file: ContractFile, base: Contract, subject: Subject, sources: Sources) -> Contract:  # noqa: ARG001 - as the others
    table, imports = file.table, sources.imports
    word = table.string("model") or ""
    folder = file.beside("folder") or imports.folder
    model = python_model(word, folder, sources.shared, imports, table.place("model"))
    contained, undecided = model.described()
    return replace(
        base,
        reader=Version(contained.document, file.consumer),
        format=contained.format,
        written_in=model.path,
        undecided=undecided,
        model=contained.model,
    )


def _pact_messages(file: ContractFile, subject: Subject, sources: Sources) -> Sequence[Message]:
    """The messages of a pact that a contract is about.

    Raises:
        ConfigError: It does not say which.
        UncheckedError: There is no such pact, or it cannot be read.
    """
    path, origin = file.beside("pact"), file.shown("pact")
    assert path is not None  # noqa: S101 - the form says so
    if subject.format is not pact_format():
        message = f"a pact speaks of JSON, and {subject.name} is {subject.format.noun}"
        place = file.table.place("pact")
        raise UncheckedError(message, place=place, hint="Say what is needed with `needs` or `schema`.")
    return _messages(file, read_pact(sources.shared.document(path, None, origin)))


def _of_pact(file: ContractFile, base: Contract, messages: Sequence[Message]) -> Contract:
    origin = file.shown("pact")
    return replace(
        base,
        reader=Version(Document(reader_of(messages), origin), file.consumer),
        written_in=origin,
        states=tuple(dict.fromkeys(state for one in messages for state in one.states)),
        metadata=tuple(dict.fromkeys(shown for one in messages for shown in one.metadata.shown)),
        undecided=tuple(part for one in messages for part in one.undecided),
    )


def _messages(file: ContractFile, pact: PactFile) -> tuple[Message, ...]:
    """The messages of a pact that a contract is about.

    Raises:
        ConfigError: It names none that there is, or none where there are several.
    """
    table = file.table
    named = table.strings("message", alone=True)
    known = [one.description for one in pact.messages]
    listed = f"It has: {'; '.join(dict.fromkeys(known))}."
    if named is None:
        if len(known) > 1:
            message = f"the pact has {len(known)} messages, and the contract says of none that it is meant"
            table.fail(message, "pact", hint=f'Add message = "...". {listed}')
        return pact.messages
    for name in named:
        if name not in known:
            table.fail(f'the pact has no message "{name}"', "message", hint=listed)
    return tuple(one for one in pact.messages if one.description in named)


def _format(table: Table) -> SchemaFormat | None:
    word = table.string("format")
    return None if word is None else by_name(word)


def _of_needs(file: ContractFile, base: Contract, subject: Subject, sources: Sources) -> Contract:  # noqa: ARG001 - as the others
    table = file.table
    needs = table.strings("needs") or ()
    if not needs:
        table.fail("`needs` must name at least one path", "needs", hint='For example needs = ["orderId"].')
    parsed = []
    for index, text in enumerate(needs):
        try:
            parsed.append(need_of(text))
        except ValueError as error:
            table.fail(f"`{table.called('needs', index)}`: {error}", "needs", index, hint="For example `lines[].sku`.")
    pinned = table.block("reader")
    if pinned is None:
        written = written_version(subject, base.written_against, file)
        reader = projected(subject, written, parsed, table.place("needs"))
    else:
        schema_format = _format(table) or subject.format
        place = table.place("reader")
        document = Document(schema_format.read(pinned, f"{place}: reader").value, file.place.origin)
        _same_needs(schema_format, document, needs, place)
        reader = Version(document)
    return replace(base, reader=replace(reader, label=file.consumer), needs=needs)


def written_version(subject: Subject, label: str | None, file: ContractFile) -> Version:
    """The version that a contract was written against.

    Raises:
        ConfigError: The contract names none, or one that the subject does not have.
    """
    table = file.table
    labels = [version.label for version in subject.versions if version.label is not None]
    known = f"{subject.name} has {', '.join(labels)}." if labels else f"The versions of {subject.name} have no names."
    if label is None:
        pin = f"`evtcompat contract init {subject.name} {file.consumer}` writes the types down with it."
        message = "a list of paths takes its types from a version, and this one names none"
        table.fail(message, "needs", hint=f'Add written-against = "VERSION". {known} {pin}')
    for version in subject.versions:
        if label in (version.label, f"v{version.label}") and version.label is not None:
            return version
    return table.fail(f"{subject.name} has no version {label}", "written-against", hint=known)


def _same_needs(schema_format: SchemaFormat, document: Document, needs: tuple[str, ...], place: Place) -> None:
    """The reader in a contract asks for what its list of paths says.

    Raises:
        UncheckedError: It does not.
    """
    projection = projection_of(schema_format)
    asked = {one.path: one.required for one in projection.parts(schema_format.parse(document, NoReferences()))}
    for text in needs:
        need = need_of(text)
        holder = holder_of(need.path)  # a list or a map may be empty; that it is there is what is asked for
        if need.path not in asked or (not need.optional and holder and not asked.get(holder)):
            word = "does not ask for" if need.path not in asked else "can do without"
            message = f"the reader in this contract {word} `{text}`, which `needs` lists"
            hint = "Write it anew with `evtcompat contract init --replace`, or leave out `reader`."
            raise UncheckedError(message, place=place, hint=hint)


_MADE: Final[dict[Form, Callable[[ContractFile, Contract, Subject, Sources], Contract]]] = {
    Form.SCHEMA: _of_schema,
    Form.NEEDS: _of_needs,
    Form.MODEL: _of_model,
}
