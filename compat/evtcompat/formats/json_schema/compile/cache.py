"""The compiled parts of a schema, kept for the documents that are changed from it."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.compile.dependencies import Cached
from evtcompat.formats.json_schema.dialect import Dialect


@dataclass(slots=True, eq=False)
class CompileCache:
    """The compiled parts of a schema and of every changed document made of it.

    All tables hold the schema objects by whose identity they are keyed, so that no identity is used again.
    """

    #: Where a node that is not modelled comes from: the schema object and the keyword.
    origins: dict[Node, tuple[object, str]] = field(default_factory=dict)
    #: Parts without references, with whether their meaning depends on nothing but their content.
    parts: dict[object, tuple[object, Node, bool]] = field(default_factory=dict)
    #: The same for schemas without schemas in them, with the dialect.
    leaves: dict[int, tuple[object, Dialect, Node, bool]] = field(default_factory=dict)
    #: Parts with references, with what they depend on.
    referring: dict[object, Cached] = field(default_factory=dict)
    #: What lists of names demand, which are read alike in every reading.
    demanded: dict[int, tuple[object, list[Node]]] = field(default_factory=dict)
    #: A schema was met that leads back to itself.
    recursive: bool = False
