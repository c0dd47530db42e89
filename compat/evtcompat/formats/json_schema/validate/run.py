"""What the keywords of one validation share.

The library hands the format checker of a validator on to the validators of every part of the schema, and nothing else
that is not its own. So a run takes the format checker's place: it checks formats where they are asserted, and carries
what replaced keywords note and remember.
"""

from __future__ import annotations

from typing import Final

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords.formats import language_of_format
from evtcompat.formats.json_schema.library.validators import FormatError, format_checker
from evtcompat.formats.json_schema.validate.patterns import Patterns
from evtcompat.regular.steps import Steps


@dataclass(frozen=True, slots=True)
class Nowhere:
    """The scope of a document without references, in which nothing is ever looked up."""

    def in_subresource(self, _: object) -> Nowhere:
        """The same at every place of the document."""
        return self


NOWHERE: Final = Nowhere()


@dataclass(slots=True, eq=False)
class Run:
    """One validation of one instance, which stays as it is meanwhile.

    Its attributes are never set again; the type checker sees to that, as freezing it at run time takes longer than many
    a validation.
    """

    dialect: Final[Dialect]
    #: Parts of the schema that may still be asked about parts of the instance. Whether one accepts is remembered, but
    #: not all that it refuses: where references meet again and again, that is exponentially much.
    steps: Final[Steps]
    #: Those in the schema.
    patterns: Final[Patterns]
    assert_formats: Final[bool] = False
    #: The keywords for which the library, left as it is, answers otherwise; ``None`` where they are not collected.
    disputed: Final[list[str] | None] = None
    #: The values of which nothing was left unevaluated, by schema, value and scope; ``None`` to remember none.
    evaluated: Final[dict[object, object] | None] = field(default_factory=dict)
    #: Whether a part accepts a value, by both and the scope; with what the entry stands for, so that nothing else takes
    #: its place.
    accepted: Final[dict[object, tuple[bool, object, object]]] = field(default_factory=dict)

    def within(self, dialect: Dialect) -> Run:
        """The same run in a part of another dialect."""
        return self if dialect is self.dialect else replace(self, dialect=dialect)

    def dispute(self, keyword: str) -> None:
        """Notes that the library, left as it is, answers otherwise for a keyword."""
        if self.disputed is not None:
            self.disputed.append(keyword)

    def entry(self, scope: object, schema: object, instance: object, *, within: bool = False) -> object:
        """What `accepted` knows a part and a value by, where references are resolved in a scope.

        The scope tells where references lead, the dynamic ones too. It is that of the part, or, `within`, of what is
        around it.
        """
        if scope is NOWHERE:
            return id(schema), id(instance), id(self.dialect)
        base, previous = getattr(scope, "_base_uri", None), getattr(scope, "_previous", None)
        return id(schema), id(instance), base, previous, id(self.dialect), within

    def known(self, entry: object) -> bool | None:
        """Whether a part accepts a value; ``None`` where that was not told yet."""
        found = self.accepted.get(entry)
        return None if found is None else found[0]

    def check(self, instance: object, name: str) -> None:
        """What the library calls for ``format``; formats that are regular here are checked by their language.

        Raises:
            FormatError: Formats are asserted, and the instance is a text that does not conform.
        """
        if not self.assert_formats:
            return
        checker, language = format_checker(self.dialect), language_of_format(name, self.dialect)
        if language is None:
            checker.check(instance, name)
            return
        conforms = not isinstance(instance, str) or language.accepts(instance)
        if conforms is not bool(checker.conforms(instance, name)):
            self.dispute("format")
        if not conforms:
            message = f"{instance!r} is not a {name!r}"
            raise FormatError(message)
