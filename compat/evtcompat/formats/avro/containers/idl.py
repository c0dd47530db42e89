"""Avro's interface language read as the protocol in JSON that it stands for (Avro 1.12, "IDL Language").

What a protocol says about remote calls is passed over: nobody sends it as an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.formats.avro.containers.idl_tokens import Token, Tokens
from evtcompat.formats.avro.types import PRIMITIVES
from evtcompat.model.places import child

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

#: Words that stand for a logical type.
_LOGICAL: Final[dict[str, tuple[str, str]]] = {
    "date": ("int", "date"),
    "time_ms": ("int", "time-millis"),
    "timestamp_ms": ("long", "timestamp-millis"),
    "local_timestamp_ms": ("long", "local-timestamp-millis"),
    "uuid": ("string", "uuid"),
}
_DEEPEST: Final = 100
Properties = dict[str, "JSON"]


class Import(NamedTuple):
    """Another file whose types this one may use."""

    #: ``idl``, ``protocol`` or ``schema``.
    kind: str
    path: str
    offset: int


class Idl(NamedTuple):
    """What an IDL file says."""

    protocol: dict[str, JSON]
    imports: tuple[Import, ...]
    #: Where the part at a pointer of `protocol` begins and ends.
    spans: dict[str, tuple[int, int]]
    tokens: Tokens


def parse_idl(text: str, origin: str) -> Idl:
    """The protocol that a text writes.

    Raises:
        DocumentError: It is not IDL, with the place.
    """
    return _Parser(Tokens(text, origin)).file()


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._types: list[JSON] = []
        self._imports: list[Import] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self._depth = 0

    def file(self) -> Idl:
        tokens = self._tokens
        doc, properties = tokens.doc(), self._annotations()
        protocol: dict[str, JSON] = {"protocol": "", **properties}
        if tokens.accept("protocol"):
            protocol["protocol"] = tokens.name("the protocol").text
            if doc is not None:
                protocol["doc"] = doc
            tokens.expect("{")
            while not tokens.accept("}"):
                self._declaration()
        else:
            self._without_protocol(protocol, properties, doc)
        if tokens.next.text:
            tokens.refuse(f"{tokens.next.text!r} stands after the end of the protocol", tokens.next.start)
        protocol["types"] = self._types
        return Idl(protocol, tuple(self._imports), self._spans, tokens)

    def _without_protocol(self, protocol: dict[str, JSON], properties: Properties, doc: str | None) -> None:
        """A file of schemas, as Avro 1.12 has them: ``namespace``, ``schema``, imports and named types."""
        tokens = self._tokens
        if tokens.accept("namespace"):
            protocol["namespace"] = tokens.name("the namespace").text
            tokens.expect(";")
            properties, doc = {}, None
        while tokens.next.text:
            if tokens.accept("schema"):
                self._type("/schema")
                tokens.expect(";")
            else:
                self._declaration(properties, doc)
            properties, doc = {}, None

    def _annotations(self) -> Properties:
        found: Properties = {}
        while self._tokens.accept("@"):
            name = self._tokens.name("an annotation").text
            self._tokens.expect("(")
            found[name] = self._tokens.json()
            self._tokens.expect(")")
        return found

    def _declaration(self, properties: Properties | None = None, doc: str | None = None) -> None:
        tokens = self._tokens
        doc = tokens.doc() or doc
        start = tokens.next.start
        properties = {**(properties or {}), **self._annotations()}
        word = tokens.next.text
        if word == "import":
            self._import()
        elif word in ("record", "error"):
            self._record(properties, doc, start)
        elif word == "enum":
            self._enum(properties, doc, start)
        elif word == "fixed":
            self._fixed(properties, doc, start)
        else:
            self._message()

    def _import(self) -> None:
        start = self._tokens.take().start
        kind = self._tokens.name("what is imported").text
        if kind not in ("idl", "protocol", "schema"):
            self._tokens.refuse(f"{kind!r} cannot be imported: idl, protocol or schema can", start)
        self._imports.append(Import(kind, self._tokens.string(), start))
        self._tokens.expect(";")

    def _named(self, kind: Token, properties: Properties, doc: str | None) -> tuple[dict[str, JSON], str]:
        pointer = child("/types", len(self._types))
        name = self._tokens.name(f"the {kind.text}")
        self._spans[child(pointer, "name")] = (name.start, name.end)
        value: dict[str, JSON] = {"type": kind.text, "name": name.text}
        if doc is not None:
            value["doc"] = doc
        return {**value, **properties}, pointer

    def _done(self, value: dict[str, JSON], pointer: str, start: int) -> None:
        self._spans[pointer] = (start, self._tokens.last)
        self._types.append(value)

    def _record(self, properties: Properties, doc: str | None, start: int) -> None:
        value, pointer = self._named(self._tokens.take(), properties, doc)
        fields: list[JSON] = []
        value["fields"] = fields
        self._tokens.expect("{")
        while not self._tokens.accept("}"):
            self._fields(fields, child(pointer, "fields"))
        self._done(value, pointer, start)

    def _fields(self, fields: list[JSON], pointer: str) -> None:
        """The fields of one type: ``string first, second = "x";``."""
        tokens = self._tokens
        common, start = tokens.doc(), tokens.next.start
        kind, optional = self._optional_type(child(child(pointer, len(fields)), "type"))
        while True:
            doc = tokens.doc() or common
            properties = self._annotations()
            name = tokens.name("a field")
            field: dict[str, JSON] = {"name": name.text, "type": ["null", kind] if optional else kind}
            if doc is not None:
                field["doc"] = doc
            field.update(properties)
            if tokens.accept("="):
                field["default"] = tokens.json()
                if optional and field["default"] is not None:
                    field["type"] = [kind, "null"]
            at = child(pointer, len(fields))
            self._spans[at] = (start, tokens.last)
            self._spans[child(at, "name")] = (name.start, name.end)
            fields.append(field)
            start = tokens.next.start
            if not tokens.accept(","):
                break
        tokens.expect(";")

    def _enum(self, properties: Properties, doc: str | None, start: int) -> None:
        tokens = self._tokens
        value, pointer = self._named(tokens.take(), properties, doc)
        symbols: list[JSON] = []
        tokens.expect("{")
        at = tokens.next.start
        while tokens.next.text != "}":
            symbol = tokens.name("a symbol")
            self._spans[child(child(pointer, "symbols"), len(symbols))] = (symbol.start, symbol.end)
            symbols.append(symbol.text)
            if not tokens.accept(","):
                break
        self._spans[child(pointer, "symbols")] = (at, tokens.last)
        tokens.expect("}")
        value["symbols"] = symbols
        if tokens.accept("="):
            value["default"] = tokens.name("a symbol").text
            tokens.expect(";")
        self._done(value, pointer, start)

    def _fixed(self, properties: Properties, doc: str | None, start: int) -> None:
        value, pointer = self._named(self._tokens.take(), properties, doc)
        self._tokens.expect("(")
        value["size"] = self._tokens.number()
        self._tokens.expect(")")
        self._tokens.expect(";")
        self._done(value, pointer, start)

    def _message(self) -> None:
        """A remote call, whose types are read and forgotten."""
        tokens, spans = self._tokens, dict(self._spans)
        if not tokens.accept("void"):
            self._optional_type("/message")
        tokens.name("a message")
        tokens.expect("(")
        while not tokens.accept(")"):
            self._optional_type("/message")
            self._annotations()
            tokens.name("a parameter")
            if tokens.accept("="):
                tokens.json()
            tokens.accept(",")
        if tokens.accept("throws"):
            tokens.name("an error")
            while tokens.accept(","):
                tokens.name("an error")
        tokens.accept("oneway")
        tokens.expect(";")
        self._spans = spans

    def _type(self, pointer: str) -> JSON:
        kind, optional = self._optional_type(pointer)
        return ["null", kind] if optional else kind

    def _optional_type(self, pointer: str) -> tuple[JSON, bool]:
        """A type, and whether a question mark says that it may be missing."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self._tokens.refuse(f"types are nested deeper than {_DEEPEST} levels", self._tokens.next.start)
        properties = self._annotations()
        start = self._tokens.next.start
        found = self._plain_type(pointer)
        if properties and isinstance(found, str) and found in PRIMITIVES:
            found = {"type": found, **properties}
        elif properties and isinstance(found, dict):
            found = {**found, **properties}
        self._spans.setdefault(pointer, (start, self._tokens.last))
        self._depth -= 1
        return found, self._tokens.accept("?")

    def _plain_type(self, pointer: str) -> JSON:
        tokens = self._tokens
        word = tokens.name("a type")
        if word.text in ("array", "map") and tokens.accept("<"):
            part = "items" if word.text == "array" else "values"
            inner = self._type(child(pointer, part))
            tokens.expect(">")
            return {"type": word.text, part: inner}
        if word.text == "union" and tokens.accept("{"):
            branches: list[JSON] = []
            while tokens.next.text != "}":
                branches.append(self._type(child(pointer, len(branches))))
                if not tokens.accept(","):
                    break
            tokens.expect("}")
            return branches
        if word.text == "decimal" and tokens.accept("("):
            precision, scale = tokens.number(), 0
            if tokens.accept(","):
                scale = tokens.number()
            tokens.expect(")")
            return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        known = _LOGICAL.get(word.text)
        return word.text if known is None else {"type": known[0], "logicalType": known[1]}
