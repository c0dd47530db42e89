"""`SchemaFormat`: what a schema language is to the rest of evtcompat.

A format is one package. Whatever depends on how its schemas are written, compared, explained, encoded or named by a
registry is asked of it; nothing outside interprets a document of it. `evtcompat.formats.loading` finds the installed
ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.canonical import content_hash
from evtcompat.model.mismatches import Explanation
from evtcompat.model.verdicts import Policy, Verdict

if TYPE_CHECKING:
    import re

    from evtcompat.formats.encodings import Encoding
    from evtcompat.formats.payloads import Payloads
    from evtcompat.formats.projections import Projection
    from evtcompat.formats.recorded import RecordedFormat
    from evtcompat.formats.stated_versions import Mark
    from evtcompat.model.documents import Document, References
    from evtcompat.model.histories import Version
    from evtcompat.model.json_types import JSON
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.rules import Rule


#: The name of a setting: where a policy lets a reader accept more than its schema does, it does not. What one consumer
#: needs is compared so: its own form says what it refuses.
READER_AS_WRITTEN: Final = "reader-as-written"
#: The name of a setting: the consumer makes values of texts (dates, addresses), and refuses a text that is not of the
#: form that its schema names; a writer that names a form keeps to it.
READER_CONVERTS: Final = "reader-converts"


class WarmStart:
    """What explanations of pairs that are much alike begin with: a candidate beside one version after the other.

    Attributes:
        known: What the explanation of the pair before leaves for the next one, in the format's own terms; ``None``
            before the first. It may save work, and decides nothing: what it says is asked of each pair again.
    """

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: object = None


@dataclass(frozen=True, slots=True)
class Options:
    """What a comparison may be asked to do differently, whatever the format."""

    #: Build witnesses and fixes; without them only verdict, mismatches and places are sure.
    witnesses: bool = True
    #: With witnesses, try fixes of these sides as well (`Fix.side`). Each costs a comparison: ask for what is shown.
    fixes: frozenset[str] = frozenset({"reader", "writer"})
    #: Keep the arguments of a proof for a person to read.
    proofs: bool = False
    #: Answers that are wanted beside our own: the one that a registry would give, and the one under the other policy.
    #: A decision may leave open what is not among them.
    other_answers: frozenset[str] = frozenset({"registry", "policy"})
    #: Steps of reasoning before a comparison is left undecided; the format's own limit when ``None``.
    budget: int | None = None
    #: Values of the format's own settings, by name (`SchemaFormat.settings`; ``policy``, and ``registry-policy`` for
    #: that of the registry, where it has policies). What is absent keeps its default, and what the format does not know
    #: has no meaning.
    settings: Mapping[str, object] = field(default_factory=dict)
    #: What the pair before this one leaves, where it is one of a history; without it, everything is looked for anew.
    warm_start: WarmStart | None = field(default=None, compare=False)


#: Everything as it is when nobody asks for anything.
DEFAULTS: Final = Options()


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a format's own table in the configuration."""

    name: str
    #: What its values may be called in the configuration, with what each means; empty for ``true`` and ``false``.
    choices: Mapping[str, object] = field(default_factory=dict)
    #: The value that refuses more than the others do: giving it up weakens the gate.
    strictest: object = None


class Recognition(IntEnum):
    """How sure a format is that a parsed document is a schema of it."""

    #: It could be: nothing speaks against it.
    POSSIBLE = 1
    #: It has the shape of one.
    LIKELY = 2
    #: It says so itself.
    DECLARED = 3


class Resemblance(NamedTuple):
    """What makes a document look like a schema of a format, though it does not declare itself one."""

    #: What it has of one and what it lacks, a phrase that follows its name: ``the keywords of one, and no $schema``.
    reason: str
    #: How it becomes one that is read.
    hint: str
    #: Nothing but a schema of this format looks like that.
    unmistakable: bool = False
    #: It is one where schemas lie beside it, or refer to it.
    in_company: bool = False
    #: It looks like one wherever it lies.
    alone: bool = True


class Names(NamedTuple):
    """What a document defines and uses, in the format's own terms: full names, or URIs without fragment."""

    #: The name of the document as a whole; ``None`` when it has none.
    own: str | None = None
    #: Every name that the document defines, its own included.
    defined: frozenset[str] = frozenset()
    #: Names that it uses and does not define.
    used: frozenset[str] = frozenset()


class Schema(Protocol):
    """A parsed schema. A format reads only its own."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The referenced documents by origin, so that places in them can be located."""
        ...


class KnownPart(NamedTuple):
    """What is known of a schema some of whose references lead nowhere.

    What breaks between a `writer` and a `reader` breaks whatever is missing. Where it is missing on both sides at the
    same places, and both stand `apart`, what breaks between a `reader` that writes and a `reader` breaks as well, but
    at those places, as long as there are any values for them.
    """

    #: It takes everything where a reference is missing, and so refuses no more than the schema.
    reader: Schema
    #: It sends nothing there, and so sends no more than the schema.
    writer: Schema
    #: Where references are missing, as steps into the document.
    missing: frozenset[tuple[str, ...]]
    #: Whether no value at those places decides what is demanded elsewhere.
    apart: bool = True


class Decision:
    """The verdict on a pair of schemas, and the way to everything else that there is to say of it.

    What is still to be found may turn out not to be: then the call raises an `UncheckedError`, and the verdict stands.

    Attributes:
        verdict: The verdict, were every rule of its own severity; ``None`` where the `explanation` has to be judged
            first.
        registry_verdict: What a Confluent registry would answer for this direction, or how to find it; `UNDECIDED`
            where that is not predicted.
        explain: Finds the explanation; pure. ``None`` when there is nothing to explain: the pair is compatible.
        other_policy: Finds what the other policy would decide; ``None`` where there is none.
    """

    __slots__ = ("explain", "other_policy", "registry_verdict", "verdict")

    def __init__(
        self,
        verdict: Verdict | None,
        registry_verdict: Verdict | Callable[[], Verdict],
        explain: Callable[[], Explanation] | None,
        other_policy: Callable[[], tuple[Policy, Verdict]] | None = None,
    ) -> None:
        self.verdict = verdict
        self.registry_verdict = registry_verdict
        self.explain = explain
        self.other_policy = other_policy

    @classmethod
    def explained(
        cls,
        explanation: Explanation,
        registry_verdict: Verdict | Callable[[], Verdict] = Verdict.UNDECIDED,
        other_policy: tuple[Policy, Verdict] | None = None,
    ) -> Decision:
        """The decision of which everything is known already; its verdict follows from the mismatches."""
        other = None if other_policy is None else lambda: other_policy
        return cls(None, registry_verdict, lambda: explanation, other)

    def explanation(self) -> Explanation:
        """Why the pair is what it is."""
        return Explanation() if self.explain is None else self.explain()

    def registry_answer(self) -> Verdict:
        """The registry's verdict, found where it was not known."""
        known = self.registry_verdict
        return known if isinstance(known, Verdict) else known()

    def other_answer(self) -> tuple[Policy, Verdict] | None:
        """What the other policy decides; ``None`` where there is none."""
        return None if self.other_policy is None else self.other_policy()


def file_suffix(schema_format: SchemaFormat) -> str:
    """The suffix that files with a schema of the format get, where evtcompat writes them."""
    return (*schema_format.suffixes, *schema_format.document_suffixes)[0]


class SchemaFormat(Protocol):
    """A schema language.

    The object that stands for one is cheap to import and to make: its methods import what they need when called. A
    class that inherits from this one need not say what has a value or a body here.
    """

    #: The word of the command line, the configuration and the report: ``avro``.
    name: str
    #: What a sentence calls it: ``Avro``.
    title: str
    #: A schema of it in a sentence: ``an Avro schema``.
    noun: str
    #: What tells that a file holds one, as a clause: ``Avro schemas end with .avsc``.
    sign: str
    #: What a Confluent registry calls it (``schemaType``).
    registry_type: str
    #: Strings that are schemas by themselves and no text to parse, such as ``"long"``.
    type_names: frozenset[str] = frozenset()
    #: Suffixes, in lower case, of files that are schemas of this format and of nothing else.
    suffixes: tuple[str, ...] = ()
    #: Suffixes of files that hold a schema of this format where their content says so. The first of `suffixes`, else of
    #: these, is what files written by evtcompat get.
    document_suffixes: tuple[str, ...] = ()
    #: Bytes that a file with a suffix of `document_suffixes` has if it declares itself a schema of this format;
    #: ``None`` when such files are schemas of it only where somebody says so.
    declaration: re.Pattern[bytes] | None = None
    #: Bytes without which no file has a `resemblance` to a schema of it; ``None`` when nothing has.
    resemblance_mark: re.Pattern[bytes] | None = None
    #: Whether names are URIs (references may also be resolved by where files lie) or full names.
    names_are_uris: bool = False
    #: Bytes without which a file with such a suffix defines no name; ``None`` when that cannot be told.
    name_mark: re.Pattern[bytes] | None = None
    #: Where the bytes of a file refer to another document; the first group is its path or URI. ``None``: nowhere.
    reference_pattern: re.Pattern[bytes] | None = None
    #: Whether a document as `syntax.documents` reads it by default serves; if not, `read` reads the text again.
    reads_exact_json: bool = False
    #: Whether the setting ``policy`` (which events a writer is taken to produce) has a meaning.
    policies: bool = False
    #: Whether the marks that `aligned` replaces stand in payloads, each of which has those of its writer.
    marks_in_payloads: bool = False
    #: The format's own settings, a table of its name in the configuration.
    settings: tuple[Setting, ...] = ()
    #: How payloads are written to topics and files, the one that is usual on a topic first. One has no mark.
    encodings: tuple[Encoding, ...]

    @property
    def recorded(self) -> RecordedFormat | None:
        """What it knows about recorded events; ``None``, unless it says otherwise: they cannot be replayed."""
        return None

    @property
    def projection(self) -> Projection | None:
        """What it knows about the parts of an event; ``None``, unless it says otherwise: none."""
        return None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that its mismatches fall under; their ids are unique among all formats."""
        ...

    def recognise(self, value: object) -> Recognition | None:  # noqa: ARG002 - a format without JSON documents
        """How sure it is that a parsed JSON or YAML document is a schema of this format; ``None``: it is none."""
        return None

    def resemblance(self, value: object) -> Resemblance | None:  # noqa: ARG002 - a format without JSON documents
        """What makes a parsed document look like a schema of this format, where it does not declare itself one."""
        return None

    def definitions(self, value: object) -> Mapping[str, str]:  # noqa: ARG002 - a format whose every schema says something
        """The schemas that a parsed document defines, as pointers by name, where it says nothing else.

        Such a document accepts everything, so that no change of it as a whole is ever a break.
        """
        return {}

    def describes(self, value: object) -> str | None:  # noqa: ARG002 - a format whose data name no schema
        """What a parsed document says describes it, where it says that it is data of some schema; else ``None``."""
        return None

    def read(self, text: str, origin: str | None, *, name: str = "", base_uri: str | None = None) -> Document:
        """The document that a text writes.

        Args:
            text: The whole text.
            origin: What the document is called in messages.
            name: The name of its file, which may tell how it is written; ``""`` when it has none.
            base_uri: The URI that relative references start from.

        Raises:
            DocumentError: The text cannot be read, with the place.
        """
        ...

    def names(self, document: Document) -> Names:  # noqa: ARG002 - a format without references
        """What the document defines and uses. Judges nothing: what has not the shape of a schema is passed over."""
        return Names()

    def identifiers(self, value: JSON) -> tuple[str, ...]:  # noqa: ARG002 - a format whose names are no URIs
        """What a parsed document says of itself where the names in it start from, as it is written there."""
        return ()

    def version(self, document: Document) -> str | None:  # noqa: ARG002 - a format whose schemas state none
        """The version that the document states of itself (``1.2.0``), or ``None``."""
        return None

    def aligned(self, old: Version, new: Version) -> Version:  # noqa: ARG002 - a format whose schemas bear no marks
        """The old version, with marks of its own version replaced by those that the new one has in their place.

        A schema that says "I am version 1.2.0", where its path says so as well, does not differ by that from its
        successor, which says the same of itself.
        """
        return old

    def marks(self, old: Version, new: Version) -> tuple[Mark, ...]:  # noqa: ARG002 - a format whose schemas bear no marks
        """The marks that `aligned` replaces, as far as a consumer may refuse events for them."""
        return ()

    def definition(self, document: Document, name: str) -> object:  # noqa: ARG002 - a name is the whole document
        """What the document says about a name that it defines, as a JSON value; the whole where it is the document."""
        return document.value

    def parse(self, document: Document, references: References, options: Options = DEFAULTS) -> Schema:
        """The schema that `document` writes.

        Raises:
            SchemaError: It is none, with the place and the rule of the specification that it breaks.
        """
        ...

    def drawn(self, schema: Schema) -> object:
        """What a schema takes from the documents that it refers to: equal, as JSON, where that is the same."""
        return [content_hash(one.value) for one in schema.documents.values()]

    def known_part(self, document: Document, references: References, options: Options) -> KnownPart | None:  # noqa: ARG002 - a format without references
        """What is known of a schema that `parse` refuses for want of a reference; ``None`` where that is nothing.

        Raises:
            SchemaError: There is more that is wrong with it.
        """
        return None

    def compare(self, reader: Schema, writer: Schema, options: Options) -> Decision:
        """What becomes of the writer's data in the reader."""
        ...

    def as_parsed(self, schema: Schema, document: Document) -> Document:  # noqa: ARG002 - a format that explains at once
        """The document of a schema as it was parsed: whoever handed it over may have changed its value since."""
        return document

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:  # noqa: ARG002 - a format without such rules
        """Findings about one schema alone (reader and writer place are the same)."""
        return ()

    def stored(self, value: JSON) -> JSON:
        """A schema's JSON value as a Confluent registry keeps it; the same for spellings that it takes for one."""
        return value

    def rejection(self, schema: Schema) -> str | None:  # noqa: ARG002 - whatever parses is registered
        """Why a Confluent registry would refuse to register this schema as invalid, or ``None``."""
        return None

    def refusals(self, reader: Schema, writer: Schema, options: Options) -> tuple[str, ...]:  # noqa: ARG002 - a format whose own verdict is the registry's
        """For which changes a Confluent registry would refuse the pair, in its own words; empty where it would not."""
        return ()

    @property
    def decoder(self) -> str:
        """What decodes or validates payloads, with its version: ``fastavro 1.13``."""
        ...

    def payloads(self, schema: Schema, options: Options = DEFAULTS) -> Payloads:
        """What can be written with a schema, and what it reads."""
        ...
